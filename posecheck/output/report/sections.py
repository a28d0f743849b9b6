"""What stands in the report's other sections: summary, each test's curves and pictures, quality, what was felt, advice."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.comparison.rounding import told
from posecheck.comparison.verdict import Verdict
from posecheck.kinematics.angles import angle_columns
from posecheck.kinematics.joints import Side
from posecheck.language import first_lower, joined, phrase
from posecheck.movements import Role
from posecheck.output.body.svg import inline_body
from posecheck.output.report.charts import chart_words, inline_svg, overlay_curves
from posecheck.output.report.compared_tests import compared_tests, end_range_words
from posecheck.output.report.headline import headline
from posecheck.output.report.rows import change_label, interval, outcome_title
from posecheck.output.report.takes import take_name
from posecheck.output.report.wording import about, either
from posecheck.output.report.words import event_sentences
from posecheck.protocol import (
    GRIPS,
    IN_BETWEEN_WORDS,
    NO_GRIP,
    STRETCHES,
    FreerMotion,
    InBetween,
    Suggestion,
    TighterSide,
    grip_by_name,
    in_between,
    suggest,
)
from posecheck.trial.quality import GateStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from posecheck.comparison.changes import Change
    from posecheck.comparison.sides import SideDifference
    from posecheck.kinematics.joints import AngleDefinition
    from posecheck.movements.advice import Stretch
    from posecheck.output.report.compared_tests import ComparedTest
    from posecheck.output.report.data import ReportData, ReportTrial
    from posecheck.trial.trial import OutcomeResult, Trial


@dataclass(frozen=True, slots=True)
class Summary:
    """The plain result: what counts as more than measurement error, then the other main measures by what is said of them.

    ``rest`` holds pairs of a heading and rows: measure, change, likely range.
    """

    headline: str
    words: str
    larger: tuple[tuple[str, Change], ...]
    sides: tuple[str, ...]
    rest: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]
    refused: tuple[str, ...]
    other_sentences: tuple[str, ...]
    cautioned: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """One chart of a test: heading, SVG, how far its end ranges may be off, and what is usual elsewhere, as context."""

    title: str
    svg: str
    errors: str
    context: str
    caution: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One end-range picture: which block, its numbers, the picture as a data address, words for those who do not see it."""

    caption: str
    values: str
    address: str
    alt: str


@dataclass(frozen=True, slots=True)
class TestSection:
    """One test and side: curves over each other, pictures side by side, the fitted body as SVG, empty for none."""

    label: str
    caution: str
    curves: tuple[Curves, ...]
    pictures: tuple[Picture, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Remarks:
    """What must be said about one recording."""

    label: str
    rejected: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeltRow:
    """What was felt in one test: (stiffness, discomfort, note) a block."""

    label: str
    scores: tuple[tuple[str, str, str], ...]


def summarise(data: ReportData) -> Summary:
    """Sort the changes into what counts, the rest, and what could not be compared."""
    larger = [change for change in data.changes if change.stands_out]
    larger.sort(key=lambda change: change.role is not Role.PRIMARY)
    comparable = [change for change in data.changes if change.verdict is not Verdict.NOT_COMPARABLE]
    rest = [change for change in comparable if not change.stands_out]
    main_rest = [change for change in rest if change.role is Role.PRIMARY]
    refused = tuple(change.sentence for change in data.changes if change.verdict is Verdict.NOT_COMPARABLE)
    heading, words = headline(data)
    sides = tuple(item.sentence for item in data.pre_sides if item.verdict is Verdict.LARGER)
    return Summary(
        heading,
        words,
        tuple((told(change.difference.difference_deg, sign=True), change) for change in larger),
        sides,
        tuple(_rest(main_rest)),
        refused,
        tuple(change.sentence for change in rest),
        (*larger, *main_rest),
    )


def _rest(changes: Sequence[Change]) -> Iterator[tuple[str, tuple[tuple[str, str, str], ...]]]:
    """The main measures that do not stand out, under a heading for each verdict."""
    headings = {
        Verdict.LARGER: phrase("More than their own error, but among so many it may be chance"),
        Verdict.SMALL: phrase("Changed by less than {limit:g}° either way", limit=changes[0].limit_deg)
        if changes
        else "",
        Verdict.NOT_DISTINGUISHABLE: phrase("Cannot be told from measurement error"),
    }
    for verdict, heading in headings.items():
        rows = tuple(
            (change_label(change), told(change.difference.difference_deg, sign=True), interval(change.difference))
            for change in changes
            if change.verdict is verdict
        )
        if rows:
            yield heading, rows


def section_tests(data: ReportData) -> tuple[TestSection, ...]:
    """Curves and pictures of every test and side, in the order of recording."""
    return tuple(_test_section(test, f"t{index}") for index, test in enumerate(compared_tests(data), 1))


def _test_section(test: ComparedTest, name: str) -> TestSection:
    curves = (_curves(test, outcome, f"{name}c{index}") for index, outcome in enumerate(test.outcomes, 1))
    return TestSection(
        test.trial.label,
        test.trial.caution,
        tuple(item for item in curves if item is not None),
        tuple(_picture(block, item) for block, item in test.shown if item.end_range_jpeg),
        "" if (body := test.body) is None else inline_body(body),
    )


def _curves(test: ComparedTest, outcome: OutcomeResult, name: str) -> Curves | None:
    svg = test.curves(outcome, overlay_curves)
    if svg is None:
        return None
    drawn = [
        [item.trial.outcome(outcome.name) for item in takes if item.angles is not None] for _, takes in test.blocks
    ]
    words = chart_words(*filter(None, drawn))
    title = outcome_title(outcome, test.trial)
    return Curves(title, inline_svg(svg, name, words), test.errors(outcome), outcome.context, outcome.caution)


def _picture(block: str, item: ReportTrial) -> Picture:
    values = end_range_words(item.trial)
    encoded = base64.b64encode(item.end_range_jpeg or b"").decode("ascii")
    words = phrase("{test}, {block}, end range: {values}", test=item.trial.label, block=block, values=values)
    return Picture(block, values, f"data:image/jpeg;base64,{encoded}", words)


def grips_words(stretch: Stretch) -> str:
    """The grips that may go with a stretch: ``diagonal pull or lateral pull``."""
    return either([first_lower(grip_by_name(name).title) for name in stretch.grips])


def blocks(data: ReportData) -> tuple[tuple[str, tuple[ReportTrial, ...]], ...]:
    """The blocks that hold recordings, with their names."""
    return data.blocks


def remarks(data: ReportData) -> tuple[tuple[Remarks, ...], tuple[str, ...]]:
    """Recordings with something to say, and the labels of those that passed everything."""
    expanded, clean = [], []
    for phase, block in blocks(data):
        for item in block:
            label = joined([item.trial.label, first_lower(take_name(phase, item, block))], ", ")
            words = tuple(_remark_words(item.trial))
            if words:
                expanded.append(Remarks(label, not item.trial.passed, words))
            else:
                clean.append(label)
    return tuple(expanded), tuple(clean)


def _remark_words(trial: Trial) -> Iterator[str]:
    for gate in trial.gates:
        if gate.status is not GateStatus.PASS:
            rejected = gate.status is GateStatus.REJECT
            yield about(phrase("{check} (rejected)", check=gate.title) if rejected else gate.title, gate.words)
    for item in trial.compensations:
        if item.flagged:
            yield phrase(
                "{movement}: {words} ({found}, flagged above {limit})",
                movement=item.title,
                words=item.words,
                found=told(item.mean_deg),
                limit=told(item.limit_deg),
            )
    yield from event_sentences(trial.events)
    yield from trial.notes


def felt_questions(data: ReportData) -> tuple[tuple[str, ...], tuple[FeltRow, ...]]:
    """Names of the blocks, and for every test in which something was felt a row with one cell per block."""
    named = blocks(data)
    labels = list(dict.fromkeys(item.trial.label for _, block in named for item in block))
    rows = []
    for label in labels:
        trials = [_felt_trial([i.trial for i in block if i.trial.label == label]) for _, block in named]
        if any(trial is not None and _felt_anything(trial) for trial in trials):
            rows.append(FeltRow(label, tuple(_felt_cells(trial) for trial in trials)))
    return tuple(name for name, _ in named), tuple(rows)


def _felt_trial(takes: Sequence[Trial]) -> Trial | None:
    """Of the takes of a test in a block the first in which something was felt, else the first."""
    return next(filter(_felt_anything, takes), next(iter(takes), None))


def _felt_anything(trial: Trial) -> bool:
    return trial.felt.stiffness is not None or trial.felt.discomfort is not None or bool(trial.felt.note)


def _felt_cells(trial: Trial | None) -> tuple[str, str, str]:
    if trial is None:
        return "–", "–", ""
    scores = (trial.felt.stiffness, trial.felt.discomfort)
    stiffness, discomfort = ("–" if score is None else phrase("{score:g}", score=score) for score in scores)
    return stiffness, discomfort, trial.felt.note


def suggestions(data: ReportData) -> tuple[Suggestion, ...]:
    """The advice of the protocol for this session."""
    return suggest(
        [item.trial for item in (*data.pre, *data.baseline)],
        tighter=[_tighter(item) for item in data.pre_sides if _counts(item) and item.role is Role.PRIMARY],
        freer=[
            _freer(change, data)
            for change in data.changes
            if change.stands_out and change.difference.difference_deg > 0
        ],
        hurt=any(item.stopped_for_pain for item in data.stretches),
        sides_compared=any(item.verdict is not Verdict.NOT_COMPARABLE for item in data.pre_sides),
    )


def stretch_lines(data: ReportData) -> tuple[str, ...]:
    """What was done between the tests: ``Runner's lunge, left, with the diagonal pull, 1 min 30 s – slowly``.

    Said on its own where it was an ordinary stretch or none: such a day is what others are compared with.
    """
    kind = in_between((item.grip for item in data.stretches), nothing=data.no_stretch)
    if kind is InBetween.NOTHING:
        return (IN_BETWEEN_WORDS[kind],)
    titles = {item.name: item.title for item in STRETCHES} | {item.name: item.title for item in GRIPS}
    lines = []
    for item in data.stretches:
        side = _STRETCHED_SIDES.get(item.side, item.side)
        parts = (titles.get(item.stretch, item.stretch), side, _with_grip(item.grip, titles), _lasted(item.seconds))
        pain = phrase("stopped because it hurt") if item.stopped_for_pain else ""
        lines.append(joined([joined(parts, ", "), pain, item.note], " – "))
    return tuple(lines)


_STRETCHED_SIDES = {"both": phrase("both sides"), **{str(side): side.words for side in Side}}


def _with_grip(grip: str, titles: Mapping[str, str]) -> str:
    if grip == NO_GRIP:
        return phrase("the belly left alone")
    return phrase("with the {grip}", grip=first_lower(titles.get(grip, grip))) if grip else ""


def _lasted(seconds: float) -> str:
    """``1 min 30 s``; empty for a time that was not told."""
    minutes, rest = divmod(round(seconds), 60)
    lasted = (phrase("{count} min", count=minutes) if minutes else "", phrase("{count} s", count=rest) if rest else "")
    return joined(lasted)


def _counts(item: SideDifference) -> bool:
    return item.verdict is Verdict.LARGER


def _tighter(item: SideDifference) -> TighterSide:
    difference = item.difference.difference_deg
    side = Side.LEFT if difference > 0 else Side.RIGHT
    return TighterSide(item.movement, item.movement_title, item.title, side, abs(difference))


def _freer(change: Change, data: ReportData) -> FreerMotion:
    side = change.side if change.sided else None
    advice = {
        (item.trial.movement, outcome.name): outcome.reeducation
        for item in data.retest
        for outcome in item.trial.outcomes
    }
    return FreerMotion(
        change.movement,
        change.movement_title,
        change.outcome,
        change.title,
        side,
        change.difference.difference_deg,
        advice.get((change.movement, change.outcome), ""),
    )


def definitions(data: ReportData) -> tuple[AngleDefinition, ...]:
    """Every angle whose number appears, in table order."""
    by_column = {column: definition for definition, _, column in angle_columns()}
    columns = {outcome.column for item in data.trials for outcome in item.trial.outcomes}
    used = [definition for column, definition in by_column.items() if column in columns]
    return tuple(dict.fromkeys(used))
