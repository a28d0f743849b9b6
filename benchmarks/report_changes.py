"""What a user is told of each pair of the reporting set: the change with its interval and its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.verdict import Verdict
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from benchmarks.report_score import RecordingScore

STILL_DEG = 1.0
"""A true change below this is none that anybody means."""
CLEAR_DEG = 10.0
"""A true change above this is one that a user would want to be told."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One outcome of a pair; ``inside``: whether the true change lies within the stated 95 % interval."""

    pair: int
    place: str
    test: str
    outcome: str
    role: str
    true_deg: float
    said_deg: float
    low_deg: float
    high_deg: float
    larger: bool

    @property
    def inside(self) -> bool:
        """Whether the true change lies within the stated interval."""
        return self.low_deg <= self.true_deg <= self.high_deg


def change_rows(scores: Sequence[RecordingScore], changes: pd.DataFrame) -> list[ChangeRow]:
    """The changes of all pairs of which both recordings were measured.

    Parameters
    ----------
    scores : sequence of RecordingScore
    changes : DataFrame
        The true ones, as `benchmarks.report_summary.changes`.
    """
    true = {(item.pair, item.outcome): item.true_change_deg for item in changes.itertuples() if item.outcome}
    by_pair: dict[int, dict[str, RecordingScore]] = {}
    for score in scores:
        by_pair.setdefault(score.clip.pair, {})[str(score.clip.phase)] = score
    return [row for pair in by_pair.values() if len(pair) == 2 for row in _pair_rows(pair["pre"], pair["retest"], true)]


def _pair_rows(pre: RecordingScore, retest: RecordingScore, true_deg: dict[tuple[int, str], float]) -> list[ChangeRow]:
    if pre.trial is None or retest.trial is None:
        return []
    rows = []
    for change in compare_blocks([pre.trial], [retest.trial]):
        true, said = true_deg.get((pre.clip.pair, change.outcome), np.nan), change.difference
        if np.isfinite(true) and np.isfinite(said.difference_deg):
            about = (pre.clip.pair, str(pre.clip.place), pre.clip.test, change.outcome, str(change.role))
            interval = (said.difference_deg, said.ci95_low_deg, said.ci95_high_deg)
            rows.append(ChangeRow(*about, true, *interval, change.verdict is Verdict.LARGER))
    return rows


def verdict_table(rows: Sequence[ChangeRow]) -> str:
    """How often a change is called larger than the error, by what is true, as Markdown; primary outcomes."""
    lines = [
        f"| primary outcomes, called larger than measurement error | true change below {STILL_DEG:.0f}° | "
        f"{STILL_DEG:.0f} to {CLEAR_DEG:.0f}° | above {CLEAR_DEG:.0f}° |",
        "|---|---|---|---|",
    ]
    for place in dict.fromkeys(row.place for row in rows):
        mine = [row for row in rows if row.place == place and row.role == Role.PRIMARY]
        cells = []
        for low, high in ((0, STILL_DEG), (STILL_DEG, CLEAR_DEG), (CLEAR_DEG, np.inf)):
            here = [row.larger for row in mine if low <= abs(row.true_deg) < high]
            cells.append(f"{sum(here)} of {len(here)}")
        lines.append(f"| {place} | {' | '.join(cells)} |")
    return "\n".join(lines)
