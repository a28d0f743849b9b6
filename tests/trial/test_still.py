from __future__ import annotations

import numpy as np
import pytest
from made_trial import assess_series, made_series
from synthetic import (
    FRONT_VIEW,
    Rhythm,
    crossover,
    knee_to_chest,
    person,
    recording_of,
    runners_lunge,
    side_lunge,
    straight_leg_raise,
    thomas_test,
    toe_touch,
)

from posecheck.errors import RecordingError
from posecheck.kinematics.joints import Side
from posecheck.movements import builtin_movements, load_movement, read_movement
from posecheck.pose.landmarks import LandmarkSeries
from posecheck.trial.assess import assess
from posecheck.trial.repetitions import Repetition
from posecheck.trial.still import change_deg
from posecheck.trial.trial import Trial

RHYTHM = Rhythm()
TIME_S = RHYTHM.times()
SIDE = Side.RIGHT
CLEAN = {
    "toe-touch": toe_touch(TIME_S, RHYTHM),
    "knee-to-chest": knee_to_chest(TIME_S, RHYTHM, SIDE),
    "runners-lunge": runners_lunge(TIME_S, RHYTHM, SIDE),
    "side-lunge": side_lunge(TIME_S, RHYTHM, SIDE),
    "crossover": crossover(TIME_S, RHYTHM, SIDE),
    "active-straight-leg-raise": straight_leg_raise(TIME_S, RHYTHM, SIDE),
    "modified-thomas-test": thomas_test(TIME_S, RHYTHM, SIDE),
}


def side_of(name: str) -> Side | None:
    return SIDE if load_movement(name).sides else None


def refusal(series: LandmarkSeries, name: str) -> str:
    with pytest.raises(RecordingError) as caught:
        assess(recording_of(series), load_movement(name), side_of(name))
    return str(caught.value)


def sit_up(end_deg: float = 70.0, knee_deg: float = 70.0) -> LandmarkSeries:
    """Lying with the soles on the floor; the trunk comes up, the legs stay where they are."""
    up = RHYTHM.angle(TIME_S, 0.0, end_deg)
    bent = {f"{side}_hip_flexion": up + 45.0 for side in Side} | {f"{side}_knee_flexion": knee_deg for side in Side}
    return person(TIME_S, lying=True, px_per_m=480.0, trunk_flexion=up, **bent)


@pytest.mark.parametrize("name", builtin_movements())
def test_every_built_in_test_knows_what_must_stay_still_and_its_own_motion_does_so(name: str) -> None:
    assert load_movement(name).still
    trial = assess(recording_of(CLEAN[name]), load_movement(name), side_of(name)).trial
    assert [item.used for item in trial.repetitions] == [True] * 3


def test_a_sit_up_is_no_knee_to_chest() -> None:
    words = refusal(sit_up(), "knee-to-chest")
    assert "no repetition could be measured: in repetition 1 the trunk came up from the floor (by 70 degrees)" in words


def test_a_sit_up_is_no_straight_leg_raise() -> None:
    straight = {f"{side}_hip_flexion": RHYTHM.angle(TIME_S, 0.0, 60.0) for side in Side}
    series = person(TIME_S, lying=True, px_per_m=480.0, trunk_flexion=RHYTHM.angle(TIME_S, 0.0, 60.0), **straight)
    assert "the trunk came up from the floor (by 60 degrees)" in refusal(series, "active-straight-leg-raise")


def test_a_squat_is_no_toe_touch() -> None:
    legs = {f"{side}_hip_flexion": RHYTHM.angle(TIME_S, 2.0, 100.0) for side in Side}
    legs |= {f"{side}_knee_flexion": RHYTHM.angle(TIME_S, 3.0, 100.0) for side in Side}
    series = person(TIME_S, trunk_flexion=RHYTHM.angle(TIME_S, 0.0, 30.0), **legs)
    assert "the legs did not stay upright: the thigh tilted (by 68 degrees)" in refusal(series, "toe-touch")


def test_bending_forward_in_a_long_step_is_no_lunge() -> None:
    bend = RHYTHM.angle(TIME_S, 0.0, 45.0)
    series = runners_lunge(
        TIME_S,
        RHYTHM,
        SIDE,
        trunk_flexion=5.0 + bend,
        left_hip_flexion=35.0 + bend,
        left_knee_flexion=20.0,
        right_hip_flexion=-10.0 + bend,
    )
    assert "the front thigh stayed where it was: the trunk bent instead" in refusal(series, "runners-lunge")


def test_a_whole_body_that_leans_over_is_no_crossover() -> None:
    lean = RHYTHM.angle(TIME_S, 0.0, 25.0)
    legs = {f"{SIDE}_leg_abduction": -6.0 + lean, f"{SIDE.other}_leg_abduction": -6.0 - lean}
    series = person(TIME_S, turn_deg=FRONT_VIEW, trunk_lateral_flexion=-lean, pelvic_obliquity=0.0, **legs)
    assert "the standing leg leaned over with the trunk (by 25 degrees)" in refusal(series, "crossover")


def test_a_leg_that_hangs_while_the_other_is_not_held_is_no_thomas_test() -> None:
    series = thomas_test(TIME_S, RHYTHM, SIDE, left_hip_flexion=RHYTHM.angle(TIME_S, 110.0, 20.0))
    assert "the other knee was not held to the chest (20 degrees)" in refusal(series, "modified-thomas-test")


def test_one_repetition_by_the_wrong_segment_is_not_used_and_the_others_are() -> None:
    """The trunk comes up in the second repetition only."""
    up = np.where((TIME_S > 6.5) & (TIME_S < 11.5), RHYTHM.angle(TIME_S, 0.0, 50.0), 0.0)
    pulled = RHYTHM.angle(TIME_S, 2.0, 115.0)
    series = knee_to_chest(TIME_S, RHYTHM, SIDE, trunk_flexion=up, left_hip_flexion=up, right_hip_flexion=pulled)
    trial = assess(recording_of(series), load_movement("knee-to-chest"), SIDE).trial
    assert [item.used for item in trial.repetitions] == [True, False, True]
    assert trial.repetitions[1].reason == "the trunk came up from the floor (by 50 degrees)"
    assert "Repetition 2 was not used: the trunk came up from the floor (by 50 degrees)." in trial.notes


def lifted(deg: float) -> Trial:
    """A knee to the chest during which the shoulders come up with it."""
    up = RHYTHM.angle(TIME_S, 0.0, deg)
    series = knee_to_chest(TIME_S, RHYTHM, SIDE, trunk_flexion=up, left_hip_flexion=up)
    return assess(recording_of(series), load_movement("knee-to-chest"), SIDE).trial


def test_shoulders_that_come_up_a_little_with_the_knee_are_no_sit_up() -> None:
    assert [item.used for item in lifted(20.0).repetitions] == [True] * 3


def test_what_is_not_seen_is_not_judged() -> None:
    nowhere = np.full(len(TIME_S), np.nan)
    repetition = Repetition(1, 2.0, 7.0, 4.0, 6.0, True)
    assert np.isnan(change_deg(repetition, TIME_S, nowhere))
    assert np.isnan(change_deg(repetition, TIME_S, np.where(TIME_S < 3.0, 0.0, np.nan)))


def test_of_two_rests_the_one_that_differs_less_counts() -> None:
    repetition = Repetition(1, 2.0, 7.0, 4.0, 6.0, True)
    gets_up_after = np.where(TIME_S >= 7.0, 90.0, 3.0)
    assert change_deg(repetition, TIME_S, gets_up_after) == 0.0
    assert change_deg(repetition, TIME_S, np.where((TIME_S > 3.0) & (TIME_S < 6.5), 40.0, 0.0)) == 40.0
    assert change_deg(repetition, TIME_S, np.where(TIME_S < 2.5, np.nan, gets_up_after)) == -87.0


def test_a_test_of_ones_own_needs_no_such_rule() -> None:
    text = """
name = "mine"
version = 1
title = "Mine"
summary = "Mine."
view = "side"
posture = "standing"
sides = []
[instructions]
camera = "There."
start = "Stand."
move = "Bend."
[repetition]
angle = "hip_flexion"
leg = "tested"
min_excursion_deg = 20
[[outcomes]]
name = "hip"
title = "Hip"
angle = "hip_flexion"
leg = "tested"
role = "primary"
"""
    assert read_movement(text, "mine.toml").still == ()
    rule = '[[still]]\nangle = "trunk_flexion"\nhigh_deg = 10\nwords = "the trunk moved"\n'
    (still,) = read_movement(text + rule, "mine.toml").still
    assert (still.low_deg, still.high_deg, still.words) == (-180.0, 10.0, "the trunk moved")
    assert still.measure == "change_from_start"


def test_a_clean_trial_of_each_motion_that_other_tests_use_is_still() -> None:
    for name in builtin_movements():
        trial = assess_series(made_series(name), name).trial
        assert all(item.used for item in trial.repetitions), name
