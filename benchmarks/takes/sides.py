"""The error of left against right on bodies whose sides are alike: each leg is seen from another side of the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.synthetic.report_set import Phase
from benchmarks.synthetic.take_set import MOVED
from benchmarks.takes.spread import MEASURE, spreads

if TYPE_CHECKING:
    from benchmarks.takes.spread import Spread

SIDE_PAIR = [*MEASURE, "pair"]


@dataclass(frozen=True, slots=True)
class SideError:
    """Right less left where both are the same.

    Attributes
    ----------
    spread : Spread
        Of the difference; its ``sd_deg`` and the others are those of one side of two.
    bias_deg : float
        Mean difference: what the two sides differ by in everybody.
    near : str
        Whether the outcome's leg is the near or the far one to the camera; empty for the trunk and in front views.
    people : int
        Person-tests of which both sides were measured.
    """

    spread: Spread
    bias_deg: float
    near: str
    people: int

    @property
    def sd_deg(self) -> float:
        """Of the difference of two sides."""
        return float(np.sqrt(2) * self.spread.sd_deg)


def side_pairs(takes: pd.DataFrame) -> pd.DataFrame:
    """Right less left of every two takes of one person's two legs, in the columns that `spreads` reads, and ``near``.

    Each person weighs 1, however many takes there are: what sets the sides apart is much the same in each.
    """
    chosen = takes[(takes["phase"] == Phase.PRE) & (takes["take"] != MOVED) & np.isfinite(takes["error_deg"])]
    left, right = (chosen[chosen["whose"] == side] for side in ("left", "right"))
    both = left.merge(right[[*SIDE_PAIR, "error_deg"]], on=SIDE_PAIR, suffixes=("", "_right"))
    return both[[*SIDE_PAIR, "near"]].assign(
        off_deg=both["error_deg_right"] - both["error_deg"],
        moved=False,
        weight=1 / both.groupby(SIDE_PAIR)["error_deg"].transform("size"),
    )


def side_errors(takes: pd.DataFrame) -> dict[tuple[str, str], SideError]:
    """The error of a difference of sides, by test and outcome, where there are people enough."""
    pairs = side_pairs(takes)
    found = {}
    for key, spread in spreads(pairs).items():
        mine = pairs[(pairs["test"] == key[0]) & (pairs["outcome"] == key[1])]
        bias_deg = float(np.average(mine["off_deg"], weights=mine["weight"]))
        found[key] = SideError(spread, bias_deg, str(mine["near"].iloc[0]), mine["pair"].nunique())
    return found
