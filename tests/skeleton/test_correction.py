from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_correction import made_correction, made_network, made_reach
from synthetic import Rhythm, frame_times, mirrored, person, side_lunge, toe_touch, without_person
from threadpoolctl import threadpool_limits

from posecheck.kinematics.joints import Side
from posecheck.pose.landmarks import Landmark, LandmarkSeries
from posecheck.skeleton.centres import JOINTS, SWAPPED_JOINTS
from posecheck.skeleton.correction import (
    GIVES_WAY_FROM,
    GIVES_WAY_UNTIL,
    TOGETHER,
    UNKNOWN_MODEL_DEPTH,
    apply_correction,
    correct,
)


@pytest.fixture(scope="module")
def lunging() -> LandmarkSeries:
    rhythm = Rhythm(count=1)
    return side_lunge(rhythm.times(), rhythm, Side.LEFT)


def own_joints(series: LandmarkSeries) -> np.ndarray:
    """What the model itself says, about the middle of the hips."""
    hips = series.xyz_m[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=1, keepdims=True)
    return (series.xyz_m - hips)[:, list(JOINTS)]


def with_model(series: LandmarkSeries, sha256: str) -> LandmarkSeries:
    return replace(series, source=replace(series.source, model_sha256=sha256))


def test_a_network_that_moves_nothing_gives_the_models_own_joints(lunging: LandmarkSeries) -> None:
    centres = apply_correction(made_correction(), lunging)
    np.testing.assert_allclose(centres.xyz_m, own_joints(lunging), atol=1e-5)
    np.testing.assert_allclose(centres.up, np.tile([0, -1, 0], (len(lunging), 1)), atol=1e-6)


def test_standard_deviations_are_in_metres(lunging: LandmarkSeries) -> None:
    centres = apply_correction(made_correction(made_network(sd=0.05)), lunging)
    knee, ankle, hip = (lunging.xyz_m[0, mark] for mark in (Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE, Landmark.LEFT_HIP))
    leg_m = np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee)
    np.testing.assert_allclose(centres.sd_m, 0.05 * leg_m, rtol=1e-4)
    np.testing.assert_allclose(centres.up_sd_deg, np.degrees(0.05), rtol=1e-4)


def test_the_hips_are_the_middle(lunging: LandmarkSeries) -> None:
    centres = apply_correction(made_correction(made_network(size=1.0)), lunging)
    middle = (centres(Landmark.LEFT_HIP) + centres(Landmark.RIGHT_HIP)) / 2
    np.testing.assert_allclose(middle, 0.0, atol=1e-9)
    assert np.abs(centres.xyz_m - own_joints(lunging)).max() > 0.05


def test_the_mirror_image_gives_mirrored_joints(lunging: LandmarkSeries) -> None:
    correction = made_correction(made_network(size=1.0), reach=made_reach(far=1.0), growth=0.5)
    seen, other = apply_correction(correction, lunging), apply_correction(correction, mirrored(lunging))
    # Pixels mirrored about the picture's width differ in the last digits of single precision.
    np.testing.assert_allclose(other.xyz_m[:, SWAPPED_JOINTS] * [-1, 1, 1], seen.xyz_m, atol=1e-4)
    np.testing.assert_allclose(other.sd_m[:, SWAPPED_JOINTS], seen.sd_m, rtol=1e-3)
    np.testing.assert_allclose(other.depth, seen.depth, atol=1e-4)


def test_pictures_without_a_body_are_missing(lunging: LandmarkSeries) -> None:
    series = without_person(lunging, 1.0, 2.0)
    centres = apply_correction(made_correction(made_network(size=1.0)), series)
    missing = ~series.found
    for values in (centres.xyz_m, centres.sd_m, centres.up, centres.up_sd_deg, centres.depth):
        assert np.isnan(values[missing]).all()
        assert np.isfinite(values[~missing]).all()


def test_a_recording_without_anybody_is_all_missing(lunging: LandmarkSeries) -> None:
    centres = apply_correction(made_correction(), without_person(lunging, 0.0, 1e9))
    assert len(centres) == len(lunging)
    assert np.isnan(centres.xyz_m).all()


def test_a_long_recording_is_corrected_like_a_short_one() -> None:
    rhythm = Rhythm(count=8)
    long = toe_touch(rhythm.times(), rhythm)
    assert len(long) > TOGETHER
    correction = made_correction(made_network(size=1.0))
    tail = slice(len(long) - 200, None)
    short = LandmarkSeries(long.time_s[tail], long.xy_px[tail], long.xyz_m[tail], long.visibility[tail], long.source)
    whole, part = apply_correction(correction, long), apply_correction(correction, short)
    # Past the first second (window and median of the scale) a picture does not know how long the recording is.
    np.testing.assert_allclose(part.xyz_m[60:], whole.xyz_m[tail][60:], atol=2e-3)


def test_the_course_of_time_matters_only_within_the_window() -> None:
    series = person(frame_times(4.0), left_hip_flexion=np.linspace(0, 60, len(frame_times(4.0))))
    correction = made_correction(made_network(size=1.0))
    later = replace(series, time_s=series.time_s + 100.0)
    np.testing.assert_allclose(
        apply_correction(correction, later).xyz_m, apply_correction(correction, series).xyz_m, atol=1e-4
    )


def test_an_unknown_pose_model_is_out_of_depth(lunging: LandmarkSeries) -> None:
    correction = made_correction(models=("aa", "bb"))
    known, unknown = (apply_correction(correction, with_model(lunging, sha256)) for sha256 in ("bb", "cc"))
    np.testing.assert_allclose(unknown.depth, known.depth + UNKNOWN_MODEL_DEPTH)


def test_doubt_grows_with_depth(lunging: LandmarkSeries) -> None:
    correction = made_correction(growth=0.5, models=("aa",))
    known, unknown = (apply_correction(correction, with_model(lunging, sha256)) for sha256 in ("aa", "cc"))
    ratio = (1 + 0.5 * unknown.depth) / (1 + 0.5 * known.depth)
    np.testing.assert_allclose(unknown.sd_m / known.sd_m, np.tile(ratio[:, None], (1, 16)), rtol=1e-6)


def test_out_of_its_depth_the_correction_gives_way_to_the_models_own_joints(lunging: LandmarkSeries) -> None:
    deep = made_correction(made_network(size=1.0), reach=made_reach(far=1e-3))
    centres = apply_correction(deep, lunging)
    assert (centres.depth > GIVES_WAY_UNTIL).all()
    np.testing.assert_allclose(centres.xyz_m, own_joints(lunging), atol=1e-5)
    shallow = apply_correction(made_correction(made_network(size=1.0)), lunging)
    assert (shallow.depth < GIVES_WAY_FROM).all()
    # What is held back is doubt.
    assert (centres.sd_m >= shallow.sd_m - 1e-9).all()
    assert centres.sd_m.mean() > shallow.sd_m.mean()


def test_no_joint_moves_further_than_any_did_in_training(lunging: LandmarkSeries) -> None:
    wild = replace(made_correction(made_network(size=5.0)), move_limit=np.full(16, 0.1))
    centres = apply_correction(wild, lunging)
    leg_m = 0.1 * 1.2  # a tenth of a leg, and a leg is shorter than 1.2 m
    # Both hips may move by that much against the middle that all is measured from.
    assert np.linalg.norm(centres.xyz_m - own_joints(lunging), axis=2).max() < 2 * leg_m


def test_the_weights_that_posecheck_carries_are_listed_and_correct_a_made_up_body(lunging: LandmarkSeries) -> None:
    centres = correct(lunging)
    assert np.isfinite(centres.xyz_m).all()
    thigh_m = np.linalg.norm(centres(Landmark.LEFT_KNEE) - centres(Landmark.LEFT_HIP), axis=1)
    # A stick figure is no rendered body; its thigh stays one, if not its own 0.41 m.
    assert ((thigh_m > 0.3) & (thigh_m < 0.55)).all()
    assert (centres.sd_m > 0).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_the_number_of_cores_moves_no_joint(lunging: LandmarkSeries, threads: int) -> None:
    with threadpool_limits(limits=1, user_api="blas"):
        expected = correct(lunging).xyz_m
    with threadpool_limits(limits=threads, user_api="blas"):
        np.testing.assert_array_equal(correct(lunging).xyz_m, expected)
