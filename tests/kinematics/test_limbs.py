from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic import during, frame_times, person, with_noise

from posecheck.kinematics.joints import Side, mark_of
from posecheck.kinematics.limbs import calibration_length, limb_faults, limb_lengths
from posecheck.pose.landmarks import Landmark, LandmarkSeries

LEFT_LEG_BELOW_HIP = [mark_of(part, Side.LEFT) for part in ("knee", "ankle", "heel", "foot_index")]
IN_PLANE = {"max_ratio": 1.10, "min_ratio": 0.87}


def standing(seconds: float = 16.0) -> LandmarkSeries:
    return person(frame_times(seconds), px_per_m=300.0)


def with_thigh(series: LandmarkSeries, ratio: np.ndarray | float) -> LandmarkSeries:
    """The left leg below the hip moved so that its thigh looks ``ratio`` times as long, a value for each picture."""
    xy = series.xy_px.copy()
    hip, knee = xy[:, Landmark.LEFT_HIP], xy[:, Landmark.LEFT_KNEE]
    moved = ((np.broadcast_to(ratio, len(xy)) - 1.0)[:, None] * (knee - hip))[:, None]
    xy[:, LEFT_LEG_BELOW_HIP] += moved
    return replace(series, xy_px=xy)


def with_shank(series: LandmarkSeries, ratio: np.ndarray) -> LandmarkSeries:
    """The left foot moved so that its shank looks ``ratio`` times as long, a value for each picture."""
    xy = series.xy_px.copy()
    moved = (ratio - 1.0)[:, None] * (xy[:, Landmark.LEFT_ANKLE] - xy[:, Landmark.LEFT_KNEE])
    xy[:, LEFT_LEG_BELOW_HIP[1:]] += moved[:, None]
    return replace(series, xy_px=xy)


def slowly(series: LandmarkSeries, to: float, *, over_s: float = 1.0) -> np.ndarray:
    """1 at first, ``to`` from 3 to 5 s, and 1 again; on the way there and back for so long."""
    return np.interp(series.time_s, [3.0 - over_s, 3.0, 5.0, 5.0 + over_s], [1.0, to, to, 1.0])


def faulty(series: LandmarkSeries, mark: Landmark, **limits: float | None) -> np.ndarray:
    return limb_faults(series, **{**IN_PLANE, **limits})[:, mark]


def test_limb_lengths_are_in_pixels_and_the_own_length_survives_merged_legs() -> None:
    lengths = limb_lengths(standing())[Side.LEFT, "hip", "knee"]
    assert lengths == pytest.approx(0.42 * 300.0)
    short = lengths.copy()
    short[: len(short) // 4] *= 0.5
    assert calibration_length(short, 70.0) == pytest.approx(0.42 * 300.0)
    assert np.isnan(calibration_length(np.array([np.nan, np.nan]), 70.0))


def test_a_hidden_hip_that_is_always_drawn_a_fifth_too_far_forward_does_not_cost_its_leg() -> None:
    """As the model draws the far hip of a rendered lunge: 20 pixels of a thigh of 122, in every picture."""
    series = with_noise(with_thigh(standing(), 0.80), 1.0)
    assert not limb_faults(series, **IN_PLANE).any()


def test_a_leg_that_is_always_drawn_far_too_short_is_not_believed() -> None:
    assert faulty(with_thigh(standing(), 0.6), Landmark.LEFT_KNEE).all()
    assert not faulty(with_thigh(standing(), 0.6), Landmark.RIGHT_KNEE).any()


@pytest.mark.parametrize("ratio", [0.94, 1.15, 1.25])
def test_a_thigh_that_grows_longer_as_slowly_as_a_person_moves_is_used(ratio: float) -> None:
    series = standing()
    series = with_noise(with_thigh(series, slowly(series, ratio)), 2.0)
    assert not limb_faults(series, **IN_PLANE).any()


@pytest.mark.parametrize("ratio", [0.78, 0.84, 1.16, 1.23])
def test_a_shank_that_changes_its_length_as_slowly_as_a_person_moves_is_used(ratio: float) -> None:
    series = standing()
    assert not limb_faults(with_noise(with_shank(series, slowly(series, ratio)), 2.0), **IN_PLANE).any()
    sudden = with_shank(series, slowly(series, ratio, over_s=0.03))
    assert faulty(sudden, Landmark.LEFT_ANKLE)[during(series, 3.1, 4.9)].all()


@pytest.mark.parametrize("over_s", [0.03, 1.0])
def test_a_thigh_that_is_turned_out_of_the_plane_is_not_used_however_slowly_it_came_to_that(over_s: float) -> None:
    """0.82 of its length: 35 degrees."""
    series = standing()
    bad = with_thigh(series, slowly(series, 0.82, over_s=over_s))
    assert faulty(bad, Landmark.LEFT_KNEE)[during(series, 3.0, 5.0)].all()


@pytest.mark.parametrize("ratio", [0.75, 0.80, 1.20, 1.25])
def test_the_same_length_is_a_fault_when_it_comes_suddenly(ratio: float) -> None:
    series = standing()
    bad = with_noise(with_thigh(series, slowly(series, ratio, over_s=0.03)), 2.0)
    held = during(series, 3.1, 4.9)
    for mark in (Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE):
        assert faulty(bad, mark)[held].all()
    assert not faulty(bad, Landmark.LEFT_KNEE)[during(series, 0.0, 2.9)].any()
    assert not faulty(bad, Landmark.RIGHT_KNEE).any()
    assert not faulty(bad, Landmark.LEFT_HIP).any()


@pytest.mark.parametrize("ratio", [0.6, 1.4])
def test_no_movement_makes_a_limb_that_short_or_that_long(ratio: float) -> None:
    series = standing()
    bad = with_thigh(series, slowly(series, ratio))
    assert faulty(bad, Landmark.LEFT_KNEE)[during(series, 3.0, 5.0)].all()


def test_a_limb_that_jumps_back_is_a_fault_though_it_came_slowly() -> None:
    series = standing()
    ratio = np.where(series.time_s < 5.0, slowly(series, 0.80), 1.0)
    assert faulty(with_shank(series, ratio), Landmark.LEFT_ANKLE)[during(series, 3.0, 5.0)].all()


def test_what_lasts_for_a_moment_was_no_movement() -> None:
    series = standing()
    ratio = np.where(during(series, 3.0, 3.15), 0.85, 1.0)
    assert faulty(with_thigh(series, ratio), Landmark.LEFT_KNEE)[during(series, 3.0, 3.15)].all()


def test_legs_that_may_point_at_the_camera_may_look_short_but_not_long() -> None:
    series = standing()
    short = with_thigh(series, slowly(series, 0.3, over_s=0.03))
    assert not limb_faults(short, max_ratio=1.10, min_ratio=None).any()
    long = during(series, 3.0, 3.5)
    bad = with_thigh(series, np.where(long, 1.25, 1.0))
    assert faulty(bad, Landmark.LEFT_KNEE, min_ratio=None)[long].all()


def test_a_shank_of_impossible_length_costs_the_knee_too_since_either_end_may_be_wrong() -> None:
    series = standing()
    xy = series.xy_px.copy()
    held = during(series, 3.0, 5.0)
    xy[held, Landmark.LEFT_ANKLE] = xy[held, Landmark.LEFT_KNEE] + [20.0, 20.0]
    bad = replace(series, xy_px=xy)
    for mark in (Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE):
        assert np.array_equal(faulty(bad, mark), held)
    assert not faulty(bad, Landmark.RIGHT_KNEE).any()


def test_a_leg_that_is_never_seen_is_no_fault() -> None:
    series = standing()
    for marks in (LEFT_LEG_BELOW_HIP, list(Landmark)):
        xy = series.xy_px.copy()
        xy[:, marks] = np.nan
        assert not limb_faults(replace(series, xy_px=xy), **IN_PLANE).any()
