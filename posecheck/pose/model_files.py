"""Model files: which are there, and whether each is the file it should be."""

from __future__ import annotations

import hashlib
import tomllib
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from posecheck.errors import Advice, ModelFileError
from posecheck.language import listed, phrase

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.settings import Settings

ModelState = Literal["ok", "altered", "missing", "unlisted"]

DEFAULT_MODEL_NAME = "pose_landmarker_full.task"
CHECKSUMS_NAME = "checksums.toml"

BUNDLE_PARTS = ("pose_detector.tflite", "pose_landmarks_detector.tflite")
"""The two networks that MediaPipe's ``PoseLandmarker`` looks for inside a bundle."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model file (a pose model's bundle, or weights) and the state it was found in.

    Attributes
    ----------
    name
        File name.
    path
        Where it is, or should be.
    sha256
        Checksum of the file as found, in lower-case hexadecimal; empty where the file is missing.
    size_bytes
        Size as found; 0 where the file is missing.
    state
        ``ok`` (as in its folder's checksums.toml), ``altered`` (listed there, but not this file), ``missing`` or
        ``unlisted`` (a bundle of the user's own, which posecheck knows nothing about).
    title, licence
        As listed; empty where unlisted.
    """

    name: str
    path: Path
    sha256: str
    size_bytes: int
    state: ModelState
    title: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class _Listed:
    sha256: str
    title: str
    licence: str


def list_models(models_dir: Path) -> tuple[ModelFile, ...]:
    """Return every model that the folder lists or holds, by name, in whatever state it is.

    Raises
    ------
    ModelFileError
        If the folder's checksums.toml cannot be read.
    """
    listed = _read_checksums(models_dir)
    names = {*listed, *(path.name for path in models_dir.glob("*.task"))}
    return tuple(_inspect(models_dir / name, listed.get(name)) for name in sorted(names))


def choose_model(settings: Settings, model_path: Path | None = None) -> ModelFile:
    """Return the model to use, verified: the path given, else the settings' own, else the one that posecheck carries.

    Raises
    ------
    ModelFileError
        As `verify_model`.
    """
    return verify_model(model_path or settings.model_path or settings.models_dir / DEFAULT_MODEL_NAME)


def verify_model(path: Path) -> ModelFile:
    """Return the model at ``path`` if it can be used: listed with the right checksum, or a bundle of the user's own.

    Raises
    ------
    ModelFileError
        If the file is missing, is listed in its folder's checksums.toml with another checksum, or is not a bundle.
    """
    model = verify_checksum(path)
    _require_bundle(path)
    return model


def verify_checksum(path: Path) -> ModelFile:
    """Return the file at ``path``, of whatever kind, if it is there and not another than its folder's checksums.toml lists.

    Raises
    ------
    ModelFileError
        If the file is missing, or is listed in its folder's checksums.toml with another checksum.
    """
    model = _inspect(path, _read_checksums(path.parent).get(path.name))
    if model.state == "missing":
        raise ModelFileError(
            phrase("{file}: no such model file.", file=path),
            Advice("no_model", phrase("Check its path, or install posecheck again.")),
        )
    if model.state == "altered":
        raise ModelFileError(
            phrase(
                "{file}: not the model it should be (its sha256 is {sha256}..., {size} bytes, unlike {list} beside it).",
                file=path,
                sha256=model.sha256[:12],
                size=model.size_bytes,
                list=CHECKSUMS_NAME,
            ),
            Advice("altered_model", phrase("Install posecheck again, or name a model of your own.")),
        )
    return model


def _inspect(path: Path, listed: _Listed | None) -> ModelFile:
    title, licence = (listed.title, listed.licence) if listed else ("", "")
    if not path.is_file():
        return ModelFile(path.name, path, "", 0, "missing", title, licence)
    sha256, size_bytes = _checksum(path)
    state: ModelState = "unlisted" if listed is None else "ok" if sha256 == listed.sha256 else "altered"
    return ModelFile(path.name, path, sha256, size_bytes, state, title, licence)


def _checksum(path: Path) -> tuple[str, int]:
    """Return the file's sha256 and size, read as a stream."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
    except OSError as error:
        raise ModelFileError(
            phrase("{file}: cannot be read ({reason}). Check its permissions.", file=path, reason=error.strerror)
        ) from error


def _read_checksums(folder: Path) -> dict[str, _Listed]:
    """Return the folder's checksums by file name; none where the folder has no list."""
    path = folder / CHECKSUMS_NAME
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: _Listed(entry["sha256"], entry["title"], entry["licence"]) for name, entry in entries.items()}
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        raise ModelFileError(
            phrase("{file}: cannot be read ({reason}). Install posecheck again.", file=path, reason=error)
        ) from error
    except KeyError as error:
        raise ModelFileError(
            phrase("{file}: a model lacks its {key}. Install posecheck again.", file=path, key=error)
        ) from error


def _require_bundle(path: Path) -> None:
    """Raise unless the file is a zip that holds both networks."""
    try:
        with zipfile.ZipFile(path) as bundle:
            absent = [part for part in BUNDLE_PARTS if part not in bundle.namelist()]
    except zipfile.BadZipFile as error:
        raise ModelFileError(
            phrase(
                "{file}: not a pose model. It must be a MediaPipe bundle such as pose_landmarker_full.task (a single "
                ".tflite network is not enough).",
                file=path,
            )
        ) from error
    if absent:
        raise ModelFileError(phrase("{file}: not a pose model: {parts} not in it.", file=path, parts=listed(absent)))
