"""Jobs that a fault of disk, model or settings keeps waiting: tried again after a while, and again."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_WAIT_S, LONGEST_WAIT_S = 60.0, 900.0
"""Between two tries, doubled each time: reading a video takes minutes of the machine, and so long somebody may need to free
some space (chosen by us)."""


class HeldBack:
    """Which jobs wait for a fault to go away, and until when; may be used from any thread.

    The next server tries all of them at once: it may have been started for that.

    Parameters
    ----------
    clock : callable
        Seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waits: dict[str, tuple[float, float]] = {}

    def hold(self, job_id: str) -> None:
        """Keep a job waiting; longer each time."""
        with self._lock:
            _, before_s = self._waits.get(job_id, (0.0, FIRST_WAIT_S / 2))
            wait_s = min(2 * before_s, LONGEST_WAIT_S)
            self._waits[job_id] = (self._clock() + wait_s, wait_s)

    def release(self, job_id: str) -> bool:
        """Let a job be tried now; whether it was held back."""
        with self._lock:
            return self._waits.pop(job_id, None) is not None

    def release_all(self) -> None:
        """Let all be tried now: the fault may have gone away."""
        with self._lock:
            self._waits.clear()

    def now(self) -> tuple[str, ...]:
        """The jobs that are not to be tried yet."""
        with self._lock:
            return tuple(job_id for job_id, (until_s, _) in self._waits.items() if self._clock() < until_s)
