from __future__ import annotations

import math
from dataclasses import replace

import pytest
from made_trial import assess_series, made_series
from synthetic import with_hidden

from posecheck.kinematics.joints import Side, mark_of
from posecheck.pose.landmarks import Landmark
from posecheck.trial.notes import repetition_notes
from posecheck.trial.repetitions import Repetition
from posecheck.trial.trial import Trial, trial_from_dict, trial_to_dict

FRONT_LEG = [mark_of(part, Side.RIGHT) for part in ("knee", "ankle", "heel", "foot_index")]


def lunge_without_front_leg() -> Trial:
    """A lunge of the left leg, filmed from its side: the right leg is hidden behind it."""
    return assess_series(with_hidden(made_series("runners-lunge"), FRONT_LEG, 0.0, 60.0), "runners-lunge").trial


def test_what_can_be_seen_is_measured_and_the_rest_is_missing_with_its_reason() -> None:
    trial = lunge_without_front_leg()
    assert trial.outcome("hip_extension").values == pytest.approx((12.0, 12.0), abs=1.0)  # rest between short holds
    assert trial.outcome("trunk_flexion").values == pytest.approx((15.0, 15.0), abs=1.0)
    for name in ("hip_flexion", "front_knee_flexion"):
        assert trial.outcome(name).values == ()
        assert trial.outcome(name).missing.startswith("the right ")
        assert trial.outcome(name).missing.endswith(" was hidden during the holds")
    assert "Hip flexion, front leg: not measured, since the right knee was hidden during the holds." in trial.notes
    assert any("the repetitions were found by the left leg inclination" in note for note in trial.notes)


def test_a_trial_with_everything_in_sight_says_nothing_about_sight() -> None:
    trial = assess_series(made_series("runners-lunge"), "runners-lunge").trial
    assert all(item.missing == "" and item.visibility == pytest.approx(0.99) for item in trial.outcomes)
    assert not any("hidden" in note or "seen" in note for note in trial.notes)


def test_points_that_the_model_is_hardly_sure_of_are_named_once_with_what_rests_on_them() -> None:
    series = made_series("knee-to-chest")
    seen = series.visibility.copy()
    seen[:, Landmark.LEFT_KNEE] = 0.6
    trial = assess_series(replace(series, visibility=seen), "knee-to-chest").trial
    assert trial.outcome("hip_flexion").visibility == pytest.approx(0.6)
    assert trial.outcome("resting_hip_flexion").visibility == pytest.approx(0.99)
    (note,) = [note for note in trial.notes if "seen" in note]
    assert note.startswith("The left knee was poorly seen during the holds (60 % sure that it is in sight)")
    assert note.endswith("Hip flexion of the pulled leg, Knee flexion of the pulled leg.")


def test_sight_is_stored_and_read_back_and_older_files_have_none() -> None:
    trial = lunge_without_front_leg()
    stored = trial_to_dict(trial)
    again = trial_from_dict(stored, "trial.json")
    assert [item.missing for item in again.outcomes] == [item.missing for item in trial.outcomes]
    assert again.outcome("hip_extension").visibility == pytest.approx(0.99)
    for item in stored["outcomes"]:
        item.pop("visibility", None), item.pop("missing", None)
    older = trial_from_dict(stored, "trial.json")
    assert all(item.missing == "" and math.isnan(item.visibility) for item in older.outcomes)


def repetitions(*held_and_used: tuple[bool, bool]) -> tuple[Repetition, ...]:
    return tuple(
        Repetition(k, 0.0, 5.0, 2.0, 4.0, held, used=used, reason="" if used else "0.8 s of it could not be measured")
        for k, (held, used) in enumerate(held_and_used, start=1)
    )


GOOD, UNHELD, UNUSED = (True, True), (False, True), (True, False)


def test_three_good_repetitions_need_no_note() -> None:
    assert repetition_notes(repetitions(GOOD, GOOD, GOOD)) == ()


@pytest.mark.parametrize(("count", "words"), [(0, "No repetition"), (1, "One repetition"), (2, "Two repetitions")])
def test_too_few_repetitions_are_said(count: int, words: str) -> None:
    (note,) = repetition_notes(repetitions(*[GOOD] * count))
    assert note.startswith(f"{words} could be used")


def test_a_rejected_repetition_is_named_with_its_reason() -> None:
    notes = repetition_notes(repetitions(GOOD, UNUSED, GOOD, GOOD))
    assert notes == ("Repetition 2 was not used: 0.8 s of it could not be measured.",)


def test_repetitions_without_a_hold_are_named() -> None:
    (one,) = repetition_notes(repetitions(GOOD, UNHELD, GOOD))
    assert one.startswith("Repetition 2 had no hold of 1.5 s")
    (two,) = repetition_notes(repetitions(UNHELD, GOOD, UNHELD))
    assert two.startswith("Repetitions 1, 3 had no hold")
