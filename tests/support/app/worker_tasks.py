"""Tasks for worker processes that behave in ways a real one only may: slow, crashing, greedy, broken."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posecheck.errors import VideoError
from posecheck.signs import watched

if TYPE_CHECKING:
    from posecheck.progress import Progress


@dataclass(frozen=True)
class Slow:
    """Works in small steps until a file appears."""

    until: Path

    def run(self, progress: Progress) -> dict[str, Any]:
        steps = 0
        while not self.until.exists():
            steps += 1
            progress(steps, 1000)
            time.sleep(0.02)
        return {"steps": steps}


@dataclass(frozen=True)
class Crashing:
    """Ends as a decoder does that reads where it must not; with a file to remember it, refuses the second time."""

    once: Path | None = None

    def run(self, progress: Progress) -> dict[str, Any]:
        if self.once is not None and self.once.exists():
            raise VideoError("is no video.")
        if self.once is not None:
            self.once.touch()
        os.kill(os.getpid(), signal.SIGSEGV)
        return {}


@dataclass(frozen=True)
class OnFullDisk:
    """Writes on a disk that has no room: no file of this process may grow any more."""

    file: Path

    def run(self, progress: Progress) -> dict[str, Any]:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        self.file.write_bytes(b"body points")
        return {}


@dataclass(frozen=True)
class Greedy:
    """Asks for more memory than a worker may have."""

    def run(self, progress: Progress) -> dict[str, Any]:
        return {"bytes": len(bytearray(20 * 1024**3))}


@dataclass(frozen=True)
class Hanging:
    """Reads a video of which nothing more comes."""

    def run(self, progress: Progress) -> dict[str, Any]:
        progress(1, 1000)
        with watched(lambda: 1):
            time.sleep(600)
        return {}


@dataclass(frozen=True)
class Broken:
    """Fails as a mistake in the program does."""

    def run(self, progress: Progress) -> dict[str, Any]:
        raise RuntimeError("a mistake")


@dataclass(frozen=True)
class Telling:
    """Says which process does it."""

    refused: bool = False

    def run(self, progress: Progress) -> dict[str, Any]:
        if self.refused:
            raise VideoError("is no video.")
        return {"pid": os.getpid()}
