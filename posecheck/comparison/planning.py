"""Before filming: the smallest change that so many takes and repetitions can detect, and how surely a true one is found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scipy.special import stdtr

from posecheck.comparison.difference import Difference, with_error
from posecheck.comparison.error_model import ErrorModel, OwnRepeats, freedom_of_sum
from posecheck.language import counted, phrase_in
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

    def degrees(before: int, after: int) -> float:
        worst = max(
            detectable_change_deg(movement.name, item.name, before, after, repetitions=repetitions, repeats=repeats)
            for item in main
        )
        return math.ceil(2 * worst) / 2

    found = {
        "least": degrees(takes_before, takes_after),
        "then": degrees(takes_before + 1, takes_after + 1),
        "before": _number(takes_before),
        "more": _number(takes_before + 1),
    }
    if takes_before == takes_after:
        return counted(
            "With {before} take before and after, changes of {least:g}° or more show; with {more}, {then:g}°.",
            "With {before} takes before and after, changes of {least:g}° or more show; with {more}, {then:g}°.",
            count=takes_before,
            **found,
        )
    return counted(
        "With {before} take before and {after} after, changes of {least:g}° or more show; with {more} and {more_after}, "
        "{then:g}°.",
        "With {before} takes before and {after} after, changes of {least:g}° or more show; with {more} and {more_after}, "
        "{then:g}°.",
        count=takes_before,
        after=_number(takes_after),
        more_after=_number(takes_after + 1),
        **found,
    )


NUMBERS = (
    phrase_in("takes, after “with”", "one"),
    phrase_in("takes, after “with”", "two"),
    phrase_in("takes, after “with”", "three"),
    phrase_in("takes, after “with”", "four"),
    phrase_in("takes, after “with”", "five"),
    phrase_in("takes, after “with”", "six"),
)


def _number(count: int) -> str:
    return NUMBERS[count - 1] if count <= len(NUMBERS) else str(count)
