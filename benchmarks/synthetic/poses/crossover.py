"""Crossover: one leg crossed behind the other, its hip pushed out, the trunk bent to the other side, the arm overhead."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.optimize import brentq

from benchmarks.synthetic.poses.motion import STILL, Motion, UnreachableTargetError, hanging_arm
from benchmarks.synthetic.poses.poser import Figure
from benchmarks.synthetic.poses.side_lunge import STRAIGHT_KNEE_DEG, height_on_straight_leg, straight_leg_m
from benchmarks.synthetic.poses.truth import angles
from benchmarks.synthetic.poses.vectors import FORWARD, X, Y, Z, smooth_step, turn, unit, vec
from benchmarks.synthetic.rig import SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.synthetic.rig import Pose

    Array = NDArray[np.float64]

SHARPNESS_M = 0.01
"""How softly the height of the pelvis passes from one leg to the other."""


class Crossover(Motion):
    """Targets: lean of the trunk, adduction of the stretched hip. The side is the stretched leg's, crossed behind."""

    view = "front"
    defaults: ClassVar[Mapping[str, float]] = {"lean": 22.0, "add": 20.0, "cross": 0.12, "pelvis_roll": 4.0}
    """``cross`` is how far the ankle is beyond the midline, in metres of a person of the reference stature."""

    def _prepare(self) -> None:
        rig = self.rig
        self._ankles = {
            self.side: vec(-self.sign * self.target["cross"] * self.scale, 0.17 * self.scale, rig.ankle_height_m),
            self.other: vec(self.sign * 0.03 * self.scale, -0.09 * self.scale, rig.ankle_height_m),
        }
        self._leg_m = straight_leg_m(rig.lengths["thigh.L"], rig.lengths["shank.L"], STRAIGHT_KNEE_DEG)
        name = "left" if self.side == "L" else "right"

        def missed(sideways: float) -> float:
            self._sideways = sideways
            found = angles(rig.joint_centres(self._figure(1.0, STILL).pose()))
            return float(-found[f"{name}_hip_abduction_deg"]) - self.target["add"]

        places = np.linspace(-0.15, 0.40, 12) * self.scale
        errors = np.array([missed(place) for place in places])
        changes = np.flatnonzero(np.diff(np.sign(errors)))
        if not len(changes):
            reach = errors + self.target["add"]
            raise UnreachableTargetError(
                f"A crossover's adduction of {self.target['add']:.0f} degrees is out of this body's reach of "
                f"{reach.min():.0f} to {reach.max():.0f}."
            )
        self._sideways = float(brentq(missed, places[changes[0]], places[changes[0] + 1], xtol=1e-5))

    def _at(self, phase: float, wobble: Array) -> Pose:
        figure, weight = self._figure(phase, wobble), smooth_step(phase, 0, 0.8)
        self._arm_overhead(figure, weight)
        self._hand_on_hip(figure, weight)
        return figure.pose()

    def _figure(self, phase: float, wobble: Array) -> Figure:
        """Everything but the arms."""
        sign = self.sign
        start = -sign * 0.045 * self.scale
        root = vec(
            start * (1 - phase) + sign * self._sideways * phase + 0.002 * wobble[0],
            (0.04 + 0.055 * phase) * self.scale + 0.001 * wobble[1],
            0.5,
        )
        figure = Figure(self.rig, turn(Y, -phase * self.target["pelvis_roll"] * sign) @ turn(X, 4), root)
        rises = np.array([height_on_straight_leg(figure.hip(side), self._ankles[side], self._leg_m) for side in SIDES])
        # As high as the shorter leg allows, without a corner where the legs change.
        root[2] -= SHARPNESS_M * np.log(np.exp(-rises / SHARPNESS_M).sum())
        for side, outwards in SIDES.items():
            figure.leg_to(side, self._ankles[side], turn(Z, 4 * outwards) @ FORWARD, turn(Z, 4 * outwards))
        lean = -sign * phase * self.target["lean"] + 0.6 * wobble[2]
        figure.local[f"clavicle.{self.side}"] = turn(Y, -sign * 22 * smooth_step(phase, 0, 0.8))
        figure.bend_to(1 + 0.4 * wobble[3], lean, neck_lateral_deg=0.25 * lean)
        return figure

    def _arm_overhead(self, figure: Figure, weight: float) -> None:
        """The stretched side's arm, raised sideways."""
        sign, chest, raised = self.sign, figure.chest(), 165 * weight
        start = unit(vec(0.2 * sign * (1 - weight), 0.02, -1))
        upper = chest @ turn(Y, -sign * raised) @ turn(X, -12 * weight) @ start
        fore = chest @ turn(Y, -sign * (raised + 14 * weight)) @ turn(X, -14) @ unit(vec(0.1 * sign, 0, -1))
        figure.arm(self.side, upper, fore)

    def _hand_on_hip(self, figure: Figure, weight: float) -> None:
        sign, chest = -self.sign, figure.chest()
        waist = figure.hip(self.other) + figure.pelvis @ (vec(0.075 * sign, -0.03, 0.13) * self.scale)
        hanging = hanging_arm(chest, sign, bend_deg=14)
        figure.arm_to(self.other, waist, chest @ vec(sign, 0.55, -0.1), hanging, weight)
