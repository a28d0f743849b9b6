"""What people do with their arms while the rest of them does something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.synthetic.poses.motion import hanging_arm
from benchmarks.synthetic.poses.poser import two_bones
from benchmarks.synthetic.poses.vectors import (
    DOWN,
    FORWARD,
    Z,
    across,
    cross,
    frame_turn,
    mixed_direction,
    mixed_rotations,
    unit,
    vec,
)
from benchmarks.synthetic.rig import SIDES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from benchmarks.synthetic.poses.poser import Figure

    Array = NDArray[np.float64]

HAND_ABOVE_FLOOR_M = 0.06
"""Wrist above the floor when the palm is on it."""

ELBOW_ABOVE_FLOOR_M = 0.05

HAND_M = 0.19
"""Wrist to finger tips: a hand that hangs stays above the floor."""


@dataclass(frozen=True, slots=True, eq=False)
class ArmPlan:
    """What one arm does.

    Attributes
    ----------
    habit : str
        One of `HABITS`.
    numbers : (5,) float64
        Chance's part of it, each between 0 and 1.
    """

    habit: str
    numbers: Array


Plans = tuple[ArmPlan, ArmPlan]
"""Left and right."""

STANDING = {"hang": 6, "free": 5, "hips": 2, "forward": 2, "overhead": 2, "folded": 1, "thigh": 1}
"""How often each habit is drawn when somebody stands (chosen by us)."""

SITTING = {"hang": 2, "free": 4, "thigh": 4, "folded": 2, "forward": 1, "overhead": 1}
LYING = {"beside": 4, "free": 4, "overhead": 1, "folded": 2, "hips": 1}


def draw_plans(rng: np.random.Generator, often: dict[str, int]) -> Plans:
    """What the arms do: most often both the same."""
    chances = np.array(list(often.values())) / sum(often.values())
    habits = [str(habit) for habit in rng.choice(list(often), size=2, p=chances)]
    numbers = rng.random((2, 5))
    if rng.random() < 0.7:
        habits[1] = habits[0]
        numbers[1] = np.clip(numbers[0] + rng.normal(0, 0.12, 5), 0, 1)
    return ArmPlan(habits[0], numbers[0]), ArmPlan(habits[1], numbers[1])


def put_arms(
    figure: Figure, start: Plans, end: Plans | None = None, weight: float = 0.0, lowest_m: float = HAND_M
) -> None:
    """Put both arms between what they do first and what they do next, no wrist lower than ``lowest_m``."""
    for place, side in enumerate(SIDES):
        first, then = start[place], (start if end is None else end)[place]
        upper, fore = HABITS[first.habit](figure, side, first.numbers)
        if weight > 0 and then is not first:
            next_upper, next_fore = HABITS[then.habit](figure, side, then.numbers)
            upper, fore = mixed_direction(upper, next_upper, weight), mixed_direction(fore, next_fore, weight)
        on_floor = (first.habit == "floor") * (1 - weight) + (then.habit == "floor") * weight
        lowest = (lowest_m * (1 - on_floor) + HAND_ABOVE_FLOOR_M * on_floor) * figure.rig.scale
        figure.arm(side, *_above_floor(figure, side, (upper, fore), lowest))
        if on_floor > 0:
            _flatten_hand(figure, side, on_floor)


def _above_floor(figure: Figure, side: str, arm: tuple[Array, Array], lowest_m: float) -> tuple[Array, Array]:
    """The same arm, or one that is lifted so far that elbow and wrist stay above the floor."""
    lengths, aside = figure.rig.lengths, figure.chest() @ vec(SIDES[side], -0.5, 0)
    shoulder = float(figure.shoulders()[side][2])
    elbow_m = min(lowest_m, ELBOW_ABOVE_FLOOR_M * figure.rig.scale)
    upper = _lifted_direction(unit(arm[0]), aside, (elbow_m - shoulder) / lengths[f"upper_arm.{side}"])
    elbow = shoulder + float(upper[2]) * lengths[f"upper_arm.{side}"]
    return upper, _lifted_direction(unit(arm[1]), aside, (lowest_m - elbow) / lengths[f"forearm.{side}"])


def _lifted_direction(direction: Array, aside: Array, steepest: float) -> Array:
    """A direction that goes down no more than ``steepest``, the sine of its inclination; straight down gives way aside."""
    if direction[2] >= steepest:
        return direction
    up = min(steepest, 0.95)
    level = direction[:2] if np.hypot(*direction[:2]) > 0.05 else aside[:2] + 1e-6
    return np.array([*(level / np.hypot(*level) * np.sqrt(1 - up**2)), up])


def _flatten_hand(figure: Figure, side: str, weight: float) -> None:
    """The palm turned on to the floor, fingers to the front."""
    rig, sign = figure.rig, SIDES[side]
    if f"finger3-1.{side}" not in rig.index:
        return
    fingers = rig.head(f"finger3-1.{side}") - rig.head(f"wrist.{side}")
    knuckles = rig.head(f"finger5-1.{side}") - rig.head(f"finger2-1.{side}")
    ahead = figure.chest() @ vec(0, -1, 0)
    ahead = across(ahead, Z) if abs(ahead[2]) < 0.9 else across(figure.chest() @ Z, Z)
    flat = frame_turn(fingers, knuckles, ahead, cross(ahead, Z) * -sign)
    natural = figure.absolute[f"lowerarm02.{side}"]
    figure.absolute[f"wrist.{side}"] = mixed_rotations(natural[None], flat[None], weight)[0]


def reach(figure: Figure, side: str, target_m: Array, pole: Array) -> tuple[Array, Array]:
    """Directions of upper arm and forearm with the wrist in a place."""
    shoulder = figure.shoulders()[side]
    lengths = figure.rig.lengths[f"upper_arm.{side}"], figure.rig.lengths[f"forearm.{side}"]
    elbow, wrist = two_bones(shoulder, target_m, lengths, pole)
    return elbow - shoulder, wrist - elbow


def _hang(figure: Figure, side: str, numbers: Array) -> tuple[Array, Array]:
    """Beside the body; the further the trunk leans, the more they hang straight down."""
    sign, chest = SIDES[side], figure.chest()
    upper, fore = hanging_arm(chest, sign, -15 + 40 * numbers[0], 5 + 25 * numbers[1])
    down = vec(0.1 * sign, -0.1, -1)
    return mixed_direction(upper, down, numbers[2]), mixed_direction(
        fore, down + FORWARD * 0.3 * numbers[3], numbers[2]
    )


def _beside(figure: Figure, side: str, numbers: Array) -> tuple[Array, Array]:
    """Lying: on the floor beside the body, close or spread."""
    sign, chest = SIDES[side], figure.chest()
    spread = 0.25 + 0.9 * numbers[0] ** 2
    upper = chest @ vec(spread * sign, -0.02, -1)
    return upper, chest @ vec(spread * (0.9 - 0.6 * numbers[1]) * sign, -0.05, -1)


def _free(figure: Figure, side: str, numbers: Array) -> tuple[Array, Array]:
    """Anywhere a shoulder goes: raised by 0 to 170 degrees, from a little behind to across the chest."""
    raised, azimuth = np.radians(170 * numbers[0] ** 1.3), np.radians(-25 + 140 * numbers[1])
    return _lifted(figure, side, raised, azimuth, 135 * numbers[2], numbers[3:])


def _forward(figure: Figure, side: str, numbers: Array) -> tuple[Array, Array]:
    return _lifted(
        figure, side, np.radians(70 + 40 * numbers[0]), np.radians(75 + 30 * numbers[1]), 30 * numbers[2], numbers[3:]
    )


def _overhead(figure: Figure, side: str, numbers: Array) -> tuple[Array, Array]:
    return _lifted(
        figure, side, np.radians(140 + 38 * numbers[0]), np.radians(90 * numbers[1]), 35 * numbers[2], numbers[3:]
    )


def _lifted(
    figure: Figure, side: str, raised: float, azimuth: float, elbow_deg: float, numbers: Array
) -> tuple[Array, Array]:
    """Upper arm raised (rad) in a plane from sideways (0) to forwards; the forearm bends to the front or middle."""
    sign, chest = SIDES[side], figure.chest()
    out, front = np.sin(raised) * np.cos(azimuth), np.sin(raised) * np.sin(azimuth)
    upper = vec(sign * out, -front, -np.cos(raised))
    wanted = vec(-sign * (0.2 + 0.8 * numbers[0]), -0.8, 1.2 * numbers[1] - 0.3)
    bent = across(wanted, upper) if np.linalg.norm(np.cross(upper, wanted)) > 0.1 else across(vec(0, -1, 0.3), upper)
    elbow = np.radians(elbow_deg)
    return chest @ upper, chest @ (upper * np.cos(elbow) + bent * np.sin(elbow))


def _hips(figure: Figure, side: str, numbers: Array) -> tuple[Array, Array]:
    sign = SIDES[side]
    waist = vec((0.07 + 0.02 * numbers[0]) * sign, -0.04 + 0.03 * numbers[1], 0.12 + 0.04 * numbers[2])
    target = figure.hip(side) + figure.pelvis @ (waist * figure.rig.scale)
    return reach(figure, side, target, figure.chest() @ vec(sign, 0.6 - 0.6 * numbers[3], -0.1))


def _folded(figure: Figure, side: str, numbers: Array) -> tuple[Array, Array]:
    """Hands together before the chest or belly."""
    sign, chest, shoulders = SIDES[side], figure.chest(), figure.shoulders()
    before = vec(0.04 * sign, -0.24 - 0.08 * numbers[0], -0.08 - 0.22 * numbers[1])
    target = (shoulders["L"] + shoulders["R"]) / 2 + chest @ (before * figure.rig.scale)
    return reach(figure, side, target, chest @ vec(0.9 * sign, 0.5, -0.8))


def _thigh(figure: Figure, side: str, numbers: Array) -> tuple[Array, Array]:
    """The hand on the thigh of its own side, from half-way down to the knee."""
    sign, hip, pole = SIDES[side], figure.hip(side), figure.chest() @ vec(0.8 * SIDES[side], 0.8, -0.2)
    thigh = figure.absolute.get(f"upperleg01.{side}")
    if thigh is None:
        return _hang(figure, side, numbers)
    rest = figure.rig.head(f"lowerleg01.{side}") - figure.rig.head(f"upperleg01.{side}")
    front = thigh @ FORWARD
    target = (
        hip
        + thigh @ rest * (0.5 + 0.45 * numbers[0])
        + (front * 0.09 + thigh @ vec(0.03 * sign, 0, 0)) * figure.rig.scale
    )
    return reach(figure, side, target, pole)


def _floor(figure: Figure, side: str, numbers: Array) -> tuple[Array, Array]:
    """The hand on the floor: below the shoulder, or beside and behind it."""
    sign, shoulder, scale = SIDES[side], figure.shoulders()[side], figure.rig.scale
    aside = vec(sign * (0.02 + 0.15 * numbers[0]), 0.5 * numbers[1] - 0.15, 0) * scale
    target = np.array([*(shoulder + aside)[:2], HAND_ABOVE_FLOOR_M * scale])
    return reach(figure, side, target, unit(vec(0.4 * sign, 0.8, 0)) - DOWN * 0.2)


HABITS: dict[str, Callable[[Figure, str, Array], tuple[Array, Array]]] = {
    "hang": _hang,
    "beside": _beside,
    "free": _free,
    "forward": _forward,
    "overhead": _overhead,
    "hips": _hips,
    "folded": _folded,
    "thigh": _thigh,
    "floor": _floor,
}
