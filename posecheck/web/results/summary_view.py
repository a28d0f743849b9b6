"""The top of the result page: for each test that counts its two end ranges side by side and what changed; left and right."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from posecheck.comparison.rounding import told
from posecheck.comparison.verdict import Verdict
from posecheck.language import first_lower, first_upper, joined, phrase, without_stop
from posecheck.movements import Role
from posecheck.output.report.rows import change_label, outcome_caution

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.comparison.changes import Change
    from posecheck.comparison.sides import SideDifference
    from posecheck.output.report.data import ReportData
    from posecheck.output.report.rows import ChangeGroup, ChangeRow, SideRow
    from posecheck.trial.keys import MeasureKey
    from posecheck.web.results.view import ShownTake

MOST_PICTURED = 3
"""So many tests are shown with their pictures before the folds: more would be more than three screens of a phone."""


@dataclass(frozen=True, slots=True)
class CardMeasure:
    """One measure on a card: its row of the table, why it stands here, what makes it doubtful, and its own caution.

    ``why_not`` says why it could not be compared, empty where it was.
    """

    row: ChangeRow
    remark: str
    doubts: tuple[str, ...]
    caution: str
    why_not: str


@dataclass(frozen=True, slots=True, eq=False)
class ResultCard:
    """One test: its measures that count, and the takes whose pictures stand for the blocks, before and after.

    ``measures`` stand with their bars; ``secondary`` are the rows of those that changed besides, told in a line each.
    """

    label: str
    measures: tuple[CardMeasure, ...]
    secondary: tuple[ChangeRow, ...]
    shown: tuple[ShownTake, ShownTake]

    @property
    def larger(self) -> bool:
        """Whether any of it is larger than measurement error."""
        return any(item.row.change.stands_out for item in self.measures)


@dataclass(frozen=True, slots=True)
class SideLine:
    """Left and right of one measure in a line; the row of the report has its bars and sentences."""

    label: str
    left: str
    right: str
    verdict: str
    larger: bool
    row: SideRow


@dataclass(frozen=True, slots=True, eq=False)
class ResultTop:
    """What stands before the folds.

    ``cards`` and ``further`` are the tests that count; ``others`` the main measures that do not, each with its label;
    ``sides_title`` says in which block ``sides`` were compared.
    """

    cards: tuple[ResultCard, ...]
    further: tuple[ResultCard, ...]
    others: tuple[tuple[str, ChangeRow], ...]
    sides: tuple[SideLine, ...]
    sides_title: str


def result_top(
    data: ReportData,
    groups: Sequence[ChangeGroup],
    sides: Sequence[SideRow],
    takes: Sequence[ShownTake],
    named: MeasureKey | None,
) -> ResultTop:
    """Sort what is told at once: the named measure, then what changed; nothing of it stands among the others."""
    rows = [(group, row) for group in groups for row in group.rows]
    chosen = _chosen([row.change for _, row in rows], named)
    ids = {id(change) for change in chosen}
    cards = tuple(_cards(chosen, {id(row.change): row for _, row in rows}, takes, data, named))
    others = tuple(
        (change_label(row.change), row)
        for _, row in rows
        if row.change.role is Role.PRIMARY
        and id(row.change) not in ids
        and row.change.verdict is not Verdict.NOT_COMPARABLE
    )
    found = data.pre_sides or data.retest_sides
    return ResultTop(
        cards[:MOST_PICTURED],
        cards[MOST_PICTURED:],
        others,
        tuple(_side_line(item, sides) for item in found if item.role is Role.PRIMARY),
        phrase("Left and right, before the stretch") if data.pre_sides else phrase("Left and right, in the re-test"),
    )


def _chosen(changes: Sequence[Change], named: MeasureKey | None) -> list[Change]:
    """The named measure, what stands out, main measures first; where nothing does, what exceeds its own error alone."""
    first = [change for change in changes if named is not None and change.role is Role.PRIMARY]
    out = [change for change in changes if change.stands_out]
    by_itself = [change for change in changes if change.verdict is Verdict.LARGER and not change.stands_out]
    ordered = [*first, *sorted(out, key=lambda change: change.role is not Role.PRIMARY)]
    return list({id(change): change for change in ordered or by_itself}.values())


def _cards(
    chosen: Sequence[Change],
    rows: dict[int, ChangeRow],
    takes: Sequence[ShownTake],
    data: ReportData,
    named: MeasureKey | None,
) -> Iterable[ResultCard]:
    order = list(dict.fromkeys(change.key for change in chosen))
    for key, changes in groupby(sorted(chosen, key=lambda change: order.index(change.key)), lambda change: change.key):
        shown = [take for take in takes if take.typical and take.item.trial.key == key]
        found = list(changes)
        barred = [change for change in found if change.role is Role.PRIMARY] or found[:1]
        besides = tuple(rows[id(change)] for change in found if change not in barred)
        measures = tuple(_measure(rows[id(change)], data, named) for change in barred)
        yield ResultCard(shown[0].item.trial.label, measures, besides, (shown[0], shown[-1]))


def _measure(row: ChangeRow, data: ReportData, named: MeasureKey | None) -> CardMeasure:
    change = row.change
    caution = outcome_caution(next(item.trial for item in data.before if item.trial.key == change.key), change.outcome)
    why_not = _sentence(joined(change.reasons, "; ")) if change.verdict is Verdict.NOT_COMPARABLE else ""
    return CardMeasure(row, _remark(change, named), tuple(map(_sentence, change.doubts)), caution, why_not)


def _remark(change: Change, named: MeasureKey | None) -> str:
    if named is not None and change.role is Role.PRIMARY:
        return phrase("The measure you named")
    if change.role is not Role.PRIMARY:
        return phrase("Secondary measure")
    return ""


def _sentence(words: str) -> str:
    return joined((without_stop(first_upper(words)), "."), "")


def _side_line(item: SideDifference, rows: Sequence[SideRow]) -> SideLine:
    label = phrase("{test}: {measure}", test=item.movement_title, measure=first_lower(item.title))
    return SideLine(
        label,
        told(item.left.mean_deg),
        told(item.right.mean_deg),
        _side_verdict(item),
        item.verdict is Verdict.LARGER,
        next(row for row in rows if row.label == label),
    )


def _side_verdict(item: SideDifference) -> str:
    difference = item.difference.difference_deg
    match item.verdict:
        case Verdict.LARGER:
            angle = told(abs(difference))
            if difference > 0:
                return phrase("{angle} larger on the right: more than error", angle=angle)
            return phrase("{angle} larger on the left: more than error", angle=angle)
        case Verdict.SMALL:
            return phrase("Hardly apart")
        case Verdict.NOT_COMPARABLE:
            return phrase("Cannot be compared")
        case _:
            return phrase("Not told apart")
