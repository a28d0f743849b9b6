from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from posecheck.errors import ModelFileError
from posecheck.pose.model_files import BUNDLE_PARTS, DEFAULT_MODEL_NAME, choose_model, list_models, verify_model
from posecheck.settings import Settings, find_models_dir


def write_bundle(path: Path, parts: tuple[str, ...] = BUNDLE_PARTS) -> Path:
    with zipfile.ZipFile(path, "w") as bundle:
        for part in parts:
            bundle.writestr(part, f"weights of {part}")
    return path


def write_checksums(folder: Path, *paths: Path, **more: str) -> None:
    checksums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths} | more
    (folder / "checksums.toml").write_text(
        "\n".join(
            f'["{name}"]\ntitle = "A model"\nlicence = "Apache-2.0"\nsize_bytes = 1\nsha256 = "{sha256}"'
            for name, sha256 in checksums.items()
        ),
        encoding="utf-8",
    )


@pytest.fixture
def listed_model(tmp_path: Path) -> Path:
    path = write_bundle(tmp_path / "full.task")
    write_checksums(tmp_path, path)
    return path


def test_shipped_model_is_the_listed_one() -> None:
    model = verify_model(find_models_dir() / DEFAULT_MODEL_NAME)
    assert model.state == "ok"
    assert model.sha256 == "35916545c6996d1daf0f7bdd3aeb2fc41b84f2bd8acea1642685a851340f619a"
    assert model.size_bytes == 9397818
    assert model.licence == "Apache-2.0"


def test_listed_model_is_ok(listed_model: Path) -> None:
    model = verify_model(listed_model)
    assert (model.name, model.path, model.state, model.title) == ("full.task", listed_model, "ok", "A model")
    assert model.size_bytes == listed_model.stat().st_size


def test_altered_model_is_refused(listed_model: Path) -> None:
    with listed_model.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelFileError, match="not the model it should be") as caught:
        verify_model(listed_model)
    assert str(listed_model) in str(caught.value)
    assert "name a model of your own" in str(caught.value)


def test_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"gone\.task: no such model file"):
        verify_model(tmp_path / "gone.task")


def test_folder_in_place_of_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no such model file"):
        verify_model(tmp_path)


def test_bundle_of_ones_own_is_allowed(tmp_path: Path) -> None:
    model = verify_model(write_bundle(tmp_path / "heavy.task"))
    assert model.state == "unlisted"
    assert model.title == ""


def test_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pose.tflite"
    path.write_bytes(b"TFL3")
    with pytest.raises(ModelFileError, match="not a pose model"):
        verify_model(path)


def test_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.task"
    path.touch()
    with pytest.raises(ModelFileError, match="not a pose model"):
        verify_model(path)


def test_bundle_for_another_task_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    path = write_bundle(tmp_path / "hand.task", ("pose_detector.tflite", "hand_landmarks_detector.tflite"))
    with pytest.raises(ModelFileError, match=r"pose_landmarks_detector\.tflite not in it"):
        verify_model(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_unreadable_model_is_refused(tmp_path: Path) -> None:
    path = write_bundle(tmp_path / "locked.task")
    path.chmod(0)
    with pytest.raises(ModelFileError, match="cannot be read"):
        verify_model(path)


def test_list_shows_every_state_by_name(tmp_path: Path) -> None:
    good, altered = write_bundle(tmp_path / "a.task"), write_bundle(tmp_path / "b.task")
    write_bundle(tmp_path / "d.task")
    write_checksums(tmp_path, good, altered, **{"c.task": "0" * 64})
    altered.write_bytes(b"something else")
    states = [(model.name, model.state) for model in list_models(tmp_path)]
    assert states == [("a.task", "ok"), ("b.task", "altered"), ("c.task", "missing"), ("d.task", "unlisted")]


def test_missing_model_in_the_list_has_no_checksum(tmp_path: Path) -> None:
    write_checksums(tmp_path, **{"c.task": "0" * 64})
    (model,) = list_models(tmp_path)
    assert (model.sha256, model.size_bytes) == ("", 0)


def test_folder_without_models_lists_none(tmp_path: Path) -> None:
    assert list_models(tmp_path) == ()
    assert list_models(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not [toml", "cannot be read"),
        ('"full.task" = "35916545"', "cannot be read"),
        ('["full.task"]\ntitle = "A model"', "lacks its 'sha256'"),
    ],
)
def test_broken_checksum_list_is_named(listed_model: Path, text: str, words: str) -> None:
    checksums = listed_model.with_name("checksums.toml")
    checksums.write_text(text, encoding="utf-8")
    with pytest.raises(ModelFileError, match=words) as caught:
        verify_model(listed_model)
    assert str(checksums) in str(caught.value)


def test_model_given_comes_before_the_settings_and_they_before_the_default(tmp_path: Path) -> None:
    default, own, given = (write_bundle(tmp_path / name) for name in (DEFAULT_MODEL_NAME, "own.task", "given.task"))
    plain = Settings(models_dir=tmp_path, samples_dir=tmp_path)
    with_own = Settings(models_dir=tmp_path, samples_dir=tmp_path, model_path=own)
    assert choose_model(plain).path == default
    assert choose_model(with_own).path == own
    assert choose_model(with_own, given).path == given
