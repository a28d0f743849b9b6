"""Stretches that were done between pre-test and re-test."""

from __future__ import annotations

from fastapi import APIRouter

from posecheck.web.api.schemas import StretchForm, StretchOut
from posecheck.web.server.site import SiteDep
from posecheck.web.sessions import stretches

router = APIRouter(prefix="/api", tags=["Stretches"])


@router.post("/sessions/{session_id}/stretches", status_code=201, summary="Store a stretch that was done")
def add_stretch(site: SiteDep, session_id: str, form: StretchForm) -> StretchOut:
    """Names as in ``/api/protocol``; the grip ``none`` is an ordinary stretch, an empty one is not told.

    A belly pull is refused (409) until the safety words are confirmed, and so is every stretch after one that hurt.
    """
    with site.database.begin() as transaction:
        session, row = stretches.add_stretch(transaction, session_id, form)
        out, version = StretchOut.of(row), session.version
    site.events.tell(session_id, "session", {"version": version})
    return out


@router.delete("/stretches/{stretch_id}", status_code=204, summary="Delete a stretch")
def delete_stretch(site: SiteDep, stretch_id: str) -> None:
    """Take back a stretch that was stored by mistake."""
    with site.database.begin() as transaction:
        session = stretches.delete_stretch(transaction, stretch_id)
        session_id, version = session.id, session.version
    site.events.tell(session_id, "session", {"version": version})
