"""Start, hold, end range and end of every repetition (MEASUREMENT section 4, point 7)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import RecordingError
from posecheck.geometry import true_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from posecheck.angles import AngleTable
    from posecheck.joints import Side
    from posecheck.movements import AngleRef, Movement

ENTER_SHARE, LEAVE_SHARE, EDGE_SHARE = 0.5, 0.3, 0.1
"""Hysteresis: a repetition goes above half of the recording's excursion (and the test's smallest) and ends below 30 %;
its first and last moments are where it passes 10 % (chosen by us)."""
MAX_HOLD_SPEED_DEG_S = 5.0
MIN_HOLD_S = 1.5
MAX_HOLD_SD_DEG = 1.5
HOLD_WITHIN = 0.10
"""A hold: slower than 5 degrees a second for at least 1.5 s, SD below 1.5 degrees, within 10 % of the maximum [J]."""
SPEED_WINDOW_S = 0.4
"""Speed is the slope over this time, so that tremor does not end a hold (chosen by us)."""
BLIP_S = 0.3
"""Landmark jitter faster than the limit, but shorter than this, does not end a hold (chosen by us)."""
PEAK_WINDOW_S = 0.1
"""Without a hold, values are the median this close to the peak."""
MAX_GAP_S = 0.5
"""A repetition with a longer gap than this is rejected [J]."""
MIN_MEASURED_SHARE, MIN_MEASURED_S = 0.5, 0.5
"""End range is given only where half of the hold, or half a second of it, was measured (chosen by us)."""
WANTED_REPETITIONS = 3
"""Fewer than this widen the error and are pointed out (MEASUREMENT section 5)."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition of a test.

    Attributes
    ----------
    number : int
        1, 2, 3 ...
    start_s, end_s : float
        Where the movement leaves and reaches the start position.
    hold_start_s, hold_end_s : float
        The hold; without one, the moments around the peak.
    held : bool
        Whether there was a hold; otherwise end range is the peak, which reads too large by about 2.4 noise SD [C].
    end_range : mapping of str to float
        Outcome name to degrees (NaN where too little was measured).
    compensation : mapping of str to float
        Compensation name to degrees.
    used : bool
        Whether it counts; ``reason`` says why not.
    reason : str
    """

    number: int
    start_s: float
    end_s: float
    hold_start_s: float
    hold_end_s: float
    held: bool
    end_range: Mapping[str, float] = field(default_factory=dict)
    compensation: Mapping[str, float] = field(default_factory=dict)
    used: bool = True
    reason: str = ""

    @property
    def hold_s(self) -> float:
        """Length of the hold in seconds, 0 without one."""
        return self.hold_end_s - self.hold_start_s if self.held else 0.0


def find_repetitions(table: AngleTable, movement: Movement, side: Side) -> tuple[Repetition, ...]:
    """Find the repetitions of a test and their end ranges.

    Parameters
    ----------
    table : AngleTable
    movement : Movement
    side : Side
        The tested side.

    Raises
    ------
    RecordingError
        The signal never rises above the test's smallest excursion.
    """
    signal = _signed(table, movement.repetition.ref, side)
    time_s = table.time_s
    base, top = _levels(signal)
    if not np.isfinite(top - base) or top - base < movement.repetition.min_excursion_deg:
        raise RecordingError(_no_repetition_words(movement, side, top - base))
    enter = max(ENTER_SHARE, min(0.9, movement.repetition.min_excursion_deg / (top - base)))
    edges = _excursions(signal, base, top, enter)
    measured = _signed(table, movement.repetition.ref, side, measured=True)
    found = [_repetition(number, time_s, signal, measured, span, base) for number, span in enumerate(edges, start=1)]
    rest = signal < base + EDGE_SHARE * (top - base)
    return tuple(_with_values(item, table, movement, side, rest) for item in found)


def _no_repetition_words(movement: Movement, side: Side, excursion_deg: float) -> str:
    moved = f"moved only {excursion_deg:.0f} degrees"
    if not np.isfinite(excursion_deg):
        moved = "could not be followed, because the body points it needs were hidden or outside the picture"
    leg = {"tested": f"{side} ", "other": f"{side.other} ", "none": ""}[movement.repetition.ref.leg]
    angle = movement.repetition.ref.angle.replace("_", " ")
    return (
        f"no repetition found: the {leg}{angle} {moved} (at least "
        f"{movement.repetition.min_excursion_deg:.0f} needed for '{movement.name}'). Check the movement and the side, and "
        "that the recording shows the start position as well as the end."
    )


def _signed(table: AngleTable, ref: AngleRef, side: Side, *, measured: bool = False) -> NDArray[np.float64]:
    column = ref.column(side)
    values = table.measured(column) if measured else table.values[column].to_numpy(dtype=np.float64)
    return ref.factor(side) * values


def _levels(signal: NDArray[np.float64]) -> tuple[float, float]:
    finite = signal[np.isfinite(signal)]
    if finite.size < 2:
        return float("nan"), float("nan")
    return float(np.percentile(finite, 5)), float(np.percentile(finite, 97))


def _excursions(signal: NDArray[np.float64], base: float, top: float, enter: float) -> list[tuple[int, int]]:
    """(first, past the last) sample of each excursion, found with hysteresis and widened to its edges."""
    share = (np.nan_to_num(_bridged(signal), nan=base) - base) / (top - base)
    spans: list[tuple[int, int]] = []
    for first, last in true_runs(share > LEAVE_SHARE):
        if not (share[first:last] > enter).any():
            continue
        before = np.flatnonzero(share[:first] <= EDGE_SHARE)
        after = np.flatnonzero(share[last:] <= EDGE_SHARE)
        begin = int(before[-1]) if before.size else 0
        end = last + int(after[0]) + 1 if after.size else len(share)
        if spans:
            begin = max(begin, spans[-1][1] - 1)
        spans.append((begin, end))
    return spans


def _bridged(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.flatnonzero(np.isfinite(signal))
    return np.interp(np.arange(len(signal)), known, signal[known]) if known.size else signal


def _repetition(
    number: int,
    time_s: NDArray[np.float64],
    signal: NDArray[np.float64],
    measured: NDArray[np.float64],
    span: tuple[int, int],
    base: float,
) -> Repetition:
    first, last = span
    inside = slice(first, last)
    hold = _find_hold(time_s[inside], signal[inside], base)
    start_s, end_s = float(time_s[first]), float(time_s[last - 1])
    gap_s = _longest_gap_s(time_s[inside], signal[inside])
    reason = f"{gap_s:.1f} s of it could not be measured" if gap_s > MAX_GAP_S else ""
    if hold is None:
        seen = measured[inside] if np.isfinite(measured[inside]).any() else signal[inside]
        peak = first + int(np.nanargmax(seen))
        near = np.abs(time_s - time_s[peak]) <= PEAK_WINDOW_S
        times = time_s[near]
        return Repetition(
            number, start_s, end_s, float(times[0]), float(times[-1]), False, used=not reason, reason=reason
        )
    a, b = first + hold[0], first + hold[1] - 1
    return Repetition(number, start_s, end_s, float(time_s[a]), float(time_s[b]), True, used=not reason, reason=reason)


def _longest_gap_s(time_s: NDArray[np.float64], signal: NDArray[np.float64]) -> float:
    known = time_s[np.isfinite(signal)]
    edges = np.concatenate([[time_s[0]], known, [time_s[-1]]])
    return float(np.diff(edges).max())


def _speed_deg_s(time_s: NDArray[np.float64], signal: NDArray[np.float64]) -> NDArray[np.float64]:
    early = np.interp(time_s - SPEED_WINDOW_S / 2, time_s, signal)
    late = np.interp(time_s + SPEED_WINDOW_S / 2, time_s, signal)
    span = np.minimum(time_s + SPEED_WINDOW_S / 2, time_s[-1]) - np.maximum(time_s - SPEED_WINDOW_S / 2, time_s[0])
    return np.asarray((late - early) / np.maximum(span, 1e-9))


def _find_hold(time_s: NDArray[np.float64], signal: NDArray[np.float64], base: float) -> tuple[int, int] | None:
    """The longest stretch of the repetition that meets the definition of a hold, as (first, past the last)."""
    whole = _bridged(signal)
    highest = float(np.nanmax(signal))
    slow = np.abs(_speed_deg_s(time_s, whole)) < MAX_HOLD_SPEED_DEG_S
    high = whole >= highest - HOLD_WITHIN * max(abs(highest), highest - base)
    best: tuple[int, int] | None = None
    for first, last in true_runs(_without_blips(time_s, slow) & high):
        length_s = time_s[last - 1] - time_s[first]
        steady = float(np.std(whole[first:last])) < MAX_HOLD_SD_DEG
        longer = best is None or length_s > time_s[best[1] - 1] - time_s[best[0]]
        if length_s >= MIN_HOLD_S and steady and longer:
            best = first, last
    return best


def _without_blips(time_s: NDArray[np.float64], slow: NDArray[np.bool_]) -> NDArray[np.bool_]:
    kept = slow.copy()
    for first, last in true_runs(~slow):
        inside = first > 0 and last < len(slow)
        if inside and time_s[last] - time_s[first - 1] <= BLIP_S:
            kept[first:last] = True
    return kept


def _with_values(
    repetition: Repetition, table: AngleTable, movement: Movement, side: Side, rest: NDArray[np.bool_]
) -> Repetition:
    time_s = table.time_s
    hold = (time_s >= repetition.hold_start_s) & (time_s <= repetition.hold_end_s)
    enough = min(MIN_MEASURED_SHARE, MIN_MEASURED_S / max(repetition.hold_s, MIN_MEASURED_S))
    end_range = {
        outcome.name: _median_measured(_signed(table, outcome.ref, side, measured=True), hold, enough)
        if _longest_gap_s(time_s[hold], _signed(table, outcome.ref, side)[hold]) <= MAX_GAP_S
        else float("nan")
        for outcome in movement.outcomes
    }
    compensation = {}
    for item in movement.compensations:
        values = _signed(table, item.ref, side, measured=True)
        value = _median_measured(values, hold, enough)
        if item.measure == "change_from_start":
            value -= _median_measured(values, rest, 0.0)
        compensation[item.name] = value
    return replace(repetition, end_range=end_range, compensation=compensation)


def _median_measured(values: NDArray[np.float64], chosen: NDArray[np.bool_], needed: float) -> float:
    inside = values[chosen]
    known = inside[np.isfinite(inside)]
    return float(np.median(known)) if known.size and known.size >= needed * inside.size else float("nan")
