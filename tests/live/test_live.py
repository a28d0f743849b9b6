from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from live_play import LYING, SIZE_PX, SMALL, cues, live_engine, play, spoken, states, wall
from room_picture import room
from synthetic import (
    BLUE_CLOTHES,
    FACING_LEFT,
    FRONT_VIEW,
    RED_CLOTHES,
    Rhythm,
    crossover,
    during,
    frame_times,
    knee_to_chest,
    moved,
    person,
    picture,
    poses_of,
    runners_lunge,
    side_lunge,
    straight_leg_raise,
    thomas_test,
    toe_touch,
    with_noise,
    without_person,
)

from posecheck.errors import RecordingError
from posecheck.kinematics.joints import Side
from posecheck.live import LiveAnswer, LiveState
from posecheck.movements import load_movement
from posecheck.pose.landmarks import Landmark, LandmarkSeries
from posecheck.trial.quality import GateStatus

if TYPE_CHECKING:
    from posecheck.movements import Movement

pytestmark = pytest.mark.slow

FPS = 10.0
RHYTHM = Rhythm()
TWO = Rhythm(count=2)
ONE = Rhythm(count=1)
S = LiveState


def bends(rhythm: Rhythm = ONE, *, fps: float = FPS, **how: object) -> LandmarkSeries:
    return with_noise(toe_touch(rhythm.times(fps), rhythm, **{**SMALL, **how}), 0.2)  # type: ignore[arg-type]


def standing(duration_s: float, **how: object) -> LandmarkSeries:
    return person(frame_times(duration_s, FPS), **{**SMALL, **how})  # type: ignore[arg-type]


TESTS = {
    "toe-touch": (None, lambda t: toe_touch(t, TWO, **SMALL), 85.0),
    "knee-to-chest": (Side.RIGHT, lambda t: knee_to_chest(t, TWO, Side.RIGHT, **LYING), 115.0),
    "runners-lunge": (Side.LEFT, lambda t: runners_lunge(t, TWO, Side.LEFT, **SMALL), 12.0),
    "side-lunge": (Side.LEFT, lambda t: side_lunge(t, TWO, Side.LEFT, **SMALL), 40.0),
    "crossover": (Side.RIGHT, lambda t: crossover(t, TWO, Side.RIGHT, **SMALL), 25.0),
    "active-straight-leg-raise": (Side.LEFT, lambda t: straight_leg_raise(t, TWO, Side.LEFT, **LYING), 78.0),
    "modified-thomas-test": (Side.RIGHT, lambda t: thomas_test(t, TWO, Side.RIGHT, **LYING), 9.0),
}


@pytest.fixture(scope="module")
def whole_trial() -> list[LiveAnswer]:
    return play(bends(RHYTHM), "toe-touch")


def test_a_trial_goes_through_its_states_in_order(whole_trial: list[LiveAnswer]) -> None:
    once = [S.READY, S.MOVING, S.HOLDING, S.BACK]
    assert states(whole_trial) == [S.GET_INTO_VIEW, S.GET_INTO_START, *once, *once, *once, S.DONE]


def test_the_words_follow_the_movement_and_each_is_said_once(whole_trial: list[LiveAnswer]) -> None:
    assert spoken(whole_trial) == [
        "Good. You can begin.",
        "Hold.",
        "And back.",
        "1 of 3. And again.",
        "Hold.",
        "And back.",
        "2 of 3. And again.",
        "Hold.",
        "And back.",
        "Done. Well done.",
    ]


def test_the_person_is_sent_back_after_the_target_hold(whole_trial: list[LiveAnswer]) -> None:
    back = next(answer for answer in whole_trial if answer.cue == "and_back")
    assert back.hold_s == pytest.approx(2.0, abs=1.5 / FPS)
    assert all(answer.target_hold_s == 2.0 for answer in whole_trial)


def test_seconds_of_hold_grow_with_the_clock_and_stop_on_the_way_back(whole_trial: list[LiveAnswer]) -> None:
    held = [answer for answer in whole_trial if answer.state is S.HOLDING and answer.repetition == 0]
    assert all(a.hold_s <= b.hold_s for a, b in pairwise(held))
    begin_s = held[0].time_s - held[0].hold_s
    behind = [answer.time_s - begin_s - answer.hold_s for answer in held if answer.hold_s < 2.4]
    assert behind == pytest.approx([0.0] * len(behind), abs=2.1 / FPS)  # a tremor is judged when it is over
    back = [answer.hold_s for answer in whole_trial if answer.state is S.BACK and answer.repetition == 0]
    assert len(set(back)) == 1
    assert back[0] == pytest.approx(held[-1].hold_s)
    assert {answer.hold_s for answer in whole_trial if answer.state is S.READY} == {0.0}


def test_repetitions_are_counted_when_they_are_back_and_never_beyond_those_wanted(
    whole_trial: list[LiveAnswer],
) -> None:
    counts = [answer.repetition for answer in whole_trial]
    assert sorted(set(counts)) == [0, 1, 2, 3]
    assert counts == sorted(counts)
    assert [answer.done for answer in whole_trial] == [answer.repetition == 3 for answer in whole_trial]


def test_ready_is_said_while_the_start_position_is_held(whole_trial: list[LiveAnswer]) -> None:
    assert [answer.ready for answer in whole_trial] == [answer.state is S.READY for answer in whole_trial]
    assert next(answer.time_s for answer in whole_trial if answer.ready) < 1.0


def test_the_angle_now_is_the_first_primary_outcome(whole_trial: list[LiveAnswer]) -> None:
    assert whole_trial[5].angle_title == "Hip flexion (trunk to thigh)"
    assert whole_trial[5].angle_deg == pytest.approx(0.0, abs=2.0)
    held = [answer.angle_deg for answer in whole_trial if answer.state is S.HOLDING and 1.0 < answer.hold_s < 2.2]
    assert held == pytest.approx([85.0] * len(held), abs=2.0)


def test_points_are_fractions_of_the_picture(whole_trial: list[LiveAnswer]) -> None:
    first = poses_of(bends(RHYTHM))[0].xy_px / np.array(SIZE_PX)
    assert np.allclose(whole_trial[0].points, first)
    assert np.allclose(whole_trial[0].visibility, 0.99)


def test_an_answer_is_json(whole_trial: list[LiveAnswer]) -> None:
    data = json.loads(json.dumps(whole_trial[-1].to_dict(), allow_nan=False))
    assert (data["state"], data["done"], data["repetition"]) == ("done", True, 3)
    assert len(data["points"]) == len(data["visibility"]) == 33
    assert {gate["status"] for gate in data["gates"]} <= {"pass", "warn", "reject"}
    nobody = play(without_person(standing(0.5), 0.0, 1.0), "toe-touch")[-1].to_dict()
    assert json.loads(json.dumps(nobody, allow_nan=False))["points"] == [None] * 33
    assert nobody["angle_deg"] is None


@pytest.mark.parametrize("name", TESTS)
def test_every_test_is_counted_held_and_measured_as_in_a_recording(name: str) -> None:
    side, make, end_deg = TESTS[name]
    series = with_noise(make(TWO.times(FPS)), 0.2)  # type: ignore[no-untyped-call]
    last = play(series, name, side, repetitions=2)[-1]
    assert last.done
    assert last.holds_s == pytest.approx([2.5] * 2, abs=0.35)  # noise makes both ends faster or slower
    assert last.end_range_deg == pytest.approx([end_deg] * 2, abs=1.5)


@pytest.mark.parametrize("fps", [5.0, 8.0, 30.0])
def test_slow_and_fast_cameras_count_alike(fps: float) -> None:
    last = play(bends(fps=fps), "toe-touch", repetitions=1)[-1]
    assert last.done
    assert last.holds_s == pytest.approx([2.4], abs=0.35)


def test_uneven_times_between_pictures_count_alike() -> None:
    series = toe_touch(ONE.times(FPS, jitter=0.8), ONE, **SMALL)  # type: ignore[arg-type]
    assert play(series, "toe-touch", repetitions=1)[-1].done


def test_a_few_pictures_of_a_slow_camera_that_could_not_be_measured_cost_no_repetition() -> None:
    bend = bends(fps=6.0)
    few = without_person(bend, 3.1, 3.6)  # three pictures of the hold, 0.67 s with their neighbours
    assert play(few, "toe-touch", repetitions=1)[-1].repetition == 1
    many = without_person(bend, 2.6, 3.9)
    assert play(many, "toe-touch", repetitions=1)[-1].repetition == 0


def test_a_jerk_is_no_repetition() -> None:
    quick = Rhythm(count=1, move_s=0.35, hold_s=0.0, pause_s=2.0)
    answers = play(bends(quick), "toe-touch")
    assert answers[-1].repetition == 0
    assert "too_short" in cues(answers)


def test_a_bend_that_is_too_small_is_no_repetition() -> None:
    answers = play(bends(bend_deg=20.0), "toe-touch")
    assert answers[-1].repetition == 0
    assert "not_far_enough" in cues(answers)


def test_a_repetition_without_a_hold_counts_and_a_hold_is_asked_for() -> None:
    answers = play(bends(Rhythm(count=1, move_s=2.0, hold_s=0.3)), "toe-touch")
    assert answers[-1].holds_s == (0.0,)
    assert answers[-1].repetition == 1
    assert "1 of 3. Next time, hold still at the end for 2 seconds." in spoken(answers)


def test_somebody_who_stays_down_is_told_aloud_to_come_back() -> None:
    bend = np.interp(frame_times(12.0, FPS), [0, 1, 2.5, 5, 6.5, 12], [0, 0, 90, 90, 45, 45])
    series = standing(12.0, trunk_flexion=bend, left_hip_flexion=bend, right_hip_flexion=bend)
    assert spoken(play(series, "toe-touch"))[-1] == "Back to the start position."


def test_a_person_who_never_enters_is_called_after_a_while_and_again() -> None:
    answers = play(without_person(standing(20.0), 0.0, 99.0), "toe-touch")
    assert {answer.state for answer in answers} == {S.GET_INTO_VIEW}
    assert cues(answers) == ["get_into_view", "nobody_yet"]
    said = [(answer.time_s, answer.cue) for answer in answers if answer.speak]
    assert [cue for _, cue in said] == ["get_into_view", "nobody_yet", "nobody_yet"]
    assert said[1][0] == pytest.approx(8.5, abs=0.2)


@pytest.mark.parametrize(
    ("movement", "side", "how", "cue", "words"),
    [
        ("toe-touch", None, {"turn_deg": FRONT_VIEW}, "turn", "Turn your side to the camera."),
        ("side-lunge", Side.LEFT, {"turn_deg": FACING_LEFT}, "turn", "Turn your front to the camera."),
        ("toe-touch", None, {"px_per_m": 20.0}, "come_closer", "Come closer to the camera."),
        ("toe-touch", None, {"px_per_m": 140.0}, "step_back", "Step back: your whole body must be in the picture."),
        ("toe-touch", None, {"centre": (0.0, 0.5)}, "step_back", "Step back: your whole body must be in the picture."),
        ("toe-touch", None, {"centre": (0.04, 0.5)}, "towards_middle", "Move forward, to the middle of the picture."),
    ],
)
def test_what_keeps_a_person_from_being_measured_is_named(
    movement: str, side: Side | None, how: dict[str, object], cue: str, words: str
) -> None:
    answers = play(standing(2.5, **how), movement, side)
    assert answers[-1].state is S.GET_INTO_VIEW
    assert answers[-1].cue == cue
    assert answers[-1].words.startswith(words)


def test_the_tested_side_must_be_towards_the_camera_when_lying() -> None:
    series = knee_to_chest(frame_times(2.5, FPS), ONE, Side.RIGHT, **LYING)  # type: ignore[arg-type]
    last = play(series, "knee-to-chest", Side.LEFT)[-1]
    assert (last.state, last.cue) == (S.GET_INTO_VIEW, "turn")
    assert last.words == "Turn your left side to the camera."


def test_a_tilted_camera_is_named() -> None:
    last = play(standing(2.5), "toe-touch", image=room(12.0, size_px=SIZE_PX))[-1]
    assert (last.state, last.cue, last.words) == (S.GET_INTO_VIEW, "camera_tilted", "The camera is tilted. Level it.")


def test_a_camera_that_is_levelled_lets_the_trial_begin() -> None:
    series = standing(9.0)
    tilted, level = room(12.0, size_px=SIZE_PX), room(0.0, size_px=SIZE_PX)
    with live_engine([[pose] for pose in poses_of(series)], "toe-touch") as engine:
        answers = [engine.step(tilted if t < 2.5 else level, float(t)) for t in series.time_s]
    assert "camera_tilted" in cues(answers)
    assert answers[-1].ready


def test_too_little_light_is_named_before_anybody_is_found() -> None:
    dark = without_person(standing(2.5), 0.0, 9.0)
    last = play(dark, "toe-touch", image=wall(brightness=4))[-1]
    assert (last.state, last.cue) == (S.GET_INTO_VIEW, "more_light")


def test_two_people_are_named_and_the_trial_waits_a_while_for_one_to_leave() -> None:
    mine, other = standing(14.0, centre=(0.4, 0.5)), standing(14.0, centre=(0.85, 0.5))
    answers = play(mine, "toe-touch", other=other)
    assert "Two people are in the picture. One of you, please step out." in spoken(answers)
    assert not any(answer.ready for answer in answers if answer.time_s < 10.0)
    assert answers[-1].ready


def test_the_wrong_posture_is_answered_with_the_start_position() -> None:
    start = load_movement("knee-to-chest").instructions.start
    upright = play(standing(2.5), "knee-to-chest", Side.RIGHT)
    assert (upright[-1].state, upright[-1].cue, upright[-1].words) == (S.GET_INTO_START, "get_into_start", start)


@pytest.mark.parametrize(
    ("roll_deg", "words"),
    [
        (180.0, "The picture is upside down. Turn the camera."),
        (90.0, "If you stand, turn the camera: its picture lies on its side."),
        (-90.0, "If you stand, turn the camera: its picture lies on its side."),
    ],
)
def test_a_camera_that_lies_on_its_side_is_named(roll_deg: float, words: str) -> None:
    answers = play(standing(4.0, roll_deg=roll_deg), "toe-touch")
    assert answers[-1].state is S.GET_INTO_START
    assert words in answers[-1].words


def test_a_start_position_that_is_not_taken_is_named() -> None:
    narrow = play(standing(2.5, turn_deg=FRONT_VIEW), "side-lunge", Side.LEFT)
    assert (narrow[-1].state, narrow[-1].cue, narrow[-1].words) == (
        S.GET_INTO_START,
        "start_position",
        "Take a wide stance.",
    )


def test_somebody_who_sways_is_asked_to_keep_still() -> None:
    time_s = frame_times(3.0, FPS)
    series = person(time_s, trunk_flexion=7 * np.sin(2 * np.pi * time_s / 1.5), **SMALL)  # type: ignore[arg-type]
    last = play(series, "toe-touch")[-1]
    assert (last.state, last.cue) == (S.GET_INTO_START, "keep_still")


def test_a_person_lost_in_a_movement_is_called_back_and_the_next_repetition_counts() -> None:
    answers = play(without_person(bends(TWO), 2.6, 4.4), "toe-touch")
    assert "lost" in cues(answers)
    assert answers[-1].repetition == 1  # nearly two seconds of the first one were not seen
    assert states(answers)[-1] is S.READY


def test_a_person_who_walks_away_before_moving_starts_anew() -> None:
    answers = play(without_person(standing(12.0), 2.0, 7.0), "toe-touch")
    after = states(answers)[states(answers).index(S.READY) + 1 :]
    assert (after[0], after[-1]) == (S.GET_INTO_VIEW, S.READY)


def test_a_helper_who_has_left_does_not_keep_the_next_person_from_being_followed() -> None:
    series = standing(9.0)
    away = during(series, 1.0, 5.0)
    poses = poses_of(series)
    red, blue = (picture(SIZE_PX, [(poses[0], colour)]) for colour in (RED_CLOTHES, BLUE_CLOTHES))
    people = [[] if gone else [pose] for pose, gone in zip(poses, away, strict=True)]
    with live_engine(people, "toe-touch") as engine:
        answers = [
            engine.step(wall() if gone else red if t < 1.0 else blue, float(t))
            for t, gone in zip(series.time_s, away, strict=True)
        ]
    assert LiveState.GET_INTO_VIEW in states(answers)[2:]
    assert answers[-1].ready


def test_the_facing_is_frozen_once_the_start_position_is_taken() -> None:
    series = bends()
    for toes in (Landmark.LEFT_FOOT_INDEX, Landmark.RIGHT_FOOT_INDEX, Landmark.NOSE):
        series = moved(series, toes, (-60.0, 0.0), during(series, 1.2, 99.0))
    last = play(series, "toe-touch", repetitions=1)[-1]
    assert last.done
    assert last.end_range_deg == pytest.approx([85.0], abs=2.0)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 2.0, 1.99])
def test_pictures_without_a_later_time_are_skipped(wrong: float) -> None:
    series = standing(3.0)
    with live_engine([[pose] for pose in poses_of(series)], "toe-touch") as engine:
        before = [engine.step(wall(), float(t)) for t in (0.0, 0.5, 1.0, 1.5, 2.0)][-1]
        again = engine.step(wall(), wrong)
        assert (again.time_s, again.state, again.speak) == (before.time_s, before.state, False)
        assert engine.step(wall(), 2.1).time_s == 2.1


def test_a_first_picture_without_a_time_is_answered() -> None:
    with live_engine([], "toe-touch") as engine:
        answer = engine.step(wall(), float("nan"))
    assert (answer.state, answer.repetition) == (S.GET_INTO_VIEW, 0)


@pytest.mark.parametrize("leap_s", [-3600.0, 86_400.0 * 365])
def test_a_clock_that_is_changed_during_a_rest_does_not_stop_the_trial(leap_s: float) -> None:
    two = Rhythm(count=2, pause_s=2.0)
    answers = play(bends(two), "toe-touch", repetitions=2, times=lambda t: t + (leap_s if t > 7.0 else 0.0))
    assert answers[-1].done


def test_a_camera_that_changes_its_resolution_goes_on() -> None:
    series = bends()
    with live_engine([[pose] for pose in poses_of(series)], "toe-touch", repetitions=1) as engine:
        answers = [engine.step(wall() if t < 2.0 else wall((642, 360)), float(t)) for t in series.time_s]
    assert answers[-1].done
    assert answers[-1].end_range_deg == pytest.approx([85.0], abs=2.0)


def test_a_phone_that_is_turned_starts_the_trial_anew() -> None:
    wide, high = standing(2.0), standing(2.0, size_px=(180, 320))
    people = [[pose] for pose in poses_of(wide) + poses_of(high)]
    with live_engine(people, "toe-touch") as engine:
        first = [engine.step(wall(), float(t)) for t in wide.time_s]
        second = [engine.step(wall((180, 320)), 2.1 + float(t)) for t in high.time_s]
    assert first[-1].ready
    assert not second[0].ready
    assert second[-1].ready


def test_a_trial_ends_when_its_time_is_up() -> None:
    answers = play(bends(Rhythm(count=2, pause_s=3.0)), "toe-touch", max_trial_s=8.0)
    assert answers[-1].done
    assert (answers[-1].cue, answers[-1].repetition) == ("time_is_up", 1)


def test_memory_of_a_long_wait_is_bounded() -> None:
    series = standing(20.0)
    with live_engine([[pose] for pose in poses_of(series)], "toe-touch") as engine:
        for time_s in series.time_s:
            engine.step(wall(), float(time_s))
        trial = engine._trial
        assert trial is not None
        assert trial.duration_s <= 5.0 + 1e-6
        assert len(trial._rows) <= 5.0 * FPS + 1


def test_a_missing_side_is_refused_at_once() -> None:
    with pytest.raises(RecordingError, match="is done once per side"):
        live_engine([], "side-lunge")


def test_the_framing_is_known_once_the_start_position_is_taken() -> None:
    series = standing(2.0)
    with live_engine([[pose] for pose in poses_of(series)], "toe-touch") as engine:
        assert engine.framing is None
        for time_s in series.time_s:
            engine.step(wall(), float(time_s))
        assert engine.framing is not None
        hips = poses_of(series)[0].xy_px[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0) / np.array(SIZE_PX)
        assert engine.framing.hip_xy == pytest.approx(tuple(hips), abs=1e-6)
        assert engine.framing.facing == 1


def test_a_retest_waits_for_the_place_of_the_pre_test_and_then_begins_all_the_same() -> None:
    series = standing(2.0)
    with live_engine([[pose] for pose in poses_of(series)], "toe-touch") as engine:
        for time_s in series.time_s:
            engine.step(wall(), float(time_s))
        pre = engine.framing
    same = play(standing(2.0), "toe-touch", framing=pre)
    assert same[-1].ready
    assert same[-1].framing_match is not None
    assert same[-1].framing_match.matches
    away = play(standing(14.0, px_per_m=75.0), "toe-touch", framing=pre)
    assert "Come a little closer to the camera, as in the pre-test." in spoken(away)
    assert not any(answer.ready for answer in away if answer.time_s < 10.0)
    assert away[-1].ready


BESIDE = 30.0
"""Degrees beside the side view: the picture's angles are refused from there, angles in space are not."""


def measured_from(source: str, name: str) -> Movement:
    """A test whose outcomes come from that source."""
    movement = load_movement(name)
    outcomes = tuple(replace(item, ref=replace(item.ref, source=source)) for item in movement.outcomes)
    return replace(movement, outcomes=outcomes)


def test_seen_from_an_angle_a_test_that_is_measured_in_space_is_warned_about_and_counted() -> None:
    beside = bends(TWO, turn_deg=FACING_LEFT + BESIDE)
    answers = play(beside, measured_from("world", "toe-touch"), repetitions=2)
    assert "You can begin. I see you from an angle, so the error will be larger." in spoken(answers)
    assert "turn" not in cues(answers)
    assert answers[-1].done
    assert answers[-1].repetition == 2
    assert next(gate.status for gate in answers[-1].gates if gate.name == "yaw") is GateStatus.WARN


def test_seen_from_an_angle_a_test_that_is_measured_in_the_picture_waits_for_a_turn() -> None:
    answers = play(bends(TWO, turn_deg=FACING_LEFT + BESIDE), measured_from("image", "toe-touch"))
    assert set(states(answers)) == {S.GET_INTO_VIEW}
    assert "turn" in cues(answers)
