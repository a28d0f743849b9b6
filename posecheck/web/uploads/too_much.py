"""Refuses videos that are too large, too many, or do not fit on the disk, before a byte of them is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.language import phrase
from posecheck.web.server.errors import DiskFullError, TooLargeError, WrongInputError
from posecheck.web.uploads.pieces import free_bytes

if TYPE_CHECKING:
    from posecheck.storage.tables import Session, Upload
    from posecheck.web.server.settings import Limits
    from posecheck.web.server.site import Site


def check_size(name: str, size_bytes: int, limits: Limits) -> None:
    """Refuse a file that cannot be a video, or is too large.

    Raises
    ------
    WrongInputError, TooLargeError
    """
    if size_bytes == 0:
        raise WrongInputError(phrase("{file} is empty (0 bytes); copy it from the camera again.", file=name))
    if size_bytes > limits.max_bytes:
        raise TooLargeError(
            phrase(
                "{file} has {size}; one video may have {most}. Cut it to the one test that it shows, or film at 1080p.",
                file=name,
                size=_gigabytes(size_bytes),
                most=_gigabytes(limits.max_bytes),
            )
        )


def check_count(session: Session, limits: Limits) -> None:
    """Refuse one more video than a session may hold.

    Raises
    ------
    TooLargeError
    """
    if len(session.uploads) >= limits.max_uploads:
        raise TooLargeError(
            phrase(
                "This session holds {count} videos, as many as it may. Delete some, or begin another session.",
                count=len(session.uploads),
            )
        )


def check_room(site: Site, upload: Upload) -> None:
    """Refuse a video of which what is still to come does not fit on the disk.

    Raises
    ------
    DiskFullError
    """
    wanted_bytes = upload.size_bytes - upload.received_bytes
    left_bytes = free_bytes(site.files.root, site.settings.limits.free_bytes)
    if wanted_bytes > left_bytes:
        raise DiskFullError(
            phrase(
                "{file} ({size} to come) does not fit on the disk, of which {left} can be used. Free some space and send "
                "it again.",
                file=upload.file_name,
                size=_gigabytes(wanted_bytes),
                left=_gigabytes(max(0, left_bytes)),
            )
        )


def _gigabytes(size_bytes: int) -> str:
    return phrase("{size:.1f} GB", size=size_bytes / 1024**3)
