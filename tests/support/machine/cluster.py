"""A Dask cluster of real processes and an S3 server, on this machine, for tests and benchmarks; all end with the block."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psutil

from scripts.programs import START_S, DaskPrograms, free_port, s3_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Cluster", "dask_cluster", "free_port", "s3_server"]


class Cluster(DaskPrograms):
    """What runs, and ways to hurt it."""

    def busy_worker(self) -> str:
        """Name of one that is at work; empty where none is."""
        from distributed import Client

        with Client(self.address, timeout=START_S, set_as_default=False) as client:
            busy = [address for address, tasks in client.processing().items() if tasks]
            known = client.scheduler_info(n_workers=-1)["workers"]
        return str(known[busy[0]]["name"]) if busy else ""

    def process_of(self, name: str) -> psutil.Process:
        """What a worker's nanny watches over."""
        nanny = psutil.Process(self.processes[name].pid)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            for child in nanny.children():
                with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
                    if "resource_tracker" not in " ".join(child.cmdline()):
                        return child
            time.sleep(0.1)
        raise AssertionError(f"{name} has no process")

    def kill_process_of(self, name: str) -> int:
        """Kill what a worker's nanny watches over, without a word; its process id."""
        found = self.process_of(name)
        found.kill()
        return found.pid


@contextmanager
def dask_cluster(
    folder: Path, environment: Mapping[str, str], workers: int = 2, *, threads: int = 1
) -> Iterator[Cluster]:
    """A scheduler and some workers with so many threads each, ready for work."""
    cluster = Cluster(folder, environment, threads=threads)
    try:
        cluster.start_all(workers)
        yield cluster
    finally:
        cluster.stop_all()
