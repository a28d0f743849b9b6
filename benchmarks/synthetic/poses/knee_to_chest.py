"""Knee to chest: lying on the back, one knee pulled up with both hands, the other leg flat."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from benchmarks.synthetic.poses.motion import Motion
from benchmarks.synthetic.poses.supine import REST_KNEE_DEG, TOES_DEG, lie_flat, lying_thigh, put_down, supine_figure
from benchmarks.synthetic.poses.vectors import FORWARD, X, smooth_step, unit, vec
from benchmarks.synthetic.rig import SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.synthetic.poses.poser import Figure
    from benchmarks.synthetic.rig import Pose

    Array = NDArray[np.float64]


class KneeToChest(Motion):
    """Targets: hip and knee of the pulled leg, tilt of the pelvis, what the other leg rises. The side: the pulled leg's."""

    lying = True
    defaults: ClassVar[Mapping[str, float]] = {
        "hip": 112.0,
        "knee": 125.0,
        "pelvis_tilt": 5.0,
        "rest_rise": 0.0,
        "rest_knee": REST_KNEE_DEG,
    }

    def _prepare(self) -> None:
        self._flat = lie_flat(self.rig)
        self._centring = np.zeros(3)
        start = self.at(0.0)
        ends = [start.positions_m[self.rig.index[bone]][1] for bone in ("head", f"foot.{self.other}")]
        self._centring = vec(0, -sum(ends) / 2, 0)

    def _at(self, phase: float, wobble: Array) -> Pose:
        figure = supine_figure(self.rig, self._flat, self.target["pelvis_tilt"] * phase)
        self._legs(figure, phase, wobble)
        self._arms(figure, smooth_step(phase, 0.30, 0.80))
        return put_down(self.rig, self._flat, figure.pose()).moved(self._centring)

    def _legs(self, figure: Figure, phase: float, wobble: Array) -> None:
        target, rest_hip = self.target, self._flat.rest_hip_deg
        hip = rest_hip + (target["hip"] - rest_hip) * phase + wobble[0]
        # The knee bends early: the heel is drawn up before the thigh rises far.
        knee = REST_KNEE_DEG + (target["knee"] - REST_KNEE_DEG) * smooth_step(phase) ** 0.8 + wobble[1]
        figure.leg(self.side, lying_thigh(figure, hip), X, max(knee, 1.0))
        figure.foot_after_shank(self.side, 10, 12 * (1 - phase))
        rise = target["rest_rise"] * phase
        rest_knee = REST_KNEE_DEG + (target["rest_knee"] - REST_KNEE_DEG) * phase + 1.2 * rise
        figure.leg(self.other, lying_thigh(figure, rest_hip + rise + 0.2 * wobble[2]), X, rest_knee)
        figure.foot_after_shank(self.other, TOES_DEG, 12)

    def _arms(self, figure: Figure, weight: float) -> None:
        """From beside the body to the shin below the knee."""
        hold_shin(figure, self.side, weight)


def hold_shin(figure: Figure, leg: str, weight: float) -> None:
    """Both hands from beside the trunk to a leg's shin below the knee; ``weight`` 0 to 1."""
    rig, pose, chest, shoulders = figure.rig, figure.pose(), figure.chest(), figure.shoulders()
    knee, ankle = (pose.positions_m[rig.index[f"{bone}.{leg}"]] for bone in ("lowerleg01", "foot"))
    front = unit(figure.absolute[f"lowerleg01.{leg}"] @ FORWARD)
    on_shin = knee + (unit(ankle - knee) * 0.10 + front * 0.085) * rig.scale
    # Half-way the hands go round the thigh, not through it.
    detour = FORWARD * 0.48 * weight * (1 - weight) * rig.scale
    for side, sign in SIDES.items():
        target = on_shin + X * sign * (0.07 if side == leg else 0.05) * rig.scale
        beside = shoulders[side] + chest @ (unit(vec(0.30 * sign, 0.07, -1)) * 0.52 * rig.scale)
        figure.arm_to(side, beside * (1 - weight) + target * weight + detour, chest @ vec(0.9 * sign, 0.25, -0.35))
