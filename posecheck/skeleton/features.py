"""What the correction looks at: the body points of a few pictures about each moment, without size and place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import SWAPPED_ORDER, Landmark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import LandmarkSeries

USED: tuple[Landmark, ...] = (
    Landmark.NOSE,
    Landmark.LEFT_EAR,
    Landmark.RIGHT_EAR,
    *(mark for mark in Landmark if mark >= Landmark.LEFT_SHOULDER),
)
"""Points that are looked at: of the face only what tells where the head is and which way it looks."""

VALUES_PER_POINT = 6
"""Picture x, y; space x, y, z; visibility."""

POINT_VALUES = len(USED) * VALUES_PER_POINT
PLACE_VALUES = 4

MAX_STEP_S = 0.5
"""Pictures further apart are not read as one motion (chosen by us: as long as the longest gap that cleaning fills)."""

SCALE_WINDOW_S = 2.0
"""The picture's scale is the median over this time: people come nearer within seconds, not faster (chosen by us)."""

MIN_POINTS = 8
"""With fewer points than this a body is not read: both hips and a limb or two tell no posture (chosen by us)."""

USUAL_LEG_M = 0.8
"""Hip to ankle by way of the knee, in the model's own metres, where no leg was ever seen (median of recordings)."""

_LEGS = tuple(
    (Landmark[f"{side}_HIP"], Landmark[f"{side}_KNEE"], Landmark[f"{side}_ANKLE"]) for side in ("LEFT", "RIGHT")
)
_HIPS = [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]
_SCALE_MARKS = [
    Landmark[f"{side}_{part}"] for side in ("LEFT", "RIGHT") for part in ("SHOULDER", "HIP", "KNEE", "ANKLE")
]


def _mirror_of_points() -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    points = [USED.index(Landmark(SWAPPED_ORDER[mark])) for mark in USED]
    order = (np.array(points)[:, None] * VALUES_PER_POINT + np.arange(VALUES_PER_POINT)).ravel()
    sign = np.tile(np.array([-1, 1, -1, 1, 1, 1], dtype=np.float32), len(USED))
    return order, sign


MIRROR_ORDER, MIRROR_SIGN = _mirror_of_points()
"""``values[..., MIRROR_ORDER] * MIRROR_SIGN`` are the values of the mirror image, left and right exchanged."""
PLACE_SIGN = np.array([-1, 1, 1, 1], dtype=np.float32)
"""The same for the place in the picture."""
for _array in (MIRROR_ORDER, MIRROR_SIGN, PLACE_SIGN):
    _array.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """One recording, picture by picture.

    Attributes
    ----------
    time_s : (n,) float64
    values : (n, 150) float32
        For each of `USED`: place in the picture about the middle of the hips (x right, y down), place in space by the model
        (x right, y down, z away), both in leg lengths, NaN where not seen; and visibility, 0 where not seen.
    place : (n, 4) float32
        Hips right of and below the picture's middle, in lengths of its longer side; logarithms of the leg's length in longer
        sides, and of width by height.
    readable : (n,) bool
        Whether there is enough of a body.
    leg_m : float
        Length of a leg (thigh and shank), in the model's own metres.
    """

    time_s: NDArray[np.float64]
    values: NDArray[np.float32]
    place: NDArray[np.float32]
    readable: NDArray[np.bool_]
    leg_m: float

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Where the pictures about each moment lie: each is read between two stored ones.

    Attributes
    ----------
    lower, upper : (n, w) intp
        Indices of the pictures before and after.
    share : (n, w) float32
        How far from ``lower`` to ``upper``.
    """

    lower: NDArray[np.intp]
    upper: NDArray[np.intp]
    share: NDArray[np.float32]

    def read(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, w, d) values at the moments, from (m, d) of the pictures."""
        share = self.share[..., None]
        return np.asarray(values[self.lower] * (1 - share) + values[self.upper] * share, dtype=np.float32)


def read_features(series: LandmarkSeries) -> Features:
    """Features of a recording of any length, down to a single picture.

    Notes
    -----
    Size is taken out by the length of the legs as the model sees it in the whole recording; what is left of it lies in
    ``place``, since how near a lens is bends what it sees.
    """
    leg_m = leg_length_m(series.xyz_m)
    hips_px = series.xy_px[:, _HIPS].mean(axis=1)
    metres_per_px = _metres_per_px(series, hips_px)
    values, readable = np.empty((len(series), POINT_VALUES), dtype=np.float32), np.isfinite(hips_px[:, 0])
    for some in blocks(len(series)):
        flat = series.xy_px[some][:, USED] - hips_px[some, None]
        space = series.xyz_m[some][:, USED] - series.xyz_m[some][:, _HIPS].mean(axis=1, keepdims=True)
        known = np.isfinite(flat[..., 0])
        visibility = np.where(
            np.isfinite(series.xy_px[some][:, USED, 0]), np.nan_to_num(series.visibility[some][:, USED]), 0.0
        )
        points = np.concatenate(
            [flat * (metres_per_px[some] / leg_m)[:, None, None], space / leg_m, visibility[..., None]], axis=2
        )
        values[some] = points.reshape(len(points), -1)
        readable[some] &= known.sum(axis=1) >= MIN_POINTS
    place = _place(series, hips_px, leg_m / metres_per_px)
    return Features(series.time_s, values, place.astype(np.float32), readable, leg_m)


TOGETHER = 4096
"""Pictures that are dealt with at once: bounds the memory of long recordings (chosen by us)."""


def blocks(pictures: int) -> Iterator[slice]:
    """Stretches of a recording that are dealt with one after the other, since what each needs meanwhile is large."""
    yield from (slice(first, first + TOGETHER) for first in range(0, pictures, TOGETHER))


def leg_length_m(xyz: NDArray[np.float64]) -> float:
    """Median length of thigh and shank of both legs ((n, 33, 3) by landmark), in the unit of the points."""
    lengths = [
        np.linalg.norm(xyz[:, knee] - xyz[:, hip], axis=1) + np.linalg.norm(xyz[:, ankle] - xyz[:, knee], axis=1)
        for hip, knee, ankle in _LEGS
    ]
    seen = np.concatenate(lengths)
    seen = seen[np.isfinite(seen)]
    return float(np.median(seen)) if seen.size else USUAL_LEG_M


def find_moments(time_s: NDArray[np.float64], readable: NDArray[np.bool_], offsets_s: Sequence[float]) -> Moments:
    """Where the pictures at some offsets from each picture lie.

    Past the ends of a stretch of readable pictures stands its last picture, so that nothing is read across a pause.

    Parameters
    ----------
    time_s : (n,) float64
    readable : (n,) bool
    offsets_s : (w,)
        0 is the picture itself.
    """
    rows = np.flatnonzero(readable)
    if not rows.size:
        none = np.zeros((len(time_s), len(offsets_s)), dtype=np.intp)
        return Moments(none, none, none.astype(np.float32))
    first_s, last_s = _stretches(time_s, rows)
    nearest = np.clip(np.searchsorted(rows, np.arange(len(time_s))), 0, len(rows) - 1)
    wanted = time_s[rows][nearest, None] + np.asarray(offsets_s, dtype=np.float64)
    wanted = np.clip(wanted, first_s[nearest, None], last_s[nearest, None])
    return between_pictures(time_s[rows], rows, wanted)


def between_pictures(known_s: NDArray[np.float64], rows: NDArray[np.intp], wanted_s: NDArray[np.float64]) -> Moments:
    """The stored pictures (``rows`` at the times ``known_s``) on either side of each wanted time."""
    lower = np.clip(np.searchsorted(known_s, wanted_s, side="right") - 1, 0, len(known_s) - 1)
    upper = np.minimum(lower + 1, len(known_s) - 1)
    step = known_s[upper] - known_s[lower]
    share = np.where(step > 0, (wanted_s - known_s[lower]) / np.where(step > 0, step, 1.0), 0.0)
    # A picture read exactly must not inherit what its neighbour lacks: 0 x NaN is NaN.
    upper = np.where(share <= 0, lower, upper)
    return Moments(rows[lower], rows[upper], np.clip(share, 0.0, 1.0).astype(np.float32))


def stretch_ends_s(
    time_s: NDArray[np.float64], readable: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n,) first and last time of the stretch of readable pictures in which each picture lies; its own if unreadable."""
    first, last = time_s.copy(), time_s.copy()
    rows = np.flatnonzero(readable)
    if rows.size:
        first[rows], last[rows] = _stretches(time_s, rows)
    return first, last


def _stretches(time_s: NDArray[np.float64], rows: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    known_s = time_s[rows]
    stretch = np.concatenate([[0], np.cumsum(np.diff(known_s) > MAX_STEP_S)])
    starts = np.flatnonzero(np.diff(stretch, prepend=-1))
    ends = np.append(starts[1:], len(rows)) - 1
    return known_s[starts][stretch], known_s[ends][stretch]


def _metres_per_px(series: LandmarkSeries, hips_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) metres of the model's body per pixel: what makes its picture as large as the one seen."""
    ratio = np.empty(len(series))
    for some in blocks(len(series)):
        space = series.xyz_m[some] - series.xyz_m[some][:, _HIPS].mean(axis=1, keepdims=True)
        in_picture = np.linalg.norm((series.xy_px[some] - hips_px[some, None])[:, _SCALE_MARKS], axis=2)
        in_space = np.linalg.norm(space[:, _SCALE_MARKS, :2], axis=2)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio[some] = np.nansum(in_space, axis=1) / np.nansum(in_picture, axis=1)
    ratio[~(np.isfinite(ratio) & (ratio > 0))] = np.nan
    return _running_median(series.time_s, ratio)


def _running_median(time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.ndimage import median_filter  # loaded late, as SciPy takes its time

    known = np.isfinite(values)
    if known.sum() < 2:
        return values
    filled = np.interp(time_s, time_s[known], values[known])
    size = 2 * round(SCALE_WINDOW_S / 2 / float(np.median(np.diff(time_s)))) + 1
    smooth: NDArray[np.float64] = median_filter(filled, size=min(size, 2 * len(filled) - 1), mode="nearest")
    return smooth


def _place(series: LandmarkSeries, hips_px: NDArray[np.float64], leg_px: NDArray[np.float64]) -> NDArray[np.float64]:
    first, end = np.moveaxis(series.inside_px, 1, 0)
    size = end - first
    longer = size.max(axis=1)
    off_centre = (hips_px - (first + end) / 2) / longer[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.column_stack([off_centre, np.log(leg_px / longer), np.log(size[:, 0] / size[:, 1])])
