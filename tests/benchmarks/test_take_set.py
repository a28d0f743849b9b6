"""The tuning takes are what the table of priors says they are: nobody of the reporting set, the same thing filmed again."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from benchmarks.synthetic.report_set import LYING, TESTS, Phase, ReportClip, again_clips, report_clips
from benchmarks.synthetic.take_set import AGAIN, MOVED, NEWER_TESTS, take_clips

CLIPS = take_clips()


def same_thing() -> list[list[ReportClip]]:
    """Takes of one leg with nothing changed, filmed from the place that the camera was put back to."""
    groups: dict[tuple[int, str], list[ReportClip]] = defaultdict(list)
    for clip in CLIPS:
        if clip.phase is Phase.PRE and clip.take != MOVED:
            groups[clip.pair, str(clip.side)].append(clip)
    return list(groups.values())


def test_it_shares_nobody_and_nothing_with_the_reporting_set() -> None:
    for name in ("body", "room", "lens", "clothes_seed", "light_seed", "motion_seed"):
        mine = {getattr(clip, name) for clip in CLIPS}
        assert mine.isdisjoint(getattr(clip, name) for clip in (*report_clips(), *again_clips()))


def test_every_recording_has_a_name_and_a_tremor_of_its_own() -> None:
    for clips in (CLIPS, (*report_clips(), *again_clips())):
        assert len({clip.name for clip in clips}) == len({clip.motion_seed for clip in clips}) == len(clips)
    assert take_clips() == CLIPS


@pytest.mark.parametrize("test", [*TESTS, *NEWER_TESTS])
def test_each_test_has_people_who_do_the_same_again(test: str) -> None:
    groups = [group for group in same_thing() if group[0].test == test]
    assert len({group[0].pair for group in groups}) >= (20 if test in TESTS else 7)
    assert {len(group) for group in groups} == ({AGAIN} if test == "toe-touch" else {AGAIN, 2})
    for group in groups:
        assert len({tuple(clip.targets_deg.items()) for clip in group}) == 1
        assert len({(clip.body, clip.room, clip.lens, clip.filmed_from) for clip in group}) == 1


def test_the_camera_is_put_back_as_by_hand() -> None:
    for group in same_thing():
        for later in group[1:]:
            first, again = group[0].camera, later.camera
            assert 0 < abs(again.yaw_deg - first.yaw_deg) <= 5
            assert abs(again.height_m - first.height_m) <= 0.05
            assert 0.95 <= again.distance_scale / first.distance_scale <= 1.05
            assert abs(again.roll_deg - first.roll_deg) <= 1.5


def test_one_take_of_each_is_filmed_from_elsewhere_each_of_the_three_ways_often_enough() -> None:
    first = {(clip.pair, clip.side): clip for clip in CLIPS if (clip.phase, clip.take) == (Phase.PRE, 1)}
    moved = [clip for clip in CLIPS if clip.take == MOVED]
    assert len(moved) == len({clip.pair for clip in CLIPS})
    off = [(clip.camera, first[clip.pair, clip.side].camera) for clip in moved]
    turned = np.array([abs(a.yaw_deg - b.yaw_deg) for a, b in off])
    size = np.array([a.distance_scale / b.distance_scale - 1 for a, b in off])
    tilt = np.array([abs(a.roll_deg - b.roll_deg) for a, b in off])
    for sizes, close, far in ((turned, 5, 20), (size, 0.05, 0.3), (tilt, 2, 10)):
        assert 0.35 < (sizes > close).mean() < 0.65
        assert sizes.max() <= far


def test_the_other_leg_does_the_same_seen_from_its_own_side() -> None:
    for clip in CLIPS:
        assert clip.filmed_from in (None, clip.side)
    by_pair = defaultdict(set)
    for group in same_thing():
        by_pair[group[0].pair].add((group[0].side, tuple(group[0].targets_deg.items())))
    for pair, sides in by_pair.items():
        test = next(clip.test for clip in CLIPS if clip.pair == pair)
        assert len(sides) == (1 if test == "toe-touch" else 2)
        assert len({targets for _, targets in sides}) == 1


def test_who_lies_is_filmed_from_lower_down() -> None:
    assert max(clip.camera.height_m for clip in CLIPS if clip.test in LYING) < 1.0


def test_the_reporting_set_is_filmed_again_from_where_its_camera_first_stood() -> None:
    first = {(clip.pair, clip.phase): clip for clip in report_clips()}
    for clip in again_clips():
        pre = first[clip.pair, Phase.PRE]
        assert abs(clip.camera.yaw_deg - pre.camera.yaw_deg) <= 5
        assert clip.targets_deg == first[clip.pair, clip.phase].targets_deg
        assert (clip.take, clip.side) in {(2, pre.side), (1, pre.side.other)}
