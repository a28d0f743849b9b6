"""What is said of made-up takes is what they were made with: spread, tails, growth with the camera, sides, repetitions."""

from __future__ import annotations

import tomllib

import numpy as np
import pandas as pd
import pytest

from benchmarks.synthetic.take_set import MOVED
from benchmarks.takes.prior_rows import camera_rows, repetition_rows, with_rows
from benchmarks.takes.repetition import Repeated, repeated
from benchmarks.takes.sides import side_errors
from benchmarks.takes.spread import (
    MOST_FREEDOM,
    Growth,
    Spread,
    fit_scale,
    fit_tails,
    growth_by_test,
    spreads,
    take_pairs,
)

KEY = ("toe-touch", "hip_flexion")
SPREAD = Spread(1.5, 1.3, 1.4, 4.2, 30, 15, 6.0)
TABLE = """# Of the camera.

[[camera]]
movement = "*"
outcome = "*"
sd_deg = 9.0
freedom = 3
source = "old"

[[camera]]
movement = "toe-touch"
outcome = "trunk_flexion"
sd_deg = 8.0
freedom = 3
source = "old"

# Of the person.

[[person]]
movement = "*"  # a remark
outcome = "*"
sd_deg = 1.7
freedom = 8
source = "a paper"
"""


def takes_of(errors_deg: np.ndarray, *, outcome: str = "hip_flexion", side: str = "left") -> pd.DataFrame:
    """Takes of people: ``errors_deg`` (people, takes); each person has a bias of their own, which no difference shows."""
    people, count = errors_deg.shape
    bias = np.random.default_rng(5).normal(0, 8, (people, 1))
    rows = [
        {
            "test": "toe-touch",
            "outcome": outcome,
            "pair": k,
            "side": side,
            "whose": side,
            "phase": "pre",
            "take": t + 1,
            "near": "",
        }
        | {"error_deg": bias[k, 0] + errors_deg[k, t], "yaw_deg": 0.0, "roll_deg": 0.0, "lens_size": 0.3}
        for k in range(people)
        for t in range(count)
    ]
    return pd.DataFrame(rows)


def drawn(people: int, takes: int, sd_deg: float, tails: float = np.inf) -> np.ndarray:
    """Each person's takes spread by their own factor, as heavy tails arise."""
    rng = np.random.default_rng(11)
    factor = np.ones(people) if np.isinf(tails) else np.sqrt(tails / rng.chisquare(tails, people))
    return rng.normal(0, sd_deg, (people, takes)) * factor[:, None]


def test_the_spread_of_takes_is_what_they_were_made_with_whatever_each_person_is_off_by() -> None:
    found = spreads(take_pairs(takes_of(drawn(400, 3, 1.5))))[KEY]
    assert found.sd_deg == pytest.approx(1.5, rel=0.05)
    assert found.scale_deg == pytest.approx(1.5, rel=0.05)
    assert found.robust_deg == pytest.approx(1.5, rel=0.08)
    assert (found.pairs, found.independent) == (1200, 800)


def test_a_known_change_between_two_takes_is_no_error_and_they_are_compared_within_one_leg_only() -> None:
    left, right = (takes_of(drawn(50, 2, 1.0), side=side) for side in ("left", "right"))
    right["error_deg"] += 30.0
    left.loc[left["take"] == 2, "phase"] = "retest"
    found = spreads(take_pairs(pd.concat([left, right])))[KEY]
    assert found.pairs == 100
    assert found.largest_deg < 6


def test_heavy_tails_are_told_from_light_ones() -> None:
    light, heavy = (take_pairs(takes_of(drawn(1500, 2, 1.0, tails))) for tails in (np.inf, 4.0))
    assert fit_tails(light) > 20
    assert fit_tails(heavy) == pytest.approx(4.0, rel=0.35)
    assert fit_scale(heavy, 4.0) == pytest.approx(1.0, rel=0.06)
    assert spreads(heavy)[KEY].sd_deg > 1.25


def test_the_interval_of_the_fitted_spread_holds_19_of_20_differences_with_heavy_tails_too() -> None:
    from scipy.special import stdtrit

    pairs = take_pairs(takes_of(drawn(2000, 2, 2.0, 4.0)))
    tails = fit_tails(pairs)
    reach = stdtrit(tails, 0.975) * np.sqrt(2) * fit_scale(pairs, tails)
    assert (pairs["off_deg"].abs() <= reach).mean() == pytest.approx(0.95, abs=0.012)


def test_few_takes_are_known_less_surely_than_many() -> None:
    few, many = (spreads(take_pairs(takes_of(drawn(people, 2, 1.0))))[KEY] for people in (6, 300))
    assert few.freedom == pytest.approx(6)
    assert many.freedom == MOST_FREEDOM
    assert spreads(take_pairs(takes_of(drawn(3, 2, 1.0)))) == {}


def test_growth_counts_from_where_a_camera_is_no_longer_put_back() -> None:
    rng = np.random.default_rng(7)
    takes = takes_of(rng.normal(0, 1.0, (600, MOVED)))
    far = takes["take"] == MOVED
    turned = rng.uniform(0, 20, far.sum())
    takes.loc[far, "yaw_deg"] = turned
    takes.loc[far, "error_deg"] += rng.normal(0, 0.4 * np.maximum(turned - 5, 0))
    pairs = take_pairs(takes)
    assert pairs["yaw"].max() == pytest.approx(15.0, abs=0.2)
    found, tails = spreads(pairs), fit_tails(pairs)
    assert found[KEY].sd_deg == pytest.approx(1.0, rel=0.06)
    growth = growth_by_test(pairs, found, tails)["toe-touch"]
    assert growth.per_yaw == pytest.approx(0.4, rel=0.1)
    assert (growth.per_scale, growth.per_roll) == (pytest.approx(0.1), pytest.approx(0.1))


def test_a_difference_of_sides_has_its_bias_and_its_spread_and_each_person_counts_once() -> None:
    left = takes_of(drawn(500, 2, 1.0))
    right = left.assign(side="right", whose="right", error_deg=left["error_deg"] + 3.0)
    once = side_errors(pd.concat([left, right]))[KEY]
    assert once.bias_deg == pytest.approx(3.0, abs=0.1)
    assert once.people == once.spread.independent == 500
    apart = np.random.default_rng(1).normal(0, 4.0, 500)
    right["error_deg"] = left["error_deg"] + np.repeat(apart, 2)
    found = side_errors(pd.concat([left, right]))[KEY]
    assert found.sd_deg == pytest.approx(np.hypot(apart.std(), 1.0), rel=0.03)


def test_repetitions_are_pooled_within_takes() -> None:
    rows = [(*KEY, 1.0, 3), (*KEY, 2.0, 2), (*KEY, float("nan"), 1)]
    table = pd.DataFrame(rows, columns=["test", "outcome", "sd_deg", "repetitions"])
    found = repeated(table)[KEY]
    assert (found.sd_deg, found.freedom) == (pytest.approx(np.sqrt((2 * 1 + 1 * 4) / 3)), 3)


def test_rows_replace_those_of_their_kind_and_leave_the_others_with_their_remarks() -> None:
    text = with_rows(TABLE, camera_rows({KEY: SPREAD}, {"toe-touch": Growth(0.5, 0.0, 0.25)}))
    table = tomllib.loads(text)
    assert [row["movement"] for row in table["camera"]] == ["*", "toe-touch"]
    assert (table["camera"][1]["sd_deg"], table["camera"][1]["per_yaw"]) == (1.5, 0.5)
    assert "# a remark" in text
    assert "# Of the camera." in text
    assert "old" not in text
    assert with_rows(text, camera_rows({KEY: SPREAD}, {"toe-touch": Growth(0.5, 0.0, 0.25)})) == text
    with pytest.raises(SystemExit, match="repetition"):
        with_rows(TABLE, repetition_rows({KEY: Repeated(0.5, 4)}, 1.2, 8.0))


def test_what_holds_for_other_tests_is_the_root_mean_square_known_as_well_as_the_worst() -> None:
    other = Spread(2.5, 2.2, 2.4, 9.0, 8, 4, 2.5)
    general = camera_rows({KEY: SPREAD, ("crossover", "hip_adduction"): other}, {})[0]
    assert general.sd_deg == pytest.approx(np.sqrt((1.5**2 + 2.5**2) / 2), abs=0.01)
    assert general.freedom == 2.5
