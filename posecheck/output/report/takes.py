"""Several takes of one test in a block: what each is called, which one stands for them, and the list of all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.comparison.blocks import first_primary
from posecheck.comparison.rounding import MISSING
from posecheck.language import first_lower, joined, phrase
from posecheck.movements import Role
from posecheck.output.report.data import PHASE_TITLES
from posecheck.output.report.rows import mean_of_takes, takes_text
from posecheck.output.report.wording import SEMICOLON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.output.report.data import LeftOut, ReportData, ReportTrial
    from posecheck.trial.trial import Trial

TAKES_WORDS = phrase(
    "A test that was filmed more than once in a block has several takes. All count alike: the end range of the block is the "
    "mean of its takes. A take that was left out does not count; its reason is kept."
)


@dataclass(frozen=True, slots=True)
class TakeRow:
    """One take in the list of takes: ``take 2``, its file, its main measures; ``reason`` why it was left out, or empty."""

    test: str
    block: str
    take: str
    file: str
    values: str
    repetitions: str
    reason: str


def has_several(item: ReportTrial, block: Sequence[ReportTrial]) -> bool:
    """Whether a block holds, or held, other takes of the same test."""
    return item.trial.take > 1 or sum(other.trial.key == item.trial.key for other in block) > 1


def take_name(phase: str, item: ReportTrial, block: Sequence[ReportTrial]) -> str:
    """``Pre-test``, and ``Pre-test, take 2`` where there are several."""
    return phrase("{block}, take {take}", block=phase, take=item.trial.take) if has_several(item, block) else phase


def typical(takes: Sequence[ReportTrial]) -> ReportTrial:
    """The take whose first main measure is nearest to the mean of all: what stands for them in a picture."""
    first = first_primary(takes[0].trial)
    if first is None or len(takes) == 1:
        return takes[0]
    middle = mean_of_takes([item.trial.outcome(first.name) for item in takes])
    return min(takes, key=lambda item: _distance(item.trial, first.name, middle))


def _distance(trial: Trial, name: str, middle: float) -> float:
    distance = round(abs(trial.outcome(name).mean - middle), 6)  # of two, both are as far from the mean: the first one
    return distance if math.isfinite(distance) else math.inf


def take_rows(data: ReportData) -> tuple[TakeRow, ...]:
    """Every take, those left out too; nothing where each test has one take in each block and none was left out."""
    several = any(has_several(item, block) for _, block in data.blocks for item in block)
    if not several and not data.left_out:
        return ()
    rows = [
        (_order(data, phase, item.trial.label, item.trial.take), _row(phase, item))
        for phase, block in data.phases
        for item in block
    ]
    rows += [(_order(data, item.phase, item.test, item.take), _left_out_row(item)) for item in data.left_out]
    return tuple(row for _, row in sorted(rows, key=lambda pair: pair[0]))


def nothing_left_words(data: ReportData) -> tuple[str, ...]:
    """A sentence for every test of which all takes in a block were left out."""
    counting = {(phase, item.trial.label) for phase, block in data.phases for item in block}
    empty = dict.fromkeys((item.phase, item.test) for item in data.left_out)
    return tuple(
        phrase(
            "{test}, {block}: all takes are left out, so there is nothing of it to compare.",
            test=test,
            block=first_lower(PHASE_TITLES[phase]),
        )
        for phase, test in empty
        if (phase, test) not in counting
    )


def _order(data: ReportData, phase: str, label: str, take: int) -> tuple[int, int, int]:
    labels = list(dict.fromkeys(item.trial.label for item in data.trials))
    return (labels.index(label) if label in labels else len(labels)), list(PHASE_TITLES).index(phase), take


def _row(phase: str, item: ReportTrial) -> TakeRow:
    trial = item.trial
    main = [outcome for outcome in trial.outcomes if outcome.role is Role.PRIMARY]
    values = joined((takes_text([outcome]) for outcome in main), SEMICOLON)
    count = max((outcome.repetitions for outcome in main), default=0)
    return TakeRow(trial.label, PHASE_TITLES[phase], str(trial.take), item.name, values, str(count), "")


def _left_out_row(item: LeftOut) -> TakeRow:
    return TakeRow(item.test, PHASE_TITLES[item.phase], str(item.take), item.file, MISSING, MISSING, item.reason)
