"""A person's own repeats: takes of one test with nothing done in between, set against the error that is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.comparison.blocks import (
    PRE_TEST,
    RE_TEST,
    agreement,
    by_test,
    first_primary,
    outcomes_of,
    same_recording,
    values_of,
)
from posecheck.comparison.error_model import ErrorModel, OwnRepeats, expected_take
from posecheck.comparison.priors import ANY
from posecheck.language import counted, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.trial.trial import Trial


def own_repeats(pre: Sequence[Trial], baseline: Sequence[Trial] = (), retest: Sequence[Trial] = ()) -> OwnRepeats:
    """What one session says of how well this person repeats a test.

    Everything before the stretch belongs together, pre-test and baseline; the re-test stands for itself. Of each test and
    side its first main outcome counts, since several outcomes of one take move together (docs/method.md#section-5).

    Parameters
    ----------
    pre, baseline, retest : sequence of Trial
        Several takes of a test may stand in each.

    Raises
    ------
    ComparisonError
        Takes of a test in one block were measured with different versions of it.
    """
    before = by_test(_different([*pre, *_of_same_version(pre, baseline)]), PRE_TEST)
    groups = (*before.values(), *by_test(_different(retest), RE_TEST).values())
    return sum((_repeats_of(takes) for takes in groups), OwnRepeats())


def _different(trials: Sequence[Trial]) -> list[Trial]:
    """Each recording once: it is no repeat of itself."""
    return [trial for k, trial in enumerate(trials) if not any(same_recording(trial, other) for other in trials[:k])]


def _of_same_version(pre: Sequence[Trial], baseline: Sequence[Trial]) -> list[Trial]:
    versions = {trial.key: trial.movement_version for trial in pre}
    return [trial for trial in baseline if versions.get(trial.key, trial.movement_version) == trial.movement_version]


def _repeats_of(takes: Sequence[Trial]) -> OwnRepeats:
    """Seen over expected: (square - s^2 mean(1/k)) / sigma_take^2 for each degree of freedom, so 1 on average."""
    outcome = first_primary(takes[0])
    if outcome is None:
        return OwnRepeats()
    values = values_of(outcomes_of(takes, outcome.name))
    if len(values) < 2:
        return OwnRepeats()
    name = takes[0].movement
    found = agreement(values, ErrorModel().of(name, outcome.name))
    ratio = (found.square_deg2 - found.repetition_deg2) / expected_take(name, outcome.name).variance_deg2
    return OwnRepeats(found.freedom, found.freedom * ratio)


def repeats_words(model: ErrorModel) -> str:
    """Whose error it is: expected of anybody, or from how many of the person's own repeats."""
    count = model.repeats.count
    if not count:
        return phrase("The errors are those that are expected of anybody: there are no repeats of your own yet.")
    factor = model.factor(expected_take(ANY, ANY).freedom)
    return counted(
        "The errors rest on what is expected of anybody and on your own {count} repeat: you repeat a test {closely}.",
        "The errors rest on what is expected of anybody and on your own {count} repeats: you repeat a test {closely}.",
        count=count,
        closely=_compared(factor),
    )


def _compared(factor: float) -> str:
    if 0.95 <= factor < 1.05:
        return phrase("as closely as expected")
    if factor > 1:
        return phrase("less closely than expected ({factor:.1f} times the error)", factor=factor)
    return phrase("more closely than expected ({factor:.1f} times the error)", factor=factor)
