"""Angles, repetitions and holds of the sample videos with fewer pictures a second, against the truth and against all.

    python -m benchmarks.reading_rate [POINTS] [--jobs 2] [--no-write]

POINTS is a folder in which the body points are kept, so that a second run takes seconds.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
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
from posecheck.video.reader import VideoOptions, open_video, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from posecheck.pose.landmarks import Pose
    from posecheck.trial.trial import Trial
    from posecheck.video.frame import Frame


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a sample video, which is filmed at 30 pictures a second.

    Attributes
    ----------
    words : str
        What its row is called.
    rate_hz : int or None
        So many pictures a second, in one pass; None reads as posecheck does: the rate is chosen, long videos go in pieces.
    faster : int
        Of so many pictures one is kept, and time runs so many times as fast: a quick movement, filmed at 30 a second.
    later : bool
        The first picture is left out: what the model gives then differs by its own noise alone.
    """

    words: str
    rate_hz: int | None = None
    faster: int = 1
    later: bool = False

    @property
    def folder(self) -> str:
        """Where its body points are kept."""
        return f"{self.rate_hz or 'chosen'}-{self.faster}{'-later' if self.later else ''}"


ALL, FAST_ALL = Reading("30", 30), Reading("30, three times as fast", 30, faster=3)
READINGS = {
    ALL: ALL,
    Reading("15", 15): ALL,
    Reading("12", 12): ALL,
    Reading("10", 10): ALL,
    Reading("chosen"): ALL,
    FAST_ALL: FAST_ALL,
    Reading("30, three times as fast, without the first picture", 30, faster=3, later=True): FAST_ALL,
    Reading("15, three times as fast", 15, faster=3): FAST_ALL,
    Reading("chosen, three times as fast", faster=3): FAST_ALL,
}
"""Each with the one whose end ranges it is compared with."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one reading of one video gave, and how many of its pictures were read."""

    trial: Trial
    read: int
    pictures: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("points", nargs="?", type=Path, help="folder in which the body points are kept")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/speed.md as it is")
    options = parser.parse_args()
    planned = read_session(find_samples_dir()).trials
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = {
            reading: list(pool.map(partial(_measure, options.points, reading), planned, chunksize=1))
            for reading in READINGS
        }
    text = table(planned, found)
    print(text)
    if not options.no_write:
        write_table("speed.md", text, part="rates")


def table(planned: Sequence[PlannedTrial], found: dict[Reading, list[Measured]]) -> str:
    """One row for each reading, as Markdown."""
    lines = [
        "| pictures a second | pictures read | error of end range, median | change of end range against all pictures: "
        "median | largest | repetitions | holds, median |",
        "|---|---|---|---|---|---|---|",
    ]
    for reading, measured in found.items():
        trials, of_all = [item.trial for item in measured], [item.trial for item in found[READINGS[reading]]]
        errors = [abs(error) for row in rows_of(planned, trials) for error in row.errors_deg]
        moved = [by for one, other in zip(of_all, trials, strict=True) for by in _moved(one, other)]
        holds = [item.hold_s for trial in trials for item in trial.repetitions]
        share = sum(item.read for item in measured) / sum(item.pictures for item in found[READINGS[reading]])
        lines.append(
            f"| {reading.words} | {100 * share:.0f} % | {np.nanmedian(errors):.2f}° | {np.nanmedian(moved):.2f}° "
            f"| {np.nanmax(moved):.2f}° | {sum(len(trial.repetitions) for trial in trials)} "
            f"of {sum(len(trial.repetitions) for trial in of_all)} | {np.median(holds):.2f} s |"
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


def _measure(points: Path | None, reading: Reading, planned: PlannedTrial) -> Measured:
    recording = _recording_of(planned.file, points, reading)
    trial = assess(recording, planned.movement, planned.side).trial
    return Measured(trial, int((~recording.series.filled_in).sum()), len(recording.series))


def _recording_of(video: Path, points: Path | None, reading: Reading) -> Recording:
    folder = points / reading.folder / video.stem if points else None
    if folder and (folder / RECORDING_FILE).is_file():
        return read_recording_folder(folder, video=video)
    as_usual = reading.rate_hz is None and reading.faster == 1
    recording = read_recording(video) if as_usual else _read(video, reading)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        write_recording(recording, folder)
    return recording


def _read(video: Path, reading: Reading) -> Recording:
    watcher = CaptureWatcher()

    def on_frame(frame: Frame, pose: Pose | None) -> None:
        watcher.look(frame, pose)

    with (
        open_video(video, VideoOptions(stride=reading.faster)) as reader,
        MediaPipeEstimator(choose_model(load_settings())) as estimator,
    ):
        found = track(_frames(reader, reading), estimator, on_frame=on_frame)
        report = watcher.report()
    return Recording(found.series, report, found.people, found.events, reader.warnings, reader.info, sha256_of(video))


def _frames(frames: Iterable[Frame], reading: Reading) -> Iterator[Frame]:
    """The first picture in each step of the rate; all of them, some of which are to spare, where it is chosen."""
    last = -1
    for frame in islice(frames, int(reading.later), None):
        time_s = frame.time_s / reading.faster
        if reading.rate_hz is None:
            yield replace(frame, time_s=time_s, to_spare=frame.index % 2 == 1)
            continue
        step = math.floor(time_s * reading.rate_hz + 1e-6)
        if step > last:
            last = step
            yield replace(frame, time_s=time_s)


if __name__ == "__main__":
    main()
