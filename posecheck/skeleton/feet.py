"""Which feet stand: a foot that is found standing still keeps its place on the floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import joint_index
from posecheck.skeleton.sight import CARRIED_M, smoothed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

STILL_M_PER_S = 0.15
"""Feet that move apart slower than this stand (chosen by us): a step is ten times as fast, and what the model's points drift
while somebody bends is half of it."""
STILL_FOR_S = 0.5
"""For at least so long (chosen by us): a foot that is swung turns round faster."""
WINDOW_S = 0.3
"""Speeds are taken over this long (chosen by us)."""
SAME_PLACE_M = 0.05
"""A foot that came further than this from where it stood, however slowly, stands somewhere else (chosen by us): one that
slides along the floor is not held."""
SAME_HEIGHT_M = 0.2
"""Ankles of two standing feet are at most this far apart in height (chosen by us): the heel of a rear leg is lifted by less,
a leg that is held up by more."""

_ANKLES = tuple(joint_index(Landmark[f"{side}_ANKLE"]) for side in ("LEFT", "RIGHT"))


def standing_stretches(time_s: Array, xyz_m: Array, up: Array) -> list[tuple[int, int]]:
    """Stretches in which both feet stand where they are.

    Parameters
    ----------
    time_s : (n,) float64
    xyz_m : (n, 16, 3) float64
        About the middle of the hips, in axes that do not turn.
    up : (3,) float64
        Against gravity.

    Returns
    -------
    list of (first, past the last)
        Index pairs.

    Notes
    -----
    Joints are known about the hips, which move. So feet are looked at against each other: what stays the same between two
    feet on the floor, while the hips above them move, is that both stand.
    """
    if len(time_s) < 3:
        return []
    apart = xyz_m[:, _ANKLES[1]] - xyz_m[:, _ANKLES[0]]
    pictures = WINDOW_S / float(np.median(np.diff(time_s)))
    calm = smoothed(apart, pictures)
    speed = np.linalg.norm(np.gradient(calm, time_s, axis=0), axis=1)
    heights = xyz_m[:, _ANKLES] @ up
    low = (heights.max(axis=1) < -CARRIED_M) & (np.abs(np.diff(heights, axis=1)[:, 0]) < SAME_HEIGHT_M)
    still = (speed < STILL_M_PER_S) & low
    parts = [part for run in _runs(still) for part in _same_place(calm, *run)]
    return [(first, last) for first, last in parts if time_s[last - 1] - time_s[first] >= STILL_FOR_S]


def _same_place(apart: Array, first: int, last: int) -> list[tuple[int, int]]:
    """Cut a stretch wherever the feet have come further from where they began."""
    parts, start = [], first
    mean = apart[first]
    for k in range(first + 1, last):
        if np.linalg.norm(apart[k] - mean) > SAME_PLACE_M:
            parts.append((start, k))
            start, mean = k, apart[k]
        else:
            mean = mean + (apart[k] - mean) / (k - start + 1)
    return [*parts, (start, last)]


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
