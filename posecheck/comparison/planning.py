"""Before filming: the smallest change that so many takes and repetitions can detect, and how surely a true one is found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scipy.special import stdtr

from posecheck.comparison.difference import Difference, with_error
from posecheck.comparison.error_model import ErrorModel, OwnRepeats, freedom_of_sum
from posecheck.movements import Role

if TYPE_CHECKING:
    from posecheck.movements import Movement, Outcome

REPETITIONS = 3
"""Repetitions of a take, as the tests ask for."""


def planned_difference(
    movement: str,
    outcome: str,
    takes_before: int = 1,
    takes_after: int = 1,
    *,
    repetitions: int = REPETITIONS,
    repeats: OwnRepeats | None = None,
) -> Difference:
    """The error that a change will have: a difference of 0 with its interval (docs/method.md#section-5).

    Parameters
    ----------
    movement, outcome : str
    takes_before, takes_after : int
        Takes of each block, 1 or more.
    repetitions : int
        Of each take; they are taken to differ as much as is expected.
    repeats : OwnRepeats, optional
        The person's own so far. The takes of this test that are planned are added, as ones that differ as expected.

    Raises
    ------
    ValueError
        A number below 1.
    """
    if min(takes_before, takes_after, repetitions) < 1:
        raise ValueError("a plan needs at least one take in each block and one repetition in each take")
    planned = takes_before - 1 + takes_after - 1
    error = ErrorModel((repeats or OwnRepeats()) + OwnRepeats(planned, planned)).of(movement, outcome)
    share = 1 / takes_before + 1 / takes_after
    of_takes = error.take.variance_deg2 * share
    of_repetitions = error.repetition.variance_deg2 * share / repetitions
    seen = error.repetition.freedom + (takes_before + takes_after) * (repetitions - 1)
    return with_error(
        0.0,
        freedom=freedom_of_sum([(of_takes, error.take.freedom), (of_repetitions, seen)]),
        takes_sd_deg=math.sqrt(of_takes),
        repetitions_sd_deg=math.sqrt(of_repetitions),
    )


def detectable_change_deg(
    movement: str,
    outcome: str,
    takes_before: int = 1,
    takes_after: int = 1,
    *,
    repetitions: int = REPETITIONS,
    repeats: OwnRepeats | None = None,
) -> float:
    """The smallest change in degrees that `planned_difference` can tell from measurement error."""
    return planned_difference(
        movement, outcome, takes_before, takes_after, repetitions=repetitions, repeats=repeats
    ).mdc95_deg


def chance_to_find(true_change_deg: float, plan: Difference) -> float:
    """How probable it is, from 0 to 1, that a true change is called larger than measurement error under a plan."""
    error = math.hypot(plan.takes_sd_deg, plan.repetitions_sd_deg, plan.moved_sd_deg)
    above = (plan.mdc95_deg - abs(true_change_deg)) / error
    below = (-plan.mdc95_deg - abs(true_change_deg)) / error
    return float(1 - stdtr(plan.degrees_of_freedom, above) + stdtr(plan.degrees_of_freedom, below))


def main_outcomes(movement: Movement) -> tuple[Outcome, ...]:
    """The outcomes that a test is about."""
    return tuple(outcome for outcome in movement.outcomes if outcome.role is Role.PRIMARY)


def plan_words(
    movement: Movement,
    takes_before: int,
    takes_after: int,
    repeats: OwnRepeats | None = None,
    *,
    repetitions: int = REPETITIONS,
) -> str:
    """What a test will be able to tell, and what one more take in each block would bring.

    ``With one take before and after, changes of 6° or more show; with two, 4.5°.`` Half degrees, rounded up: what is
    promised has to show.
    """
    main = main_outcomes(movement)

    def degrees(before: int, after: int) -> str:
        worst = max(
            detectable_change_deg(movement.name, item.name, before, after, repetitions=repetitions, repeats=repeats)
            for item in main
        )
        return f"{math.ceil(2 * worst) / 2:g}°"

    equal = takes_before == takes_after
    more = _number(takes_before + 1) if equal else f"{_number(takes_before + 1)} and {_number(takes_after + 1)}"
    plural = "s" if takes_before > 1 else ""
    now = (
        f"{_number(takes_before)} take{plural} before and after"
        if equal
        else f"{_number(takes_before)} take{plural} before and {_number(takes_after)} after"
    )
    return (
        f"With {now}, changes of {degrees(takes_before, takes_after)} or more show; with {more}, "
        f"{degrees(takes_before + 1, takes_after + 1)}."
    )


NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)
