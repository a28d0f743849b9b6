"""What helper processes of the server do in tests: real processes, whose work is quick or ends them."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import RecordingError
from posecheck.web.film.engines import EngineHere

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import Pose


class Nobody:
    """An estimator that finds nobody; a white picture ends its process, as a fault in the pose model's library would."""

    name = "fake 1"
    model_sha256 = "f" * 64

    def follow(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        if image_rgb.min() == 255:
            os.kill(os.getpid(), signal.SIGSEGV)
        return None

    def find_people(self, image_rgb: NDArray[np.uint8]) -> tuple[Pose, ...]:
        return ()

    def close(self) -> None:
        pass


def engine_of_nobody() -> EngineHere:
    """Made in the engine's own process."""
    return EngineHere(Nobody())


@dataclass(frozen=True)
class Adder:
    """Adds, fails in words, fails by mistake, or crashes."""

    start: int = 1

    def add(self, number: int) -> int:
        return self.start + number

    def refuse(self) -> None:
        raise RecordingError("no repetition was found.")

    def fail(self) -> None:
        raise UnsendableError

    def crash(self) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)

    def pid(self) -> int:
        return os.getpid()

    def close(self) -> None:
        pass


class UnsendableError(Exception):
    """An error that cannot travel between processes."""

    def __reduce__(self) -> str:
        raise TypeError


def process_number() -> int:
    return os.getpid()


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def refuse() -> None:
    raise RecordingError("no repetition was found.")


def sleep_long(begun: Path) -> None:
    begun.touch()
    time.sleep(600)
