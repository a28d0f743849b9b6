from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from moved_picture import wall_picture
from synthetic import Rhythm, during, recording_of, toe_touch

from posecheck.movements import load_movement
from posecheck.pose.capture import CaptureReport, CaptureWatcher
from posecheck.pose.frozen import blank_frozen
from posecheck.pose.recording import Recording
from posecheck.trial.assess import assess
from posecheck.video.frame import Frame

RHYTHM = Rhythm(start_s=2.5)
"""Repetitions from 2.5, 8.2 and 13.9 s on, each with its hold from 1.2 to 3.7 s after that."""
SERIES = toe_touch(RHYTHM.times(20.0), RHYTHM, size_px=(640, 480), px_per_m=200.0)
ROOM = wall_picture(size_px=(160, 120))


def filmed(*frozen_s: tuple[float, float], noise: float = 0.0) -> Recording:
    """A toe touch whose picture, and with it the person, stands still in the spans given."""
    shown = np.arange(len(SERIES))
    for start_s, end_s in frozen_s:
        still = np.flatnonzero(during(SERIES, start_s, end_s))
        shown[still] = still[0]
    watcher = CaptureWatcher()
    for k, time_s in enumerate(SERIES.time_s):
        watcher.look(Frame(k, float(time_s), moving(shown[k]) + recoded(k, noise)))
    series = replace(SERIES, xy_px=SERIES.xy_px[shown], xyz_m=SERIES.xyz_m[shown], visibility=SERIES.visibility[shown])
    return recording_of(series, capture=watcher.report())


def moving(number: int) -> np.ndarray:
    image = ROOM.copy()
    image[30:100, 60 + number % 30 : 90 + number % 30] = (180, 60, 60)
    return image


def recoded(number: int, share: float) -> np.ndarray:
    """What encoding a still picture again changes: a grey level here and there."""
    random = np.random.default_rng(number)
    return (random.random(ROOM.shape) < share).astype(np.uint8)


def test_a_picture_that_moves_all_the_time_stays_as_it_is() -> None:
    recording = filmed()
    assert blank_frozen(recording) == (recording, ())


def test_a_recording_of_an_older_posecheck_stays_as_it_is() -> None:
    old = replace(filmed((3.0, 6.0)), capture=CaptureReport(120.0, 0.003))
    assert blank_frozen(old) == (old, ())


@pytest.mark.parametrize("noise", [0.0, 0.005])
def test_nobody_is_seen_while_the_picture_stands_still_and_it_is_said(noise: float) -> None:
    recording, (words,) = blank_frozen(filmed((3.0, 6.0), noise=noise))
    lost_s = recording.series.time_s[~recording.series.found]
    assert lost_s.min() == pytest.approx(3.0, abs=0.3)  # a picture is looked at every quarter of a second
    assert lost_s.max() == pytest.approx(6.0, abs=0.3)
    assert words.startswith("The picture stood still for ")
    assert "as when a video call stalls" in words


def test_a_hitch_is_let_pass() -> None:
    assert blank_frozen(filmed((3.0, 3.7)))[1] == ()


def test_every_part_that_stands_still_is_said() -> None:
    assert len(blank_frozen(filmed((3.0, 5.0), (15.0, 20.0)))[1]) == 2


def test_a_recording_that_stands_still_most_of_the_time_was_made_so() -> None:
    assert blank_frozen(filmed((1.0, 18.0)))[1] == ()


def test_a_person_who_is_frozen_half_way_gives_no_hold() -> None:
    """From 0.5 s into the first repetition to the end of its hold: a perfectly steady 30 degrees, not 85."""
    trial = assess(filmed((3.0, 6.5)), load_movement("toe-touch")).trial
    first, *others = trial.repetitions
    assert not first.used
    assert "could not be measured" in first.reason
    assert [item.end_range["hip_flexion"] for item in others] == pytest.approx([85.0, 85.0], abs=1.0)
    assert any("The picture stood still for 3." in words for words in trial.notes)
