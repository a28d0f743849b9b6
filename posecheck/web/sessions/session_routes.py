"""Sessions: one visit of a person each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from posecheck.storage.pictures import wanted_pictures
from posecheck.web.api.schemas import SafetyForm, SessionChange, SessionOut
from posecheck.web.jobs.privacy import bring_session_in_line
from posecheck.web.people import bin as people_bin
from posecheck.web.server.site import SiteDep, session_or_404
from posecheck.web.sessions import sessions

router = APIRouter(prefix="/api", tags=["Sessions"])


@router.get("/sessions/{session_id}", summary="One session")
def get_session(site: SiteDep, session_id: str) -> SessionOut:
    """A session with its videos, recordings and stretches; its numbers are in its result."""
    with site.database.read() as transaction:
        return SessionOut.of(session_or_404(transaction, session_id))


@router.patch("/sessions/{session_id}", summary="Change a session")
def change_session(site: SiteDep, session_id: str, change: SessionChange) -> SessionOut:
    """Only what is given changes. With ``version``, the change is refused (409) if another tab was faster.

    ``keep_video`` false deletes the videos that are measured already, and the others once they are. Where pictures may
    show less than before (``blur_faces``, ``keep_pictures``), they are deleted at once and made anew.
    """
    with site.database.begin() as transaction:
        allowed = sessions.allowed_pictures(transaction, session_id)
        row = sessions.change_session(transaction, session_id, change, site.catalogue)
        less = wanted_pictures(row) > allowed or change.keep_video is False
        to_delete = bring_session_in_line(transaction, site.files, row) if less else ()
        out = SessionOut.of(row)
    _tell_kept(site, session_id, out, to_delete)
    return out


@router.post("/sessions/{session_id}/pictures", summary="Apply what is kept to earlier pictures")
def bring_in_line(site: SiteDep, session_id: str) -> SessionOut:
    """Also to videos and pictures from before it was chosen, and to those whose blurring failed."""
    with site.database.begin() as transaction:
        row = sessions.locked_session(transaction, session_id)
        to_delete = bring_session_in_line(transaction, site.files, row)
        out = SessionOut.of(row)
    _tell_kept(site, session_id, out, to_delete)
    return out


def _tell_kept(site: SiteDep, session_id: str, out: SessionOut, to_delete: Sequence[Path]) -> None:
    site.files.discard(to_delete)
    site.jobs.wake()
    site.events.tell(session_id, "session", {"version": out.version})


@router.delete("/sessions/{session_id}", status_code=204, summary="Delete a session")
def delete_session(site: SiteDep, session_id: str) -> None:
    """The session with its videos and results, for good, past the bin; this cannot be undone."""
    people_bin.delete_session(site, session_id)


@router.post("/sessions/{session_id}/safety", summary="Confirm the safety words")
def confirm_safety(site: SiteDep, session_id: str, form: SafetyForm) -> SessionOut:
    """Whether the safety words before the stretch were read and confirmed; no stretch is stored without."""
    with site.database.begin() as transaction:
        out = SessionOut.of(sessions.confirm_safety(transaction, session_id, form.confirmed))
    site.events.tell(session_id, "session", {"version": out.version})
    return out
