from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from synthetic import FRONT_VIEW, GOOD_CAPTURE, Rhythm, knee_to_chest, recording_of, toe_touch

from posecheck.errors import RecordingError
from posecheck.kinematics.joints import Side
from posecheck.movements import load_movement
from posecheck.pipeline import measure_angles
from posecheck.pose.landmarks import CleaningEvent
from posecheck.trial.assess import assess
from posecheck.trial.quality import GateStatus
from posecheck.trial.result import TrialOptions

if TYPE_CHECKING:
    from posecheck.pose.recording import Recording

RHYTHM = Rhythm()
TIME_S = RHYTHM.times()
CHOSEN = TrialOptions(person_at=(0.5, 0.5))
NEARER = CleaningEvent("person_unclear", 0.0, 0.0, "Somebody nearer to the camera is cut off.")


def lost(start_s: float, end_s: float) -> CleaningEvent:
    return CleaningEvent("person_lost", start_s, end_s, "The person was not found.")


def bending(people: int, *events: CleaningEvent, **how: float) -> Recording:
    return replace(recording_of(toe_touch(TIME_S, RHYTHM, **how), capture=GOOD_CAPTURE, people=people), events=events)


def refusal(recording: Recording, name: str = "toe-touch", side: Side | None = None) -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        assess(recording, load_movement(name), side)
    return caught.value


def advice(error: RecordingError) -> str:
    return error.advice.code if error.advice else ""


def test_a_smaller_person_behind_somebody_cut_off_is_not_measured_unasked() -> None:
    error = refusal(bending(3, NEARER))
    assert "3 people are in the picture, and it is not plain who does the test" in str(error)
    assert "the nearest one is cut off by the edge of the picture" in str(error)
    assert advice(error) == "which_person"
    with pytest.raises(RecordingError, match=r"^clip.mp4: 3 people are in the picture"):
        measure_angles(bending(3, NEARER))


def test_the_one_who_was_chosen_is_measured_whoever_else_is_there() -> None:
    recording = bending(3, NEARER, lost(1.0, 2.0))
    trial = assess(recording, load_movement("toe-touch"), options=CHOSEN).trial
    assert trial.outcomes[0].repetitions == RHYTHM.count
    assert measure_angles(recording, chosen=True).table


@pytest.mark.parametrize(("people", "refused"), [(2, True), (1, False)])
def test_somebody_cut_off_among_others_is_not_measured_and_alone_the_gate_says_it(people: int, refused: bool) -> None:
    recording = bending(people, px_per_m=300.0, centre=(0.5, 0.72))  # the feet are below the picture
    if refused:
        assert "cut off by the edge of the picture for 100 % of the time" in str(refusal(recording))
    else:
        gates = {gate.name: gate for gate in assess(recording, load_movement("toe-touch")).trial.gates}
        assert gates["in_frame"].status is GateStatus.REJECT


@pytest.mark.parametrize(("lost_share", "refused"), [(0.1, False), (0.3, True)])
def test_among_others_nobody_who_is_often_out_of_sight_is_measured(lost_share: float, refused: bool) -> None:
    recording = bending(2, lost(1.0, 1.0 + lost_share * (TIME_S[-1] - TIME_S[0])))
    if refused:
        assert "others were in the way, for 30 % of the time" in str(refusal(recording))
    else:
        assess(recording, load_movement("toe-touch"))


def test_a_refusal_names_the_other_people_as_the_likely_cause() -> None:
    error = refusal(bending(2, turn_deg=FRONT_VIEW))
    assert str(error).startswith(
        "clip.mp4: 2 people are in the picture, and the one who was followed may not be the one"
    )
    assert "filmed from the front" in str(error)
    assert advice(error) == "which_person"
    alone = refusal(bending(1, turn_deg=FRONT_VIEW))
    assert "people" not in str(alone)


def test_a_mirror_image_is_suspected_only_of_one_whole_person() -> None:
    series = knee_to_chest(TIME_S, RHYTHM, Side.RIGHT)
    alone, among = recording_of(series), recording_of(series, people=2)
    cut_off = recording_of(knee_to_chest(TIME_S, RHYTHM, Side.RIGHT, px_per_m=300.0, centre=(0.95, 0.5)))
    assert advice(refusal(alone, "knee-to-chest", Side.LEFT)) == "other_side"
    assert advice(refusal(among, "knee-to-chest", Side.LEFT)) == "which_person"
    words = str(refusal(cut_off, "knee-to-chest", Side.LEFT))
    assert "mirror" not in words
    assert "Move the camera back until the whole body stays in the picture" in words


@pytest.mark.parametrize("options", [None, CHOSEN])
def test_whoever_was_found_again_after_long_is_warned_of_even_if_chosen(options: TrialOptions | None) -> None:
    again = CleaningEvent("person_again", 3.0, 3.0, "After 2.5 s out of sight, somebody was taken for the same person.")
    trial = assess(bending(1, again), load_movement("toe-touch"), options=options).trial
    gate = next(gate for gate in trial.gates if gate.name == "one_person")
    assert gate.status is GateStatus.WARN
    assert again.words in gate.words
