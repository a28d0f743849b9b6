"""A stored picture in a smaller size, for where it is shown small: a phone on a slow line waits for less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.language import filled, phrase

if TYPE_CHECKING:
    from pathlib import Path

JPEG_QUALITY = 75
"""Edges of the drawn skeleton stay clean enough at half of the bytes of 90 (chosen by us)."""


def narrowed_jpeg(path: Path, width_px: int) -> bytes:
    """A JPEG of at most that width, and never of more bytes than the stored one.

    Raises
    ------
    StorageError
        The file cannot be read, or is no picture.
    """
    import cv2

    try:
        stored = path.read_bytes()
    except OSError as error:
        words = phrase("{file}: cannot be read ({reason}). Measure the recording again.")
        raise StorageError(filled(words, file=path.name, reason=error.strerror)) from error
    image = cv2.imread(str(path))
    if image is None:
        raise StorageError(phrase("{file}: not a picture. Measure the recording again.", file=path.name))
    height, width = image.shape[:2]
    scale = min(1.0, width_px / width)
    small = cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    packed = bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1])
    return min(stored, packed, key=len)
