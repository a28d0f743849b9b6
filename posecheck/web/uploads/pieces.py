"""Pieces of a video that comes in: each is added to what is there, and safe on the disk before it is said to be."""

from __future__ import annotations

import errno
import shutil
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.files import sync_descriptor, sync_folder
from posecheck.language import phrase
from posecheck.web.server.errors import ConflictError, DiskFullError, NotFoundError
from posecheck.web.server.keyed_locks import KeyedLocks

if TYPE_CHECKING:
    from pathlib import Path

RECEIVING = KeyedLocks("receiving")
"""Held, by the upload's id, by whoever adds to an upload's file, completes or deletes it."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL_WORDS = phrase(
    "There is no room left on the disk, so the video did not arrive completely. What arrived is kept: free some space and "
    "send it again; it continues where it stopped."
)


class OffsetError(ConflictError):
    """A piece was sent that does not follow what is there; ``received_bytes`` says where to go on."""

    def __init__(self, received_bytes: int) -> None:
        super().__init__(
            phrase(
                "This piece of the video does not follow what has arrived so far ({count} bytes); another tab may be "
                "sending it too. Continue from there.",
                count=received_bytes,
            )
        )
        self.more = {"received_bytes": received_bytes}


def append_piece(partial: Path, data: bytes) -> None:
    """Write a piece and wait until it is safe; on a full disk what was there before stays as it was.

    Raises
    ------
    NotFoundError
        The video was deleted.
    DiskFullError, StorageError
    """
    if not data:
        return
    try:
        with partial.open("ab", buffering=0) as file:
            before = file.tell()
            try:
                left = memoryview(data)
                while left:
                    left = left[file.write(left) :]
                sync_descriptor(file.fileno())
            except OSError:
                file.truncate(before)
                raise
        if not before:
            sync_folder(partial.parent)
    except FileNotFoundError as error:
        raise NotFoundError(phrase("This video was deleted while it was being sent.")) from error
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError(FULL_WORDS) from error
        raise StorageError(
            phrase("The data folder cannot be written ({reason}); the video was not received.", reason=error.strerror)
        ) from error


def free_bytes(folder: Path, kept_bytes: int) -> int:
    """How much may still be written into a folder if so much is to be kept free on its disk; negative if less is."""
    return shutil.disk_usage(folder).free - kept_bytes
