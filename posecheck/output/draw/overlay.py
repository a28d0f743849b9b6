"""Skeleton, angles, repetition and hold drawn on one picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Side, mark_of
from posecheck.language import language, phrase, translated
from posecheck.output.draw.bar import SOFT, AngleBar
from posecheck.output.draw.drawing import (
    draw_dashes,
    draw_line,
    draw_point,
    draw_polyline,
    tint_polygon,
)
from posecheck.output.draw.lettering import WHITE, Colour, Sprite, blend, text_sprite
from posecheck.output.draw.timeline import CURVE, draw_timeline
from posecheck.pose.landmarks import Landmark, SampleState

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.output.draw.angle_marks import AngleMark
    from posecheck.output.draw.timeline import Timeline

LEFT: Colour = (86, 180, 233)
RIGHT: Colour = (255, 150, 30)
"""Sky blue and orange, told apart in every common kind of colour blindness (after Okabe and Ito 2008)."""
READING_COLOURS: tuple[Colour, ...] = (CURVE, (255, 170, 215))
"""First and second angle: in the bar, at the joint."""
_TRUNK: Colour = (235, 238, 242)

_LIMBS = (("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "index"))
_LEG = (("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"), ("heel", "foot_index"), ("ankle", "foot_index"))
_ARM_POINTS = ("shoulder", "elbow", "wrist")
_LEG_POINTS = ("hip", "knee", "ankle", "heel", "foot_index")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One angle as it is shown.

    Attributes
    ----------
    title : str
    value : float
        As the person reads it (more range is larger); NaN where missing.
    unit : str
        ``deg`` or ``pct``.
    state : SampleState
    mark : AngleMark or None
        Where it is drawn; None: in the bar alone.
    """

    title: str
    value: float
    unit: str = "deg"
    state: SampleState = SampleState.MEASURED
    mark: AngleMark | None = None

    @property
    def name(self) -> str:
        """The title without what stands in brackets, in the language that is set: there is little room."""
        return translated(self.title).split(" (", maxsplit=1)[0]

    @property
    def text(self) -> str:
        """``103°``; about sign in front when interpolated; a dash when missing."""
        if not np.isfinite(self.value):
            return "–"
        about = "≈" if self.state is SampleState.INTERPOLATED else ""
        number = f"{round(self.value)}".replace("-", "−")
        return f"{about}{number}{'°' if self.unit == 'deg' else ' %'}"


@dataclass(frozen=True, slots=True, eq=False)
class OverlaySample:
    """Everything that is drawn on one picture.

    Attributes
    ----------
    time_s : float
    xy_px : (33, 2) float64
        Points in the picture; NaN where missing, and then not drawn.
    state : (33,) int8
        A `SampleState` for each point; interpolated ones are drawn hollow.
    title : str
        Test and side.
    tested : Side or None
        The leg that is drawn thick.
    readings : tuple of Reading
        The angles shown, the most important one first.
    repetition : str
        ``Repetition 2 of 3``, empty for nothing.
    hold_s : float or None
        How long the hold has lasted; None outside a hold.
    timeline : Timeline or None
        Strip at the foot; None for live pictures.
    """

    time_s: float
    xy_px: NDArray[np.float64]
    state: NDArray[np.int8]
    title: str = ""
    tested: Side | None = None
    readings: tuple[Reading, ...] = field(default=())
    repetition: str = ""
    hold_s: float | None = None
    timeline: Timeline | None = None


def draw_overlay(
    image_rgb: NDArray[np.uint8], sample: OverlaySample, *, into: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """Draw the body with its angles, the bar above and the strip below.

    Parameters
    ----------
    image_rgb : (h, w, 3) uint8
        The picture; not changed.
    sample : OverlaySample
    into : (h, w, 3) uint8, optional
        Draw into this instead of new memory, which takes as long to get as the drawing itself. Default: new.

    Returns
    -------
    (h, w, 3) uint8
        The drawn picture.
    """
    image = np.empty_like(image_rgb) if into is None else into
    np.copyto(image, image_rgb)
    scale = picture_scale(image)
    bar = _bar_of(sample, image.shape[1], scale)
    foot_px = round(54 * scale) if sample.timeline is not None else 0
    _draw_body_on(image, sample, scale, (bar.height_px, image.shape[0] - foot_px))
    bar.draw(image)
    if sample.timeline is not None:
        draw_timeline(image, sample.timeline, sample.time_s, foot_px)
    legend = _legend(scale, language())
    blend(image, legend, 10 * scale, image.shape[0] - foot_px - legend.height_px - 8 * scale)
    return image


def draw_body(image_rgb: NDArray[np.uint8], sample: OverlaySample, *, scale: float | None = None) -> NDArray[np.uint8]:
    """Draw the body with its angles alone, on a new picture; ``scale`` as `picture_scale` unless given."""
    image = image_rgb.copy()
    _draw_body_on(image, sample, scale or picture_scale(image), (0, image.shape[0]))
    return image


def _bar_of(sample: OverlaySample, width_px: int, scale: float) -> AngleBar:
    pairs = zip(sample.readings, READING_COLOURS, strict=False)
    values = tuple((reading.name, reading.text, colour) for reading, colour in pairs)
    return AngleBar(sample.title, sample.repetition, sample.hold_s, values, width_px, scale)


def picture_scale(image: NDArray[np.uint8]) -> float:
    """Size of lines and letters, 1 for a shorter side of 720 px; small pictures keep letters that can be read."""
    shorter_px: int = min(image.shape[:2])
    return max(0.45, shorter_px / 720)


def _draw_body_on(image: NDArray[np.uint8], sample: OverlaySample, scale: float, rows: tuple[int, int]) -> None:
    # From back to front: tints, trunk, the other side, the tested side, arcs and numbers, so that limbs that cross in a
    # side view do not hide the one that is measured.
    near = sample.tested or Side.RIGHT
    for reading, colour in zip(sample.readings, READING_COLOURS, strict=False):
        if reading.mark is not None:
            _tint_angle(image, reading.mark, colour, scale)
    _draw_trunk(image, sample, scale)
    _draw_side(image, sample, near.other, scale)
    _draw_side(image, sample, near, scale)
    taken: list[tuple[float, float, float, float]] = []
    for reading, colour in zip(sample.readings, READING_COLOURS, strict=False):
        if reading.mark is not None:
            _draw_angle(image, reading.mark, colour, scale)
            taken.append(_label_angle(image, reading, colour, scale, rows, taken))


def _draw_side(image: NDArray[np.uint8], sample: OverlaySample, side: Side, scale: float) -> None:
    colour = LEFT if side is Side.LEFT else RIGHT
    leg_px = (7.0 if side is sample.tested else 4.0) * scale
    for segments, width_px in ((_LIMBS, 3.0 * scale), (_LEG, leg_px)):
        for upper, lower in segments:
            start, end = sample.xy_px[mark_of(upper, side)], sample.xy_px[mark_of(lower, side)]
            draw_line(image, start, end, colour, width_px, edge_px=1.5 * scale)
    for parts, radius_px in ((_ARM_POINTS, 3.5 * scale), (_LEG_POINTS, 0.35 * leg_px + 3.5 * scale)):
        for part in parts:
            _draw_landmark(image, sample, mark_of(part, side), colour, radius_px)


def _draw_landmark(
    image: NDArray[np.uint8], sample: OverlaySample, mark: Landmark, colour: Colour, radius_px: float
) -> None:
    hollow = int(sample.state[mark]) == SampleState.INTERPOLATED
    draw_point(image, sample.xy_px[mark], colour, radius_px, hollow=hollow)


def _draw_trunk(image: NDArray[np.uint8], sample: OverlaySample, scale: float) -> None:
    def pair(part: str) -> NDArray[np.float64]:
        return sample.xy_px[[mark_of(part, Side.LEFT), mark_of(part, Side.RIGHT)]]

    shoulders, hips, ears = pair("shoulder"), pair("hip"), pair("ear")
    for start, end, width_px in (
        (shoulders[0], shoulders[1], 2.5),
        (hips[0], hips[1], 2.5),
        (shoulders.mean(axis=0), ears.mean(axis=0), 2.5),
        (hips.mean(axis=0), shoulders.mean(axis=0), 5.0),
    ):
        draw_line(image, start, end, _TRUNK, width_px * scale, edge_px=1.5 * scale)
    draw_point(image, ears.mean(axis=0), _TRUNK, 4 * scale)


def _radius_px(mark: AngleMark, scale: float) -> float:
    """Radius of the arc: narrow angles get a wider one, so that their arc is more than a dot."""
    reach = max(float(np.linalg.norm(line)) for line in (mark.from_px, mark.to_px))
    narrow = max(0.0, 1.0 - abs(mark.turn_rad) / math.radians(50))
    return min(max(0.36 * reach, 30 * scale), 84 * scale) * (1.0 + 0.8 * narrow)


def _arc(mark: AngleMark, radius_px: float) -> NDArray[np.float64]:
    start = np.arctan2(mark.from_px[1], mark.from_px[0])
    steps = start + np.linspace(0.0, mark.turn_rad, 2 + round(abs(mark.turn_rad) * 14))
    return mark.vertex_px + radius_px * np.column_stack([np.cos(steps), np.sin(steps)])


def _tint_angle(image: NDArray[np.uint8], mark: AngleMark, colour: Colour, scale: float) -> None:
    arc = _arc(mark, _radius_px(mark, scale))
    tint_polygon(image, np.vstack([mark.vertex_px, arc]), colour, 0.32)


def _draw_angle(image: NDArray[np.uint8], mark: AngleMark, colour: Colour, scale: float) -> None:
    radius = _radius_px(mark, scale)
    start = mark.from_px / np.linalg.norm(mark.from_px)
    draw_dashes(
        image, mark.vertex_px, mark.vertex_px + start * radius * 1.35, colour, 2.5 * scale, dash_px=max(4.0, 7 * scale)
    )
    draw_polyline(image, _arc(mark, radius), colour, 3.5 * scale, edge_px=1.5 * scale)


def _label_angle(
    image: NDArray[np.uint8],
    reading: Reading,
    colour: Colour,
    scale: float,
    rows: tuple[int, int],
    taken: list[tuple[float, float, float, float]],
) -> tuple[float, float, float, float]:
    """Write the value beside its arc, clear of the other values; return the box used (left, top, right, bottom)."""
    assert reading.mark is not None
    sprite = text_sprite(reading.text, round(34 * scale), colour, outline_px=round(3 * scale), centred=True)
    half = np.array([sprite.width_px, sprite.height_px]) / 2
    out = _label_direction(reading.mark)
    # Beside a narrow angle the number may come closer than the arc, which is not in its way there. Of its box, only as
    # much as points outwards keeps it off the arc (abs(out) @ half).
    beside = max(0.0, 1.0 - abs(reading.mark.turn_rad) / np.radians(50))
    distance = _radius_px(reading.mark, scale) * (1.0 - 0.4 * beside) + abs(out) @ half + 8 * scale
    low = np.array([0, rows[0]]) + half + 4 * scale
    high = np.array([image.shape[1], rows[1]]) - half - 4 * scale
    # Pushed outwards in half lines until it is clear of the others. At the picture's edge it stays there: after six
    # tries an overlap is the lesser evil.
    for _ in range(6):
        centre = np.clip(reading.mark.vertex_px + out * distance, low, np.maximum(low, high))
        box = (*(centre - half), *(centre + half))
        if not any(_overlap(box, other) for other in taken):
            break
        distance += half[1]
    blend(image, sprite, box[0], box[1])
    return box


def _label_direction(mark: AngleMark) -> NDArray[np.float64]:
    """Along the bisector of a wide angle, beside a narrow one; gliding from one to the other.

    Beside a narrow one means past the limb, where there is room; for the trunk on the other side, clear of the arms.
    """
    turn_deg = math.degrees(mark.turn_rad)
    # A line that points steeply up is the trunk: the arms hang where beside a leg there is room.
    trunk = mark.from_px[1] < -abs(mark.from_px[0])
    beside_deg = -45.0 * mark.opens if trunk else mark.opens * (max(mark.opens * turn_deg, 0.0) + 38.0)
    # Gliding from 25 to 65 degrees: a switch would let the number jump from picture to picture.
    wide = min(max((abs(turn_deg) - 25) / 40, 0.0), 1.0)
    away = math.radians(beside_deg * (1 - wide) + wide * turn_deg / 2)
    direction = math.atan2(mark.from_px[1], mark.from_px[0]) + away
    return np.array([math.cos(direction), math.sin(direction)])


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@lru_cache(maxsize=8)
def _legend(scale: float, _language: str) -> Sprite:
    """Which colour is which side, and what a hollow point is; kept for each language."""
    sides = [(Side.LEFT.words, LEFT, False), (Side.RIGHT.words, RIGHT, False)]
    words = [*sides, (phrase("filled gap"), WHITE, True)]
    sprites = [text_sprite(text, round(16 * scale), SOFT, bold=False) for text, _, _ in words]
    height = round(26 * scale)
    width = round(sum(sprite.width_px for sprite in sprites) + 36 * scale * len(sprites) + 6 * scale)
    picture = np.full((height, width, 3), 10, dtype=np.uint8)
    x = 16 * scale
    for sprite, (_, colour, hollow) in zip(sprites, words, strict=True):
        draw_point(picture, np.array([x, height / 2]), colour, 4.5 * scale, hollow=hollow)
        blend(picture, sprite, x + 12 * scale, (height - sprite.height_px) / 2)
        x += sprite.width_px + 36 * scale
    return Sprite((picture * 0.7).astype(np.uint8), np.full(picture.shape, 76, dtype=np.uint8))
