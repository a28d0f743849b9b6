from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic import FACING_RIGHT, FRONT_VIEW, GOOD_CAPTURE, Rhythm, frame_times, person, toe_touch, without_person

from posecheck.kinematics.cleaning import clean
from posecheck.kinematics.joints import Plane
from posecheck.trial.start_position import Posture, read_start

STANDING = Posture(Plane.SAGITTAL, False)
TIME_S = frame_times(4.0, 25.0)


def test_the_start_position_is_that_of_the_first_second_with_a_person() -> None:
    bend = np.where(TIME_S < 2.2, 0.0, 90.0)
    series = person(TIME_S, trunk_flexion=bend, left_hip_flexion=bend, right_hip_flexion=bend)
    start = read_start(clean(without_person(series, 0.0, 1.0)), STANDING, replace(GOOD_CAPTURE, roll_deg=1.5))
    assert start.yaw_deg == pytest.approx(0.0, abs=0.1)
    assert start.roll_deg == 1.5
    assert start.body_size == pytest.approx((0.50 + 0.84) * 340 / 720, abs=0.005)  # trunk plus leg
    assert start.extent == pytest.approx(1.69 * 340 / 720, abs=0.01)
    assert start.off_centre < 0.1


@pytest.mark.parametrize("turn_deg", [70.0, 90.0, 110.0])
def test_body_size_does_not_change_when_the_person_turns(turn_deg: float) -> None:
    start = read_start(clean(person(TIME_S, turn_deg=turn_deg)), STANDING, GOOD_CAPTURE)
    assert start.body_size == pytest.approx(1.34 * 340 / 720, rel=0.01)


def test_nobody_at_all_gives_an_unknown_start() -> None:
    start = read_start(clean(without_person(person(TIME_S), 0.0, 9.0)), STANDING, GOOD_CAPTURE)
    assert np.isnan([start.yaw_deg, start.body_size, start.extent, start.off_centre]).all()


def test_who_steps_into_place_on_camera_is_read_where_they_stand_before_they_move() -> None:
    """They press the button facing the camera, nearer to it, and turn their side to it after 1.5 s."""
    rhythm = Rhythm(count=1, start_s=3.5)
    placed = toe_touch(rhythm.times(25.0), rhythm)
    stepping = person(placed.time_s, turn_deg=FRONT_VIEW, px_per_m=380.0)
    early = (placed.time_s < 1.5)[:, None, None]
    series = replace(
        placed,
        xy_px=np.where(early, stepping.xy_px, placed.xy_px),
        xyz_m=np.where(early, stepping.xyz_m, placed.xyz_m),
    )
    cleaned = clean(series)
    assert read_start(cleaned, STANDING, GOOD_CAPTURE).yaw_deg == pytest.approx(90.0, abs=1.0)
    start = read_start(cleaned, STANDING, GOOD_CAPTURE, first_s=3.5)
    assert start.yaw_deg == pytest.approx(0.0, abs=1.0)
    assert start.body_size == pytest.approx(1.34 * 340 / 720, rel=0.01)


def test_without_a_second_before_the_first_repetition_the_first_second_is_read() -> None:
    series = person(TIME_S, turn_deg=FACING_RIGHT + 8.0)
    start = read_start(clean(without_person(series, 0.0, 0.9)), STANDING, GOOD_CAPTURE, first_s=0.2)
    assert start.yaw_deg == pytest.approx(8.0, abs=0.5)
