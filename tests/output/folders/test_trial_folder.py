from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import numpy as np
import pytest
from clips import write_pictures
from fitted_body import seen, standing
from made_trial import SIZE_PX, made_result, made_video

from posecheck.errors import StorageError
from posecheck.files import check_replaceable
from posecheck.movements import load_movement
from posecheck.output.draw.face_blur import FaceBlur
from posecheck.output.draw.footage import Footage
from posecheck.output.export.formats import OutputFormat
from posecheck.output.export.landmark_store import read_landmarks
from posecheck.output.folders.recording_folder import read_recording_folder
from posecheck.output.folders.trial_folder import load_trial_folder, write_trial_folder
from posecheck.output.options import OutputOptions
from posecheck.trial.assess import assess
from posecheck.trial.corrections import Corrections
from posecheck.trial.result import TrialOptions
from posecheck.trial.trial import trial_to_dict

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


def _write(tmp_path: Path, **how: Any) -> Path:
    result = made_result("toe-touch")
    folder = tmp_path / "trial"
    folder.mkdir()
    footage = Footage(made_video(tmp_path / "source.mp4", result.table.time_s))
    write_trial_folder(folder, result, OutputOptions(**how), footage)
    return folder


def test_a_trial_folder_holds_what_is_promised(tmp_path: Path) -> None:
    names = {entry.name for entry in _write(tmp_path).iterdir()}
    assert names == {
        "angles.csv",
        "repetitions.csv",
        "trial.json",
        "landmarks.parquet",
        "recording.json",
        "angles.svg",
        "annotated.mp4",
        "end_range.jpg",
    }


def test_opensim_files_are_written_when_asked_for(tmp_path: Path) -> None:
    names = {entry.name for entry in _write(tmp_path, formats=("trc", "mot"), annotated=False).iterdir()}
    assert {"angles.mot", "landmarks.trc", "end_range.jpg"} <= names
    assert "annotated.mp4" not in names


def test_a_folder_with_every_file_that_can_be_asked_for_may_be_replaced(tmp_path: Path) -> None:
    folder = _write(tmp_path, formats=get_args(OutputFormat))
    check_replaceable(folder, overwrite=True)


def test_a_fitted_body_is_stored_and_drawn(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    time_s = result.table.time_s
    centres = replace(seen(standing(), frames=len(time_s)), time_s=time_s)
    fitted = replace(result, table=replace(result.table, centres=centres))
    write_trial_folder(tmp_path, fitted, OutputOptions(annotated=False), None)
    stored = load_trial_folder(tmp_path)
    assert stored.skeleton is not None
    np.testing.assert_allclose(stored.skeleton.xyz_m, centres.xyz_m, atol=1e-5)  # rounded to 5 digits
    drawn = ET.fromstring((tmp_path / "body.svg").read_text(encoding="utf-8"))
    assert "Hip flexion" in (drawn.get("aria-label") or "")


def test_a_folder_of_an_older_posecheck_has_no_fitted_body(tmp_path: Path) -> None:
    folder = _write(tmp_path, annotated=False)
    assert not (folder / "skeleton.csv").exists()
    assert load_trial_folder(folder).skeleton is None


def test_a_trial_comes_back_from_its_folder(tmp_path: Path) -> None:
    folder, result = _write(tmp_path, annotated=False), made_result("toe-touch")
    stored = load_trial_folder(folder)
    assert stored.path == folder
    assert trial_to_dict(stored.trial) == trial_to_dict(result.trial)
    assert stored.values.shape == stored.states.shape == result.table.values.shape
    assert stored.end_range_picture is not None
    assert stored.end_range_picture.startswith(b"\xff\xd8")
    assert len(read_landmarks(folder / "landmarks.parquet").raw) == len(result.recording.series)


def test_a_folder_without_a_picture_can_be_read(tmp_path: Path) -> None:
    folder = _write(tmp_path, annotated=False)
    (folder / "end_range.jpg").unlink()
    assert load_trial_folder(folder).end_range_picture is None


def test_trial_json_has_no_bare_nan(tmp_path: Path) -> None:
    text = (_write(tmp_path, annotated=False) / "trial.json").read_text(encoding="utf-8")
    json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert text.startswith("{\n ")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"none: no such folder"):
        load_trial_folder(tmp_path / "none")


def test_a_folder_that_is_no_trial_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"has no trial\.json\. Give the folder of a measured trial"):
        load_trial_folder(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 99}', '{"format": 1}'])
def test_a_damaged_trial_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "trial.json").write_text(text)
    with pytest.raises(StorageError, match=r"trial\.json"):
        load_trial_folder(tmp_path)


def test_a_trial_whose_angles_are_gone_is_named(tmp_path: Path) -> None:
    folder = _write(tmp_path, annotated=False)
    (folder / "angles.csv").unlink()
    with pytest.raises(StorageError, match=r"angles\.csv"):
        load_trial_folder(folder)


def test_without_the_video_the_earlier_picture_is_kept(tmp_path: Path) -> None:
    write_trial_folder(
        tmp_path, made_result("toe-touch"), OutputOptions(), None, kept_picture=b"\xff\xd8 earlier \xff\xd9"
    )
    assert load_trial_folder(tmp_path).end_range_picture == b"\xff\xd8 earlier \xff\xd9"
    assert not (tmp_path / "annotated.mp4").exists()


def test_a_stored_trial_measured_again_gives_the_same_numbers(tmp_path: Path) -> None:
    first, folder = made_result("toe-touch").trial, _write(tmp_path, annotated=False)
    again = assess(read_recording_folder(folder), load_movement("toe-touch"), None, TrialOptions(person="A")).trial
    for before, after in zip(first.outcomes, again.outcomes, strict=True):
        assert after.values == before.values
    assert again.gates == first.gates
    assert again.person == "A"
    assert again.provenance["video_sha256"] == first.provenance["video_sha256"]


def test_a_correction_is_written_with_the_repetition_and_can_be_taken_back(tmp_path: Path) -> None:
    folder = _write(tmp_path, annotated=False)
    recording, movement = read_recording_folder(folder), load_movement("toe-touch")
    corrected = assess(recording, movement, corrections=Corrections(excluded=(2,)))
    write_trial_folder(folder, corrected, OutputOptions(), None)
    assert load_trial_folder(folder).trial.corrections == ("1 repetition excluded by hand",)
    assert "excluded by hand" in (folder / "repetitions.csv").read_text()
    write_trial_folder(folder, assess(read_recording_folder(folder), movement), OutputOptions(), None)
    again = load_trial_folder(folder).trial
    assert again.corrections == ()
    # JSON keeps four decimals.
    assert again.outcomes[0].mean == pytest.approx(made_result("toe-touch").trial.outcomes[0].mean, abs=1e-3)


def test_a_face_is_blurred_in_the_picture(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    noise = np.random.default_rng(1).integers(0, 255, (SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
    times_s = list(result.table.time_s)
    plain = Footage(write_pictures(tmp_path / "bend.mp4", times_s, [noise] * len(times_s)))
    pictures = []
    for footage in (plain, replace(plain, blur=FaceBlur.of(result.recording.series))):
        write_trial_folder(tmp_path, result, OutputOptions(annotated=False), footage)
        pictures.append((tmp_path / "end_range.jpg").read_bytes())
    assert pictures[0] != pictures[1]
