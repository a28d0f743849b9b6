"""Where a signal goes up and comes back: every excursion of an angle, each with a rest of its own.

A recording is more than its repetitions: somebody walks in, steps into position, comes up only half of the way, sinks a
little further each time, is hidden for a second. So nothing is measured against the whole recording. A return is a turning
point between two excursions: the curve falls and rises again by enough. Rest is where each of them began and ended.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import true_runs
from posecheck.trial.holds import bridged
from posecheck.video.pace import typical_step_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

RETURN_SHARE = 0.25
"""Between two repetitions the angle comes back by at least this share of how far they go; less is a wobble, or a pulse at
the end of one (chosen by us)."""
MIN_RETURN_S = 0.3
"""A return whose lower half is over sooner is a fault of the model (chosen by us)."""
MIN_EXCURSION_S = 0.6
"""Above 30 % for less than this is a jerk or a fault of the model, not a repetition (chosen by us)."""
JERK_SHARE, EDGE_SHARE = 0.3, 0.1
"""Where the length of a jerk is taken; and where a repetition begins and ends, above its rest (chosen by us)."""
ALIKE_SHARE = 0.9
"""Where one goes as far as the test's smallest excursion, others count that go nearly as far (chosen by us)."""
REST_S = 0.5
"""Standing this long at the height of the other side's rest is a rest, too: before it came a step into position."""
STEADY_S = 0.5
"""Turning points are looked for in a running median over this long (chosen by us)."""
SPIKE_S, SPIKE_SHARE, MIN_SPIKE_DEG = 0.2, 0.1, 3.0
"""Out and back within this long, by this share of the recording's range and this many degrees: nobody moves so (by us)."""


@dataclass(frozen=True, slots=True)
class Excursion:
    """Once away from rest and back.

    Attributes
    ----------
    first, last : int
        Its first sample, and the one past its last.
    rest_deg : float
        The angle where it began (where it ended, if the recording does not show its beginning).
    height_deg : float
        How far it goes above the higher of the lowest angles before and after it.
    begins, ends : bool
        Whether the recording shows its beginning and its end.
    """

    first: int
    last: int
    rest_deg: float
    height_deg: float
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Excursions:
    """What was found.

    Attributes
    ----------
    items : tuple of Excursion
        In the order of time; none overlaps another.
    typical_deg : float
        How far they usually go: the second largest height of three or more, else the largest; NaN without any.
    largest_deg : float
        How far the signal went at most, counted or not; NaN where nothing is known of it.
    jerks : int
        How many were over too soon.
    """

    items: tuple[Excursion, ...]
    typical_deg: float
    largest_deg: float
    jerks: int


def find_excursions(time_s: NDArray[np.float64], signal: NDArray[np.float64], min_deg: float) -> Excursions:
    """Find every excursion of a signal.

    Parameters
    ----------
    time_s, signal : (n,)
        Seconds; degrees, NaN where missing.
    min_deg : float
        The smallest that counts.
    """
    known = np.flatnonzero(np.isfinite(signal))
    if known.size < 2:
        return Excursions((), float("nan"), float("nan"), 0)
    begin, end = int(known[0]), int(known[-1]) + 1
    found = _find(_Curve.of(time_s[begin:end], bridged(signal[begin:end])), min_deg)
    moved = (replace(item, first=item.first + begin, last=item.last + begin) for item in found.items)
    return replace(found, items=tuple(moved))


def without_spikes(time_s: NDArray[np.float64], signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """A signal with sudden spikes, which are faults of the model, missing."""
    from scipy.ndimage import grey_closing, grey_opening  # loaded late, as SciPy takes its time

    finite = signal[np.isfinite(signal)]
    if finite.size < 3:
        return signal
    whole = bridged(signal)
    window = math.ceil(SPIKE_S / typical_step_s(time_s)) + 1
    limit = max(MIN_SPIKE_DEG, SPIKE_SHARE * float(np.percentile(finite, 97) - np.percentile(finite, 5)))
    up, down = whole - grey_opening(whole, size=(window,)), grey_closing(whole, size=(window,)) - whole
    return np.where(np.maximum(up, down) > limit, np.nan, signal)


def _find(curve: _Curve, min_deg: float) -> Excursions:
    """Twice: roughly, to learn how far the excursions go; then with the return that this asks for."""
    rough = _Turns(curve, min_deg / 2)
    heights = sorted((rough.height_deg(k) for k in range(len(rough.peaks))), reverse=True)
    counted = [height for height in heights if height >= min_deg]
    if not counted:
        return Excursions((), float("nan"), heights[0] if heights else curve.spread_deg, rough.jerks)
    typical = counted[1] if len(counted) >= 3 else counted[0]
    turns = _Turns(curve, max(min_deg / 2, RETURN_SHARE * typical))
    turns.drop_lower_than(min(min_deg, ALIKE_SHARE * typical))
    return Excursions(turns.excursions(), typical, heights[0], turns.jerks)


def turning_points(values: NDArray[np.float64], swing: float) -> list[int]:
    """Where a curve turns by at least ``swing``: lowest and highest points in turn, its two ends included.

    Empty where it never goes that far.
    """
    low = high = 0
    turns: list[int] = []
    rising: bool | None = None
    for k, value in enumerate(values):
        low = k if value < values[low] else low
        high = k if value > values[high] else high
        if rising is not False and values[high] - value >= swing:
            turns.append(high)
            rising, low = False, k
        elif rising is not True and value - values[low] >= swing:
            turns.append(low)
            rising, high = True, k
    return turns if rising is None else [*turns, high if rising else low]


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """A signal without gaps, and the same without spikes."""

    time_s: NDArray[np.float64]
    values: NDArray[np.float64]
    steady: NDArray[np.float64]

    @classmethod
    def of(cls, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> _Curve:
        from scipy.ndimage import median_filter  # loaded late, as SciPy takes its time

        window = 2 * int(STEADY_S / typical_step_s(time_s) / 2) + 1
        return cls(time_s, values, np.asarray(median_filter(values, size=window, mode="nearest")))

    @property
    def spread_deg(self) -> float:
        """From low to high, the outermost few per cent left out."""
        return float(np.percentile(self.values, 97) - np.percentile(self.values, 5))

    def low_deg(self, at: int) -> float:
        """The angle at a lowest point, which the running median leaves too high where the turn is sharp."""
        near = np.abs(self.time_s - self.time_s[at]) <= STEADY_S / 2
        return float(self.values[near].min())

    def length_s(self, inside: NDArray[np.bool_], at: int) -> float:
        """How long the run of true samples about one of them lasts, 0 where there is none."""
        if not inside[at]:
            return 0.0
        outside = np.flatnonzero(~inside)
        after = int(np.searchsorted(outside, at))
        first = outside[after - 1] + 1 if after else 0
        last = outside[after] - 1 if after < len(outside) else len(inside) - 1
        return float(self.time_s[last] - self.time_s[first])


class _Turns:
    """The turning points of a curve: a lowest one before and after each peak, None where the recording shows none."""

    def __init__(self, curve: _Curve, return_deg: float) -> None:
        self._curve = curve
        points = turning_points(curve.steady, return_deg)
        falls_first = len(points) > 1 and curve.steady[points[0]] > curve.steady[points[1]]
        self.peaks = points[0 if falls_first else 1 :: 2]
        self.lows: list[int | None] = [None, *points[1::2]] if falls_first else [*points[0::2]]
        if len(self.lows) == len(self.peaks):
            self.lows.append(None)
        self._join_short_returns()
        self.jerks = self._drop_jerks()

    def height_deg(self, k: int) -> float:
        """How far a peak stands above the lowest angles before and after it, the higher of the two."""
        steady = self._curve.steady
        at = self.peaks[k]
        before = None if self.lows[k] is None else float(steady[:at].min())
        after = None if self.lows[k + 1] is None else float(steady[at:].min())
        return float(steady[at]) - max(low for low in (before, after) if low is not None)

    def drop_lower_than(self, height_deg: float) -> None:
        """Keep the peaks that stand high enough."""
        low = [k for k in range(len(self.peaks)) if self.height_deg(k) < height_deg]
        self._drop(low)

    def excursions(self) -> tuple[Excursion, ...]:
        """What lies between the lowest points: each from where it leaves its rest to where it comes back to it."""
        found: list[Excursion] = []
        for k in range(len(self.peaks)):
            item = self._excursion(k)
            if found:  # both may take the lowest point between them
                item = replace(item, first=max(item.first, found[-1].last))
            found.append(item)
        return tuple(found)

    def _excursion(self, k: int) -> Excursion:
        at, count = self.peaks[k], len(self._curve.values)
        before, after = self.lows[k], self.lows[k + 1]
        rest_before, rest_after = self._rest_deg(k, before, after), self._rest_deg(k, after, before)
        first = 0 if rest_before is None else self._edge(at, before or 0, rest_before)
        last = count if rest_after is None else self._edge(at, count if after is None else after, rest_after) + 1
        rest = rest_before if rest_before is not None else rest_after
        assert rest is not None  # a curve without any turn has no peak
        return Excursion(first, last, rest, self.height_deg(k), before is not None, after is not None)

    def _rest_deg(self, k: int, own: int | None, other: int | None) -> float | None:
        """The angle at rest on one side of a peak.

        The lowest one, unless somebody stands for a while where they rest on the other side: then that is the start
        position, and what lies below it came before they stepped into it, or after they stepped out.
        """
        if own is None:
            return None
        steady, at = self._curve.steady, self.peaks[k]
        rest = self._curve.low_deg(own)
        if other is None or (beside := self._curve.low_deg(other)) <= rest:
            return rest
        between = slice(min(own, at), max(own, at) + 1)
        near = np.abs(steady[between] - beside) <= EDGE_SHARE * (steady[at] - beside)
        time_s = self._curve.time_s[between]
        stood = any(time_s[last - 1] - time_s[first] >= REST_S for first, last in true_runs(near))
        return beside if stood else rest

    def _edge(self, at: int, low: int, rest_deg: float) -> int:
        """The sample nearest to the peak that is as low as rest, between the peak and the lowest point beside it."""
        values = self._curve.values
        limit = rest_deg + EDGE_SHARE * (self._curve.steady[at] - rest_deg)
        way = np.arange(at, low + 1) if low > at else np.arange(at, low - 1, -1)
        reached = np.flatnonzero(values[way] <= limit)
        return int(way[reached[0]]) if reached.size else int(low)

    def _join_short_returns(self) -> None:
        """Two peaks with next to no time between them are one."""
        k = 1
        while k < len(self.peaks):
            low = self.lows[k]
            assert low is not None
            if self._return_s(k, low) >= MIN_RETURN_S:
                k += 1
                continue
            higher = max(self.peaks[k - 1 : k + 1], key=lambda at: float(self._curve.steady[at]))
            self.peaks[k - 1 : k + 1] = [higher]
            del self.lows[k]

    def _return_s(self, k: int, low: int) -> float:
        steady = self._curve.steady
        beside = min(steady[self.peaks[k - 1]], steady[self.peaks[k]])
        return self._curve.length_s(steady <= (beside + steady[low]) / 2, low)

    def _drop_jerks(self) -> int:
        jerks = [k for k in range(len(self.peaks)) if self._excursion_s(k) < MIN_EXCURSION_S]
        self._drop(jerks)
        return len(jerks)

    def _excursion_s(self, k: int) -> float:
        steady, at = self._curve.steady, self.peaks[k]
        rest = max(float(steady[low]) for low in self.lows[k : k + 2] if low is not None)
        return self._curve.length_s(steady > rest + JERK_SHARE * (steady[at] - rest), at)

    def _drop(self, dropped: list[int]) -> None:
        """Take peaks away; of the two lowest points beside each, the lower one stays."""
        for k in reversed(dropped):
            del self.peaks[k]
            beside = [low for low in self.lows[k : k + 2] if low is not None]
            self.lows[k : k + 2] = [min(beside, key=lambda low: float(self._curve.steady[low]))]
