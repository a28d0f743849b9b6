"""How `posecheck batch` grows with its workers: measured with one and two, on a cluster, and simulated up to a thousand.

    python -m benchmarks.scale [--no-write]

Measured: the 18 sample videos by one and by two processes of this machine, and by two workers of a Dask cluster that reads
them from an S3 server on this machine and writes there. Simulated: 10,000 videos whose times are drawn from those that were
measured, with the time that the scheduler was seen to take for each.
"""

from __future__ import annotations

import argparse
import heapq
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.accuracy_plots import PICTURES, STYLE
from benchmarks.docs import write_table
from posecheck.dataset.dask_workers import DaskWorkers
from posecheck.dataset.ledger import read_ledger
from posecheck.dataset.run import WAITING_FOR_EACH
from posecheck.places import place
from posecheck.settings import find_samples_dir
from tests.support.machine.cluster import dask_cluster, s3_server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EMPTY_JOBS = 2000
POOLS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
VIDEOS = 10_000
PICTURE = "scale.svg"


@dataclass(frozen=True)
class Measured:
    """A way to measure all samples: how long the whole took, and the sum of what each video took on its worker."""

    words: str
    whole_s: float
    videos: int
    busy_s: float
    workers: int

    @property
    def per_minute(self) -> float:
        """Videos a minute."""
        return 60 * self.videos / self.whole_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/speed.md as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured, times_s, empty_s = measure(Path(folder))
    simulated = {workers: simulate(times_s, workers, empty_s) for workers in POOLS}
    text = "\n\n".join([measured_table(measured, empty_s), simulated_table(simulated, times_s, empty_s)])
    print(text)
    if not options.no_write:
        draw(simulated, times_s, empty_s, PICTURES / PICTURE)
        write_table("speed.md", text, part="scale")


def measure(folder: Path) -> tuple[list[Measured], list[float], float]:
    """The measured ways, the time of each video by one process, and what the scheduler takes for a job that does nothing."""
    samples = str(find_samples_dir())
    found = []
    for workers in (1, 2):
        out = folder / f"local{workers}"
        whole_s = timed(dict(os.environ), samples, "-o", str(out), "--jobs", str(workers))
        words = "one process" if workers == 1 else "two processes"
        found.append(measured_way(words, whole_s, str(out), workers))
    times_s = [entry["seconds"] for entry in read_ledger(place(folder / "local1")).values() if "seconds" in entry]
    (folder / "s3").mkdir()
    (folder / "cluster").mkdir()
    with s3_server(folder / "s3") as variables:
        os.environ.update(variables)
        fill_buckets(variables)
        with dask_cluster(folder / "cluster", os.environ) as cluster:
            words = ("s3://clips", "-o", "s3://results/run", "--cluster", cluster.address)
            whole_s = timed(dict(os.environ), *words)
            found.append(
                measured_way("two workers of a Dask cluster, videos and results on S3", whole_s, "s3://results/run", 2)
            )
            empty_s = empty_job_s(cluster.address)
    return found, times_s, empty_s


def fill_buckets(variables: Mapping[str, str]) -> None:
    import s3fs

    fs = s3fs.S3FileSystem(endpoint_url=variables["AWS_ENDPOINT_URL"], skip_instance_cache=True)
    for bucket in ("clips", "results"):
        fs.mkdir(bucket)
    for video in sorted(find_samples_dir().glob("*.mp4")):
        fs.put_file(str(video), f"clips/{video.name}")


def timed(environment: Mapping[str, str], *words: str) -> float:
    """Seconds that the command takes."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "posecheck", "batch", *words, "--quiet"]
    subprocess.run(command, env=dict(environment), check=True)
    return time.perf_counter() - began


def measured_way(words: str, whole_s: float, result: str, workers: int) -> Measured:
    entries = list(read_ledger(place(result)).values())
    return Measured(words, whole_s, len(entries), sum(entry.get("seconds", 0.0) for entry in entries), workers)


def empty_job_s(address: str) -> float:
    """Seconds for each of many jobs that do nothing: what client and scheduler take."""
    workers = DaskWorkers(address)
    try:
        began = time.perf_counter()
        for future in [workers.submit(abs, number) for number in range(EMPTY_JOBS)]:
            future.result(120)
        return (time.perf_counter() - began) / EMPTY_JOBS
    finally:
        workers.close()


def simulate(times_s: Sequence[float], workers: int, empty_s: float, videos: int = VIDEOS) -> float:
    """Seconds until all videos are done: each is handed out by the scheduler, one after the other, a few ahead.

    Parameters
    ----------
    times_s : sequence of float
        Of measured videos; drawn from at random, always in the same way.
    workers : int
    empty_s : float
        What handing out one takes; nobody else is served meanwhile.
    videos : int
    """
    draw_time = random.Random(1)
    free_s = [0.0] * workers
    handed_s, ends_s = 0.0, []
    for number in range(videos):
        if number >= WAITING_FOR_EACH * workers:  # one has to end before the next is handed out
            handed_s = max(handed_s, heapq.heappop(ends_s))
        handed_s += empty_s
        end_s = max(heapq.heappop(free_s), handed_s) + draw_time.choice(times_s)
        heapq.heappush(free_s, end_s)
        heapq.heappush(ends_s, end_s)
    return max(free_s)


def measured_table(measured: Sequence[Measured], empty_s: float) -> str:
    one = measured[0]
    lines = [
        f"All {one.videos} sample videos with `posecheck batch`, no annotated videos.",
        "",
        "| by | time | videos a minute | against one process | time on workers |",
        "|---|---|---|---|---|",
    ]
    for way in measured:
        numbers = f"{way.whole_s:.0f} s | {way.per_minute:.1f} | {one.whole_s / way.whole_s:.2f} | {way.busy_s:.0f} s"
        lines.append(f"| {way.words} | {numbers} |")
    local, cluster = measured[1], measured[2]
    more = 100 * (cluster.whole_s / local.whole_s - 1)
    lines += [
        "",
        f"Scheduler and storage: {more:+.1f} % of the time of two processes of this machine. A job that does nothing takes "
        f"{1000 * empty_s:.1f} ms of client and scheduler.",
    ]
    return "\n".join(lines)


def simulated_table(simulated: Mapping[int, float], times_s: Sequence[float], empty_s: float) -> str:
    alone_s = simulated[1]
    lines = [
        f"Simulated: {VIDEOS:,} videos of {statistics.mean(times_s):.1f} s each on average.",
        "",
        "| workers | time | videos a minute | times as fast as one | share of what they could do |",
        "|---|---|---|---|---|",
    ]
    for workers, whole_s in simulated.items():
        faster = alone_s / whole_s
        share = f"{faster:,.0f} | {100 * faster / workers:.0f} %"
        lines.append(f"| {workers} | {_told(whole_s)} | {60 * VIDEOS / whole_s:,.0f} | {share} |")
    bend = statistics.mean(times_s) / empty_s
    lines += [
        "",
        f"The curve bends where handing out takes as long as measuring: at {bend:,.0f} workers, as one scheduler hands out "
        f"one video in {1000 * empty_s:.1f} ms. Before that, what is lost is the end, when some workers have nothing left "
        "to do.",
    ]
    return "\n".join(lines)


def _told(seconds: float) -> str:
    return (
        f"{seconds / 3600:.1f} h"
        if seconds >= 7200
        else f"{seconds / 60:.0f} min"
        if seconds >= 120
        else f"{seconds:.0f} s"
    )


def draw(simulated: Mapping[int, float], times_s: Sequence[float], empty_s: float, file: Path) -> None:
    """Videos a minute by the number of workers, with the two straight lines that bound it."""
    with mpl.rc_context({**STYLE, "text.color": "#777777", "axes.labelcolor": "#777777"}):
        figure = Figure(figsize=(6, 3.4))
        axes = figure.subplots()
        workers = list(simulated)
        axes.loglog(
            workers, [60 * VIDEOS / simulated[count] for count in workers], "o-", color="#0a6b3d", label="simulated"
        )
        each = statistics.mean(times_s)
        axes.loglog(workers, [60 * count / each for count in workers], "--", color="#3b8ed0", label="nothing lost")
        axes.axhline(60 / empty_s, ls=":", color="#d08a00", label="one scheduler, at most")
        axes.set(xlabel="workers", ylabel="videos a minute")
        axes.tick_params(colors="#777777")
        axes.legend(frameon=False)
        figure.tight_layout()
        figure.savefig(file, transparent=True, metadata={"Date": None})


if __name__ == "__main__":
    main()
