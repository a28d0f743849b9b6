"""How well the body points of each outcome were seen while the person held still: the values are no better than that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import ANGLES, Side
from posecheck.language import phrase
from posecheck.pose.landmarks import Landmark, SampleState
from posecheck.trial.sources import strange_to_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.movements import Movement, Outcome
    from posecheck.pose.landmarks import CleanSeries
    from posecheck.trial.repetitions import Repetition

POOR_VISIBILITY = 0.7
"""Where the model is less sure than this that a point is in sight, its place is partly a guess. In rendered side views, one
in ten lines from hip to knee is off by 15 to 50 degrees where it is between 0.4 and 0.8, and half of them by less than 5
(chosen by us)."""
UNSEEN_VISIBILITY = 0.5
"""Below this a point counts as not seen: `posecheck.kinematics.cleaning.CleaningOptions.min_visibility` [J]."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How well the points of one outcome were seen during the holds.

    Attributes
    ----------
    worst : Landmark
        The point that was seen least.
    visibility : float
        How sure the model was that this point is in sight, 0 to 1: median over the holds, NaN where nobody was found.
    measured : float
        Share of the holds' pictures in which it was measured, 0 to 1.
    strange : bool
        Whether its source mostly could not tell it well enough.
    """

    worst: Landmark
    visibility: float
    measured: float
    strange: bool = False

    @property
    def missing_words(self) -> str:
        """Why the outcome is missing, for people."""
        if self.strange:
            return phrase("its joints could not be placed well enough in space during the holds")
        point = self.worst.words
        if self.visibility >= UNSEEN_VISIBILITY:
            return phrase("the {point} could not be followed during the holds, or had left the picture", point=point)
        return phrase("the {point} was hidden during the holds", point=point)

    @property
    def poor(self) -> bool:
        """Whether the model guessed more than it saw."""
        return bool(self.visibility < POOR_VISIBILITY)


def sights(
    movement: Movement,
    tested: Side,
    repetitions: Iterable[Repetition],
    clean: CleanSeries,
    table: AngleTable | None = None,
) -> dict[str, Sight]:
    """How well the points of each outcome were seen, by the outcome's name; empty where no repetition was used.

    Parameters
    ----------
    movement : Movement
    tested : Side
    repetitions : iterable of Repetition
        Those that are used count.
    clean : CleanSeries
        The body points that the outcomes were computed from.
    table : AngleTable, optional
        The angles, which say where the body was strange to their source. Default: it never was.
    """
    held = _held(clean.landmarks.time_s, [item for item in repetitions if item.used])
    if not held.any():
        return {}
    return {
        outcome.name: replace(
            _sight(clean, _marks(outcome, tested), held),
            strange=table is not None
            and _mostly_strange(table.of(outcome.ref.source), outcome.ref.column(tested), held),
        )
        for outcome in movement.outcomes
    }


def _held(time_s: NDArray[np.float64], repetitions: Sequence[Repetition]) -> NDArray[np.bool_]:
    held = np.zeros(len(time_s), dtype=bool)
    for item in repetitions:
        held |= (time_s >= item.hold_start_s) & (time_s <= item.hold_end_s)
    return held


def _mostly_strange(table: AngleTable, column: str, held: NDArray[np.bool_]) -> bool:
    # Where the picture stands in for space it may have no such angle to show.
    return column in table.reasons or float(strange_to_source(table, [column])[held].mean()) > 1 / 2


def _marks(outcome: Outcome, tested: Side) -> tuple[Landmark, ...]:
    return ANGLES[outcome.ref.angle].landmarks(outcome.ref.side(tested) or tested)


def _sight(clean: CleanSeries, marks: tuple[Landmark, ...], held: NDArray[np.bool_]) -> Sight:
    chosen = list(marks)
    measured = (clean.state[held][:, chosen] == SampleState.MEASURED).mean(axis=0)
    visibility = np.array([_median(column) for column in clean.landmarks.visibility[held][:, chosen].T])
    # The point that cost most pictures; among equals the one of which the model was least sure.
    worst = int(np.lexsort((np.nan_to_num(visibility), measured.round(2)))[0])
    return Sight(marks[worst], float(visibility[worst]), float(measured[worst]))


def _median(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")
