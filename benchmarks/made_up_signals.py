"""Made-up signals whose repetitions are known by construction: what the finder of repetitions is judged by.

Each is drawn from a number, so that the same number is always the same signal. What may happen in one is said here once,
and was said before the finder was tried on it:

- A return between two repetitions goes back by at least 35 % of how far they go; what goes back by at most 15 % is a pulse.
- A repetition takes at least 0.7 s up and as long down; a spike lasts at most 0.15 s.
- A repetition is *hidden* where more than half a second of its upper half is missing: it may be left out, but not invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_DEG = (25.0, 40.0, 6.0, 8.0)
"""Smallest excursions of the tests that posecheck brings."""
RATES_HZ = (12.0, 15.0, 24.0, 30.0, 60.0)
KINDS = (
    "drift",
    "partial returns",
    "different depths",
    "one deep, the others shallow",
    "pauses on the way",
    "pulses at the end",
    "long, sinking holds",
    "no holds",
    "step into position",
    "step out of position",
    "spikes",
    "short gaps",
    "long gap",
    "out of sight at the ends",
)
EACH_IN = 0.22
"""How often each kind is drawn: three in a signal on average."""
HIDDEN_S = 0.5


@dataclass(frozen=True, slots=True)
class TrueRepetition:
    """One repetition as it was made: when, to which angle, and whether enough of it can be seen."""

    start_s: float
    end_s: float
    end_deg: float
    hidden: bool


@dataclass(frozen=True, slots=True, eq=False)
class MadeUpSignal:
    """A signal, what it is made of, and its repetitions."""

    time_s: NDArray[np.float64]
    degrees: NDArray[np.float64]
    min_deg: float
    kinds: tuple[str, ...]
    repetitions: tuple[TrueRepetition, ...]


def made_up_signal(number: int) -> MadeUpSignal:
    """The signal of that number."""
    return _Maker(np.random.default_rng([9, number])).signal()


@dataclass
class _Maker:
    """Draws one signal: a path of (time, share of the height) through which a smooth curve goes."""

    rng: np.random.Generator
    now_s: float = 0.0
    path: list[tuple[float, float]] = field(default_factory=list)
    tops: list[tuple[float, float, float, float]] = field(default_factory=list)

    def signal(self) -> MadeUpSignal:
        rng = self.rng
        kinds = tuple(kind for kind in KINDS if rng.random() < EACH_IN)
        kinds = tuple(
            kind for kind in kinds if kind != "different depths" or "one deep, the others shallow" not in kinds
        )
        min_deg = float(rng.choice(MIN_DEG))
        height_deg = min_deg * rng.uniform(1.6, 3.5)
        self._walk(kinds, int(rng.integers(1, 21)))
        time_s = self._times(float(rng.choice(RATES_HZ)))
        knots_s, shares = (np.array(column) for column in zip(*self.path, strict=True))
        clean = height_deg * _smooth_path(time_s, knots_s, shares)
        if "drift" in kinds:
            clean = clean + height_deg * rng.uniform(-0.3, 0.3) * time_s / time_s[-1]
        clean = clean + rng.uniform(-15.0, 40.0)
        degrees = clean + self._noise(time_s, min(1.0, 0.05 * height_deg))
        degrees = self._harmed(time_s, degrees, kinds, height_deg)
        return MadeUpSignal(time_s, degrees, min_deg, kinds, self._truth(time_s, clean, degrees))

    def _go(self, share: float, seconds: float) -> None:
        self.now_s += seconds
        self.path.append((self.now_s, share))

    def _walk(self, kinds: tuple[str, ...], count: int) -> None:
        rng, rest = self.rng, 0.0
        tops = [self._top(kinds, k) for k in range(count)]
        self.path.append((0.0, 0.0))
        if "step into position" in kinds:
            self.path[0] = (0.0, -rng.uniform(0.3, 0.9))
            self._go(self.path[0][1], rng.uniform(0.5, 2.0))
            self._go(0.0, rng.uniform(0.5, 1.2))
        self._go(0.0, rng.uniform(1.0, 2.0))
        for k, top in enumerate(tops):
            start_s = self.now_s
            self._up(kinds, rest, top)
            hold_from_s = self.now_s
            self._hold(kinds, top)
            hold_to_s = self.now_s
            partial = "partial returns" in kinds and k < count - 1
            rest = max(0.0, min(tops[k : k + 2]) - rng.uniform(0.35, 0.9)) if partial else 0.0
            self._down(kinds, top, rest)
            self.tops.append((start_s, hold_from_s, hold_to_s, self.now_s))
            self._go(rest, rng.uniform(0.05, 0.5) if partial else rng.uniform(0.5, 1.5))
        if "step out of position" in kinds:
            self._go(-rng.uniform(0.3, 0.9), rng.uniform(0.5, 1.2))
            self._go(self.path[-1][1], rng.uniform(0.5, 2.0))
        self._go(self.path[-1][1], 0.5)

    def _top(self, kinds: tuple[str, ...], k: int) -> float:
        if "one deep, the others shallow" in kinds:
            return 1.0 if k == 0 else float(self.rng.uniform(0.63, 0.7))
        return float(self.rng.uniform(0.65, 1.0) if "different depths" in kinds else self.rng.uniform(0.93, 1.0))

    def _up(self, kinds: tuple[str, ...], rest: float, top: float) -> None:
        if "pauses on the way" in kinds:
            part = rest + (top - rest) * self.rng.uniform(0.3, 0.65)
            self._go(part, self.rng.uniform(0.5, 1.0))
            self._go(part, self.rng.uniform(0.3, 1.5))
        self._go(top, self.rng.uniform(0.7, 1.8))

    def _down(self, kinds: tuple[str, ...], top: float, rest: float) -> None:
        if "pauses on the way" in kinds:
            part = rest + (top - rest) * self.rng.uniform(0.3, 0.65)
            self._go(part, self.rng.uniform(0.5, 1.0))
            self._go(part, self.rng.uniform(0.3, 1.5))
        self._go(rest, self.rng.uniform(0.7, 1.8))

    def _hold(self, kinds: tuple[str, ...], top: float) -> None:
        if "no holds" in kinds:
            return
        if "long, sinking holds" in kinds:
            self._go(top, self.rng.uniform(2.0, 4.0))
            self._go(top - self.rng.uniform(0.02, 0.07), self.rng.uniform(8.0, 16.0))
            return
        self._go(top, self.rng.uniform(2.0, 4.0))
        if "pulses at the end" in kinds:
            for _ in range(int(self.rng.integers(1, 4))):
                self._go(top - self.rng.uniform(0.03, 0.15), self.rng.uniform(0.3, 0.8))
                self._go(top, self.rng.uniform(0.3, 0.8))

    def _times(self, rate_hz: float) -> NDArray[np.float64]:
        steps = (1.0 + self.rng.uniform(0, 0.4) * self.rng.uniform(-1, 1, int(self.now_s * rate_hz * 2))) / rate_hz
        times = np.concatenate([[0.0], np.cumsum(steps)])
        return times[times <= self.now_s]

    def _noise(self, time_s: NDArray[np.float64], sd_deg: float) -> NDArray[np.float64]:
        """Unrest as it is left after smoothing: nothing faster than about 3 Hz."""
        grid = np.arange(0.0, time_s[-1] + 1.0, 1 / 6)
        return np.interp(time_s, grid, self.rng.normal(0.0, sd_deg * self.rng.uniform(0.2, 1.0), len(grid)))

    def _harmed(
        self, time_s: NDArray[np.float64], degrees: NDArray[np.float64], kinds: tuple[str, ...], height_deg: float
    ) -> NDArray[np.float64]:
        rng, harmed = self.rng, degrees.copy()
        if "spikes" in kinds:
            for at_s in rng.uniform(0, time_s[-1], 4):
                near = np.abs(time_s - at_s) < 0.075
                harmed[near] += rng.choice([-1, 1]) * height_deg * rng.uniform(0.3, 1.0)
        if "short gaps" in kinds:
            for at_s in rng.uniform(0, time_s[-1], 5):
                harmed[(time_s >= at_s) & (time_s < at_s + rng.uniform(0.1, 0.35))] = np.nan
        if "long gap" in kinds:
            at_s = rng.uniform(0, time_s[-1])
            harmed[(time_s >= at_s) & (time_s < at_s + rng.uniform(0.7, 2.5))] = np.nan
        if "out of sight at the ends" in kinds:
            harmed[(time_s < 0.4) | (time_s > time_s[-1] - 0.4)] = np.nan
        return harmed

    def _truth(
        self, time_s: NDArray[np.float64], clean: NDArray[np.float64], seen: NDArray[np.float64]
    ) -> tuple[TrueRepetition, ...]:
        return tuple(
            TrueRepetition(
                start_s, end_s, _end_deg(time_s, clean, from_s, to_s), _is_hidden(time_s, clean, seen, start_s, end_s)
            )
            for start_s, from_s, to_s, end_s in self.tops
        )


def _smooth_path(
    time_s: NDArray[np.float64], knots_s: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Between two knots people speed up and slow down: a cosine."""
    k = np.clip(np.searchsorted(knots_s, time_s, side="right") - 1, 0, len(knots_s) - 2)
    way = np.clip((time_s - knots_s[k]) / np.maximum(knots_s[k + 1] - knots_s[k], 1e-9), 0.0, 1.0)
    return np.asarray(shares[k] + (shares[k + 1] - shares[k]) * (1 - np.cos(np.pi * way)) / 2)


def _end_deg(time_s: NDArray[np.float64], clean: NDArray[np.float64], from_s: float, to_s: float) -> float:
    """The angle of the hold, or of the peak: what a person would write down."""
    inside = (time_s >= from_s - 0.1) & (time_s <= min(to_s, from_s + 2.0) + 0.1)
    return float(np.median(clean[inside])) if to_s > from_s else float(np.max(clean[inside], initial=-np.inf))


def _is_hidden(
    time_s: NDArray[np.float64],
    clean: NDArray[np.float64],
    seen: NDArray[np.float64],
    start_s: float,
    end_s: float,
) -> bool:
    inside = (time_s >= start_s) & (time_s <= end_s)
    upper = clean >= (clean[inside].max() + clean[inside][0]) / 2
    known = time_s[np.isfinite(seen)]
    gaps = [(a, b) for a, b in pairwise(known) if b - a > HIDDEN_S]
    gaps += [(time_s[0], known[0]), (known[-1], time_s[-1])]
    return any((inside & upper & (time_s > a) & (time_s < b)).any() for a, b in gaps)
