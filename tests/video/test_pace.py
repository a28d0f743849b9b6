from __future__ import annotations

import numpy as np
import pytest

from posecheck.video.pace import Pace, SparePictures, local_rates_hz, pictures_between, typical_step_s


def times(*parts: tuple[float, float]) -> np.ndarray:
    """Parts of (duration in s, pictures a second) after each other."""
    steps_s = np.concatenate([np.full(round(length_s * fps), 1 / fps) for length_s, fps in parts])
    return np.concatenate([[0.0], np.cumsum(steps_s)])


def delivered(times_s: np.ndarray, stride: int | None = None) -> np.ndarray:
    pace = Pace(times_s, stride)
    return np.array([time_s for time_s in times_s if pace.wants(time_s)])


@pytest.mark.parametrize(
    ("fps", "stride"), [(5, 1), (30, 1), (60, 1), (60.4, 1), (90, 2), (119.8, 2), (240, 4), (960, 16)]
)
def test_a_steady_video_is_thinned_evenly_to_sixty_a_second(fps: float, stride: int) -> None:
    times_s = times((3.0, fps))
    assert Pace(times_s).stride == stride
    np.testing.assert_array_equal(delivered(times_s), times_s[::stride])


def test_a_fast_beginning_does_not_thin_out_a_slow_rest() -> None:
    kept_s = delivered(times((1.0, 240), (9.0, 30)))
    assert (kept_s < 0.9).sum() == pytest.approx(54, abs=3)
    assert np.diff(kept_s[kept_s > 1.6]) == pytest.approx(1 / 30)


def test_a_fast_part_after_a_slow_beginning_is_thinned() -> None:
    kept_s = delivered(times((9.0, 30), (3.0, 240)))
    assert (kept_s > 9.6).sum() == pytest.approx(2.4 * 60, abs=6)


def test_a_rate_that_wavers_does_not_change_the_stride() -> None:
    rng = np.random.default_rng(1)
    times_s = np.cumsum(rng.uniform(0.6, 1.4, 600) / 60)
    np.testing.assert_array_equal(delivered(times_s), times_s)


def test_a_fixed_stride_holds_everywhere() -> None:
    times_s = times((1.0, 240), (3.0, 30))
    np.testing.assert_array_equal(delivered(times_s, 5), times_s[::5])


def test_the_estimate_counts_what_is_delivered() -> None:
    times_s = times((1.0, 240), (9.0, 30))
    assert Pace(times_s).estimate(0.0, np.inf) == pytest.approx(len(delivered(times_s)), abs=3)
    assert Pace(times_s).estimate(2.0, 4.0) == pytest.approx(60, abs=2)
    assert Pace(np.empty(0)).estimate(0.0, 1.0) is None


def test_local_rates_follow_the_change() -> None:
    rates = local_rates_hz(times((3.0, 30), (3.0, 10)))
    assert rates[:60] == pytest.approx(30)
    assert rates[-20:] == pytest.approx(10)


@pytest.mark.parametrize("together", [1, 2, 3])
def test_the_usual_step_is_that_of_the_pictures_also_where_they_are_stored_in_pairs_or_threes(together: int) -> None:
    times_s = np.repeat(np.arange(60) / (30 / together), together) + np.tile(np.arange(together) / 1000, 60)
    assert typical_step_s(times_s) == pytest.approx(1 / 30, rel=0.01)


def test_a_pause_is_no_step_and_one_picture_has_none() -> None:
    times_s = np.concatenate([np.arange(30) / 30, 20 + np.arange(30) / 30])
    assert typical_step_s(times_s) == pytest.approx(1 / 30)
    assert typical_step_s(np.array([0.0, 0.5])) == 0.5
    assert np.isnan(typical_step_s(np.array([1.0])))


@pytest.mark.parametrize(
    ("fps", "kept"),
    [(60, 3), (59.94, 3), (50, 3), (48, 3), (30, 2), (29.97, 2), (25, 2), (24, 1), (23.976, 1), (12, 1)],
)
def test_a_slow_movement_never_gets_less_than_twelve_pictures_a_second(fps: float, kept: int) -> None:
    times_s = times((5.0, fps))
    needed = ~pictures_between(times_s)
    np.testing.assert_array_equal(np.flatnonzero(needed)[:-1], np.arange(0, len(times_s) - 1, kept)[: needed.sum() - 1])
    assert needed[-1]
    assert (1 / np.diff(times_s[needed])).min() >= min(12.0, 0.99 * fps)


def test_pictures_of_a_rate_that_wavers_are_needed_by_their_times() -> None:
    rng = np.random.default_rng(1)
    times_s = np.cumsum(rng.uniform(0.5, 1.5, 600) / 30)
    needed = ~pictures_between(times_s)
    assert 0.4 < needed.mean() < 0.7
    steps_s, all_steps_s = np.diff(times_s[needed]), np.diff(times_s)
    assert steps_s[steps_s > all_steps_s.max()].max() <= 1 / 12


def test_no_and_few_pictures_are_all_needed() -> None:
    assert [pictures_between(np.arange(n) / 30.0).sum() for n in (0, 1, 2)] == [0, 0, 0]
    assert not SparePictures(np.empty(0)).has(0.0)


def test_a_spare_picture_is_known_by_its_time() -> None:
    spare = SparePictures(np.arange(5) / 30.0)
    assert [spare.has(time_s) for time_s in (0.0, 1 / 30, 1 / 30 + 5e-5, 1 / 30 + 5e-3, 4 / 30)] == [
        False,
        True,
        True,
        False,
        False,
    ]
