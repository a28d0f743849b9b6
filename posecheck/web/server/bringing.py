"""A request sees each folder of a shared store as it is at one moment, and asks for it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.storage.shared_store import bringing_once

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class BringingOnce:
    """ASGI middleware: within a request, no folder is brought from the store twice."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket stays open for long, so that it is none of these."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with bringing_once():
            await self._app(scope, receive, send)
