from __future__ import annotations

import numpy as np
import pytest

from posecheck.trial.holds import SPEED_WINDOW_S, find_hold, running_hold_s

TIME_S = np.arange(0.0, 8.0, 1 / 15)


def lift(hold_s: float, *, top: float = 90.0) -> np.ndarray:
    """Up within a second, held, and down again."""
    return np.interp(TIME_S, [0.0, 1.0, 2.0, 2.0 + hold_s, 3.0 + hold_s, 8.0], [0, 0, top, top, 0, 0])


@pytest.mark.parametrize("hold_s", [2.2, 2.5, 3.5])
def test_a_hold_is_as_long_as_it_was(hold_s: float) -> None:
    found = find_hold(TIME_S, lift(hold_s), 0.0)
    assert found is not None
    assert TIME_S[found[1] - 1] - TIME_S[found[0]] == pytest.approx(
        hold_s - SPEED_WINDOW_S, abs=0.1
    )  # both corners are cut


def test_a_short_stop_is_no_hold_but_runs() -> None:
    signal = lift(0.9)
    assert find_hold(TIME_S, signal, 0.0) is None
    now = TIME_S <= 2.8
    assert running_hold_s(TIME_S[now], signal[now], 0.0) == pytest.approx(0.7, abs=0.2)


def test_a_running_hold_grows_with_time_and_ends_with_the_movement() -> None:
    signal = lift(2.5)

    def running(until_s: float) -> float:
        now = until_s >= TIME_S
        return running_hold_s(TIME_S[now], signal[now], 0.0)

    assert running(1.5) == 0.0
    assert running(4.0) - running(3.0) == pytest.approx(1.0, abs=0.1)
    assert running(5.2) == 0.0


def test_no_hold_runs_in_the_middle_of_a_slow_movement_far_from_its_largest_value() -> None:
    signal = np.interp(TIME_S, [0, 1, 2, 3, 4, 8], [0, 0, 90, 45, 45, 45])
    assert running_hold_s(TIME_S, signal, 0.0) == 0.0


def test_an_unsteady_hold_does_not_run() -> None:
    drifting = lift(4.0) + np.where(TIME_S > 2.0, 1.8 * (TIME_S - 2.0), 0.0)
    now = TIME_S < 5.9
    assert running_hold_s(TIME_S[now], drifting[now], 0.0) == 0.0


def test_a_gap_in_a_hold_does_not_end_it() -> None:
    signal = lift(3.0)
    signal[(TIME_S > 3.0) & (TIME_S < 3.4)] = np.nan
    now = TIME_S <= 4.5
    assert running_hold_s(TIME_S[now], signal[now], 0.0) == pytest.approx(2.4, abs=0.3)


def test_a_short_bump_before_a_hold_does_not_hide_it() -> None:
    """Half a second, 18 degrees higher: filled-in samples of a rendered knee to chest, or a jerk past the end."""
    bump = 18.0 * np.clip(1.0 - np.abs(TIME_S - 2.3) / 0.3, 0.0, 1.0)
    found = find_hold(TIME_S, lift(4.0) + bump, 0.0)
    assert found is not None
    assert TIME_S[found[0]] > 2.3
    assert np.median(lift(4.0)[found[0] : found[1]]) == pytest.approx(90.0)


def test_a_rest_half_way_is_no_hold_where_pictures_are_stored_in_pairs() -> None:
    """A thousandth of a second apart, as some phones store them: half a second is 15 of them, and not 500."""
    signal = np.interp(TIME_S, [0.0, 1.0, 4.0, 4.7, 5.7, 6.7, 8.0], [0, 45, 45, 90, 90, 0, 0])
    pairs_s = np.repeat(TIME_S, 2) + np.tile([0.0, 0.001], len(TIME_S))
    assert find_hold(TIME_S, signal, 0.0) is None
    assert find_hold(pairs_s, np.repeat(signal, 2), 0.0) is None
