"""What a hold is, and where one is in an angle over time: slow, steady and close to the largest value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import true_runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_HOLD_SPEED_DEG_S = 5.0
MIN_HOLD_S = 1.5
MAX_HOLD_SD_DEG = 1.5
HOLD_WITHIN = 0.10
"""A hold: slower than 5 degrees a second for at least 1.5 s, SD below 1.5 degrees, within 10 % of the maximum [J]."""
SPEED_WINDOW_S = 0.4
"""Speed is the slope over this time, so that tremor does not end a hold (chosen by us)."""
BLIP_S = 0.3
"""Landmark jitter faster than the limit, but shorter than this, does not end a hold (chosen by us)."""


def find_hold(time_s: NDArray[np.float64], signal: NDArray[np.float64], base: float) -> tuple[int, int] | None:
    """The longest stretch of a repetition that meets the definition of a hold.

    Parameters
    ----------
    time_s, signal : (n,)
        One repetition, degrees; NaN where missing, at least one value known.
    base : float
        The angle in the start position.

    Returns
    -------
    (first, past the last) or None
    """
    whole = bridged(signal)
    best: tuple[int, int] | None = None
    for first, last in true_runs(_slow_and_high(time_s, whole, base)):
        length_s = time_s[last - 1] - time_s[first]
        steady = float(np.std(whole[first:last])) < MAX_HOLD_SD_DEG
        longer = best is None or length_s > time_s[best[1] - 1] - time_s[best[0]]
        if length_s >= MIN_HOLD_S and steady and longer:
            best = first, last
    return best


def running_hold_s(time_s: NDArray[np.float64], signal: NDArray[np.float64], base: float) -> float:
    """Seconds for which a hold has been going on at the last sample, however short as yet; 0 outside one.

    Parameters are those of `find_hold`, of a repetition that is not over. The speed at the last samples is that of the
    past alone, so that a hold is seen to begin and to end up to `SPEED_WINDOW_S` / 2 late; its length is not affected.
    """
    whole = bridged(signal)
    runs = true_runs(_slow_and_high(time_s, whole, base))
    if not runs or time_s[-1] - time_s[runs[-1][1] - 1] > BLIP_S:
        return 0.0
    first, last = runs[-1]
    steady = float(np.std(whole[first:last])) < MAX_HOLD_SD_DEG
    return float(time_s[last - 1] - time_s[first]) if steady else 0.0


def bridged(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """The signal with gaps interpolated, unchanged where nothing is known."""
    known = np.flatnonzero(np.isfinite(signal))
    return np.interp(np.arange(len(signal)), known, signal[known]) if known.size else signal


def _slow_and_high(time_s: NDArray[np.float64], whole: NDArray[np.float64], base: float) -> NDArray[np.bool_]:
    highest = float(whole.max())
    slow = np.abs(_speed_deg_s(time_s, whole)) < MAX_HOLD_SPEED_DEG_S
    high = whole >= highest - HOLD_WITHIN * max(abs(highest), highest - base)
    return _without_blips(time_s, slow) & high


def _speed_deg_s(time_s: NDArray[np.float64], signal: NDArray[np.float64]) -> NDArray[np.float64]:
    early = np.interp(time_s - SPEED_WINDOW_S / 2, time_s, signal)
    late = np.interp(time_s + SPEED_WINDOW_S / 2, time_s, signal)
    span = np.minimum(time_s + SPEED_WINDOW_S / 2, time_s[-1]) - np.maximum(time_s - SPEED_WINDOW_S / 2, time_s[0])
    return np.asarray((late - early) / np.maximum(span, 1e-9))


def _without_blips(time_s: NDArray[np.float64], slow: NDArray[np.bool_]) -> NDArray[np.bool_]:
    kept = slow.copy()
    for first, last in true_runs(~slow):
        inside = first > 0 and last < len(slow)
        if inside and time_s[last] - time_s[first - 1] <= BLIP_S:
            kept[first:last] = True
    return kept
