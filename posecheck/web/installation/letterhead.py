"""Who hands reports over, as set on the settings page: a name, and a logo that is checked and drawn anew as a small PNG."""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from typing import TYPE_CHECKING

from PIL import Image

from posecheck.language import phrase
from posecheck.output.report.letterhead import Letterhead
from posecheck.storage.tables import Setting
from posecheck.web.server.errors import TooLargeError, WrongInputError

if TYPE_CHECKING:
    from posecheck.storage.database import Transaction

NAME = "letterhead"
"""Of the row in the table of settings; its name and its logo go with everything that is exported."""
KINDS = ("PNG", "JPEG", "WEBP")
"""What a logo may be: pictures that every program saves, and that hold no script, as SVG may (chosen by us)."""
MAX_BYTES = 1_000_000
"""Of the file; a logo of many colours at `SIZE_PX` takes about 0.1 MB (chosen by us)."""
MAX_PIXELS = 20_000_000
"""Of the picture once unpacked: a small file may hold a huge picture (chosen by us)."""
PIXELS_WORDS = phrase("The logo has too many pixels; make it at most 4000 wide and high, and choose it again.")
SIZE_PX = (600, 240)
"""At most so wide and high as it is kept: 46 mm on paper at 330 dots an inch (chosen by us)."""


def read(transaction: Transaction) -> Letterhead:
    """The letterhead as it is stored; a logo that is no picture (an import may hold anything) is left out."""
    row = transaction.get(Setting, NAME)
    if row is None:
        return Letterhead()
    name, encoded = row.value.get("name", ""), row.value.get("logo_png", "")
    try:
        logo = checked_logo(base64.b64decode(encoded, validate=True)) if encoded else b""
    except (WrongInputError, TooLargeError, binascii.Error):
        logo = b""
    return Letterhead(name, logo)


def write(transaction: Transaction, letterhead: Letterhead) -> None:
    """Store the letterhead."""
    logo = base64.b64encode(letterhead.logo_png).decode("ascii")
    value = {"value": True, "name": letterhead.name, "logo_png": logo}
    transaction.merge(Setting(name=NAME, value=value))


def checked_logo(data: bytes) -> bytes:
    """A logo as a small PNG of its own, with nothing else of the file.

    Raises
    ------
    TooLargeError
        The file or the picture is larger than it may be.
    WrongInputError
        It is not a picture, or not one of `KINDS`.
    """
    if len(data) > MAX_BYTES:
        raise TooLargeError(
            phrase(
                "The logo takes more than {megabytes} MB; save it smaller and choose it again.",
                megabytes=MAX_BYTES // 1_000_000,
            )
        )
    try:
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            picture = Image.open(io.BytesIO(data), formats=KINDS)
            _check_size(picture)
            return _as_png(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLargeError(PIXELS_WORDS) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise WrongInputError(
            phrase(
                "This is not a picture that can be read. A logo is a PNG, JPEG or WebP file; save it as one of these."
            )
        ) from error


def _check_size(picture: Image.Image) -> None:
    width_px, height_px = picture.size
    if width_px * height_px > MAX_PIXELS:
        raise TooLargeError(PIXELS_WORDS)


def _as_png(picture: Image.Image) -> bytes:
    drawn = picture.convert("RGBA")
    drawn.thumbnail(SIZE_PX)
    target = io.BytesIO()
    drawn.save(target, "PNG", optimize=True)
    return target.getvalue()
