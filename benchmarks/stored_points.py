"""Body points of a video that are read once and then kept, so that a benchmark can be run again in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.output.folders.recording_folder import RECORDING_FILE, read_recording_folder, write_recording
from posecheck.pipeline import read_recording

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.pose.recording import Recording


def recording_of(video: Path, points: Path | None) -> Recording:
    """The body points of a video, kept in ``points`` once they were read."""
    folder = points / video.stem if points else None
    if folder and (folder / RECORDING_FILE).is_file():
        return read_recording_folder(folder, video=video)
    recording = read_recording(video)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        write_recording(recording, folder)
    return recording
