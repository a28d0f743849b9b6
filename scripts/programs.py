"""Programs of this machine that end with whoever started them: a Dask cluster, an S3 server, any other."""

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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

START_S = 60.0
ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


class ProgramError(Exception):
    """A program is missing or does not start: in words."""


@dataclass
class Programs:
    """Programs by name; what each says goes to a file in a folder.

    Attributes
    ----------
    folder : Path
    environment : mapping of str to str
    """

    folder: Path
    environment: Mapping[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *words: str) -> None:
        """Start a Python module; what it says goes to ``<name>.log``."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *words],
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=dict(self.environment),
                cwd=self.folder,
                start_new_session=True,
            )

    def wait_until(self, name: str, answers: Callable[[], bool]) -> None:
        """Wait until a program that was started answers.

        Raises
        ------
        ProgramError
            It has ended, or takes too long.
        """
        deadline = time.monotonic() + START_S
        while not answers():
            if self.processes[name].poll() is not None or time.monotonic() > deadline:
                said = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace").strip()
                raise ProgramError(f"{name} does not start: {said[-2000:] or 'it says nothing'}")
            time.sleep(0.1)

    def ended(self) -> list[str]:
        """Names of those that have ended by themselves."""
        return [name for name, process in self.processes.items() if process.poll() is not None]

    def stop(self, name: str) -> None:
        """End a program and all that it started."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop_all(self) -> None:
        """End them, the last one first."""
        for name in reversed(list(self.processes)):
            self.stop(name)


@dataclass
class DaskPrograms(Programs):
    """The programs of a Dask cluster: its scheduler's address, and how many threads each worker has."""

    address: str = field(default_factory=lambda: f"tcp://127.0.0.1:{free_port()}")
    threads: int = 1

    def start_scheduler(self) -> None:
        """Start the scheduler, at the same address each time."""
        port = self.address.rpartition(":")[2]
        words = ("--host", "127.0.0.1", "--port", port, "--no-dashboard")
        self.start("scheduler", "distributed.cli.dask_scheduler", *words)

    def start_worker(self, name: str) -> None:
        """Start a worker, and a nanny that replaces it when it dies."""
        threads = str(self.threads)
        self.start(
            name, "distributed.cli.dask_worker", self.address, "--nthreads", threads, "--no-dashboard", "--name", name
        )

    def start_all(self, workers: int) -> None:
        """Start the scheduler and so many workers, and wait until they are ready for work."""
        self.start_scheduler()
        for number in range(workers):
            self.start_worker(f"worker{number}")
        self.wait_for_workers(workers)

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many are ready for work."""
        from distributed import Client

        with Client(self.address, timeout=START_S, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=START_S)


@contextmanager
def s3_server(folder: Path) -> Iterator[dict[str, str]]:
    """An S3 server (moto) in a process of its own; the environment variables by which it is found."""
    port = free_port()
    server = Programs(folder, os.environ)
    try:
        server.start("s3", "moto.server", "-H", "127.0.0.1", "-p", str(port))
        server.wait_until("s3", lambda: _listens(port))
        yield {**ACCOUNT, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    finally:
        server.stop_all()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
