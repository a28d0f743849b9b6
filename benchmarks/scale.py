"""How `posecheck batch` grows with its workers: measured with one and two, on a cluster, and simulated up to a thousand.

    python -m benchmarks.scale [--no-write] [--rounds N]

Measured: the 18 sample videos by one and by two processes of this machine, and by two workers of a Dask cluster that reads
them from an S3 server on this machine and writes there; all but the first take turns. The S3 server and the scheduler, which
would be elsewhere, use the same cores here, so processor time is told by process, too. Simulated: 10,000 videos whose times
are drawn from those that were measured, with the time that the scheduler was seen to take for each.
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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.accuracy_plots import PICTURES, STYLE
from benchmarks.docs import write_table
from benchmarks.processor_time import ProcessorTimes
from posecheck.dataset.dask_workers import DaskWorkers
from posecheck.dataset.ledger import noted, read_ledger
from posecheck.dataset.run import WAITING_FOR_EACH
from posecheck.places import place
from posecheck.settings import find_samples_dir
from tests.support.machine.cluster import dask_cluster, s3_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

EMPTY_JOBS = 2000
POOLS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
VIDEOS = 10_000
PICTURE = "scale.svg"
MEASURING, CLIENT, WORKERS, SCHEDULER, STORAGE = "measuring", "command", "Dask workers", "scheduler", "S3 server"
PROCESSES = {
    "posecheck.dataset.child": MEASURING,
    "posecheck batch": CLIENT,
    "dask_scheduler": SCHEDULER,
    "moto.server": STORAGE,
}
"""Parts of command lines; what is none of these belongs to a Dask worker and its nanny."""
OURS = (MEASURING, CLIENT, WORKERS)
"""What runs on the machines of whoever measures; scheduler and storage serve many."""

SELDOM = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False", "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s"}
"""As docs/batch.md starts workers: Dask's own measure themselves 150 times a second."""


@dataclass(frozen=True)
class Measured:
    """A way to measure all samples.

    Attributes
    ----------
    words : str
    whole_s : float
        How long the whole took.
    videos : int
    busy_s : float
        The sum of what each video took on its worker.
    processor_s : dict of str to float
        Processor time by class of process.
    """

    words: str
    whole_s: float
    videos: int
    busy_s: float
    processor_s: Mapping[str, float]

    @property
    def per_minute(self) -> float:
        """Videos a minute."""
        return 60 * self.videos / self.whole_s

    @property
    def ours_s(self) -> float:
        """Processor time on the machines of whoever measures."""
        return sum(self.processor_s.get(name, 0.0) for name in OURS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/speed.md as it is")
    parser.add_argument("--rounds", type=int, default=2, help="turns of two processes and cluster (default 2)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured, times_s, empty_s = measure(Path(folder), options.rounds)
    simulated = {workers: simulate(times_s, workers, empty_s) for workers in POOLS}
    text = "\n\n".join([measured_table(measured, empty_s), simulated_table(simulated, times_s, empty_s)])
    print(text)
    if not options.no_write:
        draw(simulated, times_s, empty_s, PICTURES / PICTURE)
        write_table("speed.md", text, part="scale")


def measure(folder: Path, rounds: int) -> tuple[list[Measured], list[float], float]:
    """The measured ways, the time of each video by one process, and what the scheduler takes for a job that does nothing."""
    one = local(folder / "one", 1)
    times_s = [entry["seconds"] for entry in entries_of(str(folder / "one")) if "seconds" in entry]
    two, plain, seldom = [], [], []
    with s3_server_with_samples(folder / "s3"):
        for number in range(rounds):
            two.append(local(folder / f"two{number}", 2))
            plain.append(cluster(folder, f"plain{number}", "two workers of a Dask cluster, as it comes; S3", {})[0])
            found, empty_s = cluster(folder, f"seldom{number}", "the same, measuring themselves seldom; S3", SELDOM)
            seldom.append(found)
    return [one, middle(two), middle(plain), middle(seldom)], times_s, empty_s


def cluster(folder: Path, name: str, words: str, settings: Mapping[str, str]) -> tuple[Measured, float]:
    """By two workers of a cluster, and what a job that does nothing takes there."""
    (folder / name).mkdir()
    with dask_cluster(folder / name, {**os.environ, **settings}) as running:
        found = timed(words, "s3://clips", "-o", f"s3://results/{name}", "--cluster", running.address)
        return found, empty_job_s(running.address)


def middle(found: Sequence[Measured]) -> Measured:
    """The faster of two, the middle one of three."""
    return sorted(found, key=lambda way: way.whole_s)[(len(found) - 1) // 2]


def local(out: Path, workers: int) -> Measured:
    """By processes of this machine."""
    words = "one process" if workers == 1 else "two processes"
    return timed(words, str(find_samples_dir()), "-o", str(out), "--jobs", str(workers))


@contextmanager
def s3_server_with_samples(folder: Path) -> Iterator[None]:
    """Found by what it puts into the environment."""
    folder.mkdir()
    with s3_server(folder) as variables:
        os.environ.update(variables)
        fill_buckets(variables)
        yield


def fill_buckets(variables: Mapping[str, str]) -> None:
    import s3fs

    fs = s3fs.S3FileSystem(endpoint_url=variables["AWS_ENDPOINT_URL"], skip_instance_cache=True)
    for bucket in ("clips", "results"):
        fs.mkdir(bucket)
    for video in sorted(find_samples_dir().glob("*.mp4")):
        fs.put_file(str(video), f"clips/{video.name}")


def timed(called: str, *words: str) -> Measured:
    """What the command takes with these words; the third is the place of its data set."""
    command = [sys.executable, "-m", "posecheck", "batch", *words, "--quiet"]
    with ProcessorTimes(PROCESSES, WORKERS) as processor:
        began = time.perf_counter()
        subprocess.run(command, check=True)
        whole_s = time.perf_counter() - began
    entries = entries_of(words[2])
    busy_s = sum(entry.get("seconds", 0.0) for entry in entries)
    return Measured(called, whole_s, len(entries), busy_s, processor.seconds)


def entries_of(result: str) -> list[dict[str, Any]]:
    """What is noted of all recordings of a data set."""
    return list(read_ledger(place(result), sorted(noted(place(result)))).values())


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
    one, local, _, cluster = measured
    classes = (MEASURING, CLIENT, WORKERS, SCHEDULER, STORAGE)
    lines = [
        f"All {one.videos} sample videos with `posecheck batch`, no annotated videos.",
        "",
        "| by | time | videos a minute | against one process | time on workers |",
        "|---|---|---|---|---|",
    ]
    for way in measured:
        numbers = f"{way.whole_s:.0f} s | {way.per_minute:.1f} | {one.whole_s / way.whole_s:.2f} | {way.busy_s:.0f} s"
        lines.append(f"| {way.words} | {numbers} |")
    lines += ["", f"| processor time | {' | '.join(classes)} |", "|---|" + "---|" * len(classes)]
    for way in measured:
        numbers = " | ".join(f"{way.processor_s[name]:.1f} s" if name in way.processor_s else "" for name in classes)
        lines.append(f"| {way.words} | {numbers} |")
    each_s = [(getattr(cluster, name) - getattr(local, name)) / one.videos for name in ("whole_s", "ours_s")]
    more = [100 * (getattr(cluster, name) / getattr(local, name) - 1) for name in ("whole_s", "ours_s")]
    lines += [
        "",
        f"Scheduler and storage add {more[0]:+.1f} % to the time of two processes of this machine ({each_s[0]:+.2f} s a "
        f"video), and {more[1]:+.1f} % to the processor time of command and workers ({each_s[1]:+.2f} s a video), with "
        f"workers that measure themselves seldom. A job that does nothing takes {1000 * empty_s:.1f} ms of command and "
        "scheduler.",
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
