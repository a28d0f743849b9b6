"""What the page of a block says about the takes of a test: what they can tell, what one more would bring, what is odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.comparison.blocks import disagreement_words
from posecheck.comparison.error_model import ErrorModel
from posecheck.comparison.planning import detectable_change_deg, main_outcomes, plan_words
from posecheck.comparison.recut import recut_words
from posecheck.errors import StorageError
from posecheck.language import first_lower, first_upper, listed, phrase, phrase_in
from posecheck.output.folders.trial_folder import load_trial
from posecheck.storage.tables import Step
from posecheck.web.sessions.step_nav import TITLES
from posecheck.web.takes.counting import take_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.movements import Movement
    from posecheck.storage.files import DataFolder
    from posecheck.storage.tables import Session
    from posecheck.trial.trial import Trial
    from posecheck.web.sessions.block_view import TrialCard

LEAVE_OUT_REASONS = (
    phrase("The camera had moved."),
    phrase("The movement was done differently."),
    phrase("Something hid the person."),
    phrase("Too few repetitions."),
)
"""Offered for the reason of a take that is left out; any other words will do."""
DAYS_APART_WORDS = phrase(
    "These takes came in more than half a day apart. A block is one round of tests: takes of another day belong into a "
    "session of their own, so leave out those that are not of this one."
)
NUMBERS = (
    phrase_in("after with", "no take"),
    phrase_in("after with", "one take"),
    phrase_in("after with", "two takes"),
    phrase_in("after with", "three takes"),
    phrase_in("after with", "four takes"),
    phrase_in("after with", "five takes"),
    phrase_in("after with", "six takes"),
)


def words_of_takes(session: Session, step: Step, card: TrialCard) -> str:
    """What the test will be able to tell, and what one more take would bring; empty where nothing can be said yet.

    ``With one take before and after, changes of 6° or more show; with two, 4.5°.``
    """
    here = sum(not line.is_unusable for line in card.takes)
    if step is not Step.RETEST:
        return plan_words(card.movement, max(1, here), max(1, here))
    before = _usable_before(session, card)
    return _retest_words(card.movement, before, max(1, here)) if before else ""


def _retest_words(movement: Movement, before: int, after: int) -> str:
    now, more = (_shown_deg(movement, before, takes) for takes in (after, after + 1))
    return phrase(
        "With {before} before the stretch and {after} after it, changes of {change} or more show; with one more take now, "
        "{with_more}.",
        before=_counted(before),
        after=_counted(after),
        change=now,
        with_more=more,
    )


def _usable_before(session: Session, card: TrialCard) -> int:
    """How many takes the re-test is compared with: those of the baseline, or without one of the pre-test."""
    counts = (
        sum(
            take.current and not take.is_unusable and take_key(take) == (card.movement.name, card.side, str(step))
            for take in session.takes
        )
        for step in (Step.BASELINE, Step.PRE)
    )
    return next(filter(None, counts), 0)


def _shown_deg(movement: Movement, before: int, after: int) -> str:
    worst = max(detectable_change_deg(movement.name, item.name, before, after) for item in main_outcomes(movement))
    return phrase("{angle:g}°", angle=round(2 * worst) / 2)


def _counted(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else phrase_in("after with", "{count} takes", count=count)


def takes_notices(files: DataFolder, step: Step, card: TrialCard) -> tuple[str, ...]:
    """What is odd about the takes of a test: filmed apart, one not usable beside another, further apart than expected."""
    if len(card.takes) < 2:
        return ()
    return tuple(_notices(files, step, card))


def _notices(files: DataFolder, step: Step, card: TrialCard) -> Iterator[str]:
    if card.days_apart:
        yield DAYS_APART_WORDS
    rejected = [line.take for line in card.measured if not line.take.summary.get("passed", True)]
    if rejected and len(rejected) < len(card.measured):
        names = listed([phrase("take {number}", number=take.number) for take in rejected])
        yield phrase(
            "A quality check rejected {takes}, which counts all the same: leave it out where the others are better.",
            takes=names,
        )
    try:
        files.bring_takes(line.take.id for line in card.measured)
        trials: list[Trial] = [load_trial(files.take(line.take.id)) for line in card.measured]
    except StorageError:  # its own page and the result say so
        return
    for words in recut_words(trials, first_lower(TITLES[step])):
        yield phrase("{sentence}.", sentence=first_upper(words))
    yield from _disagreements(trials, step, card)


def _disagreements(trials: Sequence[Trial], step: Step, card: TrialCard) -> Iterator[str]:
    """Of the first main outcome that disagrees: the others mostly go with it."""
    for outcome in main_outcomes(card.movement):
        error = ErrorModel().of(card.movement.name, outcome.name)
        for words in disagreement_words(trials, outcome.name, first_lower(TITLES[step]), error):
            yield phrase("{outcome}: {words}.", outcome=outcome.title, words=words)
            return
