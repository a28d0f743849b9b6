"""All takes of one test in one block: one number with its repetitions, whether they agree, and what is set right by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc

from posecheck.comparison.comparability import check_set_up, gate_reasons
from posecheck.comparison.difference import block_mean_deg, pooled_variance
from posecheck.errors import ComparisonError
from posecheck.language import phrase
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.comparison.error_model import MeasureError
    from posecheck.trial.keys import TrialKey
    from posecheck.trial.trial import OutcomeResult, Trial

PRE_TEST, BASELINE, RE_TEST = phrase("pre-test"), phrase("baseline"), phrase("re-test")
"""The blocks of a session, within a sentence."""
DISAGREE_P = 0.01
"""Takes of a block that would lie so far apart in fewer than one of a hundred blocks are spoken of (chosen by us)."""
UNLIKE_REPETITIONS = 2
"""A take with so many repetitions fewer than another is named as a likely cause (chosen by us)."""


@dataclass(frozen=True, slots=True)
class Take:
    """End range of one outcome in one take: mean over its repetitions, their SD, and how many they are."""

    mean_deg: float
    sd_deg: float
    repetitions: int


@dataclass(frozen=True, slots=True)
class Block:
    """End range of one outcome in one block.

    Attributes
    ----------
    mean_deg : float
        Mean of the takes' means.
    sd_deg : float
        Of the repetitions within their takes.
    repetitions : int
        In all takes together.
    takes : tuple of Take
        Those in which the outcome was measured, in the order of filming.
    """

    mean_deg: float
    sd_deg: float
    repetitions: int
    takes: tuple[Take, ...] = ()


def by_test(trials: Iterable[Trial], block: str) -> dict[TrialKey, tuple[Trial, ...]]:
    """All takes of each test and side, in the order given.

    Raises
    ------
    ComparisonError
        Two takes of a test were measured with different versions of it, or are one and the same recording.
    """
    found: dict[TrialKey, tuple[Trial, ...]] = {}
    for trial in trials:
        takes = found.get(trial.key, ())
        if takes and takes[0].movement_version != trial.movement_version:
            raise ComparisonError(
                phrase(
                    "the {block} holds takes of '{test}' that were measured with versions {first} and {second} of the test: "
                    "analyse both videos again with this posecheck.",
                    block=block,
                    test=trial.label,
                    first=takes[0].movement_version,
                    second=trial.movement_version,
                )
            )
        if any(same_recording(take, trial) for take in takes):
            raise ComparisonError(
                phrase(
                    "the {block} holds the same recording of '{test}' twice: as two takes it would make the error look "
                    "smaller than it is. Give each recording once.",
                    block=block,
                    test=trial.label,
                )
            )
        found[trial.key] = (*takes, trial)
    return found


def same_recording(one: Trial, other: Trial) -> bool:
    """The same video with repetitions at the same times; two parts of a long video are two takes."""
    if one.key != other.key:
        return False
    videos = {trial.provenance.get("video_sha256") or None for trial in (one, other)}
    times = {tuple(repetition.start_s for repetition in trial.repetitions) for trial in (one, other)}
    return videos != {None} and len(videos) == len(times) == 1


def block_of(outcomes: Sequence[OutcomeResult]) -> Block:
    """One outcome over the takes of a block; takes in which it could not be measured do not count."""
    measured = [outcome for outcome in outcomes if outcome.values]
    if len(measured) == 1:
        (only,) = measured
        return Block(only.mean, only.sd, only.repetitions, (Take(only.mean, only.sd, only.repetitions),))
    if not measured:
        return Block(math.nan, math.nan, 0)
    takes = tuple(Take(outcome.mean, outcome.sd, outcome.repetitions) for outcome in measured)
    freedom = sum(take.repetitions - 1 for take in takes)
    squares = sum((take.repetitions - 1) * take.sd_deg**2 for take in takes if take.repetitions > 1)
    sd_deg = math.sqrt(squares / freedom) if freedom else math.nan
    return Block(block_mean_deg(values_of(measured)), sd_deg, sum(take.repetitions for take in takes), takes)


def values_of(outcomes: Iterable[OutcomeResult]) -> list[tuple[float, ...]]:
    """End ranges of the repetitions of each take in which the outcome was measured."""
    return [outcome.values for outcome in outcomes if outcome.values]


def outcomes_of(takes: Iterable[Trial], name: str) -> list[OutcomeResult]:
    """One outcome in every take."""
    return [trial.outcome(name) for trial in takes]


def take_name(block: str, takes: Sequence[Trial], number: int) -> str:
    """``re-test``, or ``re-test, take 2`` where there are several: their own numbers, or where two are alike their order.

    Without a block's name, several are called ``take 2``.
    """
    if len(takes) == 1:
        return block
    own = [trial.take for trial in takes]
    shown = own[number] if len(set(own)) == len(own) else number + 1
    return (
        phrase("{block}, take {number}", block=block, number=shown) if block else phrase("take {number}", number=shown)
    )


def named_takes(block: str, takes: Sequence[Trial]) -> list[tuple[Trial, str]]:
    """Every take with its name."""
    return [(trial, take_name(block, takes, number)) for number, trial in enumerate(takes)]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the takes of a block lie apart, beside what is expected.

    Attributes
    ----------
    freedom : int
        Takes less one.
    square_deg2, expected_deg2 : float
        Sum of squares of the takes' means about their mean for each degree of freedom, and what is expected of it.
    repetition_deg2 : float
        What of the latter is due to the repetitions.
    """

    freedom: int
    square_deg2: float
    expected_deg2: float
    repetition_deg2: float


def agreement(takes: Sequence[Sequence[float]], error: MeasureError) -> Agreement:
    """Compare the takes of one outcome with the error that is expected of them; at least two takes."""
    means = [float(np.mean(take)) for take in takes]
    of_repetitions = pooled_variance(takes, error.repetition).variance_deg2 * float(
        np.mean([1 / len(take) for take in takes])
    )
    return Agreement(
        len(takes) - 1, float(np.var(means, ddof=1)), error.take.variance_deg2 + of_repetitions, of_repetitions
    )


def disagreement_words(takes: Sequence[Trial], outcome: str, block: str, error: MeasureError) -> list[str]:
    """A sentence if the takes of a block lie further apart than the error allows, with the likely cause; else nothing."""
    values = values_of(outcomes_of(takes, outcome))
    if len(values) < 2:
        return []
    found = agreement(values, error)
    p_value = float(fdtrc(found.freedom, error.take.freedom, found.square_deg2 / found.expected_deg2))
    if p_value >= DISAGREE_P:
        return []
    means = [float(np.mean(take)) for take in values]
    return [
        phrase(
            "the {count} takes of the {block} lie {apart:.0f} degrees apart, more than is expected: {cause}. If one of them "
            "is wrong, leave it out",
            count=len(values),
            block=block,
            apart=max(means) - min(means),
            cause=_likely_cause(takes, outcome),
        )
    ]


def _likely_cause(takes: Sequence[Trial], outcome: str) -> str:
    for trial, name in named_takes("", takes):
        if rejected := gate_reasons(trial, name):
            return rejected[0]
    for other in takes[1:]:
        if reasons := check_set_up(takes[0], other)[1]:
            return reasons[0]
    counts = [trial.outcome(outcome).repetitions for trial in takes]
    if max(counts) - min(counts) >= UNLIKE_REPETITIONS:
        return phrase("one holds {fewest} repetitions and another {most}", fewest=min(counts), most=max(counts))
    return phrase("the position was probably not taken up in the same way")


def first_primary(trial: Trial) -> OutcomeResult | None:
    """The first main outcome of a take: one number a take speaks for a person's repeats, since others move with it."""
    return next((outcome for outcome in trial.outcomes if outcome.role is Role.PRIMARY), None)
