"""Everything that the web app stores, or all of one person, as one ZIP file; `posecheck.storage.archive_import` takes it in.

``posecheck.json`` holds the rows of every table; ``uploads/<id>/`` and ``takes/<id>/`` their files, as in the data folder;
``movements/`` the movement files of the user's own.
Work in the background, videos that have not come in whole, the sample session and what lies in the bin are left out.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import posecheck
from posecheck.errors import StorageError
from posecheck.files import OwnEntry
from posecheck.language import phrase
from posecheck.storage.database import newest_version
from posecheck.storage.own_movements import movement_files
from posecheck.storage.phrase_columns import stored_value
from posecheck.storage.pictures import Pictures, are_in_line, wanted_pictures
from posecheck.storage.tables import (
    PLAN,
    TRIED_BY,
    Person,
    Session,
    Setting,
    StretchDone,
    Table,
    Take,
    Upload,
    UploadState,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import ColumnElement

    from posecheck.storage.database import Database, Transaction
    from posecheck.storage.files import DataFolder

    Rows = dict[str, list[dict[str, Any]]]

FORMAT, FORMAT_VERSION = "posecheck archive", 2
PLAIN_VERSION = 1
"""Of an archive without movement files: an older posecheck takes it in, too."""
LISTING = "posecheck.json"
TABLES: dict[str, type[Table]] = {
    "person": Person,
    "session": Session,
    "upload": Upload,
    "take": Take,
    "stretch_done": StretchDone,
    "setting": Setting,
}
"""By name in the archive; parents before children."""
FOLDERS = {"uploads": "upload", "takes": "take"}
"""Folder of files to the table whose ids name its folders."""
MOVEMENTS = "movements"
"""Folder of movement files, in the archive as in the data folder."""
SHOWING = frozenset({"video", "copy.mp4", "poster.jpg", OwnEntry.PICTURE, OwnEntry.VIDEO})
"""Files of an upload or a take that show who was filmed."""
PACKED = frozenset({".mp4", ".jpg", ".png", ".parquet", ""})
"""Endings of files that are small already (a video as it came has none); the rest is compressed."""
KEPT_FREE_BYTES = 100 * 1024**2
"""Left free on the disk by an archive, so that nothing else fails for want of room (chosen by us)."""


def export_archive(database: Database, folder: DataFolder, target: Path, *, person_id: str = "") -> None:
    """Write the archive: of everybody, or of one person alone, without settings and with those own tests that they did.

    Raises
    ------
    StorageError
        The disk is full or cannot be read or written; then there is no ``target``.
    """
    with database.read() as transaction:
        rows = {name: _rows(transaction, table) for name, table in TABLES.items()}
        unshown = _unshown(transaction)
    rows = _without_unshown(_whole_uploads(_kept(rows, person_id)), unshown)
    movements = movement_files(folder)
    if person_id:
        named = set(_movements_named(rows))
        movements = tuple(path for path in movements if path.name.split(".")[0] in named)
    listing = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION if movements else PLAIN_VERSION,
        "database_version": newest_version(),
        "program_version": posecheck.__version__,
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "tables": rows,
    }
    try:
        files = (*_files(folder, rows, unshown), *((path, f"{MOVEMENTS}/{path.name}") for path in movements))
        _check_room(folder, sum(path.stat().st_size for path, _ in files))
        _write(target, listing, files)
    except OSError as error:
        folder.discard([target])
        raise StorageError(
            phrase("the archive could not be written ({reason}); nothing was changed.", reason=error.strerror)
        ) from error


def _check_room(folder: DataFolder, needed_bytes: int) -> None:
    if shutil.disk_usage(folder.root).free < needed_bytes + KEPT_FREE_BYTES:
        raise StorageError(
            phrase(
                "the disk is too full for the archive, which takes {size:.0f} MB; free some space and try again.",
                size=needed_bytes / 1e6,
            )
        )


def _write(target: Path, listing: dict[str, Any], files: Sequence[tuple[Path, str]]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(LISTING, json.dumps(listing, ensure_ascii=False, indent=1))
        for path, name in files:
            kind = zipfile.ZIP_STORED if path.suffix in PACKED else zipfile.ZIP_DEFLATED
            archive.write(path, name, kind)


def _rows(transaction: Transaction, table: type[Table]) -> list[dict[str, Any]]:
    columns = table.__table__.columns
    found = transaction.execute(select(*columns).order_by(*table.__table__.primary_key)).mappings()
    return [{name: _plain(columns[name], value) for name, value in row.items()} for row in found]


def _plain(column: ColumnElement[Any], value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else stored_value(column, value)


def _whole_uploads(rows: Rows) -> Rows:
    return {**rows, "upload": [row for row in rows["upload"] if row["state"] != UploadState.RECEIVING]}


def _kept(rows: Rows, person_id: str) -> Rows:
    """Without the sample person, what lies in the bin, and what this installation tried again (another asks for itself).

    With a person's id, all of that person and nothing else.
    """
    people = {row["id"] for row in rows["person"] if row["deleted_at"] is None and not row["sample"]}
    people &= {person_id} if person_id else people
    sessions = {row["id"] for row in rows["session"] if row["deleted_at"] is None and row["person_id"] in people}
    within = {
        name: [row for row in rows[name] if row["session_id"] in sessions]
        for name in ("upload", "take", "stretch_done")
    }
    return {
        "person": [row for row in rows["person"] if row["id"] in people],
        "session": [row for row in rows["session"] if row["id"] in sessions],
        **within,
        "setting": [] if person_id else [row for row in rows["setting"] if row["name"] != TRIED_BY],
    }


def _movements_named(rows: Rows) -> Iterator[str]:
    """The tests that sessions plan or say something about, that were filmed, and that recordings are of."""
    for session in rows["session"]:
        for item in (*session["tests"], *session["felt"], session["primary"] or {}):
            yield item.get("movement", "")
    for upload in rows["upload"]:
        yield (upload["reading"].get(PLAN) or {}).get("movement", "")
    for take in rows["take"]:
        yield take["movement"]


def _unshown(transaction: Transaction) -> dict[str, frozenset[str]]:
    """By upload, the files of it that show more than its session lets pictures show: they are not handed on."""
    found = {}
    for upload in transaction.scalars(select(Upload)):
        if wanted_pictures(upload.session) is not Pictures.FILMED:
            found[upload.id] = frozenset({"video"}) if are_in_line(upload) else SHOWING
    return found


def _without_unshown(rows: Rows, unshown: dict[str, frozenset[str]]) -> Rows:
    """What has not been read yet, and can only be read from such a file, is left out like what has not come in whole."""
    uploads = [
        {
            **row,
            "has_video": row["has_video"] and "video" not in unshown.get(row["id"], ()),
            "has_copy": row["has_copy"] and "copy.mp4" not in unshown.get(row["id"], ()),
        }
        for row in rows["upload"]
        if row["id"] not in unshown or row["state"] != UploadState.READING
    ]
    kept = {row["id"] for row in uploads}
    return {**rows, "upload": uploads, "take": [row for row in rows["take"] if row["upload_id"] in kept]}


def _files(folder: DataFolder, rows: Rows, unshown: dict[str, frozenset[str]]) -> Iterator[tuple[Path, str]]:
    places = {"uploads": folder.upload, "takes": folder.take}
    for name, table in FOLDERS.items():
        for row in rows[table]:
            left_out = unshown.get(row["upload_id"] if table == "take" else row["id"], frozenset())
            for path in sorted(places[name](row["id"]).rglob("*")):
                if path.is_file() and not path.is_symlink() and path.name not in left_out:
                    yield path, path.relative_to(folder.root).as_posix()
