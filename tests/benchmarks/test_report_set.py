"""The reporting set is the one that its page promises: known changes, a camera put back by hand, places and bodies."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks.synthetic.report_set import Phase, Place, ReportClip, report_clips
from benchmarks.synthetic.report_truth import TruePoses, read_truth, write_truth
from posecheck.kinematics.joints import Side

CLIPS = report_clips()
PAIRS = list(zip(CLIPS[::2], CLIPS[1::2], strict=True))
MAIN = {
    "toe-touch": "hip",
    "knee-to-chest": "hip",
    "runners-lunge": "ext_rear",
    "side-lunge": "abd",
    "crossover": "lean",
}


def change_deg(pair: tuple[ReportClip, ReportClip]) -> float:
    name = MAIN[pair[0].test]
    return pair[1].targets_deg[name] - pair[0].targets_deg[name]


def test_it_is_the_same_plan_each_time() -> None:
    assert report_clips() == CLIPS


def test_pairs_are_a_pre_test_and_a_re_test_of_one_body() -> None:
    assert all((pre.phase, retest.phase) == (Phase.PRE, Phase.RETEST) for pre, retest in PAIRS)
    shared = ("pair", "test", "side", "body", "room", "lens", "place", "filmed_from")
    assert all(getattr(pre, name) == getattr(retest, name) for pre, retest in PAIRS for name in shared)
    assert len({clip.name for clip in CLIPS}) == len(CLIPS) == 2 * len(PAIRS) >= 240


@pytest.mark.parametrize("test", MAIN)
def test_each_test_is_filmed_from_each_place(test: str) -> None:
    places = [pre.place for pre, _ in PAIRS if pre.test == test]
    assert places.count(Place.RECOMMENDED) == places.count(Place.BESIDE) == 12


def test_there_are_enough_bodies_rooms_and_lenses() -> None:
    assert len({clip.body for clip in CLIPS}) >= 12
    assert len({clip.room for clip in CLIPS}) == 3
    assert len({clip.lens for clip in CLIPS}) == 2


@pytest.mark.parametrize("test", MAIN)
def test_a_third_of_the_changes_is_near_nought_and_the_others_are_up_to_15(test: str) -> None:
    changes = np.array([change_deg(pair) for pair in PAIRS if pair[0].test == test])
    still = np.abs(changes) < 1
    assert still.mean() == pytest.approx(1 / 3, abs=0.01)
    assert np.all((changes[~still] >= 3) & (changes[~still] <= 15))


def test_the_camera_is_put_back_by_hand() -> None:
    for pre, retest in PAIRS:
        first, second = pre.camera, retest.camera
        assert abs(second.yaw_deg - first.yaw_deg) <= 5
        assert second.yaw_deg * first.yaw_deg >= 0
        assert 0.95 <= second.distance_scale / first.distance_scale <= 1.05
        assert abs(second.height_m - first.height_m) <= 0.05
        assert abs(second.roll_deg - first.roll_deg) <= 1.5
        assert 0 < abs(second.aside_m - first.aside_m) <= 0.04


def test_yaw_stays_within_what_the_place_says() -> None:
    bounds = {Place.RECOMMENDED: (0, 10), Place.BESIDE: (10, 45), Place.OTHER_SIDE: (0, 10)}
    for clip in CLIPS:
        low, high = bounds[clip.place]
        assert low <= abs(clip.camera.yaw_deg) <= high
    beside = np.array([abs(pre.camera.yaw_deg) for pre, _ in PAIRS if pre.place is Place.BESIDE])
    assert (beside <= 30).mean() == pytest.approx(5 / 6)


def test_some_people_change_clothes_and_some_rooms_their_light() -> None:
    for name in ("clothes_seed", "light_seed"):
        other = np.mean([getattr(pre, name) != getattr(retest, name) for pre, retest in PAIRS])
        assert 0.2 < other < 0.5


def test_side_views_look_at_the_tested_leg_except_from_the_other_side() -> None:
    for clip in CLIPS:
        if clip.test in ("side-lunge", "crossover"):
            assert clip.filmed_from is None
        else:
            assert (clip.filmed_from is clip.side) == (clip.place is not Place.OTHER_SIDE)


def test_the_renderer_is_told_the_front_leg_of_a_lunge_and_the_bent_one_of_a_side_lunge() -> None:
    for clip in CLIPS:
        other = clip.test in ("runners-lunge", "side-lunge")
        assert clip.motion_side is (clip.side.other if other else clip.side)


def test_one_seed_never_serves_two_recordings() -> None:
    assert len({clip.motion_seed for clip in CLIPS}) == len(CLIPS)
    assert all(a.pair <= b.pair for a, b in pairwise(CLIPS))
    assert {clip.side for clip in CLIPS} == set(Side)


def test_the_truth_of_a_recording_is_read_back_as_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    poses = TruePoses(
        np.arange(6) / 15,
        np.array([0.0, 0.5, 1.0, 1.0, 0.5, 0.0]),
        np.array([0, 1, 1, 1, 1, 1]),
        rng.normal(size=(6, 16, 3)),
        rng.normal(size=(6, 3)),
        rng.normal(size=(6, 3)),
    )
    write_truth(poses, tmp_path)
    back = read_truth(tmp_path)
    for name in ("time_s", "phase", "repetition", "joints_m", "hips_m", "up"):
        np.testing.assert_array_equal(getattr(back, name), getattr(poses, name))
    assert back.held.tolist() == [False, False, True, True, False, False]
