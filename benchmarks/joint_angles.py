"""Angles of joint centres by posecheck's own definitions, whoever gives the centres: the truth, or what is judged by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from posecheck.kinematics.angles import angle_columns
from posecheck.kinematics.body_plane import skeleton_points
from posecheck.kinematics.joints import Side
from posecheck.skeleton.centres import JOINTS, JointCentres

if TYPE_CHECKING:
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
    The definitions are those of the source "skeleton" in ``docs/angles.md``: hip flexion in the plane across the line of the
    hips, trunk and leg against gravity in the body's own plane.
    """
    n = len(time_s)
    up = up / np.linalg.norm(up, axis=-1, keepdims=True)
    centres = JointCentres(time_s, xyz_m, np.full((n, len(JOINTS)), np.nan), up, np.full(n, np.nan), np.zeros(n))
    columns = {
        column: definition.compute(skeleton_points(centres, definition), side or Side.LEFT)
        for definition, side, column in angle_columns()
        if definition.name in SCORED
    }
    return pd.DataFrame(columns, index=pd.Index(time_s, name="time_s"))


def turned(xyz: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points ((n, k, 3)) turned by the smallest rotation that brings ``start`` ((n, 3)) to the unit vector ``end``.

    Rodrigues' formula without an angle: R = I + K + K^2 / (1 + cos), K the cross product with start x end.
    """
    start = start / np.linalg.norm(start, axis=-1, keepdims=True)
    axis, cosine = np.cross(start, end), start @ end
    cross = np.cross(axis[:, None], xyz)
    return np.asarray(xyz + cross + np.cross(axis[:, None], cross) / (1 + cosine)[:, None, None])
