from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from clips import ONE_REPETITION_S, SAMPLES, SIDE_LUNGE
from made_trial import RHYTHM
from synthetic import (
    FACING_LEFT,
    FACING_RIGHT,
    FROM_BEHIND,
    crossover,
    knee_to_chest,
    moved,
    person,
    recording_of,
    runners_lunge,
    side_lunge,
    straight_leg_raise,
    thomas_test,
    toe_touch,
    with_exchanged,
    with_hidden,
    without_person,
)

from posecheck.kinematics.joints import Side
from posecheck.movements import builtin_movements
from posecheck.pipeline import read_recording
from posecheck.pose.landmarks import Landmark
from posecheck.trial.proposal import propose_instead, propose_test
from posecheck.trial.result import TrialOptions
from posecheck.video.reader import VideoOptions

if TYPE_CHECKING:
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.pose.recording import Recording
    from posecheck.trial.proposal import Proposal

TIME_S = RHYTHM.times(15.0)
SIDED = {
    "knee-to-chest": knee_to_chest,
    "runners-lunge": runners_lunge,
    "side-lunge": side_lunge,
    "crossover": crossover,
    "active-straight-leg-raise": straight_leg_raise,
    "modified-thomas-test": thomas_test,
}
ALIKE = {("side-lunge", "crossover")}
"""The made-up side lunge leans as far as a crossover does."""
LEGS = range(Landmark.LEFT_HIP, Landmark.RIGHT_FOOT_INDEX + 1)


def proposed(series: LandmarkSeries) -> Proposal:
    return propose_test(recording_of(series))


@pytest.mark.parametrize("side", tuple(Side))
@pytest.mark.parametrize("name", tuple(SIDED))
def test_each_test_and_side_is_told_from_the_movement(name: str, side: Side) -> None:
    found = proposed(SIDED[name](TIME_S, RHYTHM, side))
    assert (found.movement, found.side, found.sure) == (name, side, True)


@pytest.mark.parametrize("turn_deg", [FACING_LEFT, FACING_RIGHT])
def test_a_toe_touch_has_no_side(turn_deg: float) -> None:
    found = proposed(toe_touch(TIME_S, RHYTHM, turn_deg=turn_deg))
    assert (found.movement, found.side, found.words) == ("toe-touch", None, "Toe touch.")
    assert found.alternatives == ()


@pytest.mark.parametrize("side", tuple(Side))
def test_front_tests_seen_from_behind_keep_their_sides(side: Side) -> None:
    assert proposed(side_lunge(TIME_S, RHYTHM, side, turn_deg=FROM_BEHIND)).side is side
    assert proposed(crossover(TIME_S, RHYTHM, side, turn_deg=FROM_BEHIND)).side is side


def test_a_lunge_facing_the_other_way_keeps_its_rear_leg() -> None:
    assert proposed(runners_lunge(TIME_S, RHYTHM, Side.LEFT, turn_deg=FACING_LEFT)).side is Side.LEFT


def shown(name: str) -> Recording:
    made = toe_touch(TIME_S, RHYTHM) if name == "toe-touch" else SIDED[name](TIME_S, RHYTHM, Side.LEFT)
    return recording_of(made)


@pytest.mark.parametrize("name", ["toe-touch", *SIDED])
def test_a_recording_of_its_own_test_is_never_said_to_show_another(name: str) -> None:
    assert propose_instead(shown(name), builtin_movements()[name]) is None


@pytest.mark.parametrize(
    ("name", "asked"), [pair for pair in permutations(["toe-touch", *SIDED], 2) if pair not in ALIKE]
)
def test_a_recording_of_another_test_is_told_as_that(name: str, asked: str) -> None:
    found = propose_instead(shown(name), builtin_movements()[asked])
    assert found is not None
    assert found.movement == name


def test_a_toe_touch_with_one_foot_before_the_other_is_no_other_test() -> None:
    legs = {
        f"{side}_hip_flexion": RHYTHM.angle(TIME_S, turn, 85.0 + turn) for side, turn in (("left", 25), ("right", -25))
    }
    split = recording_of(toe_touch(TIME_S, RHYTHM, **legs))
    assert propose_instead(split, builtin_movements()["toe-touch"]) is None


def test_nothing_is_told_of_a_body_half_hidden() -> None:
    hidden = with_hidden(knee_to_chest(TIME_S, RHYTHM, Side.LEFT), LEGS, 0.0, 5.0)
    assert propose_instead(recording_of(hidden), builtin_movements()["toe-touch"]) is None


def test_what_a_test_of_ones_own_looks_like_is_not_judged() -> None:
    own = replace(builtin_movements()["toe-touch"], name="my-bend")
    assert propose_instead(shown("knee-to-chest"), own) is None


def test_the_words_name_test_and_side() -> None:
    assert proposed(runners_lunge(TIME_S, RHYTHM, Side.RIGHT)).words == "Runner's lunge, right leg behind."
    assert proposed(crossover(TIME_S, RHYTHM, Side.LEFT)).words == "Crossover, left leg behind."


def test_exchanged_legs_for_a_moment_do_not_change_the_side() -> None:
    series = with_exchanged(runners_lunge(TIME_S, RHYTHM, Side.RIGHT), 1.0, 2.0, LEGS)
    assert proposed(series).side is Side.RIGHT


def test_legs_exchanged_half_of_the_time_make_it_unsure() -> None:
    series = runners_lunge(TIME_S, RHYTHM, Side.RIGHT)
    found = proposed(with_exchanged(series, 0.0, series.time_s[-1] * 0.47, LEGS))
    assert found.movement == "runners-lunge"
    assert not found.sure
    assert found.words.startswith("Looks like a runner's lunge")
    assert found.words.endswith("please check.")


def test_a_small_movement_is_unsure_and_says_so() -> None:
    found = proposed(crossover(TIME_S, RHYTHM, Side.LEFT, end_deg=6.5))
    assert (found.movement, found.side, found.sure) == ("crossover", Side.LEFT, False)
    assert found.words == "Looks like a crossover, left leg behind; please check."


def test_feet_outside_the_picture_leave_more_than_one_test() -> None:
    series = toe_touch(TIME_S, RHYTHM)
    ankles = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)
    for mark in ankles:
        series = moved(series, mark, (float("nan"), float("nan")), series.found)
    found = proposed(series)
    assert not found.sure
    assert {found.movement, *(guess.movement for guess in found.alternatives)} == {"toe-touch", "runners-lunge"}


def test_somebody_who_just_stands_is_no_test() -> None:
    found = proposed(person(TIME_S))
    assert (found.movement, found.side) == ("", None)
    assert found.words == "This does not look like any of the known tests: choose it yourself."


@pytest.mark.parametrize("knee_deg", [0.0, 15.0, 30.0])
def test_a_raise_is_no_knee_to_chest_also_with_a_slightly_bent_knee(knee_deg: float) -> None:
    found = proposed(straight_leg_raise(TIME_S, RHYTHM, Side.LEFT, knee_deg=knee_deg))
    assert (found.movement, found.sure, found.alternatives) == ("active-straight-leg-raise", True, ())


@pytest.mark.parametrize("knee_deg", [70.0, 120.0])
def test_a_knee_to_chest_is_no_raise(knee_deg: float) -> None:
    found = proposed(knee_to_chest(TIME_S, RHYTHM, Side.RIGHT, knee_deg=knee_deg))
    assert (found.movement, found.sure, found.alternatives) == ("knee-to-chest", True, ())


def test_a_knee_bent_between_the_two_leaves_both_to_choose_from() -> None:
    found = proposed(knee_to_chest(TIME_S, RHYTHM, Side.RIGHT, end_deg=95.0, knee_deg=48.0))
    assert not found.sure
    assert {found.movement, *(guess.movement for guess in found.alternatives)} == {
        "knee-to-chest",
        "active-straight-leg-raise",
    }


def test_a_thomas_test_is_no_knee_to_chest() -> None:
    found = proposed(thomas_test(TIME_S, RHYTHM, Side.LEFT))
    assert (found.words, found.alternatives) == ("Modified Thomas test, left leg hanging.", ())


def test_only_tests_that_are_asked_for_and_have_rules_are_proposed() -> None:
    recording = recording_of(toe_touch(TIME_S, RHYTHM))
    known = builtin_movements()
    assert propose_test(recording, [known["crossover"]]).movement == ""
    without_rules = replace(known["toe-touch"], recognition=None)
    assert propose_test(recording, [without_rules]).movement == ""
    assert propose_test(recording, [replace(known["toe-touch"], name="my-bend")]).movement == "my-bend"


def test_hidden_arms_do_not_matter() -> None:
    arms = range(Landmark.LEFT_ELBOW, Landmark.LEFT_HIP)
    series = with_hidden(side_lunge(TIME_S, RHYTHM, Side.LEFT), [Landmark(mark) for mark in arms], 0.0, 100.0)
    assert proposed(series).sure


def test_too_few_pictures_with_a_person_are_said() -> None:
    found = proposed(without_person(person(TIME_S), 0.3, 100.0))
    assert found.movement == ""
    assert found.words.startswith("Too little of a person can be seen")


@pytest.mark.model
def test_a_real_recording_is_told() -> None:
    options = TrialOptions(video=VideoOptions(end_s=ONE_REPETITION_S, stride=3, max_side_px=640))
    found = propose_test(read_recording(SAMPLES / f"{SIDE_LUNGE}.mp4", options))
    assert (found.movement, found.side, found.sure) == ("side-lunge", Side.LEFT, True)
