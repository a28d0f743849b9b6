"""One listening socket of the server: accepts connections itself, so that too many are closed before they cost anything."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from posecheck.web.server.patience import PatientProtocol

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from uvicorn.server import ServerState

    from posecheck.web.server.doorkeeper import Doorkeeper, Visit
    from posecheck.web.server.settings import ConnectionLimits

LOOK_EVERY_S = 1.0
RESTS_S = 0.1
"""For so long nothing is accepted where the system has no room for another connection (chosen by us)."""
AT_ONCE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER: a connection that is not let in is reset, and leaves nothing behind in the system's tables."""

_log = logging.getLogger(__name__)


class Door:
    """Accepts at one socket, in the running event loop; closed like a server of asyncio.

    Parameters
    ----------
    listener : socket
    make_protocol : callable
        Makes the protocol of a visit.
    keeper : Doorkeeper
    limits : ConnectionLimits
    tls : SSLContext or None
    state : ServerState
        Where uvicorn keeps its connections.
    """

    def __init__(
        self,
        listener: socket.socket,
        make_protocol: Callable[[Visit], PatientProtocol],
        keeper: Doorkeeper,
        *,
        limits: ConnectionLimits,
        tls: ssl.SSLContext | None,
        state: ServerState,
    ) -> None:
        self._listener, self._make_protocol, self._keeper = listener, make_protocol, keeper
        self._limits, self._tls, self._state = limits, tls, state
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        listener.setblocking(False)
        self._tasks = {self._loop.create_task(work) for work in (self._accept(), self._look())}

    def close(self) -> None:
        """Accept nothing more, and end what has not asked for anything."""
        for task in self._tasks:
            task.cancel()
        self._keeper.end_all()

    async def wait_closed(self) -> None:
        """Wait until it is closed."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self) -> None:
        while True:
            try:
                connection, peer = await self._loop.sock_accept(self._listener)
            except OSError:  # no file is left, or whoever came has gone again
                await asyncio.sleep(RESTS_S)
                continue
            visit = self._keeper.enter(peer[0])
            if visit is None:
                _reset(connection)
                continue
            task = self._loop.create_task(self._let_in(connection, visit))
            visit.end = task.cancel
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _let_in(self, connection: socket.socket, visit: Visit) -> None:
        """Make TLS where it is asked for, within its time, then hand the connection to HTTP."""
        try:
            await self._loop.connect_accepted_socket(
                lambda: self._make_protocol(visit),
                connection,
                ssl=self._tls,
                ssl_handshake_timeout=self._limits.handshake_s if self._tls else None,
                ssl_shutdown_timeout=self._limits.handshake_s if self._tls else None,
            )
        except (OSError, asyncio.CancelledError):  # no TLS, too slow a one, or it gave way to another
            visit.leave()
            connection.close()
        except Exception:  # the door stays open
            _log.exception("connection")
            visit.leave()
            connection.close()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for connection in list(self._state.connections):
                if isinstance(connection, PatientProtocol):
                    connection.close_if_too_slow()


def _reset(connection: socket.socket) -> None:
    with suppress(OSError):  # it has gone already
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    connection.close()
