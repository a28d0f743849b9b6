from __future__ import annotations

from dataclasses import replace

import pytest
from synthetic import (
    FACING_RIGHT,
    FRONT_VIEW,
    GOOD_CAPTURE,
    Rhythm,
    crossover,
    frame_times,
    knee_to_chest,
    mirrored,
    person,
    recording_of,
    side_lunge,
    toe_touch,
    with_hidden,
    without_person,
)

from posecheck.errors import NoPersonError, RecordingError
from posecheck.kinematics.joints import Side, mark_of
from posecheck.movements import load_movement
from posecheck.pose.landmarks import LandmarkSeries
from posecheck.pose.recording import Recording
from posecheck.trial.assess import assess
from posecheck.trial.requirements import require_side

RHYTHM = Rhythm()
TIME_S = RHYTHM.times()


def refusal(given: LandmarkSeries | Recording, name: str, side: Side | None = None) -> str:
    recording = given if isinstance(given, Recording) else recording_of(given)
    with pytest.raises(RecordingError) as caught:
        assess(recording, load_movement(name), side)
    assert str(caught.value).startswith("clip.mp4: ")
    return str(caught.value).removeprefix("clip.mp4: ")


def test_a_front_view_of_a_side_view_test_is_refused_with_where_to_put_the_camera() -> None:
    words = refusal(toe_touch(TIME_S, RHYTHM, turn_deg=FRONT_VIEW), "toe-touch")
    assert words.startswith("filmed from the front, but “Toe touch” needs the side view: turn by about 90 degrees.")
    assert load_movement("toe-touch").instructions.camera in words


def test_a_side_view_of_a_front_view_test_is_refused() -> None:
    words = refusal(side_lunge(TIME_S, RHYTHM, Side.LEFT, turn_deg=FACING_RIGHT), "side-lunge", Side.LEFT)
    assert words.startswith("filmed from the side, but “Side lunge” needs the front view: turn by about 8")


@pytest.mark.parametrize(("turn_deg", "refused"), [(50.0, False), (40.0, True)])
def test_a_view_is_wrong_beyond_45_degrees(turn_deg: float, refused: bool) -> None:
    series = toe_touch(TIME_S, RHYTHM, turn_deg=turn_deg)
    if refused:
        assert "needs the side view" in refusal(series, "toe-touch")
    else:
        assess(recording_of(series), load_movement("toe-touch"))


@pytest.mark.parametrize("side", Side)
def test_the_wrong_leg_is_named_with_both_remedies(side: Side) -> None:
    words = refusal(knee_to_chest(TIME_S, RHYTHM, side), "knee-to-chest", side.other)
    assert words.startswith(f"the {side} side did the movement, not the {side.other} one. Choose the {side} side;")
    assert "have it read as one" in words


@pytest.mark.parametrize(("mine_deg", "refused"), [(45.0, True), (80.0, False)])
def test_a_leg_that_moves_less_than_half_as_far_as_the_other_is_not_the_tested_one(
    mine_deg: float, refused: bool
) -> None:
    angles = {"left_hip_flexion": RHYTHM.angle(TIME_S, 0.0, mine_deg)}
    series = knee_to_chest(TIME_S, RHYTHM, Side.RIGHT, end_deg=115.0, **angles)
    if refused:
        assert "the right side did the movement" in refusal(series, "knee-to-chest", Side.LEFT)
    else:
        assess(recording_of(series), load_movement("knee-to-chest"), Side.LEFT)


def test_a_mirror_image_of_a_lying_test_is_found_out() -> None:
    words = refusal(mirrored(knee_to_chest(TIME_S, RHYTHM, Side.LEFT)), "knee-to-chest", Side.LEFT)
    assert "the right side did the movement, not the left one" in words


@pytest.mark.parametrize("side", Side)
def test_leaning_to_the_wrong_side_in_the_crossover_is_refused(side: Side) -> None:
    words = refusal(crossover(TIME_S, RHYTHM, side), "crossover", side.other)
    assert f"the {side} side did the movement" in words


def test_a_test_done_once_per_side_asks_for_the_side() -> None:
    with pytest.raises(RecordingError, match=r"done once per side \(the rear.* Say which leg is tested, left or right"):
        require_side(load_movement("runners-lunge"), None)
    require_side(load_movement("runners-lunge"), Side.LEFT)
    require_side(load_movement("toe-touch"), None)


def test_assessing_a_sided_test_without_a_side_asks_for_it() -> None:
    with pytest.raises(RecordingError, match="Say which leg is tested, left or right"):
        assess(recording_of(side_lunge(TIME_S, RHYTHM, Side.LEFT)), load_movement("side-lunge"))


def test_too_short_a_recording_says_how_long_it_must_be() -> None:
    words = refusal(toe_touch(frame_times(1.2), RHYTHM), "toe-touch")
    assert words.startswith("only 1.2 s long: a test needs at least 2 s")


@pytest.mark.parametrize("frames", [0, 1])
def test_hardly_any_picture_is_too_short(frames: int) -> None:
    series = toe_touch(frame_times(1.0), RHYTHM)
    cut = LandmarkSeries(
        series.time_s[:frames], series.xy_px[:frames], series.xyz_m[:frames], series.visibility[:frames], series.source
    )
    assert refusal(cut, "toe-touch").startswith("only 0.0 s long")


def test_one_picture_a_second_is_too_few() -> None:
    words = refusal(toe_touch(RHYTHM.times(1.0), RHYTHM), "toe-touch")
    assert words == "only 1.0 pictures a second: too few to follow a movement. Film with 24 or more."


def test_a_person_seen_in_few_pictures_is_refused() -> None:
    series = without_person(toe_touch(TIME_S, RHYTHM), 1.0, 99.0)
    with pytest.raises(NoPersonError, match=r"clip.mp4: the person was found in only 6 % of the pictures"):
        assess(recording_of(series), load_movement("toe-touch"))


def test_a_dark_recording_asks_for_light() -> None:
    dark = recording_of(toe_touch(TIME_S, RHYTHM), capture=replace(GOOD_CAPTURE, brightness=4.0))
    words = refusal(dark, "toe-touch")
    assert words.startswith("far too dark (mean brightness 4 of 255)")
    assert "Switch on a light" in words


def test_somebody_who_stands_still_did_no_repetition() -> None:
    assert refusal(person(TIME_S), "toe-touch").startswith("no repetition found: the right hip flexion moved only 0")


def test_a_leg_that_is_never_seen_could_not_be_followed() -> None:
    series = toe_touch(TIME_S, RHYTHM)
    seen = series.visibility.copy()
    seen[:, 26] = 0.1
    assert "the right hip flexion could not be followed" in refusal(replace(series, visibility=seen), "toe-touch")


def test_a_recording_of_another_test_is_refused_and_that_test_is_named() -> None:
    words = refusal(knee_to_chest(TIME_S, RHYTHM, Side.LEFT), "active-straight-leg-raise", Side.LEFT)
    assert words.startswith(
        "this is not the test “Active straight-leg raise”. It shows: Single knee to chest, left knee up."
    )
    assert "It shows: Toe touch." in refusal(toe_touch(TIME_S, RHYTHM), "runners-lunge", Side.LEFT)


def test_a_trunk_that_is_first_seen_at_the_end_of_a_lean_is_not_taken_for_a_lean_to_the_other_side() -> None:
    """Until the first hold the hips were lost: what is seen first is no rest."""
    series = crossover(TIME_S, RHYTHM, Side.LEFT)
    series = with_hidden(series, [mark_of("hip", side) for side in Side], 0.0, RHYTHM.start_s + RHYTHM.move_s + 0.5)
    trial = assess(recording_of(series), load_movement("crossover"), Side.LEFT).trial
    assert len([item for item in trial.repetitions if item.used]) >= 2
    assert "side did the movement" in refusal(series, "crossover", Side.RIGHT)
