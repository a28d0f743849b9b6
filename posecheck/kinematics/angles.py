"""Landmarks in, a table of joint angles out: from the picture's plane or from the estimator's own 3D points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from posecheck.kinematics.geometry import unit
from posecheck.kinematics.joints import ANGLES, AngleDefinition, Plane, Side, trunk_direction
from posecheck.pose.landmarks import CleanSeries, Landmark, LandmarkSeries, SampleState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pandas as pd
    from numpy.typing import NDArray

AngleSource = Literal["image", "world"]

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


@dataclass(frozen=True, slots=True, eq=False)
class AngleTable:
    """Joint angles over time.

    Attributes
    ----------
    values : DataFrame
        Index ``time_s``; one column an angle (``left_hip_flexion_deg`` ...), degrees, NaN where missing.
    states : DataFrame
        Same index and columns; int8 `SampleState` of each value.
    reasons : dict of str to str
        For each column that this view or source cannot show: why.
    source : {"image", "world"}
        Picture plane, or the estimator's own 3D points.
    view : View
    """

    values: pd.DataFrame
    states: pd.DataFrame
    reasons: dict[str, str]
    source: AngleSource
    view: View

    @property
    def time_s(self) -> NDArray[np.float64]:
        """(n,) time of each row."""
        return self.values.index.to_numpy(dtype=np.float64)

    def measured(self, column: str) -> NDArray[np.float64]:
        """(n,) one angle with everything but measured samples set to NaN."""
        values: NDArray[np.float64] = self.values[column].to_numpy(dtype=np.float64).copy()
        values[self.states[column].to_numpy() != SampleState.MEASURED] = np.nan
        return values


def angle_columns() -> Iterator[tuple[AngleDefinition, Side | None, str]]:
    """Every (definition, side, column name), left before right, in table order."""
    for definition in ANGLES.values():
        for side in tuple(Side) if definition.sided else (None,):
            yield definition, side, definition.column(side)


def compute_angles(
    clean: CleanSeries, view: View, *, source: AngleSource = "image", only: Collection[str] | None = None
) -> AngleTable:
    """Compute every angle that the view can show.

    Parameters
    ----------
    clean : CleanSeries
        Cleaned landmarks; the state of an angle is the worst state of the points it rests on.
    view : View
        Plane and facing, frozen for the recording.
    source : {"image", "world"}
        ``image``: the plane of the picture, in pixels. ``world``: the estimator's own metric 3D points, turned into the
        body's own planes; shows every angle in any view, but compresses the range (see Notes).
    only : collection of str, optional
        Names of the angles to compute, for both sides; all by default.

    Notes
    -----
    In the picture's plane a limb that points towards the lens reads wrong (a knee seen from the front by 26 to 30
    degrees), so such angles are NaN there, with the reason in `AngleTable.reasons`.
    """
    import pandas as pd  # loaded late: half a second

    series = clean.landmarks
    values: dict[str, NDArray[np.float64]] = {}
    states: dict[str, NDArray[np.int8]] = {}
    reasons: dict[str, str] = {}
    for definition, side, column in angle_columns():
        if only is not None and definition.name not in only:
            continue
        own_side = side or Side.LEFT
        reason = definition.why_not(view.plane) if source == "image" else None
        if reason is not None:
            reasons[column] = reason
            values[column] = np.full(len(series), np.nan)
            states[column] = np.full(len(series), SampleState.MISSING, dtype=np.int8)
            continue
        points = _plane_points(series, view) if source == "image" else _body_points(series, definition)
        degrees = definition.compute(points, own_side)
        state = clean.state[:, list(definition.landmarks(own_side))].max(axis=1)
        state[~np.isfinite(degrees)] = SampleState.MISSING
        values[column], states[column] = degrees, state
    index = pd.Index(series.time_s, name="time_s")
    return AngleTable(pd.DataFrame(values, index=index), pd.DataFrame(states, index=index), reasons, source, view)


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
    """Whether the person lies: trunk and legs are nearer to the horizontal, for most of the time."""
    trunk = _trunk(series)
    legs = [
        series.xy_px[:, Landmark.LEFT_ANKLE] - series.xy_px[:, Landmark.LEFT_HIP],
        series.xy_px[:, Landmark.RIGHT_ANKLE] - series.xy_px[:, Landmark.RIGHT_HIP],
    ]
    flat = [np.degrees(np.arctan2(np.abs(v[:, 0]), np.abs(v[:, 1]))) for v in (trunk, *legs)]
    legs_flat = np.fmax(flat[1], flat[2])
    if not (np.isfinite(flat[0]).any() and np.isfinite(legs_flat).any()):
        return False
    return bool(np.nanmedian(flat[0]) > MIN_LYING_DEG and np.nanmedian(legs_flat) > MIN_LYING_DEG / 2)


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


class _Points:
    """(n, 2) body-plane coordinates by landmark."""

    def __init__(self, coordinates: NDArray[np.float64]) -> None:
        self._coordinates = coordinates

    def __call__(self, mark: Landmark) -> NDArray[np.float64]:
        return np.asarray(self._coordinates[:, mark])


def _plane_points(series: LandmarkSeries, view: View) -> _Points:
    return _Points(series.xy_px * np.array([view.x_sign, -1.0]))


def _body_points(series: LandmarkSeries, definition: AngleDefinition) -> _Points:
    """3D points in the body's own plane, (n, 2) each; (n, 3) for an angle within one limb.

    With l from the right to the left hip and t from mid-hip to mid-shoulder: angles against gravity keep the picture's
    vertical, with l made level; hip angles use the trunk made perpendicular to l.
    """
    xyz = series.xyz_m * np.array([1.0, -1.0, 1.0])
    if definition.frame == "limb":
        return _Points(xyz)
    points = _Points(xyz)
    to_left = unit(points(Landmark.LEFT_HIP) - points(Landmark.RIGHT_HIP))
    up = np.broadcast_to(np.array([0.0, 1.0, 0.0]), to_left.shape)
    if definition.frame == "gravity":
        to_left = unit(_without(to_left, up))
    else:
        up = unit(_without(trunk_direction(points), to_left))
    sideways = Plane.FRONTAL in definition.planes
    x_axis = -to_left if sideways else np.cross(up, to_left)
    return _Points(np.stack([np.einsum("nkd,nd->nk", xyz, x_axis), np.einsum("nkd,nd->nk", xyz, up)], axis=-1))


def _without(vectors: NDArray[np.float64], axis: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vectors - np.sum(vectors * axis, axis=-1, keepdims=True) * axis)
