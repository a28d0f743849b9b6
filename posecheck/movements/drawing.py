"""How a test is drawn: the figure's start and end pose and the angle that is marked, from ``[drawing]`` of its file.

Lengths are percent of body height. In the side view the figure faces right, so that its near side is the person's right;
in the front view the person's right is on the left of the picture. The near leg is the tested one; a left side is drawn
as the mirror image. Directions are degrees: 0 is to the right, 90 is up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from posecheck.language import phrase

if TYPE_CHECKING:
    from posecheck.movements.fields import Fields

Vertex = Literal["hip", "near_hip", "knee"]
Direction = Literal["trunk", "trunk_back", "thigh", "shank", "leg"]

VERTICES: tuple[Vertex, ...] = ("hip", "near_hip", "knee")
DIRECTIONS: tuple[Direction, ...] = ("trunk", "trunk_back", "thigh", "shank", "leg")
FARTHEST = 150.0
"""No point of a figure lies farther out, in percent of body height: a drawing is 132 wide (chosen by us)."""


@dataclass(frozen=True, slots=True)
class DrawnLimb:
    """Where an arm or leg ends, and which way its middle joint bends.

    Attributes
    ----------
    end : complex
        Wrist or ankle, x to the right and y up from the floor.
    bend : int
        1: the elbow or knee lies to the left of the way from shoulder or hip to the end; -1: to the right. Ignored where
        ``middle`` is given.
    middle : complex or None
        Elbow or knee, where the picture foreshortens the limb.
    tip_deg : float
        Direction of hand or foot.
    toe_deg : float
        How far the toes bend up against the foot.
    """

    end: complex
    bend: int = 1
    middle: complex | None = None
    tip_deg: float = 0.0
    toe_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class DrawnPose:
    """A whole body: the point between the hips, the line of the trunk, and four limbs.

    Attributes
    ----------
    hip : complex
    low_deg, high_deg, head_deg : float
        Directions of the lower and upper half of the trunk, and of the head.
    near_leg, far_leg, near_arm, far_arm : DrawnLimb
        In the front view near is the person's right.
    words : str
        What is seen, for people who do not see it; ``{side}`` stands for the tested side
        (`posecheck.movements.definition.of_side` puts it there).
    """

    hip: complex
    low_deg: float
    high_deg: float
    head_deg: float
    near_leg: DrawnLimb
    far_leg: DrawnLimb
    near_arm: DrawnLimb
    far_arm: DrawnLimb
    words: str = ""


@dataclass(frozen=True, slots=True)
class DrawnAngle:
    """The measured angle, marked in the end pose like a goniometer.

    Attributes
    ----------
    at : {"hip", "near_hip", "knee"}
        The pivot: the point between the hips, the tested leg's hip joint (they differ in the front view), or its knee.
    from_, to : float or str
        Its two arms: degrees, or a part of the figure. ``trunk`` is the way from the hips to the head and ``trunk_back``
        the opposite one, ``thigh_on`` the way from the knee on along the thigh, ``leg`` the way from hip to ankle.
    reach : float
        Length of the arms.
    """

    at: Vertex
    from_: float | Direction
    to: float | Direction
    reach: float


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A table to lie on: its left and right end and its height."""

    left: float
    right: float
    height: float


@dataclass(frozen=True, slots=True)
class MovementDrawing:
    """The drawing of a test.

    Attributes
    ----------
    start, end : DrawnPose
    angle : DrawnAngle or None
    near_leg_behind : bool
        In the front view: the person's right leg is drawn behind the other one.
    table : DrawnTable or None
    """

    start: DrawnPose
    end: DrawnPose
    angle: DrawnAngle | None = None
    near_leg_behind: bool = False
    table: DrawnTable | None = None


def read_drawing(fields: Fields) -> MovementDrawing:
    """The table ``[drawing]`` of a movement file.

    Raises
    ------
    MovementError
        Names the file and the key.
    """
    result = MovementDrawing(
        start=_pose(fields.table("start")),
        end=_pose(fields.table("end")),
        angle=_angle(fields.table("angle")) if fields.has("angle") else None,
        near_leg_behind=fields.flag("near_leg_behind", default=False),
        table=_table(fields.table("table")) if fields.has("table") else None,
    )
    fields.finish()
    return result


def _pose(fields: Fields) -> DrawnPose:
    low_deg, high_deg = fields.numbers("trunk_deg", 2, low=-360, high=360)
    near_leg, far_leg, near_arm, far_arm = (
        _limb(fields.table(key)) for key in ("near_leg", "far_leg", "near_arm", "far_arm")
    )
    result = DrawnPose(
        hip=_point(fields, "hip"),
        low_deg=low_deg,
        high_deg=high_deg,
        head_deg=_degrees(fields, "head_deg"),
        near_leg=near_leg,
        far_leg=far_leg,
        near_arm=near_arm,
        far_arm=far_arm,
        words=fields.said("words"),
    )
    fields.finish()
    return result


def _limb(fields: Fields) -> DrawnLimb:
    result = DrawnLimb(
        end=_point(fields, "end"),
        bend=_bend(fields),
        middle=_point(fields, "middle") if fields.has("middle") else None,
        tip_deg=_degrees(fields, "tip_deg", default=0.0),
        toe_deg=_degrees(fields, "toe_deg", default=0.0),
    )
    fields.finish()
    return result


def _bend(fields: Fields) -> int:
    bend = fields.number("bend", low=-1, high=1, default=1)
    if abs(bend) != 1:
        raise fields.fail("bend", phrase("expected 1 or -1, got {value:g}.", value=bend))
    return int(bend)


def _angle(fields: Fields) -> DrawnAngle:
    at = fields.choice("at", VERTICES)
    result = DrawnAngle(
        at=next(word for word in VERTICES if word == at),
        from_=_direction(fields, "from"),
        to=_direction(fields, "to"),
        reach=fields.number("reach", low=5, high=60, default=25),
    )
    fields.finish()
    return result


def _direction(fields: Fields, key: str) -> float | Direction:
    if isinstance(fields.value(key), int | float):
        return _degrees(fields, key)
    chosen = fields.choice(key, DIRECTIONS)
    return next(word for word in DIRECTIONS if word == chosen)


def _table(fields: Fields) -> DrawnTable:
    left, right = (fields.number(key, low=-FARTHEST, high=FARTHEST) for key in ("left", "right"))
    if left >= right:
        raise fields.fail("right", phrase("must be more than left ({left:g}), got {right:g}.", left=left, right=right))
    result = DrawnTable(left, right, fields.number("height", low=5, high=80))
    fields.finish()
    return result


def _degrees(fields: Fields, key: str, default: float | None = None) -> float:
    return fields.number(key, low=-360, high=360, default=default)


def _point(fields: Fields, key: str) -> complex:
    return complex(*fields.numbers(key, 2, low=-FARTHEST, high=FARTHEST))
