from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import stored_trial, tree, write_pictures
from made_trial import SIZE_PX, made_result, made_video

from posecheck.errors import RecordingError, VideoError
from posecheck.movements import load_movement
from posecheck.output.folders.result_folder import OutputOptions, reassess_folder, rewrite_folder, write_result
from posecheck.output.folders.trial_folder import load_trial_folder
from posecheck.trial.corrections import Corrections
from posecheck.trial.result import TrialOptions

TOE_TOUCH = load_movement("toe-touch")
SECOND_LEFT_OUT = Corrections(excluded=(2,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = stored_trial(tmp_path / "trial")
    (folder / "end_range.jpg").write_bytes(b"\xff\xd8 earlier")
    (folder / "annotated.mp4").write_bytes(b"earlier")
    return folder


def test_a_stored_trial_measured_again_gives_the_same_numbers(folder: Path) -> None:
    again = reassess_folder(folder, TOE_TOUCH, None, TrialOptions(person="A"))
    first = made_result("toe-touch").trial
    for before, after in zip(first.outcomes, again.trial.outcomes, strict=True):
        assert after.values == before.values
    assert again.trial.gates == first.gates
    assert again.trial.person == "A"
    assert again.trial.provenance["video_sha256"] == first.provenance["video_sha256"]


def test_a_corrected_trial_is_written_without_the_video_and_keeps_its_picture(folder: Path) -> None:
    rewrite_folder(folder, reassess_folder(folder, TOE_TOUCH, None, corrections=SECOND_LEFT_OUT))
    stored = load_trial_folder(folder)
    assert stored.trial.corrections == ("1 repetition excluded by hand",)
    assert stored.end_range_picture == b"\xff\xd8 earlier"
    assert not (folder / "annotated.mp4").exists()
    assert "excluded by hand" in (folder / "repetitions.csv").read_text()
    assert tree(folder.parent)[0] == "trial"


def test_corrections_can_be_taken_back(folder: Path) -> None:
    before = made_result("toe-touch").trial
    rewrite_folder(folder, reassess_folder(folder, TOE_TOUCH, None, corrections=Corrections(end_s=4.0)))
    rewrite_folder(folder, reassess_folder(folder, TOE_TOUCH, None))
    again = load_trial_folder(folder).trial
    assert again.corrections == ()
    assert len(again.repetitions) == len(before.repetitions) == 2
    assert again.outcomes[0].mean == pytest.approx(before.outcomes[0].mean, abs=1e-3)  # JSON keeps four decimals


def test_with_the_video_the_picture_is_drawn_again(folder: Path, tmp_path: Path) -> None:
    video = made_video(tmp_path / "bend.mp4", made_result("toe-touch").table.time_s)
    rewrite_folder(folder, reassess_folder(folder, TOE_TOUCH, None, corrections=SECOND_LEFT_OUT), video=video)
    picture = load_trial_folder(folder).end_range_picture
    assert picture is not None
    assert cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) is not None


def test_a_failure_leaves_the_earlier_result(folder: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    result = reassess_folder(folder, TOE_TOUCH, None, corrections=SECOND_LEFT_OUT)
    with pytest.raises(VideoError):
        rewrite_folder(folder, result, video=tmp_path / "gone.mp4")
    with pytest.raises(RecordingError):
        reassess_folder(folder, TOE_TOUCH, None, corrections=Corrections(excluded=(1, 2)))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_faces_are_blurred_in_what_is_written(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    noise = np.random.default_rng(1).integers(0, 255, (SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
    times_s = list(result.table.time_s)
    video = write_pictures(tmp_path / "bend.mp4", times_s, [noise] * len(times_s))
    recording = replace(result.recording, info=replace(result.recording.info, path=video))
    pictures = []
    for blur_faces in (False, True):
        folder = tmp_path / f"blur {blur_faces}"
        folder.mkdir()
        output = OutputOptions(annotated=False, blur_faces=blur_faces)
        write_result(replace(result, recording=recording), folder, output)
        pictures.append((folder / "end_range.jpg").read_bytes())
    assert pictures[0] != pictures[1]
