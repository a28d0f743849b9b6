"""Joints in space as a source of angles, by the correction and the fit that posecheck carries."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from in_space import centres_of
from synthetic import FACING_RIGHT, Rhythm, mirrored, person, toe_touch, with_hidden

from posecheck.kinematics.angles import AngleTable, compute_angles
from posecheck.kinematics.body_plane import skeleton_points
from posecheck.kinematics.cleaning import clean
from posecheck.kinematics.in_space import (
    KEPT_BODIES,
    MAX_DEPTH,
    MAX_SD_DEG,
    angle_sd,
    joint_centres,
    joint_states,
    learnt_from,
)
from posecheck.kinematics.joints import ANGLES, Plane, Side
from posecheck.kinematics.sources import find_source
from posecheck.kinematics.view import View
from posecheck.pose.landmarks import Landmark, LandmarkSeries, SampleState

if TYPE_CHECKING:
    from pathlib import Path

SIDE_VIEW = View(Plane.SAGITTAL, 1)
RHYTHM = Rhythm(count=1)
SAME_DEG = 0.5
"""A mirror image and its original: the correction takes both alike, the fit rounds its solution."""


@pytest.fixture(scope="module")
def bend() -> AngleTable:
    """A forward bend of the made-up figure, by the whole chain."""
    return compute_angles(clean(toe_touch(RHYTHM.times(10.0), RHYTHM)), SIDE_VIEW, source="skeleton")


def test_every_angle_is_known_in_space_but_that_of_the_fingers(bend: AngleTable) -> None:
    assert set(bend.reasons) == {"left_fingertip_height_pct", "right_fingertip_height_pct"}
    assert "has no fingers" in bend.reasons["left_fingertip_height_pct"]
    assert bend.centres is not None
    for column in bend.values.columns.drop(list(bend.reasons)):
        known = bend.values[column].notna()
        assert (known | (bend.sd_of(column) > MAX_SD_DEG)).all(), column
        assert (bend.states[column][~known] == SampleState.MISSING).all(), column


def test_every_angle_in_space_states_its_error(bend: AngleTable) -> None:
    for column in bend.values.columns.drop(list(bend.reasons)):
        sd = bend.sd_of(column)
        assert np.isfinite(sd).all(), column
        assert np.median(sd) > 0.1, column


def test_a_bend_is_seen_in_space_to_within_what_a_figure_without_flesh_allows(bend: AngleTable) -> None:
    """The correction expects hips and shoulders where a model puts those of real bodies: some 10 degrees."""
    assert bend.centres is not None
    flexion = ANGLES["hip_flexion"]
    degrees = flexion.compute(skeleton_points(bend.centres, flexion), Side.LEFT)
    assert np.nanmax(degrees) - degrees[0] == pytest.approx(85.0, abs=20.0)


def test_a_point_that_is_hidden_in_the_picture_is_measured_in_space() -> None:
    series = with_hidden(person(RHYTHM.times(15.0)), [Landmark.LEFT_KNEE], 1.0, 3.0)
    cleaned = clean(series)
    assert (cleaned.state[:, Landmark.LEFT_KNEE] == SampleState.MISSING).any()
    states = joint_states(cleaned, centres_of(series))
    assert (states[:, Landmark.LEFT_KNEE] == SampleState.MEASURED).all()


def test_a_point_outside_the_picture_is_missing_in_space_too() -> None:
    series = person(RHYTHM.times(15.0), centre=(0.5, 0.95))
    states = joint_states(clean(series), centres_of(series))
    assert (states[:, Landmark.RIGHT_ANKLE] == SampleState.MISSING).all()
    assert (states[:, Landmark.RIGHT_SHOULDER] == SampleState.MEASURED).all()


@pytest.mark.parametrize(
    ("depth", "state"), [(MAX_DEPTH, SampleState.MEASURED), (MAX_DEPTH + 0.01, SampleState.MISSING)]
)
def test_a_body_that_is_too_strange_is_missing_in_space(depth: float, state: SampleState) -> None:
    series = person(RHYTHM.times(15.0))
    states = joint_states(clean(series), centres_of(series, depth=depth))
    assert (states[:, Landmark.LEFT_KNEE] == state).all()


def test_legs_that_were_put_right_are_put_right_among_all_points() -> None:
    series = person(RHYTHM.times(15.0), left_hip_flexion=40.0)
    order = np.arange(33)
    order[[23, 24, 25, 26, 27, 28, 29, 30, 31, 32]] = [24, 23, 26, 25, 28, 27, 30, 29, 32, 31]
    xy = series.xy_px.copy()
    xy[20:24] = xy[20:24][:, order]
    cleaned = clean(replace(series, xy_px=xy))
    assert cleaned.swapped[20:24].all()
    assert cleaned.whole is not None
    np.testing.assert_allclose(cleaned.whole.xy_px, series.xy_px)


def test_the_mirror_image_has_the_angles_of_the_other_side() -> None:
    series = toe_touch(RHYTHM.times(10.0), RHYTHM, turn_deg=FACING_RIGHT)
    once = compute_angles(clean(series), SIDE_VIEW, source="skeleton", only={"hip_flexion", "knee_flexion"})
    again = compute_angles(clean(mirrored(series)), View(Plane.SAGITTAL, -1), source="skeleton", only={"hip_flexion"})
    np.testing.assert_allclose(
        again.values["right_hip_flexion_deg"], once.values["left_hip_flexion_deg"], atol=SAME_DEG
    )


def test_the_error_of_an_angle_grows_with_that_of_its_joints_and_of_no_others() -> None:
    sure = centres_of(person(RHYTHM.times(10.0), left_knee_flexion=30.0), sd_m=0.01)
    knee = ANGLES["knee_flexion"]
    unsure = replace(sure, sd_m=2 * sure.sd_m)
    np.testing.assert_allclose(angle_sd(unsure, knee, Side.LEFT), 2 * angle_sd(sure, knee, Side.LEFT), rtol=1e-6)
    wrists = sure.sd_m.copy()
    wrists[:, 4:6] = np.nan
    np.testing.assert_allclose(
        angle_sd(replace(sure, sd_m=wrists), knee, Side.LEFT), angle_sd(sure, knee, Side.LEFT), rtol=1e-6
    )


def test_where_an_angle_is_missing_its_error_is_missing() -> None:
    centres = centres_of(person(RHYTHM.times(10.0)), sd_m=0.01)
    xyz = centres.xyz_m.copy()
    xyz[:5] = np.nan
    sd = angle_sd(replace(centres, xyz_m=xyz), ANGLES["hip_flexion"], Side.LEFT)
    assert np.isnan(sd[:5]).all()
    assert np.isfinite(sd[5:]).all()
    assert np.isnan(angle_sd(replace(centres, xyz_m=xyz * np.nan), ANGLES["hip_flexion"], Side.LEFT)).all()


def test_the_same_points_give_the_same_body_without_another_fit_and_others_their_own() -> None:
    points = toe_touch(RHYTHM.times(10.0), RHYTHM)
    body = joint_centres(clean(points))
    assert joint_centres(clean(replace(points, time_s=points.time_s.copy()))) is body
    moved = joint_centres(clean(replace(points, xyz_m=points.xyz_m * 1.01)))
    assert moved is not body
    assert not np.array_equal(moved.xyz_m, body.xyz_m)
    with pytest.raises(ValueError, match="read-only"):
        body.xyz_m[0] = 0.0


def test_only_the_last_few_bodies_are_kept() -> None:
    points = toe_touch(RHYTHM.times(10.0), RHYTHM)
    body = joint_centres(clean(points))
    for number in range(1, KEPT_BODIES + 1):
        joint_centres(clean(replace(points, visibility=points.visibility * (1 - 0.001 * number))))
    again = joint_centres(clean(points))
    assert again is not body
    assert np.array_equal(again.xyz_m, body.xyz_m, equal_nan=True)


def test_where_nobody_is_found_there_are_no_joints() -> None:
    series = person(RHYTHM.times(10.0))
    xy, xyz, visibility = series.xy_px.copy(), series.xyz_m.copy(), series.visibility.copy()
    for array in (xy, xyz, visibility):
        array[:4] = np.nan
    centres = joint_centres(clean(replace(series, xy_px=xy, xyz_m=xyz, visibility=visibility)))
    assert np.isnan(centres.xyz_m[:4]).all()
    assert np.isfinite(centres.xyz_m[8:]).all()


def test_points_of_an_unknown_model_are_none_that_the_correction_learnt_from() -> None:
    series: LandmarkSeries = person(RHYTHM.times(10.0))
    assert not learnt_from(series)
    assert "another pose model" in find_source("skeleton").refuses(series)
    assert not find_source("image").refuses(series)


def test_without_the_weights_of_the_correction_the_source_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSECHECK_MODELS_DIR", str(tmp_path))
    refused = find_source("skeleton").refuses(person(RHYTHM.times(10.0)))
    assert refused.startswith("joints in space cannot be found (")
    assert str(tmp_path) in refused


def test_the_table_of_sources_loads_neither_the_correction_nor_the_fit() -> None:
    code = (
        "import sys, posecheck.kinematics.sources; print([m for m in sys.modules if 'skeleton.' in m or 'scipy' in m])"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "[]"
