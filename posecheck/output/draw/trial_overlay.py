"""What is drawn on each picture of a trial: points, primary angles, repetition and hold at a moment."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import ANGLES, Side
from posecheck.kinematics.sources import find_source
from posecheck.language import counted, phrase
from posecheck.movements import Role
from posecheck.output.draw.angle_marks import angle_mark
from posecheck.output.draw.lettering import WHITE
from posecheck.output.draw.overlay import READING_COLOURS, OverlaySample, Reading
from posecheck.output.draw.timeline import Timeline
from posecheck.pose.landmarks import LANDMARK_COUNT, SampleState
from posecheck.trial.signal import choose_signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.movements import Movement, Outcome
    from posecheck.output.draw.angle_marks import AngleMark
    from posecheck.pose.landmarks import CleanSeries
    from posecheck.trial.repetitions import Repetition
    from posecheck.trial.result import TrialResult

SAME_TIME_S = 1e-3
"""A picture and a row of landmarks this close are the same frame: less than half a frame at 240 frames/s."""
SHOWN_OUTCOMES = 2
"""Primary outcomes that are drawn: more would hide the person."""
LOOKS_ALIKE_DEG = 10.0
"""An angle that was measured in space is drawn where the picture shows one that differs by no more than this: less is hardly
seen, and more would look as if the number were wrong (chosen by us)."""


@dataclass(frozen=True, slots=True, eq=False)
class SkeletonOverlay:
    """The body alone, frame by frame."""

    clean: CleanSeries

    def sample(self, time_s: float, width_px: int, height_px: int) -> OverlaySample:
        """What to draw on the picture of a moment; nothing between and beyond the frames that were analysed."""
        row = self.row(time_s)
        if row is None:
            missing = np.full(LANDMARK_COUNT, SampleState.MISSING, dtype=np.int8)
            return OverlaySample(time_s, np.full((LANDMARK_COUNT, 2), np.nan), missing)
        series = self.clean.landmarks
        size = np.array([width_px / series.source.width_px, height_px / series.source.height_px])
        return OverlaySample(time_s, np.asarray(series.xy_px[row] * size), self.clean.state[row])

    def row(self, time_s: float) -> int | None:
        """Row of the landmarks at that time, None where there is none."""
        times = self.clean.landmarks.time_s
        row = int(np.searchsorted(times, time_s - SAME_TIME_S))
        return row if row < len(times) and times[row] <= time_s + SAME_TIME_S else None


@dataclass(frozen=True, slots=True, eq=False)
class TrialOverlay:
    """Everything known about a trial, looked up by time.

    Attributes
    ----------
    result : TrialResult
    timeline : Timeline
    curves : tuple of _Curve
        The outcomes that are drawn, over time.
    """

    result: TrialResult
    timeline: Timeline
    curves: tuple[_Curve, ...]

    @classmethod
    def of(cls, result: TrialResult) -> TrialOverlay:
        """Prepare the overlay of a trial."""
        side, table = result.trial.side, result.table
        signal = choose_signal(table, result.movement, side)
        outcomes, ref = primary_outcomes(result.movement), signal.rule.ref
        shown = [outcome.ref.column(side) for outcome in outcomes]
        colour = READING_COLOURS[shown.index(ref.column(side))] if ref.column(side) in shown else WHITE
        timeline = Timeline(table.time_s, signal.degrees, result.trial.repetitions, colour)
        return cls(result, timeline, tuple(_Curve.of(outcome, result) for outcome in outcomes))

    def sample(self, time_s: float, width_px: int, height_px: int) -> OverlaySample:
        """What to draw on the picture of a moment, for a picture of that size.

        Between and beyond the frames that were analysed nothing of the body is drawn.
        """
        body = SkeletonOverlay(self.result.clean)
        row = body.row(time_s)
        sample = body.sample(time_s, width_px, height_px)
        present = next((item for item in self.result.trial.repetitions if item.start_s <= time_s <= item.end_s), None)
        return replace(
            sample,
            title=self.result.trial.label,
            tested=self.result.trial.side,
            readings=tuple(curve.reading(row, sample.xy_px) for curve in self.curves),
            repetition=self._repetition_words(present),
            hold_s=_hold_so_far_s(present, time_s),
            timeline=self.timeline,
        )

    def end_range_sample(self, item: Repetition, width_px: int, height_px: int) -> OverlaySample:
        """What to draw on the middle of a repetition's hold; the values are those of the whole hold."""
        sample = self.sample(self.hold_middle_s(item), width_px, height_px)
        readings = tuple(
            replace(reading, value=value, state=SampleState.MEASURED) if math.isfinite(value) else reading
            for reading, value in zip(
                sample.readings,
                (item.end_range.get(outcome.name, math.nan) for outcome in primary_outcomes(self.result.movement)),
                strict=True,
            )
        )
        return replace(sample, readings=readings)

    def typical_repetition(self) -> Repetition | None:
        """The used repetition whose first primary outcome is nearest to the mean; None without any."""
        outcome = self.result.trial.outcome(primary_outcomes(self.result.movement)[0].name)
        found = [
            item for item in self.result.trial.repetitions if item.used and math.isfinite(_value(item, outcome.name))
        ]
        return min(found, key=lambda item: abs(_value(item, outcome.name) - outcome.mean), default=None)

    def hold_middle_s(self, item: Repetition) -> float:
        """Time of the frame nearest to the middle of a repetition's hold."""
        time_s = self.timeline.time_s
        return float(time_s[np.argmin(np.abs(time_s - (item.hold_start_s + item.hold_end_s) / 2))])

    def _repetition_words(self, present: Repetition | None) -> str:
        count = len(self.result.trial.repetitions)
        if present is None:
            return counted("{count} repetition", "{count} repetitions", count=count) if count else ""
        if present.used:
            return phrase("Repetition {number} of {count}", number=present.number, count=count)
        return phrase("Repetition {number} of {count} (not used)", number=present.number, count=count)


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """One outcome over time, ready to be read row by row."""

    title: str
    unit: str
    angle: str
    side: Side | None
    values: NDArray[np.float64]
    states: NDArray[np.int8]
    drawn: bool
    opens: float

    @classmethod
    def of(cls, outcome: Outcome, result: TrialResult) -> _Curve:
        ref, tested, table = outcome.ref, result.trial.side, result.table
        column = ref.column(tested)
        values = ref.factor(tested) * table.values[column].to_numpy(np.float64)
        widest = result.clean.landmarks.xy_px[int(np.argmax(np.nan_to_num(np.abs(values), nan=-1.0)))]
        mark = angle_mark(ref.angle, widest, ref.side(tested))
        return cls(
            outcome.title,
            ANGLES[ref.angle].unit,
            ref.angle,
            ref.side(tested),
            values,
            table.states[column].to_numpy(np.int8),
            find_source(table.source_of(column)).in_picture,
            1.0 if mark is None else mark.opens,
        )

    def reading(self, row: int | None, xy_px: NDArray[np.float64]) -> Reading:
        if row is None:
            return Reading(self.title, math.nan, self.unit, SampleState.MISSING)
        state = SampleState(int(self.states[row]))
        value = float(self.values[row])
        mark = angle_mark(self.angle, xy_px, self.side, opens=self.opens) if state is not SampleState.MISSING else None
        return Reading(self.title, value, self.unit, state, mark if self._belongs(mark, value) else None)

    def _belongs(self, mark: AngleMark | None, value_deg: float) -> bool:
        """Whether a mark on the picture shows the angle that was measured, which may be one in space."""
        if mark is None or self.drawn:
            return mark is not None
        return abs(abs(math.degrees(mark.turn_rad)) - abs(value_deg)) <= LOOKS_ALIKE_DEG


def primary_outcomes(movement: Movement) -> tuple[Outcome, ...]:
    """The outcomes that are drawn, most important first."""
    return tuple(outcome for outcome in movement.outcomes if outcome.role is Role.PRIMARY)[:SHOWN_OUTCOMES]


def _value(item: Repetition, outcome: str) -> float:
    return item.end_range.get(outcome, math.nan)


def _hold_so_far_s(present: Repetition | None, time_s: float) -> float | None:
    if present is None or not present.held or not present.hold_start_s <= time_s <= present.hold_end_s:
        return None
    return time_s - present.hold_start_s
