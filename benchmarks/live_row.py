"""A line of the table of live filming."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

import numpy as np

HEADING = (
    "| | answers a second | latency, median | latency, 95 % below | cores busy, posecheck | cores busy, browser |",
    "|---|---|---|---|---|---|",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of some seconds of filming.

    Attributes
    ----------
    answers : int
    seconds : float
    latencies_s : tuple of float
        Of each answer, from the moment a picture was there to when its answer was there, or drawn.
    cpu_s : float
        Processor time of posecheck: the server with its workers, or the engine's process.
    browser_cpu_s : float, optional
        Of a browser that films, with all its processes.
    """

    answers: int
    seconds: float
    latencies_s: tuple[float, ...]
    cpu_s: float
    browser_cpu_s: float | None = None

    def row(self, name: str) -> str:
        """The line."""
        middle, late = statistics.median(self.latencies_s), float(np.percentile(self.latencies_s, 95))
        browser = "–" if self.browser_cpu_s is None else f"{self.browser_cpu_s / self.seconds:.2f}"
        return (
            f"| {name} | {self.answers / self.seconds:.1f} | {1000 * middle:.0f} ms | {1000 * late:.0f} ms "
            f"| {self.cpu_s / self.seconds:.2f} | {browser} |"
        )
