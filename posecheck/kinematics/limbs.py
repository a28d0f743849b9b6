"""Whether a leg has a length that it can have: finds points that the model put where nobody is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import true_runs
from posecheck.kinematics.joints import Side, mark_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import LandmarkSeries

LIMB_SEGMENTS: tuple[tuple[str, str], ...] = (("hip", "knee"), ("knee", "ankle"))
"""The segments whose length is checked: limbs only, since a flexed trunk shortens honestly."""
IN_PLANE_PERCENTILE, OUT_OF_PLANE_PERCENTILE = 70.0, 95.0
"""Which percentile of the apparent lengths is a leg's own length, where legs stay in the picture's plane and where they may
point at the camera. Faults shorten more than they lengthen, and in up to a third of a lunge's frames both legs melt into
one; legs that point at the camera honestly look short most of the time (chosen by us)."""
MIN_SIDE_SHARE = 0.70
"""A leg of less than this share of the other one's length is not believed to be that short. The model puts the hip that is
hidden behind the other one up to a fifth of a thigh too far forward, in the whole recording (chosen by us)."""
MAX_SLOW_RATIO, MIN_SLOW_SHANK = 1.30, 0.70
"""How long a leg and how short a shank may look where it comes to that slowly: the model's points slide along the limbs by a
tenth of their length or more while the hip bends, and the shank of a pulled leg, in full view, by a fifth. A thigh that
looks short, however slowly it came to that, is turned out of the picture's plane: its angle reads wrong (chosen by us)."""
SUDDEN_WINDOW_S, SUDDEN_SHARE = 0.2, 0.12
"""A length that differs by more than this share between the moments before and after was not changed by a movement: the
thigh of a knee pulled to the chest changes by a third of that (chosen by us)."""
BLIP_S, BLIP_SHARE = 0.3, 0.08
"""What is over sooner than this was no movement either if it stands out from the moments around it by more than this share,
which is more than the model's points tremble (chosen by us)."""


def limb_lengths(series: LandmarkSeries) -> dict[tuple[Side, str, str], NDArray[np.float64]]:
    """(n,) apparent length in pixels of each leg segment, by (side, upper, lower)."""
    return {
        (side, upper, lower): np.linalg.norm(
            series.xy_px[:, mark_of(lower, side)] - series.xy_px[:, mark_of(upper, side)], axis=-1
        )
        for side in Side
        for upper, lower in LIMB_SEGMENTS
    }


def calibration_length(lengths: NDArray[np.float64], percentile: float) -> float:
    """The person's own length of a limb in this picture, NaN if never seen."""
    finite = lengths[np.isfinite(lengths)]
    return float(np.percentile(finite, percentile)) if finite.size else float("nan")


def limb_faults(series: LandmarkSeries, *, max_ratio: float, min_ratio: float | None) -> NDArray[np.bool_]:
    """(n, 33) knees and ankles of a leg that suddenly has a length it cannot have.

    Parameters
    ----------
    series : LandmarkSeries
        Left and right told apart.
    max_ratio : float
        Longer than this times the leg's own length is a fault, unless it comes slowly.
    min_ratio : float or None
        Shorter than this, too, unless it is a shank and comes slowly; None where legs may point at the camera.

    Notes
    -----
    A point that the model moves along with the movement changes the apparent length as slowly as the person moves. A fault
    of the model comes and goes from one picture to the next.
    """
    faults = np.zeros(series.visibility.shape, dtype=bool)
    lengths = limb_lengths(series)
    for upper, lower in LIMB_SEGMENTS:
        own = _own_lengths({side: lengths[side, upper, lower] for side in Side}, min_ratio)
        shortest = (min_ratio or 0.0, min(min_ratio or 0.0, MIN_SLOW_SHANK) if upper == "knee" else min_ratio or 0.0)
        for side in Side:
            bad = _impossible(series.time_s, lengths[side, upper, lower] / own[side], max_ratio, *shortest)
            # Of a shank it cannot be told which end is wrong: where both legs melt into one, the knee is wrong as well.
            faults[:, [mark_of("knee", side), mark_of("ankle", side)]] |= bad[:, None]
    return faults


def _own_lengths(lengths: Mapping[Side, NDArray[np.float64]], min_ratio: float | None) -> dict[Side, float]:
    """Each leg's own length: near and far leg differ, by the distance and by where the model puts the hidden hip."""
    percentile = OUT_OF_PLANE_PERCENTILE if min_ratio is None else IN_PLANE_PERCENTILE
    own = {side: calibration_length(values, percentile) for side, values in lengths.items()}
    longest = float(np.fmax(own[Side.LEFT], own[Side.RIGHT]))
    return {side: length if length >= MIN_SIDE_SHARE * longest else longest for side, length in own.items()}


def _impossible(
    time_s: NDArray[np.float64], ratio: NDArray[np.float64], max_ratio: float, min_ratio: float, min_slow: float
) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        odd = (ratio > max_ratio) | (ratio < min_ratio)
        bad = (ratio > MAX_SLOW_RATIO) | (ratio < min_slow)
    for first, last in _runs_without_gaps(time_s, odd):
        if _stands_out(time_s, ratio, first, last) or _changes_suddenly(time_s, ratio, first, last):
            bad[first:last] |= odd[first:last]
    return np.asarray(bad)


def _runs_without_gaps(time_s: NDArray[np.float64], odd: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of odd length, those with less than `BLIP_S` between them taken as one: the points tremble."""
    runs: list[tuple[int, int]] = []
    for first, last in true_runs(odd):
        if runs and time_s[first] - time_s[runs[-1][1] - 1] < BLIP_S:
            first = runs.pop()[0]
        runs.append((first, last))
    return runs


def _stands_out(time_s: NDArray[np.float64], ratio: NDArray[np.float64], first: int, last: int) -> bool:
    """Whether a short stretch differs from what is around it."""
    start_s, end_s = time_s[first], time_s[last - 1]
    if end_s - start_s >= BLIP_S:
        return False
    begin, end = np.searchsorted(time_s, start_s - BLIP_S), np.searchsorted(time_s, end_s + BLIP_S, side="right")
    around = np.concatenate([ratio[begin:first], ratio[last:end]])
    known = around[np.isfinite(around)]
    return bool(known.size and abs(np.median(known) - np.nanmedian(ratio[first:last])) > BLIP_SHARE)


def _changes_suddenly(time_s: NDArray[np.float64], ratio: NDArray[np.float64], first: int, last: int) -> bool:
    """Whether a limb jumps to another length while its length is odd, or as that begins or ends."""
    for k in range(max(first, 1), min(last + 1, len(ratio))):
        begin, end = np.searchsorted(time_s, (time_s[k] - SUDDEN_WINDOW_S, time_s[k] + SUDDEN_WINDOW_S))
        before, after = ratio[begin:k], ratio[k:end]
        known = before[np.isfinite(before)], after[np.isfinite(after)]
        if all(part.size for part in known) and abs(known[0].mean() - known[1].mean()) > SUDDEN_SHARE:
            return True
    return False
