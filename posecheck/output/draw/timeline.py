"""The strip at the foot of an annotated video: the angle over time, repetitions shaded, holds marked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import true_runs
from posecheck.output.draw.drawing import draw_line, draw_polyline
from posecheck.output.draw.lettering import Sprite, blend, text_sprite

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.output.draw.lettering import Colour
    from posecheck.trial.repetitions import Repetition

CURVE: Colour = (240, 228, 66)
HOLD: Colour = (0, 158, 115)
_GROUND: Colour = (16, 18, 22)
_REPETITION: Colour = (62, 68, 78)
_UNUSED: Colour = (38, 41, 47)
_TICK: Colour = (130, 136, 146)
_OPACITY = 0.88
_TICK_STEPS_S = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600)


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """What the strip shows.

    Attributes
    ----------
    time_s : (n,) float64
    values : (n,) float64
        The angle in which repetitions are found; NaN where missing.
    repetitions : tuple of Repetition
    colour : (r, g, b)
        Colour of the curve: that of the same angle in the picture.
    """

    time_s: NDArray[np.float64]
    values: NDArray[np.float64]
    repetitions: tuple[Repetition, ...]
    colour: Colour = CURVE

    def x_px(self, time_s: NDArray[np.float64] | float, width_px: int) -> NDArray[np.float64]:
        """Where a time lies in a strip of that width."""
        span_s = max(float(self.time_s[-1] - self.time_s[0]), 1e-9)
        return np.asarray((time_s - self.time_s[0]) / span_s * (width_px - 1))


def draw_timeline(image: NDArray[np.uint8], timeline: Timeline, time_s: float, height_px: int) -> None:
    """Draw the strip at the foot of the picture, with the present time marked."""
    height, width = image.shape[:2]
    blend(image, timeline_sprite(timeline, width, height_px), 0, height - height_px)
    x = float(np.clip(timeline.x_px(time_s, width), 0, width - 1))
    top, foot = np.array([x, height - height_px]), np.array([x, height - 1.0])
    draw_line(image, top, foot, (255, 255, 255), max(2.0, height_px / 18), edge_px=1.0)


@lru_cache(maxsize=4)
def timeline_sprite(timeline: Timeline, width_px: int, height_px: int) -> Sprite:
    """Render the strip without the present time; kept, because it is the same in every picture."""
    strip = np.full((height_px, width_px, 3), _GROUND, dtype=np.uint8)
    for item in timeline.repetitions:
        _shade(strip, timeline, item)
    _draw_ticks(strip, timeline)
    _draw_curve(strip, timeline)
    transparency = np.full(strip.shape, round(255 * (1 - _OPACITY)), dtype=np.uint8)
    return Sprite((strip * _OPACITY).astype(np.uint8), transparency)


def _shade(strip: NDArray[np.uint8], timeline: Timeline, item: Repetition) -> None:
    height, width = strip.shape[:2]
    times = np.array([item.start_s, item.end_s, item.hold_start_s, item.hold_end_s])
    start, end, hold_start, hold_end = np.round(timeline.x_px(times, width)).astype(int)
    strip[:, start:end] = _REPETITION if item.used else _UNUSED
    if item.held:
        strip[:, hold_start : hold_end + 1] = HOLD
    number = text_sprite(str(item.number), max(9, round(height * 0.3)))
    blend(strip, number, start + height * 0.1, 0)


def _draw_ticks(strip: NDArray[np.uint8], timeline: Timeline) -> None:
    height, width = strip.shape[:2]
    first_s, last_s = float(timeline.time_s[0]), float(timeline.time_s[-1])
    step_s = next((step for step in _TICK_STEPS_S if (last_s - first_s) / step <= width / 24), _TICK_STEPS_S[-1])
    for time_s in np.arange(np.ceil(first_s / step_s) * step_s, last_s + 1e-9, step_s):
        x = float(timeline.x_px(time_s, width))
        draw_line(strip, np.array([x, height * 0.88]), np.array([x, height - 1.0]), _TICK, 1)


def _draw_curve(strip: NDArray[np.uint8], timeline: Timeline) -> None:
    height, width = strip.shape[:2]
    finite = timeline.values[np.isfinite(timeline.values)]
    if finite.size < 2:
        return
    low, high = float(finite.min()), float(finite.max())
    y = height * (0.84 - 0.68 * (timeline.values - low) / max(high - low, 1e-9))
    points = np.column_stack([timeline.x_px(timeline.time_s, width), y])
    for first, last in true_runs(np.isfinite(timeline.values)):
        if last - first > 1:
            draw_polyline(strip, points[first:last], timeline.colour, max(1.5, height / 26))
