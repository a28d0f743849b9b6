"""The body in space: which of its joints are known, and where it is too unlike what joints in space were learnt from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import SampleState
from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.pose.landmarks import CleanSeries, LandmarkSeries
    from posecheck.skeleton.centres import JointCentres

MAX_DEPTH = 1.5
"""Further than this from everything it was trained on, the correction gives way to the model's own points, and what is
computed from these is not what it is elsewhere: such moments are missing (chosen by us; 1 is the edge)."""


def joint_states(clean: CleanSeries, centres: JointCentres) -> NDArray[np.int8]:
    """(n, 33) `SampleState` of each point in space.

    Missing is a point outside the picture, where nobody was found, and all of them where the body is too unlike what the
    correction was trained on; a point that is hidden in the picture counts as measured, with its own, larger error.
    """
    state = np.full(clean.state.shape, SampleState.MISSING, dtype=np.int8)
    known = np.isfinite(centres.xyz_m).all(axis=2) & (centres.depth <= MAX_DEPTH)[:, None]
    inside = ~_all_points(clean).outside[:, list(JOINTS)]
    state[:, list(JOINTS)] = np.where(known & inside, SampleState.MEASURED, SampleState.MISSING)
    return state


def _all_points(clean: CleanSeries) -> LandmarkSeries:
    return clean.landmarks if clean.whole is None else clean.whole
