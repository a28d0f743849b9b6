"""Processes that are kept for a while when their work is done, as the next one comes soon, and then given back."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable


class Process(Protocol):
    """What can be kept."""

    @property
    def is_alive(self) -> bool:
        """Whether it is of any use."""
        ...

    def close(self) -> None:
        """End it."""
        ...


P = TypeVar("P", bound=Process)


class Kept(Generic[P]):
    """Those that nobody uses at the moment; may be used from any thread.

    Parameters
    ----------
    idle_s : float
        So long each is kept.
    most : int
        So many at once.
    clock : callable
        Seconds that never run backwards.
    """

    def __init__(self, idle_s: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._idle_s, self._most, self._clock = idle_s, most, clock
        self._lock = threading.Lock()
        self._idle: list[tuple[P, float]] = []
        """Each with the time since which nobody uses it."""
        self._closed = False

    def __bool__(self) -> bool:
        with self._lock:
            return bool(self._idle)

    def take(self) -> P | None:
        """The one that was used last, and lives; None where there is none."""
        while True:
            with self._lock:
                item = self._idle.pop()[0] if self._idle else None
            if item is None or item.is_alive:
                return item
            item.close()

    def put(self, item: P) -> None:
        """Keep one for the next; what is dead, or too many, is closed."""
        with self._lock:
            keep = item.is_alive and not self._closed and len(self._idle) < self._most
            if keep:
                self._idle.append((item, self._clock()))
        if not keep:
            item.close()

    def close_idle(self) -> None:
        """Close those that nobody has used for a while."""
        self._close_those_before(self._clock() - self._idle_s)

    def close(self) -> None:
        """Close all, and whatever comes back later."""
        with self._lock:
            self._closed = True
        self._close_those_before(float("inf"))

    def _close_those_before(self, since_s: float) -> None:
        with self._lock:
            old = [item for item, idle_since_s in self._idle if idle_since_s <= since_s]
            self._idle = [kept for kept in self._idle if kept[1] > since_s]
        for item in old:
            item.close()
