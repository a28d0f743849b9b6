"""Copies of the SQLite file in the data folder: made each day and before each migration, and put back when it is damaged."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.files import move_into_place, storage_errors, sync_folder
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from posecheck.storage.files import DataFolder

KEPT_BACKUPS = 5
"""So many copies are kept (chosen by us)."""
OFTEN = dt.timedelta(days=1)
"""A copy is made when the newest is as old as this: more than a day's work is then never lost with the database, and the
five reach back over most of a week (chosen by us)."""
DELETABLE = ("person", "session", "upload", "take")
"""Tables whose rows people delete."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that can be read: when it was made, and how much it holds."""

    path: Path
    made_at: dt.datetime
    people: int
    sessions: int

    @property
    def words(self) -> str:
        """When it was made, and how much it holds."""
        return phrase(
            "of {date} {time}, with people: {people}, sessions: {sessions}",
            date=self.made_at.date(),
            time=f"{self.made_at:%H:%M}",
            people=self.people,
            sessions=self.sessions,
        )


def back_up(folder: DataFolder, version: str) -> Path:
    """Copy the SQLite file, while it may be in use, into the folder of backups; the oldest ones are removed.

    Raises
    ------
    StorageError
        The copy cannot be written: then nothing may be changed.
    """
    stamp = dt.datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    target = folder.backups / f"{stamp}-version-{version}.sqlite3"
    partial = target.with_suffix(".partial")
    try:
        with closing(sqlite3.connect(folder.database)) as source, closing(sqlite3.connect(partial)) as copy:
            source.backup(copy)
        move_into_place(partial, target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise StorageError(
            phrase(
                "{file}: no backup could be written ({reason}), so the database was not changed.",
                file=target,
                reason=error,
            )
        ) from error
    for old in _copies(folder)[:-KEPT_BACKUPS]:
        old.unlink()
    return target


def back_up_daily(folder: DataFolder, version: str) -> Path | None:
    """As `back_up`, unless there is a copy of the last day.

    Raises
    ------
    StorageError
    """
    copies = _copies(folder)
    if copies and dt.datetime.now() - _made_at(copies[-1]) < OFTEN:
        return None
    return back_up(folder, version)


def newest_sound(folder: DataFolder) -> Backup | None:
    """The newest copy that can be read whole, None where there is none."""
    return next(sound(folder), None)


def sound(folder: DataFolder) -> Iterator[Backup]:
    """Every copy that can be read whole, the newest first; whether pages can show its rows is known once it is opened."""
    return filter(None, map(_read_copy, reversed(_copies(folder))))


def _read_copy(path: Path) -> Backup | None:
    if damage_of(path):
        return None
    with closing(sqlite3.connect(path)) as copy, suppress(sqlite3.Error):
        people, sessions = (
            int(copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in ("person", "session")
        )
        return Backup(path, _made_at(path), people, sessions)
    return None


def put_back(folder: DataFolder, backup: Backup) -> Path:
    """Put a copy in the place of the damaged database; returns the folder where that is kept now.

    Raises
    ------
    StorageError
    """
    if (folder.root / "damaged").is_file():
        raise StorageError(
            phrase(
                "{place}: a file stands where a folder is needed. Move it elsewhere and start again.",
                place=folder.root / "damaged",
            )
        )
    kept = folder.root / "damaged" / dt.datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    with storage_errors(kept):
        kept.mkdir(parents=True)
        for file in database_files(folder):
            if file.exists() or file.is_symlink():
                file.rename(kept / file.name)
        partial = folder.database.with_suffix(".partial")
        partial.write_bytes(backup.path.read_bytes())
        move_into_place(partial, folder.database)
        sync_folder(kept)
    return kept


def database_files(folder: DataFolder) -> tuple[Path, ...]:
    """The SQLite file and what SQLite may have beside it: what was not taken over into it yet lies there."""
    return tuple(folder.database.with_name(folder.database.name + end) for end in ("", "-wal", "-shm", "-journal"))


def forget(folder: DataFolder, rows: Iterable[tuple[str, str]]) -> None:
    """Delete rows, by table and id, from all copies too: what was deleted does not come back with one.

    A copy from which they cannot be deleted goes itself.
    """
    rows = [(table, row_id) for table, row_id in rows if table in DELETABLE]
    for path in _copies(folder) if rows else ():
        try:
            with closing(sqlite3.connect(path)) as copy, copy:
                copy.execute("PRAGMA foreign_keys=ON")
                copy.execute("PRAGMA secure_delete=ON")
                for table, row_id in rows:
                    copy.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))
        except sqlite3.Error:
            with suppress(OSError):
                path.unlink()


def tables_in(file: Path) -> set[str]:
    """The tables of an SQLite file; none where it cannot be opened."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        return set()


def damage_of(file: Path) -> str:
    """What is wrong with an SQLite file, in SQLite's own words, which are English; empty for nothing."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA query_only=ON")
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            lost = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.OperationalError as error:  # in use, or not to be opened: whoever opens it says so
        return "" if "lock" in str(error) or "unable to open" in str(error) else str(error)
    except sqlite3.DatabaseError as error:
        return str(error)
    if found != "ok":
        return str(found).splitlines()[-1]
    return phrase("a row of {table} belongs to none of {parent}", table=lost[0], parent=lost[2]) if lost else ""


def _copies(folder: DataFolder) -> list[Path]:
    return sorted(folder.backups.glob("*.sqlite3"))


def _made_at(path: Path) -> dt.datetime:
    try:
        return dt.datetime.strptime(path.name[:22], "%Y%m%d-%H%M%S-%f")
    except ValueError:  # not named by us
        return dt.datetime.fromtimestamp(path.stat().st_mtime)
