from __future__ import annotations

import numpy as np
import pytest
from synthetic import FACING_LEFT, FACING_RIGHT, FROM_BEHIND, FRONT_VIEW, person, with_noise

from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.view import View, body_yaw_deg, detect_view, is_lying

EXACT_DEG = 1e-4  # the figure has no error of its own: only rounding in arccos

TIME_S = np.arange(10) / 30.0


@pytest.mark.parametrize(
    ("turn_deg", "plane", "facing", "near"),
    [
        (FACING_RIGHT, Plane.SAGITTAL, 1, Side.RIGHT),
        (FACING_LEFT, Plane.SAGITTAL, -1, Side.LEFT),
        (FRONT_VIEW, Plane.FRONTAL, 1, None),
        (FROM_BEHIND, Plane.FRONTAL, -1, None),
    ],
)
@pytest.mark.parametrize("off_deg", [-15.0, 0.0, 15.0])
def test_the_view_is_told_from_the_landmarks(
    turn_deg: float, plane: Plane, facing: int, near: Side | None, off_deg: float
) -> None:
    series = with_noise(person(TIME_S, turn_deg=turn_deg + off_deg), 3.0)
    view = detect_view(series)
    assert view == View(plane, facing)
    assert view.near_side is near


def test_facing_survives_a_deep_forward_bend() -> None:
    bent = person(TIME_S, turn_deg=FACING_LEFT, trunk_flexion=110.0, left_hip_flexion=100.0, right_hip_flexion=100.0)
    assert detect_view(bent).facing == -1


@pytest.mark.parametrize("turn_deg", [0.0, 10.0, 30.0, 75.0, 90.0, -90.0, -60.0])
def test_body_yaw_is_the_turn_out_of_the_front_view(turn_deg: float) -> None:
    assert body_yaw_deg(person(TIME_S, turn_deg=turn_deg)) == pytest.approx(abs(turn_deg), abs=EXACT_DEG)


@pytest.mark.parametrize("lying", [False, True])
@pytest.mark.parametrize("bend_deg", [0.0, 85.0])
def test_who_bends_forward_does_not_lie(lying: bool, bend_deg: float) -> None:
    bent = {} if lying else {"trunk_flexion": bend_deg, "left_hip_flexion": bend_deg, "right_hip_flexion": bend_deg}
    assert is_lying(person(TIME_S, lying=lying, **bent)) == lying
