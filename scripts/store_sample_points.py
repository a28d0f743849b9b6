"""Stores the body points of the sample videos beside them: `python -m scripts.store_sample_points [FOLDER]`.

FOLDER is what `posecheck demo` made, or any folder of result folders of the sample videos. Without it the pose model reads
the videos, which takes some minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.output.folders.recording_folder import RECORDING_FILE, read_recording_folder
from posecheck.output.folders.sample_points import SAMPLE_POINTS, write_sample_points
from posecheck.pipeline import read_recording
from posecheck.settings import find_samples_dir
from posecheck.trial.result import TrialOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.pose.recording import Recording


def main() -> None:
    """Write the file."""
    samples = find_samples_dir()
    videos = sorted(samples.glob("*.mp4"))
    read = dict(_read_before(Path(sys.argv[1]))) if len(sys.argv) > 1 else {}
    recordings = [read.get(video.name) or read_recording(video, TrialOptions()) for video in videos]
    write_sample_points(recordings, samples / SAMPLE_POINTS)


def _read_before(folder: Path) -> Iterator[tuple[str, Recording]]:
    for file in sorted(folder.rglob(str(RECORDING_FILE))):
        recording = read_recording_folder(file.parent)
        yield recording.info.path.name, recording


if __name__ == "__main__":
    main()
