"""The bar at the top of an annotated picture: test and repetition on the left, the angles on the right, large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.language import phrase
from posecheck.output.draw.drawing import darken
from posecheck.output.draw.lettering import Colour, Sprite, blend, text_sprite
from posecheck.output.draw.timeline import HOLD

if TYPE_CHECKING:
    from numpy.typing import NDArray

SOFT: Colour = (205, 210, 218)
_WIDEST_VALUE = "≈188°"
_WIDEST_REPETITION = phrase("Repetition {number} of {count}", number=10, count=10)
_KEPT_BRIGHTNESS = 0.32
_ROW_PX, _TITLE_PX, _WORDS_PX, _VALUE_PX, _NAME_PX = 76, 26, 21, 54, 19


@dataclass(frozen=True, slots=True)
class AngleBar:
    """What the bar says; its size depends on the test alone, so that it never jumps within a video.

    Attributes
    ----------
    title : str
        Test and side.
    repetition : str
        ``Repetition 2 of 3``, empty for nothing.
    hold_s : float or None
        How long the hold has lasted; None outside a hold.
    values : tuple of (str, str, colour)
        Name, value and colour of each angle.
    width_px : int
        Width of the picture.
    scale : float
        See `posecheck.output.draw.overlay.picture_scale`.
    """

    title: str
    repetition: str
    hold_s: float | None
    values: tuple[tuple[str, str, Colour], ...]
    width_px: int
    scale: float

    @property
    def height_px(self) -> int:
        """Height of the bar; 0 with nothing to say."""
        if not self.title and not self.values:
            return 0
        return round((2 if self._stacked else 1) * _ROW_PX * self.scale)

    def draw(self, image: NDArray[np.uint8]) -> None:
        """Draw the bar over the top of the picture."""
        if not self.height_px:
            return
        s = self.scale
        darken(image, 0, 0, image.shape[1], self.height_px, kept=_KEPT_BRIGHTNESS)
        blend(image, self._text(self.title, _TITLE_PX), 16 * s, 6 * s)
        repetition = self._text(self.repetition, _WORDS_PX, bold=False)
        blend(image, repetition, 16 * s, 42 * s)
        if self.hold_s is not None:
            self._draw_hold(image, 30 * s + repetition.width_px, self.hold_s)
        right, top = self.width_px - 14 * s, (_ROW_PX - 4) * s if self._stacked else 0.0
        for name, value, colour in reversed(self.values):
            right = self._draw_value(image, name, value, colour, right, top)

    @property
    def _stacked(self) -> bool:
        """Whether the angles need a row of their own, as in a portrait picture."""
        words = self._text(_WIDEST_REPETITION, _WORDS_PX, bold=False).width_px + 180 * self.scale  # HOLD 12.3 s
        left = max(words, self._text(self.title, _TITLE_PX).width_px)
        right = sum(self._value_width(name) for name, _, _ in self.values)
        return bool(left + right + 40 * self.scale > self.width_px)

    def _text(self, text: str, size_px: int, colour: Colour = SOFT, *, bold: bool = True) -> Sprite:
        return text_sprite(text or " ", round(size_px * self.scale), (255, 255, 255) if bold else colour, bold=bold)

    def _draw_hold(self, image: NDArray[np.uint8], x: float, hold_s: float) -> None:
        s = self.scale
        words = self._text(phrase("HOLD {seconds:.1f} s", seconds=hold_s), _WORDS_PX)
        box = np.array([x, 42 * s, x + words.width_px + 20 * s, 42 * s + words.height_px])
        left, top, right, bottom = np.round(box).astype(int)
        image[top:bottom, left:right] = HOLD
        blend(image, words, x + 10 * s, 42 * s)

    def _names(self, name: str) -> list[Sprite]:
        return [self._text(line, _NAME_PX, bold=False) for line in two_lines(name)]

    def _value_width(self, name: str) -> float:
        widest = text_sprite(_WIDEST_VALUE, round(_VALUE_PX * self.scale)).width_px
        return widest + max(line.width_px for line in self._names(name)) + 34 * self.scale

    def _draw_value(
        self, image: NDArray[np.uint8], name: str, value: str, colour: Colour, right: float, top: float
    ) -> float:
        """Write a value and its name to the left of ``right``; return where the next one may end."""
        s = self.scale
        number = text_sprite(value, round(_VALUE_PX * s), colour)
        blend(image, number, right - number.width_px, top + 7 * s)
        left = right - max(number.width_px, 118 * s) - 12 * s
        lines = self._names(name)
        line_px = 25 * s
        for k, line in enumerate(lines):
            y = top + _ROW_PX * s / 2 + (k - len(lines) / 2) * line_px
            blend(image, line, left - line.width_px, y)
        return left - max(line.width_px for line in lines) - 26 * s


def two_lines(words: str) -> tuple[str, ...]:
    """Break words into two lines of nearly equal length; short ones stay on one."""
    if len(words) <= 14 or " " not in words:
        return (words,)
    breaks = [k for k, letter in enumerate(words) if letter == " "]
    middle = min(breaks, key=lambda k: abs(k - len(words) / 2))
    return words[:middle], words[middle + 1 :]
