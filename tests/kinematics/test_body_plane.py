"""Angles between perfect joint centres are exact, from wherever the camera looks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_space import seen_in_space

from posecheck.kinematics.body_plane import skeleton_points
from posecheck.kinematics.joints import ANGLES, Side
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import SWAPPED_JOINTS, JointCentres, joint_index

TIME_S = np.array([0.0, 0.1])
EXACT_DEG = 1e-6

PLACES = [
    (turn, down, roll) for turn in (0.0, 20.0, 45.0, 60.0, 90.0, -75.0, 160.0) for down, roll in ((0, 0), (15, -10))
]
"""Turn of the person, how far the camera looks down, and its roll, in degrees."""

STANDING = {
    "trunk_flexion": 35.0,
    "left_hip_flexion": 80.0,
    "right_hip_flexion": -12.0,
    "left_knee_flexion": 95.0,
    "right_knee_flexion": 20.0,
}
FROM_FRONT = {
    "trunk_lateral_flexion": 17.0,
    "pelvic_obliquity": -6.0,
    "left_leg_abduction": 33.0,
    "right_leg_abduction": -8.0,
}


def degrees(centres: JointCentres, name: str, side: Side = Side.LEFT) -> float:
    definition = ANGLES[name]
    return float(definition.compute(skeleton_points(centres, definition), side)[0])


def named(column: str) -> tuple[str, Side]:
    side = next((side for side in Side if column.startswith(f"{side}_")), None)
    return column.removeprefix(f"{side}_"), side or Side.LEFT


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("column", STANDING)
def test_flexion_is_exact_from_every_place(place: tuple[float, float, float], column: str) -> None:
    turn, down, roll = place
    seen = seen_in_space(TIME_S, turn_deg=turn, down_deg=down, roll_deg=roll, **STANDING)
    assert degrees(seen, *named(column)) == pytest.approx(STANDING[column], abs=EXACT_DEG)


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("column", FROM_FRONT)
def test_abduction_and_side_bend_are_exact_from_every_place(place: tuple[float, float, float], column: str) -> None:
    turn, down, roll = place
    seen = seen_in_space(TIME_S, turn_deg=turn, down_deg=down, roll_deg=roll, **FROM_FRONT)
    assert degrees(seen, *named(column)) == pytest.approx(FROM_FRONT[column], abs=EXACT_DEG)


@pytest.mark.parametrize("turn", [90.0, 60.0, -60.0])
def test_flexion_is_exact_for_somebody_who_lies(turn: float) -> None:
    seen = seen_in_space(
        TIME_S, turn_deg=turn, down_deg=20.0, lying=True, right_hip_flexion=112.0, right_knee_flexion=125.0
    )
    assert degrees(seen, "hip_flexion", Side.RIGHT) == pytest.approx(112.0, abs=EXACT_DEG)
    assert degrees(seen, "knee_flexion", Side.RIGHT) == pytest.approx(125.0, abs=EXACT_DEG)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("turned_deg", [25.0, -10.0])
@pytest.mark.parametrize("place", PLACES[::3], ids=str)
def test_a_foot_is_turned_out_against_the_pelvis_wherever_the_camera_is(
    side: Side, turned_deg: float, place: tuple[float, float, float]
) -> None:
    turn, down, roll = place
    seen = seen_in_space(TIME_S, turn_deg=turn, down_deg=down, roll_deg=roll)
    outward = with_foot_turned(seen, side, turned_deg)
    assert degrees(outward, "foot_turn_out", side) == pytest.approx(turned_deg, abs=EXACT_DEG)
    assert degrees(outward, "foot_turn_out", side.other) == pytest.approx(0.0, abs=EXACT_DEG)


def with_foot_turned(centres: JointCentres, side: Side, outward_deg: float) -> JointCentres:
    """The ball of a foot turned about its heel and the vertical, away from the other foot."""
    heel, ball = (joint_index(Landmark[f"{side}_{part}".upper()]) for part in ("heel", "foot_index"))
    xyz, up = centres.xyz_m.copy(), centres.up
    right = centres(Landmark.RIGHT_HIP) - centres(Landmark.LEFT_HIP)
    # Turning about the vertical takes the front to the left: y is down, so the axes are right-handed.
    angle = np.radians(outward_deg if side is Side.LEFT else -outward_deg)
    foot = xyz[:, ball] - xyz[:, heel]
    level = foot - np.sum(foot * up, axis=1, keepdims=True) * up
    aside = np.cross(up, level)
    xyz[:, ball] += level * (np.cos(angle) - 1.0) + aside * np.sin(angle)
    moved = replace(centres, xyz_m=xyz)
    away = np.sum((xyz[:, ball] - centres.xyz_m[:, ball]) * right, axis=1) * (1.0 if side is Side.RIGHT else -1.0)
    assert np.sign(away[0]) == np.sign(outward_deg)
    return moved


@given(
    turn=st.floats(-180.0, 180.0),
    down=st.floats(-25.0, 25.0),
    roll=st.floats(-25.0, 25.0),
    name=st.sampled_from(sorted(set(ANGLES) - {"fingertip_height"})),
)
def test_left_in_the_mirror_is_right(turn: float, down: float, roll: float, name: str) -> None:
    seen = seen_in_space(TIME_S, turn_deg=turn, down_deg=down, roll_deg=roll, **STANDING, left_leg_abduction=14.0)
    flip = np.array([-1.0, 1.0, 1.0])
    mirrored = replace(seen, xyz_m=seen.xyz_m[:, SWAPPED_JOINTS] * flip, up=seen.up * flip)
    sign = -1.0 if name in ("trunk_lateral_flexion", "pelvic_obliquity") else 1.0  # defined towards the person's right
    assert degrees(mirrored, name, Side.RIGHT) == pytest.approx(sign * degrees(seen, name, Side.LEFT), abs=EXACT_DEG)


def test_the_vertical_is_that_of_gravity_and_not_of_the_picture() -> None:
    rolled = seen_in_space(TIME_S, roll_deg=12.0, trunk_flexion=30.0)
    level = replace(rolled, up=np.tile([0.0, -1.0, 0.0], (len(rolled), 1)))
    assert degrees(rolled, "trunk_flexion") == pytest.approx(30.0, abs=EXACT_DEG)
    assert abs(degrees(level, "trunk_flexion") - 30.0) == pytest.approx(12.0, abs=EXACT_DEG)
