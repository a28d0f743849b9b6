"""What the reporting set's errors come to: the figures that the page promises, each by source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.angle_sources import SOURCES
from benchmarks.report_score import HELD, REST, RESULT
from benchmarks.synthetic.report_set import Place
from posecheck.movements import load_movement

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

PAIR = ["pair", "source", "moment", "column"]
SYMMETRIC = {HELD: ("toe-touch",), REST: ("toe-touch", "knee-to-chest", "side-lunge")}
"""When both legs do the same: in which tests at end range, and in which before the first repetition."""


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """Signed errors in degrees of one group of numbers; ``asked`` counts those that were not measured, too."""

    values_deg: NDArray[np.float64]
    asked: int

    @property
    def words(self) -> str:
        """Median and 95th percentile of the absolute error: ``1.2 / 4.5``; how many were measured where not all were."""
        size = np.abs(self.values_deg)
        if not size.size:
            return "-"
        share = f" ({size.size} of {self.asked})" if size.size < self.asked else ""
        return f"{np.median(size):.1f} / {np.percentile(size, 95):.1f}{share}"


def end_errors(rows: pd.DataFrame) -> Errors:
    """Error of end range."""
    off = (rows["value_deg"] - rows["truth_deg"]).to_numpy()
    return Errors(off[np.isfinite(off)], len(off))


def changes(rows: pd.DataFrame) -> pd.DataFrame:
    """Measured and true change of each angle of a pair, with what is known of its pre-test."""
    pre, retest = (rows[rows["phase"] == phase] for phase in ("pre", "retest"))
    after = retest[[*PAIR, "value_deg", "truth_deg"]]
    both = pre.merge(after, on=PAIR, suffixes=("", "_after"))
    both["change_deg"] = both["factor"] * (both["value_deg_after"] - both["value_deg"])
    both["true_change_deg"] = both["factor"] * (both["truth_deg_after"] - both["truth_deg"])
    return both


def change_errors(rows: pd.DataFrame) -> Errors:
    """Error of the change from pre-test to re-test."""
    both = changes(rows)
    off = (both["change_deg"] - both["true_change_deg"]).to_numpy()
    return Errors(off[np.isfinite(off)], len(off))


def reads_of_8(rows: pd.DataFrame) -> float:
    """What a true change of 8 degrees reads: the slope of the measured on the true changes, times 8; NaN if unknown."""
    both = changes(rows).dropna(subset=["change_deg"])
    true = both["true_change_deg"].to_numpy()
    if np.abs(true).max(initial=0) < 1:
        return float("nan")
    return float(8 * np.polyfit(true, both["change_deg"].to_numpy(), 1)[0])


def side_differences(rows: pd.DataFrame) -> pd.DataFrame:
    """Right less left against the truth where both legs do the same: one row a recording, source and angle."""
    alike = [(rows["moment"] == moment) & rows["test"].isin(tests) for moment, tests in SYMMETRIC.items()]
    chosen = rows[np.logical_or.reduce(alike) & (rows["source"] != RESULT)]
    by = ["pair", "phase", "source", "moment", "yaw_deg", "place"]
    sides = []
    for side in ("right", "left"):
        mine = chosen[chosen["column"].str.startswith(f"{side}_")]
        off = mine["value_deg"] - mine["truth_deg"]
        sides.append(mine.assign(angle=mine["column"].str.removeprefix(f"{side}_"), off=off).set_index([*by, "angle"]))
    return (sides[0]["off"] - sides[1]["off"]).rename("difference_deg").reset_index()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: which rows it is about, what is asked of them, and the goal in words."""

    words: str
    choose: Callable[[pd.DataFrame], pd.Series]
    figure: Callable[[pd.DataFrame], str]
    goal: str


def _place(place: Place, low_deg: float = 0.0, high_deg: float = 90.0) -> Callable[[pd.DataFrame], pd.Series]:
    """Primary outcomes at end range from a place, by how far the camera of the pre-test is turned."""

    def chosen(rows: pd.DataFrame) -> pd.Series:
        yaw = rows["pair"].map(rows[rows["phase"] == "pre"].groupby("pair")["yaw_deg"].first()).abs()
        return (rows["place"] == place) & yaw.between(low_deg, high_deg)

    return chosen


def _primary(rows: pd.DataFrame) -> pd.Series:
    return (rows["role"] == "primary") & (rows["moment"] == HELD)


def _outcomes(rows: pd.DataFrame) -> pd.Series:
    return (rows["role"] != "") & (rows["moment"] == HELD)


def _both(*conditions: Callable[[pd.DataFrame], pd.Series]) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda rows: np.logical_and.reduce([condition(rows) for condition in conditions])


def _front_knee(rows: pd.DataFrame) -> pd.Series:
    """The bent knee of a side lunge: that of the leg that is not tested."""
    other = rows["side"].map({"left": "right", "right": "left"})
    return (rows["test"] == "side-lunge") & (rows["moment"] == HELD) & (rows["column"] == other + "_knee_flexion_deg")


def _rear_hip(rows: pd.DataFrame) -> pd.Series:
    return (rows["outcome"] == "hip_extension") & (rows["moment"] == HELD)


def _end(rows: pd.DataFrame) -> str:
    return end_errors(rows).words


def _change(rows: pd.DataFrame) -> str:
    return change_errors(rows).words


def _eight(rows: pd.DataFrame) -> str:
    read = reads_of_8(rows)
    return f"{read:.1f}" if np.isfinite(read) else "-"


RECOMMENDED, NEAR, FAR = _place(Place.RECOMMENDED), _place(Place.BESIDE, 0, 30), _place(Place.BESIDE, 30, 90)
LINES = (
    Line("primary, recommended place: end range", _both(_primary, RECOMMENDED), _end, "1.5 / 5"),
    Line("primary, recommended place: change", _both(_primary, RECOMMENDED), _change, "0.6 / 2"),
    Line("primary, 10-30° beside: end range", _both(_primary, NEAR), _end, "2.5 / 7"),
    Line("primary, 10-30° beside: change", _both(_primary, NEAR), _change, "1.0 / 3"),
    Line("primary, 30-45° beside: end range", _both(_primary, FAR), _end, ""),
    Line("primary, 30-45° beside: change", _both(_primary, FAR), _change, ""),
    Line("all outcomes, recommended place: end range", _both(_outcomes, RECOMMENDED), _end, ""),
    Line("all outcomes, recommended place: change", _both(_outcomes, RECOMMENDED), _change, ""),
    Line("all outcomes, 10-30° beside: end range", _both(_outcomes, NEAR), _end, ""),
    Line("all outcomes, 10-30° beside: change", _both(_outcomes, NEAR), _change, ""),
    Line("lunge from the other side, primary: end range", _both(_primary, _place(Place.OTHER_SIDE)), _end, ""),
    Line("lunge from the other side, primary: change", _both(_primary, _place(Place.OTHER_SIDE)), _change, ""),
    Line("bent knee seen from the front: end range", _both(_front_knee, RECOMMENDED), _end, "3 / -"),
    Line("bent knee seen from the front: change", _both(_front_knee, RECOMMENDED), _change, "1.5 / -"),
    Line("rear hip extension: a true 8 reads", _both(_rear_hip, RECOMMENDED), _eight, "7 to 9"),
)


def promise_table(rows: pd.DataFrame, swaps: pd.DataFrame) -> str:
    """Every promise by source, as Markdown; what a user gets is in the last column but one."""
    columns = [*SOURCES, RESULT]
    lines = [
        f"| median / 95 % of the absolute error, degrees | {' | '.join(columns)} | goal |",
        "|" + "---|" * (len(columns) + 2),
    ]
    for line in LINES:
        chosen = rows[line.choose(rows)]
        cells = [line.figure(chosen[chosen["source"] == source]) for source in columns]
        lines.append(f"| {line.words} | {' | '.join(cells)} | {line.goal} |")
    return "\n".join([*lines, _difference_line(rows, columns), _swap_line(swaps, columns)])


def _difference_line(rows: pd.DataFrame, columns: list[str]) -> str:
    found = side_differences(rows)
    cells = []
    for source in columns:
        off = found.loc[(found["source"] == source) & (found["yaw_deg"].abs() <= 45), "difference_deg"].to_numpy()
        cells.append(Errors(off[np.isfinite(off)], len(off)).words)
    return f"| false difference of sides, both legs alike, up to 45° | {' | '.join(cells)} | 2 / 5 |"


def _swap_line(swaps: pd.DataFrame, columns: list[str]) -> str:
    cells = []
    for source in columns:
        mine = swaps[swaps["source"] == source]
        total = int(mine["pictures"].sum())
        cells.append(f"{100 * mine['swapped'].sum() / total:.2f} %" if total else "-")
    return f"| pictures with the legs exchanged | {' | '.join(cells)} | < 0.3 % |"


def outcome_table(rows: pd.DataFrame, where: Callable[[pd.DataFrame], pd.Series], words: str) -> str:
    """End range and change of each outcome from some place, by source, with the source that its test uses.

    Parameters
    ----------
    rows : DataFrame
    where : callable
        Which rows: one of `RECOMMENDED`, `NEAR`, `FAR`.
    words : str
        What the place is called.
    """
    columns = [*SOURCES, RESULT]
    chosen = rows[_both(_outcomes, where)(rows)]
    lines = [
        f"| {words}: end range; change | role | the test uses | {' | '.join(columns)} |",
        "|" + "---|" * (len(columns) + 3),
    ]
    for (test, outcome, role), mine in chosen.groupby(["test", "outcome", "role"], sort=False):
        by_source = [mine[mine["source"] == source] for source in columns]
        cells = [f"{_end(item)}; {_change(item)}" for item in by_source]
        movement = load_movement(str(test))
        used = movement.source_of(movement.outcome(str(outcome)).ref)
        name = f"{test}: {str(outcome).replace('_', ' ')}"
        lines.append(f"| {name} | {role} | {used} | {' | '.join(cells)} |")
    return "\n".join(lines)


def refusal_table(clips: pd.DataFrame) -> str:
    """How many recordings were refused, by test and place; ``clips``: test, place, refused."""
    places = [str(place) for place in Place]
    lines = [f"| refused of recordings | {' | '.join(places)} |", "|" + "---|" * (len(places) + 1)]
    for test, mine in clips.groupby("test", sort=False):
        cells = []
        for place in places:
            here = mine[mine["place"] == place]
            cells.append(f"{(here['refused'] != '').sum()} of {len(here)}" if len(here) else "-")
        lines.append(f"| {test} | {' | '.join(cells)} |")
    return "\n".join(lines)
