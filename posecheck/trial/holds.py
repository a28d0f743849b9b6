"""What a hold is, and where one is in an angle over time: slow, steady and close to the largest value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import true_runs
from posecheck.video.pace import typical_step_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_HOLD_SPEED_DEG_S = 5.0
MIN_HOLD_S = 1.5
MAX_HOLD_SD_DEG = 1.5
HOLD_WITHIN = 0.10
"""A hold: slower than 5 degrees a second for at least 1.5 s, SD below 1.5 degrees, within 10 % of the maximum [J]."""
SUSTAINED_S = 0.5
"""The maximum that a hold is near to is one that lasts this long (chosen by us)."""
SPEED_WINDOW_S = 0.4
"""Speed is the slope over this time, so that tremor does not end a hold (chosen by us)."""
STEADY_SD_DEG = 0.75
"""A long stop that is no hold as a whole, since it sinks slowly, has one inside where 1.5 s spread by less than this: half
of what a hold may (chosen by us)."""
BLIP_S = 0.3
"""Landmark jitter faster than the limit, but shorter than this, does not end a hold (chosen by us)."""


def find_hold(time_s: NDArray[np.float64], signal: NDArray[np.float64], base: float) -> tuple[int, int] | None:
    """The longest stretch of a repetition that meets the definition of a hold.

    Somebody who holds for a quarter of a minute sinks by a few degrees, which is too much for the definition as a whole:
    then it is the stretch about the highest 1.5 s that are steady.

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
    runs = true_runs(_slow_and_high(time_s, whole, base))
    long = [(first, last) for first, last in runs if time_s[last - 1] - time_s[first] >= MIN_HOLD_S]
    holds = [(first, last) for first, last in long if float(np.std(whole[first:last])) < MAX_HOLD_SD_DEG]
    holds = holds or [hold for run in long if (hold := _steady_part(time_s, whole, run)) is not None]
    return max(holds, key=lambda hold: float(time_s[hold[1] - 1] - time_s[hold[0]]), default=None)


def _steady_part(
    time_s: NDArray[np.float64], whole: NDArray[np.float64], run: tuple[int, int]
) -> tuple[int, int] | None:
    """The highest steady window of a run, and what lies beside it no further from it than a hold may spread.

    The highest, not the steadiest of all, which would be anywhere between the first moment and the last, lowest one.
    """
    begin, end = run
    windows = [
        (first, int(last) + 1)
        for first, last in enumerate(np.searchsorted(time_s[:end], time_s[begin:end] + MIN_HOLD_S), start=begin)
        if last < end
    ]
    steady = [(a, b) for a, b in windows if float(np.std(whole[a:b])) < STEADY_SD_DEG]
    if not steady:
        return None
    middles = [float(np.median(whole[a:b])) for a, b in steady]
    best = int(np.argmax(middles))
    near = np.abs(whole[begin:end] - middles[best]) <= MAX_HOLD_SD_DEG
    at = steady[best][0] + (steady[best][1] - steady[best][0]) // 2
    return next(((begin + a, begin + b) for a, b in true_runs(near) if begin + a <= at < begin + b), steady[best])


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
    highest = _sustained_deg(time_s, whole)
    slow = np.abs(_speed_deg_s(time_s, whole)) < MAX_HOLD_SPEED_DEG_S
    high = whole >= highest - HOLD_WITHIN * max(abs(highest), highest - base)
    return _without_blips(time_s, slow) & high


def _sustained_deg(time_s: NDArray[np.float64], whole: NDArray[np.float64]) -> float:
    """The highest angle that lasts: a bump of filled-in samples, or a jerk past the end, is not where somebody holds."""
    from scipy.ndimage import grey_opening  # loaded late, as SciPy takes its time

    if len(whole) < 2:
        return float(whole.max())
    window = max(1, round(SUSTAINED_S / typical_step_s(time_s)))
    return float(grey_opening(whole, size=(min(window, len(whole)),)).max())


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
