"""Hold and end range of every repetition, and whether it counts (docs/method.md#section-4, points 5 to 8)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import RecordingError
from posecheck.language import filled, phrase
from posecheck.trial.excursions import EDGE_SHARE, MIN_EXCURSION_S, find_excursions, without_spikes
from posecheck.trial.holds import bridged, find_hold
from posecheck.trial.signal import choose_signal, signed_degrees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.kinematics.joints import Side
    from posecheck.movements import AngleRef, Movement
    from posecheck.trial.excursions import Excursion, Excursions
    from posecheck.trial.signal import ChosenSignal

FULL_SHARE = 0.5
"""A repetition that goes less than half as far as the others usually do is none to measure (chosen by us)."""
UNLIKE_SHARE = 0.2
"""Cut by the recording's beginning or end, a repetition counts if its end is this much like the others' (by us)."""
PEAK_WINDOW_S = 0.1
"""Without a hold, values are the median this close to the peak."""
MAX_GAP_S = 0.5
"""A repetition with a longer gap than this in its upper half is rejected [J]."""
MIN_MEASURED_SHARE, MIN_MEASURED_S = 0.5, 0.5
"""End range is given only where half of the hold, or half a second of it, was measured (chosen by us)."""
WITHIN_95 = 1.96
"""Half of the range that holds 95 % of a normal distribution, in standard deviations."""
WANTED_REPETITIONS = 3
"""Fewer than this widen the error and are pointed out (docs/method.md#section-4, point 8)."""


TIMES_SET_WORDS = phrase("times set by hand")
"""How a repetition is marked whose times a person set."""
ADDED_WORDS = phrase("added by hand")
"""How a repetition is marked that was not found and that a person marked."""
ADDED_REPETITION = phrase("the repetition added by hand")


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
        What a person set right: empty, "excluded by hand", "times set by hand" or "added by hand".
    error95_deg : mapping of str to float
        Outcome name to how far its end range may be off, either way, with 95 % certainty; only where the source of the angle
        knows it. Holding longer does not make it smaller: whatever misled the source, it did so all the time.
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
    error95_deg: Mapping[str, float] = field(default_factory=dict)

    @property
    def hold_s(self) -> float:
        """Length of the hold in seconds, 0 without one."""
        return self.hold_end_s - self.hold_start_s if self.held else 0.0


def find_repetitions(
    table: AngleTable,
    movement: Movement,
    side: Side,
    *,
    times: Mapping[int, RepetitionTimes] | None = None,
    added: Sequence[RepetitionTimes] = (),
    max_gap_s: float = MAX_GAP_S,
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
    added : sequence of RepetitionTimes
        Repetitions that were not found and that a person marked, in the order of time: numbered after the others.
    max_gap_s : float
        A repetition with a longer gap in its upper half is not used.

    Raises
    ------
    RecordingError
        The signal never rises above the test's smallest excursion; or times set by hand lie outside of the recording, or
        over another repetition.
    """
    chosen, time_s = choose_signal(table, movement, side), table.time_s
    signal, measured = (without_spikes(time_s, values) for values in (chosen.degrees, chosen.measured))
    found = find_excursions(time_s, signal, chosen.rule.min_excursion_deg)
    if not found.items and found.jerks:
        raise RecordingError(_JERKS_WORDS)
    if not found.items:
        raise RecordingError(_no_repetition_words(movement, chosen, found.largest_deg))
    curve = _Curve(time_s, signal, measured)
    repetitions = [_repetition(number, curve, item, max_gap_s) for number, item in enumerate(found.items, start=1)]
    repetitions = _judged(repetitions, found, curve)
    repetitions = [_timed_by_hand(item, (times or {}).get(item.number), curve) for item in repetitions]
    rests = _rests(signal, found.items)
    for given in added:
        _check_apart(given, repetitions)
        repetitions.append(_by_hand(len(repetitions) + 1, ADDED_REPETITION, given, curve, ADDED_WORDS))
        rests.append(_rest_of_all(rests, time_s, given))
    return tuple(_with_values(item, table, movement, side, rest) for item, rest in zip(repetitions, rests, strict=True))


_JERKS_WORDS = phrase(
    "no repetition found: every movement was over in less than {least:g} s. Move slowly and hold for 2 to 3 seconds.",
    least=MIN_EXCURSION_S,
)


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """The signal that repetitions are found in: ``signal`` with what was filled in, ``measured`` without."""

    time_s: NDArray[np.float64]
    signal: NDArray[np.float64]
    measured: NDArray[np.float64]


def _no_repetition_words(movement: Movement, chosen: ChosenSignal, excursion_deg: float) -> str:
    if np.isfinite(excursion_deg):
        words = phrase(
            "no repetition found: the {angle} moved only {moved:.0f} degrees (at least {least:.0f} needed for “{test}”). "
            "Check the movement and the side, and that the recording shows the start position as well as the end."
        )
    else:
        words = phrase(
            "no repetition found: the {angle} could not be followed, because the body points it needs were hidden or "
            "outside the picture (at least {least:.0f} needed for “{test}”). Check the movement and the side, and that the "
            "recording shows the start position as well as the end."
        )
    return filled(
        words, angle=chosen.words, moved=excursion_deg, least=chosen.rule.min_excursion_deg, test=movement.title
    )


def _repetition(number: int, curve: _Curve, excursion: Excursion, max_gap_s: float) -> Repetition:
    inside = slice(excursion.first, excursion.last)
    time_s, signal, measured = curve.time_s[inside], curve.signal[inside], curve.measured[inside]
    hold = find_hold(time_s, signal, excursion.rest_deg)
    reason = _gap_words(_gap_in_upper_half_s(time_s, signal, excursion.rest_deg), max_gap_s)
    start_s, end_s, held = float(time_s[0]), float(time_s[-1]), hold is not None
    if hold is None:
        # The peak of measured samples where there are any: an interpolated curve can overshoot.
        seen = measured if np.isfinite(measured).any() else signal
        near = np.abs(time_s - time_s[int(np.nanargmax(seen))]) <= PEAK_WINDOW_S
        hold = int(np.argmax(near)), int(np.flatnonzero(near)[-1]) + 1
    return Repetition(
        number,
        start_s,
        end_s,
        float(time_s[hold[0]]),
        float(time_s[hold[1] - 1]),
        held,
        used=not reason,
        reason=reason,
    )


def _gap_in_upper_half_s(time_s: NDArray[np.float64], signal: NDArray[np.float64], rest_deg: float) -> float:
    """The longest time for which it is not known how far the movement went: what lies below half of it does not matter."""
    whole = bridged(signal)
    upper = np.flatnonzero(whole >= (rest_deg + float(whole.max())) / 2)
    first, last = int(upper[0]), int(upper[-1])
    known = np.isfinite(signal)
    while first > 0 and not known[first]:
        first -= 1
    while last < len(known) - 1 and not known[last]:
        last += 1
    return _longest_gap_s(time_s[first : last + 1], signal[first : last + 1])


def _judged(repetitions: list[Repetition], found: Excursions, curve: _Curve) -> list[Repetition]:
    """Leave out what went only part of the way, and what the recording cut off and therefore may have gone further."""
    ends = [_end_deg(item, curve) for item in repetitions]
    whole = [end for end, item in zip(ends, found.items, strict=True) if item.begins and item.ends]
    judged = []
    for repetition, excursion, end in zip(repetitions, found.items, ends, strict=True):
        reason = repetition.reason
        if excursion.height_deg < FULL_SHARE * found.typical_deg:
            reason = phrase(
                "it went {height:.0f} degrees, less than half as far as the others", height=excursion.height_deg
            )
        elif not (excursion.begins and excursion.ends):
            unlike = bool(whole) and abs(end - float(np.median(whole))) > UNLIKE_SHARE * found.typical_deg
            cut = (
                phrase("the recording ends in the middle of it")
                if excursion.begins
                else phrase("the recording begins in the middle of it")
            )
            reason = cut if unlike or not repetition.held else reason
        judged.append(replace(repetition, used=not reason, reason=reason))
    return judged


def _end_deg(repetition: Repetition, curve: _Curve) -> float:
    hold = (curve.time_s >= repetition.hold_start_s) & (curve.time_s <= repetition.hold_end_s)
    return float(np.median(bridged(curve.signal)[hold]))


def _rests(signal: NDArray[np.float64], excursions: Sequence[Excursion]) -> list[NDArray[np.bool_]]:
    """For each excursion, the samples outside of all of them that are about as low as its own rest."""
    outside = np.ones(len(signal), dtype=bool)
    for item in excursions:
        outside[item.first + 1 : item.last - 1] = False
    return [
        outside
        & (np.abs(signal - item.rest_deg) <= EDGE_SHARE * max(item.height_deg, np.nanmax(signal) - item.rest_deg))
        for item in excursions
    ]


def _timed_by_hand(found: Repetition, times: RepetitionTimes | None, curve: _Curve) -> Repetition:
    """The repetition with the times that a person set, if any."""
    if times is None:
        return found
    return _by_hand(found.number, phrase("repetition {number}", number=found.number), times, curve, TIMES_SET_WORDS)


def _by_hand(number: int, which: str, times: RepetitionTimes, curve: _Curve, corrected: str) -> Repetition:
    """A repetition with times that a person set; a hold set by hand counts as one, however short."""
    time_s, signal = curve.time_s, curve.signal
    inside = (time_s >= times.start_s) & (time_s <= times.end_s)
    if not ((time_s >= times.hold_start_s) & (time_s <= times.hold_end_s)).any():
        raise RecordingError(
            phrase(
                "the hold set by hand for {which}, {start:g} to {end:g} s, holds no picture; choose other times.",
                which=which,
                start=times.hold_start_s,
                end=times.hold_end_s,
            )
        )
    reason = _gap_words(_longest_gap_s(time_s[inside], signal[inside]))
    return Repetition(
        number,
        times.start_s,
        times.end_s,
        times.hold_start_s,
        times.hold_end_s,
        True,
        used=not reason,
        reason=reason,
        corrected=corrected,
    )


def _check_apart(added: RepetitionTimes, repetitions: Sequence[Repetition]) -> None:
    """No moment may count twice."""
    over = next((item for item in repetitions if added.start_s < item.end_s and item.start_s < added.end_s), None)
    if over is not None:
        raise RecordingError(
            phrase(
                "the repetition added by hand, {start:g} to {end:g} s, lies over repetition {number} ({over_start:.2f} to "
                "{over_end:.2f} s); choose other times, or change those of repetition {number}.",
                start=added.start_s,
                end=added.end_s,
                number=over.number,
                over_start=over.start_s,
                over_end=over.end_s,
            )
        )


def _rest_of_all(
    rests: Sequence[NDArray[np.bool_]], time_s: NDArray[np.float64], added: RepetitionTimes
) -> NDArray[np.bool_]:
    """The start position of any other repetition, outside of the one that was added."""
    outside = (time_s < added.start_s) | (time_s > added.end_s)
    somewhere: NDArray[np.bool_] = np.any(rests, axis=0)
    return somewhere & outside


def _gap_words(gap_s: float, max_gap_s: float = MAX_GAP_S) -> str:
    return phrase("{gap:.1f} s of it could not be measured", gap=gap_s) if gap_s > max_gap_s else ""


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
    errors = {
        outcome.name: WITHIN_95 * float(np.nanmedian(sd[hold]))
        for outcome in movement.outcomes
        if np.isfinite(end_range[outcome.name])
        and np.isfinite((sd := _measured_sd(table, outcome.ref, side))[hold]).any()
    }
    return replace(repetition, end_range=end_range, compensation=compensation, error95_deg=errors)


def _measured_sd(table: AngleTable, ref: AngleRef, side: Side) -> NDArray[np.float64]:
    alone, column = table.of(ref.source), ref.column(side)
    return np.where(np.isfinite(alone.measured(column)), alone.sd_of(column), np.nan)


def _median_measured(values: NDArray[np.float64], chosen: NDArray[np.bool_], needed: float) -> float:
    inside = values[chosen]
    known = inside[np.isfinite(inside)]
    return float(np.median(known)) if known.size and known.size >= needed * inside.size else float("nan")
