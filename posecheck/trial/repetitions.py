"""Start, hold, end range and end of every repetition (docs/method.md#section-4, points 5 to 8)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import RecordingError
from posecheck.kinematics.geometry import true_runs
from posecheck.trial.holds import bridged, find_hold
from posecheck.trial.signal import choose_signal, signed_degrees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.kinematics.joints import Side
    from posecheck.movements import Movement
    from posecheck.trial.signal import ChosenSignal

ENTER_SHARE, LEAVE_SHARE, EDGE_SHARE = 0.5, 0.3, 0.1
"""Hysteresis: a repetition goes above half of the recording's excursion (and the test's smallest) and ends below 30 %;
its first and last moments are where it passes 10 % (chosen by us)."""
MIN_EXCURSION_S = 0.6
"""Above 30 % for less than this is a jerk or a fault of the model, not a repetition (chosen by us)."""
PEAK_WINDOW_S = 0.1
"""Without a hold, values are the median this close to the peak."""
MAX_GAP_S = 0.5
"""A repetition with a longer gap than this is rejected [J]."""
MIN_MEASURED_SHARE, MIN_MEASURED_S = 0.5, 0.5
"""End range is given only where half of the hold, or half a second of it, was measured (chosen by us)."""
WANTED_REPETITIONS = 3
"""Fewer than this widen the error and are pointed out (docs/method.md#section-4, point 8)."""


TIMES_SET_WORDS = "times set by hand"
"""How a repetition is marked whose times a person set."""


@dataclass(frozen=True, slots=True)
class RepetitionTimes:
    """When a repetition and its hold begin and end, in seconds of the video, as a person set them."""

    start_s: float
    end_s: float
    hold_start_s: float
    hold_end_s: float


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
    corrected : str
        What a person set right: empty, "excluded by hand" or "times set by hand".
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
    corrected: str = ""

    @property
    def hold_s(self) -> float:
        """Length of the hold in seconds, 0 without one."""
        return self.hold_end_s - self.hold_start_s if self.held else 0.0


def find_repetitions(
    table: AngleTable, movement: Movement, side: Side, *, times: Mapping[int, RepetitionTimes] | None = None
) -> tuple[Repetition, ...]:
    """Find the repetitions of a test and their end ranges.

    Parameters
    ----------
    table : AngleTable
    movement : Movement
    side : Side
        The tested side.
    times : mapping of int to RepetitionTimes, optional
        Repetitions whose times a person set: their values are computed over the hold given here.

    Raises
    ------
    RecordingError
        The signal never rises above the test's smallest excursion.
    """
    chosen = choose_signal(table, movement, side)
    signal, least_deg = chosen.degrees, chosen.rule.min_excursion_deg
    time_s = table.time_s
    base, top = _levels(signal)
    if not np.isfinite(top - base) or top - base < least_deg:
        raise RecordingError(_no_repetition_words(movement, chosen, top - base))
    # A repetition must rise by the test's smallest excursion, which is more than half of a small recording; but by no
    # more than 0.9 of what was seen, so that the smaller ones of equal repetitions count too.
    enter = max(ENTER_SHARE, min(0.9, least_deg / (top - base)))
    edges = _excursions(time_s, signal, base, top, enter)
    if not edges:
        raise RecordingError(
            f"no repetition found: every movement was over in less than {MIN_EXCURSION_S:g} s. Move slowly and hold for 2 "
            "to 3 seconds."
        )
    found = [
        _repetition(number, time_s, signal, chosen.measured, span, base) for number, span in enumerate(edges, start=1)
    ]
    found = [_timed_by_hand(item, (times or {}).get(item.number), time_s, signal) for item in found]
    rest = signal < base + EDGE_SHARE * (top - base)
    return tuple(_with_values(item, table, movement, side, rest) for item in found)


def _no_repetition_words(movement: Movement, chosen: ChosenSignal, excursion_deg: float) -> str:
    moved = f"moved only {excursion_deg:.0f} degrees"
    if not np.isfinite(excursion_deg):
        moved = "could not be followed, because the body points it needs were hidden or outside the picture"
    return (
        f"no repetition found: the {chosen.words} {moved} (at least "
        f"{chosen.rule.min_excursion_deg:.0f} needed for '{movement.name}'). Check the movement and the side, and "
        "that the recording shows the start position as well as the end."
    )


def _levels(signal: NDArray[np.float64]) -> tuple[float, float]:
    finite = signal[np.isfinite(signal)]
    if finite.size < 2:
        return float("nan"), float("nan")
    # Not minimum and maximum, which a single wrong picture sets; nearer to the top, where holds are short.
    return float(np.percentile(finite, 5)), float(np.percentile(finite, 97))


def _excursions(
    time_s: NDArray[np.float64], signal: NDArray[np.float64], base: float, top: float, enter: float
) -> list[tuple[int, int]]:
    """(first, past the last) sample of each excursion, found with hysteresis and widened to its edges."""
    share = (np.nan_to_num(bridged(signal), nan=base) - base) / (top - base)
    spans: list[tuple[int, int]] = []
    for first, last in true_runs(share > LEAVE_SHARE):
        if not (share[first:last] > enter).any() or time_s[last - 1] - time_s[first] < MIN_EXCURSION_S:
            continue
        # Two limits find it, so that trembling about one of them does not cut it in two; then it is widened to the
        # lowest limit, where the person left the start position and came back to it.
        before = np.flatnonzero(share[:first] <= EDGE_SHARE)
        after = np.flatnonzero(share[last:] <= EDGE_SHARE)
        begin = int(before[-1]) if before.size else 0
        end = last + int(after[0]) + 1 if after.size else len(share)
        if spans:  # without a return to the start between them, the widened edges would overlap
            begin = max(begin, spans[-1][1] - 1)
        spans.append((begin, end))
    return spans


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
    hold = find_hold(time_s[inside], signal[inside], base)
    start_s, end_s = float(time_s[first]), float(time_s[last - 1])
    reason = _gap_words(_longest_gap_s(time_s[inside], signal[inside]))
    if hold is None:
        # The peak of measured samples where there are any: an interpolated curve can overshoot.
        seen = measured[inside] if np.isfinite(measured[inside]).any() else signal[inside]
        peak = first + int(np.nanargmax(seen))
        near = np.abs(time_s - time_s[peak]) <= PEAK_WINDOW_S
        times = time_s[near]
        return Repetition(
            number, start_s, end_s, float(times[0]), float(times[-1]), False, used=not reason, reason=reason
        )
    a, b = first + hold[0], first + hold[1] - 1
    return Repetition(number, start_s, end_s, float(time_s[a]), float(time_s[b]), True, used=not reason, reason=reason)


def _timed_by_hand(
    found: Repetition, times: RepetitionTimes | None, time_s: NDArray[np.float64], signal: NDArray[np.float64]
) -> Repetition:
    """The repetition with the times that a person set, if any; a hold set by hand counts as one, however short."""
    if times is None:
        return found
    inside = (time_s >= times.start_s) & (time_s <= times.end_s)
    if not ((time_s >= times.hold_start_s) & (time_s <= times.hold_end_s)).any():
        raise RecordingError(
            f"the hold set by hand for repetition {found.number}, {times.hold_start_s:g} to {times.hold_end_s:g} s, holds "
            "no picture; choose other times."
        )
    gap_s = _longest_gap_s(time_s[inside], signal[inside])
    reason = _gap_words(gap_s)
    return Repetition(
        found.number,
        times.start_s,
        times.end_s,
        times.hold_start_s,
        times.hold_end_s,
        True,
        used=not reason,
        reason=reason,
        corrected=TIMES_SET_WORDS,
    )


def _gap_words(gap_s: float) -> str:
    return f"{gap_s:.1f} s of it could not be measured" if gap_s > MAX_GAP_S else ""


def _longest_gap_s(time_s: NDArray[np.float64], signal: NDArray[np.float64]) -> float:
    known = time_s[np.isfinite(signal)]
    # With its ends, so that a gap at the beginning or at the end counts as one, too.
    edges = np.concatenate([[time_s[0]], known, [time_s[-1]]])
    return float(np.diff(edges).max())


def _with_values(
    repetition: Repetition, table: AngleTable, movement: Movement, side: Side, rest: NDArray[np.bool_]
) -> Repetition:
    time_s = table.time_s
    hold = (time_s >= repetition.hold_start_s) & (time_s <= repetition.hold_end_s)
    # Half of a short hold, but no more than half a second of a long one must have been measured.
    enough = min(MIN_MEASURED_SHARE, MIN_MEASURED_S / max(repetition.hold_s, MIN_MEASURED_S))
    end_range = {
        outcome.name: _median_measured(signed_degrees(table, outcome.ref, side, measured=True), hold, enough)
        if _longest_gap_s(time_s[hold], signed_degrees(table, outcome.ref, side)[hold]) <= MAX_GAP_S
        else float("nan")
        for outcome in movement.outcomes
    }
    compensation = {}
    for item in movement.compensations:
        values = signed_degrees(table, item.ref, side, measured=True)
        value = _median_measured(values, hold, enough)
        if item.measure == "change_from_start":
            value -= _median_measured(values, rest, 0.0)
        compensation[item.name] = value
    return replace(repetition, end_range=end_range, compensation=compensation)


def _median_measured(values: NDArray[np.float64], chosen: NDArray[np.bool_], needed: float) -> float:
    inside = values[chosen]
    known = inside[np.isfinite(inside)]
    return float(np.median(known)) if known.size and known.size >= needed * inside.size else float("nan")
