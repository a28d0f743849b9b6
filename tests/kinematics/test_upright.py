"""A picture that lies on its side is told from the body, whatever the person does, and an upright one never is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_trial import made_series
from synthetic import FACING_LEFT, FACING_RIGHT, Rhythm, person, picture_turned, with_noise, without_person

from posecheck.kinematics.upright import BodyTurns, read_turns
from posecheck.kinematics.view import detect_view

STANDING = ("toe-touch", "runners-lunge", "side-lunge", "crossover")
LYING = ("knee-to-chest", "active-straight-leg-raise", "modified-thomas-test")
TURNS = (0, 90, 180, 270)
NOISE_PX = 1.0
"""About that of the pose model in a picture of this size."""
RHYTHM = Rhythm(count=2)
TIME_S = RHYTHM.times(15.0)


def back(turn_deg: int) -> int:
    """The clockwise turn that undoes another."""
    return -turn_deg % 360


@pytest.mark.parametrize("turn_deg", TURNS)
@pytest.mark.parametrize("movement", [*STANDING, *LYING])
def test_the_turn_that_undoes_a_turned_picture_is_found(movement: str, turn_deg: int) -> None:
    series = with_noise(picture_turned(made_series(movement), turn_deg), NOISE_PX)
    assert read_turns(series).needed_deg(movement in LYING) == back(turn_deg)


@pytest.mark.parametrize("turn_deg", TURNS)
@pytest.mark.parametrize("movement", STANDING)
def test_who_stands_and_moves_need_not_be_known_to_stand(movement: str, turn_deg: int) -> None:
    turns = read_turns(with_noise(picture_turned(made_series(movement), turn_deg), NOISE_PX))
    assert (turns.needed_deg(), turns.doubtful_deg) == (back(turn_deg), 0)


@pytest.mark.parametrize("movement", LYING)
@pytest.mark.parametrize("turn_deg", TURNS)
def test_who_lies_need_not_be_known_to_lie_unless_the_turn_makes_them_stand(movement: str, turn_deg: int) -> None:
    series = picture_turned(made_series(movement), turn_deg)
    turns = read_turns(with_noise(series, NOISE_PX))
    if turns.standing_deg == 0 and turn_deg:  # feet down and head up: as somebody who stands on one leg
        assert (turns.needed_deg(), turns.doubtful_deg) == (0, back(turn_deg))
    else:
        assert (turns.needed_deg(), turns.doubtful_deg) == (back(turn_deg), 0)


def test_each_lying_test_stands_in_one_turn_only() -> None:
    for movement in LYING:
        turned = [read_turns(picture_turned(made_series(movement), turn_deg)) for turn_deg in TURNS]
        assert sum(turns.doubtful_deg != 0 for turns in turned) <= 1


def test_a_picture_that_somebody_found_right_is_not_doubted() -> None:
    series = picture_turned(made_series("toe-touch"), 90)
    assert read_turns(replace(series, source=replace(series.source, rotated_deg=0))) == BodyTurns()


def test_a_picture_that_was_turned_the_wrong_way_is_doubted_again() -> None:
    series = picture_turned(made_series("toe-touch"), 180)
    assert read_turns(replace(series, source=replace(series.source, rotated_deg=90))).needed_deg(False) == 180


@pytest.mark.parametrize("trunk_deg", [-10.0, 0.0, 20.0])
def test_who_sits_with_level_legs_is_in_an_upright_picture(trunk_deg: float) -> None:
    reach = RHYTHM.angle(TIME_S, trunk_deg, trunk_deg + 45.0)
    sitting = person(
        TIME_S, turn_deg=FACING_RIGHT, trunk_flexion=reach, left_hip_flexion=90 + reach, right_hip_flexion=90 + reach
    )
    turns = read_turns(sitting)
    assert turns.standing_deg == 90  # the legs alone would say so
    assert (turns.needed_deg(), turns.needed_deg(False), turns.doubtful_deg) == (0, 0, 0)


@pytest.mark.parametrize(("first", "then"), [("knee-to-chest", "toe-touch"), ("toe-touch", "knee-to-chest")])
def test_who_stands_for_a_part_and_lies_for_another_is_in_an_upright_picture(first: str, then: str) -> None:
    """Somebody who starts the camera, and then lies down: for either test, although it takes up less of the time."""
    series, later = made_series(first), made_series(then)
    both = range(len(series)), range(len(later) // 2)
    changed = replace(
        series,
        time_s=np.arange(sum(map(len, both))) / 10.0,
        xy_px=np.concatenate([series.xy_px[both[0]], later.xy_px[both[1]]]),
        xyz_m=np.concatenate([series.xyz_m[both[0]], later.xyz_m[both[1]]]),
        visibility=np.concatenate([series.visibility[both[0]], later.visibility[both[1]]]),
        filled_in=np.concatenate([series.filled_in[both[0]], later.filled_in[both[1]]]),
    )
    turns = read_turns(changed)
    assert (turns.needed_deg(lying=False), turns.needed_deg(lying=True), turns.needed_deg()) == (0, 0, 0)


def test_too_little_of_a_person_tells_nothing() -> None:
    series = picture_turned(made_series("toe-touch"), 90)
    assert read_turns(without_person(series, 0.5, 1e9)) == BodyTurns()
    assert read_turns(without_person(series, 0.0, 1e9)) == BodyTurns()


@pytest.mark.parametrize("turn_deg", TURNS)
@pytest.mark.parametrize("facing", [FACING_RIGHT, FACING_LEFT])
def test_the_facing_of_somebody_lying_face_down_is_told_from_the_body(facing: float, turn_deg: int) -> None:
    """In a picture that is right as it is, as in push-ups: the face-up rule of the lying tests would turn the sign."""
    lying = person(TIME_S, turn_deg=facing, lying=True, left_knee_flexion=RHYTHM.angle(TIME_S, 5.0, 90.0))
    turned = picture_turned(lying, turn_deg)
    assert detect_view(turned).facing == (1 if facing == FACING_RIGHT else -1)
    assert np.isfinite(turned.xy_px).all()
