"""Words in pictures: rendered once as a sprite, then only blended, so that writing on video costs next to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from posecheck.language import translated

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.ImageFont import FreeTypeFont

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

WHITE: Colour = (255, 255, 255)
KEPT_SPRITES = 1024
"""Different words kept at a time: more than one recording uses, a few megabytes (chosen by us)."""


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A small picture with transparency, ready to blend.

    Attributes
    ----------
    premultiplied : (h, w, 3) uint8
        Colour times opacity.
    transparency : (h, w, 3) uint8
        255 less opacity, once per channel.
    """

    premultiplied: NDArray[np.uint8]
    transparency: NDArray[np.uint8]

    @property
    def width_px(self) -> int:
        """Width of the sprite."""
        return int(self.premultiplied.shape[1])

    @property
    def height_px(self) -> int:
        """Height of the sprite."""
        return int(self.premultiplied.shape[0])


def text_sprite(
    text: str, size_px: int, colour: Colour = WHITE, *, outline_px: int = 0, bold: bool = True, centred: bool = False
) -> Sprite:
    """Render words.

    Parameters
    ----------
    text : str
        One line; any sign of DejaVu Sans, the degree sign included. A phrase is drawn in the language that is set.
    size_px : int
        Size of the font.
    colour : (r, g, b)
    outline_px : int
        Width of a dark outline, for words on the bare picture. Default: none.
    bold : bool
        Default: bold, which stays readable on a phone.
    centred : bool
        Make the sprite as tall as its letters, so that it can be centred on a point. Default: as tall as the line, so
        that words of one size share a base line.
    """
    return _text_sprite(translated(text), size_px, colour, outline_px, bold, centred)


@lru_cache(maxsize=KEPT_SPRITES)
def _text_sprite(text: str, size_px: int, colour: Colour, outline_px: int, bold: bool, centred: bool) -> Sprite:
    from PIL import Image, ImageDraw

    font = _font(size_px, bold)
    left, top, right, bottom = font.getbbox(text, stroke_width=outline_px)
    if not centred:
        ascent, descent = font.getmetrics()
        top, bottom = -outline_px, ascent + descent + outline_px
    size = (max(1, round(right - left)), max(1, round(bottom - top)))

    def mask(stroke_px: int) -> NDArray[np.uint8]:
        image = Image.new("L", size)
        ImageDraw.Draw(image).text((-left, -top), text, font=font, fill=255, stroke_width=stroke_px)
        return np.asarray(image, dtype=np.uint8)

    return sprite_of(mask(0), colour, mask(outline_px))


def sprite_of(fill: NDArray[np.uint8], colour: Colour, opacity: NDArray[np.uint8] | None = None) -> Sprite:
    """A sprite of one colour from (h, w) masks; what is opaque but not filled is black."""
    opacity = fill if opacity is None else opacity
    premultiplied = (fill[:, :, None].astype(np.uint16) * np.array(colour, dtype=np.uint16) // 255).astype(np.uint8)
    return Sprite(premultiplied, np.ascontiguousarray(np.repeat(255 - opacity[:, :, None], 3, axis=2)))


def blend(image: NDArray[np.uint8], sprite: Sprite, x_px: float, y_px: float) -> None:
    """Blend a sprite into ``image`` with its upper left corner at (x, y); what lies outside is left out."""
    x, y = round(x_px), round(y_px)
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + sprite.width_px, image.shape[1]), min(y + sprite.height_px, image.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    inside = (slice(y0 - y, y1 - y), slice(x0 - x, x1 - x))
    part = image[y0:y1, x0:x1]
    kept = cv2.multiply(part, sprite.transparency[inside], scale=1 / 255)
    part[:] = cv2.add(kept, sprite.premultiplied[inside])


@lru_cache(maxsize=64)
def _font(size_px: int, bold: bool) -> FreeTypeFont:
    from matplotlib import get_data_path
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / name), size_px)
