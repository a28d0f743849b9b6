from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from posecheck import settings as settings_module
from posecheck.settings import Settings, find_models_dir, find_samples_dir, load_settings


def test_without_environment_the_files_of_posecheck_itself_are_used() -> None:
    settings = load_settings({})
    assert settings.models_dir == find_models_dir()
    assert settings.samples_dir == find_samples_dir()
    assert settings.model_path is None
    assert (settings.models_dir / "checksums.toml").is_file()
    assert list(settings.samples_dir.glob("*.mp4"))


def test_environment_names_other_places() -> None:
    settings = load_settings(
        {"POSECHECK_MODEL": "heavy.task", "POSECHECK_MODELS_DIR": "/m", "POSECHECK_SAMPLES_DIR": "/s"}
    )
    assert settings == Settings(models_dir=Path("/m"), samples_dir=Path("/s"), model_path=Path("heavy.task"))


def test_empty_variable_means_default() -> None:
    assert load_settings({"POSECHECK_MODEL": "", "POSECHECK_MODELS_DIR": ""}) == load_settings({})


def test_home_folder_is_expanded() -> None:
    assert load_settings({"POSECHECK_MODEL": "~/heavy.task"}).model_path == Path.home() / "heavy.task"


def test_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSECHECK_MODEL", "lite.task")
    assert load_settings().model_path == Path("lite.task")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        load_settings({}).model_path = Path("other.task")  # type: ignore[misc]


@pytest.mark.parametrize("name", ["models", "sample_videos"])
def test_installed_files_come_before_the_checkout(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "posecheck"
    installed, checkout = package / "data" / name, tmp_path / name
    monkeypatch.setattr(settings_module, "_PACKAGE_DIR", package)
    find = {"models": find_models_dir, "sample_videos": find_samples_dir}[name]

    assert find() == installed, "with neither folder, messages name the installed one"
    checkout.mkdir()
    assert find() == checkout
    installed.mkdir(parents=True)
    assert find() == installed
