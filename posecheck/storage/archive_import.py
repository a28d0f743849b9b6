"""Takes in an archive of `posecheck.storage.archive`: checked before anything is believed, whole or not at all."""

from __future__ import annotations

import datetime as dt
import errno
import json
import shutil
import stat
import zipfile
import zlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, DateTime, String

from posecheck.errors import MovementError, StorageError
from posecheck.files import sync_folder, sync_tree
from posecheck.language import joined, phrase
from posecheck.storage.archive import FOLDERS, FORMAT, FORMAT_VERSION, KEPT_FREE_BYTES, LISTING, MOVEMENTS, TABLES
from posecheck.storage.archive_apart import TOO_MUCH_WORDS, StoredRows, run_apart, write_rows
from posecheck.storage.archive_meaning import MeaningError, check_meaning
from posecheck.storage.archive_shapes import ROW_WORDS
from posecheck.storage.database import newest_version
from posecheck.storage.own_movements import (
    FILE_NAME,
    catalogue_of,
    check_new_movements,
    checked_movement_text,
    take_in_movements,
    take_out_movements,
)
from posecheck.storage.phrase_columns import stored_as
from posecheck.storage.row_values import check_value
from posecheck.storage.tables import OTHER_TEST, REPLACED, Person, Session, Table, UploadState, new_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sqlalchemy import ColumnElement

    from posecheck.movements import Movement
    from posecheck.storage.database import Database, Transaction
    from posecheck.storage.files import DataFolder

MAX_FILES = 500_000
MAX_LISTING_BYTES = 30 * 1024**2
"""Of ``posecheck.json``: a session has about ten thousand bytes, so these are three thousand sessions (chosen by us)."""
SHORT_LISTING_BYTES = 1024**2
"""One of so few bytes cannot take more than some thirty million of memory (chosen by us)."""
ROWS_FILE = "rows.jsonl"
"""Where the checked rows lie while an archive is taken in; no file of an archive has this place."""
PARENTS = {
    "session": ("person_id", "person"),
    "upload": ("session_id", "session"),
    "take": ("upload_id", "upload"),
    "stretch_done": ("session_id", "session"),
}
PARENTLESS_WORDS = {
    "session": phrase("a session belongs to no person"),
    "upload": phrase("a video belongs to no session"),
    "take": phrase("a recording belongs to no video"),
    "stretch_done": phrase("a stretch belongs to no session"),
}
READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError)
"""What reading a damaged, encrypted or strangely packed ZIP raises."""

NO_ARCHIVE_WORDS = phrase("this is not a ZIP file that posecheck exported, or it is damaged; nothing was changed.")
Rows = dict[str, list[dict[str, Any]]]


class ArchiveError(StorageError):
    """A file is not a posecheck archive, is damaged, or is newer than this program."""


def damaged_archive(words: str) -> ArchiveError:
    """The error that says what of an archive is damaged."""
    return ArchiveError(phrase("the archive is damaged: {problem}; nothing was changed.", problem=words))


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What came in, and what was there already, by table; ``new_ids`` are the rows that came in."""

    added: dict[str, int]
    skipped: dict[str, int]
    new_ids: dict[str, tuple[str, ...]] = field(repr=False)


def import_archive(database: Database, folder: DataFolder, source: Path) -> ImportCounts:
    """Take in an archive; what is here already (by its id) stays as it is, and comes out of the bin.

    Raises
    ------
    ArchiveError
        It is no archive, damaged, or newer than this program; nothing was changed.
    StorageError
        The disk is full, or the database refuses; nothing was changed.
    """
    staging = folder.root / f"import-{new_id()}"
    try:
        staging.mkdir()
        rows = _rows_apart(source, staging / ROWS_FILE)
        with zipfile.ZipFile(source) as archive:
            members = _checked_members(archive, rows)
            _check_room(folder, members)
            _extract(archive, members, staging)
        movements = check_new_movements(folder, staging / MOVEMENTS)
        check_meaning(rows, staging / "takes", _known_movements(folder, movements))
        return _take_in(database, folder, rows, staging, movements)
    except MeaningError as error:
        raise damaged_archive(error.words) from error
    except MovementError as error:
        words = joined([error.said({}), phrase("It is in the archive; nothing was changed.")])
        raise ArchiveError(words) from error
    except READ_ERRORS as error:
        raise ArchiveError(NO_ARCHIVE_WORDS) from error
    except OSError as error:
        if error.errno == errno.EINVAL:  # a place before the beginning of the file, which only a damaged ZIP names
            raise ArchiveError(NO_ARCHIVE_WORDS) from error
        raise StorageError(
            phrase("the archive could not be unpacked ({reason}); nothing was changed.", reason=error.strerror)
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


# --- what the archive says


def _rows_apart(source: Path, target: Path) -> StoredRows:
    """Check the list of rows, a long one in a process of its own, and keep them in a file."""
    with zipfile.ZipFile(source) as archive:
        is_long = archive.getinfo(LISTING).file_size > SHORT_LISTING_BYTES
    if not is_long:
        _store_rows(source, target)
        return StoredRows(target, _checked_row)
    try:
        raised = run_apart(_store_rows, source, target)
    except MemoryError as error:
        raise ArchiveError(TOO_MUCH_WORDS) from error
    if raised is not None:
        raise raised
    return StoredRows(target, _checked_row)


def _store_rows(source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as archive:
        write_rows(_read_rows(archive), target)


def _known_movements(folder: DataFolder, movements: Sequence[Path]) -> dict[str, Movement]:
    """Every test that is here or comes with the archive."""
    texts = [path.read_text(encoding="utf-8") for path in movements]
    offered = [checked_movement_text(text, path.name) for text, path in zip(texts, movements, strict=True)]
    return {**catalogue_of(folder).movements, **{movement.name: movement for movement in offered}}


def _read_rows(archive: zipfile.ZipFile) -> Rows:
    if archive.getinfo(LISTING).file_size > MAX_LISTING_BYTES:
        raise ArchiveError(phrase("{file} in the archive is implausibly large; nothing was changed.", file=LISTING))
    text = archive.read(LISTING).decode("utf-8")
    if "\\u0000" in text:  # no database of ours takes it
        raise damaged_archive(phrase("a text holds a zero byte"))
    listing = json.loads(text, parse_constant=_refuse_constant)
    if not isinstance(listing, dict) or listing.get("format") != FORMAT:
        raise ArchiveError(phrase("this ZIP was not made by posecheck; nothing was changed."))
    version = listing.get("format_version")
    if (
        not isinstance(version, int)
        or version > FORMAT_VERSION
        or str(listing.get("database_version")) > newest_version()
    ):
        raise ArchiveError(phrase("the archive was made by a newer posecheck; install that one. Nothing was changed."))
    tables = listing.get("tables")
    if not isinstance(tables, dict) or set(tables) - set(TABLES):
        raise ArchiveError(phrase("the archive holds tables that this program does not know; nothing was changed."))
    rows = {name: [_checked_row(name, row) for row in _listed(tables.get(name, []))] for name in TABLES}
    _say_which_take(rows["take"])
    return rows


def _say_which_take(takes: list[dict[str, Any]]) -> None:
    """Of an archive from before all takes counted: their numbers, and why those do not that did not then."""
    counting = {row["upload_id"] for row in takes if row.get("current", True)}
    seen: Counter[tuple[Any, ...]] = Counter()
    for row in sorted(takes, key=lambda row: str(row.get("created_at", ""))):
        key = tuple(row.get(name) for name in ("session_id", "movement", "side", "phase"))
        seen[key] += 1
        row.setdefault("number", seen[key])
        if not row.get("current", True) and not row.get("left_out"):
            row["left_out"] = OTHER_TEST if row["upload_id"] in counting else REPLACED


def _refuse_constant(name: str) -> None:
    raise damaged_archive(phrase("{name} is no number", name=name))


def _listed(rows: Any) -> list[Any]:
    if not isinstance(rows, list):
        raise damaged_archive(phrase("a table is not a list"))
    return rows


def _checked_row(name: str, row: Any) -> dict[str, Any]:
    columns = {column.name: column for column in TABLES[name].__table__.columns}
    if not isinstance(row, dict) or set(row) - set(columns):
        raise damaged_archive(phrase("{row} has parts that are not known", row=ROW_WORDS[name]))
    for key, column in columns.items():
        if key not in row and not column.nullable and column.default is None:
            raise damaged_archive(phrase("{row} lacks its {key}", row=ROW_WORDS[name], key=key))
    return {key: _checked_value(name, columns[key], value) for key, value in row.items()}


def _checked_value(table: str, column: ColumnElement[Any], value: Any) -> Any:
    if value is None and column.nullable:
        return None
    if column.name == "deleted_at":  # the bin is in no archive
        raise damaged_archive(phrase("{row} of it was deleted", row=ROW_WORDS[table]))
    try:
        return _converted(table, column, value)
    except (TypeError, ValueError):
        words = phrase(
            "{column} of {row} cannot be {value}", column=column.name, row=ROW_WORDS[table], value=repr(value)[:60]
        )
        raise damaged_archive(words) from None


def _converted(table: str, column: ColumnElement[Any], value: Any) -> Any:
    """The value as its column has it; ValueError or TypeError if it cannot be."""
    stored = stored_as(column)
    if isinstance(stored, DateTime):
        return dt.datetime.fromisoformat(value).replace(tzinfo=None)
    kind = stored.python_type
    if kind is float and type(value) is int:
        return float(value)
    if not isinstance(stored, JSON) and type(value) is not kind:  # true is no number here
        raise TypeError
    check_value(table, column, value)
    if isinstance(stored, String) and stored.length and len(value) > stored.length:
        raise ValueError
    if (
        table == "upload" and column.name == "state" and value == UploadState.RECEIVING
    ):  # an archive has whole ones only
        raise ValueError
    return value


# --- its files


def _checked_members(archive: zipfile.ZipFile, rows: StoredRows) -> list[zipfile.ZipInfo]:
    """The files to unpack: each lies in the folder of a row of the archive, by a plain path."""
    known = {name: rows.ids(table) for name, table in FOLDERS.items()}
    members = [member for member in archive.infolist() if member.filename != LISTING and not member.is_dir()]
    if len(members) > MAX_FILES or len({member.filename for member in members}) < len(members):
        raise ArchiveError(phrase("the archive holds too many files, or one twice; nothing was changed."))
    for member in members:
        if not _is_plain(member, known):
            raise ArchiveError(
                phrase(
                    "the archive holds a file that does not belong there ({file}); nothing was changed.",
                    file=repr(member.filename)[:80],
                )
            )
    return members


def _is_plain(member: zipfile.ZipInfo, known: dict[str, set[str]]) -> bool:
    parts = member.filename.split("/")
    is_movement = len(parts) == 2 and parts[0] == MOVEMENTS and FILE_NAME.fullmatch(parts[1])
    if not is_movement and (len(parts) < 3 or parts[1] not in known.get(parts[0], ())):
        return False
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    strange = any(part in ("", ".", "..") or set(part) & set('\\:*?"<>|\0') for part in parts)
    return not is_link and not strange and not PurePosixPath(member.filename).is_absolute()


def _check_room(folder: DataFolder, members: list[zipfile.ZipInfo]) -> None:
    needed_bytes = sum(member.file_size for member in members)
    if shutil.disk_usage(folder.root).free < needed_bytes + KEPT_FREE_BYTES:
        raise StorageError(
            phrase(
                "the disk is too full: the archive unpacks to {size:.0f} MB. Free some space and try again; nothing was "
                "changed.",
                size=needed_bytes / 1e6,
            )
        )


def _extract(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], staging: Path) -> None:
    """Unpack; no file becomes larger than the archive said, and each is checked against its checksum."""
    for member in members:
        target = staging / member.filename
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as packed, target.open("xb") as file:
            shutil.copyfileobj(packed, file)
        if target.stat().st_size != member.file_size:
            raise ArchiveError(
                phrase(
                    "the archive is damaged ({file} is cut off); nothing was changed.", file=repr(member.filename)[:80]
                )
            )
    sync_tree(staging)


# --- taking in


def _take_in(
    database: Database, folder: DataFolder, rows: StoredRows, staging: Path, movements: Sequence[Path]
) -> ImportCounts:
    moved: list[Path] = []
    marks: list[Path] = []
    try:
        with database.begin() as transaction:
            new = {name: _add_new(transaction, name, rows.of(name)) for name in TABLES}
            marks += [_marked(folder, table, row_id) for table in FOLDERS.values() for row_id in new[table]]
            sync_folder(folder.deletions)
            for name, table in FOLDERS.items():
                for row_id in new[table]:
                    _move(staging / name / row_id, folder.root / name / row_id, moved)
                sync_folder(folder.root / name)
            for path in moved:
                folder.store.keep(path.relative_to(folder.root).as_posix())
            take_in_movements(folder, movements)
    except BaseException:
        for path in moved:
            shutil.rmtree(path, ignore_errors=True)
            with suppress(StorageError):  # it is named as a stray at the next start
                folder.store.drop(path.relative_to(folder.root).as_posix())
        with suppress(StorageError):
            take_out_movements(folder, [path.name for path in movements])
        _unmark(marks)
        raise
    _unmark(marks)
    return ImportCounts(
        added={name: len(ids) for name, ids in new.items()},
        skipped={name: sum(1 for _ in rows.of(name)) - len(ids) for name, ids in new.items()},
        new_ids=new,
    )


def _add_new(transaction: Transaction, name: str, rows: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    table = TABLES[name]
    (key,) = (column.name for column in table.__table__.primary_key)
    added = []
    for row in rows:
        if (here := transaction.get(table, row.get(key))) is not None:
            _take_out_of_bin(here)
            continue
        _check_parents(transaction, name, row)
        transaction.add(table(**row))
        transaction.flush()
        added.append(str(row[key]))
    return tuple(added)


def _take_out_of_bin(row: Table) -> None:
    """What was deleted here, and is in the archive, is wanted back; it stays as it was."""
    if isinstance(row, Person | Session):
        row.deleted_at = None


def _check_parents(transaction: Transaction, name: str, row: dict[str, Any]) -> None:
    """A row whose parent is neither here nor in the archive belongs nowhere; one video has one session."""
    if name not in PARENTS:
        return
    column, parent = PARENTS[name]
    found: Table | None = transaction.get(TABLES[parent], row.get(column))
    if found is None:
        raise damaged_archive(PARENTLESS_WORDS[name])
    if name == "take" and getattr(found, "session_id", "") != row.get("session_id"):
        raise damaged_archive(phrase("a recording belongs to two sessions"))


def _marked(folder: DataFolder, table: str, row_id: str) -> Path:
    """A mark that these files are to be deleted at the next start if their row never came to be (`deleting`)."""
    folder.deletions.mkdir(exist_ok=True)
    mark = folder.deletions / f"{table}-{row_id}"
    mark.touch()
    return mark


def _move(source: Path, target: Path, moved: list[Path]) -> None:
    if not source.is_dir():
        return
    shutil.rmtree(target, ignore_errors=True)  # of a row that is gone
    moved.append(target)
    source.rename(target)


def _unmark(marks: list[Path]) -> None:
    for mark in marks:
        mark.unlink(missing_ok=True)
