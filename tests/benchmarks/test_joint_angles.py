"""The truth's angles: by posecheck's own definitions, however the camera is turned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import Rhythm, frame_times, side_lunge, toe_touch

from benchmarks.joint_angles import centre_angles, turned
from posecheck.kinematics.joints import Side
from posecheck.skeleton.centres import JOINTS

DOWN = np.array([0.0, -1.0, 0.0])
EXACT_DEG = 1e-6
"""Only rounding: the figure's angles are known by construction."""
angles = st.floats(-np.pi, np.pi)


def joints_of(series: object) -> np.ndarray:
    return np.asarray(series.xyz_m[:, list(JOINTS)])  # type: ignore[attr-defined]


def rotation(about_x: float, about_z: float) -> np.ndarray:
    cx, sx, cz, sz = np.cos(about_x), np.sin(about_x), np.cos(about_z), np.sin(about_z)
    return np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]]) @ np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])


def test_a_toe_touch_has_the_bend_that_was_asked_for() -> None:
    series = toe_touch(frame_times(6.0), Rhythm(count=1), bend_deg=80.0)
    table = centre_angles(series.time_s, joints_of(series), np.tile(DOWN, (len(series), 1)))
    assert table["left_hip_flexion_deg"].max() == pytest.approx(80, abs=EXACT_DEG)
    assert table["trunk_flexion_deg"].max() == pytest.approx(85, abs=EXACT_DEG)
    assert np.abs(table["left_hip_flexion_deg"] - table["right_hip_flexion_deg"]).max() < EXACT_DEG


@given(st.floats(-0.6, 0.6), st.floats(-0.6, 0.6))
def test_a_camera_that_looks_down_or_is_rolled_changes_no_angle(pitch: float, roll: float) -> None:
    series = side_lunge(frame_times(4.0, 5.0), Rhythm(count=1), Side.LEFT)
    level = centre_angles(series.time_s, joints_of(series), np.tile(DOWN, (len(series), 1)))
    turn = rotation(pitch, roll)
    tilted = centre_angles(series.time_s, joints_of(series) @ turn.T, np.tile(turn @ DOWN, (len(series), 1)))
    np.testing.assert_allclose(tilted.to_numpy(), level.to_numpy(), atol=1e-5)


@given(angles, angles)
def test_turning_brings_one_direction_to_another_and_keeps_lengths(about_x: float, about_z: float) -> None:
    start = rotation(about_x, about_z) @ DOWN
    if start @ DOWN < -0.99:
        return  # straight over: there is no smallest rotation
    points = np.random.default_rng(2).normal(size=(1, 5, 3))
    np.testing.assert_allclose(turned(start[None, None], start[None], DOWN)[0, 0], DOWN, atol=1e-9)
    np.testing.assert_allclose(
        np.linalg.norm(turned(points, start[None], DOWN), axis=-1), np.linalg.norm(points, axis=-1), rtol=1e-9
    )


def test_a_missing_joint_leaves_its_angles_out_and_no_others() -> None:
    series = toe_touch(frame_times(2.0), Rhythm(count=1))
    joints = joints_of(series).copy()
    joints[:, [mark.name for mark in JOINTS].index("LEFT_ANKLE")] = np.nan
    table = centre_angles(series.time_s, joints, np.tile(DOWN, (len(series), 1)))
    assert table["left_knee_flexion_deg"].isna().all()
    assert table["right_knee_flexion_deg"].notna().all()
    assert table["left_hip_flexion_deg"].notna().all()
