"""Kneeling on one knee or both, and on hands and knees."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from benchmarks.synthetic.poses.arms import STANDING
from benchmarks.synthetic.poses.everyday import Everyday
from benchmarks.synthetic.poses.poser import Figure
from benchmarks.synthetic.poses.standing import drawn, free_thigh, lifted_leg, pelvis_turn, stand_on, trunk
from benchmarks.synthetic.poses.vectors import DOWN, X, Y, turn, vec
from benchmarks.synthetic.rig import SIDES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.synthetic.poses.everyday import Numbers

    Array = NDArray[np.float64]

KNEE_CENTRE_M = 0.06
"""Knee joint centre above the floor when kneeling (chosen by us from the skin of the bodies)."""

POINTED_DEG = 62.0
"""A foot that lies on its back."""

TUCKED_DEG = 72.0
"""How far the heel is up over tucked toes."""


def kneel(figure: Figure, side: str, thigh: Array, tucked: bool) -> None:
    """A leg with its shank along the floor; the foot lies on its back, or stands on its tucked toes."""
    # How far the thigh slopes forwards: by so much the knee bends more than a right angle for a level shank.
    slope_deg = float(np.degrees(np.arctan2(-thigh[1], -thigh[2])))
    if not tucked:
        figure.leg(side, thigh, figure.pelvis @ X, float(np.clip(91 + slope_deg, 20, 155)))
        figure.foot_after_shank(side, POINTED_DEG)
        return
    rig, foot = figure.rig, turn(X, TUCKED_DEG)
    ankle_m = rig.ball_height_m + (foot @ (rig.head(f"foot.{side}") - rig.head(f"toe2-1.{side}")))[2]
    rise = (ankle_m - KNEE_CENTRE_M * rig.scale) / rig.lengths[f"shank.{side}"]
    knee_deg = 90 + slope_deg + float(np.degrees(np.arcsin(np.clip(rise, -1, 1))))
    figure.leg(side, thigh, figure.pelvis @ X, float(np.clip(knee_deg, 20, 155)), foot, np.eye(3))


def root_over_knees(figure: Figure, thighs: dict[str, Array]) -> None:
    """Put the root so that the lowest kneeling knee is at its height above the floor."""
    rig = figure.rig
    heights = [figure.hip(side)[2] + thigh[2] * rig.lengths[f"thigh.{side}"] for side, thigh in thighs.items()]
    figure.root_m[2] += KNEE_CENTRE_M * rig.scale - min(heights)


class Kneeling(Everyday):
    """On both knees: tall, or sitting back towards the heels."""

    def _settle(self, rng: np.random.Generator) -> None:
        self.tucked = bool(rng.random() < 0.4)
        self.spread_deg = rng.uniform(0, 16)
        self.deepest_deg = rng.choice([15, 58])

    def _draw(self, rng: np.random.Generator) -> Numbers:
        back = rng.uniform(-12, self.deepest_deg)
        numbers = drawn(rng, roll=(-3, 3), yaw=(-5, 5), flexion=(-12, 35), lateral=(-15, 15), twist=(-25, 25))
        pitch = rng.uniform(-8, 20) + max(back, 0) * rng.uniform(0, 0.6)
        return {**numbers, "pitch": np.asarray(pitch), "back": np.asarray(back)}

    def _figure(self, numbers: Numbers) -> Figure:
        figure = Figure(self.rig, pelvis_turn(numbers), vec(0, 0, 1))
        trunk(figure, numbers)
        back = float(numbers["back"])
        # The thighs are set in the world: the knees stay in front of the hips however the pelvis is pitched.
        thighs = {side: turn(Y, -sign * self.spread_deg) @ turn(X, -back) @ DOWN for side, sign in SIDES.items()}
        root_over_knees(figure, thighs)
        figure.root_m[1] = self.rig.lengths["thigh.L"] * np.sin(np.radians(back)) - 0.1 * self.scale
        for side in SIDES:
            kneel(figure, side, thighs[side], self.tucked)
        return figure


class HalfKneeling(Everyday):
    """One knee on the floor, the other foot before it; leaning forwards stretches the rear hip."""

    habits: ClassVar[dict[str, int]] = {**STANDING, "thigh": 4}

    def _settle(self, rng: np.random.Generator) -> None:
        self.rear = str(rng.choice(["L", "R"]))
        self.front = "R" if self.rear == "L" else "L"
        self.tucked = bool(rng.random() < 0.6)
        self.reach = rng.uniform(0.42, 0.72) * self.scale
        self.width = rng.uniform(0.06, 0.18) * self.scale
        self.yaw_deg = rng.uniform(-4, 22)

    def _draw(self, rng: np.random.Generator) -> Numbers:
        return drawn(
            rng,
            pitch=(-8, 22),
            roll=(-4, 4),
            yaw=(-8, 8),
            flexion=(-12, 30),
            lateral=(-14, 14),
            twist=(-25, 25),
            forwards=(-18, 35),
        )

    def _figure(self, numbers: Numbers) -> Figure:
        figure = Figure(self.rig, pelvis_turn(numbers), vec(0, 0, 1))
        trunk(figure, numbers)
        forwards = float(numbers["forwards"])
        thigh = turn(X, forwards) @ DOWN
        root_over_knees(figure, {self.rear: thigh})
        # The rear knee stays where it is, the hips move over it.
        knee_back = self.rig.lengths[f"thigh.{self.rear}"] * np.sin(np.radians(forwards))
        figure.root_m[1] += 0.2 * self.scale - knee_back - figure.hip(self.rear)[1]
        kneel(figure, self.rear, thigh, self.tucked)
        front = vec(SIDES[self.front] * self.width, 0.2 * self.scale - self.reach, 0)
        stand_on(figure, self.front, front, self.yaw_deg, 0, 0)
        return figure


class Quadruped(Everyday):
    """On hands and knees: arching, rounding, rocking, an arm or a leg stretched out."""

    habits: ClassVar[dict[str, int]] = {"floor": 1}

    def _settle(self, rng: np.random.Generator) -> None:
        self.tucked = bool(rng.random() < 0.4)
        self.spread_deg = rng.uniform(-2, 10)
        self.lifted = str(rng.choice(["L", "R", "", "", ""]))
        if rng.random() < 0.3:
            self.habits = {"floor": 2, "overhead": 1, "forward": 1}

    def _draw(self, rng: np.random.Generator) -> Numbers:
        numbers = drawn(
            rng,
            roll=(-4, 4),
            yaw=(-4, 4),
            flexion=(-20, 40),
            lateral=(-8, 8),
            twist=(-8, 8),
            back=(-14, 35),
            hip=(-15, 60),
            knee=(0, 90),
            neck=(-40, 15),
        )
        return {**numbers, "pitch": np.asarray(82 - 0.45 * float(numbers["flexion"]) + rng.uniform(-8, 8))}

    def _figure(self, numbers: Numbers) -> Figure:
        figure = Figure(self.rig, pelvis_turn(numbers), vec(0, 0, 1))
        figure.bend(
            float(numbers["flexion"]), float(numbers["lateral"]), float(numbers["twist"]), float(numbers["neck"])
        )
        back = float(numbers["back"])
        thighs = {side: turn(Y, -sign * self.spread_deg) @ turn(X, -back) @ DOWN for side, sign in SIDES.items()}
        root_over_knees(figure, thighs)
        figure.root_m[1] = 0.25 * self.scale + self.rig.lengths["thigh.L"] * np.sin(np.radians(back))
        for side in SIDES:
            kneel(figure, side, thighs[side], self.tucked)
        if self.lifted:
            thigh = free_thigh(figure.pelvis, self.lifted, float(numbers["hip"]), 3)
            lifted_leg(figure, self.lifted, thigh, float(numbers["knee"]), 0.1 * self.scale)
        return figure
