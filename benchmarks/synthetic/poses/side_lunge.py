"""Side lunge: feet wide apart, one knee bends, the other leg stays straight and is stretched."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.optimize import least_squares

from benchmarks.synthetic.poses.motion import STILL, Motion, UnreachableTargetError
from benchmarks.synthetic.poses.poser import Figure
from benchmarks.synthetic.poses.truth import angles
from benchmarks.synthetic.poses.vectors import FORWARD, X, Y, Z, smooth_step, turn, unit, vec
from benchmarks.synthetic.rig import SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.synthetic.rig import Pose

    Array = NDArray[np.float64]

OUTWARDS_DEG = 14.0
"""How far the feet are turned out."""

STRAIGHT_KNEE_DEG = 5.0


class SideLunge(Motion):
    """Targets: the bent knee, abduction of the straight leg, trunk forwards and sideways. The side is the bent knee's."""

    view = "front"
    defaults: ClassVar[Mapping[str, float]] = {
        "knee": 76.0,
        "abd": 41.0,
        "pitch": 24.0,
        "lean": 4.0,
        "pelvis_roll": 3.0,
    }

    def _prepare(self) -> None:
        thigh, shank = self.rig.lengths[f"thigh.{self.other}"], self.rig.lengths[f"shank.{self.other}"]
        self._straight_m = straight_leg_m(thigh, shank, STRAIGHT_KNEE_DEG)
        names = ("left", "right") if self.side == "L" else ("right", "left")

        def missed(where: Array) -> list[float]:
            self._half_width, self._sideways, self._back = where * self.scale
            found = angles(self.rig.joint_centres(self._figure(1.0, STILL).pose()))
            knee = float(found[f"{names[0]}_knee_flexion_deg"]) - self.target["knee"]
            abduction = float(found[f"{names[1]}_hip_abduction_deg"]) - self.target["abd"]
            # The third unknown is held where a person sits back by a hand's width: it hardly counts.
            return [knee, abduction, (where[2] - 0.13) * 20]

        solved = least_squares(missed, [0.55, 0.30, 0.12], bounds=([0.2, 0.0, -0.3], [0.9, 0.8, 0.5]), diff_step=1e-4)
        if max(np.abs(missed(solved.x)[:2])) > 0.1:
            raise UnreachableTargetError(
                f"A side lunge with knee {self.target['knee']:.0f} and abduction {self.target['abd']:.0f} degrees "
                "is out of this body's reach; bend the knee less."
            )

    def _at(self, phase: float, wobble: Array) -> Pose:
        figure = self._figure(phase, wobble)
        chest, shoulders = figure.chest(), figure.shoulders()
        middle, weight = (shoulders["L"] + shoulders["R"]) / 2, smooth_step(phase, 0, 0.6)
        for side, sign in SIDES.items():
            before = middle + chest @ (vec(0.035 * sign, -0.26, -0.10) * self.scale)
            beside = shoulders[side] + chest @ (unit(vec(0.22 * sign, -0.08, -1)) * 0.50 * self.scale)
            figure.arm_to(side, beside * (1 - weight) + before * weight, chest @ vec(0.9 * sign, 0.5, -0.8))
        return figure.pose()

    def _figure(self, phase: float, wobble: Array) -> Figure:
        """Everything but the arms."""
        roll = phase * self.target["pelvis_roll"] * self.sign
        pelvis = turn(Y, roll) @ turn(X, 4 + phase * 0.8 * self.target["pitch"])
        root = vec(self.sign * self._sideways * phase + 0.002 * wobble[0], self._back * phase + 0.001 * wobble[1], 0.5)
        figure = Figure(self.rig, pelvis, root)
        ankles = {side: vec(self._half_width * sign, 0, self.rig.ankle_height_m) for side, sign in SIDES.items()}
        root[2] += height_on_straight_leg(figure.hip(self.other), ankles[self.other], self._straight_m)
        for side, sign in SIDES.items():
            knee_out = OUTWARDS_DEG + (14 * phase if side == self.side else 0)
            figure.leg_to(side, ankles[side], turn(Z, knee_out * sign) @ FORWARD, turn(Z, OUTWARDS_DEG * sign))
        trunk = 3 + phase * (self.target["pitch"] - 3) + 0.6 * wobble[2]
        lean = phase * self.target["lean"] * self.sign + 0.6 * wobble[3]
        figure.bend_to(trunk, lean, neck_deg=-0.7 * trunk, neck_lateral_deg=-0.5 * lean)
        return figure


def straight_leg_m(thigh_m: float, shank_m: float, knee_deg: float) -> float:
    """Hip to ankle of a leg whose knee is bent so far (law of cosines)."""
    return float(np.sqrt(thigh_m**2 + shank_m**2 + 2 * thigh_m * shank_m * np.cos(np.radians(knee_deg))))


def height_on_straight_leg(hip_m: Array, ankle_m: Array, leg_m: float) -> float:
    """By how much a hip has to rise to be a leg's length from its ankle."""
    aside = hip_m[:2] - ankle_m[:2]
    return float(ankle_m[2] + np.sqrt(max(leg_m**2 - aside @ aside, 0.01)) - hip_m[2])
