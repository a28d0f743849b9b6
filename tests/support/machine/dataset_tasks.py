"""Work for the workers of a data set, in place of measuring: it runs in other processes, so it stands in a module."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from posecheck.cores import cores
from posecheck.signs import watched


def doubled(number: int) -> int:
    """Quick work."""
    return 2 * number


def dies(number: int) -> int:
    """Ends its process, as a damaged video or a full memory does."""
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def dies_once(file: str) -> str:
    """Ends its process the first time."""
    if not Path(file).exists():
        Path(file).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def cores_there(_: int) -> int:
    """How many cores the process that does it may keep busy."""
    return cores()


def sleeps(seconds: float) -> float:
    """Work that somebody wants to stop."""
    time.sleep(seconds)
    return seconds


def own_id(_: int) -> int:
    """Which process does it."""
    return os.getpid()


def variable(name: str) -> str | None:
    """An environment variable of the process that does it."""
    return os.environ.get(name)


def reads_nothing_more(seconds: float) -> float:
    """Waits for something to read, which does not come."""
    with watched(lambda: 0):
        time.sleep(seconds)
    return seconds


def reads_slowly(seconds: float) -> float:
    """Reads for so long, a little now and then."""
    with watched(lambda: time.monotonic()):
        time.sleep(seconds)
    return seconds
