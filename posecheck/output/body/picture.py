"""The drawing of one or two bodies at end range: from the front, the side and above, with the tested angle marked.

The drawing is a list of shapes and words, which `posecheck.output.body.svg` and the PDF report turn into their own.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from posecheck.kinematics.joints import Plane, Side
from posecheck.language import first_lower, joined, phrase, translated
from posecheck.output.body.marks import mark_lines
from posecheck.output.body.outline import View, limb_outlines
from posecheck.output.body.posture import laid_together
from posecheck.output.body.solid import solid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from posecheck.output.body.marks import MarkedAngle
    from posecheck.output.body.outline import LimbOutline
    from posecheck.output.body.posture import Posture

WIDTH = 360.0
"""Of every drawing, in its own units: about a pixel on a phone, so that words stay readable there."""
LARGEST_PER_M = 122.0
"""Units a metre at most: a standing person is then some 210 high (chosen by us)."""
FONT, LINE = 12.5, 16.0
"""Size of words and height of a line of them, in units."""
_EDGE, _GAP, _CAPTION, _LEGEND, _NARROWEST = 8.0, 18.0, 20.0, 140.0, 108.0
_LEGEND_LETTERS = 21
_FORWARD, _LEFT, _UP = np.eye(3)

_FROM_SIDES = {Side.LEFT: phrase("From the left"), Side.RIGHT: phrase("From the right")}

Role = Literal["pre", "re"]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """An area or a line.

    Attributes
    ----------
    kind : {"area", "tested", "line", "dash", "floor"}
        ``tested`` is the area of the tested leg; the last three are open lines.
    role : {"pre", "re"}
        Whose it is: of the first of two bodies, or of the second or only one.
    outlines : tuple of (k, 2) float64
        In the drawing's units, y down; those of an area are closed, and one inside another is a hole.
    """

    kind: Literal["area", "tested", "line", "dash", "floor"]
    role: Role
    outlines: tuple[NDArray[np.float64], ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A line of words: where it begins, or its middle if it is centred; a caption is muted."""

    x: float
    y: float
    words: str
    muted: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class BodyPicture:
    """A finished drawing, and what it shows in words for those who do not see it."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    words: tuple[Word, ...]
    description: str


@dataclass(frozen=True, slots=True, eq=False)
class ShownBody:
    """A body with the name of its recording: ``Pre-test``."""

    name: str
    posture: Posture


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Both bodies from one side, in metres: limbs and marks by role."""

    view: View
    caption: str
    limbs: tuple[tuple[Role, tuple[LimbOutline, ...]], ...]
    lines: tuple[Shape, ...]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def draw_bodies(bodies: Sequence[ShownBody], tested: Side, marks: Sequence[MarkedAngle] = ()) -> BodyPicture:
    """Draw one body, or two over each other.

    Parameters
    ----------
    bodies : sequence of ShownBody
        One or two, in the order of recording; they are brought to one size and on one floor.
    tested : Side
        The tested leg, which is drawn stronger; the side view is from that side.
    marks : sequence of MarkedAngle
        The angles to mark, each with its value for every body.
    """
    placed = laid_together([body.posture for body in bodies])
    roles: tuple[Role, ...] = ("re",) if len(placed) == 1 else ("pre", "re")
    lying = any(posture.lying for posture in placed)
    seen = [_seen(placed, roles, view, caption, marks) for view, caption in _views(tested, lying=lying)]
    return _laid_out(seen, bodies, roles, tested, marks, lying=lying)


def _views(tested: Side, *, lying: bool) -> tuple[tuple[View, str], ...]:
    """Top left, top right, bottom left. The last stands under the first and shares its direction to the right."""
    forward = _FORWARD if tested is Side.RIGHT else -_FORWARD
    near = -_LEFT if tested is Side.RIGHT else _LEFT
    side = View(forward, _UP, near), _FROM_SIDES[tested]
    front = View(_LEFT, _UP, _FORWARD), phrase("From the feet") if lying else phrase("From the front")
    first, second = (side, front) if lying else (front, side)
    right = first[0].right
    return first, second, (View(right, np.cross(_UP, right), _UP), phrase("From above"))


def _seen(
    postures: Sequence[Posture], roles: Sequence[Role], view: View, caption: str, marks: Sequence[MarkedAngle]
) -> _Seen:
    limbs = tuple((role, limb_outlines(solid(item), view)) for role, item in zip(roles, postures, strict=True))
    here = [mark for mark in marks if _shows(view, mark.plane)]
    lines = tuple(
        Shape("dash" if dashed else "line", role, (points,))
        for role, item in zip(roles, postures, strict=True)
        for index, mark in enumerate(here)
        for dashed, points in mark_lines(mark, item, view, index)
    )
    corners = np.concatenate(
        [points for _, outlines in limbs for limb in outlines for points in limb.outlines]
        + [points for line in lines for points in line.outlines]
    )
    return _Seen(view, caption, limbs, lines, corners.min(axis=0), corners.max(axis=0))


def _shows(view: View, plane: Plane) -> bool:
    return abs(float(view.near @ (_LEFT if plane is Plane.SAGITTAL else _FORWARD))) > 0.5


def _laid_out(
    seen: Sequence[_Seen],
    bodies: Sequence[ShownBody],
    roles: Sequence[Role],
    tested: Side,
    marks: Sequence[MarkedAngle],
    *,
    lying: bool,
) -> BodyPicture:
    """Two views over a third one and the legend."""
    first, second, above = seen
    left_m = min(first.low[0], above.low[0]), max(first.high[0], above.high[0])
    upright_m = min(first.low[1], second.low[1]), max(first.high[1], second.high[1])
    widths_m = left_m[1] - left_m[0], second.high[0] - second.low[0]
    per_m, left_x, right_x = _columns(*widths_m)
    floor_y = _CAPTION + per_m * (upright_m[1] - upright_m[0]) + 4
    above_y = floor_y + _GAP + _CAPTION
    middles = left_x + per_m * widths_m[0] / 2, right_x + per_m * widths_m[1] / 2
    places = (
        (first, left_x - per_m * left_m[0], floor_y + per_m * upright_m[0]),
        (second, right_x - per_m * second.low[0], floor_y + per_m * upright_m[0]),
        (above, left_x - per_m * left_m[0], above_y + per_m * above.high[1]),
    )
    shapes = [
        Shape("floor", "re", (np.array([[x - 5, floor_y], [x + per_m * width_m + 5, floor_y]]),))
        for x, width_m in ((left_x, widths_m[0]), (right_x, widths_m[1]))
    ]
    for item, x, y in places:
        shapes += _placed(item, tested, per_m, np.array([x, y]))
    legend = list(_legend(bodies, roles, marks, WIDTH - _EDGE - _LEGEND, above_y - 4))
    words = [
        Word(middles[0], _CAPTION - 8, first.caption, muted=True, centred=True),
        Word(middles[1], _CAPTION - 8, second.caption, muted=True, centred=True),
        Word(middles[0], above_y - 8, above.caption, muted=True, centred=True),
        *(item for item in legend if isinstance(item, Word)),
    ]
    shapes += [item for item in legend if isinstance(item, Shape)]
    low_y = max(above_y + per_m * (above.high[1] - above.low[1]), max((word.y for word in words), default=0.0))
    return BodyPicture(
        WIDTH, round(low_y + _EDGE + 4), tuple(shapes), tuple(words), description(bodies, tested, marks, lying=lying)
    )


def _columns(left_m: float, right_m: float) -> tuple[float, float, float]:
    """Units a metre, and where the views of either column begin, in the middle of its half."""
    room = WIDTH - 2 * _EDGE - _GAP
    per_m = min(LARGEST_PER_M, room / (left_m + right_m), (room - _LEGEND) / left_m, (room - _NARROWEST) / right_m)
    left, right = max(per_m * left_m, _NARROWEST), max(per_m * right_m, _LEGEND)
    spare = (room - left - right) / 2
    return (
        per_m,
        _EDGE + (left + spare - per_m * left_m) / 2,
        WIDTH - _EDGE - (right + spare + per_m * right_m) / 2,
    )


def _placed(item: _Seen, tested: Side, per_m: float, origin: NDArray[np.float64]) -> Iterator[Shape]:
    """The limbs and lines of a view in the drawing's units, where they belong."""
    scale = np.array([per_m, -per_m])
    for role, limbs in item.limbs:
        for limb in limbs:
            outlines = tuple(points * scale + origin for points in limb.outlines)
            yield Shape("tested" if limb.limb == f"{tested}_leg" else "area", role, outlines)
    for line in item.lines:
        yield Shape(line.kind, line.role, tuple(points * scale + origin for points in line.outlines))


def _legend(
    bodies: Sequence[ShownBody], roles: Sequence[Role], marks: Sequence[MarkedAngle], x: float, y: float
) -> Iterator[Shape | Word]:
    """Whose colour is which, and the marked angles with their values."""
    for body, role in zip(bodies, roles, strict=True):
        yield Shape("tested", role, (np.array([[x, y - 9], [x + 16, y - 9], [x + 16, y + 1], [x, y + 1]]),))
        yield Word(x + 23, y, body.name)
        y += LINE + 3
    for mark in marks:
        y += 4
        for line in textwrap.wrap(translated(mark.title), _LEGEND_LETTERS):
            yield Word(x, y, line, muted=True)
            y += LINE
        yield Word(x, y, " → ".join(mark.values))
        y += LINE


def description(bodies: Sequence[ShownBody], tested: Side, marks: Sequence[MarkedAngle], *, lying: bool) -> str:
    """What the drawing shows, for those who do not see it."""
    names = [body.name for body in bodies]
    return joined(
        [
            phrase(
                "The body at end range, drawn from its fitted joints, seen {front}, {side} and from above.",
                front=phrase("from the feet") if lying else phrase("from the front"),
                side=phrase("from the left") if tested is Side.LEFT else phrase("from the right"),
            ),
            _whose_words(names),
            *(_values_words(names, mark) for mark in marks),
        ]
    )


def _whose_words(names: Sequence[str]) -> str:
    if len(names) == 1:
        return phrase("{recording}.", recording=names[0])
    return phrase("{first} in grey, {second} in blue over it.", first=names[0], second=first_lower(names[1]))


def _values_words(names: Sequence[str], mark: MarkedAngle) -> str:
    values = (joined([first_lower(name), value]) for name, value in zip(names, mark.values, strict=True))
    return phrase("{angle}: {values}.", angle=mark.title, values=joined(values, ", "))
