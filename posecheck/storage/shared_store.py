"""A store at an address (fsspec) that many servers and workers share, each with a working copy of its own."""

from __future__ import annotations

import json
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.files import storage_errors, write_text_atomic
from posecheck.language import phrase
from posecheck.places import listing, place, place_errors, put_bytes, same_place, stamp_in
from posecheck.storage.store import LocalStore
from posecheck.storage.store_files import (
    get_files,
    hidden_part,
    put_files,
    remove_files,
    remove_tree,
)
from posecheck.storage.store_mark import check_mark, see_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from posecheck.places import Place
    from posecheck.storage.store import Store

RECEIVED = ("partial", "pieces")
"""What comes in piece by piece (`posecheck.storage.pieces`): no part of what is brought and kept whole."""
AT_ONCE = 8
"""Folders that are brought at once (chosen by us)."""
_TRIES = 3
"""How often a folder is listed again where another server changes it meanwhile (chosen by us)."""
_CONNECT_S, _ANSWER_S, _TRIES_OF_S3 = 5, 20, 2
"""How long, and how often, a silent server is tried for each request (chosen by us: people wait for it)."""

_BROUGHT: ContextVar[set[str] | None] = ContextVar("brought", default=None)
_LOCKS: dict[str, threading.RLock] = {}
_CHANGING = threading.local()


@contextmanager
def bringing_once() -> Iterator[None]:
    """Within the block, each folder is brought once: for what one request asks, which is answered of one moment."""
    token = _BROUGHT.set(set())
    try:
        yield
    finally:
        _BROUGHT.reset(token)


@dataclass(frozen=True)
class SharedStore:
    """A store at an address; picklable, so that it travels to other processes with another working copy.

    Attributes
    ----------
    root : Path
        The data folder: the working copy.
    address : str
        ``s3://bucket/folder``, ``file:///folder``, or any other that fsspec knows.
    """

    root: Path
    address: str

    @property
    def shared(self) -> bool:
        """Other servers and workers use it too."""
        return True

    @cached_property
    def _at(self) -> Place:
        options: dict[str, object] = {"use_listings_cache": False, "skip_instance_cache": True}
        if self.address.startswith(("s3://", "s3a://")):
            timing = {
                "connect_timeout": _CONNECT_S,
                "read_timeout": _ANSWER_S,
                "retries": {"max_attempts": _TRIES_OF_S3},
            }
            options |= {"config_kwargs": timing}
        at = place(self.address, **(options if "://" in self.address else {}))
        if same_place(at, place(self.root)) or same_place(place(self.root), at):
            raise StorageError(
                phrase("{address} is the data folder itself, or lies in it. Name another.", address=at.shown)
            )
        return replace(at, address=at.shown)

    def __getstate__(self) -> dict[str, object]:
        return {"root": self.root, "address": self.address}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)

    def check(self) -> None:
        """See that the store can be read and written; a new one is given its mark.

        Raises
        ------
        StorageError
            No such bucket, no rights, no credentials, no driver, nobody there; it is the data folder itself.
        """
        check_mark(self._at)

    def bring(self, place: str, *, again: bool = False) -> None:
        """Make the local folder hold exactly what the store holds: what differs is fetched, what is gone there goes.

        Raises
        ------
        StorageError
            The store cannot be reached, or the disk is full.
        """
        brought = _BROUGHT.get()
        if self._key(place) in _changed_here() or (brought is not None and place in brought and not again):
            return
        with self._lock(place):
            self._bring(place)
        if brought is not None:
            brought.add(place)

    def bring_all(self, places: Iterable[str]) -> None:
        """Bring many folders at once: each takes a few answers of the store, and hardly any work here.

        Raises
        ------
        StorageError
        """
        wanted = [(copy_context(), place) for place in places if self._key(place) not in _changed_here()]
        if wanted:
            with ThreadPoolExecutor(min(AT_ONCE, len(wanted))) as pool:
                list(pool.map(lambda each: each[0].run(self.bring, each[1]), wanted))

    def keep(self, place: str) -> None:
        """Make the store hold exactly what the local folder holds: what differs is sent, what is gone here goes.

        Raises
        ------
        StorageError
            The store cannot be reached, or refuses.
        """
        at = self._at.inside(place)
        with self._lock(place):
            self._see_disk()
            notes, there, here = self._notes(place), self._stamps(place), self._here(place)
            sent = [name for name in here if notes.get(name) != _note(there.get(name), here[name])]
            put_files(at, {name: self.root / place / name for name in sent})
            remove_files(at, there.keys() - here.keys())
            if sent:
                there = self._stamps(place)
            with storage_errors(self.root):
                self._write_notes(place, {name: _note(there.get(name), here[name]) for name in here})

    @contextmanager
    def changing(self, place: str, *, keep: bool = True) -> Iterator[None]:
        """Bring a folder, and keep it after the block; nobody else here brings or changes it meanwhile.

        After an error nothing is kept, and what the store holds is brought when it is wanted next.

        Raises
        ------
        StorageError
        """
        changed, key = _changed_here(), self._key(place)
        if key in changed:
            yield
            return
        with self._lock(place):
            self._bring(place)
            changed.add(key)
            try:
                yield
                if keep:
                    self.keep(place)
            finally:
                changed.discard(key)
                if (brought := _BROUGHT.get()) is not None:
                    brought.discard(place)

    def drop(self, place: str) -> None:
        """Delete a folder, or one file, from the store, with its pieces; what is gone already is no error.

        Raises
        ------
        StorageError
        """
        with self._lock(place):
            remove_tree(self._at.inside(place))
            self._notes_file(place).unlink(missing_ok=True)

    def held(self, kind: str) -> dict[str, dict[str, int]]:
        """Bytes of each file of each folder of a kind (``uploads``, ``takes``), by name; all asked for at once.

        Raises
        ------
        StorageError
        """
        found: dict[str, dict[str, int]] = {}
        for path, info in listing(self._at.inside(kind)).items():
            folder, _, name = path.partition("/")
            found.setdefault(folder, {})[name] = int(info.get("size") or 0)
        return found

    def write(self, place: str, data: bytes) -> None:
        """Write one file that is in no working copy.

        Raises
        ------
        StorageError
        """
        at = self._at.inside(place)
        self._see_disk()
        with place_errors(at):
            if not at.shows_whole_files:
                at.fs.makedirs(at.path.rpartition("/")[0], exist_ok=True)
        put_bytes(at, data)

    def read(self, place: str) -> bytes:
        """Read one file that is in no working copy.

        Raises
        ------
        StorageError
            It is gone, or cannot be reached.
        """
        at = self._at.inside(place)
        with place_errors(at):
            data: bytes = at.fs.cat_file(at.path)
        return data

    def noted(self, place: str) -> bool:
        """Whether the local folder was brought or kept before."""
        return self._notes_file(place).is_file()

    def stamps(self, place: str) -> dict[str, str]:
        """What tells each file that was brought or kept from an earlier or later one of its name, the same everywhere."""
        return {name: str(note[0]) for name, note in self._notes(place).items()}

    def let_go(self, place: str) -> bool:
        """Delete the local folder, if the store holds all of it; whether it is gone.

        Raises
        ------
        StorageError
        """
        if self._key(place) in _changed_here():
            return False
        with self._lock(place):
            notes, there, here = self._notes(place), self._stamps(place), self._here(place)
            if not there and notes:  # it was deleted there
                self._see_mark()
            elif any(notes.get(name) != _note(there.get(name), here[name]) for name in here):
                return False
            shutil.rmtree(self.root / place, ignore_errors=True)
            self._notes_file(place).unlink(missing_ok=True)
            return not (self.root / place).exists()

    def _bring(self, place: str) -> None:
        for left in reversed(range(_TRIES)):
            try:
                self._bring_now(place)
            except FileNotFoundError as error:  # another server changes it
                if not left:
                    words = phrase("{address}: the files are being changed. Try again.", address=self._at.shown)
                    raise StorageError(words) from error
            else:
                return

    def _bring_now(self, place: str) -> None:
        notes, there, here = self._notes(place), self._stamps(place), self._here(place)
        if not there and (notes or here):
            self._see_mark()
        wanted = [name for name in there if name not in here or notes.get(name) != _note(there[name], here[name])]
        with storage_errors(self.root):
            for name in here.keys() - there.keys():
                (self.root / place / name).unlink(missing_ok=True)
        if wanted:
            self._fetch(place, wanted)
            here = self._here(place)
        new = {name: _note(there[name], here[name]) for name in there}
        with storage_errors(self.root):
            if new != notes:
                self._write_notes(place, new)
        with suppress(OSError):
            os.utime(self._notes_file(place))  # when it was wanted last

    def _see_disk(self) -> None:
        """A disk of the network that is not there looks like an empty folder, which can be written."""
        if not self._at.shows_whole_files:
            self._see_mark()

    def _see_mark(self) -> None:
        see_mark(self._at)

    def _stamps(self, place: str) -> dict[str, str]:
        found = listing(self._at.inside(place))
        return {name: stamp_in(info) for name, info in found.items() if _is_whole(name)}

    def _here(self, place: str) -> dict[str, tuple[int, int]]:
        """Size and time of each local file by name."""
        folder, found = self.root / place, {}
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            with suppress(FileNotFoundError):
                if path.is_file() and _is_whole(name):
                    status = path.stat()
                    found[name] = (status.st_size, status.st_mtime_ns)
        return found

    def _fetch(self, place: str, names: Sequence[str]) -> None:
        """Under another name first; a file that goes meanwhile is a `FileNotFoundError`."""
        folder, at = self.root / place, self._at.inside(place)
        parts = {name: hidden_part(folder / name) for name in names}
        try:
            with storage_errors(self.root):
                for part in parts.values():
                    part.parent.mkdir(parents=True, exist_ok=True)
            get_files(at, parts)
            with storage_errors(self.root):
                for name, part in parts.items():
                    part.replace(folder / name)
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)

    def _lock(self, place: str) -> threading.RLock:
        return _LOCKS.setdefault(self._key(place), threading.RLock())

    def _key(self, place: str) -> str:
        return f"{self.root}/{place}"

    def _notes_file(self, place: str) -> Path:
        return self.root / "brought" / f"{place.replace('/', '-')}.json"

    def _notes(self, place: str) -> dict[str, list[object]]:
        """What the store said of each file when it was last the same here, and what the file was like here."""
        try:
            notes = json.loads(self._notes_file(place).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return notes if isinstance(notes, dict) else {}

    def _write_notes(self, place: str, notes: dict[str, list[object]]) -> None:
        self._notes_file(place).parent.mkdir(parents=True, exist_ok=True)
        write_text_atomic(self._notes_file(place), json.dumps(notes))


def _note(stamp: str | None, here: tuple[int, int]) -> list[object]:
    return [stamp, *here]


def _changed_here() -> set[str]:
    """The folders that this thread is changing."""
    if not hasattr(_CHANGING, "places"):
        _CHANGING.places = set()
    places: set[str] = _CHANGING.places
    return places


def _is_whole(name: str) -> bool:
    first, last = name.partition("/")[0], name.rpartition("/")[2]
    return first not in RECEIVED and not last.startswith(".")  # those are being written


def store_at(root: Path, address: str) -> Store:
    """The store of that address, with this data folder as its working copy; empty: the data folder itself."""
    return SharedStore(root, address) if address else LocalStore()
