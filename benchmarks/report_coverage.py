"""Whether stated uncertainties hold on the reporting set, near to the training data and far from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.report_score import HELD, RESULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from benchmarks.report_changes import ChangeRow

FAR = 1.0
"""From this depth on a picture lies far from the training data."""


def coverage_table(joints: pd.DataFrame, angles: pd.DataFrame, changes: Sequence[ChangeRow]) -> str:
    """What share lies within its stated 95 %, as Markdown."""
    lines = ["| within the stated 95 % (goal: 92 to 98 %) | near the training data | far from it |", "|---|---|---|"]
    for source, mine in joints.groupby("source", sort=False):
        far = mine["from_depth"] >= FAR
        cells = [_share(int(part["inside"].sum()), int(part["known"].sum())) for part in (mine[~far], mine[far])]
        lines.append(f"| coordinates of joints, {source} | {' | '.join(cells)} |")
    held = angles[(angles["moment"] == HELD) & (angles["outcome"] != "") & angles["reach_deg"].notna()]
    for source, mine in held.groupby("source", sort=False):
        far = mine["depth"] > FAR
        lines.append(f"| outcomes at end range, {source} | {_angle_share(mine[~far])} | {_angle_share(mine[far])} |")
    inside = [item.inside for item in changes]
    return "\n".join([*lines, f"| changes of outcomes, {RESULT} | {_share(sum(inside), len(inside))} | |"])


def coverage_by_depth(joints: pd.DataFrame, source: str) -> pd.DataFrame:
    """Share of coordinates within their stated 95 % by depth: columns ``from_depth``, ``share``, ``known``."""
    sums = joints[joints["source"] == source].groupby("from_depth", as_index=False)[["inside", "known"]].sum()
    return sums.assign(share=sums["inside"] / sums["known"])


def _angle_share(rows: pd.DataFrame) -> str:
    off = (rows["value_deg"] - rows["truth_deg"]).abs()
    known = off.notna()
    return _share(int((off <= rows["reach_deg"])[known].sum()), int(known.sum()))


def _share(inside: int, known: int) -> str:
    return f"{100 * inside / known:.1f} % of {known}" if known else "none"
