from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.comparison.difference import difference_of_blocks, pooled_variance
from posecheck.comparison.discovery import false_discovery, holm
from posecheck.comparison.error_model import Spread, freedom_of_sum
from posecheck.errors import ComparisonError

EXPECTED = Spread(2.5, 8.0)
TAKE = Spread(2.0, 10.0)


def test_variance_is_shrunk_towards_the_expected_one() -> None:
    within = pooled_variance([[10.0, 12.0, 14.0], [20.0, 21.0]], EXPECTED)
    assert within.variance_deg2 == pytest.approx((8 * 2.5**2 + 2 * 4.0 + 1 * 0.5) / 11)
    assert within.freedom == 11.0


@pytest.mark.parametrize("takes", [[[50.0]], [[50.0], [60.0]]])
def test_single_repetitions_leave_the_expected_variance(takes: list[list[float]]) -> None:
    assert pooled_variance(takes, EXPECTED) == EXPECTED


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=6))
def test_shrunk_variance_lies_between_the_seen_and_the_expected_one(take: list[float]) -> None:
    seen = float(np.var(take, ddof=1))
    variance = pooled_variance([take], EXPECTED).variance_deg2
    assert min(seen, 6.25) - 1e-9 <= variance <= max(seen, 6.25) + 1e-9


def test_difference_confidence_interval_and_smallest_change_match_a_hand_computation() -> None:
    difference = difference_of_blocks([[10.0, 12.0, 14.0]], [[20.0, 21.0]], take=TAKE, repetition=EXPECTED)
    # s2 = 5.3182 with 11; s2 (1/3 + 1/2) = 4.4318; 2 * 4 = 8 with 10; SE2 = 12.4318, SE = 3.5259;
    # df = 12.4318^2 / (8^2 / 10 + 4.4318^2 / 11) = 18.89; t = 2.0939
    assert difference.difference_deg == pytest.approx(8.5)
    assert difference.degrees_of_freedom == pytest.approx(18.89, abs=0.01)
    assert difference.mdc95_deg == pytest.approx(7.383, abs=0.002)
    assert difference.ci95_low_deg == pytest.approx(1.117, abs=0.002)
    assert difference.ci95_high_deg == pytest.approx(15.883, abs=0.002)
    assert difference.p_value == pytest.approx(0.0264, abs=0.0005)
    assert difference.chance_larger == pytest.approx(1 - difference.p_value / 2)
    assert difference.takes_sd_deg == pytest.approx(math.sqrt(8.0))
    assert difference.repetitions_sd_deg == pytest.approx(math.sqrt(4.4318), abs=0.0001)


def test_several_takes_match_a_hand_computation() -> None:
    first, second = [[10.0, 12.0], [14.0]], [[20.0, 22.0]]
    difference = difference_of_blocks(first, second, take=TAKE, repetition=EXPECTED, moved_sd_deg=1.0)
    # means 12.5 and 21; s2 = (8 * 6.25 + 2 + 2) / 10 = 5.4; shares (1/2 + 1) / 4 = 0.375 and 0.5; 4 * (1/2 + 1) = 6
    assert difference.difference_deg == pytest.approx(8.5)
    assert difference.takes_sd_deg == pytest.approx(math.sqrt(6.0))
    assert difference.repetitions_sd_deg == pytest.approx(math.sqrt(5.4 * 0.875))
    assert difference.moved_sd_deg == 1.0
    assert difference.degrees_of_freedom == pytest.approx(11.725**2 / (7.0**2 / 10 + 4.725**2 / 10))


def test_repositioning_does_not_shrink_with_repetitions_but_with_takes() -> None:
    known = Spread(3.0, math.inf)
    many = difference_of_blocks([[50.0] * 1000], [[50.0] * 1000], take=known, repetition=EXPECTED)
    assert many.mdc95_deg == pytest.approx(1.96 * math.sqrt(2) * 3.0, abs=0.02)
    takes = difference_of_blocks([[50.0] * 1000] * 4, [[50.0] * 1000] * 4, take=known, repetition=EXPECTED)
    assert takes.mdc95_deg == pytest.approx(many.mdc95_deg / 2, abs=0.02)


def test_more_repetitions_and_a_camera_that_stays_give_a_smaller_error() -> None:
    def mdc(count: int, moved_sd_deg: float) -> float:
        block = [[50.0] * count]
        return difference_of_blocks(block, block, take=TAKE, repetition=EXPECTED, moved_sd_deg=moved_sd_deg).mdc95_deg

    assert mdc(1, 0.0) > mdc(3, 0.0) > mdc(10, 0.0)
    assert mdc(3, 2.0) > mdc(3, 0.0)


@given(st.floats(-40, 40))
def test_a_difference_is_beyond_its_smallest_change_exactly_when_p_is_below_5_percent(shift: float) -> None:
    second = [[50.0 + shift, 52.0 + shift, 48.0 + shift]]
    difference = difference_of_blocks([[50.0, 51.0, 49.0]], second, take=TAKE, repetition=EXPECTED)
    assert (abs(difference.difference_deg) > difference.mdc95_deg) == (difference.p_value < 0.05)
    assert (difference.ci95_low_deg > 0 or difference.ci95_high_deg < 0) == (difference.p_value < 0.05)


@pytest.mark.parametrize(("first", "second"), [([], [[1.0]]), ([[1.0]], []), ([[]], [[1.0]]), ([[1.0]], [[2.0], []])])
def test_an_empty_block_or_take_is_refused(first: list[list[float]], second: list[list[float]]) -> None:
    with pytest.raises(ComparisonError, match="no usable repetition"):
        difference_of_blocks(first, second, take=TAKE, repetition=EXPECTED)


def test_satterthwaites_freedom_of_equal_parts_is_their_sum() -> None:
    assert freedom_of_sum([(2.0, 5.0), (2.0, 5.0)]) == pytest.approx(10.0)
    assert freedom_of_sum([(2.0, 5.0), (0.0, 50.0)]) == pytest.approx(5.0)


def test_holm_matches_a_hand_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


def test_false_discovery_matches_a_hand_example() -> None:
    assert false_discovery([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert false_discovery([0.2]) == [0.2]
    assert false_discovery([]) == []


@given(st.lists(st.floats(0, 1), max_size=12))
def test_false_discovery_lies_between_the_plain_p_value_and_holms(p_values: list[float]) -> None:
    for plain, adjusted, strict in zip(p_values, false_discovery(p_values), holm(p_values), strict=True):
        assert plain - 1e-12 <= adjusted <= strict + 1e-12
