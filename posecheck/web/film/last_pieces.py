"""When something last came in of each recording that is being filmed: those that fell silent have lost their page."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SILENT_S = 15.0
"""A recording to which nothing was added for so long has lost its page (chosen by us)."""


class LastPieces:
    """When something was last added to each recording that is being filmed; may be used from any thread.

    Parameters
    ----------
    clock : callable
        Seconds that never run backwards.
    silent_s : float
        A recording to which nothing was added for so long has lost its page.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, silent_s: float = SILENT_S) -> None:
        self._clock, self._silent_s = clock, silent_s
        self._lock = threading.Lock()
        self._last_s: dict[str, float] = {}

    def touch(self, upload_id: str) -> None:
        """Something was added now."""
        with self._lock:
            self._last_s[upload_id] = self._clock()

    def forget(self, upload_id: str) -> None:
        """Nothing more is added."""
        with self._lock:
            self._last_s.pop(upload_id, None)

    def silent(self) -> list[str]:
        """Recordings that have lost their page."""
        with self._lock:
            now_s = self._clock()
            return [upload_id for upload_id, last_s in self._last_s.items() if now_s - last_s >= self._silent_s]
