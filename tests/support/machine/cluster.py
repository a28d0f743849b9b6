"""A Dask cluster of real processes and an S3 server, on this machine, for tests and benchmarks; all end with the block."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

START_S = 60.0
ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass
class Cluster:
    """What runs: its scheduler's address, and the processes by name."""

    address: str
    folder: Path
    environment: Mapping[str, str]
    threads: int = 1
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *words: str) -> None:
        """Start a program; what it says goes to ``<name>.log``."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *words],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                cwd=self.folder,
                start_new_session=True,
            )

    def start_worker(self, name: str) -> None:
        """Start a worker, and a nanny that replaces it when it dies."""
        threads = str(self.threads)
        self.start(
            name, "distributed.cli.dask_worker", self.address, "--nthreads", threads, "--no-dashboard", "--name", name
        )

    def start_scheduler(self) -> None:
        """Start the scheduler, at the same address each time."""
        port = self.address.rpartition(":")[2]
        words = ("--host", "127.0.0.1", "--port", port, "--no-dashboard")
        self.start("scheduler", "distributed.cli.dask_scheduler", *words)

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many are ready for work."""
        from distributed import Client

        with Client(self.address, timeout=START_S, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=START_S)

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

    def stop(self, name: str) -> None:
        """End a program and all that it started."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def dask_cluster(
    folder: Path, environment: Mapping[str, str], workers: int = 2, *, threads: int = 1
) -> Iterator[Cluster]:
    """A scheduler and some workers with so many threads each, ready for work."""
    cluster = Cluster(f"tcp://127.0.0.1:{free_port()}", folder, environment, threads)
    try:
        cluster.start_scheduler()
        for number in range(workers):
            cluster.start_worker(f"worker{number}")
        cluster.wait_for_workers(workers)
        yield cluster
    finally:
        for name in list(cluster.processes):
            cluster.stop(name)


@contextmanager
def s3_server(folder: Path) -> Iterator[dict[str, str]]:
    """An S3 server (moto) in a process of its own; the environment variables by which it is found."""
    port = free_port()
    server = Cluster("", folder, os.environ)
    try:
        server.start("s3", "moto.server", "-H", "127.0.0.1", "-p", str(port))
        _wait_for(port)
        yield {**ACCOUNT, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    finally:
        server.stop("s3")


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("the server did not start")


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
