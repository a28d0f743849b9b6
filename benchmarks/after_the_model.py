"""Time and memory of what follows the pose model, from body points to written files, for videos up to an hour long.

    python -m benchmarks.after_the_model [--minutes 0.17 10 60] [--no-write]

The body points are those of a sample video (toe touch), read once and strung together with noise of half a pixel, so that no
two parts are the same. Each length is measured in a fresh process. Writes a table into docs/speed.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.docs import write_table
from benchmarks.stored_points import recording_of
from posecheck.heaps import share_heaps
from posecheck.movements import load_movement
from posecheck.output.folders.trial_folder import write_trial_folder
from posecheck.output.options import OutputOptions
from posecheck.settings import find_samples_dir
from posecheck.trial.assess import assess

if TYPE_CHECKING:
    from posecheck.pose.recording import Recording

CLIP = "toe_touch_pre.mp4"
RATE_HZ = 30.0
NOISE_PX = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, nargs="+", default=[1 / 6, 10.0, 60.0])
    parser.add_argument("--points", type=Path, help="folder that keeps the body points of the sample video")
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/speed.md as it is")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(_measured(options.points, options.alone)))
        return
    with tempfile.TemporaryDirectory() as folder:
        points = options.points or Path(folder)
        recording_of(find_samples_dir() / CLIP, points)
        lines = ["| pictures, at 30 a second | processor time | peak memory | of it before |", "|---|---|---|---|"]
        for minutes in options.minutes:
            pictures = round(minutes * 60 * RATE_HZ)
            found = _in_fresh_process(points, pictures)
            lines.append(
                f"| {pictures:,} ({_words(minutes)}) | {found['cpu_s']:.1f} s | {found['peak_mb']:.0f} MB "
                f"| {found['before_mb']:.0f} MB |"
            )
    text = "\n".join(lines)
    print(text)
    if not options.no_write:
        write_table("speed.md", text, part="after the model")


def _words(minutes: float) -> str:
    return f"{minutes:g} minutes" if minutes >= 1 else f"{minutes * 60:.0f} seconds"


def _in_fresh_process(points: Path, pictures: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.after_the_model", "--points", str(points), "--alone", str(pictures)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measured(points: Path, pictures: int) -> dict[str, float]:
    share_heaps()
    recording = long_recording(recording_of(find_samples_dir() / CLIP, points), pictures)
    before_mb, begin_s = _memory_mb("VmRSS"), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        result = assess(recording, load_movement("toe-touch"))
        write_trial_folder(Path(folder), result, OutputOptions(annotated=False), None)
    return {"cpu_s": time.process_time() - begin_s, "peak_mb": _memory_mb("VmHWM"), "before_mb": before_mb}


def long_recording(recording: Recording, pictures: int) -> Recording:
    """The recording's points again and again, there and back so that nothing leaps, each with noise of its own."""
    series, random = recording.series, np.random.default_rng(0)
    there = np.arange(len(series))
    order = np.resize(np.concatenate([there, there[::-1]]), pictures)
    noise = random.normal(0, NOISE_PX, (pictures, 33, 2))
    long = replace(
        series,
        time_s=np.arange(pictures) / RATE_HZ,
        xy_px=series.xy_px[order] + noise,
        xyz_m=series.xyz_m[order],
        visibility=series.visibility[order],
        filled_in=series.filled_in[order],
    )
    return replace(recording, series=long)


def _memory_mb(what: str) -> float:
    """Of this process, by the system's own account; Linux alone tells it."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


if __name__ == "__main__":
    main()
