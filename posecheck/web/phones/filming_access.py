"""What an invited phone may ask for: the routes that filming one session needs, each bound to that session."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from posecheck.language import phrase
from posecheck.storage.phones import session_of_filmed

if TYPE_CHECKING:
    from starlette.types import Scope

    from posecheck.web.server.site import Site

FILMING_ROUTES = (
    ("GET", "/sessions/{session}/film"),
    ("GET", "/sessions/{session}/filmed"),
    ("GET", "/api/sessions/{session}/guide"),
    ("GET", "/api/sessions/{session}/film"),
    ("POST", "/api/sessions/{session}/film"),
    ("GET", "/api/sessions/{session}/events"),
    ("POST", "/api/sessions/{session}/said"),
    ("POST", "/api/sessions/{session}/stretches"),
    ("POST", "/api/sessions/{session}/filmings"),
    ("PATCH", "/api/filmings/{upload}"),
    ("POST", "/api/filmings/{upload}/finish"),
    ("POST", "/api/filmings/{upload}/discard"),
    ("WEBSOCKET", "/api/sessions/{session}/live"),
    ("POST", "/api/sessions/{session}/live"),
    ("POST", "/api/live/{room}/frames"),
    ("DELETE", "/api/live/{room}"),
    ("GET", "/api/health"),
)
"""Method and path; ``{session}``, ``{upload}``, ``{room}`` have to be those of the session that a phone was invited to."""
PHONE_WORDS = phrase("This phone was invited to film one session; everything else is on the computer.")


@dataclass(frozen=True, slots=True)
class _Opening:
    method: str
    path: re.Pattern[str]


_OPENINGS = tuple(
    _Opening(method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[0-9a-f]{24})", path))) for method, path in FILMING_ROUTES
)


async def may_film(site: Site, session_id: str, scope: Scope) -> bool:
    """Whether a phone that was invited to this session may make this request.

    Raises
    ------
    StorageError
        The database does not say whose recording it is.
    """
    method = "WEBSOCKET" if scope["type"] == "websocket" else scope["method"]
    for opening in _OPENINGS:
        found = opening.path.fullmatch(scope["path"])
        if found is not None and opening.method == method:
            return await _about(site, found.groupdict()) in (session_id, None)
    return False


async def _about(site: Site, ids: dict[str, str]) -> str | None:
    """The session that a path is about; None for none, or where nothing of that id is there: the route says so."""
    if "upload" in ids:
        return await run_in_threadpool(_session_of_upload, site, ids["upload"])
    if "room" in ids:
        return await run_in_threadpool(site.rooms.session_of, ids["room"])
    return ids.get("session")


def _session_of_upload(site: Site, upload_id: str) -> str | None:
    with site.database.read() as transaction:
        return session_of_filmed(transaction, upload_id)
