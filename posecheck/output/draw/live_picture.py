"""The picture shown while somebody does a test: body, cue, angle, hold and repetitions, readable from three metres."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from posecheck.kinematics.joints import Side, mark_of
from posecheck.language import phrase, translated
from posecheck.output.draw.angle_marks import angle_mark
from posecheck.output.draw.bar import SOFT
from posecheck.output.draw.drawing import DARK, darken, draw_line, draw_point
from posecheck.output.draw.lettering import WHITE, Colour, Sprite, blend, text_sprite
from posecheck.output.draw.overlay import READING_COLOURS, OverlaySample, Reading, draw_body
from posecheck.pose.landmarks import Landmark, SampleState

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_HEIGHT_PX: Final = 720
"""Smaller pictures are enlarged, so that letters are crisp."""
DIGIT_SHARE: Final = 0.13
"""Height of the large digits over that of the picture: at least 12 % can be read from 3 m on a laptop's screen."""
SIDE_LEG: Final = ("hip", "knee", "ankle")

_DIGIT_OF_FONT = 0.729  # height of DejaVu's digits over the size of the font
_GREEN: Colour = (64, 214, 150)
_RED: Colour = (240, 70, 70)
_KEPT_BRIGHTNESS = 0.3
_CUE_SIZES = (64, 56, 48, 40, 34)
_BONES = (
    ("shoulder", "elbow"), ("elbow", "wrist"), ("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"),
    ("ankle", "foot_index"),
)  # fmt: skip


class SceneState(Enum):
    """What the colour of the cue says."""

    WAITING = "waiting"
    """Something is to be changed before it can begin."""
    READY = "ready"
    MOVING = "moving"
    HOLDING = "holding"
    DONE = "done"


_COLOURS = {
    SceneState.WAITING: (255, 190, 70),
    SceneState.READY: (110, 195, 255),
    SceneState.MOVING: WHITE,
    SceneState.HOLDING: _GREEN,
    SceneState.DONE: _GREEN,
}


@dataclass(frozen=True, slots=True, eq=False)
class LiveScene:
    """Everything that is drawn on one live picture; places are fractions of the picture as the camera sees it.

    Attributes
    ----------
    title : str
        Test, side and phase.
    words : str
        The cue.
    state : SceneState
    points : (33, 2) float64
        NaN where missing.
    tested : Side or None
        The leg that is drawn thick.
    angle, angle_title : str
        Name in `posecheck.kinematics.joints.ANGLES`, and how it is called.
    angle_side : Side or None
        Whose angle; None for trunk and pelvis.
    angle_deg : float
        As the person reads it; NaN where missing.
    end_ranges_deg : tuple of float
        Of each repetition that counted.
    repetitions : int
        How many are wanted.
    hold_s : float or None
        Seconds of the hold so far; None outside one.
    target_hold_s : float
    recorded_s : float or None
        Length of the recording so far; None while nothing is recorded.
    ghost : (33, 2) float64 or None
        Where the body was in the pre-test.
    keys : str
        What the keyboard does.
    """

    title: str
    words: str
    state: SceneState
    points: NDArray[np.float64]
    tested: Side | None = None
    angle: str = ""
    angle_title: str = ""
    angle_side: Side | None = None
    angle_deg: float = math.nan
    end_ranges_deg: tuple[float, ...] = field(default=())
    repetitions: int = 3
    hold_s: float | None = None
    target_hold_s: float = 2.0
    recorded_s: float | None = None
    ghost: NDArray[np.float64] | None = None
    keys: str = ""


def draw_live(image_rgb: NDArray[np.uint8], scene: LiveScene, *, mirror: bool) -> NDArray[np.uint8]:
    """Draw the scene.

    Parameters
    ----------
    image_rgb : (h, w, 3) uint8
        As the camera gave it; not changed.
    scene : LiveScene
    mirror : bool
        Show a mirror image, in which people find their place more easily. Words are never mirrored.

    Returns
    -------
    (h, w, 3) uint8
        A new picture, at least `LEAST_HEIGHT_PX` high.
    """
    image = _canvas(image_rgb, mirror)
    height, width = image.shape[:2]
    scale = min(height, width) / 720
    size = np.array([width, height], dtype=np.float64)

    def place(points: NDArray[np.float64]) -> NDArray[np.float64]:
        shown = points * [-1, 1] + [1, 0] if mirror else points
        return np.asarray(shown * size)

    if scene.ghost is not None:
        _draw_ghost(image, place(scene.ghost), scale)
    image = draw_body(image, _body(scene, place(scene.points)), scale=scale)
    _draw_repetitions(image, scene, _draw_top(image, scene, scale), scale)
    _draw_foot(image, scene, scale)
    return image


def live_side(visibility: NDArray[np.float64], tested: Side | None) -> Side:
    """The leg whose angle is shown: the tested one, or that which the camera sees better."""
    if tested is not None:
        return tested
    seen = {side: float(np.nansum([visibility[mark_of(part, side)] for part in SIDE_LEG])) for side in Side}
    return max(seen, key=lambda side: seen[side])


def _canvas(image_rgb: NDArray[np.uint8], mirror: bool) -> NDArray[np.uint8]:
    scale = max(1.0, LEAST_HEIGHT_PX / image_rgb.shape[0])
    image = image_rgb
    if scale > 1:
        image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    return np.ascontiguousarray(cv2.flip(image, 1) if mirror else image.copy(), dtype=np.uint8)


def _body(scene: LiveScene, xy_px: NDArray[np.float64]) -> OverlaySample:
    state = np.where(np.isfinite(xy_px).all(axis=1), SampleState.MEASURED, SampleState.MISSING).astype(np.int8)
    mark = angle_mark(scene.angle, xy_px, scene.angle_side) if scene.angle else None
    readings = () if mark is None else (Reading(scene.angle_title, scene.angle_deg, mark=mark),)
    return OverlaySample(0.0, xy_px, state, tested=scene.tested, readings=readings)


def _draw_ghost(image: NDArray[np.uint8], xy_px: NDArray[np.float64], scale: float) -> None:
    """The outline of the pre-test, see-through."""
    over = image.copy()
    for side in Side:
        for upper, lower in _BONES:
            start, end = xy_px[mark_of(upper, side)], xy_px[mark_of(lower, side)]
            draw_line(over, start, end, WHITE, 13 * scale)
    for part in ("shoulder", "hip"):
        left, right = (xy_px[mark_of(part, side)] for side in Side)
        draw_line(over, left, right, WHITE, 13 * scale)
    face = xy_px[: Landmark.MOUTH_LEFT]
    face = face[np.isfinite(face).all(axis=1)]
    if len(face):
        draw_point(over, face.mean(axis=0), WHITE, 22 * scale)
    image[:] = cv2.addWeighted(over, 0.42, image, 0.58, 0)


def _draw_top(image: NDArray[np.uint8], scene: LiveScene, scale: float) -> int:
    """Title, length of the recording, and the cue, large; return where that ends."""
    width = image.shape[1]
    margin, strip = round(24 * scale), round(48 * scale)
    darken(image, 0, 0, width, strip, kept=_KEPT_BRIGHTNESS)
    image[: round(8 * scale)] = _COLOURS[scene.state]
    title = text_sprite(scene.title or " ", round(24 * scale), SOFT, bold=False)
    blend(image, title, margin, 13 * scale)
    _draw_recording(image, scene, scale, width - margin)
    lines = cue_lines(scene.words, width - 2 * margin, scale)
    bottom = strip + sum(line.height_px for line in lines) + round(8 * scale)
    darken(image, 0, strip, max(line.width_px for line in lines) + 2 * margin, bottom, kept=_KEPT_BRIGHTNESS)
    y = strip
    for line in lines:
        blend(image, _coloured(line, _COLOURS[scene.state]), margin, y)
        y += line.height_px
    return bottom


def _draw_recording(image: NDArray[np.uint8], scene: LiveScene, scale: float, right: float) -> None:
    running = scene.recorded_s is not None
    words = phrase("not recording yet")
    if scene.recorded_s is not None:
        words = phrase("recording {seconds:.0f} s", seconds=scene.recorded_s)
    sprite = text_sprite(words, round(24 * scale), WHITE if running else SOFT, bold=running)
    blend(image, sprite, right - sprite.width_px, 13 * scale)
    if running:
        at = np.array([right - sprite.width_px - 22 * scale, 13 * scale + sprite.height_px / 2])
        draw_point(image, at, _RED, 9 * scale)


def cue_lines(words: str, width_px: float, scale: float) -> tuple[Sprite, ...]:
    """The cue in the largest letters in which it takes two lines at most, white."""
    for size in _CUE_SIZES:
        lines = _wrapped(translated(words), round(size * scale), width_px)
        if len(lines) <= 2:
            break
    return tuple(lines)


def _wrapped(words: str, size_px: int, width_px: float) -> list[Sprite]:
    lines: list[str] = []
    for word in words.split() or [" "]:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_sprite(longer, size_px).width_px <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return [text_sprite(line, size_px) for line in lines]


def _coloured(sprite: Sprite, colour: Colour) -> Sprite:
    tint = np.array(colour, dtype=np.uint16)
    return Sprite((sprite.premultiplied * tint // 255).astype(np.uint8), sprite.transparency)


def _draw_foot(image: NDArray[np.uint8], scene: LiveScene, scale: float) -> None:
    """The angle on the left, the hold on the right (above, in a narrow picture): the feet between stay in sight."""
    height, width = image.shape[:2]
    digit_px = round(DIGIT_SHARE * height / _DIGIT_OF_FONT)
    margin = round(24 * scale)
    panel_px = round(DIGIT_SHARE * height + 66 * scale)
    angle_px = _draw_angle(image, scene, digit_px, panel_px, margin, scale)
    if scene.hold_s is not None:
        narrow = angle_px + 2 * _ring_px(digit_px, scale) + 2 * margin > width
        _draw_hold(image, scene, digit_px, height - (panel_px if narrow else 0) - margin, scale)
    keys = text_sprite(scene.keys or " ", round(19 * scale), WHITE, outline_px=round(2 * scale), bold=False)
    beside = angle_px + margin + keys.width_px < width
    blend(image, keys, angle_px + margin if beside else margin, height - keys.height_px - (6 if beside else panel_px))


def _draw_angle(
    image: NDArray[np.uint8], scene: LiveScene, digit_px: int, panel_px: int, left: int, scale: float
) -> int:
    """The angle on a dark panel; return the panel's right edge."""
    bottom = image.shape[0]
    title = text_sprite(scene.angle_title or " ", round(22 * scale), SOFT, bold=False)
    number = "–" if not math.isfinite(scene.angle_deg) else f"{round(scene.angle_deg)}°".replace("-", "−")
    sprite = text_sprite(number, digit_px, READING_COLOURS[0], centred=True)
    right = left + max(title.width_px, text_sprite("188°", digit_px, centred=True).width_px, sprite.width_px) + left
    darken(image, 0, bottom - panel_px, right, bottom, kept=_KEPT_BRIGHTNESS)
    blend(image, title, left, bottom - panel_px + 8 * scale)
    blend(image, sprite, left, bottom - sprite.height_px - 16 * scale)
    return right


def _ring_px(digit_px: int, scale: float) -> int:
    """Outer radius of the ring around the seconds of hold."""
    return round(0.76 * digit_px + 12 * scale)


def _draw_hold(image: NDArray[np.uint8], scene: LiveScene, digit_px: int, bottom: int, scale: float) -> None:
    """A ring that fills with the seconds of hold, and their number."""
    assert scene.hold_s is not None
    outer, thick = _ring_px(digit_px, scale), max(2, round(14 * scale))
    x, y = image.shape[1] - outer - round(24 * scale), bottom - outer
    cv2.circle(image, (x, y), outer, DARK, -1, cv2.LINE_AA)
    cv2.circle(image, (x, y), outer - thick, (90, 96, 104), thick, cv2.LINE_AA)
    share = min(1.0, scene.hold_s / scene.target_hold_s) if scene.target_hold_s > 0 else 1.0
    cv2.ellipse(image, (x, y), (outer - thick, outer - thick), -90, 0, 360 * share, _GREEN, thick, cv2.LINE_AA)
    number = text_sprite(f"{math.floor(scene.hold_s)}", digit_px, _GREEN, centred=True)
    unit = text_sprite(phrase("of {seconds:g} s", seconds=scene.target_hold_s), round(22 * scale), SOFT, centred=True)
    above = y - (number.height_px + unit.height_px + 8 * scale) / 2
    blend(image, number, x - number.width_px / 2, above)
    blend(image, unit, x - unit.width_px / 2, above + number.height_px + 8 * scale)


def _draw_repetitions(image: NDArray[np.uint8], scene: LiveScene, top: int, scale: float) -> None:
    """A disc for each repetition below the cue, at the right; filled once it counts, with its end range."""
    step = min(92 * scale, 0.9 * image.shape[1] / max(1, scene.repetitions))
    radius = 0.44 * step
    for k in range(scene.repetitions):
        done = k < len(scene.end_ranges_deg)
        x = image.shape[1] - 24 * scale - radius - (scene.repetitions - 1 - k) * step
        centre = (round(x), round(top + 16 * scale + radius))
        cv2.circle(image, centre, round(radius), _GREEN if done else DARK, -1, cv2.LINE_AA)
        cv2.circle(image, centre, round(radius), DARK if done else SOFT, max(1, round(3 * scale)), cv2.LINE_AA)
        words = _short(scene.end_ranges_deg[k]) if done else f"{k + 1}"
        sprite = text_sprite(words, max(8, round(0.29 * step)), DARK if done else SOFT, centred=True)
        blend(image, sprite, centre[0] - sprite.width_px / 2, centre[1] - sprite.height_px / 2)


def _short(value_deg: float) -> str:
    return f"{round(value_deg)}°".replace("-", "−") if math.isfinite(value_deg) else "–"
