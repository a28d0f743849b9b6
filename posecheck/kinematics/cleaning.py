"""Landmarks as the model gives them in; trustworthy, evenly smoothed landmarks out, every sample labelled.

The path follows docs/method.md#section-4: mask, tell left from right, check limb lengths, drop outliers, fill short gaps,
smooth without lag. Nothing is invented: what cannot be trusted becomes missing, and says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import true_runs
from posecheck.kinematics.joints import Side, mark_of
from posecheck.kinematics.limbs import limb_faults
from posecheck.kinematics.low_pass import LowPass
from posecheck.kinematics.swaps import Relabelling, order_legs, repair_swaps
from posecheck.language import filled, phrase
from posecheck.pose.landmarks import CleaningEvent, CleanSeries, Landmark, LandmarkSeries, SampleState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

HEAD_EDGE = 0.02
"""Closer to the picture's edge than this share of its longer side, a head is cut off: the model then puts it on the edge, or
a little to either side of it (chosen by us; in recordings with the whole body it is never closer than 0.07)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleaningOptions:
    """How landmarks are cleaned. [J] chosen by us, [C] computed: see docs/method.md#section-4."""

    min_visibility: float = 0.5
    """Below this a point counts as not seen [J]."""
    max_swap_s: float = 0.5
    """Left/right swaps up to this long are relabelled, longer ones rejected [J]."""
    max_limb_ratio: float = 1.10
    """A limb that suddenly looks longer than this times its own length is a tracking fault [J]."""
    min_limb_ratio: float | None = None
    """One that suddenly looks shorter than this is a fault too, for tests whose legs stay in the picture's plane: 0.87 is
    30 degrees out of plane [C]. None where legs may point at the camera."""
    hampel_window: int = 7
    """Samples in the running median that finds single outliers [J]."""
    cutoff_hz: float = 3.0
    """Butterworth low-pass for slow movement [J]; Sports2D uses 6 Hz."""
    fill_s: float = 0.2
    """Gaps up to this are interpolated silently [J]."""
    max_fill_s: float = 0.5
    """Gaps up to this are interpolated and reported; longer ones stay missing [J]."""
    rear_leg: Side | None = None
    """The leg that the user says is behind in a side view (the lunge): settles which leg is which."""
    facing: int = 1
    """Which way the person faces, for `rear_leg`: +1 right edge of the picture, -1 left edge."""


def clean(series: LandmarkSeries, options: CleaningOptions | None = None) -> CleanSeries:
    """Clean a landmark series.

    Parameters
    ----------
    series : LandmarkSeries
        As the estimator gave it.
    options : CleaningOptions, optional

    Returns
    -------
    CleanSeries
        Same times; points smoothed, missing ones NaN, every sample labelled measured, interpolated or missing; beside them
        all points as they came, for what can make use of a guess.
    """
    options = options or CleaningOptions()
    out_of_frame = series.outside
    relabelled = _tell_sides_apart(_mask_unseen(series, out_of_frame, options), options)
    faults = limb_faults(relabelled.series, max_ratio=options.max_limb_ratio, min_ratio=options.min_limb_ratio)
    xy, whole = relabelled.series.xy_px.copy(), relabelled.applied_to(series)
    xy[relabelled.rejected | faults] = np.nan
    swapped, told = relabelled.swapped, relabelled.events
    del relabelled  # an hour of landmarks is 170 MB, so that as few copies as possible are there at a time
    xy[_outliers(series, xy, options)] = np.nan
    xyz = whole.xyz_m.copy()
    xyz[np.isnan(xy[:, :, 0]) & np.isfinite(whole.xy_px[:, :, 0])] = np.nan
    state, gaps = _fill_gaps(series.time_s, xy, xyz, options)
    _smooth(series, xy, xyz, options)
    current = replace(whole, xy_px=xy, xyz_m=xyz)
    events = (*told, *_fault_events(series, faults), *_frame_events(series, out_of_frame), *_head_events(series), *gaps)
    return CleanSeries(current, state, swapped, tuple(sorted(events, key=lambda event: event.start_s)), whole)


def _mask_unseen(series: LandmarkSeries, outside: NDArray[np.bool_], options: CleaningOptions) -> LandmarkSeries:
    """The series without the places in the picture of points that were not seen; those in space stay."""
    xy = series.xy_px.copy()
    with np.errstate(invalid="ignore"):
        xy[outside | ~(series.visibility >= options.min_visibility)] = np.nan
    return replace(series, xy_px=xy)


def _tell_sides_apart(series: LandmarkSeries, options: CleaningOptions) -> Relabelling:
    if options.rear_leg is not None:
        return order_legs(series, rear=options.rear_leg, facing=options.facing)
    return repair_swaps(series, max_swap_s=options.max_swap_s)


def _outliers(series: LandmarkSeries, xy_px: NDArray[np.float64], options: CleaningOptions) -> NDArray[np.bool_]:
    """Hampel filter: samples further than 3 scaled median deviations (and 1 % of the picture) from a running median."""
    from scipy.ndimage import median_filter  # loaded late, as SciPy takes its time

    window, found = options.hampel_window, np.zeros(xy_px.shape[:2], dtype=bool)
    if len(series) < window:
        return found
    floor = 0.01 * max(series.source.width_px, series.source.height_px)
    for some in _batches(list(Landmark), len(series)):
        filled = _interpolate_all(series.time_s, xy_px[:, some])
        deviation = np.abs(filled - median_filter(filled, size=(window, 1, 1), mode="nearest"))
        scale = 1.4826 * median_filter(deviation, size=(window, 1, 1), mode="nearest")
        found[:, some] = (deviation > np.maximum(3.0 * scale, floor)).any(axis=-1)
    return found


TOGETHER = 20_000
"""About so many points are filtered at once: bounds the memory of long recordings (chosen by us)."""


def _batches(marks: list[int], pictures: int) -> Iterator[list[int]]:
    """Points to be filtered at once: all of a short stretch, one after the other of a long one."""
    most = max(1, TOGETHER // pictures)
    yield from (marks[first : first + most] for first in range(0, len(marks), most))


def _interpolate_all(time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    flat = values.reshape(len(values), -1).copy()
    for column in flat.T:
        known = np.isfinite(column)
        column[:] = np.interp(time_s, time_s[known], column[known]) if known.any() else 0.0
    return flat.reshape(values.shape)


def _fill_gaps(
    time_s: NDArray[np.float64], xy: NDArray[np.float64], xyz: NDArray[np.float64], options: CleaningOptions
) -> tuple[NDArray[np.int8], list[CleaningEvent]]:
    """Fill short gaps of both in place; the state of each sample, and what to say of longer ones."""
    state = np.full(xy.shape[:2], SampleState.MEASURED, dtype=np.int8)
    events: list[CleaningEvent] = []
    for mark in Landmark:
        missing = ~np.isfinite(xy[:, mark, 0])
        state[missing, mark] = SampleState.MISSING
        for first, last in true_runs(missing):
            if first == 0 or last == len(time_s):
                continue
            gap_s = float(time_s[last] - time_s[first - 1])
            if gap_s > options.max_fill_s:
                continue
            inside, beside = slice(first, last), [first - 1, last]
            for array in (xy, xyz):
                for axis in range(array.shape[2]):
                    array[inside, mark, axis] = np.interp(time_s[inside], time_s[beside], array[beside, mark, axis])
            state[inside, mark] = SampleState.INTERPOLATED
            if gap_s > options.fill_s and mark in _NAMED_IN_EVENTS:
                start, end = float(time_s[first]), float(time_s[last])
                words = phrase(
                    "The {point} was not seen for {seconds:.1f} s and was filled in.", point=mark.words, seconds=gap_s
                )
                events.append(CleaningEvent("long_gap", start, end, words))
    return state, events


_NAMED_IN_EVENTS = frozenset(mark_of(part, side) for part in ("shoulder", "hip", "knee", "ankle") for side in Side)


def _smooth(
    series: LandmarkSeries, xy: NDArray[np.float64], xyz: NDArray[np.float64], options: CleaningOptions
) -> None:
    """Zero-lag 4th-order Butterworth (2nd order forwards and backwards, cutoff corrected) on an even time grid, in place.

    Winter 2009, section 3.4.4.2: running twice needs the cutoff divided by (sqrt(2) - 1) ** 0.25 = 0.802.
    """
    rate = series.rate_hz
    cutoff = options.cutoff_hz / 0.802
    if len(series) < 2 or not np.isfinite(rate) or cutoff >= 0.45 * rate:
        return
    low_pass = LowPass.at(cutoff, rate)
    for (first, last), marks in _marks_by_run(np.isfinite(xy[:, :, 0])).items():
        for some in _batches(marks, last - first):
            both = np.concatenate([xy[first:last, some], xyz[first:last, some]], axis=-1)
            smoothed = _filter_run(low_pass, series.time_s[first:last], both.reshape(last - first, -1), rate)
            xy[first:last, some], xyz[first:last, some] = np.split(smoothed.reshape(both.shape), [2], axis=-1)


def _marks_by_run(known: NDArray[np.bool_]) -> dict[tuple[int, int], list[int]]:
    """The points of each stretch of frames in which they are known: those of one stretch are filtered together."""
    marks: dict[tuple[int, int], list[int]] = {}
    for mark in Landmark:
        for run in true_runs(known[:, mark]):
            marks.setdefault(run, []).append(mark)
    return marks


def _filter_run(
    low_pass: LowPass, time_s: NDArray[np.float64], values: NDArray[np.float64], rate_hz: float
) -> NDArray[np.float64]:
    if len(values) < 4:
        return values
    even_s = np.arange(time_s[0], time_s[-1] + 0.5 / rate_hz, 1.0 / rate_hz)
    even = np.stack([np.interp(even_s, time_s, column) for column in values.T], axis=1)
    if len(even) < 4:
        return values
    smoothed = low_pass.both_ways(even, padding=min(len(even) - 1, int(rate_hz)))
    return np.stack([np.interp(time_s, even_s, column) for column in smoothed.T], axis=1)


def _fault_events(series: LandmarkSeries, faults: NDArray[np.bool_]) -> list[CleaningEvent]:
    events = []
    for side in Side:
        knee, ankle = mark_of("knee", side), mark_of("ankle", side)
        for first, last in true_runs(faults[:, knee] | faults[:, ankle]):
            start, end = float(series.time_s[first]), float(series.time_s[last - 1])
            if end - start >= 0.2:
                words = phrase(
                    "The {side} leg had an impossible length for {seconds:.1f} s: not used.",
                    side=side.words,
                    seconds=end - start,
                )
                events.append(CleaningEvent("limb_length", start, end, words))
    return events


def _frame_events(series: LandmarkSeries, outside: NDArray[np.bool_]) -> list[CleaningEvent]:
    events = []
    for words, names in _OUTSIDE_WORDS:
        marks = [mark_of(name, side) for name in names for side in Side]
        for first, last in true_runs(np.asarray(outside[:, marks].any(axis=1))):
            start, end = float(series.time_s[first]), float(series.time_s[last - 1])
            if end - start >= 0.2:
                events.append(CleaningEvent("out_of_frame", start, end, filled(words, seconds=end - start)))
    return events


_OUTSIDE_WORDS = (
    (phrase("The feet were outside the picture for {seconds:.1f} s."), ("ankle", "heel", "foot_index")),
    (phrase("The knees were outside the picture for {seconds:.1f} s."), ("knee",)),
    (phrase("The hips were outside the picture for {seconds:.1f} s."), ("hip",)),
    (phrase("The shoulders were outside the picture for {seconds:.1f} s."), ("shoulder",)),
)
"""What is said, and the parts of the body that it is said of."""


def _head_events(series: LandmarkSeries) -> list[CleaningEvent]:
    """When the head was cut off by the picture's edge, where the model then puts it."""
    size = np.array([series.source.width_px, series.source.height_px])
    head = series.xy_px[:, [Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR]]
    with np.errstate(invalid="ignore"):
        at_edge = (np.minimum(head, size - head) < HEAD_EDGE * size.max()).any(axis=(1, 2))
    spans = ((float(series.time_s[first]), float(series.time_s[last - 1])) for first, last in true_runs(at_edge))
    words = phrase("The head was outside the picture for {seconds:.1f} s.")
    return [
        CleaningEvent("head_out_of_frame", start, end, filled(words, seconds=end - start))
        for start, end in spans
        if end - start >= 0.2
    ]
