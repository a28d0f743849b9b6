"""A connection of which time is asked: its request's head and body must come within limits, or it is closed.

uvicorn reads HTTP with h11, which bounds the size of a head (16 kB), and closes a connection that is idle between two
requests. Neither it nor Hypercorn bounds how long a head or a body takes, or how many connections an address holds; the
rule for bodies, a time that grows with what came, is that of Apache's mod_reqtimeout.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

    from posecheck.web.server.doorkeeper import Visit
    from posecheck.web.server.settings import ConnectionLimits

LOGGER = logging.getLogger("posecheck.web.connections")
LOGGER.setLevel(
    logging.ERROR
)  # what is no HTTP gets an answer, but no line in the owner's window: it could be filled so


class PatientProtocol(H11Protocol):
    """HTTP of one connection.

    Parameters
    ----------
    config, server_state, app_state
        As uvicorn hands them over.
    visit : Visit
    limits : ConnectionLimits
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        visit: Visit,
        limits: ConnectionLimits,
    ) -> None:
        super().__init__(config, server_state, app_state)
        self.logger = LOGGER
        self.ws_protocol_class = partial(CountedWebSocket, visit=visit)  # type: ignore[assignment]  # called, no more
        self._visit, self._limits = visit, limits
        self._part: tuple[str, object] = ("", None)
        self._since_s = 0.0
        self._bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """It stands; from now on its head is waited for."""
        super().connection_made(transport)
        self._visit.end = transport.abort
        self._since_s = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._visit.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something came."""
        self._bytes += len(data)
        super().data_received(data)
        self._visit.has_asked = self._visit.has_asked or self.scope is not None

    def close_if_too_slow(self) -> None:
        """Close it where what it sends takes longer than a browser ever would; to be asked now and then."""
        now_s = self.loop.time()
        part = self._awaited()
        if part != self._part or self.flow.read_paused:  # what waits for us is not slow
            self._part, self._since_s, self._bytes = part, now_s, 0
        kind, _ = part
        if not kind:
            return
        allowed_s = self._limits.head_s
        if kind == "body":
            allowed_s = self._limits.body_s + self._bytes / self._limits.body_bytes_per_s
        if now_s - self._since_s > allowed_s:
            self.transport.abort()

    def _awaited(self) -> tuple[str, object]:
        """Which part of which request has begun and is not whole; a connection's first head is awaited from the start."""
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            return "body", self.cycle
        has_begun = bool(self.conn.trailing_data[0]) or self.cycle is None
        return ("head", self.cycle) if state is h11.IDLE and has_begun else ("", None)


class CountedWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket, which is one of the connections of its address until it is gone."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        *,
        visit: Visit,
    ) -> None:
        super().__init__(config, server_state, app_state)
        self._visit = visit

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._visit.leave()
        super().connection_lost(exc)
