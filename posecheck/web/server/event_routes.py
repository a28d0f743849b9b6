"""Changes of a session as they happen, as server-sent events."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from posecheck.language import translated_values
from posecheck.web.server.events import END, PageEvent
from posecheck.web.server.security import invited_phone
from posecheck.web.server.site import Site, SiteDep, session_or_404

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractContextManager

    from posecheck.web.server.events import Watcher

router = APIRouter(prefix="/api", tags=["Sessions"])

STILL_THERE_S = 15.0
"""A comment goes out this often, so that nothing between takes the stream for dead (chosen by us)."""
TAKE_FOR_PHONE = ("id", "movement", "side", "phase", "state", "current", "reason")
Voices = Annotated[str, Query(max_length=1000, description="Languages it has a voice for: ``de,en``; none named: any.")]
RETRY_MS = 2000
"""How soon a browser comes back when the stream was cut (chosen by us)."""


@router.get(
    "/sessions/{session_id}/events",
    summary="Changes as they happen",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def watch_session(
    request: Request, site: SiteDep, session_id: str, speaks: bool = False, voices: Voices = ""
) -> StreamingResponse:
    """Server-sent events: ``job``, ``upload``, ``take``, ``session`` with the new JSON, ``reload``: look anew at all.

    ``live`` says what a camera sees, ``phone`` that an invited one came in, ``said`` words for whoever ``speaks``, if it
    has a voice for their language. An invited phone is told only whether its recordings can be used.
    """
    await run_in_threadpool(_check, site, session_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    is_phone = bool(invited_phone(request))
    told = _to_phone if is_phone else _to_owner
    languages = frozenset(filter(None, voices.split(",")))
    watching = partial(site.events.watch, session_id, speaks=speaks and not is_phone, voices=languages)
    return StreamingResponse(_stream(watching, told), media_type="text/event-stream", headers=headers)


def _check(site: Site, session_id: str) -> None:
    with site.database.read() as transaction:
        session_or_404(transaction, session_id)


def _to_owner(kind: str, data: dict[str, Any]) -> dict[str, Any] | None:
    return data


def _to_phone(kind: str, data: dict[str, Any]) -> dict[str, Any] | None:
    """What a page that films needs of an event, without what was measured; None for nothing."""
    if kind != "take":
        return data if kind == "reload" else None
    return {name: data.get(name) for name in TAKE_FOR_PHONE}


async def _stream(
    watching: Callable[[], AbstractContextManager[Watcher]],
    told: Callable[[str, dict[str, Any]], dict[str, Any] | None],
) -> AsyncIterator[str]:
    with watching() as watcher:
        yield f"retry: {RETRY_MS}\n\n"
        while True:
            try:
                event = await asyncio.wait_for(watcher.next(), STILL_THERE_S)
            except TimeoutError:
                yield ": still there\n\n"
                continue
            if event == END:
                return
            if (said := told(event.kind, _said(event))) is not None:
                yield f"event: {event.kind}\ndata: {json.dumps(said, default=str, ensure_ascii=False)}\n\n"


def _said(event: PageEvent) -> dict[str, Any]:
    """Its JSON in the language of who watches."""
    if isinstance(event.data, BaseModel):
        return event.data.model_dump(mode="json")
    data: dict[str, Any] = translated_values(event.data)
    return data
