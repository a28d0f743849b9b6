"""What a recording shows before it is known which test it is: view, posture, stance, and how far each angle goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import ANGLES, Side
from posecheck.kinematics.motion import read_motion
from posecheck.kinematics.view import body_yaw_deg, is_lying
from posecheck.movements.recognition import Measure, SideRule
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.kinematics.view import View
    from posecheck.movements.recognition import AngleRule, SideTell, Stance
    from posecheck.pose.landmarks import LandmarkSeries

_NARROW, _WIDE = 0.35, 0.7
"""Feet this far apart, in leg lengths, are surely together, or surely in a stance (chosen by us)."""
_APART = 0.3
"""Feet closer than this, in leg lengths, do not tell which leg is behind (chosen by us)."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What tells tests apart.

    Attributes
    ----------
    from_side : float
        0 surely a front view, 1 surely a side view.
    lying : bool
    stance : float
        How far the feet are apart most of the time, in leg lengths; NaN where they are out of the picture.
    ahead : (n,) array
        How far the left ankle lies in front of the right one (front view: to the person's right), in leg lengths.
    table : AngleTable
    """

    from_side: float
    lying: bool
    stance: float
    ahead: NDArray[np.float64]
    table: AngleTable

    @classmethod
    def of(cls, series: LandmarkSeries) -> Seen:
        """Look at landmarks as they were read."""
        motion = read_motion(series)
        ahead = _left_ankle_ahead(series, motion.view)
        turn = ramp(_median(body_yaw_deg(series)), 30.0, 60.0)
        return cls(turn, is_lying(series), _median(np.abs(ahead)), ahead, motion.table)

    def stands(self, stance: Stance) -> float:
        """0 to 1, how well the distance of the feet fits."""
        if stance == "any":
            return 1.0
        if not np.isfinite(self.stance):  # feet out of the picture: it may be either
            return 0.5
        wide = ramp(self.stance, _NARROW, _WIDE)
        return wide if stance == "wide" else 1.0 - wide

    def measure(self, rule: AngleRule, tested: Side) -> float:
        """The value in degrees that a rule asks for; 0 where it cannot be told."""
        definition = ANGLES[rule.angle]
        sides = {"either": tuple(Side), "tested": (tested,), "other": (tested.other,), "none": (None,)}[rule.leg]
        return max(self._value(definition.column(side), rule.measure) for side in sides)

    def leftness(self, tell: SideTell) -> float:
        """How clearly the tested leg is the left (+1) or the right one (-1)."""
        match tell.rule:
            case SideRule.MOVES_MORE:
                left, right = self._both(tell.angle, Measure.EXCURSION)
                return (left - right) / max(left + right, 1.0)
            case SideRule.REACHES_FURTHER:
                left, right = self._both(tell.angle, Measure.HIGHEST)
                return (left - right) / tell.clear_deg
            case SideRule.BEHIND:
                return self._left_behind()
            case SideRule.LEANS_AWAY:
                low, high = self._ends(ANGLES[tell.angle].column())
                return (high + low) / max(high - low, 1.0)

    def _both(self, angle: str, measure: Measure) -> tuple[float, float]:
        left, right = (self._value(ANGLES[angle].column(side), measure) for side in (Side.LEFT, Side.RIGHT))
        return left, right

    def _left_behind(self) -> float:
        """By the model's labels, most of the time: now and then it exchanges the legs of a side view."""
        apart = self.ahead[np.abs(self.ahead) > _APART]
        return float(-np.sign(apart).mean()) if apart.size else 0.0

    def _value(self, column: str, measure: Measure) -> float:
        low, high = self._ends(column)
        match measure:
            case Measure.EXCURSION:
                return high - low
            case Measure.LOWEST:
                return low
            case Measure.HIGHEST:
                return high
            case Measure.MEDIAN:
                middle = _median(self._finite(column))
                return middle if np.isfinite(middle) else 0.0

    def _ends(self, column: str) -> tuple[float, float]:
        """Lowest and highest value of an angle, spikes left out; 0 where it cannot be told."""
        finite = self._finite(column)
        return (float(np.percentile(finite, 3)), float(np.percentile(finite, 97))) if finite.size else (0.0, 0.0)

    def _finite(self, column: str) -> NDArray[np.float64]:
        values = self.table.values[column].to_numpy(dtype=np.float64)
        return np.asarray(values[np.isfinite(values)])


def ramp(value: float, no: float, yes: float) -> float:
    """0 at ``no`` and beyond, 1 at ``yes`` and beyond, in either direction; 0 where the value is missing."""
    return float(np.clip((value - no) / (yes - no), 0.0, 1.0)) if np.isfinite(value) else 0.0


def _left_ankle_ahead(series: LandmarkSeries, view: View) -> NDArray[np.float64]:
    xy = series.xy_px
    legs = np.linalg.norm(xy[:, Landmark.LEFT_ANKLE] - xy[:, Landmark.LEFT_HIP], axis=1)
    finite = legs[np.isfinite(legs)]
    length_px = float(np.percentile(finite, 90)) if finite.size else float("nan")
    apart = xy[:, Landmark.LEFT_ANKLE, 0] - xy[:, Landmark.RIGHT_ANKLE, 0]
    return np.asarray(view.x_sign * apart / max(length_px, 1.0))


def _median(values: NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")
