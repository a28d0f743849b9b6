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
MIN_LYING_SHARE = 1 / 3
"""Somebody lies who does so for this share of the time in which it can be told (chosen by us)."""
CLEAR_FRONT = 0.5
"""Evidence for the body's front below this, where feet, knees and face together give about 3, is none (chosen by us)."""


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
    Standing, the facing is that of feet and nose over the whole recording; in a test that is done lying on the back, the
    front of the body is the upper side of the picture, so that the head-hip line alone decides: neither can flip when one
    toe moves. Where nobody said how the person lies, it may be face down: then feet, knees and face decide together.
    """
    if plane is None:
        plane = detect_plane(series)
    if plane is Plane.FRONTAL:
        return View(plane, _sign(_across(series)))
    if lying is None:
        lying = is_lying(series)
        front = clear_front(series)
        if front and (lying or not _feet_below(series)):
            return View(plane, front)
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


def middle_of(series: LandmarkSeries, part: str) -> NDArray[np.float64]:
    """(n, 2) middle between the left and the right point of a part of the body, such as ``hip``, in pixels."""
    left, right = Landmark[f"LEFT_{part.upper()}"], Landmark[f"RIGHT_{part.upper()}"]
    return np.asarray((series.xy_px[:, left] + series.xy_px[:, right]) / 2)


def clear_front(series: LandmarkSeries) -> int:
    """+1 if the person, turned upright, faces the right edge of the picture, -1 the left edge, 0 where it is not clear.

    It is the same however the picture is turned: toes lie in front of the shank, knees in front of the line from hip to
    ankle, the nose in front of the ears as seen along the trunk.
    """
    evidence = _front_evidence(series)
    finite = evidence[np.isfinite(evidence)]
    middle = float(np.median(finite)) if finite.size else 0.0
    return int(np.sign(middle)) if abs(middle) >= CLEAR_FRONT else 0


def _front_evidence(series: LandmarkSeries) -> NDArray[np.float64]:
    """(n,) about 3 facing right, -3 facing left; NaN where nothing of it is seen."""
    xy = series.xy_px
    face = xy[:, Landmark.NOSE] - middle_of(series, "ear")
    evidence = [_sine(face, middle_of(series, "hip") - middle_of(series, "shoulder"))]
    for hip, knee, ankle, heel, toes in _LEGS:
        shank = xy[:, ankle] - xy[:, knee]
        evidence += [_sine(xy[:, toes] - xy[:, heel], shank), _sine(xy[:, knee] - xy[:, hip], shank)]
    known = np.stack(evidence)
    return np.where(np.isfinite(known).any(axis=0), np.nansum(known, axis=0), np.nan)


_LEGS = tuple(
    tuple(Landmark[f"{side}_{part}"] for part in ("HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX"))
    for side in ("LEFT", "RIGHT")
)


def _sine(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) sine of the angle from b to a, both (n, 2) with y down: positive with a to the right of a b that points down."""
    with np.errstate(invalid="ignore", divide="ignore"):
        lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
        return np.asarray((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / lengths)


def _feet_below(series: LandmarkSeries) -> bool:
    """Whether the ankles are further below the hips than to one side, most of the time."""
    legs = middle_of(series, "ankle") - middle_of(series, "hip")
    below = legs[np.isfinite(legs).all(axis=1)]
    return not len(below) or float(np.median(below[:, 1] - np.abs(below[:, 0]))) > 0


def _trunk(series: LandmarkSeries) -> NDArray[np.float64]:
    xy = series.xy_px
    shoulders = xy[:, Landmark.LEFT_SHOULDER] + xy[:, Landmark.RIGHT_SHOULDER]
    return np.asarray((shoulders - xy[:, Landmark.LEFT_HIP] - xy[:, Landmark.RIGHT_HIP]) / 2)


def _trunk_x(series: LandmarkSeries) -> NDArray[np.float64]:
    return _trunk(series)[:, 0]


def is_lying(series: LandmarkSeries) -> bool:
    """Whether the person lies: trunk level, and a leg level or raised, for a third of the time or more.

    A third, since somebody who sits up three times and holds that lies only between the repetitions. The legs part lying
    from bending forward, where the trunk is level, too, but both legs hang down.
    """
    trunk = _trunk(series)
    legs = [
        series.xy_px[:, Landmark.LEFT_ANKLE] - series.xy_px[:, Landmark.LEFT_HIP],
        series.xy_px[:, Landmark.RIGHT_ANKLE] - series.xy_px[:, Landmark.RIGHT_HIP],
    ]
    trunk_deg = np.degrees(np.arctan2(np.abs(trunk[:, 0]), np.abs(trunk[:, 1])))
    legs_deg = np.fmax(*(np.degrees(np.arctan2(np.abs(v[:, 0]), v[:, 1])) for v in legs))  # 0 hanging, 180 straight up
    known = np.isfinite(trunk_deg) & np.isfinite(legs_deg)
    if not known.any():
        return False
    lies = (trunk_deg[known] > MIN_LYING_DEG) & (legs_deg[known] > MIN_LYING_DEG / 2)
    return bool(lies.mean() >= MIN_LYING_SHARE)


def body_yaw_deg(series: LandmarkSeries) -> NDArray[np.float64]:
    """(n,) turn of the line between the shoulders out of the picture's plane, from 3D points: 0 frontal, 90 side view.

    The shoulders alone: the model exchanges the legs, and with them the hips, of somebody seen from the side.
    """
    line = series.xyz_m[:, Landmark.LEFT_SHOULDER] - series.xyz_m[:, Landmark.RIGHT_SHOULDER]
    return np.asarray(np.degrees(np.arctan2(np.abs(line[:, 2]), np.hypot(line[:, 0], line[:, 1]))))


def detect_plane(series: LandmarkSeries) -> Plane:
    """Whether the person is filmed from the side or from the front, from the 3D line between the shoulders."""
    yaw = body_yaw_deg(series)
    if not np.isfinite(yaw).any():
        return Plane.SAGITTAL
    return Plane.SAGITTAL if float(np.nanmedian(yaw)) > 45.0 else Plane.FRONTAL
