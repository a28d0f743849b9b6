from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_trial import made_series
from synthetic import recording_of

from posecheck.errors import RecordingError
from posecheck.pose.landmarks import CleaningEvent
from posecheck.pose.recording import cut_recording

RECORDING = replace(
    recording_of(made_series("toe-touch")),
    events=(CleaningEvent("person_lost", 0.5, 1.2, "Early."), CleaningEvent("person_lost", 4.0, 4.5, "Late.")),
)


def test_a_part_knows_which_of_its_pictures_were_filled_in() -> None:
    series = RECORDING.series
    filled_in = np.arange(len(series)) % 2 == 1
    part = cut_recording(replace(RECORDING, series=replace(series, filled_in=filled_in)), 0.95, 3.05)
    inside = (series.time_s >= 0.95) & (series.time_s <= 3.05)
    np.testing.assert_array_equal(part.series.filled_in, filled_in[inside])


def test_a_part_keeps_its_times_and_what_happened_in_it() -> None:
    part = cut_recording(RECORDING, 0.95, 3.05)
    assert part.series.time_s[[0, -1]] == pytest.approx([1.0, 3.0])
    assert [event.words for event in part.events] == ["Early."]
    assert part.info == RECORDING.info


@pytest.mark.parametrize(("start_s", "end_s"), [(None, None), (0.0, None), (None, 1000.0)])
def test_the_whole_stays_as_it_is(start_s: float | None, end_s: float | None) -> None:
    assert cut_recording(RECORDING, start_s, end_s) is RECORDING


def test_a_part_without_pictures_is_refused() -> None:
    with pytest.raises(RecordingError, match="no picture lies from 100 s to the end"):
        cut_recording(RECORDING, 100.0, None)
