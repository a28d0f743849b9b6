from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic import (
    FRONT_VIEW,
    Rhythm,
    during,
    frame_times,
    moved,
    person,
    runners_lunge,
    with_exchanged,
    with_hidden,
    with_noise,
    without_person,
)

from posecheck.kinematics.angles import compute_angles
from posecheck.kinematics.cleaning import CleaningOptions, clean
from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.swaps import LEGS
from posecheck.kinematics.view import View
from posecheck.pose.landmarks import CleanSeries, Landmark, LandmarkSeries, PicturePart, SampleState

KNEE = Landmark.LEFT_KNEE
MISSING, INTERPOLATED, MEASURED = SampleState.MISSING, SampleState.INTERPOLATED, SampleState.MEASURED


def slow_kick(time_s: np.ndarray | None = None) -> LandmarkSeries:
    """Side view; the left hip flexes slowly by 20 degrees about 30."""
    if time_s is None:
        time_s = frame_times(6.0)
    return person(time_s, left_hip_flexion=30.0 + 20.0 * np.sin(2 * np.pi * 0.25 * time_s), left_knee_flexion=20.0)


def states_in(clean_series: CleanSeries, mark: Landmark, start_s: float, end_s: float) -> set[int]:
    return set(clean_series.state[during(clean_series.landmarks, start_s, end_s), mark].tolist())


def kinds(clean_series: CleanSeries) -> list[str]:
    return [event.kind for event in clean_series.events]


def test_a_clean_recording_stays_as_it_is() -> None:
    true = slow_kick()
    result = clean(true)
    assert (result.state == MEASURED).all()
    assert not result.events
    # A quarter of a hertz lies far below the filter's 3 Hz; the ends, which have no neighbours, are left out.
    inside = during(true, 0.5, 5.5)
    assert np.abs(result.landmarks.xy_px[inside] - true.xy_px[inside]).max() < 0.2


def test_times_source_and_input_are_untouched() -> None:
    true = with_noise(slow_kick(), 2.0)
    before = true.xy_px.copy()
    result = clean(true)
    assert np.array_equal(true.xy_px, before)
    assert np.array_equal(result.landmarks.time_s, true.time_s)
    assert result.landmarks.source == true.source
    assert not result.state.flags.writeable


@pytest.mark.parametrize(("visibility", "state"), [(0.49, MISSING), (0.51, MEASURED)])
def test_a_point_of_low_visibility_counts_as_not_seen(visibility: float, state: SampleState) -> None:
    true = slow_kick()
    seen = true.visibility.copy()
    seen[during(true, 2.0, 3.0), KNEE] = visibility
    result = clean(replace(true, visibility=seen))
    assert states_in(result, KNEE, 2.1, 2.9) == {state}
    assert states_in(result, Landmark.RIGHT_KNEE, 2.1, 2.9) == {MEASURED}


def test_missing_points_are_nan_and_only_those() -> None:
    result = clean(with_hidden(slow_kick(), [KNEE], 2.0, 3.0))
    assert np.array_equal(np.isnan(result.landmarks.xy_px[..., 0]), result.state == MISSING)
    assert np.array_equal(np.isnan(result.landmarks.xyz_m[..., 0]), result.state == MISSING)
    assert (result.state == MISSING).any()


def test_points_outside_the_picture_are_missing_and_reported() -> None:
    true = slow_kick()
    low = replace(true, xy_px=true.xy_px + np.array([0.0, 100.0]))  # the feet are now below the picture
    result = clean(low)
    assert states_in(result, Landmark.RIGHT_ANKLE, 0.0, 6.0) == {MISSING}
    assert states_in(result, Landmark.LEFT_HIP, 0.0, 6.0) == {MEASURED}
    event = next(event for event in result.events if event.kind == "out_of_frame")
    assert event.words.startswith("The feet were outside the picture for 6.0 s")


def test_points_in_the_border_around_a_smaller_picture_are_outside_of_it() -> None:
    true = slow_kick()
    knee_y_px = float(np.median(true.xy_px[:, KNEE, 1]))
    # From the third second on the picture ends above the knees.
    part = PicturePart(3.0, 0, 0, true.source.width_px, round(knee_y_px) - 60)
    result = clean(replace(true, source=replace(true.source, parts=(part,))))
    assert states_in(result, KNEE, 0.0, 2.9) == {MEASURED}
    assert states_in(result, KNEE, 3.1, 6.0) == {MISSING}
    assert "The knees were outside the picture for 3.0 s." in [event.words for event in result.events]


@pytest.mark.parametrize(
    ("gap_s", "state", "reported"),
    [(0.1, INTERPOLATED, False), (0.3, INTERPOLATED, True), (0.8, MISSING, False)],
)
def test_gaps_are_filled_silently_filled_with_a_word_or_left(gap_s: float, state: SampleState, reported: bool) -> None:
    true = slow_kick()
    result = clean(with_hidden(true, [KNEE], 2.0, 2.0 + gap_s))
    inside = during(true, 2.0, 2.0 + gap_s)
    assert set(result.state[inside, KNEE].tolist()) == {state}
    assert (result.state[~inside, KNEE] == MEASURED).all()
    assert kinds(result) == (["long_gap"] if reported else [])
    if state == INTERPOLATED:
        off_px = np.abs(result.landmarks.xy_px[inside, KNEE] - true.xy_px[inside, KNEE]).max()
        assert off_px < 3.0  # the straight line across 0.3 s of this curve


@pytest.mark.parametrize(("start_s", "end_s"), [(0.0, 0.15), (5.85, 6.1)])
def test_gaps_at_either_end_are_never_filled(start_s: float, end_s: float) -> None:
    result = clean(with_hidden(slow_kick(), [KNEE], start_s, end_s))
    assert states_in(result, KNEE, start_s, end_s) == {MISSING}


def test_a_lost_person_leaves_all_points_missing() -> None:
    result = clean(without_person(slow_kick(), 2.0, 3.0))
    for mark in Landmark:
        assert states_in(result, mark, 2.0, 3.0) == {MISSING}
        assert states_in(result, mark, 3.1, 6.0) == {MEASURED}


def with_thigh_stretched(series: LandmarkSeries, ratio: float, frames: np.ndarray) -> LandmarkSeries:
    """The leg below the left hip moved so that the thigh looks ``ratio`` times as long."""
    xy = series.xy_px.copy()
    extra = (ratio - 1.0) * (xy[frames, KNEE] - xy[frames, Landmark.LEFT_HIP])
    for mark in (KNEE, Landmark.LEFT_ANKLE, Landmark.LEFT_HEEL, Landmark.LEFT_FOOT_INDEX):
        xy[frames, mark] += extra
    return replace(series, xy_px=xy)


@pytest.mark.parametrize(
    ("ratio", "in_plane", "state"),
    [
        (1.08, True, MEASURED),
        (1.13, True, MISSING),
        (1.08, False, MEASURED),
        (0.90, True, MEASURED),
        (0.84, True, MISSING),
        (0.84, False, MEASURED),
    ],
)
def test_a_limb_of_impossible_length_is_not_used(ratio: float, in_plane: bool, state: SampleState) -> None:
    true = slow_kick()
    bad = with_thigh_stretched(true, ratio, during(true, 2.0, 3.0))
    result = clean(bad, CleaningOptions(min_limb_ratio=0.87 if in_plane else None))
    for mark in (KNEE, Landmark.LEFT_ANKLE):
        assert states_in(result, mark, 2.2, 2.8) == {state}
    assert states_in(result, Landmark.LEFT_HIP, 2.2, 2.8) == {MEASURED}
    assert states_in(result, Landmark.RIGHT_KNEE, 2.2, 2.8) == {MEASURED}
    assert kinds(result) == (["limb_length"] if state == MISSING else [])


def test_a_flexed_trunk_shortens_without_being_a_fault() -> None:
    time_s = frame_times(4.0)
    bend = 60.0 * np.sin(np.pi * time_s / 4.0)
    result = clean(
        person(time_s, turn_deg=FRONT_VIEW, trunk_flexion=bend, left_hip_flexion=bend, right_hip_flexion=bend),
        CleaningOptions(min_limb_ratio=0.87),
    )
    assert (result.state == MEASURED).all()


def test_a_single_outlier_is_removed_and_filled() -> None:
    true = slow_kick()
    one = np.zeros(len(true), dtype=bool)
    one[80] = True
    # Sideways to the thigh: its length stays believable, so that the running median has to find it.
    result = clean(moved(true, KNEE, (30.0, 0.0), one))
    assert result.state[80, KNEE] == INTERPOLATED
    assert (np.delete(result.state[:, KNEE], 80) == MEASURED).all()
    assert np.abs(result.landmarks.xy_px[75:86, KNEE] - true.xy_px[75:86, KNEE]).max() < 0.5


def hip_deg(series: LandmarkSeries, options: CleaningOptions | None = None) -> np.ndarray:
    table = compute_angles(clean(series, options), View(Plane.SAGITTAL, 1))
    return table.values["left_hip_flexion_deg"].to_numpy()


@pytest.mark.parametrize("jitter", [0.0, 0.6], ids=["even", "variable frame rate"])
@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0])
def test_the_filter_has_no_lag(fps: float, jitter: float) -> None:
    time_s = frame_times(8.0, fps, jitter=jitter)
    true = 30.0 + 20.0 * np.exp(-(((time_s - 4.0) / 0.5) ** 2))
    found = hip_deg(person(time_s, left_hip_flexion=true))
    fine_s = np.arange(3.0, 5.0, 0.001)
    peak_s = fine_s[np.argmax(np.interp(fine_s, time_s, found))]
    assert peak_s == pytest.approx(4.0, abs=1.0 / fps)
    shifts_s = np.arange(-0.2, 0.2, 0.002)
    misfit = [
        np.mean((np.interp(fine_s + shift, time_s, found) - np.interp(fine_s, time_s, true)) ** 2) for shift in shifts_s
    ]
    assert abs(shifts_s[np.argmin(misfit)]) < 0.5 / fps


@pytest.mark.parametrize("jitter", [0.0, 0.6], ids=["even", "variable frame rate"])
@pytest.mark.parametrize(
    ("frequency_hz", "low", "high"),
    [
        (0.5, 0.99, 1.01),  # the speed of the five tests
        (1.0, 0.97, 1.01),  # 1 / (1 + (1 / 3) ** 4) = 0.988
        (3.0, 0.55, 0.80),  # the cutoff: 0.71
        (8.0, 0.0, 0.06),  # tremor and landmark jitter
    ],
)
def test_the_filter_keeps_slow_movement_and_drops_fast(
    frequency_hz: float, low: float, high: float, jitter: float
) -> None:
    time_s = frame_times(6.0, 60.0, jitter=jitter)
    sine = np.sin(2 * np.pi * frequency_hz * time_s)
    # Small fast movements only: a landmark that moves far within 0.1 s is an outlier by design.
    amplitude_deg = 20.0 if frequency_hz < 2 else 2.0
    found = hip_deg(person(time_s, left_hip_flexion=30.0 + amplitude_deg * sine))
    inside = (time_s > 1.0) & (time_s < 5.0)
    gain = 2 * np.mean((found[inside] - found[inside].mean()) * sine[inside]) / amplitude_deg
    assert low < gain < high


def test_smoothing_reduces_landmark_jitter_without_moving_the_mean() -> None:
    time_s = frame_times(10.0)
    noisy = with_noise(person(time_s, left_hip_flexion=40.0), 2.0)
    options = CleaningOptions(cutoff_hz=100.0)  # beyond half the frame rate: no smoothing
    raw, smooth = hip_deg(noisy, options), hip_deg(noisy)
    assert np.std(smooth[30:-30]) < 0.6 * np.std(raw[30:-30])  # sqrt(3 Hz / 15 Hz) is 0.45
    assert smooth.mean() == pytest.approx(40.0, abs=0.2)


def test_a_step_at_the_edge_of_a_gap_does_not_reach_across_it() -> None:
    """Runs on both sides of a long gap are smoothed apart."""
    true = person(frame_times(6.0), left_hip_flexion=30.0)
    gap = with_hidden(true, [KNEE], 2.0, 3.0)
    shifted = replace(gap, xy_px=gap.xy_px + np.where(during(gap, 3.0, 9.0), 50.0, 0.0)[:, None, None])
    result = clean(shifted)
    before = during(true, 1.0, 2.0)
    assert np.abs(result.landmarks.xy_px[before, KNEE] - true.xy_px[before, KNEE]).max() < 1e-6


def test_a_short_exchange_of_the_legs_leaves_no_trace_in_the_points() -> None:
    time_s = frame_times(6.0)
    true = person(time_s, turn_deg=FRONT_VIEW, left_leg_abduction=20.0, right_leg_abduction=15.0)
    result = clean(with_exchanged(true, 2.0, 2.3, LEGS))
    assert np.array_equal(result.swapped, during(true, 2.0, 2.3))
    assert np.abs(result.landmarks.xy_px - true.xy_px).max() < 1e-6
    assert kinds(result) == ["swap_repaired"]


def test_a_long_exchange_of_the_legs_is_missing_data() -> None:
    time_s = frame_times(6.0)
    true = person(time_s, turn_deg=FRONT_VIEW, left_leg_abduction=20.0, right_leg_abduction=15.0)
    result = clean(with_exchanged(true, 2.0, 3.0, LEGS))
    assert states_in(result, KNEE, 2.0, 3.0) == {MISSING}
    assert states_in(result, Landmark.LEFT_WRIST, 2.0, 3.0) == {MEASURED}


def test_the_rear_leg_of_a_lunge_is_named_by_the_user() -> None:
    rhythm = Rhythm(count=1)
    true = runners_lunge(rhythm.times(), rhythm, Side.LEFT)
    result = clean(with_exchanged(true, 0.0, 9.0, LEGS), CleaningOptions(rear_leg=Side.LEFT, facing=1))
    inside = during(true, 0.5, rhythm.duration_s - 0.5)
    assert result.swapped.all()
    # What is left is the filter's rounding of the fastest part of the movement.
    assert np.abs(result.landmarks.xy_px[inside] - true.xy_px[inside]).max() < 4.0


def test_events_come_in_the_order_of_time() -> None:
    series = with_hidden(slow_kick(), [KNEE], 4.0, 4.3)
    series = with_hidden(series, [Landmark.RIGHT_ANKLE], 1.0, 1.3)
    starts = [event.start_s for event in clean(series).events]
    assert len(starts) == 2
    assert starts == sorted(starts)


@pytest.mark.parametrize("frames", [1, 2, 3, 6])
def test_very_short_series_pass_through(frames: int) -> None:
    series = person(np.arange(frames) / 30.0, left_hip_flexion=30.0)
    result = clean(series)
    assert np.abs(result.landmarks.xy_px - series.xy_px).max() < 1e-6
