"""Whether the segment that should move did, and the others stayed where they were: else the numbers mean something else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.language import phrase
from posecheck.trial.signal import signed_degrees

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.kinematics.joints import Side
    from posecheck.movements import Movement
    from posecheck.trial.repetitions import Repetition

REST_S = 0.5
"""Rest is what lies this long before a repetition begins, and after it ends (chosen by us)."""


def judge_stillness(
    repetitions: tuple[Repetition, ...], table: AngleTable, movement: Movement, side: Side
) -> tuple[Repetition, ...]:
    """The repetitions; those in which the wrong segment moved are not used, and say so.

    An angle between two segments is the same whichever of them moves: a sit-up turns the hip as far as a knee that is pulled
    to the chest. What cannot be seen is not judged.

    Parameters
    ----------
    repetitions : tuple of Repetition
    table : AngleTable
    movement : Movement
    side : Side
        The tested side.
    """
    return tuple(_judged(item, table, movement, side) if item.used else item for item in repetitions)


def change_deg(repetition: Repetition, time_s: NDArray[np.float64], degrees: NDArray[np.float64]) -> float:
    """An angle at end range less the angle at rest, NaN where either is missing.

    Of the rests before and after, the one that it differs less from counts: somebody who steps into position, or gets up
    after the last repetition, was not at rest there.
    """
    held = _median_between(time_s, degrees, repetition.hold_start_s, repetition.hold_end_s)
    rests = (
        _median_between(time_s, degrees, repetition.start_s - REST_S, repetition.start_s),
        _median_between(time_s, degrees, repetition.end_s, repetition.end_s + REST_S),
    )
    changes = [held - rest for rest in rests if np.isfinite(held - rest)]
    return min(changes, key=abs, default=float("nan"))


def _judged(repetition: Repetition, table: AngleTable, movement: Movement, side: Side) -> Repetition:
    reason = next(_reasons(repetition, table, movement, side), "")
    return replace(repetition, used=False, reason=reason) if reason else repetition


def _reasons(repetition: Repetition, table: AngleTable, movement: Movement, side: Side) -> Iterator[str]:
    for rule in movement.still:
        degrees = signed_degrees(table, rule.ref, side)
        if rule.measure == "end_range":
            value = _median_between(table.time_s, degrees, repetition.hold_start_s, repetition.hold_end_s)
        else:
            value = change_deg(repetition, table.time_s, degrees)
        if value < rule.low_deg or value > rule.high_deg:  # never with a NaN
            if rule.measure == "end_range":
                yield phrase("{fault} ({angle:.0f} degrees)", fault=rule.words, angle=value)
            else:
                yield phrase("{fault} (by {angle:.0f} degrees)", fault=rule.words, angle=abs(value))


def _median_between(time_s: NDArray[np.float64], degrees: NDArray[np.float64], start_s: float, end_s: float) -> float:
    inside = degrees[(time_s >= start_s) & (time_s <= end_s)]
    known = inside[np.isfinite(inside)]
    return float(np.median(known)) if known.size else float("nan")
