"""What the result page and its JSON show besides the report's own words: test by test curves, and the two pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from posecheck.comparison.rounding import MISSING, told
from posecheck.language import translated
from posecheck.output.body.recordings import body_picture
from posecheck.output.body.svg import inline_body
from posecheck.output.folders.comparison_folder import comparison_to_dict
from posecheck.output.report.charts import chart_words, outcome_curve
from posecheck.output.report.compared_tests import end_range_words, main_outcomes, recording_pairs
from posecheck.output.report.give_or_take import errors_sentence, spread_text
from posecheck.output.report.rows import outcome_text, outcome_title
from posecheck.output.report.sections import summarise
from posecheck.output.report.takes import take_name, typical
from posecheck.output.report.words import many_measures_words
from posecheck.session import Phase
from posecheck.storage.tables import Step
from posecheck.trial.trial import plain_json
from posecheck.web.results.results import state_words
from posecheck.web.sessions.step_nav import TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from posecheck.output.report.charts import Curve
    from posecheck.output.report.data import ReportData, ReportTrial
    from posecheck.output.report.handout import HandoutTest
    from posecheck.trial.repetitions import Repetition
    from posecheck.trial.trial import OutcomeResult
    from posecheck.web.results.results import MeasuredTake, SessionInput


@dataclass(frozen=True, slots=True, eq=False)
class ShownTake:
    """One recording of a test: which block, what it is called there, its take, and what its end range picture shows.

    ``typical``: it is the one whose picture stands for its block.
    """

    phase: str
    name: str
    take: MeasuredTake
    item: ReportTrial
    values: str
    has_picture: bool
    typical: bool


@dataclass(frozen=True, slots=True)
class ShownOutcome:
    """One chart of a test: what it shows in words, its numbers as a table, and how far they may be off.

    ``values`` are (block, end range of each repetition, mean, spread).
    """

    name: str
    title: str
    context: str
    caution: str
    alt: str
    values: tuple[tuple[str, str, str, str], ...]
    errors: str


@dataclass(frozen=True, slots=True, eq=False)
class ShownTest:
    """One test and side: its charts, its recordings, and the drawn bodies, empty for none."""

    key: str
    label: str
    caution: str
    outcomes: tuple[ShownOutcome, ...]
    takes: tuple[ShownTake, ...]
    body: Markup

    @property
    def tab(self) -> tuple[str, str]:
        """Id of its panel on the page, and what its tab is called."""
        return f"test-{self.key}", self.label


def shown_takes(inputs: SessionInput, data: ReportData) -> tuple[ShownTake, ...]:
    """Every recording, test by test."""
    return tuple(take for takes in _takes(inputs, data) for take in takes)


def shown_tests(inputs: SessionInput, data: ReportData) -> tuple[ShownTest, ...]:
    """Every test and side, in the order of the protocol."""
    return tuple(_shown(takes) for takes in _takes(inputs, data))


def picture_address(inputs: SessionInput, data: ReportData, test: HandoutTest) -> str:
    """Where the picture of a test on the first printed page is."""
    assert test.shown is not None
    phase = next(Phase(name) for name, block in data.phases if test.shown in block)
    take = inputs.take_of(phase, test.shown)
    return f"/api/takes/{take.take_id}/picture.jpg?changed={take.changed_ns}"


def result_json(inputs: SessionInput, data: ReportData) -> dict[str, Any]:
    """The whole result as plain JSON values; ``comparison`` is what comparison.json of the command line holds.

    ``fingerprint`` changes whenever the result may have changed.
    """
    summary = summarise(data)
    return {
        "session_id": inputs.session_id,
        "fingerprint": inputs.fingerprint,
        "measured": len(data.trials),
        "waiting": inputs.waiting,
        "words": state_words(inputs, data),
        "headline": summary.headline if data.trials else "",
        "headline_words": summary.words if data.trials else "",
        "many_measures_words": many_measures_words(data.changes),
        "larger": [{"change": amount, "sentence": change.sentence} for amount, change in summary.larger],
        "not_distinguishable": list(summary.other_sentences),
        "not_comparable": list(summary.refused),
        "sides": list(summary.sides),
        "comparison": comparison_to_dict(data),
    }


def curves_json(inputs: SessionInput, data: ReportData) -> dict[str, Any]:
    """Repetitions of every primary outcome, from the moment each began: seconds and degrees, null where missing.

    Names are in the reader's language; ``block`` is ``pre``, ``baseline`` or ``retest``.
    """
    return {
        "tests": [
            {
                "key": shown.key,
                "label": translated(shown.label),
                "outcomes": [_outcome_json(shown, item) for item in shown.outcomes],
            }
            for shown in shown_tests(inputs, data)
        ]
    }


def _takes(inputs: SessionInput, data: ReportData) -> Iterator[tuple[ShownTake, ...]]:
    for before, after in recording_pairs(data):
        first = Phase.BASELINE if before and before[0] in data.baseline else Phase.PRE
        pair = ((first, before), (Phase.RETEST, after))
        yield tuple(_shown_take(inputs, phase, item, takes) for phase, takes in pair for item in takes)


def _shown_take(inputs: SessionInput, phase: Phase, item: ReportTrial, takes: Sequence[ReportTrial]) -> ShownTake:
    title = TITLES[Step(phase)]
    return ShownTake(
        title,
        take_name(title, item, takes),
        inputs.take_of(phase, item),
        item,
        end_range_words(item.trial),
        item.end_range_jpeg is not None,
        item is typical(takes),
    )


def _shown(takes: Sequence[ShownTake]) -> ShownTest:
    trial = takes[0].item.trial
    key = "-".join(filter(None, (trial.movement, str(trial.side) if trial.sided else "")))
    return ShownTest(
        key,
        trial.label,
        trial.caution,
        tuple(_shown_outcome(takes, item) for item in main_outcomes(trial)),
        tuple(takes),
        _body(takes),
    )


def _body(takes: Sequence[ShownTake]) -> Markup:
    drawn = body_picture([(shown.name, shown.item.trial, shown.item.skeleton) for shown in takes if shown.typical])
    return Markup() if drawn is None else Markup(inline_body(drawn))  # its words are escaped there


def _shown_outcome(takes: Sequence[ShownTake], first: OutcomeResult) -> ShownOutcome:
    trial = takes[0].item.trial
    found = [(shown.name, shown.item.trial.outcome(first.name)) for shown in takes]
    blocks = [
        [shown.item.trial.outcome(first.name) for shown in takes if shown.phase == phase]
        for phase in dict.fromkeys(shown.phase for shown in takes)
    ]
    return ShownOutcome(
        first.name,
        outcome_title(first, trial),
        first.context,
        first.caution,
        chart_words(*blocks),
        tuple((phase, _each(outcome), outcome_text(outcome), spread_text(outcome)) for phase, outcome in found),
        errors_sentence(found),
    )


def _each(outcome: OutcomeResult) -> str:
    return ", ".join(told(value, outcome.unit) for value in outcome.values) or MISSING


def _outcome_json(shown: ShownTest, item: ShownOutcome) -> dict[str, Any]:
    unit = shown.takes[0].item.trial.outcome(item.name).unit
    takes = [
        {
            "phase": translated(take.phase),
            "block": str(take.take.phase),
            "take": take.item.trial.take,
            "take_id": take.take.take_id,
            "repetitions": list(_repetitions_json(take, item.name)),
        }
        for take in shown.takes
    ]
    return {"outcome": item.name, "title": translated(item.title), "unit": unit, "takes": takes}


def _repetitions_json(shown: ShownTake, name: str) -> Iterator[dict[str, Any]]:
    trial, angles = shown.item.trial, shown.item.angles
    outcome = trial.outcome(name)
    if angles is None or outcome.column not in angles.values.columns:
        return
    whole = outcome_curve(angles, outcome)
    for repetition in trial.repetitions:
        if repetition.used:
            yield _repetition_json(repetition, whole.between(repetition.start_s, repetition.end_s), name)


def _repetition_json(repetition: Repetition, curve: Curve, name: str) -> dict[str, Any]:
    hold_s = (repetition.hold_start_s - repetition.start_s, repetition.hold_end_s - repetition.start_s)
    parts = {
        "number": repetition.number,
        "held": repetition.held,
        "hold_start_s": hold_s[0],
        "hold_end_s": hold_s[1],
        "end_range": repetition.end_range.get(name, math.nan),
        "time_s": _rounded(curve.time_s - repetition.start_s),
        "measured": _rounded(curve.measured),
        "interpolated": _rounded(curve.filled),
    }
    return {key: plain_json(value) for key, value in parts.items()}


def _rounded(values: NDArray[Any]) -> list[float]:
    return [round(float(value), 2) for value in values]
