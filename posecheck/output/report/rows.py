"""What stands in the tables and bars of the report: numbers as text, positions in percent, cautions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.comparison.rounding import MISSING, look_alike, rounded, told
from posecheck.comparison.verdict import Verdict
from posecheck.kinematics.joints import Side, title_with_side
from posecheck.language import filled, first_lower, first_upper, joined, phrase
from posecheck.movements import Role
from posecheck.output.report.data import PHASE_TITLES
from posecheck.output.report.wording import SEMICOLON, about, sentence
from posecheck.output.report.words import error_parts_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.comparison.blocks import Block
    from posecheck.comparison.changes import Change
    from posecheck.comparison.difference import Difference
    from posecheck.comparison.sides import SideDifference
    from posecheck.output.report.data import ReportTrial
    from posecheck.trial.trial import OutcomeResult, Trial

VERDICT_WORDS = {
    Verdict.LARGER: phrase("Probably larger than error"),
    Verdict.SMALL: phrase("Less than {limit:g}° either way"),
    Verdict.NOT_DISTINGUISHABLE: phrase("Cannot be told from error"),
    Verdict.NOT_COMPARABLE: phrase("Not comparable"),
}
_STEP_DEG = 5.0
_MARGIN = 1.06


@dataclass(frozen=True, slots=True)
class Track:
    """Positions of one row of the change chart, in percent of its width."""

    mdc_low: float
    mdc_high: float
    ci_low: float
    ci_high: float
    value: float
    larger: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One outcome in the table of changes; ``why`` says where its error comes from."""

    change: Change
    label: str
    pre: str
    retest: str
    amount: str
    interval: str
    mdc: str
    verdict: str
    track: Track | None
    notes: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ContextRow:
    """An outcome that is shown and never judged: before and after, nothing else."""

    label: str
    pre: str
    retest: str


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """One test and side in the table of changes, with what holds for all its rows."""

    label: str
    notes: tuple[str, ...]
    rows: tuple[ChangeRow, ...]
    context: tuple[ContextRow, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in percent of the width: a mean with its error."""

    side: str
    phase: str
    text: str
    start: float
    end: float
    low: float
    high: float
    retest: bool


@dataclass(frozen=True, slots=True)
class SideRow:
    """One outcome of the left and the right, in one or two blocks."""

    label: str
    bars: tuple[Bar, ...]
    sentences: tuple[str, ...]
    larger: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultGroup:
    """End ranges of one recording, where there is nothing yet to compare them with."""

    label: str
    notes: tuple[str, ...]
    rows: tuple[tuple[OutcomeResult, str, str], ...]


def interval(difference: Difference) -> str:
    """``−2 to +16``."""
    if not math.isfinite(difference.ci95_low_deg):
        return MISSING
    low, high = (rounded(end, sign=True) for end in (difference.ci95_low_deg, difference.ci95_high_deg))
    return phrase("{low} to {high}", low=low, high=high)


def axis_limit_deg(changes: Iterable[Change]) -> float:
    """Half width of the change chart: the widest interval, rounded up to 5 degrees."""
    reach = [
        max(abs(d.ci95_low_deg), abs(d.ci95_high_deg), d.mdc95_deg)
        for d in (change.difference for change in changes)
        if math.isfinite(d.difference_deg)
    ]
    return math.ceil(max(reach, default=_STEP_DEG) / _STEP_DEG) * _STEP_DEG


def change_groups(
    changes: Sequence[Change], before: Sequence[ReportTrial], after: Sequence[ReportTrial]
) -> tuple[ChangeGroup, ...]:
    """The table of changes, one group a test and side, in the order of the changes."""
    limit = axis_limit_deg(changes)
    keys = list(dict.fromkeys((change.movement, change.tested_side) for change in changes))
    groups = []
    for movement, side in keys:
        members = [change for change in changes if (change.movement, change.tested_side) == (movement, side)]
        first, second = find_trials(before, movement, side), find_trials(after, movement, side)
        shared = tuple(dict.fromkeys(reason for reason in members[0].reasons if _shared(reason, members)))
        groups.append(
            ChangeGroup(
                _test_label(members[0]),
                (
                    *_cautions(first[0] if first else None),
                    *(sentence(reason) for reason in shared),
                    *_corrected(members[0].corrections),
                ),
                tuple(_change_row(change, limit, shared) for change in members),
                _context_rows(first, second),
            )
        )
    return tuple(groups)


def find_trials(block: Sequence[ReportTrial], movement: str, side: str) -> tuple[Trial, ...]:
    """The takes of a test and tested side in a block."""
    return tuple(item.trial for item in block if (item.trial.movement, item.trial.side) == (movement, side))


def change_label(change: Change) -> str:
    """``Runner's lunge, left: hip extension, rear leg``, as in the sentences."""
    test = title_with_side(change.movement_title, change.side if change.sided else None)
    return about(test, first_lower(change.title))


def change_cautions(changes: Iterable[Change], before: Sequence[ReportTrial]) -> tuple[tuple[str, str], ...]:
    """(whose, caution) of the test and the outcome for some changes, each once."""
    found: dict[tuple[str, str], None] = {}
    for change in changes:
        trial = next(iter(find_trials(before, change.movement, change.tested_side)), None)
        if trial is None:
            continue
        if trial.caution:
            found[change.movement_title, trial.caution] = None
        if caution := outcome_caution(trial, change.outcome):
            found[change.title, caution] = None
    return tuple(found)


def outcome_caution(trial: Trial | None, outcome: str) -> str:
    """The caution of an outcome, empty for none."""
    if trial is None:
        return ""
    return next((item.caution for item in trial.outcomes if item.name == outcome), "")


def side_rows(
    pre: Sequence[SideDifference], retest: Sequence[SideDifference], trials: Sequence[ReportTrial], before_name: str
) -> tuple[SideRow, ...]:
    """Left and right of every primary outcome, the block before and the re-test together."""
    keys = list(dict.fromkeys((item.movement, item.outcome) for item in (*pre, *retest) if item.role is Role.PRIMARY))
    rows = []
    for movement, outcome in keys:
        blocks = [
            (name, item)
            for name, block in ((before_name, pre), (PHASE_TITLES["retest"], retest))
            for item in block
            if (item.movement, item.outcome) == (movement, outcome)
        ]
        first = blocks[0][1]
        trial = next((item.trial for item in trials if item.trial.movement == movement), None)
        notes = [words for words in (trial.caution if trial else "", outcome_caution(trial, outcome)) if words]
        rows.append(
            SideRow(
                about(first.movement_title, first_lower(first.title)),
                _bars(blocks),
                tuple(about(name, item.sentence) for name, item in blocks),
                any(item.verdict is Verdict.LARGER for _, item in blocks),
                (
                    *notes,
                    *dict.fromkeys(sentence(about(name, reason)) for name, item in blocks for reason in item.reasons),
                    *(sentence(about(name, words)) for name, item in blocks for words in _corrected(item.corrections)),
                ),
            )
        )
    return tuple(rows)


def result_groups(block: Sequence[ReportTrial]) -> tuple[ResultGroup, ...]:
    """End ranges of every recording of a block."""
    return tuple(
        ResultGroup(
            item.trial.label,
            (*_cautions(item.trial), *_corrected(item.trial.corrections)),
            tuple(
                (outcome, outcome_title(outcome, item.trial), outcome_text(outcome)) for outcome in item.trial.outcomes
            ),
        )
        for item in block
    )


def outcome_text(outcome: OutcomeResult) -> str:
    """The mean over the repetitions with its unit."""
    return told(outcome.mean, outcome.unit)


def mean_of_takes(outcomes: Sequence[OutcomeResult]) -> float:
    """The mean of the takes' means: each take counts alike, however many repetitions it has. NaN without any."""
    means = [outcome.mean for outcome in outcomes if math.isfinite(outcome.mean)]
    return sum(means) / len(means) if means else math.nan


def takes_text(outcomes: Sequence[OutcomeResult]) -> str:
    """The mean over some takes with its unit."""
    return told(mean_of_takes(outcomes), outcomes[0].unit)


def outcome_title(outcome: OutcomeResult, trial: Trial) -> str:
    """``Knee flexion, front leg (right)``: with the side where it is not the tested one."""
    other = trial.sided and outcome.side and outcome.side != trial.side
    return with_side(outcome.title, outcome.side) if other and outcome.side else outcome.title


def with_side(title: str, side: Side) -> str:
    """``Knee flexion, front leg (right)``."""
    return phrase("{title} ({side})", title=title, side=side.words)


def _cautions(trial: Trial | None) -> tuple[str, ...]:
    """The test's caution, then those of its outcomes with their titles."""
    if trial is None:
        return ()
    own = (about(item.title, item.caution) for item in trial.outcomes if item.caution)
    return (*((trial.caution,) if trial.caution else ()), *own)


def _test_label(change: Change) -> str:
    return title_with_side(change.movement_title, change.key.side)


def _shared(reason: str, members: Sequence[Change]) -> bool:
    return len(members) > 1 and all(
        reason in item.reasons for item in members if math.isfinite(item.difference.difference_deg)
    )


def _corrected(corrections: Sequence[str]) -> tuple[str, ...]:
    if not corrections:
        return ()
    return (sentence(phrase("Corrected: {corrections}", corrections=joined(corrections, SEMICOLON))),)


def _change_row(change: Change, limit_deg: float, shared: Sequence[str]) -> ChangeRow:
    other = change.sided and change.side != change.tested_side
    own = tuple(sentence(reason) for reason in change.reasons if reason not in shared)
    return ChangeRow(
        change,
        with_side(change.title, change.side) if other else change.title,
        _block_text(change.pre),
        _block_text(change.retest),
        told(change.difference.difference_deg, sign=True),
        interval(change.difference),
        told(change.difference.mdc95_deg),
        verdict_words(change),
        _track(change, limit_deg),
        own,
        error_parts_words(change),
    )


def verdict_words(change: Change) -> str:
    """The verdict in a cell: ``Less than 5° either way``."""
    if change.verdict is Verdict.LARGER and not change.stands_out:
        return phrase("Larger than error, by itself")
    if change.verdict is Verdict.LARGER and look_alike(change.difference.difference_deg, change.difference.mdc95_deg):
        return phrase("Probably just larger than error")
    return filled(VERDICT_WORDS[change.verdict], limit=change.limit_deg)


def _block_text(block: Block) -> str:
    return told(block.mean_deg) if block.repetitions else MISSING


def _track(change: Change, limit_deg: float) -> Track | None:
    d = change.difference
    if not math.isfinite(d.difference_deg):
        return None

    def at(value_deg: float) -> float:
        return round(50 + 50 * max(-1.0, min(1.0, value_deg / (limit_deg * _MARGIN))), 2)

    return Track(
        at(-d.mdc95_deg),
        at(d.mdc95_deg),
        at(d.ci95_low_deg),
        at(d.ci95_high_deg),
        at(d.difference_deg),
        change.stands_out,
    )


def _context_rows(first: Sequence[Trial], second: Sequence[Trial]) -> tuple[ContextRow, ...]:
    return tuple(
        ContextRow(item.title, *(_context_text(takes, item.name) for takes in (first, second)))
        for item in (first[0].outcomes if first else ())
        if item.role is Role.CONTEXT
    )


def _context_text(takes: Sequence[Trial], name: str) -> str:
    outcomes = [item for trial in takes for item in trial.outcomes if item.name == name]
    return takes_text(outcomes) if outcomes else MISSING


def _bars(blocks: Sequence[tuple[str, SideDifference]]) -> tuple[Bar, ...]:
    """Bars from zero on one scale; the error of a single mean is that of the difference over the root of two."""
    values = [
        (side, name, item.left if side is Side.LEFT else item.right, item.difference.mdc95_deg / math.sqrt(2))
        for side in Side
        for name, item in blocks
    ]
    top = max((block.mean_deg + error for _, _, block, error in values), default=1.0)
    bottom = min(0.0, *(block.mean_deg - error if block.mean_deg < 0 else 0.0 for _, _, block, error in values))
    span = _MARGIN * (max(top, 1.0) - bottom)

    def at(value_deg: float) -> float:
        return round(100 * max(0.0, min(1.0, (value_deg - bottom) / span)), 2)

    return tuple(
        Bar(
            first_upper(side.words),
            name,
            _with_range(block.mean_deg, error),
            at(min(0.0, block.mean_deg)),
            at(max(0.0, block.mean_deg)),
            at(block.mean_deg - error),
            at(block.mean_deg + error),
            name == PHASE_TITLES["retest"],
        )
        for side, name, block, error in values
    )


def _with_range(mean_deg: float, error_deg: float) -> str:
    """``87° (82 to 92)``."""
    low, high = rounded(mean_deg - error_deg), rounded(mean_deg + error_deg)
    return phrase("{value} ({low} to {high})", value=told(mean_deg), low=low, high=high)
