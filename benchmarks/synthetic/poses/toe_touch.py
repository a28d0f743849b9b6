"""Toe touch: standing, bending forwards with the arms hanging."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from benchmarks.synthetic.poses.motion import Motion, hanging_arm
from benchmarks.synthetic.poses.poser import Figure
from benchmarks.synthetic.poses.vectors import DOWN, X, Z, mixed_direction, smooth_step, turn, vec
from benchmarks.synthetic.rig import SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.synthetic.rig import Pose

    Array = NDArray[np.float64]

PELVIS_PART = 0.6
"""How much of the trunk's inclination comes from the pelvis; the rest is the spine's."""

HAND_M = 0.20
"""Wrist to finger tips, with something to spare: the hands stay above the floor."""


class ToeTouch(Motion):
    """Targets: hip and knee flexion of both legs, and the trunk from the vertical. The side is the one that is filmed."""

    defaults: ClassVar[Mapping[str, float]] = {"trunk": 100.0, "hip": 92.0, "knee": 6.0}

    def _at(self, phase: float, wobble: Array) -> Pose:
        trunk = phase * self.target["trunk"] + wobble[0]
        hip = phase * self.target["hip"] + wobble[1]
        knee = 3 + phase * (self.target["knee"] - 3) + 0.5 * wobble[2]
        figure = Figure(self.rig, turn(X, PELVIS_PART * trunk))
        for side, sign in SIDES.items():
            # What the hips bend less than the trunk inclines, the thighs lean back.
            figure.leg(side, turn(X, trunk - hip) @ DOWN, X, max(knee, 0.5), turn(Z, 6 * sign))
            figure.local[f"clavicle.{side}"] = turn(Z, -16 * sign * smooth_step(phase, 0, 0.9))
        figure.bend_to(trunk, neck_deg=-10 * phase)
        self._arms(figure, phase)
        return self._standing(figure.pose())

    def _arms(self, figure: Figure, phase: float) -> None:
        weight, chest = smooth_step(phase, 0, 0.75), figure.chest()
        floor = self._ankles(figure.pose())[2] - self.rig.ankle_height_m
        for side, sign in SIDES.items():
            upper, fore = hanging_arm(chest, sign)
            upper = mixed_direction(upper, vec(0.04 * sign, -0.10, -1), weight)
            fore = mixed_direction(fore, vec(-0.02 * sign, -0.28, -1), weight)
            lengths = self.rig.lengths
            wrist = figure.shoulders()[side] + upper * lengths[f"upper_arm.{side}"] + fore * lengths[f"forearm.{side}"]
            lowest = floor + HAND_M * self.scale
            if wrist[2] >= lowest:
                figure.arm(side, upper, fore)
            else:
                figure.arm_to(side, np.array([*wrist[:2], lowest]), vec(sign, 0.2, 0.2))

    def _ankles(self, pose: Pose) -> Array:
        left, right = (pose.positions_m[self.rig.index[f"foot.{side}"]] for side in SIDES)
        return np.asarray((left + right) / 2)

    def _standing(self, pose: Pose) -> Pose:
        ankles = self._ankles(pose)
        return pose.moved(np.array([0.0, 0.02 - ankles[1], self.rig.ankle_height_m - ankles[2]]))
