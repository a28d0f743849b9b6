"""What the repetitions of a trial come to: mean, spread and error of each outcome, and the compensations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import ANGLES
from posecheck.trial.trial import CompensationResult, OutcomeResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posecheck.kinematics.joints import Side
    from posecheck.movements import Movement
    from posecheck.trial.repetitions import Repetition
    from posecheck.trial.sight import Sight


def summarise_outcomes(
    movement: Movement,
    side: Side,
    repetitions: tuple[Repetition, ...],
    seen: Mapping[str, Sight] | None = None,
    sources: Mapping[str, str] | None = None,
) -> tuple[OutcomeResult, ...]:
    """Mean, SD and values of each outcome over the used repetitions.

    Parameters
    ----------
    movement : Movement
    side : Side
        The tested side.
    repetitions : tuple of Repetition
    seen : mapping of str to Sight, optional
        How well the points of each outcome were seen. Default: unknown.
    sources : mapping of str to str, optional
        Where each outcome came from in this recording. Default: as the test names it.
    """
    results = []
    for outcome in movement.outcomes:
        measured = [item for item in repetitions if item.used and math.isfinite(item.end_range[outcome.name])]
        values = tuple(item.end_range[outcome.name] for item in measured)
        errors = [item.error95_deg[outcome.name] for item in measured if outcome.name in item.error95_deg]
        mean = float(np.mean(values)) if values else float("nan")
        sd = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
        sight = (seen or {}).get(outcome.name)
        results.append(
            OutcomeResult(
                outcome.name,
                outcome.title,
                outcome.ref.side(side),
                outcome.role,
                ANGLES[outcome.ref.angle].unit,
                outcome.ref.column(side),
                outcome.ref.factor(side),
                values,
                mean,
                sd,
                outcome.context,
                outcome.caution,
                outcome.reeducation,
                sight.missing_words if sight and not values else "",
                sight.visibility if sight else float("nan"),
                (sources or {}).get(outcome.name, movement.source_of(outcome.ref)),
                float(np.mean(errors)) if errors else None,
                sight.measured if sight else float("nan"),
            )
        )
    return tuple(results)


def summarise_compensations(movement: Movement, repetitions: tuple[Repetition, ...]) -> tuple[CompensationResult, ...]:
    """Mean of each compensation over the used repetitions, and whether it exceeds its limit."""
    results = []
    for item in movement.compensations:
        values = [r.compensation[item.name] for r in repetitions if r.used and math.isfinite(r.compensation[item.name])]
        mean = float(np.mean(values)) if values else float("nan")
        flagged = math.isfinite(mean) and (abs(mean) if item.either_way else mean) > item.limit_deg
        results.append(
            CompensationResult(item.name, item.title, mean, item.limit_deg, flagged, item.matched, item.words)
        )
    return tuple(results)
