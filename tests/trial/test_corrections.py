from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest
from made_trial import RHYTHM, made_result, made_series
from synthetic import recording_of

from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.sides import compare_sides
from posecheck.errors import CorrectionError, RecordingError
from posecheck.kinematics.joints import Side
from posecheck.movements import load_movement
from posecheck.trial.assess import assess
from posecheck.trial.corrections import Corrections
from posecheck.trial.repetitions import RepetitionTimes
from posecheck.trial.result import TrialOptions, TrialResult
from posecheck.trial.trial import trial_from_dict, trial_to_dict

SECOND_S = RHYTHM.start_s + RHYTHM.period_s
TIMES = RepetitionTimes(SECOND_S, SECOND_S + 3.4, SECOND_S + 1.2, SECOND_S + 1.8)
EVERYTHING = Corrections(excluded=(2, 1, 2), times={2: TIMES}, side=Side.RIGHT, start_s=0.5, end_s=9.0)


def corrected(movement: str = "toe-touch", declared: Side | None = None, **how: Any) -> TrialResult:
    recording = recording_of(made_series(movement))
    return assess(recording, load_movement(movement), declared, corrections=Corrections(**how))


def test_corrections_survive_the_way_through_json_and_between_processes() -> None:
    assert Corrections.from_dict(json.loads(json.dumps(EVERYTHING.to_dict()))) == EVERYTHING
    assert pickle.loads(pickle.dumps(EVERYTHING)) == EVERYTHING
    assert EVERYTHING.excluded == (1, 2)
    assert Corrections.from_dict({}) == Corrections()
    assert not Corrections()
    assert EVERYTHING


def test_corrections_are_said_in_words() -> None:
    assert EVERYTHING.phrases() == (
        "2 repetitions excluded by hand",
        "times of 1 repetition set by hand",
        "side set to right by hand",
        "only the part from 0.5 to 9 s used, set by hand",
    )
    assert Corrections(end_s=4.0).phrases() == ("only the part up to 4 s used, set by hand",)
    assert Corrections(start_s=4.0).notes() == ("Corrected: only the part from 4 s used, set by hand.",)
    assert Corrections().notes() == ()


def test_a_repetition_that_was_missed_is_added_after_those_that_were_found() -> None:
    whole = corrected().trial.repetitions
    gone = whole[1]
    cut = {"times": {2: RepetitionTimes(gone.start_s, gone.start_s + 0.4, gone.start_s + 0.1, gone.start_s + 0.3)}}
    missed = RepetitionTimes(gone.hold_start_s - 0.3, gone.end_s, gone.hold_start_s, gone.hold_end_s)
    trial = corrected(added=(missed,), **cut).trial
    added = trial.repetitions[-1]
    assert (added.number, added.corrected, added.held) == (len(whole) + 1, "added by hand", True)
    assert added.end_range == pytest.approx(gone.end_range)
    assert added.compensation == pytest.approx(gone.compensation, abs=0.5)
    assert "1 repetition added by hand" in trial.corrections


def test_a_repetition_that_is_added_lies_over_no_other_and_is_not_numbered_among_them() -> None:
    second = corrected().trial.repetitions[1]
    over = RepetitionTimes(second.start_s, second.end_s, second.hold_start_s, second.hold_end_s)
    with pytest.raises(RecordingError, match="lies over repetition 2"):
        corrected(added=(over,))
    with pytest.raises(CorrectionError, match="added by hand: start, hold and end follow one another"):
        Corrections(added=(RepetitionTimes(3.0, 2.0, 2.5, 2.6),))
    early, late = RepetitionTimes(1.0, 2.0, 1.2, 1.8), RepetitionTimes(5.0, 6.0, 5.2, 5.8)
    assert Corrections(added=(late, early)).added == (early, late)


def test_corrections_without_an_added_repetition_are_stored_as_before() -> None:
    assert "added" not in EVERYTHING.to_dict()
    added = Corrections(added=(TIMES,))
    assert Corrections.from_dict(json.loads(json.dumps(added.to_dict()))) == added


def test_each_correction_can_be_told_and_named_by_itself() -> None:
    keys = [item.key for item in Corrections(excluded=(1, 2), times={2: TIMES}, added=(TIMES,), end_s=9.0).each()]
    assert keys == ["excluded:1", "excluded:2", "times:2", "added:0", "part"]
    assert Corrections().each() == ()


SECONDS = {"start_s": 1.0, "end_s": 5.0, "hold_start_s": 2.0, "hold_end_s": 4.0}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], " is .*expected names"),
        ({"exclude": [1]}, "unknown key 'exclude'; known are excluded, times"),
        ({"excluded": 2}, "'excluded' is 2, expected a list"),
        ({"excluded": ["two"]}, "'two' is not the number"),
        ({"excluded": [True]}, "True is not the number"),
        ({"excluded": [0]}, "counted from 1"),
        ({"times": {"1": {"start_s": 1.0}}}, "lack 'end_s'"),
        ({"times": {"1": {**SECONDS, "hold": 1}}}, "unknown key 'hold'"),
        ({"times": {"1": {**SECONDS, "hold_end_s": 1.5}}}, "follow one another"),
        ({"times": {"1": {**SECONDS, "start_s": -1}}}, "0 or more"),
        ({"times": {"1": {**SECONDS, "end_s": float("inf")}}}, "0 or more"),
        ({"side": "middle"}, "expected left or right"),
        ({"start_s": "soon"}, "expected a number of seconds"),
        ({"start_s": float("nan")}, "0 or more"),
        ({"start_s": 3.0, "end_s": 2.0}, "is not after the start"),
    ],
)
def test_what_cannot_be_corrected_is_refused_by_name(data: object, words: str) -> None:
    with pytest.raises(CorrectionError, match=f"^trial 3.*{words}"):
        Corrections.from_dict(data, "trial 3")


def test_an_excluded_repetition_no_longer_counts_and_says_so() -> None:
    before, after = made_result("toe-touch").trial, corrected(excluded=(2,)).trial
    assert before.outcome("hip_flexion").repetitions == 2
    assert after.outcome("hip_flexion").values == before.outcome("hip_flexion").values[:1]
    second = after.repetitions[1]
    assert (second.used, second.reason, second.corrected) == (False, "excluded by hand", "excluded by hand")
    assert after.corrections == ("1 repetition excluded by hand",)
    assert "Repetition 2 was not used: excluded by hand." in after.notes
    assert after.provenance["corrections"]["excluded"] == [2]
    assert "corrections" not in before.provenance


def test_values_of_a_retimed_repetition_are_the_median_over_the_given_hold() -> None:
    early = RepetitionTimes(SECOND_S, SECOND_S + 3.0, SECOND_S + 0.1, SECOND_S + 0.5)
    result = corrected(times={2: early})
    column = result.trial.outcome("hip_flexion").column
    inside = (result.table.time_s >= early.hold_start_s) & (result.table.time_s <= early.hold_end_s)
    expected = float(np.median(result.table.measured(column)[inside]))
    second = result.trial.repetitions[1]
    assert second.end_range["hip_flexion"] == pytest.approx(expected)
    assert expected < 60  # the hold itself is at 85
    assert (second.start_s, second.hold_end_s, second.corrected) == (SECOND_S, SECOND_S + 0.5, "times set by hand")
    assert result.trial.repetitions[0] == made_result("toe-touch").trial.repetitions[0]
    assert not any("no hold of 1.5 s" in note for note in result.trial.notes)


def test_a_hold_between_two_pictures_is_refused() -> None:
    times = RepetitionTimes(SECOND_S, SECOND_S + 3.0, SECOND_S + 1.001, SECOND_S + 1.002)
    with pytest.raises(RecordingError, match=r"repetition 2.*holds no picture"):
        corrected(times={2: times})


def test_a_trial_without_any_repetition_left_is_refused_in_words() -> None:
    with pytest.raises(RecordingError, match=r"clip.mp4: every repetition \(2 repetitions\) is excluded by hand"):
        corrected(excluded=(1, 2))


def test_a_correction_of_a_repetition_that_is_not_there_is_refused() -> None:
    with pytest.raises(RecordingError, match="repetition 3 was corrected by hand, but only 2 can be found"):
        corrected(excluded=(3,))


def test_the_side_can_be_corrected() -> None:
    trial = corrected("side-lunge", Side.RIGHT, side=Side.LEFT).trial
    assert trial.side is Side.LEFT
    assert trial.outcomes[0].values == made_result("side-lunge").trial.outcomes[0].values
    assert trial.corrections == ("side set to left by hand",)


def test_a_test_without_sides_has_none_to_set_right() -> None:
    with pytest.raises(RecordingError, match="“Toe touch” is not done once per side"):
        corrected(side=Side.LEFT)


def test_a_part_of_the_recording_can_be_used_and_the_whole_is_kept() -> None:
    result = corrected(end_s=SECOND_S)
    assert len(result.trial.repetitions) == 1
    assert result.table.time_s[-1] <= SECOND_S < result.recording.series.time_s[-1]
    assert "Corrected: only the part up to 4.4 s used, set by hand." in result.trial.notes


def test_old_results_without_corrections_can_be_read() -> None:
    data = trial_to_dict(made_result("toe-touch").trial)
    del data["corrections"]
    for repetition in data["repetitions"]:
        del repetition["corrected"]
    trial = trial_from_dict(data, "trial.json")
    assert trial.corrections == ()
    assert trial.repetitions[0].corrected == ""


def test_corrected_results_survive_the_way_through_json() -> None:
    trial = corrected(excluded=(1,), times={2: TIMES}).trial
    assert trial_to_dict(trial_from_dict(json.loads(json.dumps(trial_to_dict(trial))), "x")) == trial_to_dict(trial)


def test_a_change_says_what_was_corrected_on_either_side() -> None:
    before, after = made_result("toe-touch").trial, corrected(excluded=(2,)).trial
    change = compare_blocks([before], [after])[0]
    assert change.corrections == ("1 repetition excluded by hand (re-test)",)
    assert change.sentence.endswith("Corrected: 1 repetition excluded by hand (re-test).")
    assert compare_blocks([before], [before])[0].corrections == ()


def test_sides_say_what_was_corrected() -> None:
    left = corrected("side-lunge", Side.LEFT, excluded=(1,)).trial
    mirror = assess(recording_of(_right_lunge()), load_movement("side-lunge"), Side.RIGHT, TrialOptions()).trial
    item = compare_sides([left, mirror], "pre")[0]
    assert item.corrections == ("1 repetition excluded by hand (left)",)
    assert "Corrected: 1 repetition excluded by hand (left)." in item.sentence


def _right_lunge() -> Any:
    from synthetic import side_lunge

    return side_lunge(RHYTHM.times(10.0), RHYTHM, Side.RIGHT, size_px=(320, 240), px_per_m=110.0)
