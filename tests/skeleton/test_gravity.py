from __future__ import annotations

import numpy as np
import pytest
from made_centres import Squats, between_deg, seen_by, squat_joints

from posecheck.skeleton.gravity import find_up, standing_direction, up_of_pictures


def tilted(roll_deg: float, pitch_deg: float) -> np.ndarray:
    roll, pitch = np.radians([roll_deg, pitch_deg])
    return np.array([np.sin(roll) * np.cos(pitch), -np.cos(roll) * np.cos(pitch), np.sin(pitch)])


def said(up: np.ndarray, spread_deg: float = 2.0, count: int = 200, seed: int = 0) -> np.ndarray:
    noisy = up + np.random.default_rng(seed).normal(0.0, np.radians(spread_deg), (count, 3))
    return noisy / np.linalg.norm(noisy, axis=1, keepdims=True)


@pytest.mark.parametrize("up", [tilted(0, 0), tilted(2, -10), tilted(20, 5), tilted(-18, -15)])
def test_one_direction_is_found_among_noisy_ones(up: np.ndarray) -> None:
    gravity = find_up(said(up), np.full(200, 2.0))
    assert between_deg(gravity.up, up) < 2.5  # a rolled camera is rare, so that it is believed a little less
    assert gravity.steady
    assert 1.5 <= gravity.sd_deg <= 3.0


def test_many_pictures_know_it_no_better_than_a_typical_one() -> None:
    few, many = (find_up(said(tilted(0, 0), count=count), np.full(count, 5.0)) for count in (20, 2000))
    assert many.sd_deg == pytest.approx(few.sd_deg, rel=0.1)


def test_wrong_pictures_do_not_pull() -> None:
    up = said(tilted(0, 0))
    up[:40] = tilted(60, 20)
    assert between_deg(find_up(up, np.full(200, 3.0)).up, tilted(0, 0)) < 1.5


def test_better_known_pictures_count_more() -> None:
    up = np.concatenate([said(tilted(0, 0), 0.1, 100), said(tilted(0, 10), 0.1, 100)])
    sd_deg = np.repeat([1.5, 10.0], 100)
    assert between_deg(find_up(up, sd_deg).up, tilted(0, 0)) < 1.5


def test_a_small_roll_is_taken_for_an_error_and_a_large_one_is_believed() -> None:
    small, large = (find_up(said(tilted(roll, 0), 0.5), np.full(200, 5.0)).up for roll in (3.0, 25.0))
    assert between_deg(small, tilted(0, 0)) < 1.5
    assert between_deg(large, tilted(25, 0)) < 5.0


def test_pictures_that_disagree_are_said_to_be_unsteady() -> None:
    up = np.stack([tilted(20 * np.sin(k / 20), 0) for k in range(200)])
    gravity = find_up(up, np.full(200, 3.0))
    assert not gravity.steady
    assert gravity.spread_deg > 6.0
    assert gravity.sd_deg >= gravity.spread_deg


def test_nothing_known_means_a_level_camera_and_says_so() -> None:
    gravity = find_up(np.full((10, 3), np.nan), np.full(10, np.nan))
    assert np.array_equal(gravity.up, [0.0, -1.0, 0.0])
    assert gravity.sd_deg > 8.0
    assert not gravity.steady


def test_up_of_a_picture_lies_half_way_between_its_own_and_the_common_one() -> None:
    time_s = np.arange(300) / 30.0
    said_up = np.concatenate([np.tile(tilted(0, 0), (150, 1)), np.tile(tilted(0, 4), (150, 1))])
    gravity = find_up(np.tile(tilted(0, 0), (300, 1)), np.full(300, 2.0))
    up = up_of_pictures(gravity, time_s, said_up)
    assert np.allclose(np.linalg.norm(up, axis=1), 1.0)
    assert between_deg(up[:100], tilted(0, 0)).max() < 0.01
    assert between_deg(up[200:], tilted(0, 0)) == pytest.approx(4 * 0.5 / (1 + 0.4**2), abs=0.05)


def test_a_picture_that_is_far_off_keeps_little_of_its_own_up() -> None:
    time_s = np.arange(300) / 30.0
    gravity = find_up(np.tile(tilted(0, 0), (300, 1)), np.full(300, 2.0))
    far = up_of_pictures(gravity, time_s, np.tile(tilted(0, 60), (300, 1)))
    assert between_deg(far, tilted(0, 0)).max() < 1.5
    nothing = up_of_pictures(gravity, time_s, np.full((300, 3), np.nan))
    assert between_deg(nothing, gravity.up).max() < 0.01


def test_who_stands_upright_tells_where_up_is() -> None:
    time_s = np.arange(90) / 30.0
    bend = np.clip((time_s - 1.0) * 60.0, 0.0, 90.0)
    joints = seen_by(time_s, squat_joints(Squats(bend, bend))).xyz_m
    upright = standing_direction(joints, tilted(0, 6))
    assert upright is not None
    assert between_deg(upright, tilted(0, 0)) < 2.5  # the first bend of the knees counts as standing, too
    leaning = find_up(said(tilted(0, 8)), np.full(200, 8.0))
    helped = find_up(said(tilted(0, 8)), np.full(200, 8.0), upright=upright)
    assert between_deg(helped.up, tilted(0, 0)) < 0.6 * between_deg(leaning.up, tilted(0, 0))
    assert helped.sd_deg < leaning.sd_deg


def test_who_never_stands_upright_tells_nothing() -> None:
    bent = np.full(60, 100.0)
    joints = seen_by(np.arange(60) / 30.0, squat_joints(Squats(bent, 0.5 * bent))).xyz_m
    assert standing_direction(joints, tilted(0, 0)) is None
    assert standing_direction(joints, tilted(0, 0), np.zeros(60, dtype=bool)) is None
