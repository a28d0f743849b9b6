from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.live.clock import MAX_STEP_S, LiveClock


def own_times(given_s: list[float]) -> list[float | None]:
    clock = LiveClock()
    return [clock.accept(time_s) for time_s in given_s]


def test_time_begins_at_the_first_picture() -> None:
    assert own_times([100.0, 100.1, 100.3]) == [0.0, pytest.approx(0.1), pytest.approx(0.3)]


def test_pictures_that_come_twice_or_late_are_skipped() -> None:
    assert own_times([5.0, 5.5, 5.5, 5.4, 5.5001, 5.6]) == [0.0, 0.5, None, None, None, pytest.approx(0.6)]


def test_a_clock_set_back_goes_on_a_little_later() -> None:
    assert own_times([5000.0, 5000.5, 10.0, 10.2]) == [0.0, 0.5, pytest.approx(0.6), pytest.approx(0.8)]


def test_a_leap_counts_as_a_short_pause() -> None:
    assert own_times([0.0, 1e9, 1e9 + 0.5]) == [0.0, MAX_STEP_S, MAX_STEP_S + 0.5]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30))
def test_own_time_only_grows_and_never_leaps(given_s: list[float]) -> None:
    own = [time_s for time_s in own_times(given_s) if time_s is not None]
    assert all(5e-4 < b - a <= MAX_STEP_S + 1e-9 for a, b in pairwise(own))
