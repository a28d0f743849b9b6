"""Landmarks of a picture or in space, turned into the plane of the body in which angles are defined.

Each landmark's (n, d) coordinates are worked out when asked for: all of an hour's recording at once would be 0.3 GB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import unit
from posecheck.kinematics.joints import AngleDefinition, Plane, trunk_direction
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.kinematics.joints import PlanePoints
    from posecheck.kinematics.view import View
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.skeleton.centres import JointCentres

_Y_UP = np.array([1.0, -1.0, 1.0])
"""From y down, as a camera counts, to y up, as angles do."""


def picture_points(series: LandmarkSeries, view: View) -> PlanePoints:
    """Pixels, with x forward (side view) or to the person's right (front view) and y up."""
    upright = np.array([view.x_sign, -1.0])
    return lambda mark: np.asarray(series.xy_px[:, mark] * upright)


def world_points(series: LandmarkSeries, definition: AngleDefinition) -> PlanePoints:
    """The model's own 3D points in the body's own plane; the vertical is that of the picture."""
    return _in_body_plane(lambda mark: series.xyz_m[:, mark] * _Y_UP, np.array([0.0, 1.0, 0.0]), definition)


def skeleton_points(centres: JointCentres, definition: AngleDefinition) -> PlanePoints:
    """Joint centres in the body's own plane; the vertical is that of gravity."""

    def joint(mark: Landmark) -> NDArray[np.float64]:
        return centres(mark) * _Y_UP if mark in JOINTS else np.full((len(centres), 3), np.nan)

    return _in_body_plane(joint, centres.up * _Y_UP, definition)


def _in_body_plane(points: PlanePoints, up: NDArray[np.float64], definition: AngleDefinition) -> PlanePoints:
    """(n, 3) points with y up, as (n, 2) in the plane of an angle; as they are for an angle within one limb.

    With l from the right to the left hip and t from mid-hip to mid-shoulder: angles against gravity keep the vertical, with
    l made level; hip angles use the trunk made perpendicular to l; angles seen from above keep what is level.
    """
    if definition.frame == "limb":
        return points
    to_left = unit(points(Landmark.LEFT_HIP) - points(Landmark.RIGHT_HIP))
    up = np.broadcast_to(up, to_left.shape)
    if definition.frame == "trunk":
        up = unit(_without(trunk_direction(points), to_left))
    else:
        to_left = unit(_without(to_left, up))
    forward = np.cross(up, to_left)  # the other way round than usual: y up and z away from the camera are left-handed
    if definition.frame == "ground":
        return _seen_along(points, -to_left, forward)
    return _seen_along(points, -to_left if Plane.FRONTAL in definition.planes else forward, up)


def _seen_along(points: PlanePoints, x_axis: NDArray[np.float64], y_axis: NDArray[np.float64]) -> PlanePoints:
    def seen(mark: Landmark) -> NDArray[np.float64]:
        point = points(mark)
        return np.stack([np.einsum("nd,nd->n", point, axis) for axis in (x_axis, y_axis)], axis=-1)

    return seen


def _without(vectors: NDArray[np.float64], axis: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vectors - np.sum(vectors * axis, axis=-1, keepdims=True) * axis)
