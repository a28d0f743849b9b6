"""Where posecheck's own files are, and what the environment says about them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL_VARIABLE = "POSECHECK_MODEL"
MODELS_DIR_VARIABLE = "POSECHECK_MODELS_DIR"
SAMPLES_DIR_VARIABLE = "POSECHECK_SAMPLES_DIR"

_PACKAGE_DIR = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are.

    Attributes
    ----------
    models_dir
        Folder of the pose models and their checksums (``POSECHECK_MODELS_DIR``).
    samples_dir
        Folder of the sample videos (``POSECHECK_SAMPLES_DIR``).
    model_path
        A pose model of the user's own (``POSECHECK_MODEL``); None means the one that comes with posecheck.
    """

    models_dir: Path
    samples_dir: Path
    model_path: Path | None = None


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings, read from ``environ`` (by default the process's environment).

    An unset or empty variable means the default. Nothing is checked here: a command that needs no model must run
    without one.
    """
    variables = os.environ if environ is None else environ
    return Settings(
        models_dir=_path_from(variables, MODELS_DIR_VARIABLE) or find_models_dir(),
        samples_dir=_path_from(variables, SAMPLES_DIR_VARIABLE) or find_samples_dir(),
        model_path=_path_from(variables, MODEL_VARIABLE),
    )


def find_models_dir() -> Path:
    """Return the folder of pose models: inside the installed package, else at the top of the checkout."""
    return _find_data_dir("models")


def find_samples_dir() -> Path:
    """Return the folder of sample videos: inside the installed package, else at the top of the checkout."""
    return _find_data_dir("sample_videos")


def _find_data_dir(name: str) -> Path:
    """Return the first folder that exists; with neither, the installed one, so that messages name it."""
    installed, checkout = _PACKAGE_DIR / "data" / name, _PACKAGE_DIR.parent / name
    return checkout if checkout.is_dir() and not installed.is_dir() else installed


def _path_from(variables: Mapping[str, str], name: str) -> Path | None:
    value = variables.get(name, "")
    return Path(value).expanduser() if value else None
