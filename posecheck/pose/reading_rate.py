"""Which pictures the pose model is shown: all where the person moves fast, about half of them where they move slowly.

A slow movement is known from 12 to 15 pictures a second (docs/speed.md has the evidence). The pictures between are filled in
afterwards from those that were read, so that later stages see one even series, and are marked as not read.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import SWAPPED_ORDER, Landmark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import Pose
    from posecheck.video.frame import Frame

SLOW_BODIES_S = 1.25
"""A joint that moves no further than this in a second is slow; a body is trunk and leg together (chosen by us: of the sample
tests, the hips and knees of a toe touch and a pull of the knee are just below it, and what the model mistakes is above)."""
SEEN_FOR_S = 0.12
"""Speeds are measured over at least this time, so that the model's own noise is no movement (chosen by us)."""
CALM_S = 0.25
"""Every picture is read until all joints have been slow for this long (chosen by us)."""
LEAP_BODIES = 0.15
"""A joint that goes this share of the body from one picture read to the next leapt: the model takes one leg for the other,
or does not see it (chosen by us: nearly twice as far as what is slow)."""
UNSURE_S = 2.0
"""After a leap every picture is read for this long: the model is about to be mistaken again (chosen by us)."""
CLOSE_S = 0.1
"""Pictures read further apart than this are not filled in between (chosen by us; left out is never so much)."""
TORN_BODIES = 0.5
"""Nor are those between which a joint goes this share of the body's size: a cut, or somebody else (chosen by us)."""

_WATCHED = [Landmark[f"{side}_{part}"] for part in ("SHOULDER", "HIP", "KNEE", "ANKLE") for side in ("LEFT", "RIGHT")]


class ReadingRate:
    """Says of each picture whether it is read, from how the person moved in those before."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, NDArray[np.float64]]] = deque()
        self._all_until_s = -np.inf

    def wants(self, frame: Frame) -> bool:
        """Whether this picture is read; those that a slow movement needs always are."""
        known_s = frame.time_s - self._seen[0][0] if self._seen else 0.0
        return not frame.to_spare or known_s < SEEN_FOR_S or frame.time_s <= self._all_until_s

    def saw(self, time_s: float, pose: Pose | None) -> None:
        """Take note of who was found in a picture that was read; None also while every picture counts to tell who is who."""
        if pose is None:
            self._seen.clear()
            return
        places_px, body_px = pose.xy_px[_WATCHED], pose.body_px
        # Not slow, rather than fast: nor is a joint whose place is unknown.
        if self._seen and not _way_px(self._seen[-1][1], places_px) <= LEAP_BODIES * body_px:
            self._all_until_s = max(self._all_until_s, time_s + UNSURE_S)
        self._seen.append((time_s, places_px))
        while len(self._seen) > 2 and time_s - self._seen[1][0] >= SEEN_FOR_S:
            self._seen.popleft()
        passed_s = time_s - self._seen[0][0]
        if passed_s >= SEEN_FOR_S and not _way_px(self._seen[0][1], places_px) <= SLOW_BODIES_S * passed_s * body_px:
            self._all_until_s = max(self._all_until_s, time_s + CALM_S)


def _way_px(before: NDArray[np.floating], after: NDArray[np.floating]) -> float:
    """The longest way that a joint went."""
    return float(np.linalg.norm(after - before, axis=1).max())


def fill_in(
    times_s: Sequence[float], rows: Sequence[NDArray[np.float32] | None], read: Sequence[bool]
) -> list[NDArray[np.float32] | None]:
    """The rows of pictures that were not read, on a straight line between those before and after.

    Parameters
    ----------
    times_s : sequence of float
    rows : sequence of (33, 6) float32 or None
        As `posecheck.pose.track.Rows.rows`.
    read : sequence of bool
        Which pictures were read.

    Notes
    -----
    Where the model exchanges left and right meanwhile, each point goes to where its other side is then: with the labels of
    before, and never half-way between both sides, where nothing is.
    """
    filled = list(rows)
    known = [k for k, was in enumerate(read) if was]
    for before, after in pairwise(known):
        one, other = rows[before], rows[after]
        if after == before + 1 or one is None or other is None:
            continue
        if not _belong(times_s[after] - times_s[before], one, other):
            continue
        steady = np.where(_exchanged(one, other)[:, None], other[SWAPPED_ORDER], other)
        for k in range(before + 1, after):
            share = np.float32((times_s[k] - times_s[before]) / (times_s[after] - times_s[before]))
            filled[k] = one + share * (steady - one)
    return filled


def _belong(apart_s: float, one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    moved_px = _way_px(one[_WATCHED, :2], other[_WATCHED, :2])
    return bool(apart_s <= CLOSE_S and moved_px <= TORN_BODIES * np.ptp(one[_WATCHED, :2], axis=0).max())


def _exchanged(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(33,) points that are nearer to where their other side was than to where they were themselves."""

    def apart_px(order: NDArray[np.intp]) -> NDArray[np.float32]:
        away = np.linalg.norm(other[order, :2] - one[:, :2], axis=1)
        return np.asarray(away + away[SWAPPED_ORDER])

    return np.asarray(apart_px(SWAPPED_ORDER) < apart_px(np.arange(33)))
