"""Named points in space as programs of motion capture know them: markers in metres, y up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import unit
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.pose.landmarks import CleanSeries
    from posecheck.skeleton.centres import JointCentres

Y_UP = np.array([1.0, -1.0, -1.0])
"""x right, y down, z away from the camera -> x right, y up, z towards the camera (a half turn about x)."""


@dataclass(frozen=True, slots=True, eq=False)
class Markers:
    """Points over time.

    Attributes
    ----------
    names : tuple of str
    time_s : (n,) float64
    xyz_m : (n, names, 3) float64
        x to the right of the picture, y up, z towards the camera, about the middle of the hips; NaN where missing.
    """

    names: tuple[str, ...]
    time_s: NDArray[np.float64]
    xyz_m: NDArray[np.float64]

    @property
    def flat_m(self) -> NDArray[np.float64]:
        """(n, 3 names) the same, one row per picture."""
        return self.xyz_m.reshape(len(self.time_s), -1)


def landmark_markers(clean: CleanSeries) -> Markers:
    """The 33 cleaned body points of the model; up is up in the picture."""
    series = clean.landmarks
    return Markers(tuple(mark.label for mark in Landmark), series.time_s, series.xyz_m * Y_UP)


def skeleton_markers(centres: JointCentres) -> Markers:
    """The 16 joints of the fitted body; up is against gravity, however the camera was tilted.

    z is the level part of the way from the hips to the camera.
    """
    up = centres.up
    towards = np.broadcast_to(np.array([0.0, 0.0, -1.0]), up.shape)
    near = unit(towards - np.sum(towards * up, axis=1, keepdims=True) * up)
    axes = np.stack([np.cross(up, near), up, near], axis=1)
    upright_m = np.einsum("nak,njk->nja", axes, centres.xyz_m)
    return Markers(tuple(mark.label for mark in JOINTS), centres.time_s, upright_m)
