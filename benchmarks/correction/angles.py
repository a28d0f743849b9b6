"""Angles of joint centres, by the package's own definitions, for true and for corrected joints alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.body_plane import world_points
from posecheck.kinematics.joints import ANGLES, Side
from posecheck.pose.landmarks import LANDMARK_COUNT, LandmarkSeries, SeriesSource
from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from posecheck.skeleton.centres import JointCentres

MEASURED = (
    "knee_flexion",
    "hip_flexion",
    "trunk_flexion",
    "hip_abduction",
    "pelvic_hip_abduction",
    "leg_abduction",
    "trunk_lateral_flexion",
    "thigh_inclination",
    "shank_inclination",
    "leg_inclination",
    "pelvic_obliquity",
    "heel_raise",
)
"""Angles that joint centres show from anywhere."""

_DOWN = np.array([0.0, 1.0, 0.0])


def angle_function(name: str, side: Side) -> Callable[[JointCentres], NDArray[np.float64]]:
    """From joint centres to one angle in degrees."""
    definition = ANGLES[name]

    def compute(centres: JointCentres) -> NDArray[np.float64]:
        xyz = np.full((len(centres), LANDMARK_COUNT, 3), np.nan)
        xyz[:, list(JOINTS)] = np.einsum("nij,nkj->nki", upright(centres.up), centres.xyz_m)
        blank = np.full(xyz.shape[:2], np.nan)
        series = LandmarkSeries(np.arange(len(xyz)) * 1.0, xyz[..., :2] * np.nan, xyz, blank, SeriesSource(1, 1))
        return definition.compute(world_points(series, definition), side)

    return compute


def upright(up: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3, 3) rotations by the shortest way that make (n, 3) verticals those of a level camera, y down."""
    down = -up / np.linalg.norm(up, axis=1, keepdims=True)
    axis = np.cross(down, _DOWN)
    zero = np.zeros(len(up))
    cross = np.array(
        [[zero, -axis[:, 2], axis[:, 1]], [axis[:, 2], zero, -axis[:, 0]], [-axis[:, 1], axis[:, 0], zero]]
    )
    cross = np.moveaxis(cross, 2, 0)
    return np.eye(3) + cross + cross @ cross / (1 + down[:, 1])[:, None, None]
