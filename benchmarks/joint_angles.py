"""Angles of joint centres by posecheck's own definitions, whoever gives the centres: the truth, or what is judged by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.angles import compute_angles
from posecheck.kinematics.joints import Plane
from posecheck.kinematics.view import View
from posecheck.pose.landmarks import LANDMARK_COUNT, CleanSeries, LandmarkSeries, SeriesSource
from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

SCORED = ("hip_flexion", "knee_flexion", "leg_abduction", "trunk_flexion", "trunk_lateral_flexion")
"""Angles that outcomes are made of."""


def centre_angles(time_s: NDArray[np.float64], xyz_m: NDArray[np.float64], up: NDArray[np.float64]) -> pd.DataFrame:
    """The scored angles of joint centres, one column an angle as in `posecheck.kinematics.angles.AngleTable`.

    Parameters
    ----------
    time_s : (n,) float64
    xyz_m : (n, 16, 3) float64
        `posecheck.skeleton.centres.JOINTS`; x right, y down, z away.
    up : (n, 3) float64
        Against gravity, in the same axes: angles against the vertical are against this one.

    Notes
    -----
    The definitions are those of the source "world" in ``docs/angles.md``: hip flexion in the plane across the line of the
    hips, trunk and leg against gravity in the body's own plane.
    """
    points = np.full((len(time_s), LANDMARK_COUNT, 3), np.nan)
    points[:, list(JOINTS)] = upright(xyz_m, up)
    nothing = np.full((len(time_s), LANDMARK_COUNT), np.nan)
    series = LandmarkSeries(time_s, np.full((*nothing.shape, 2), np.nan), points, nothing, SeriesSource(1, 1))
    clean = CleanSeries(series, np.zeros(nothing.shape, np.int8), np.zeros(len(time_s), bool))
    return compute_angles(clean, View(Plane.SAGITTAL, 1), source="world", only=SCORED).values


def upright(xyz: NDArray[np.float64], up: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points ((n, k, 3)) turned by the smallest rotation that brings ``up`` ((n, 3)) to (0, -1, 0)."""
    return turned(xyz, up, np.array([0.0, -1.0, 0.0]))


def turned(xyz: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points ((n, k, 3)) turned by the smallest rotation that brings ``start`` ((n, 3)) to the unit vector ``end``.

    Rodrigues' formula without an angle: R = I + K + K^2 / (1 + cos), K the cross product with start x end.
    """
    start = start / np.linalg.norm(start, axis=-1, keepdims=True)
    axis, cosine = np.cross(start, end), start @ end
    cross = np.cross(axis[:, None], xyz)
    return np.asarray(xyz + cross + np.cross(axis[:, None], cross) / (1 + cosine)[:, None, None])
