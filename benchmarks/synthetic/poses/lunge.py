"""Runner's lunge: the rear leg stretched back on the ball of its foot, the hands on the front thigh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.optimize import brentq

from benchmarks.synthetic.poses.motion import Motion, UnreachableTargetError
from benchmarks.synthetic.poses.poser import Figure
from benchmarks.synthetic.poses.vectors import DOWN, FORWARD, X, Z, across, smooth_step, turn, unit, vec
from benchmarks.synthetic.rig import SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.synthetic.rig import Pose

    Array = NDArray[np.float64]

STRAIGHTEST = 0.985
"""Longest a leg may become, as a part of its length: a knee never quite locks."""


@dataclass(frozen=True, slots=True, eq=False)
class _RearFoot:
    """Where the rear foot's ball is, and how far the foot is pitched at the start and at the end."""

    ball_m: Array
    start_pitch_deg: float
    end_pitch_deg: float


class Lunge(Motion):
    """Targets: hip and knee of the front leg, how far the rear hip extends, trunk. The side is that of the front leg."""

    defaults: ClassVar[Mapping[str, float]] = {
        "trunk": 32.0,
        "hip_front": 102.0,
        "ext_rear": 17.0,
        "knee_front": 92.0,
        "rear_dorsi": 22.0,
    }

    def _prepare(self) -> None:
        self._end_pelvis_deg = 0.75 * self.target["trunk"] + 4
        self._front_ankle, end_root = self._front_leg()
        rig = self.rig
        self._sole = rig.head(f"foot.{self.other}") - rig.head(f"toe2-1.{self.other}")
        self._rear = self._rear_foot(end_root)
        self._start_root = self._tall_root()
        self._end_root = end_root * vec(0, 1, 1)
        self._centring = vec(0, -(self._start_root[1] + self._end_root[1]) / 2, 0)

    def _at(self, phase: float, wobble: Array) -> Pose:
        trunk = 4 + phase * (self.target["trunk"] - 4) + wobble[0]
        sway = vec(0.001 * wobble[3], 0.0025 * wobble[1], 0.0015 * wobble[2])
        root = self._start_root * (1 - phase) + self._end_root * phase + sway
        figure = Figure(self.rig, turn(X, 6 + phase * (self._end_pelvis_deg - 6)), root)
        pitch = turn(X, self._rear.start_pitch_deg * (1 - phase) + self._rear.end_pitch_deg * phase)
        figure.leg_to(self.side, self._front_ankle, FORWARD, np.eye(3))
        figure.leg_to(self.other, self._rear.ball_m + pitch @ self._sole, FORWARD, pitch, np.eye(3))
        figure.bend_to(trunk, neck_deg=-0.6 * trunk)
        self._hands(figure, smooth_step(phase, 0.2, 0.9))
        return figure.pose().moved(self._centring)

    def _front_leg(self) -> tuple[Array, Array]:
        """Where the front ankle stands and where the root then is, with the front leg at its angles."""
        rig, side = self.rig, self.side
        thigh = turn(X, self.target["trunk"] - self.target["hip_front"]) @ DOWN
        shank = turn(X, self.target["knee_front"]) @ thigh
        hip = rig.head(f"upperleg01.{side}")
        start = vec(hip[0], 0, 0)
        ankle = start + rig.lengths[f"thigh.{side}"] * thigh + rig.lengths[f"shank.{side}"] * shank
        lift = vec(0, 0, rig.ankle_height_m - ankle[2])
        return ankle + lift, start + lift + turn(X, self._end_pelvis_deg) @ (rig.heads_m[0] - hip)

    def _rear_foot(self, root: Array) -> _RearFoot:
        """The rear knee bends just so far that the ball of the foot is on the floor."""
        hip = Figure(self.rig, turn(X, self._end_pelvis_deg), root).hip(self.other)
        thigh_deg = self.target["ext_rear"] + self.target["trunk"]
        thigh = turn(X, thigh_deg) @ DOWN
        knee_m = hip + self.rig.lengths[f"thigh.{self.other}"] * thigh

        def pitch_deg(knee: float) -> float:
            return thigh_deg + knee - self.target["rear_dorsi"]

        def ball(knee: float) -> Array:
            ankle = knee_m + self.rig.lengths[f"shank.{self.other}"] * (turn(X, knee) @ thigh)
            return np.asarray(ankle - turn(X, pitch_deg(knee)) @ self._sole)

        def height(knee: float) -> float:
            return float(ball(knee)[2] - self.rig.ball_height_m)

        knee = _first_root(height, np.linspace(3, 110, 54))
        return _RearFoot(ball(knee), max(0.75 * pitch_deg(knee), 18.0), pitch_deg(knee))

    def _tall_root(self) -> Array:
        """The root of a tall split stance: as high as the legs allow, half-way between the feet."""
        rear_ankle = self._rear.ball_m + turn(X, self._rear.start_pitch_deg) @ self._sole
        middle = (self._front_ankle[1] + rear_ankle[1]) / 2

        def too_far(height: float) -> float:
            figure = Figure(self.rig, turn(X, 6), vec(0, middle, height))
            return max(
                float(np.linalg.norm(figure.hip(side) - ankle)) - STRAIGHTEST * _leg_m(self, side)
                for side, ankle in ((self.side, self._front_ankle), (self.other, rear_ankle))
            )

        low, high = 0.3 * self.scale, 1.4 * self.scale
        if too_far(low) > 0:
            raise UnreachableTargetError(
                "The lunge's feet stand too far apart to begin it tall; choose smaller angles."
            )
        return vec(0, middle, float(brentq(too_far, low, high, xtol=1e-5)))

    def _hands(self, figure: Figure, weight: float) -> None:
        """From beside the body onto the front thigh, above the knee."""
        pose, chest = figure.pose(), figure.chest()
        knee, hip = (pose.positions_m[self.rig.index[f"{bone}.{self.side}"]] for bone in ("lowerleg01", "upperleg01"))
        thigh = unit(knee - hip)
        above = across(Z, thigh) if abs(thigh[2]) < 0.98 else FORWARD
        for side, sign in SIDES.items():
            on_thigh = hip + (knee - hip) * 0.80 + (above * 0.085 + X * 0.045 * sign) * self.scale
            hanging = chest @ unit(vec(0.25 * sign, 0.15, -1)) * 0.52 + FORWARD * 0.1
            beside = figure.shoulders()[side] + hanging * self.scale
            figure.arm_to(side, beside * (1 - weight) + on_thigh * weight, chest @ vec(0.8 * sign, 1.0, -0.2))


def _leg_m(motion: Motion, side: str) -> float:
    return motion.rig.lengths[f"thigh.{side}"] + motion.rig.lengths[f"shank.{side}"]


def _first_root(height: object, knees_deg: Array) -> float:
    heights = np.array([height(knee) for knee in knees_deg])  # type: ignore[operator]
    changes = np.flatnonzero(np.diff(np.sign(heights)))
    if not len(changes):
        raise UnreachableTargetError(
            f"The rear foot would be {heights.min():.2f} to {heights.max():.2f} m off the floor; choose other angles."
        )
    first = changes[0]
    return float(brentq(height, knees_deg[first], knees_deg[first + 1]))
