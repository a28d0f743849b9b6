"""Drawings of the five tests: start and end position, the tested leg coloured, the measured angle marked."""

from __future__ import annotations

import cmath
import math
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from posecheck.web.drawings import poses
from posecheck.web.drawings.figure import FigurePose, front_figure, front_hips, knee_of, side_figure
from posecheck.web.drawings.frame import FLOOR_Y, WIDTH, Drawing, Label, framed
from posecheck.web.drawings.shapes import arc, disc, fill, line, polyline, toward

if TYPE_CHECKING:
    from collections.abc import Callable

Moment = Literal["start", "end"]

FLOOR = line(polyline([-58, 58]), "floor", 1.2)
_LYING_FLOOR_Y = 82.0

_TITLES = {
    "toe-touch": "Toe touch",
    "knee-to-chest": "Single knee to chest",
    "runners-lunge": "Runner's lunge",
    "side-lunge": "Side lunge",
    "crossover": "Crossover",
}
_WORDS = {
    ("toe-touch", "start"): "Standing upright, feet together, arms hanging, seen from the side.",
    ("toe-touch", "end"): "Bent forward at the hips with straight knees, hands at the feet, seen from the side.",
    ("knee-to-chest", "start"): "Lying on the back, both legs straight, arms beside the body, seen from the {side}.",
    (
        "knee-to-chest",
        "end",
    ): "Lying on the back, both hands pull the {side} knee to the chest, the other leg stays on the floor.",
    ("runners-lunge", "start"): "Standing in a long step, the {side} leg behind, trunk upright, seen from the {side}.",
    ("runners-lunge", "end"): "Sunk forward over the front knee, the {side} leg straight behind, seen from the {side}.",
    ("side-lunge", "start"): "Standing in a wide stance, trunk upright, seen from the front.",
    ("side-lunge", "end"): "Sunk over one bent knee, the {side} leg straight out to the side, seen from the front.",
    (
        "crossover",
        "start",
    ): "Standing with the {side} leg crossed behind the other, trunk upright, seen from the front.",
    (
        "crossover",
        "end",
    ): "The {side} leg crossed behind, the trunk leans away from it, arm overhead, seen from the front.",
}
_POSES: dict[tuple[str, Moment], FigurePose] = {
    ("toe-touch", "start"): poses.TOE_TOUCH_START,
    ("toe-touch", "end"): poses.TOE_TOUCH_END,
    ("knee-to-chest", "start"): poses.KNEE_TO_CHEST_START,
    ("knee-to-chest", "end"): poses.KNEE_TO_CHEST_END,
    ("runners-lunge", "start"): poses.RUNNERS_LUNGE_START,
    ("runners-lunge", "end"): poses.RUNNERS_LUNGE_END,
    ("side-lunge", "start"): poses.SIDE_LUNGE_START,
    ("side-lunge", "end"): poses.SIDE_LUNGE_END,
    ("crossover", "start"): poses.CROSSOVER_START,
    ("crossover", "end"): poses.CROSSOVER_END,
}


def movement_drawing(movement: str, moment: Moment = "end", side: str | None = None) -> Markup:
    """The drawing of a test.

    Parameters
    ----------
    movement : str
        Name of one of the five tests. Any other (a user's own movement file) gives empty markup.
    moment : "start" or "end"
    side : str or None
        "left" or "right": the tested leg, coloured. Toe touch has none.
    """
    if (movement, moment) not in _POSES:
        return Markup()
    sided = movement != "toe-touch"
    side = side or "right"
    pose = _POSES[movement, moment]
    mark = _ANGLES[movement](pose) if moment == "end" else ""
    drawing = Drawing(
        title=f"{_TITLES[movement]}{f', {side}' if sided else ''}: {moment} position",
        description=_WORDS[movement, moment].format(side=side),
        body=FLOOR + body_of(movement, pose) + mark,
        origin_y=_LYING_FLOOR_Y if movement == "knee-to-chest" else FLOOR_Y,
        labels=side_label(side) if sided else (),
    )
    return framed(drawing, mirrored=side == "left")


def body_of(movement: str, pose: FigurePose) -> str:
    """The figure in the view of that test, its tested leg coloured."""
    match movement:
        case "toe-touch":
            return side_figure(pose)
        case "knee-to-chest" | "runners-lunge":
            return side_figure(pose, near_leg="accent")
        case "side-lunge":
            return front_figure(pose, near_leg="accent")
        case _:
            return front_figure(pose, near_leg="accent", near_leg_behind=True)


def side_label(side: str) -> tuple[Label, ...]:
    """Which side the coloured leg is, in the corner."""
    return (Label(8.0 if side == "right" else WIDTH - 8.0, 12.0, side[0].upper(), "accent d-big"),)


def angle_mark(vertex: complex, from_deg: float, to_deg: float, reach: float = 25.0) -> str:
    """An opened angle as on a goniometer: two arms, an arc between them, and the pivot."""
    arms = polyline([vertex + reach * toward(from_deg), vertex, vertex + reach * toward(to_deg)])
    bow = arc(vertex, 0.72 * reach, from_deg, to_deg)
    under = line(arms, "halo", 3.4) + line(bow, "halo", 3.6)
    over = line(arms, "warm", 1.4) + line(bow, "warm", 2.2)
    return under + over + fill(disc(vertex, 2.6), "halo") + fill(disc(vertex, 1.9), "warm")


def _toe_touch_angle(pose: FigurePose) -> str:
    return angle_mark(pose.hip, _deg(knee_of(pose.hip, pose.near_leg) - pose.hip), (pose.low_deg + pose.high_deg) / 2)


def _knee_to_chest_angle(pose: FigurePose) -> str:
    return angle_mark(pose.hip, 180.0, _deg(knee_of(pose.hip, pose.near_leg) - pose.hip), 17.0)


def _lunge_angle(pose: FigurePose) -> str:
    trunk_deg = (pose.low_deg + pose.high_deg) / 2
    return angle_mark(pose.hip, trunk_deg - 180.0, _deg(knee_of(pose.hip, pose.near_leg) - pose.hip))


def _side_lunge_angle(pose: FigurePose) -> str:
    hip = front_hips(pose)[0]
    return angle_mark(hip, -90.0, _deg(pose.near_leg.end - hip), 30.0)


def _crossover_angle(pose: FigurePose) -> str:
    return angle_mark(pose.hip, 90.0, (pose.low_deg + pose.high_deg) / 2, 34.0)


def _deg(step: complex) -> float:
    return math.degrees(cmath.phase(step))


_ANGLES: dict[str, Callable[[FigurePose], str]] = {
    "toe-touch": _toe_touch_angle,
    "knee-to-chest": _knee_to_chest_angle,
    "runners-lunge": _lunge_angle,
    "side-lunge": _side_lunge_angle,
    "crossover": _crossover_angle,
}
