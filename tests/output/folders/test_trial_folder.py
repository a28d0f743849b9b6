from __future__ import annotations

import json
from typing import TYPE_CHECKING, get_args

import pytest
from made_trial import made_result, made_video

from posecheck.errors import StorageError
from posecheck.files import check_replaceable
from posecheck.output.export.formats import OutputFormat
from posecheck.output.export.landmark_store import read_landmarks
from posecheck.output.folders.trial_folder import load_trial_folder, write_trial_folder
from posecheck.trial.trial import trial_to_dict
from posecheck.video.reader import VideoOptions

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


def _write(tmp_path: Path, **how: Any) -> Path:
    result = made_result("toe-touch")
    folder = tmp_path / "trial"
    folder.mkdir()
    write_trial_folder(
        folder,
        trial=result.trial,
        table=result.table,
        clean=result.clean,
        recording=result.recording,
        movement=result.movement,
        video_options=VideoOptions(),
        **{"source_path": made_video(tmp_path / "source.mp4", result.table.time_s), **how},
    )
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
