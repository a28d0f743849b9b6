"""A picture as a page sends it to the live engine: eight bytes of time, then a JPEG."""

from __future__ import annotations

import io
import math
import struct
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from posecheck.language import phrase
from posecheck.web.server.errors import TooLargeError, WrongInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_FRAME_BYTES = 1024**2
MAX_SIDE_PX = 1920
"""Of a picture: 640 px are enough, and more only cost time (chosen by us)."""
_TIME = struct.Struct("<d")


def read_frame(data: bytes) -> tuple[float, NDArray[np.uint8]]:
    """Time and picture of a message.

    Parameters
    ----------
    data : bytes
        The time in seconds as a little-endian 64-bit float, then the JPEG.

    Returns
    -------
    time_s : float
    image_rgb : (h, w, 3) uint8

    Raises
    ------
    TooLargeError
        More bytes or pixels than allowed; decided before anything is decoded.
    WrongInputError
        No time, or no whole JPEG.
    """
    check_frame(data)
    if len(data) <= _TIME.size:
        raise WrongInputError(
            phrase("A picture was expected: 8 bytes of time (little-endian float64, seconds), then a JPEG.")
        )
    (time_s,) = _TIME.unpack_from(data)
    if not math.isfinite(time_s):
        raise WrongInputError(phrase("The time of the picture is not a number."))
    return time_s, _decode(memoryview(data)[_TIME.size :])


def check_frame(data: bytes) -> None:
    """Refuse a message with more bytes than a picture may have.

    Raises
    ------
    TooLargeError
    """
    if len(data) > MAX_FRAME_BYTES:
        raise TooLargeError(
            phrase("One picture may have {bytes} bytes; send it 640 pixels wide.", bytes=MAX_FRAME_BYTES)
        )


def write_frame(time_s: float, jpeg: bytes) -> bytes:
    """The message that `read_frame` reads."""
    return _TIME.pack(time_s) + jpeg


def _decode(jpeg: memoryview) -> NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
            _check_size(*picture.size)
            return np.asarray(picture.convert("RGB"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        raise WrongInputError(
            phrase("This picture is not a complete JPEG, so it was skipped; send the next one.")
        ) from error


def _check_size(width_px: int, height_px: int) -> None:
    if max(width_px, height_px) > MAX_SIDE_PX:
        raise _too_large()


def _too_large() -> TooLargeError:
    return TooLargeError(
        phrase("A picture may be {side} pixels wide and high; send it 640 pixels wide.", side=MAX_SIDE_PX)
    )
