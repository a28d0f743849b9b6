"""Drawings of how a new range is used: bridges, and work for the hip flexors, each at its start and its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from posecheck.language import filled, phrase
from posecheck.movements.drawing import DrawnLimb, DrawnPose
from posecheck.web.drawings.figure import side_figure
from posecheck.web.drawings.frame import FLOOR_Y, Drawing, framed
from posecheck.web.drawings.movements import FLOOR
from posecheck.web.drawings.shapes import arrow

if TYPE_CHECKING:
    from collections.abc import Mapping

Moment = Literal["start", "end"]

_LYING_Y = 82.0
_ON_BACK = DrawnLimb(5.5 + 5.4j, tip_deg=-6)
_HANGING = DrawnLimb(1.5 + 46.5j, -1, tip_deg=-88)
_STANDING = DrawnLimb(0 + 3.9j, -1)


@dataclass(frozen=True, slots=True)
class _Exercise:
    """Both positions, an arrow from one to the other, and where its floor lies in the frame."""

    title: str
    start: DrawnPose
    end: DrawnPose
    way: tuple[complex, complex]
    floor_y: float


_BRIDGES = _Exercise(
    phrase("Bridges"),
    DrawnPose(
        7.6j, 181, 178, 180, DrawnLimb(25 + 3.9j), DrawnLimb(26.5 + 3.9j), _ON_BACK, DrawnLimb(5 + 6j),
        phrase("Lying on the back, knees bent, feet on the floor, arms beside the body."),
    ),
    DrawnPose(
        2 + 19j, 207, 203, 178, DrawnLimb(24 + 3.9j), DrawnLimb(25.5 + 3.9j),
        DrawnLimb(5 + 4.6j, tip_deg=-4), DrawnLimb(4 + 5j),
        phrase("Shoulders and feet stay on the floor, the hips are lifted until trunk and thighs are in one line."),
    ),
    (4 + 30j, 4 + 42j),
    _LYING_Y,
)  # fmt: skip
_HIP_FLEXORS = _Exercise(
    phrase("Hip-flexor work"),
    DrawnPose(
        53j, 93, 88, 86, _STANDING, DrawnLimb(1.6 + 3.9j, -1), _HANGING, DrawnLimb(3.5 + 46.5j, -1, tip_deg=-86),
        phrase("Standing upright on both feet."),
    ),
    DrawnPose(
        53j, 93, 89, 87, DrawnLimb(23 + 35j, middle=23 + 59.6j, tip_deg=0), DrawnLimb(1.6 + 3.9j, -1),
        DrawnLimb(1.5 + 46.5j, -1, tip_deg=-88), DrawnLimb(3.5 + 46.5j, -1, tip_deg=-86),
        phrase("Standing upright on one foot, the other knee is lifted to the height of the hip by its own strength."),
    ),
    (34 + 46j, 34 + 60j),
    FLOOR_Y,
)  # fmt: skip
_EXERCISES: Mapping[str, _Exercise] = {"bridges": _BRIDGES, "hip-flexor-work": _HIP_FLEXORS}
"""By name, as `posecheck.movements.advice.REEDUCATIONS`. The poses are ours: the method names the exercises only."""
_AT_START, _AT_END = phrase("{test}: start position"), phrase("{test}: end position")


def exercise_drawing(name: str, moment: Moment = "end") -> Markup:
    """The drawing of an exercise at its start or end; empty markup for one that has none."""
    exercise = _EXERCISES.get(name)
    if exercise is None:
        return Markup()
    pose = exercise.start if moment == "start" else exercise.end
    way = arrow(*exercise.way, "warm") if moment == "end" else ""
    name_it = _AT_START if moment == "start" else _AT_END
    return framed(
        Drawing(
            title=filled(name_it, test=exercise.title),
            description=pose.words,
            body=FLOOR + side_figure(pose, near_leg="accent", far_leg="far") + way,
            origin_y=exercise.floor_y,
        )
    )
