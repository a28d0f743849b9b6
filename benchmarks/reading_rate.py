"""Angles, repetitions and holds of the sample videos with fewer pictures a second, against the truth and against all.

    python -m benchmarks.reading_rate [POINTS] [--jobs 2] [--no-write]

POINTS is a folder in which the body points are kept, so that a second run takes seconds.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.accuracy_samples import rows_of
from benchmarks.docs import write_table
from posecheck.movements import Role
from posecheck.output.folders.recording_folder import RECORDING_FILE, read_recording_folder, write_recording
from posecheck.pipeline import read_recording
from posecheck.pose.capture import CaptureWatcher
from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.model_files import choose_model
from posecheck.pose.recording import Recording
from posecheck.pose.track import track
from posecheck.session import PlannedTrial, read_session
from posecheck.settings import find_samples_dir, load_settings
from posecheck.trial.assess import assess
from posecheck.video.reader import open_video, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from posecheck.pose.landmarks import Pose
    from posecheck.trial.trial import Trial
    from posecheck.video.reader import Frame

RATES_HZ = (30, 15, 12, 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("points", nargs="?", type=Path, help="folder in which the body points are kept")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/speed.md as it is")
    options = parser.parse_args()
    planned = read_session(find_samples_dir()).trials
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        trials = {
            rate: list(pool.map(partial(_measure, options.points, rate), planned, chunksize=1)) for rate in RATES_HZ
        }
    text = table(planned, trials)
    print(text)
    if not options.no_write:
        write_table("speed.md", text, part="rates")


def table(planned: Sequence[PlannedTrial], trials: dict[int, list[Trial]]) -> str:
    """One row for each rate, as Markdown; the first rate is what the others are compared with."""
    all_pictures = trials[RATES_HZ[0]]
    lines = [
        "| pictures a second | error of end range, median | change of end range against all pictures: median | largest "
        "| repetitions | holds, median |",
        "|---|---|---|---|---|---|",
    ]
    for rate, measured in trials.items():
        errors = [abs(error) for row in rows_of(planned, measured) for error in row.errors_deg]
        moved = [by for one, other in zip(all_pictures, measured, strict=True) for by in _moved(one, other)]
        counts = [len(trial.repetitions) for trial in measured]
        holds = [item.hold_s for trial in measured for item in trial.repetitions]
        lines.append(
            f"| {rate} | {np.nanmedian(errors):.2f}° | {np.nanmedian(moved):.2f}° | {np.nanmax(moved):.2f}° | {sum(counts)} "
            f"of {sum(len(trial.repetitions) for trial in all_pictures)} | {np.median(holds):.2f} s |"
        )
    return "\n".join(["All sample videos, filmed at 30 pictures a second.", "", *lines])


def _moved(one: Trial, other: Trial) -> list[float]:
    """By how much each outcome in degrees lies elsewhere; NaN where it was measured once only."""
    means = {(outcome.name, outcome.side): outcome.mean for outcome in other.outcomes}
    return [
        abs(outcome.mean - means.get((outcome.name, outcome.side), math.nan))
        for outcome in one.outcomes
        if outcome.role is not Role.CONTEXT
    ]


def _measure(points: Path | None, rate_hz: int, planned: PlannedTrial) -> Trial:
    return assess(_recording_of(planned.file, points, rate_hz), planned.movement, planned.side).trial


def _recording_of(video: Path, points: Path | None, rate_hz: int) -> Recording:
    folder = points / f"{rate_hz}" / video.stem if points else None
    if folder and (folder / RECORDING_FILE).is_file():
        return read_recording_folder(folder, video=video)
    recording = read_recording(video) if rate_hz == RATES_HZ[0] else _thinned_recording(video, rate_hz)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        write_recording(recording, folder)
    return recording


def _thinned_recording(video: Path, rate_hz: int) -> Recording:
    watcher = CaptureWatcher()

    def on_frame(frame: Frame, pose: Pose | None) -> None:
        watcher.look(frame, pose)

    with open_video(video) as reader, MediaPipeEstimator(choose_model(load_settings())) as estimator:
        found = track(_thinned(reader, rate_hz), estimator, on_frame=on_frame)
        report = watcher.report()
    return Recording(found.series, report, found.people, found.events, reader.warnings, reader.info, sha256_of(video))


def _thinned(frames: Iterable[Frame], rate_hz: int) -> Iterator[Frame]:
    """The first picture in each step of the rate."""
    last = -1
    for frame in frames:
        step = math.floor(frame.time_s * rate_hz + 1e-6)
        if step > last:
            last = step
            yield frame


if __name__ == "__main__":
    main()
