"""The two newer tests: active straight leg raise, and modified Thomas test at the end of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from benchmarks.synthetic.poses.knee_to_chest import hold_shin
from benchmarks.synthetic.poses.motion import CLOTH_M, Box, Motion, hanging_arm
from benchmarks.synthetic.poses.supine import REST_KNEE_DEG, TOES_DEG, lie_flat, lying_thigh, put_down, supine_figure
from benchmarks.synthetic.poses.vectors import X, vec
from benchmarks.synthetic.rig import SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.synthetic.poses.poser import Figure
    from benchmarks.synthetic.rig import Pose

    Array = NDArray[np.float64]

TABLE_SIZE_M = (0.75, 0.06)
"""Width of the table and thickness of its top."""


class StraightLegRaise(Motion):
    """Targets: hip, knee and toes of the raised leg, tilt of the pelvis. The side is the raised leg's."""

    lying = True
    defaults: ClassVar[Mapping[str, float]] = {"hip": 70.0, "knee": 5.0, "pelvis_tilt": 4.0, "toes": 0.0}

    def _prepare(self) -> None:
        self._flat = lie_flat(self.rig)
        self._centring = np.zeros(3)
        self._centring = _to_middle(self, self.at(0.0))

    def _at(self, phase: float, wobble: Array) -> Pose:
        figure = supine_figure(self.rig, self._flat, self.target["pelvis_tilt"] * phase)
        rest_hip = self._flat.rest_hip_deg
        hip = rest_hip + (self.target["hip"] - rest_hip) * phase + wobble[0]
        knee = REST_KNEE_DEG + (self.target["knee"] - REST_KNEE_DEG) * phase + wobble[1]
        figure.leg(self.side, lying_thigh(figure, hip), X, max(knee, 0.5))
        figure.foot_after_shank(self.side, TOES_DEG * (1 - phase) + self.target["toes"] * phase, 8)
        figure.leg(self.other, lying_thigh(figure, rest_hip + 0.2 * wobble[2]), X, REST_KNEE_DEG)
        figure.foot_after_shank(self.other, TOES_DEG, 12)
        _arms_beside(figure)
        return put_down(self.rig, self._flat, figure.pose()).moved(self._centring)


class ThomasTest(Motion):
    """Targets: hip and knee of the hanging leg, and of the held one. The side is the hanging leg's.

    It begins with both knees at the chest, as the test does.
    """

    lying = True
    defaults: ClassVar[Mapping[str, float]] = {
        "hip": -5.0,
        "knee": 75.0,
        "held_hip": 115.0,
        "held_knee": 125.0,
        "pelvis_tilt": 10.0,
        "table": 0.75,
    }
    """``table`` is its height in metres; it is made higher where the foot would touch the floor."""

    def _prepare(self) -> None:
        self._flat = lie_flat(self.rig)
        self._place = np.zeros(3)
        hanging = self.at(1.0)
        lowest = float(self.rig.contact_m(hanging)[:, 2].min())
        height = max(self.target["table"], 0.05 - lowest)
        hips = (hanging.positions_m[self.rig.index[f"upperleg01.{side}"]] for side in SIDES)
        edge = float(np.mean([hip[1] for hip in hips])) - 0.05 * self.scale
        head = float(self.rig.contact_m(hanging)[:, 1].max()) + 0.10
        self._place = vec(0, -(edge + head) / 2 + 0.2, height)
        width, thickness = TABLE_SIZE_M
        centre = vec(0, (edge + head) / 2, -thickness / 2) + self._place
        self.props = (Box(centre, vec(width, head - edge, thickness)),)

    def _at(self, phase: float, wobble: Array) -> Pose:
        figure = supine_figure(self.rig, self._flat, self.target["pelvis_tilt"])
        hip = self.target["held_hip"] * (1 - phase) + self.target["hip"] * phase + wobble[0]
        knee = self.target["held_knee"] * (1 - phase) + self.target["knee"] * phase + wobble[1]
        figure.leg(self.side, lying_thigh(figure, hip), X, max(knee, 1.0))
        figure.foot_after_shank(self.side, 20)
        figure.leg(
            self.other, lying_thigh(figure, self.target["held_hip"] + 0.3 * wobble[2]), X, self.target["held_knee"]
        )
        figure.foot_after_shank(self.other, 10)
        hold_shin(figure, self.other, 1.0)
        return put_down(self.rig, self._flat, figure.pose()).moved(self._place)


def _arms_beside(figure: Figure) -> None:
    chest = figure.chest()
    for side, sign in SIDES.items():
        upper, fore = hanging_arm(chest, sign, bend_deg=8)
        # A little in front of the trunk's own line, so that elbows and hands lie on the floor, not in it.
        figure.arm(side, upper + chest @ vec(0.08 * sign, -CLOTH_M, 0), fore + chest @ vec(0.04 * sign, 0, 0))


def _to_middle(motion: Motion, pose: Pose) -> Array:
    """The shift that brings a lying person's middle to the origin."""
    ends = [pose.positions_m[motion.rig.index[bone]][1] for bone in ("head", f"foot.{motion.other}")]
    return vec(0, -sum(ends) / 2, 0)
