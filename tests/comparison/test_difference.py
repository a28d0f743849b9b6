from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from posecheck.comparison.difference import ErrorModel, difference_of_means, holm, own_set_sd_deg, pooled_variance
from posecheck.errors import ComparisonError

MODEL = ErrorModel()


def test_variance_is_shrunk_towards_the_expected_one() -> None:
    variance, freedom = pooled_variance([[10.0, 12.0, 14.0], [20.0, 21.0]], MODEL)
    assert variance == pytest.approx((8 * 2.5**2 + 2 * 4.0 + 1 * 0.5) / 11)
    assert freedom == 11.0


@pytest.mark.parametrize("blocks", [[[50.0]], [[50.0], [60.0]], [[]]])
def test_single_repetitions_leave_the_expected_variance(blocks: list[list[float]]) -> None:
    assert pooled_variance(blocks, MODEL) == (6.25, 8.0)


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=6))
def test_shrunk_variance_lies_between_the_seen_and_the_expected_one(block: list[float]) -> None:
    seen = float(np.var(block, ddof=1))
    variance, _ = pooled_variance([block], MODEL)
    assert min(seen, 6.25) - 1e-9 <= variance <= max(seen, 6.25) + 1e-9


def test_difference_confidence_interval_and_smallest_change_match_a_hand_computation() -> None:
    difference = difference_of_means([10.0, 12.0, 14.0], [20.0, 21.0], set_sd_deg=3.0)
    # s2 = 5.3182; s2 (1/3 + 1/2) = 4.4318; SE2 = 22.4318, SE = 4.7362; df = SE^4 / (4.4318^2 / 11) = 281.8; t = 1.9684
    assert difference.difference_deg == pytest.approx(8.5)
    assert difference.degrees_of_freedom == pytest.approx(281.8, abs=0.1)
    assert difference.mdc95_deg == pytest.approx(9.323, abs=0.002)
    assert difference.ci95_low_deg == pytest.approx(-0.823, abs=0.002)
    assert difference.ci95_high_deg == pytest.approx(17.823, abs=0.002)
    assert difference.p_value == pytest.approx(0.0738, abs=0.0005)


def test_repositioning_does_not_shrink_with_repetitions() -> None:
    many = difference_of_means([50.0] * 1000, [50.0] * 1000, set_sd_deg=3.0)
    assert many.mdc95_deg == pytest.approx(1.96 * math.sqrt(2) * 3.0, abs=0.02)


def test_more_repetitions_and_a_camera_that_stays_give_a_smaller_error() -> None:
    def mdc(count: int, set_sd_deg: float) -> float:
        return difference_of_means([50.0] * count, [50.0] * count, set_sd_deg=set_sd_deg).mdc95_deg

    assert mdc(1, 3.0) > mdc(3, 3.0) > mdc(10, 3.0)
    assert mdc(3, 5.0) > mdc(3, 3.0)


@given(st.floats(-40, 40))
def test_a_difference_is_beyond_its_smallest_change_exactly_when_p_is_below_5_percent(shift: float) -> None:
    difference = difference_of_means([50.0, 51.0, 49.0], [50.0 + shift, 52.0 + shift, 48.0 + shift], set_sd_deg=3.0)
    assert (abs(difference.difference_deg) > difference.mdc95_deg) == (difference.p_value < 0.05)
    assert (difference.ci95_low_deg > 0 or difference.ci95_high_deg < 0) == (difference.p_value < 0.05)


def test_an_empty_block_is_refused() -> None:
    for first, second in (([], [1.0]), ([1.0], [])):
        with pytest.raises(ComparisonError, match="no usable repetition"):
            difference_of_means(first, second, set_sd_deg=3.0)


def test_repositioning_error_from_a_persons_own_repeats() -> None:
    # mean((A - B)^2) / 2 - s2 / k = 16 / 2 - 6.25 / 3
    assert own_set_sd_deg([4.0, -4.0], 6.25, 3) == pytest.approx(math.sqrt(8.0 - 6.25 / 3))
    assert own_set_sd_deg([0.5, -0.5], 6.25, 3) == 0.0


def test_holm_matches_a_hand_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


def test_false_alarms_are_about_5_percent_where_welch_gives_several_times_as_many() -> None:
    """Nothing changed, and each block was filmed with its own re-positioning error of 3 degrees."""
    rng = np.random.default_rng(20)
    draws, repetitions = 20_000, 3
    blocks = rng.normal(0, 3.0, (2, draws, 1)) + rng.normal(0, 2.5, (2, draws, repetitions))
    alarms = 0
    for first, second in zip(*blocks.tolist(), strict=True):
        difference = difference_of_means(first, second, set_sd_deg=3.0)
        alarms += abs(difference.difference_deg) > difference.mdc95_deg
    rate = alarms / draws
    welch = float(np.mean(ttest_ind(blocks[0], blocks[1], axis=1, equal_var=False).pvalue < 0.05))
    assert 0.035 < rate < 0.065
    assert welch > 3 * rate
