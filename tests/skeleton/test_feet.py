from __future__ import annotations

import numpy as np
import pytest
from made_centres import ANKLE, BALL, HEEL, Squats, seen_by, squat_joints

from posecheck.skeleton.feet import standing_stretches

TIME_S = np.arange(300) / 30.0
UP = np.array([0.0, -1.0, 0.0])


def standing(bend_deg: float = 60.0) -> np.ndarray:
    bend = bend_deg * (1 - np.cos(2 * np.pi * 0.2 * TIME_S)) / 2
    return seen_by(TIME_S, squat_joints(Squats(bend, bend)), yaw_deg=0.0, away_m=1e6).xyz_m.copy()


def moved(joints: np.ndarray, way_m: np.ndarray) -> np.ndarray:
    """With the right foot moved by (n, 3)."""
    for part in (ANKLE, HEEL, BALL):
        joints[:, part.stop - 1] += way_m
    return joints


def test_feet_on_the_floor_stand_while_the_body_bends() -> None:
    assert standing_stretches(TIME_S, standing(), UP) == [(0, 300)]


def test_a_step_ends_one_stretch_and_begins_another() -> None:
    way = 0.4 * np.clip((TIME_S - 4.0) / 0.5, 0.0, 1.0)[:, None] * [-1.0, 0.0, 0.0]
    (start, first_end), (second, end) = standing_stretches(TIME_S, moved(standing(), way), UP)
    assert (start, end) == (0, 300)
    assert TIME_S[first_end] == pytest.approx(4.0, abs=0.2)
    assert TIME_S[second] == pytest.approx(4.5, abs=0.2)


def test_a_foot_that_slides_slowly_is_not_held_for_long() -> None:
    way = 0.08 * TIME_S[:, None] * [-1.0, 0.0, 0.0]
    stretches = standing_stretches(TIME_S, moved(standing(), way), UP)
    # Pieces of at most twice 5 cm: what the fit may be wrong by is that of the foot's own place.
    assert max(0.08 * (TIME_S[last - 1] - TIME_S[first]) for first, last in stretches) < 0.11


def test_a_leg_that_is_held_up_does_not_stand() -> None:
    way = np.tile([0.0, -0.3, 0.0], (300, 1))
    assert standing_stretches(TIME_S, moved(standing(), way), UP) == []


def test_who_lies_does_not_stand() -> None:
    lying_up = np.array([0.0, 0.0, -1.0])
    assert standing_stretches(TIME_S, standing(0.0), lying_up) == []


def test_two_pictures_show_no_standing() -> None:
    assert standing_stretches(TIME_S[:2], standing()[:2], UP) == []
