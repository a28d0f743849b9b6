"""Joint centres of a recording against the truth: how often legs are exchanged, and whether stated uncertainties hold."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.joint_angles import turned
from posecheck.skeleton.centres import JOINTS, SWAPPED_JOINTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.synthetic.report_truth import TruePoses
    from posecheck.skeleton.centres import JointCentres

DEPTHS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, np.inf)
"""Edges of the ranges of depth that uncertainties are checked in; from 1 on a picture lies far from the training data."""
NORMAL_95 = 1.959964
"""Standard deviations on either side of the mean that hold 95 % of a normal distribution."""
_THIGHS_AND_SHANKS = [
    [JOINTS.index(mark) for mark in JOINTS if mark.name.endswith(part)] for part in ("HIP", "KNEE", "ANKLE")
]
_LEGS = [*_THIGHS_AND_SHANKS[1], *_THIGHS_AND_SHANKS[2]]


@dataclass(frozen=True, slots=True)
class SwapRow:
    """In how many pictures with a body the legs are nearer to the truth once left and right are exchanged."""

    pair: int
    phase: str
    source: str
    pictures: int
    swapped: int


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """Coordinates of joints at a depth from ``from_depth`` on, and how many lie within their stated 95 %."""

    pair: int
    phase: str
    source: str
    from_depth: float
    known: int
    inside: int


def swap_row(pair: int, phase: str, source: str, centres: JointCentres, poses: TruePoses) -> SwapRow:
    """How often the legs of a recording are exchanged."""
    true_m = true_joints_m(centres, poses)
    found = np.isfinite(centres.xyz_m[:, _LEGS]).all(axis=(1, 2))

    def off_m(xyz_m: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.linalg.norm((xyz_m - true_m)[found][:, _LEGS], axis=-1).sum(axis=1))

    swapped = off_m(centres.xyz_m[:, SWAPPED_JOINTS]) < off_m(centres.xyz_m)
    return SwapRow(pair, phase, source, int(found.sum()), int(swapped.sum()))


def coverage_rows(pair: int, phase: str, source: str, centres: JointCentres, poses: TruePoses) -> list[CoverageRow]:
    """Of each range of depth how many coordinates lie within their stated 95 %."""
    off_m = np.abs(centres.xyz_m - true_joints_m(centres, poses))
    reach_m = np.broadcast_to(NORMAL_95 * centres.sd_m[..., None], off_m.shape)
    known = np.isfinite(off_m) & np.isfinite(reach_m) & (reach_m > 0)
    rows = []
    for low, high in pairwise(DEPTHS):
        here = known & ((centres.depth >= low) & (centres.depth < high))[:, None, None]
        if here.any():
            rows.append(CoverageRow(pair, phase, source, low, int(here.sum()), int((off_m <= reach_m)[here].sum())))
    return rows


def true_joints_m(centres: JointCentres, poses: TruePoses) -> NDArray[np.float64]:
    """(n, 16, 3) true joints in the axes of joint centres, and as large as they: one camera cannot see size."""
    true_m = turned(poses.joints_m, poses.hips_m, np.array([0.0, 0.0, 1.0]))
    return true_m * (_leg_m(centres.xyz_m) / _leg_m(true_m))


def _leg_m(xyz_m: NDArray[np.float64]) -> float:
    """Median length of thigh and shank."""
    hips, knees, ankles = (xyz_m[:, part] for part in _THIGHS_AND_SHANKS)
    return float(np.nanmedian(np.linalg.norm(knees - hips, axis=-1) + np.linalg.norm(ankles - knees, axis=-1)))
