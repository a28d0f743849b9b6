"""The real ``posecheck serve`` as a process of its own, which tests may kill."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
from clips import command, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

WAIT_S = 60


@contextmanager
def served(
    data: Path, *, port: int = 0, variables: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """``posecheck serve`` on a port (0: a free one), and a client that talks to it; killed at the end.

    ``variables``: of its environment, as ``POSECHECK_STORE``, beside those of the tests.
    """
    words = command("serve", "--no-open", "--port", port, "--data", data, "--workers", 1)
    server = subprocess.Popen(words, env=environment(variables), stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        line = next(line for line in server.stdout if "http://" in line)
        with httpx.Client(base_url=line.split()[-1], timeout=WAIT_S, trust_env=False) as client:
            yield server, client
    finally:
        kill(server)


def kill(server: subprocess.Popen[str]) -> None:
    """End it at once, as a power cut would; one that has ended stays so."""
    server.kill()
    server.wait()
    if server.stdout is not None:
        server.stdout.close()
