"""What the servers of a database tell one another, over PostgreSQL's own messages: short, and never stored."""

from __future__ import annotations

import json
import logging
import queue
import secrets
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.storage.servers import Servers

CHANNEL = "posecheck"
MOST_BYTES = 7900
"""PostgreSQL takes 7999."""
MOST_WAITING = 2000
"""So much may wait to be told; beyond that the others are told that they missed something (chosen by us)."""
LOOK_EVERY_S = 1.0
"""How often the threads look whether they are to end, and try to come back after the connection was lost (chosen by us)."""
FIRST_S = 5.0
"""How long the start waits until it can hear (chosen by us)."""
MISSED = "missed"

_log = logging.getLogger(__name__)


class NewsLine:
    """Tells the other servers, and hears them, on two threads with a connection each; comes back where one is lost.

    Parameters
    ----------
    servers : Servers
        Of a database that several servers use.
    heard : callable
        Called with what another server told, on a thread of the line.
    missed : callable
        Called where something may have been told that did not arrive.
    """

    def __init__(self, servers: Servers, heard: Callable[[dict[str, Any]], None], missed: Callable[[], None]) -> None:
        self._servers, self._heard, self._missed = servers, heard, missed
        self._own = secrets.token_hex(8)
        self._waiting: queue.Queue[dict[str, Any]] = queue.Queue(MOST_WAITING)
        self._lost = False
        self._ending, self._hears = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(work,), name="news", daemon=True)
            for work in (self._hear, self._tell)
        ]

    def start(self) -> None:
        """Begin to hear."""
        for thread in self._threads:
            thread.start()
        self._hears.wait(FIRST_S)

    def close(self) -> None:
        """Hear and tell nothing more."""
        self._ending.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def tell(self, news: dict[str, Any]) -> bool:
        """Tell the other servers soon; whether it is short enough. Waits for nothing, and may be called from any thread."""
        told = {"by": self._own, **news}
        if len(json.dumps(told)) > MOST_BYTES:  # ASCII: as many bytes as letters
            return False
        try:
            self._waiting.put_nowait(told)
        except queue.Full:
            self._lost = True
        return True

    def _run(self, work: Callable[[sa.Connection], None]) -> None:
        while not self._ending.is_set():
            try:
                with self._servers.lasting.connect() as connection:
                    connection.detach()  # what it listens to ends with it
                    work(connection)
            except (DBAPIError, self._servers.driver_error) as error:
                _log.warning("news: %s", str(error).splitlines()[0])
                self._ending.wait(LOOK_EVERY_S)
            except Exception:  # the thread must live on
                _log.exception("news")
                self._ending.wait(LOOK_EVERY_S)

    def _hear(self, connection: sa.Connection) -> None:
        connection.execute(sa.text(f"LISTEN {CHANNEL}"))
        if self._hears.is_set():  # it was lost in between
            self._missed()
        self._hears.set()
        driver: Any = connection.connection.dbapi_connection
        while not self._ending.is_set():
            for notice in driver.notifies(timeout=LOOK_EVERY_S):
                self._take_in(notice.payload)
                if self._ending.is_set():
                    return
            connection.execute(sa.select(1))  # a machine without power says nothing

    def _take_in(self, payload: str) -> None:
        news = json.loads(payload)
        if news.pop("by") == self._own:
            return
        try:
            if MISSED in news:
                self._missed()
            else:
                self._heard(news)
        except Exception:  # one that cannot be told must not keep the others
            _log.exception("news")
            self._missed()

    def _tell(self, connection: sa.Connection) -> None:
        while not self._ending.is_set():
            if self._lost:
                self._lost = False
                self._notify(connection, {"by": self._own, MISSED: True})
            with suppress(queue.Empty):
                self._notify(connection, self._waiting.get(timeout=LOOK_EVERY_S))

    def _notify(self, connection: sa.Connection, news: dict[str, Any]) -> None:
        try:
            connection.execute(sa.select(sa.func.pg_notify(CHANNEL, json.dumps(news))))
        except DBAPIError:
            self._lost = True
            raise
