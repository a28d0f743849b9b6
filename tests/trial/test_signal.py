from __future__ import annotations

import numpy as np
import pytest
from made_trial import made_series
from synthetic import Rhythm, runners_lunge, with_hidden, without_person

from posecheck.kinematics.joints import Side, mark_of
from posecheck.movements import load_movement
from posecheck.pose.landmarks import LandmarkSeries
from posecheck.trial.reading import read_trial_motion
from posecheck.trial.repetitions import find_repetitions
from posecheck.trial.signal import ChosenSignal, choose_signal

LUNGE = load_movement("runners-lunge")
RHYTHM = Rhythm()
REAR = Side.LEFT
FRONT_KNEE = mark_of("knee", REAR.other)
HOLD_S = (5.2, 8.0)


def lunge() -> LandmarkSeries:
    return runners_lunge(RHYTHM.times(), RHYTHM, REAR)


def chosen_in(series: LandmarkSeries) -> ChosenSignal:
    return choose_signal(read_trial_motion(series, LUNGE, REAR).table, LUNGE, REAR)


def test_the_first_signal_of_a_test_is_taken_where_it_can_be_followed() -> None:
    chosen = chosen_in(lunge())
    assert chosen.words == "right hip flexion"
    assert chosen.instead_of is None
    assert chosen.notes() == ()
    assert np.nanmax(chosen.degrees) == pytest.approx(95.0, abs=1.0)  # that of the motion, smoothed


def test_a_hidden_front_leg_leaves_the_rear_leg_to_find_repetitions_by() -> None:
    chosen = chosen_in(with_hidden(lunge(), [FRONT_KNEE], 0.0, 60.0))
    assert chosen.words == "left leg inclination"
    assert chosen.rule.min_excursion_deg == 7.0
    (note,) = chosen.notes()
    assert note.startswith("The right hip flexion could not be followed all the time")


def test_a_front_leg_that_is_hidden_during_one_hold_leaves_the_rear_leg_too() -> None:
    assert chosen_in(with_hidden(lunge(), [FRONT_KNEE], 3.0, 5.0)).words == "left leg inclination"


def test_a_short_loss_and_a_person_who_leaves_the_picture_change_nothing() -> None:
    assert chosen_in(with_hidden(lunge(), [FRONT_KNEE], 3.0, 3.4)).words == "right hip flexion"
    assert chosen_in(without_person(lunge(), 0.0, 1.5)).words == "right hip flexion"


def test_where_nothing_is_followed_throughout_what_is_known_for_longest_is_taken() -> None:
    rear_ankle = mark_of("ankle", REAR)
    series = with_hidden(lunge(), [FRONT_KNEE], 3.0, 6.0)
    assert chosen_in(with_hidden(series, [rear_ankle], 8.0, 9.5)).words == "left leg inclination"
    series = with_hidden(lunge(), [FRONT_KNEE], 3.0, 4.5)
    assert chosen_in(with_hidden(series, [rear_ankle], 8.0, 11.0)).words == "right hip flexion"


def test_the_rear_hip_is_measured_in_every_repetition_though_the_front_leg_is_never_seen() -> None:
    hidden = with_hidden(lunge(), [FRONT_KNEE, mark_of("ankle", REAR.other)], 0.0, 60.0)
    found = find_repetitions(read_trial_motion(hidden, LUNGE, REAR).table, LUNGE, REAR)
    assert [item.end_range["hip_extension"] for item in found] == pytest.approx([12.0] * 3, abs=0.5)  # smoothing
    assert all(item.used and item.held for item in found)
    assert all(np.isnan(item.end_range["hip_flexion"]) for item in found)


def test_a_test_with_one_signal_takes_it_even_where_it_is_never_seen() -> None:
    toe_touch = load_movement("toe-touch")
    series = with_hidden(made_series("toe-touch"), [mark_of("knee", side) for side in Side], 0.0, 60.0)
    chosen = choose_signal(read_trial_motion(series, toe_touch, None).table, toe_touch, Side.LEFT)
    assert chosen.words == "left hip flexion"
    assert np.isnan(chosen.degrees).all()
