"""Which angle the repetitions are found from: the first one that the test names and that could be followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import true_runs
from posecheck.kinematics.joints import ANGLES, Side
from posecheck.language import first_lower, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.movements import AngleRef, Movement, RepetitionSignal

MAX_LOST_S = 0.5
"""An angle that is lost for longer while another one is seen has not been followed: the gap that rejects a repetition,
`posecheck.trial.repetitions.MAX_GAP_S` [J]."""


@dataclass(frozen=True, slots=True, eq=False)
class ChosenSignal:
    """The angle that repetitions are found from, over time.

    Attributes
    ----------
    rule : RepetitionSignal
        The angle, and the smallest excursion that counts.
    tested : Side
    degrees : (n,)
        The angle, larger towards the end of the movement; NaN where missing.
    measured : (n,)
        The same without what was interpolated.
    instead_of : RepetitionSignal or None
        The test's first choice, where it could not be followed; None where it is this one.
    """

    rule: RepetitionSignal
    tested: Side
    degrees: NDArray[np.float64]
    measured: NDArray[np.float64]
    instead_of: RepetitionSignal | None = None

    @property
    def words(self) -> str:
        """For people: ``left hip flexion``."""
        return ref_words(self.rule.ref, self.tested)

    def notes(self) -> tuple[str, ...]:
        """What must be said where the test's first choice could not be followed."""
        if self.instead_of is None:
            return ()
        missed = ref_words(self.instead_of.ref, self.tested)
        return (
            phrase(
                "The {missed} could not be followed all the time, so the repetitions were found by the {used}.",
                missed=missed,
                used=self.words,
            ),
        )


def choose_signal(table: AngleTable, movement: Movement, side: Side) -> ChosenSignal:
    """The first signal of the test that was followed throughout; where none was, the one that is known for longest.

    Throughout means: never lost for longer than `MAX_LOST_S` while another of them is known. So a person who walks out of
    the picture changes nothing, and a leg that is hidden behind the other does.

    Parameters
    ----------
    table : AngleTable
    movement : Movement
    side : Side
        The tested side.
    """
    rules = movement.repetition.signals
    signals = [signed_degrees(table, rule.ref, side) for rule in rules]
    place = _followed(table.time_s, signals)
    return ChosenSignal(
        rules[place],
        side,
        signals[place],
        signed_degrees(table, rules[place].ref, side, measured=True),
        rules[0] if place else None,
    )


def signed_degrees(table: AngleTable, ref: AngleRef, side: Side, *, measured: bool = False) -> NDArray[np.float64]:
    """(n,) an angle as a test uses it, NaN where missing.

    Parameters
    ----------
    table : AngleTable
    ref : AngleRef
    side : Side
        The tested side.
    measured : bool
        Only what was measured, not what was filled in. Default: both, for a curve without needless gaps.
    """
    column = ref.column(side)
    alone = table.of(ref.source)
    values = alone.measured(column) if measured else alone.values[column].to_numpy(dtype=np.float64)
    return ref.factor(side) * values


def ref_words(ref: AngleRef, tested: Side) -> str:
    """For people: whose angle it is, ``left hip flexion`` or ``trunk flexion``."""
    own = ref.side(tested)
    title = first_lower(ANGLES[ref.angle].title)
    return phrase("{side} {angle}", side=own.words, angle=title) if own else title


def _followed(time_s: NDArray[np.float64], signals: Sequence[NDArray[np.float64]]) -> int:
    known = np.isfinite(np.stack(signals))
    anywhere = known.any(axis=0)
    for place, mine in enumerate(known):
        if _longest_s(time_s, anywhere & ~mine) <= MAX_LOST_S and mine.any():
            return place
    return int(np.argmax(known.sum(axis=1)))  # the first of equals


def _longest_s(time_s: NDArray[np.float64], lost: NDArray[np.bool_]) -> float:
    return max((float(time_s[last - 1] - time_s[first]) for first, last in true_runs(lost)), default=0.0)
