from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_trial import made_series
from synthetic import recording_of

from posecheck.errors import StorageError
from posecheck.language import language_set, phrase, translated
from posecheck.output.folders.recording_folder import read_recording_folder, write_recording
from posecheck.pose.landmarks import CleaningEvent

PLAIN = recording_of(made_series("toe-touch"), people=2)
RECORDING = replace(
    PLAIN,
    events=(CleaningEvent("person_lost", 1.0, 1.5, "Gone."),),
    warnings=("One damaged picture was left out.",),
    info=replace(PLAIN.info, path=Path("/somewhere/private/bend.mov"), duration_s=math.nan, frame_estimate=None),
)


def test_a_recording_comes_back_without_its_video(tmp_path: Path) -> None:
    write_recording(RECORDING, tmp_path)
    back = read_recording_folder(tmp_path)
    assert np.array_equal(back.series.xy_px, RECORDING.series.xy_px, equal_nan=True)
    assert (back.events, back.warnings, back.people) == (RECORDING.events, RECORDING.warnings, 2)
    assert (back.capture, back.video_sha256) == (RECORDING.capture, RECORDING.video_sha256)
    assert math.isnan(back.info.duration_s)
    assert replace(back.info, duration_s=0.0) == replace(RECORDING.info, duration_s=0.0, path=Path("bend.mov"))
    assert "private" not in (tmp_path / "recording.json").read_text(encoding="utf-8")


def test_what_was_said_while_reading_is_said_in_german_later(tmp_path: Path) -> None:
    words = phrase("The head was outside the picture for {seconds:.1f} s.", seconds=1.5)
    said = replace(RECORDING, events=(CleaningEvent("head_out_of_frame", 1.0, 2.5, words),), warnings=(words,))
    write_recording(said, tmp_path)
    back = read_recording_folder(tmp_path)
    with language_set("de"):
        assert translated(back.events[0].words) == "Der Kopf war 1,5 s lang nicht im Bild."
        assert translated(back.warnings[0]) == "Der Kopf war 1,5 s lang nicht im Bild."


def test_the_place_of_the_video_can_be_given_anew(tmp_path: Path) -> None:
    write_recording(RECORDING, tmp_path)
    assert read_recording_folder(tmp_path, video=tmp_path / "v").info.path == tmp_path / "v"


@pytest.mark.parametrize("text", ["{", "[]", "1", '{"format": 1}', '{"format": 1, "video": 3}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    write_recording(RECORDING, tmp_path)
    (tmp_path / "recording.json").write_text(text)
    with pytest.raises(StorageError, match=r"recording\.json: damaged"):
        read_recording_folder(tmp_path)


@pytest.mark.parametrize("changed", [{"width_px": "wide", "duration_s": "long"}, {"colour": 1}])
def test_wrong_values_are_damage(tmp_path: Path, changed: dict[str, Any]) -> None:
    write_recording(RECORDING, tmp_path)
    file = tmp_path / "recording.json"
    about = json.loads(file.read_text())
    file.write_text(json.dumps({**about, "video": {**about["video"], **changed}}))
    with pytest.raises(StorageError, match=r"recording\.json: damaged"):
        read_recording_folder(tmp_path)


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    write_recording(RECORDING, tmp_path)
    (tmp_path / "recording.json").write_text('{"format": 2}')
    with pytest.raises(StorageError, match="another version of posecheck"):
        read_recording_folder(tmp_path)


def test_a_folder_of_an_older_posecheck_says_what_to_do(tmp_path: Path) -> None:
    write_recording(RECORDING, tmp_path)
    (tmp_path / "recording.json").unlink()
    with pytest.raises(StorageError, match=r"older posecheck\. Analyse the video again"):
        read_recording_folder(tmp_path)
