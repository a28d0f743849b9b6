from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from moved_picture import black, card, wall_picture
from synthetic import Rhythm, recording_of, toe_touch, without_person

from posecheck.movements import load_movement
from posecheck.pose.capture import SHORTEST_SCENE, CaptureReport, CaptureWatcher
from posecheck.pose.left_out import leave_out_cards
from posecheck.pose.recording import cut_recording
from posecheck.trial.assess import assess
from posecheck.video.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.pose.recording import Recording

RHYTHM = Rhythm(start_s=2.5)
"""Repetitions from 2.5, 8.2 and 13.9 s on, each with its hold from 1.2 to 3.7 s after that."""
SERIES = toe_touch(RHYTHM.times(20.0), RHYTHM, size_px=(640, 480), px_per_m=200.0)
END_S = float(SERIES.time_s[-1])
ROOM = wall_picture(size_px=(160, 120))
OTHER_ROOM = wall_picture(seed=7, size_px=(160, 120))
CARD = card("ABC", size_px=(160, 120))
BLACK = black(size_px=(160, 120))


def filmed(show: Callable[[float], np.ndarray], *gone_s: tuple[float, float]) -> Recording:
    """A toe touch in front of what is shown at each time; nobody is found in the spans given."""
    watcher = CaptureWatcher()
    for k, time_s in enumerate(SERIES.time_s):
        watcher.look(Frame(k, float(time_s), flickering(show(time_s), k)))
    series = SERIES
    for span in gone_s:
        series = without_person(series, *span)
    return recording_of(series, capture=watcher.report())


def flickering(image: np.ndarray, k: int) -> np.ndarray:
    """A room in which somebody moves; a card or black stays as it is."""
    if image.std() == 0 or image is CARD:
        return image
    image = image.copy()
    image[30:100, 60 + k % 30 : 90 + k % 30] = (180, 60, 60)
    return image


def test_a_recording_of_one_room_stays_as_it_is() -> None:
    recording = filmed(lambda _: ROOM)
    assert leave_out_cards(recording) == (recording, ())


def test_a_recording_of_half_a_second_stays_as_it_is() -> None:
    recording = filmed(lambda _: ROOM)
    few = CaptureReport.of_glances(recording.capture.glances[: SHORTEST_SCENE - 1])
    short = replace(cut_recording(recording, None, 0.5), capture=few)
    assert leave_out_cards(short) == (short, ())


def test_a_recording_of_an_older_posecheck_stays_as_it_is() -> None:
    old = replace(filmed(lambda _: ROOM), capture=CaptureReport(120.0, 0.003))
    assert leave_out_cards(old) == (old, ())


def test_a_title_card_is_left_out_up_to_its_last_picture_and_said() -> None:
    part, words = leave_out_cards(filmed(lambda t: CARD if t < 1.98 else ROOM, (0.0, 1.98)))
    assert part.series.time_s[0] == pytest.approx(2.0)
    assert words == ("The first 2.0 s show another picture, such as a title card: left out.",)
    assert part.capture.brightness == pytest.approx(float(ROOM.mean()), abs=5.0)


def test_a_card_of_one_colour_is_no_fade() -> None:
    navy = np.full_like(CARD, (0, 0, 128))
    _, words = leave_out_cards(filmed(lambda t: navy if t < 1.98 else ROOM, (0.0, 1.98)))
    assert words == ("The first 2.0 s show another picture, such as a title card: left out.",)


def test_an_end_card_is_left_out_and_said() -> None:
    begin_s = END_S - 2.52
    part, words = leave_out_cards(filmed(lambda t: CARD if t > begin_s else ROOM, (begin_s, END_S)))
    assert part.series.time_s[-1] == pytest.approx(begin_s, abs=0.05)
    assert words == ("The last 2.5 s show another picture, such as an end card: left out.",)


def test_a_card_with_a_photograph_of_somebody_is_left_out_since_nothing_moves() -> None:
    _, words = leave_out_cards(filmed(lambda t: CARD if t < 1.98 else ROOM))
    assert words == ("The first 2.0 s show another picture, such as a title card: left out.",)


def test_a_card_in_the_middle_is_left_out_and_what_lies_around_it_stays() -> None:
    part, words = leave_out_cards(filmed(lambda t: CARD if 2.98 < t < 4.98 else ROOM, (2.98, 4.98)))
    (inside,) = np.flatnonzero((part.series.time_s > 2.98) & (part.series.time_s < 4.98))
    assert np.isnan(part.series.xy_px[inside]).all()  # one empty picture stays, so that nothing is joined over the gap
    assert part.series.time_s[[0, -1]] == pytest.approx(SERIES.time_s[[0, -1]])
    assert words == ("The 2.0 s from 3.0 s on show another picture, such as a title card: left out.",)


def test_a_fade_from_black_is_left_out_as_far_as_it_is_black() -> None:
    def show(time_s: float) -> np.ndarray:
        return BLACK if time_s < 1.0 else (ROOM * min(1.0, 0.04 + (time_s - 1.0))).astype(np.uint8)

    part, words = leave_out_cards(filmed(show, (0.0, 1.2)))
    assert 1.0 <= part.series.time_s[0] <= 1.4
    assert words == (f"The first {part.series.time_s[0]:.1f} s are dark, as in a fade: left out.",)


def test_another_camera_place_is_left_out_since_it_is_another_set_up() -> None:
    cut_s = 0.6 * END_S
    part, words = leave_out_cards(filmed(lambda t: ROOM if t < cut_s else OTHER_ROOM))
    assert part.series.time_s[-1] < cut_s
    assert np.isnan(part.capture.cut_s)
    (sentence,) = words
    assert "were filmed from another place than the rest" in sentence


def test_somebody_right_before_the_lens_for_a_moment_costs_nothing() -> None:
    recording = filmed(lambda t: OTHER_ROOM if 4.0 < t < 4.6 else ROOM)
    assert leave_out_cards(recording) == (recording, ())


def test_the_trial_says_what_was_left_out_and_keeps_the_whole_recording() -> None:
    recording = filmed(lambda t: CARD if t < 1.48 else ROOM, (0.0, 1.48))
    result = assess(recording, load_movement("toe-touch"), None)
    assert "The first 1.5 s show another picture, such as a title card: left out." in result.trial.notes
    assert result.recording is recording


@pytest.mark.parametrize(
    ("moved", "status"),
    [
        (lambda t: 10.0 if t < 1.5 else 0.0, "pass"),
        (lambda t: 10.0 if 4.0 < t < 5.0 else 0.0, "reject"),
        (lambda t: 10.0 if t > 7.6 else 0.0, "reject"),
        (lambda t: 0.2 * t, "warn"),
    ],
    ids=["knocked when it was started", "knocked in a repetition", "moved between repetitions", "slow drift"],
)
def test_the_camera_is_judged_over_what_is_measured(moved: Callable[[float], float], status: str) -> None:
    recording = filmed(lambda t: wall_picture((moved(t), 0.0), size_px=(160, 120)))
    trial = assess(recording, load_movement("toe-touch"), None).trial
    assert {gate.name: gate.status for gate in trial.gates}["static_camera"] == status
    assert [item.used for item in trial.repetitions] == [True] * 3
