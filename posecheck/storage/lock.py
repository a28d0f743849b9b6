"""One server at a time on one data folder: a lock of the operating system, which also a killed server gives back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.storage.files import ANOTHER_DATA_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def folder_error(folder: Path, error: OSError) -> StorageError:
    """In words, with the part of the data folder that is meant: a folder that cannot be written, or a file in its place."""
    place = error.filename or folder
    if isinstance(error, FileExistsError):
        return StorageError(
            phrase("{place}: a file stands where a folder is needed. Move it elsewhere and start again.", place=place)
        )
    if isinstance(error, IsADirectoryError):
        return StorageError(
            phrase("{place}: a folder stands where a file is needed. Move it elsewhere and start again.", place=place)
        )
    return StorageError(
        phrase("{place}: cannot be made or written ({reason}).", place=place, reason=error.strerror),
        ANOTHER_DATA_FOLDER,
    )


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process.

    Raises
    ------
    StorageError
        Another server holds it, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = FileLock(folder / "server.lock").acquire(timeout=0)
    except Timeout as error:
        raise StorageError(
            phrase(
                "{folder}: another posecheck server uses this data folder. Use that server, or stop it first.",
                folder=folder,
            ),
            ANOTHER_DATA_FOLDER,
        ) from error
    except OSError as error:
        raise folder_error(folder, error) from error
    with held:
        yield
