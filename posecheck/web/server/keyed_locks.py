"""One at a time for each thing: requests that change the same upload or take wait for one another."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class KeyedLocks:
    """A lock for each key, made when it is first wanted and gone when nobody holds it."""

    def __init__(self) -> None:
        self._own = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Wait until nobody else holds this key, and hold it."""
        with self._own:
            lock, count = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = (lock, count + 1)
        try:
            with lock:
                yield
        finally:
            with self._own:
                lock, count = self._locks.pop(key)
                if count > 1:
                    self._locks[key] = (lock, count - 1)
