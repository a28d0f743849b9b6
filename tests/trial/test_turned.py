"""A picture that lies on its side is refused by its true cause, with the turn that sets it right; nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_trial import assess_series, made_series
from synthetic import mirrored, picture_turned, recording_of

from posecheck.errors import RecordingError
from posecheck.movements import load_movement
from posecheck.trial.turned import doubt_about_turn, require_upright, require_upright_video, turn_offers

TESTS = (
    "toe-touch",
    "runners-lunge",
    "side-lunge",
    "crossover",
    "knee-to-chest",
    "active-straight-leg-raise",
    "modified-thomas-test",
)


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
@pytest.mark.parametrize("movement", TESTS)
def test_a_test_in_a_turned_picture_is_refused_with_the_turn_that_undoes_it(movement: str, turn_deg: int) -> None:
    with pytest.raises(RecordingError, match="is upside down" if turn_deg == 180 else "lies on its side") as refused:
        assess_series(picture_turned(made_series(movement), turn_deg), movement)
    assert refused.value.advice is not None
    assert (refused.value.advice.code, refused.value.advice.values) == ("turned", {"turn": str(360 - turn_deg)})


@pytest.mark.parametrize("movement", TESTS)
def test_an_upright_picture_is_measured(movement: str) -> None:
    assert assess_series(made_series(movement), movement).trial.repetitions


def test_the_message_says_the_turn_and_how_to_object() -> None:
    with pytest.raises(RecordingError) as refused:
        assess_series(picture_turned(made_series("toe-touch"), 90), "toe-touch")
    assert str(refused.value) == (
        "stick figure: the picture lies on its side: “Toe touch” is done standing, and the body in it shows which way is "
        "down. Have it turned clockwise by 270 degrees. If the picture is right as it is, say so: a turn of 0 degrees."
    ).replace("stick figure", str(recording_of(made_series("toe-touch")).info.path))


def test_after_a_turn_the_wrong_way_the_whole_turn_is_named() -> None:
    series = picture_turned(made_series("toe-touch"), 180)  # filmed on its side, and turned by 90 instead of 270
    series = replace(series, source=replace(series.source, rotated_deg=90))
    with pytest.raises(RecordingError) as refused:
        require_upright(series, load_movement("toe-touch"))
    assert refused.value.advice is not None
    assert refused.value.advice.values == {"turn": "270"}


def test_in_a_mirror_image_the_turn_is_that_of_the_picture_before_it_was_mirrored() -> None:
    filmed = picture_turned(mirrored(made_series("toe-touch")), 90)  # turned back by 270, then mirrored: upright
    read = mirrored(filmed)
    read = replace(read, source=replace(read.source, mirrored=True))
    assert turn_offers(read).standing == 270


def test_who_found_the_picture_right_is_believed() -> None:
    series = picture_turned(made_series("toe-touch"), 90)
    require_upright(replace(series, source=replace(series.source, rotated_deg=0)), load_movement("toe-touch"))


@pytest.mark.parametrize(
    ("filmed", "asked", "words"),
    [
        ("knee-to-chest", "toe-touch", "the person lies on the back, but “Toe touch” is done standing"),
        ("runners-lunge", "knee-to-chest", "the person stands, but “Single knee to chest” is done lying on the back"),
    ],
)
def test_another_posture_may_be_another_test(filmed: str, asked: str, words: str) -> None:
    with pytest.raises(RecordingError, match=words) as refused:
        assess_series(made_series(filmed), asked)
    assert "either it is another test, or the picture lies on its side" in str(refused.value)


def test_without_a_test_the_message_begins_with_the_video() -> None:
    recording = recording_of(picture_turned(made_series("side-lunge"), 180))
    with pytest.raises(RecordingError, match="the picture is upside down, as the body in it shows") as refused:
        require_upright_video(recording)
    assert str(refused.value).startswith(f"{recording.info.path}: ")


def test_who_may_as_well_lie_as_stand_is_asked() -> None:
    series = made_series("knee-to-chest")
    turned = next(t for deg in (90, 270) if doubt_about_turn(t := picture_turned(series, deg)))
    require_upright_video(recording_of(turned))  # not refused: somebody may stand on one leg
    doubt = doubt_about_turn(turned)
    assert doubt is not None
    assert "If they lay on their back, the picture lies on its side" in doubt.words
    with pytest.raises(
        RecordingError, match="the picture lies on its side: “Single knee to chest” is done lying on the back"
    ):
        require_upright(turned, load_movement("knee-to-chest"))


@pytest.mark.parametrize("movement", TESTS)
def test_nothing_is_asked_about_an_upright_picture(movement: str) -> None:
    assert doubt_about_turn(made_series(movement)) is None
    require_upright_video(recording_of(made_series(movement)))
