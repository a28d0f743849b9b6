"""Landmarks of a picture or in space, turned into the plane of the body in which angles are defined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import unit
from posecheck.kinematics.joints import AngleDefinition, Plane, trunk_direction
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.kinematics.view import View
    from posecheck.pose.landmarks import LandmarkSeries


class BodyPoints:
    """(n, d) coordinates by landmark, as `posecheck.kinematics.joints.PlanePoints` asks for them."""

    def __init__(self, coordinates: NDArray[np.float64]) -> None:
        self._coordinates = coordinates

    def __call__(self, mark: Landmark) -> NDArray[np.float64]:
        """(n, d) position of a landmark."""
        return np.asarray(self._coordinates[:, mark])


def picture_points(series: LandmarkSeries, view: View) -> BodyPoints:
    """Pixels, with x forward (side view) or to the person's right (front view) and y up."""
    return BodyPoints(series.xy_px * np.array([view.x_sign, -1.0]))


def world_points(series: LandmarkSeries, definition: AngleDefinition) -> BodyPoints:
    """3D points in the body's own plane, (n, 2) each; (n, 3) for an angle within one limb.

    With l from the right to the left hip and t from mid-hip to mid-shoulder: angles against gravity keep the picture's
    vertical, with l made level; hip angles use the trunk made perpendicular to l.
    """
    xyz = series.xyz_m * np.array([1.0, -1.0, 1.0])
    points = BodyPoints(xyz)
    if definition.frame == "limb":
        return points
    to_left = unit(points(Landmark.LEFT_HIP) - points(Landmark.RIGHT_HIP))
    up = np.broadcast_to(np.array([0.0, 1.0, 0.0]), to_left.shape)
    if definition.frame == "gravity":
        to_left = unit(_without(to_left, up))
    else:
        up = unit(_without(trunk_direction(points), to_left))
    sideways = Plane.FRONTAL in definition.planes
    x_axis = -to_left if sideways else np.cross(up, to_left)
    return BodyPoints(np.stack([np.einsum("nkd,nd->nk", xyz, x_axis), np.einsum("nkd,nd->nk", xyz, up)], axis=-1))


def _without(vectors: NDArray[np.float64], axis: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vectors - np.sum(vectors * axis, axis=-1, keepdims=True) * axis)
