"""By how much two takes of the same thing differ: its spread, its tails, and how it grows with how far the camera moved.

The standard deviation is that of all differences, outliers and all: it is what adds up with the spread of people. Beside it
stands the scale of Student's t, which tells the tails from the rest and by which the growth is found: scale^2 = 2 take^2 +
(per_yaw * yaw)^2 + (per_scale * size)^2 + (per_roll * roll)^2, where yaw, size and roll are by how much more than a hand
leaves it the camera moved, as the takes themselves say. Its degrees of freedom are common to all outcomes: they say how
heavy the tails are, so how much people and set-ups differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import gammaln

from benchmarks.synthetic.take_set import MOVED
from posecheck.comparison.comparability import CLOSE_ROLL_DEG, CLOSE_SCALE, CLOSE_YAW_DEG

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MEASURE = ["test", "outcome"]
SAME = [*MEASURE, "pair", "side"]
"""Takes that agree in these show the same leg of the same person; a change that is known is no difference of the error."""
MOVES = ["yaw", "scale", "roll"]
LIGHTEST, HEAVIEST = 60.0, 2.5
"""Tails are never taken for lighter or heavier than Student's t with these degrees of freedom (chosen by us)."""
FEW = 4
"""With fewer independent pairs of takes than this an outcome gets no row of its own (chosen by us)."""
MOST_FREEDOM = 15.0
"""However many takes there are, heavy tails leave a standard deviation no better known than this (chosen by us: with it 94 %
of these very takes' differences lie within the interval of 95 %)."""
BORROWED = 0.2
"""What a moved take of another test counts for the growth of a test, which has few of its own (chosen by us)."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far two takes of one outcome differ.

    Attributes
    ----------
    sd_deg : float
        Of one take's effect: the root mean square of all differences, outliers and all, over the root of 2.
    scale_deg, robust_deg : float
        The same as the scale of Student's t, and from the median size of the differences.
    largest_deg : float
        The largest difference of two takes.
    pairs, independent : int
        Pairs of takes; and how many of them are independent: takes less people.
    freedom : float
        How well ``sd_deg`` is known.
    """

    sd_deg: float
    scale_deg: float
    robust_deg: float
    largest_deg: float
    pairs: int
    independent: int
    freedom: float


@dataclass(frozen=True, slots=True)
class Growth:
    """Degrees of a difference for each degree of turn, percent of size, degree of tilt more."""

    per_yaw: float
    per_scale: float
    per_roll: float


def take_pairs(takes: pd.DataFrame) -> pd.DataFrame:
    """Every pair of takes of the same thing.

    Parameters
    ----------
    takes : DataFrame
        As `benchmarks.takes.measured.take_table`.

    Returns
    -------
    DataFrame
        ``test``, ``outcome``, ``pair``, ``off_deg`` (second error less first), ``moved`` (whether one was filmed from
        elsewhere on purpose), ``yaw``, ``roll`` (degrees) and ``scale`` (percent) by which the camera moved more than a hand
        leaves it, 0 where a take cannot tell, and ``weight``: n takes have n (n - 1) / 2 pairs but tell no more than n - 1.
    """
    rows = []
    for key, group in takes[np.isfinite(takes["error_deg"])].groupby(SAME, sort=False):
        back, moved = group[group["take"] != MOVED], group[group["take"] == MOVED]
        pairs = [(*two, False, 2 / len(back)) for two in combinations(back.itertuples(), 2)]
        pairs += [(a, b, True, 1 / len(back)) for b in moved.itertuples() for a in back.itertuples()]
        rows += [(*key[:3], b.error_deg - a.error_deg, far, *_moved(a, b), share) for a, b, far, share in pairs]
    return pd.DataFrame(rows, columns=[*MEASURE, "pair", "off_deg", "moved", *MOVES, "weight"])


def _moved(first: Any, second: Any) -> list[float]:
    """By how much the camera moved, less what a hand leaves when it puts the camera back."""
    further = (
        abs(second.yaw_deg - first.yaw_deg) - CLOSE_YAW_DEG,
        100 * (abs(second.lens_size / first.lens_size - 1) - CLOSE_SCALE),
        abs(second.roll_deg - first.roll_deg) - CLOSE_ROLL_DEG,
    )
    return [max(0.0, float(part)) if np.isfinite(part) else 0.0 for part in further]


def spreads(pairs: pd.DataFrame) -> dict[tuple[str, str], Spread]:
    """The spread of each outcome of which there are takes enough, by test and outcome.

    Parameters
    ----------
    pairs : DataFrame
        As `take_pairs`, or of other differences; those whose camera moved are left out.
    """
    back, tails = _enough(pairs), fit_tails(pairs)
    return {key: _spread(group, tails) for key, group in back.groupby(MEASURE, sort=False)}


def _enough(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs whose camera was put back, of outcomes of which there are enough."""
    back = pairs[~pairs["moved"].to_numpy(bool)]
    return back[back.groupby(MEASURE)["weight"].transform("sum") >= FEW]


def fit_tails(pairs: pd.DataFrame) -> float:
    """The most likely degrees of freedom, common to all outcomes, each of which has a scale of its own."""
    groups = [group for _, group in _enough(pairs).groupby(MEASURE)]

    def unlikeliness(log_freedom: float) -> float:
        freedom = float(np.exp(log_freedom))
        return sum(_unlikeliness(group, 2 * fit_scale(group, freedom) ** 2, freedom) for group in groups)

    steps = np.linspace(np.log(HEAVIEST), np.log(LIGHTEST), 25)
    return float(np.exp(min(steps, key=unlikeliness)))


def fit_scale(pairs: pd.DataFrame, freedom: float) -> float:
    """The most likely scale of one take's effect in degrees, under tails that are known."""
    off, weight = pairs["off_deg"].to_numpy(), pairs["weight"].to_numpy()
    square = np.average(off**2, weights=weight)
    for _ in range(100):  # expectation maximisation: outliers weigh less the further out they lie
        square = np.average((freedom + 1) / (freedom + off**2 / square) * off**2, weights=weight)
    return float(np.sqrt(square / 2))


def _unlikeliness(pairs: pd.DataFrame, variance: Array | float, freedom: float) -> float:
    """Minus the logarithm of Student's density of all differences."""
    constant = gammaln(freedom / 2) - gammaln((freedom + 1) / 2) + np.log(np.pi * freedom) / 2
    off = pairs["off_deg"].to_numpy()
    each = constant + np.log(variance) / 2 + (freedom + 1) / 2 * np.log1p(off**2 / (freedom * variance))
    return float(np.sum(pairs["weight"].to_numpy() * each))


def _spread(pairs: pd.DataFrame, tails: float) -> Spread:
    off, weight = pairs["off_deg"].to_numpy(), pairs["weight"].to_numpy()
    independent = float(weight.sum())
    return Spread(
        float(np.sqrt(np.sum(weight * off**2) / independent / 2)),
        fit_scale(pairs, tails),
        float(1.4826 * np.median(np.abs(off)) / np.sqrt(2)),
        float(np.abs(off).max()),
        len(pairs),
        round(independent),
        min(independent, MOST_FREEDOM),
    )


def growth_by_test(pairs: pd.DataFrame, found: dict[tuple[str, str], Spread], tails: float) -> dict[str, Growth]:
    """How the difference grows once the camera moved further: common to the outcomes of a test.

    Parameters
    ----------
    pairs : DataFrame
        As `take_pairs`.
    found : mapping
        The spread of each outcome with the camera put back.
    tails : float
        Degrees of freedom of all outcomes.
    """
    known = np.array([key in found for key in zip(pairs["test"], pairs["outcome"], strict=True)])
    moved = pairs[pairs["moved"].to_numpy() & known]
    growths = {}
    for test in dict.fromkeys(moved["test"]):
        share = np.where(moved["test"] == test, 1.0, BORROWED)
        growths[str(test)] = fit_growth(moved.assign(weight=moved["weight"] * share), found, tails)
    return growths


def fit_growth(pairs: pd.DataFrame, found: dict[tuple[str, str], Spread], tails: float) -> Growth:
    """The most likely growth from pairs of which one take's camera was moved on purpose."""
    keys = zip(pairs["test"], pairs["outcome"], strict=True)
    still = np.array([2 * found[key].scale_deg ** 2 for key in keys])
    moves = pairs[MOVES].to_numpy() ** 2

    def unlikeliness(growth: Array) -> float:
        return _unlikeliness(pairs, still + moves @ growth**2, tails)

    best = minimize(unlikeliness, np.full(len(MOVES), 0.1), method="L-BFGS-B", bounds=[(0.0, 2.0)] * len(MOVES)).x
    return Growth(*best.tolist())
