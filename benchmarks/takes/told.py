"""What a user is told of changes and sides whose truth is known, with one take a block and with two.

Rendered people return to exactly the same posture, and show one repetition. So that the question is the one that real people
ask, each take gets an effect of its own and three repetitions: drawn with the spread that the table of expected errors has
for people, itself drawn anew for each person as that table's degrees of freedom say. Camera and model are as rendered.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri

from benchmarks.report_score import RESULT
from benchmarks.synthetic.report_set import Phase
from benchmarks.takes.repetition import PERSON_SD_DEG
from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.comparability import Comparable
from posecheck.comparison.priors import priors_of
from posecheck.comparison.sides import compare_sides
from posecheck.comparison.verdict import Verdict
from posecheck.kinematics.joints import Side
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.report_score import RecordingScore
    from posecheck.comparison.changes import Change
    from posecheck.comparison.sides import SideDifference
    from posecheck.trial.trial import OutcomeResult, Trial

SEED = 20261129
REPETITIONS = 3
"""As the tests ask for."""
CLEAR_DEG = 8.0
"""The true change that must be found."""
Truth = dict[str, float]


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one outcome of one pair, in one of the draws.

    Attributes
    ----------
    takes : int
        Of each block.
    made : bool
        Whether every change was made `CLEAR_DEG`; else they are as rendered.
    compared : bool
        Whether posecheck compared the recordings at all.
    """

    pair: int
    place: str
    test: str
    outcome: str
    role: str
    takes: int
    made: bool
    true_deg: float
    said_deg: float
    low_deg: float
    high_deg: float
    mdc95_deg: float
    larger: bool
    small: bool
    compared: bool

    @property
    def inside(self) -> bool:
        """Whether the truth lies within the stated 95 % interval."""
        return self.low_deg <= self.true_deg <= self.high_deg

    @property
    def beyond(self) -> bool:
        """Whether it is larger than its smallest detectable change, whatever else stands against saying so."""
        return abs(self.said_deg) > self.mdc95_deg


class Person:
    """The takes of one person: what they add to what the camera shows."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._chance = rng.random()

    def does(self, trial: Trial) -> Trial:
        """A take as this person would have done it."""
        return replace(trial, outcomes=tuple(self._done(trial.movement, item) for item in trial.outcomes))

    def _done(self, movement: str, outcome: OutcomeResult) -> OutcomeResult:
        if not outcome.values or outcome.role is Role.CONTEXT:
            return outcome
        prior = priors_of(movement, outcome.name).person
        effect = self._rng.normal(0, prior.sd_deg * self._factor(prior.freedom))
        each = self._rng.normal(0, PERSON_SD_DEG, REPETITIONS) + np.resize(outcome.values, REPETITIONS)
        return _with_values(outcome, each + effect)

    def _factor(self, freedom: float) -> float:
        """How much more than expected this person's takes differ, more or less so in all outcomes alike."""
        return float(np.sqrt(freedom / chdtri(freedom, self._chance)))


def told_of_changes(scores: Iterable[RecordingScore], draws: int) -> list[Told]:
    """What is said of each pair of the reporting set, with one take a block and with two, as rendered and of `CLEAR_DEG`."""
    blocks = _blocks(scores)
    rows: list[Told] = []
    for pair in sorted({key[0] for key in blocks}):
        pre, retest = (blocks.get((pair, phase, _tested(blocks, pair)), []) for phase in Phase)
        for takes in (1, 2):
            if min(len(pre), len(retest)) >= takes:
                for draw in range(draws):
                    rng = np.random.default_rng([SEED, pair, draw])
                    rows += _pair_rows(pre[:takes], retest[:takes], rng)
    return rows


def _tested(blocks: Mapping[tuple[int, str, str], list[RecordingScore]], pair: int) -> str:
    """The side of the leg that was filmed before and after."""
    return next((side for number, phase, side in blocks if (number, phase) == (pair, Phase.RETEST)), "")


def _blocks(scores: Iterable[RecordingScore]) -> dict[tuple[int, str, str], list[RecordingScore]]:
    """The measured takes by pair, phase and side, in the order of filming."""
    found: dict[tuple[int, str, str], list[RecordingScore]] = defaultdict(list)
    for score in sorted(scores, key=lambda score: score.clip.take):
        if score.trial is not None:
            found[score.clip.pair, str(score.clip.phase), str(score.clip.side)].append(score)
    return dict(found)


def _pair_rows(
    pre: Sequence[RecordingScore], retest: Sequence[RecordingScore], rng: np.random.Generator
) -> Iterator[Told]:
    truth = _mean_truth(retest, minus=_mean_truth(pre))
    person = Person(rng)
    before = [person.does(score.trial) for score in pre if score.trial]
    after = [person.does(score.trial) for score in retest if score.trial]
    made = [_shifted(trial, {name: CLEAR_DEG - true for name, true in truth.items()}) for trial in after]
    for trials, change_made in ((after, False), (made, True)):
        for change in compare_blocks(before, trials):
            true = CLEAR_DEG if change_made else truth.get(change.outcome, np.nan)
            if np.isfinite(true) and np.isfinite(change.difference.difference_deg):
                yield _told(pre[0], change, true, len(pre), made=change_made)


def _shifted(trial: Trial, by_deg: Truth) -> Trial:
    """A take whose every outcome is another by so many degrees."""
    outcomes = [
        _with_values(item, np.array(item.values) + by_deg[item.name]) if item.values and item.name in by_deg else item
        for item in trial.outcomes
    ]
    return replace(trial, outcomes=tuple(outcomes))


def _with_values(outcome: OutcomeResult, values: NDArray[np.float64]) -> OutcomeResult:
    return replace(
        outcome, values=tuple(values.tolist()), mean=float(np.mean(values)), sd=float(np.std(values, ddof=1))
    )


def _mean_truth(scores: Sequence[RecordingScore], minus: Truth | None = None) -> Truth:
    """True end range of each outcome, the mean over takes, more range a larger number."""
    found: dict[str, list[float]] = defaultdict(list)
    for score in scores:
        for row in score.angles:
            if row.source == RESULT and row.outcome:
                found[row.outcome].append(row.factor * row.truth_deg)
    return {name: float(np.mean(values)) - (minus or {}).get(name, 0.0) for name, values in found.items()}


def told_of_sides(scores: Iterable[RecordingScore], draws: int) -> list[Told]:
    """What is said of left against right of bodies whose sides do the same, one take of each."""
    blocks = _blocks(scores)
    rows = []
    for pair in sorted({key[0] for key in blocks}):
        sides = [blocks.get((pair, str(Phase.PRE), side), []) for side in ("left", "right")]
        for draw in range(draws) if all(sides) else ():
            rows += _side_rows([takes[0] for takes in sides], np.random.default_rng([SEED, pair, draw, 1]))
    return rows


def _side_rows(sides: Sequence[RecordingScore], rng: np.random.Generator) -> Iterator[Told]:
    left, right = sides
    truth = _mean_truth([right], minus=_mean_truth([left]))
    person = Person(rng)
    for item in compare_sides([person.does(score.trial) for score in sides if score.trial], str(Phase.PRE)):
        true = truth.get(item.outcome, np.nan) * _sign(left, item.outcome)
        if np.isfinite(true) and np.isfinite(item.difference.difference_deg):
            yield _told(left, item, true, 1, made=False)


def _sign(left: RecordingScore, outcome: str) -> int:
    """-1 where the outcome is the other leg's: a lunge with the left leg behind shows the right hip in front."""
    return -1 if left.trial and left.trial.outcome(outcome).side is Side.RIGHT else 1


def _told(score: RecordingScore, found: Change | SideDifference, true_deg: float, takes: int, *, made: bool) -> Told:
    said = found.difference
    return Told(
        pair=score.clip.pair,
        place=str(score.clip.place),
        test=score.clip.test,
        outcome=found.outcome,
        role=str(found.role),
        takes=takes,
        made=made,
        true_deg=true_deg,
        said_deg=said.difference_deg,
        low_deg=said.ci95_low_deg,
        high_deg=said.ci95_high_deg,
        mdc95_deg=said.mdc95_deg,
        larger=found.verdict is Verdict.LARGER,
        small=found.verdict is Verdict.SMALL,
        compared=found.comparable is not Comparable.NO,
    )
