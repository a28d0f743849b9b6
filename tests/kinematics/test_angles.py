from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import (
    FACING_LEFT,
    FACING_RIGHT,
    FROM_BEHIND,
    FRONT_VIEW,
    during,
    mirrored,
    moved,
    person,
)

from posecheck.kinematics.angles import AngleTable, angle_columns, compute_angles
from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.view import View, detect_view
from posecheck.pose.landmarks import CleanSeries, Landmark, LandmarkSeries, SampleState

EXACT_DEG = 1e-4  # the figure has no error of its own: only rounding in arccos

TIME_S = np.arange(10) / 30.0


def as_clean(series: LandmarkSeries) -> CleanSeries:
    """The series as it is, every sample measured."""
    state = np.zeros(series.visibility.shape, dtype=np.int8)
    return CleanSeries(series, state, np.zeros(len(series), dtype=bool))


def angles_of(series: LandmarkSeries, **how: object) -> AngleTable:
    return compute_angles(as_clean(series), detect_view(series), **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("turn_deg", [FACING_RIGHT, FACING_LEFT])
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("hip_deg", [-25.0, 0.0, 40.0, 95.0, 135.0])
def test_hip_flexion_is_read_back_whichever_way_the_person_faces(turn_deg: float, side: Side, hip_deg: float) -> None:
    series = person(TIME_S, turn_deg=turn_deg, trunk_flexion=12.0, **{f"{side}_hip_flexion": hip_deg})
    table = angles_of(series)
    assert table.values[f"{side}_hip_flexion_deg"].to_numpy() == pytest.approx(hip_deg, abs=EXACT_DEG)
    assert table.values["trunk_flexion_deg"].to_numpy() == pytest.approx(12.0, abs=EXACT_DEG)


@pytest.mark.parametrize("turn_deg", [FACING_RIGHT, FACING_LEFT])
@pytest.mark.parametrize("hip_deg", [-10.0, 0.0, 60.0, 128.0])
def test_hip_flexion_is_read_back_lying_with_the_head_at_either_edge(turn_deg: float, hip_deg: float) -> None:
    series = person(TIME_S, turn_deg=turn_deg, lying=True, left_hip_flexion=hip_deg, left_knee_flexion=20.0)
    head_at_left = series.xy_px[0, Landmark.NOSE, 0] < series.xy_px[0, Landmark.LEFT_HIP, 0]
    assert head_at_left == (turn_deg == FACING_RIGHT)
    table = angles_of(series)
    assert table.values["left_hip_flexion_deg"].to_numpy() == pytest.approx(hip_deg, abs=EXACT_DEG)
    assert table.values["right_hip_flexion_deg"].to_numpy() == pytest.approx(0.0, abs=EXACT_DEG)
    assert table.values["left_knee_flexion_deg"].to_numpy() == pytest.approx(20.0, abs=EXACT_DEG)


def test_hip_flexion_above_120_degrees_is_not_clamped() -> None:
    hip_deg = np.linspace(100.0, 150.0, len(TIME_S))
    series = person(TIME_S, lying=True, right_hip_flexion=hip_deg)
    assert angles_of(series).values["right_hip_flexion_deg"].to_numpy() == pytest.approx(hip_deg, abs=EXACT_DEG)


def test_rear_hip_extension_is_negative() -> None:
    series = person(TIME_S, left_hip_flexion=-15.0, right_hip_flexion=95.0, right_knee_flexion=90.0)
    values = angles_of(series).values
    assert values["left_hip_flexion_deg"].to_numpy() == pytest.approx(-15.0, abs=EXACT_DEG)
    assert values["right_knee_flexion_deg"].to_numpy() == pytest.approx(90.0, abs=EXACT_DEG)
    assert values["right_thigh_inclination_deg"].to_numpy() == pytest.approx(95.0, abs=EXACT_DEG)
    assert values["right_shank_inclination_deg"].to_numpy() == pytest.approx(5.0, abs=EXACT_DEG)


@pytest.mark.parametrize("turn_deg", [FRONT_VIEW, FROM_BEHIND])
def test_frontal_angles_are_the_persons_own_from_the_front_and_from_behind(turn_deg: float) -> None:
    series = person(
        TIME_S,
        turn_deg=turn_deg,
        trunk_lateral_flexion=14.0,
        pelvic_obliquity=6.0,
        left_leg_abduction=30.0,
        right_leg_abduction=-8.0,
    )
    values = angles_of(series).values
    assert values["trunk_lateral_flexion_deg"].to_numpy() == pytest.approx(14.0, abs=EXACT_DEG)
    assert values["pelvic_obliquity_deg"].to_numpy() == pytest.approx(6.0, abs=EXACT_DEG)
    assert values["left_leg_abduction_deg"].to_numpy() == pytest.approx(30.0, abs=EXACT_DEG)
    assert values["left_hip_abduction_deg"].to_numpy() == pytest.approx(30.0, abs=EXACT_DEG)
    assert values["right_leg_abduction_deg"].to_numpy() == pytest.approx(-8.0, abs=EXACT_DEG)
    assert values["left_pelvic_hip_abduction_deg"].to_numpy() == pytest.approx(36.0, abs=EXACT_DEG)


def test_knee_flexion_in_the_front_view_is_nan_with_a_reason() -> None:
    table = angles_of(person(TIME_S, turn_deg=FRONT_VIEW, left_knee_flexion=60.0))
    assert table.values["left_knee_flexion_deg"].isna().all()
    assert (table.states["left_knee_flexion_deg"] == SampleState.MISSING).all()
    assert "Film from the side" in table.reasons["left_knee_flexion_deg"]


def test_every_column_is_there_in_every_view_and_only_unseen_ones_have_a_reason() -> None:
    for turn_deg in (FRONT_VIEW, FACING_RIGHT):
        table = angles_of(person(TIME_S, turn_deg=turn_deg))
        assert list(table.values.columns) == [column for _, _, column in angle_columns()]
        empty = {column for column in table.values if table.values[column].isna().all()}
        assert empty == set(table.reasons)
        assert empty
        assert empty != set(table.values.columns)


def test_a_hidden_knee_gives_nan_and_the_state_missing() -> None:
    series = person(TIME_S, left_hip_flexion=30.0)
    xy = series.xy_px.copy()
    xy[4, Landmark.LEFT_KNEE] = np.nan
    clean = as_clean(replace(series, xy_px=xy))
    state = clean.state.copy()
    state[4, Landmark.LEFT_KNEE] = SampleState.MISSING
    table = compute_angles(replace(clean, state=state), View(Plane.SAGITTAL, 1))
    for column in ("left_hip_flexion_deg", "left_knee_flexion_deg", "left_shank_inclination_deg"):
        assert np.flatnonzero(table.values[column].isna()).tolist() == [4]
        assert np.flatnonzero(table.states[column] == SampleState.MISSING).tolist() == [4]
    assert table.values["right_knee_flexion_deg"].notna().all()
    assert table.values["trunk_flexion_deg"].notna().all()


def test_an_angle_is_as_good_as_the_worst_point_it_rests_on() -> None:
    clean = as_clean(person(TIME_S))
    state = clean.state.copy()
    state[2, Landmark.LEFT_ANKLE] = SampleState.INTERPOLATED
    table = compute_angles(replace(clean, state=state), View(Plane.SAGITTAL, 1))
    assert table.states["left_knee_flexion_deg"].iloc[2] == SampleState.INTERPOLATED
    assert table.states["left_hip_flexion_deg"].iloc[2] == SampleState.MEASURED
    assert np.isnan(table.measured("left_knee_flexion_deg")[2])
    assert np.isfinite(table.values["left_knee_flexion_deg"].iloc[2])
    assert np.isfinite(table.measured("left_knee_flexion_deg")).sum() == len(TIME_S) - 1


@pytest.mark.parametrize("turn_deg", [FACING_RIGHT, FACING_LEFT, FRONT_VIEW])
def test_world_source_equals_image_source_for_a_pose_in_the_plane(turn_deg: float) -> None:
    sagittal = {
        "trunk_flexion": 20.0,
        "left_hip_flexion": 70.0,
        "left_knee_flexion": 35.0,
        "right_hip_flexion": -12.0,
    }
    frontal = {"trunk_lateral_flexion": 14.0, "left_leg_abduction": 25.0, "right_leg_abduction": -8.0}
    series = person(TIME_S, turn_deg=turn_deg, **(frontal if turn_deg == FRONT_VIEW else sagittal))
    image, world = angles_of(series, source="image"), angles_of(series, source="world")
    compared = [column for column in image.values if column not in image.reasons and "height" not in column]
    assert len(compared) >= 7
    for column in compared:
        assert world.values[column].to_numpy() == pytest.approx(image.values[column].to_numpy(), abs=EXACT_DEG), column


def test_world_source_keeps_sagittal_angles_when_the_person_is_turned_by_40_degrees() -> None:
    series = person(TIME_S, turn_deg=50.0, trunk_flexion=10.0, left_hip_flexion=80.0, left_knee_flexion=60.0)
    table = compute_angles(as_clean(series), View(Plane.SAGITTAL, 1), source="world")
    assert table.values["left_hip_flexion_deg"].to_numpy() == pytest.approx(80.0, abs=EXACT_DEG)
    assert table.values["left_knee_flexion_deg"].to_numpy() == pytest.approx(60.0, abs=EXACT_DEG)
    assert table.values["trunk_flexion_deg"].to_numpy() == pytest.approx(10.0, abs=EXACT_DEG)
    assert not table.reasons


@pytest.mark.parametrize(("lying", "hip_deg"), [(False, 60.0), (True, 130.0)])
def test_no_sign_flips_when_one_toe_moves(lying: bool, hip_deg: float) -> None:
    series = person(TIME_S, lying=lying, left_hip_flexion=hip_deg, left_knee_flexion=90.0)
    half = during(series, 0.1, 0.5)
    # 90 px is more than the length of the foot: the toe goes to the other side of the heel.
    shifted = moved(series, Landmark.LEFT_FOOT_INDEX, (-90.0, -90.0), half)
    before, after = angles_of(series), angles_of(shifted)
    assert after.view == before.view
    for column in ("left_hip_flexion_deg", "left_knee_flexion_deg", "trunk_flexion_deg"):
        assert after.values[column].to_numpy() == pytest.approx(before.values[column].to_numpy(), abs=EXACT_DEG)


@pytest.mark.parametrize("size_px", [(1280, 720), (720, 1280), (720, 720)])
def test_angles_do_not_depend_on_the_shape_of_the_picture(size_px: tuple[int, int]) -> None:
    """A true 90 degrees reads 121 in coordinates that are divided by width and height at 16:9."""
    series = person(TIME_S, size_px=size_px, left_hip_flexion=45.0, left_knee_flexion=90.0)
    table = angles_of(series)
    assert table.values["left_knee_flexion_deg"].to_numpy() == pytest.approx(90.0, abs=EXACT_DEG)
    assert table.values["left_hip_flexion_deg"].to_numpy() == pytest.approx(45.0, abs=EXACT_DEG)


@settings(max_examples=25)
@given(st.floats(100.0, 900.0), st.floats(0.2, 0.8), st.floats(-20.0, 120.0), st.floats(0.0, 130.0))
def test_size_and_place_in_the_picture_do_not_matter(scale: float, x: float, hip_deg: float, knee_deg: float) -> None:
    series = person(TIME_S[:3], px_per_m=scale, centre=(x, 0.4), left_hip_flexion=hip_deg, left_knee_flexion=knee_deg)
    values = angles_of(series).values
    assert values["left_hip_flexion_deg"].to_numpy() == pytest.approx(hip_deg, abs=EXACT_DEG)
    assert values["left_knee_flexion_deg"].to_numpy() == pytest.approx(knee_deg, abs=EXACT_DEG)


@settings(max_examples=25)
@given(st.floats(-25.0, 25.0))
def test_roll_of_the_camera_changes_angles_against_the_vertical_alone(roll_deg: float) -> None:
    """Turning the picture clockwise tips a person who faces right forward."""
    series = person(TIME_S[:3], roll_deg=roll_deg, trunk_flexion=30.0, left_hip_flexion=50.0, left_knee_flexion=40.0)
    values = angles_of(series).values
    assert values["left_hip_flexion_deg"].to_numpy() == pytest.approx(50.0, abs=EXACT_DEG)
    assert values["left_knee_flexion_deg"].to_numpy() == pytest.approx(40.0, abs=EXACT_DEG)
    assert values["trunk_flexion_deg"].to_numpy() == pytest.approx(30.0 + roll_deg, abs=EXACT_DEG)


@pytest.mark.parametrize("turn_deg", [FACING_RIGHT, FRONT_VIEW])
def test_a_mirror_image_exchanges_left_and_right_and_nothing_else(turn_deg: float) -> None:
    angles_deg = {"left_hip_flexion": 55.0, "right_hip_flexion": -5.0, "left_knee_flexion": 30.0}
    series = person(TIME_S, turn_deg=turn_deg, left_leg_abduction=10.0 if turn_deg == FRONT_VIEW else 0.0, **angles_deg)
    direct, reflected = angles_of(series), angles_of(mirrored(series))
    for definition, side, column in angle_columns():
        if side is None or column in direct.reasons:
            continue
        other = reflected.values[definition.column(side.other)].to_numpy()
        assert other == pytest.approx(direct.values[column].to_numpy(), abs=EXACT_DEG), column


def test_a_series_without_anybody_gives_missing_angles_and_no_error() -> None:
    series = person(TIME_S)
    empty = replace(series, xy_px=np.full_like(series.xy_px, np.nan), xyz_m=np.full_like(series.xyz_m, np.nan))
    table = angles_of(empty)
    assert table.values.isna().all(axis=None)
    assert (table.states == SampleState.MISSING).all(axis=None)
