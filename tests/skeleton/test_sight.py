from __future__ import annotations

import numpy as np
import pytest
from made_centres import HIP, Squats, between_deg, seen_by, squat_joints

from posecheck.skeleton.sight import hips_path, sight_turns, turned

TIME_S = np.arange(150) / 30.0
UP = np.array([0.0, -1.0, 0.0])


@pytest.mark.parametrize("yaw_deg", [0.0, 50.0, 90.0])
@pytest.mark.parametrize("away_m", [2.3, 3.0, 4.0])
def test_up_stays_the_same_when_the_turn_of_the_line_of_sight_is_taken_out(yaw_deg: float, away_m: float) -> None:
    bend = 100.0 * (1 - np.cos(2 * np.pi * 0.4 * TIME_S)) / 2
    seen = seen_by(TIME_S, squat_joints(Squats(bend, bend)), yaw_deg=yaw_deg, away_m=away_m)
    steady = turned(seen.up, sight_turns(hips_path(TIME_S, seen.xyz_m, UP)))
    before, after = (between_deg(up, np.median(up, axis=0)).max() for up in (seen.up, steady))
    assert before > 3.0
    assert after < 0.45 * before  # the camera's distance is not known


def test_the_hips_go_where_the_standing_feet_say() -> None:
    bend = 80.0 * (1 - np.cos(2 * np.pi * 0.4 * TIME_S)) / 2
    room = squat_joints(Squats(bend, bend))
    path = hips_path(TIME_S, seen_by(TIME_S, room).xyz_m, UP)
    assert np.ptp(path[:, 1]) == pytest.approx(np.ptp(room[:, HIP, 2].mean(axis=1)), abs=0.01)
    assert np.ptp(path[:, 0]) < 0.02


def test_the_legs_of_somebody_who_lies_do_not_carry_the_hips_about() -> None:
    bend = 80.0 * (1 - np.cos(2 * np.pi * 0.4 * TIME_S)) / 2
    joints = seen_by(TIME_S, squat_joints(Squats(bend, bend))).xyz_m
    assert np.abs(hips_path(TIME_S, joints, np.array([0.0, 0.0, -1.0]))).max() == 0.0


def test_turning_back_gives_what_was_there() -> None:
    rng = np.random.default_rng(0)
    joints = rng.normal(size=(150, 16, 3))
    turns = sight_turns(rng.normal(0.0, 0.3, (150, 3)))
    assert np.allclose(turned(turned(joints, turns), np.swapaxes(turns, 1, 2)), joints)
    assert np.allclose(turns @ np.swapaxes(turns, 1, 2), np.eye(3))
