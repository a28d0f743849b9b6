"""Time against a plain loop over the same frames, and peak memory of a long video against that of a short one.

    python -m benchmarks.speed [--rounds 3] [--minutes 10 60] [--no-memory] [--no-write]

Every figure is taken from a fresh process, start-up included, alternating between the contenders; the median counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.docs import write_table
from posecheck.settings import find_models_dir, find_samples_dir
from posecheck.video.reader import VideoOptions, iter_video
from posecheck.video.sink import VideoSink

if TYPE_CHECKING:
    from collections.abc import Sequence

CLIP = "toe_touch_pre.mp4"
ONE_CORE = "the same, on one core"
PLAIN_LOOP = """
import sys, time, cv2, mediapipe
from mediapipe.tasks.python import BaseOptions, vision
options = vision.PoseLandmarkerOptions(
    base_options=BaseOptions(model_asset_path=sys.argv[2]), running_mode=vision.RunningMode.VIDEO, num_poses=1)
capture = cv2.VideoCapture(sys.argv[1])
with vision.PoseLandmarker.create_from_options(options) as landmarker:
    while True:
        good, picture = capture.read()
        if not good:
            break
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
        landmarker.detect_for_video(image, int(capture.get(cv2.CAP_PROP_POS_MSEC)))
"""
MEASURED = """
import json, os, resource, subprocess, sys, time
if sys.argv[1] != "all" and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(sys.argv[1])])
start = time.perf_counter()
code = subprocess.call(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": code, "wall_s": time.perf_counter() - start, "cpu_s": usage.ru_utime + usage.ru_stime,
                  "peak_mb": usage.ru_maxrss / 1024}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--minutes", type=float, nargs="+", default=[10.0, 60.0], help="long videos of the memory test")
    parser.add_argument("--no-memory", action="store_true")
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/speed.md as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = _speed_table(Path(folder), options.rounds)
        if not options.no_memory:
            text += "\n\n" + _memory_table(Path(folder), options.minutes)
    print(text)
    if not options.no_write:
        write_table("speed.md", text)


def _speed_table(folder: Path, rounds: int) -> str:
    clip = find_samples_dir() / CLIP
    frames = sum(1 for _ in iter_video(clip))
    contenders = {
        "plain loop (OpenCV, `PoseLandmarker`)": _plain(clip),
        "`posecheck analyze --no-video`": _analyze(clip, folder / "out", "--no-video"),
        ONE_CORE: _analyze(clip, folder / "out", "--no-video"),
        "`posecheck analyze --no-video --stride 1` (every picture)": _analyze(
            clip, folder / "out", "--no-video", "--stride", "1"
        ),
        "`posecheck analyze --no-video --stride 2`": _analyze(clip, folder / "out", "--no-video", "--stride", "2"),
        "`posecheck analyze`": _analyze(clip, folder / "out"),
    }
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, command in contenders.items():
            runs[name].append(_run(command, cores="1" if name == ONE_CORE else "all"))
    base = statistics.median(run["wall_s"] for run in runs[next(iter(runs))])
    lines = [
        f"{CLIP}, {frames} frames, median of {rounds} rounds.",
        "",
        "| | time | ratio | ms a frame | processor time | peak memory |",
        "|---|---|---|---|---|---|",
    ]
    for name, results in runs.items():
        wall, cpu, peak = (statistics.median(run[key] for run in results) for key in ("wall_s", "cpu_s", "peak_mb"))
        lines.append(
            f"| {name} | {wall:.1f} s | {wall / base:.2f} | {1000 * wall / frames:.1f} | {cpu:.1f} s | {peak:.0f} MB |"
        )
    return "\n".join(lines)


def _plain(clip: Path) -> list[str]:
    return [sys.executable, "-c", PLAIN_LOOP, str(clip), str(find_models_dir() / "pose_landmarker_full.task")]


def _analyze(clip: Path, output: Path, *more: str) -> list[str]:
    start = [
        sys.executable,
        "-m",
        "posecheck",
        "analyze",
        str(clip),
        "--movement",
        "toe-touch",
        "--overwrite",
        "--quiet",
    ]
    return [*start, "--output", str(output), *more]


def _run(command: list[str], cores: str = "all") -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", MEASURED, cores, *command], capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    if result["code"] != 0:
        raise SystemExit(f"failed with {result['code']}: {' '.join(command)}")
    return result


def _memory_table(folder: Path, minutes: Sequence[float]) -> str:
    lines = [
        "| 1080p video | frames | `posecheck analyze --no-video`, peak memory | more than for the shortest | time |",
        "|---|---|---|---|---|",
    ]
    least_mb = 0.0
    for name, seconds in (("10 seconds", 10.0), *((f"{each:g} minutes", 60.0 * each) for each in minutes)):
        video = folder / f"{name.replace(' ', '-')}.mp4"
        frames = _make_1080p(video, seconds)
        result = _run(_analyze(video, folder / "memory", "--no-video"))
        peak_mb = result["peak_mb"]
        least_mb = least_mb or peak_mb
        lines.append(
            f"| {name} | {frames} | {peak_mb:.0f} MB | {peak_mb - least_mb:+.0f} MB | {result['wall_s']:.0f} s |"
        )
        video.unlink()
    return "\n".join(lines)


def _make_1080p(target: Path, seconds: float) -> int:
    """The first ten seconds of the sample clip, enlarged; for longer videos the same again and again, not encoded anew."""
    import av
    import cv2

    piece = target.with_name("piece.mp4")
    frames = 0
    with VideoSink(piece, 1920, 1080) as sink:
        for frame in iter_video(find_samples_dir() / CLIP, VideoOptions(end_s=10 - 1 / 60)):
            sink.write(np.asarray(cv2.resize(frame.image_rgb, (1920, 1080)), dtype=np.uint8), frame.time_s)
            frames += 1
    repeats = round(seconds / 10)
    with av.open(str(target), "w") as container:
        stream = None
        for number in range(repeats):
            with av.open(str(piece)) as source:
                stream = stream or container.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(video=0):
                    if packet.pts is None or packet.dts is None or packet.time_base is None:
                        continue
                    shift = round(number * 10 / packet.time_base)
                    packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, stream
                    container.mux(packet)
    piece.unlink()
    return frames * repeats


if __name__ == "__main__":
    begin = time.perf_counter()
    main()
    print(f"({time.perf_counter() - begin:.0f} s)")
