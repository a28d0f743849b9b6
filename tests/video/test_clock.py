from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.video.clock import JUMP_S, Seams

STEP_S = 1 / 30


def joined(own_s: list[float]) -> tuple[list[float], int]:
    seams = Seams(STEP_S)
    return [seams.joined_s(time_s, key=False) for time_s in own_s], seams.clips


def clip(begin_s: float, pictures: int = 60) -> list[float]:
    return [begin_s + k * STEP_S for k in range(pictures)]


def test_times_of_one_clip_stay_as_they_are() -> None:
    assert joined(clip(0.0)) == (clip(0.0), 1)


def test_a_pause_within_a_clip_stays_a_pause() -> None:
    own_s = clip(0.0) + clip(20.0)
    assert joined(own_s) == (own_s, 1)


def test_a_repeated_picture_is_no_new_clip() -> None:
    own_s = [*clip(0.0), 1.9, *clip(2.0)]
    assert joined(own_s) == (own_s, 1)


@pytest.mark.parametrize("begin_s", [0.0, -3600.0, 2.0 + JUMP_S + 1, 86_400.0])
def test_a_clip_with_times_of_its_own_follows_one_picture_later(begin_s: float) -> None:
    times_s, clips = joined(clip(0.0) + clip(begin_s))
    assert times_s == pytest.approx(clip(0.0, 120), abs=1e-6)
    assert clips == 2


def test_a_clip_of_a_few_pictures_is_told_by_the_key_picture_after_it() -> None:
    seams = Seams(STEP_S)
    own_s = clip(0.0, 4) + clip(0.0, 4)
    times_s = [seams.joined_s(time_s, key=number % 4 == 0) for number, time_s in enumerate(own_s)]
    assert times_s == pytest.approx(clip(0.0, 8))


@given(st.lists(st.tuples(st.floats(-1e5, 1e5), st.integers(20, 60)), min_size=1, max_size=6))
def test_time_never_runs_back_nor_jumps_however_clips_are_joined(clips: list[tuple[float, int]]) -> None:
    own_s = [time_s for begin_s, pictures in clips for time_s in clip(begin_s, pictures)]
    steps_s = np.diff(joined(own_s)[0])
    # Half a second back is what exchanged neighbours may do, and such pictures are left out by the clock.
    assert steps_s.min(initial=0) >= -0.5 - 1e-6
    assert steps_s.max(initial=0) <= JUMP_S + 1e-6


@pytest.mark.parametrize("wrong_s", [9000.0, -9000.0])
def test_one_picture_with_a_wrong_time_does_not_move_those_after_it(wrong_s: float) -> None:
    times_s, _ = joined([*clip(0.0, 30), wrong_s, *clip(31 * STEP_S, 30)])
    assert times_s == pytest.approx(clip(0.0, 61), abs=2 * STEP_S)
