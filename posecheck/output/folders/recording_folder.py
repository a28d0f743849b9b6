"""A recording in a folder: its landmarks and what else was read from the video, to be measured again without it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posecheck.errors import StorageError
from posecheck.files import OwnEntry, write_text_atomic
from posecheck.language import phrase, restored, with_messages
from posecheck.output.export.landmark_store import read_landmarks, write_landmarks
from posecheck.pose.landmarks import CleaningEvent
from posecheck.pose.recording import Recording
from posecheck.video.reader import VideoInfo

if TYPE_CHECKING:
    from posecheck.output.export.landmark_store import StoredLandmarks

FORMAT_VERSION = 1
LANDMARKS_FILE = OwnEntry.LANDMARKS
RECORDING_FILE = OwnEntry.RECORDING


def write_recording(recording: Recording, folder: Path) -> None:
    """Write a recording into an existing folder: ``landmarks.parquet`` and ``recording.json``.

    Of the video's place only its name is kept.

    Raises
    ------
    StorageError
        A file cannot be written.
    """
    write_landmarks(recording.series, folder / LANDMARKS_FILE, capture=recording.capture, people=recording.people)
    video = asdict(recording.info)
    video["name"] = video.pop("path").name
    about = {
        "format": FORMAT_VERSION,
        "video": {key: _plain(value) for key, value in video.items()},
        "video_sha256": recording.video_sha256,
        "warnings": list(recording.warnings),
        "events": [asdict(event) for event in recording.events],
    }
    text = json.dumps(with_messages(about), indent=1, ensure_ascii=False, allow_nan=False)
    write_text_atomic(folder / RECORDING_FILE, text + "\n")


def read_recording_folder(folder: Path, *, video: Path | None = None) -> Recording:
    """Read a recording back; no video is needed.

    Parameters
    ----------
    folder : Path
    video : Path, optional
        Where the video lies now. Default: its name alone is known.

    Raises
    ------
    StorageError
        A file is missing or damaged, or written by another version of posecheck.
    """
    stored = read_landmarks(folder / LANDMARKS_FILE)
    file = folder / RECORDING_FILE
    if not file.is_file():
        raise StorageError(
            phrase(
                "{file}: no such file; this folder was made by an older posecheck. Analyse the video again.", file=file
            )
        )
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        version = about["format"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise StorageError(damaged_words(file, error)) from error
    if version != FORMAT_VERSION:
        raise StorageError(
            phrase(
                "{file}: format {version} is not {known}: written by another version of posecheck. Analyse the video again "
                "with this version.",
                file=file,
                version=repr(version),
                known=FORMAT_VERSION,
            )
        )
    try:
        return _recording(stored, restored(about), video)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StorageError(damaged_words(file, error)) from error


def damaged_words(file: Path, error: Exception) -> str:
    """What is said of a file of a result that cannot be read."""
    return phrase("{file}: damaged ({error}). Analyse the video again.", file=file, error=error)


def _recording(stored: StoredLandmarks, about: dict[str, Any], video: Path | None) -> Recording:
    info = dict(about["video"])
    path = video or Path(str(info.pop("name")))
    info.pop("name", None)
    numbers = {key: float("nan") if info[key] is None else float(info[key]) for key in ("duration_s", "average_fps")}
    return Recording(
        stored.raw,
        stored.capture,
        stored.people,
        tuple(CleaningEvent(**event) for event in about["events"]),
        tuple(words if isinstance(words, str) else str(words) for words in about["warnings"]),
        VideoInfo(path=path, **{**info, **numbers}),
        str(about["video_sha256"]),
    )


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and value != value else value
