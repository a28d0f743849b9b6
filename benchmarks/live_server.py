"""A `posecheck serve` for benchmarks: started, given a session, watched for its processor time, stopped."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def served(data: Path | None = None) -> Iterator[tuple[psutil.Process, httpx.Client]]:
    """A server, and a client that talks to it; ``data``: its data folder. Default: an empty one, so that runs are alike."""
    with tempfile.TemporaryDirectory() as empty:
        process = subprocess.Popen(
            (sys.executable, "-m", "posecheck", "serve", "--no-open", "--port", "0", "--data", str(data or empty)),
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        try:
            assert process.stdout is not None
            found = re.search(r"posecheck serves (\S+)", process.stdout.readline())
            assert found
            with httpx.Client(base_url=found[1], trust_env=False, timeout=60) as client:
                yield psutil.Process(process.pid), client
        finally:
            process.terminate()
            process.communicate(timeout=60)


def new_session(client: httpx.Client, **form: Any) -> str:
    """Id of a new session of a new person."""
    person = client.post("/api/people", json={"name": "Benchmark"}).raise_for_status().json()["id"]
    return str(client.post(f"/api/people/{person}/sessions", json=form).raise_for_status().json()["id"])


def cpu_time_s(process: psutil.Process) -> float:
    """Of a process and those it has started, also of those that have ended."""
    own = process.cpu_times()
    running = [worker.cpu_times() for worker in process.children(recursive=True)]
    ended_s = getattr(own, "children_user", 0.0) + getattr(own, "children_system", 0.0)
    return ended_s + sum(item.user + item.system for item in (own, *running))
