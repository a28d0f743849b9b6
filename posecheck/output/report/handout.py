"""The first page of the report, to hand over: one picture a test, its changes with their bars, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.comparison.rounding import MISSING
from posecheck.movements import Role
from posecheck.output.report.compared_tests import compared_tests
from posecheck.output.report.data import PHASE_TITLES
from posecheck.output.report.give_or_take import measured_text
from posecheck.output.report.rows import outcome_title, takes_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.output.report.compared_tests import ComparedTest
    from posecheck.output.report.data import ReportData, ReportTrial
    from posecheck.output.report.rows import ChangeGroup, ChangeRow, Track
    from posecheck.protocol import Suggestion
    from posecheck.trial.trial import OutcomeResult

MOST_STEPS = 3
"""Of what to do next, so that all stands on one page; the details have the rest (chosen by us)."""


@dataclass(frozen=True, slots=True)
class HandoutRow:
    """One main measure: before and after it, the change and its bar; ``amount`` is empty where nothing was compared."""

    label: str
    before: str
    retest: str
    amount: str
    track: Track | None
    verdict: str

    @property
    def larger(self) -> bool:
        """Whether the change counts as larger than measurement error."""
        return self.track is not None and self.track.larger


@dataclass(frozen=True, slots=True, eq=False)
class HandoutTest:
    """One test and side: the recording whose picture is shown (None without one), its block, and its main measures."""

    label: str
    block: str
    shown: ReportTrial | None
    rows: tuple[HandoutRow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Handout:
    """The first page.

    Attributes
    ----------
    compared : bool
        Whether there are changes; without them the rows hold end ranges alone.
    retested : bool
        Whether there is a re-test.
    tests : tuple of HandoutTest
    steps : tuple of Suggestion
        What to do next, the most important first.
    further_steps : int
        So many more are in the details.
    """

    compared: bool
    retested: bool
    tests: tuple[HandoutTest, ...]
    steps: tuple[Suggestion, ...]
    further_steps: int


def handout_of(data: ReportData, changes: Sequence[ChangeGroup], suggestions: Sequence[Suggestion]) -> Handout:
    """The first page of a session's report.

    Parameters
    ----------
    data : ReportData
    changes : sequence of ChangeGroup
        The rows of its table of changes (`posecheck.output.report.rows.change_groups`).
    suggestions : sequence of Suggestion
    """
    rows = [row for group in changes for row in group.rows if row.change.role is Role.PRIMARY]
    tests = tuple(_test(test, rows) for test in compared_tests(data))
    steps = tuple(suggestions[:MOST_STEPS])
    return Handout(bool(rows), bool(data.retest), tests, steps, len(suggestions) - len(steps))


def _test(test: ComparedTest, rows: Iterable[ChangeRow]) -> HandoutTest:
    trial = test.trial
    key = (trial.movement, trial.side)
    compared = [row for row in rows if (row.change.movement, row.change.tested_side) == key]
    block, shown = next(
        ((block, item) for block, item in reversed(test.shown) if item.end_range_jpeg), (test.shown[-1][0], None)
    )
    return HandoutTest(trial.label, block, shown, tuple(map(_compared, compared)) or tuple(_measured(test)))


def _compared(row: ChangeRow) -> HandoutRow:
    return HandoutRow(row.label, row.pre, row.retest, row.amount, row.track, row.verdict)


def _measured(test: ComparedTest) -> Iterable[HandoutRow]:
    """End ranges of a test that was not compared, each under the block that it is from."""
    for outcome in test.outcomes:
        texts = {
            name == PHASE_TITLES["retest"]: _text([item.trial.outcome(outcome.name) for item in takes])
            for name, takes in test.blocks
        }
        yield HandoutRow(
            outcome_title(outcome, test.trial), texts.get(False, MISSING), texts.get(True, MISSING), "", None, ""
        )


def _text(takes: Sequence[OutcomeResult]) -> str:
    return measured_text(takes[0]) if len(takes) == 1 else takes_text(takes)
