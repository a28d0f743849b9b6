"""One at a time for each thing: requests that change the same upload or take wait for one another, at all servers."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.storage.database import Database


class KeyedLocks:
    """A lock for each key, made when it is first wanted and gone when nobody holds it.

    Parameters
    ----------
    name : str
        What is done with the things, which no other such locks have.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._own = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def hold(self, database: Database, key: str) -> Iterator[None]:
        """Wait until nobody else holds this key, here or at another server of the database, and hold it.

        Raises
        ------
        StorageError
            There are other servers, and the database cannot be reached.
        """
        with self._own:
            lock, count = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = (lock, count + 1)
        try:
            with lock, database.servers.held(f"{self._name} {key}"):
                yield
        finally:
            with self._own:
                lock, count = self._locks.pop(key)
                if count > 1:
                    self._locks[key] = (lock, count - 1)
