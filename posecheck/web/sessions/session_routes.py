"""Sessions: one visit of a person each."""

from __future__ import annotations

from fastapi import APIRouter

from posecheck.web.api.schemas import SafetyForm, SessionChange, SessionOut
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

    ``keep_video`` false deletes the videos that are measured already, and the others once they are.
    """
    with site.database.begin() as transaction:
        row = sessions.change_session(transaction, session_id, change, site.catalogue)
        to_delete = sessions.give_up_videos(transaction, site.files, row) if change.keep_video is False else []
        out = SessionOut.of(row)
    site.files.discard(to_delete)
    site.events.tell(session_id, "session", {"version": out.version})
    return out


@router.delete("/sessions/{session_id}", status_code=204, summary="Delete a session")
def delete_session(site: SiteDep, session_id: str) -> None:
    """The session with its videos and results; this cannot be undone."""
    sessions.delete_session(site, session_id)


@router.post("/sessions/{session_id}/safety", summary="Confirm the safety words")
def confirm_safety(site: SiteDep, session_id: str, form: SafetyForm) -> SessionOut:
    """Whether the safety words before the stretch were read and confirmed; no stretch is stored without."""
    with site.database.begin() as transaction:
        out = SessionOut.of(sessions.confirm_safety(transaction, session_id, form.confirmed))
    site.events.tell(session_id, "session", {"version": out.version})
    return out
