"""Drawings of the tests: start and end position as their files have it, the tested leg coloured, the angle marked."""

from __future__ import annotations

import cmath
import math
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from posecheck.kinematics.joints import Plane, Side
from posecheck.language import phrase, phrase_in, translated
from posecheck.movements.definition import of_side
from posecheck.web.drawings.figure import front_figure, front_hips, knee_of, side_figure
from posecheck.web.drawings.frame import FLOOR_Y, WIDTH, Drawing, Label, framed
from posecheck.web.drawings.shapes import arc, disc, fill, line, part, polyline, toward

if TYPE_CHECKING:
    from posecheck.movements import Movement
    from posecheck.movements.drawing import Direction, DrawnAngle, DrawnPose, DrawnTable, MovementDrawing

Moment = Literal["start", "end"]

FLOOR = line(polyline([-58, 58]), "floor", 1.2)
_LYING_FLOOR_Y = 82.0
_TABLE_TOP = 3.4


def movement_drawing(movement: Movement, moment: Moment = "end", side: str | None = None) -> Markup:
    """The drawing of a test.

    Parameters
    ----------
    movement : Movement
        One whose file has no ``[drawing]`` gives empty markup.
    moment : "start" or "end"
    side : str or None
        "left" or "right": the tested leg, coloured. A test that is not done once per side has none.
    """
    drawn = movement.drawing
    if drawn is None:
        return Markup()
    side = side or "right"
    pose = drawn.start if moment == "start" else drawn.end
    drawing = Drawing(
        title=_title(movement, moment, side),
        description=of_side(pose.words, side),
        body=_ground(drawn.table) + body_of(movement, pose) + (_angle(movement, drawn) if moment == "end" else ""),
        origin_y=_LYING_FLOOR_Y if movement.lying and drawn.table is None else FLOOR_Y,
        labels=side_label(side) if movement.sides else (),
    )
    return framed(drawing, mirrored=side == "left")


def body_of(movement: Movement, pose: DrawnPose) -> str:
    """The figure in the view of that test, its tested leg coloured."""
    near_leg = "accent" if movement.sides else ""
    if movement.plane is Plane.SAGITTAL:
        return side_figure(pose, near_leg=near_leg)
    behind = movement.drawing is not None and movement.drawing.near_leg_behind
    return front_figure(pose, near_leg=near_leg, near_leg_behind=behind)


def side_label(side: str) -> tuple[Label, ...]:
    """Which side the coloured leg is, in the corner."""
    letter = (
        phrase_in("the left side, one letter", "L")
        if side == Side.LEFT
        else phrase_in("the right side, one letter", "R")
    )
    return (Label(8.0 if side == Side.RIGHT else WIDTH - 8.0, 12.0, letter, "accent d-big"),)


def angle_mark(vertex: complex, from_deg: float, to_deg: float, reach: float = 25.0) -> str:
    """An opened angle as on a goniometer: two arms, an arc between them, and the pivot."""
    arms = polyline([vertex + reach * toward(from_deg), vertex, vertex + reach * toward(to_deg)])
    bow = arc(vertex, 0.72 * reach, from_deg, to_deg)
    under = line(arms, "halo", 3.4) + line(bow, "halo", 3.6)
    over = line(arms, "warm", 1.4) + line(bow, "warm", 2.2)
    return under + over + fill(disc(vertex, 2.6), "halo") + fill(disc(vertex, 1.9), "warm")


def _title(movement: Movement, moment: Moment, side: str) -> str:
    test = _short_title(movement)
    if not movement.sides:
        at_start, at_end = phrase("{test}: start position", test=test), phrase("{test}: end position", test=test)
    else:
        values = {"test": test, "side": Side(side).words}
        at_start = phrase("{test}, {side}: start position", **values)
        at_end = phrase("{test}, {side}: end position", **values)
    return at_start if moment == "start" else at_end


def _short_title(movement: Movement) -> str:
    """As it is read, without what stands in brackets, which a screen reader need not say at each picture."""
    return translated(movement.title).split(" (", maxsplit=1)[0]


def _ground(table: DrawnTable | None) -> str:
    return FLOOR if table is None else FLOOR + _table(table)


def _table(table: DrawnTable) -> str:
    """A top with two legs, whose upper edge is at the height that the file says."""
    inset = min(6.0, (table.right - table.left) / 4)
    middle = table.height - _TABLE_TOP / 2
    legs = "".join(line(polyline([complex(x, 0), complex(x, middle)]), "floor", 2.0) for x in _ends(table, inset))
    corners = [complex(x, y) for x, y in _corners(table)]
    return legs + part([polyline(corners) + "Z"], "floor")


def _ends(table: DrawnTable, inset: float) -> tuple[float, float]:
    return table.left + inset, table.right - inset


def _corners(table: DrawnTable) -> tuple[tuple[float, float], ...]:
    low = table.height - _TABLE_TOP
    return (table.left, table.height), (table.right, table.height), (table.right, low), (table.left, low)


def _angle(movement: Movement, drawn: MovementDrawing) -> str:
    angle = drawn.angle
    if angle is None:
        return ""
    joints = _Joints(movement, drawn.end)
    return angle_mark(joints.vertex(angle), joints.toward_deg(angle.from_), joints.toward_deg(angle.to), angle.reach)


class _Joints:
    """Where the tested leg's joints lie in a pose, and which way its parts point."""

    def __init__(self, movement: Movement, pose: DrawnPose) -> None:
        self._pose, self._ankle = pose, pose.near_leg.end
        self._hip = pose.hip if movement.plane is Plane.SAGITTAL else front_hips(pose)[0]
        self._knee = knee_of(self._hip, pose.near_leg)

    def vertex(self, angle: DrawnAngle) -> complex:
        return {"hip": self._pose.hip, "near_hip": self._hip, "knee": self._knee}[angle.at]

    def toward_deg(self, direction: float | Direction) -> float:
        if not isinstance(direction, str):
            return direction
        trunk_deg = (self._pose.low_deg + self._pose.high_deg) / 2
        match direction:
            case "trunk":
                return trunk_deg
            case "trunk_back":
                return trunk_deg - 180.0
            case "thigh":
                return _deg(self._knee - self._hip)
            case "shank":
                return _deg(self._ankle - self._knee)
            case "leg":
                return _deg(self._ankle - self._hip)


def _deg(step: complex) -> float:
    return math.degrees(cmath.phase(step))
