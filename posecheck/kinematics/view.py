"""How the camera sees the person: from the side or from the front, facing which way, standing or lying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Plane, Side
from posecheck.pose.landmarks import Landmark, LandmarkSeries

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_LYING_DEG = 60.0
"""A trunk further from the vertical than this at rest is a lying person (chosen by us)."""


@dataclass(frozen=True, slots=True)
class View:
    """How the camera sees the person, frozen for a whole recording so that no angle can change its sign in it.

    Attributes
    ----------
    plane : Plane
        Sagittal when filmed from the side, frontal when filmed from the front or from behind.
    facing : int
        Sagittal: +1 if the person, turned upright, faces the right edge of the picture, -1 the left edge. Frontal: +1 if
        the person faces the camera, -1 if seen from behind.
    """

    plane: Plane
    facing: int

    @property
    def near_side(self) -> Side | None:
        """The side of the body nearer to the camera in a side view."""
        if self.plane is Plane.FRONTAL:
            return None
        return Side.RIGHT if self.facing > 0 else Side.LEFT

    @property
    def x_sign(self) -> float:
        """Factor from picture x (to the right) to body x (forward, or to the person's right)."""
        return float(self.facing) if self.plane is Plane.SAGITTAL else -float(self.facing)


def detect_view(series: LandmarkSeries, *, plane: Plane | None = None, lying: bool | None = None) -> View:
    """Tell from the landmarks how the camera sees the person.

    Parameters
    ----------
    series : LandmarkSeries
        Landmarks, cleaned or not.
    plane : Plane, optional
        What the test asks for; found from the 3D shoulder and hip lines when left out.
    lying : bool, optional
        Whether the person lies on the back; found from the trunk's inclination when left out.

    Notes
    -----
    Standing, the facing is that of feet and nose over the whole recording; lying on the back, the front of the body is
    the upper side of the picture, so that the head-hip line alone decides: neither can flip when one toe moves.
    """
    if plane is None:
        plane = _detect_plane(series)
    if plane is Plane.FRONTAL:
        return View(plane, _sign(_across(series)))
    if lying is None:
        lying = is_lying(series)
    return View(plane, _sign(-_trunk_x(series)) if lying else _sign(_forward_evidence(series)))


def _sign(samples: NDArray[np.float64]) -> int:
    finite = samples[np.isfinite(samples)]
    return 1 if finite.size == 0 or float(np.median(finite)) >= 0 else -1


def _x(series: LandmarkSeries, mark: Landmark) -> NDArray[np.float64]:
    return series.xy_px[:, mark, 0]


def _across(series: LandmarkSeries) -> NDArray[np.float64]:
    shoulders = _x(series, Landmark.LEFT_SHOULDER) - _x(series, Landmark.RIGHT_SHOULDER)
    return shoulders + _x(series, Landmark.LEFT_HIP) - _x(series, Landmark.RIGHT_HIP)


def _forward_evidence(series: LandmarkSeries) -> NDArray[np.float64]:
    left = _x(series, Landmark.LEFT_FOOT_INDEX) - _x(series, Landmark.LEFT_HEEL)
    right = _x(series, Landmark.RIGHT_FOOT_INDEX) - _x(series, Landmark.RIGHT_HEEL)
    ears = (_x(series, Landmark.LEFT_EAR) + _x(series, Landmark.RIGHT_EAR)) / 2
    face = np.nan_to_num(_x(series, Landmark.NOSE) - ears)
    return np.nan_to_num(left) + np.nan_to_num(right) + face


def _trunk(series: LandmarkSeries) -> NDArray[np.float64]:
    xy = series.xy_px
    shoulders = xy[:, Landmark.LEFT_SHOULDER] + xy[:, Landmark.RIGHT_SHOULDER]
    return np.asarray((shoulders - xy[:, Landmark.LEFT_HIP] - xy[:, Landmark.RIGHT_HIP]) / 2)


def _trunk_x(series: LandmarkSeries) -> NDArray[np.float64]:
    return _trunk(series)[:, 0]


def is_lying(series: LandmarkSeries) -> bool:
    """Whether the person lies: trunk level, and a leg level or raised, for most of the time.

    The legs part lying from bending forward, where the trunk is level, too, but both legs hang down.
    """
    trunk = _trunk(series)
    legs = [
        series.xy_px[:, Landmark.LEFT_ANKLE] - series.xy_px[:, Landmark.LEFT_HIP],
        series.xy_px[:, Landmark.RIGHT_ANKLE] - series.xy_px[:, Landmark.RIGHT_HIP],
    ]
    trunk_deg = np.degrees(np.arctan2(np.abs(trunk[:, 0]), np.abs(trunk[:, 1])))
    legs_deg = np.fmax(*(np.degrees(np.arctan2(np.abs(v[:, 0]), v[:, 1])) for v in legs))  # 0 hanging, 180 straight up
    if not (np.isfinite(trunk_deg).any() and np.isfinite(legs_deg).any()):
        return False
    return bool(np.nanmedian(trunk_deg) > MIN_LYING_DEG and np.nanmedian(legs_deg) > MIN_LYING_DEG / 2)


def body_yaw_deg(series: LandmarkSeries) -> NDArray[np.float64]:
    """(n,) turn of the line between the shoulders out of the picture's plane, from 3D points: 0 frontal, 90 side view.

    The shoulders alone: the model exchanges the legs, and with them the hips, of somebody seen from the side.
    """
    line = series.xyz_m[:, Landmark.LEFT_SHOULDER] - series.xyz_m[:, Landmark.RIGHT_SHOULDER]
    return np.asarray(np.degrees(np.arctan2(np.abs(line[:, 2]), np.hypot(line[:, 0], line[:, 1]))))


def _detect_plane(series: LandmarkSeries) -> Plane:
    yaw = body_yaw_deg(series)
    if not np.isfinite(yaw).any():
        return Plane.SAGITTAL
    return Plane.SAGITTAL if float(np.nanmedian(yaw)) > 45.0 else Plane.FRONTAL
