"""Export and import for the routes: temporary files, room on the disk, and work that goes on after an import."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.storage.archive import KEPT_FREE_BYTES, export_archive
from posecheck.storage.archive_import import ImportCounts, import_archive
from posecheck.storage.tables import JobKind, Take, TakeState, Upload, UploadState, new_id
from posecheck.web.movements.own import CHANGING
from posecheck.web.server.errors import DiskFullError, WebError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from posecheck.storage.files import DataFolder
    from posecheck.web.server.site import Site

PREFIX = "transfer-"


def export_file(site: Site, person_id: str = "") -> Path:
    """The archive, of everybody or of one person, as a temporary file, for the caller to delete.

    Raises
    ------
    StorageError
    """
    target = _new_file(site.files)
    try:
        export_archive(site.database, site.files, target, person_id=person_id)
    except BaseException:
        site.files.discard([target])
        raise
    return target


async def receive_file(site: Site, pieces: AsyncIterator[bytes]) -> Path:
    """A request's body as a temporary file, for the caller to delete.

    Raises
    ------
    DiskFullError
        There is no room for it.
    """
    target = _new_file(site.files)
    try:
        with target.open("wb") as file:
            async for piece in pieces:
                if shutil.disk_usage(site.files.root).free < len(piece) + KEPT_FREE_BYTES:
                    raise DiskFullError(phrase("The disk is too full for this archive; free some space and try again."))
                file.write(piece)
    except OSError as error:
        site.files.discard([target])
        raise StorageError(
            phrase("the archive could not be received ({reason}); nothing was changed.", reason=error.strerror)
        ) from error
    except ClientDisconnect as error:  # nobody hears this
        site.files.discard([target])
        raise WebError(
            phrase("The connection ended within the archive; send it again. Nothing was changed.")
        ) from error
    except BaseException:
        site.files.discard([target])
        raise
    return target


def import_file(site: Site, source: Path) -> ImportCounts:
    """Take in an archive; videos that were being read or measured when it was made are worked on here.

    Raises
    ------
    ArchiveError, StorageError
    """
    with site.database.servers.held(CHANGING):
        counts = import_archive(site.database, site.files, source)
    with site.database.begin() as transaction:
        for upload_id in counts.new_ids["upload"]:
            upload = transaction.get_one(Upload, upload_id)
            if upload.state == UploadState.READING:
                site.jobs.enqueue(transaction, upload.session_id, JobKind.READ, upload_id)
        for take_id in counts.new_ids["take"]:
            take = transaction.get_one(Take, take_id)
            if take.state == TakeState.MEASURING and take.upload.state == UploadState.READ:
                site.jobs.enqueue(transaction, take.session_id, JobKind.MEASURE, take_id)
    site.jobs.wake()
    return counts


def clear_leftovers(folder: DataFolder) -> None:
    """Delete temporary files of a server that was killed."""
    for path in folder.root.glob(f"{PREFIX}*.zip"):
        path.unlink(missing_ok=True)
    for path in folder.root.glob("import-*"):
        shutil.rmtree(path, ignore_errors=True)


def _new_file(folder: DataFolder) -> Path:
    return folder.root / f"{PREFIX}{new_id()}.zip"
