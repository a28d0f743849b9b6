"""A disk whose power is cut: what programs wrote, and what of it was safe, at every moment; rebuilt as it may be found then.

Nothing is pretended while the program runs: it writes to a real folder. Beside it goes a record of every change of names,
every version of every file's content, and every call that waits for the disk. After a cut, what was waited for is there. The
rest is there or not, as chance has it: names up to some change and no further, and of a file that was not waited for all,
half, an earlier version, or nothing. Names change as journals of file systems keep them: each change wholly or not at all.
SQLite keeps its own promises: a commit is safe at once with ``synchronous`` FULL, else at the next checkpoint.
"""

from __future__ import annotations

import os
import random
import stat
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.storage.database import Database

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"}
DATABASE = "posecheck.sqlite3"
LEFT_OUT = {f"{DATABASE}-shm", "server.lock"}
FULL = 2

_watching: list[CutDisk] = []
"""Audit hooks cannot be taken away again, so that one is added once, and looks here."""


def number_of(found: os.stat_result) -> int:
    """What a file or folder is known by: its inode, and which of the two it is, since a deleted folder's inode comes back as
    a file's."""
    return 2 * found.st_ino + stat.S_ISDIR(found.st_mode)


def is_folder(number: int) -> bool:
    return bool(number % 2)


@dataclass(frozen=True)
class Change:
    """A name that came, went or moved: in which folders, and which file is where then; ``gone`` where it was."""

    folders: tuple[int, ...]
    come: tuple[int, str, int] | None = None
    gone: tuple[int, str] | None = None


@dataclass
class CutDisk:
    """What became of a folder, moment by moment."""

    root: Path
    synchronous: int
    """As SQLite's PRAGMA says of a connection."""
    changes: list[tuple[int, Change]] = field(default_factory=list)
    folder_syncs: dict[int, list[int]] = field(default_factory=dict)
    contents: dict[int, list[tuple[int, bytes]]] = field(default_factory=dict)
    file_syncs: dict[int, list[tuple[int, bytes]]] = field(default_factory=dict)
    databases: list[tuple[bytes, bytes]] = field(default_factory=list)
    safe_databases: list[tuple[bytes, bytes]] = field(default_factory=list)
    moments: int = 0
    _names: dict[tuple[int, str], int] = field(default_factory=dict)
    _stamps: dict[int, tuple[int, int]] = field(default_factory=dict)
    _renaming: bool = False
    _busy: bool = False
    _looking: threading.RLock = field(default_factory=threading.RLock)

    def look(self, event: str = "") -> None:
        """Take down what has changed since the last look; ``event`` is about to happen."""
        with self._looking:  # a look of another thread may have passed what this one asks about
            if self._busy:  # by this thread: what it looks at are no changes
                return
            self._busy = True
            try:
                self._look_at_names()
                self._look_at_database()
            finally:
                self._busy = False
            self.moments += 1
            self._renaming = event == "os.rename"

    def synced(self, descriptor: int) -> None:
        """Somebody waited for a file or a folder."""
        self.look()
        found = os.fstat(descriptor)
        own = number_of(found)
        if is_folder(own):
            self.folder_syncs.setdefault(own, []).append(self.moments)
        elif own in self.contents:
            self.file_syncs.setdefault(own, []).append((self.moments, self.contents[own][-1][1]))

    def rebuild(self, target: Path, moment: int, chance: random.Random) -> None:
        """The folder as it may be found if the power is cut at a moment."""
        names = self._names_after(moment, chance)
        target.mkdir()
        self._rebuild_folder(number_of(self.root.stat()), target, names, moment, chance)
        kept = chance.choice([self.databases, self.safe_databases])[moment]
        for name, data in zip((DATABASE, f"{DATABASE}-wal"), kept, strict=True):
            if data:
                (target / name).write_bytes(data)

    def _names_after(self, moment: int, chance: random.Random) -> dict[int, dict[str, int]]:
        kept_until = chance.choice([moment, 0, chance.randint(0, moment)])
        names: dict[int, dict[str, int]] = {}
        for at, change in self.changes:
            if at > moment or (at > kept_until and not self._is_safe(change, at, moment)):
                continue
            if change.gone is not None:
                names.get(change.gone[0], {}).pop(change.gone[1], None)
            if change.come is not None:
                folder, name, inode = change.come
                names.setdefault(folder, {})[name] = inode
        return names

    def _is_safe(self, change: Change, at: int, moment: int) -> bool:
        return at == 0 or any(
            at < sync <= moment for folder in change.folders for sync in self.folder_syncs.get(folder, ())
        )

    def _rebuild_folder(
        self, inode: int, target: Path, names: dict[int, dict[str, int]], moment: int, chance: random.Random
    ) -> None:
        for name, item in sorted(names.get(inode, {}).items()):
            if is_folder(item):
                (target / name).mkdir()
                self._rebuild_folder(item, target / name, names, moment, chance)
            else:
                (target / name).write_bytes(self._content_after(item, moment, chance))

    def _content_after(self, inode: int, moment: int, chance: random.Random) -> bytes:
        written = [data for at, data in self.contents.get(inode, ()) if at <= moment]
        safe = [data for at, data in self.contents.get(inode, ()) if at == 0]  # there before
        safe += [data for at, data in self.file_syncs.get(inode, ()) if at <= moment]
        latest, known = (written or [b""])[-1], (safe or [b""])[-1]
        return latest if latest == known else chance.choice([known, latest, latest[: len(latest) // 2], b""])

    def _look_at_names(self) -> None:
        found = dict(self._walk(self.root))
        came = {place: inode for place, inode in found.items() if self._names.get(place) != inode}
        went = {place: inode for place, inode in self._names.items() if found.get(place) != inode}
        for place, inode in came.items():
            before = next((old for old, gone in went.items() if gone == inode), None) if self._renaming else None
            if before is not None:
                went.pop(before)
                self._note(Change((before[0], place[0]), (*place, inode), before))
            else:
                went.pop(place, None)
                self._note(Change((place[0],), (*place, inode)))
        for place in went:
            if found.get(place) is None:
                self._note(Change((place[0],), gone=place))
        self._names = found

    def _note(self, change: Change) -> None:
        self.changes.append((self.moments, change))

    def _walk(self, folder: Path) -> Iterator[tuple[tuple[int, str], int]]:
        inode = number_of(folder.stat())
        with os.scandir(folder) as entries:  # closed also where one of them goes meanwhile
            found_entries = list(entries)
        for entry in found_entries:
            if entry.name in LEFT_OUT or entry.name.startswith(DATABASE):
                continue
            found = entry.stat(follow_symlinks=False)
            own = number_of(found)
            yield (inode, entry.name), own
            if is_folder(own):
                yield from self._walk(folder / entry.name)
            elif self._stamps.get(own) != (found.st_mtime_ns, found.st_size):
                self._stamps[own] = (found.st_mtime_ns, found.st_size)
                data = (folder / entry.name).read_bytes()
                self.contents.setdefault(own, []).append((self.moments, data))

    def _look_at_database(self) -> None:
        now = tuple(
            file.read_bytes() if (file := self.root / f"{DATABASE}{end}").exists() else b"" for end in ("", "-wal")
        )
        main, log = now
        if self.databases and self.databases[-1] == now:
            main, log = self.databases[-1]  # kept once
        self.databases.append((main, log))
        self.safe_databases.append((main, log) if self.synchronous >= FULL else (main, b""))


@contextmanager
def watched(root: Path, database: Database, monkeypatch: Any) -> Iterator[CutDisk]:
    """Watch a folder while this process works on it."""
    with database.read() as transaction:
        mode = transaction.execute(text("PRAGMA synchronous")).scalar_one()
    disk = CutDisk(root, mode)
    really_sync = os.fsync

    def fsync(descriptor: int) -> None:
        really_sync(descriptor)
        disk.synced(descriptor)

    if not _watching:
        sys.addaudithook(_hear)
    _watching.append(disk)
    monkeypatch.setattr(os, "fsync", fsync)
    disk.look()
    try:
        yield disk
    finally:
        disk.look()
        monkeypatch.undo()
        _watching.clear()


def _hear(event: str, _words: tuple[object, ...]) -> None:
    if event in CHANGES and _watching:
        _watching[-1].look(event)
