"""What the page that films has to know and to say about its session, and no more: a phone is given nothing else."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from posecheck.storage.queries import open_job_ids
from posecheck.storage.tables import TakeState
from posecheck.web.api.schemas import SessionChange
from posecheck.web.film.forms import FilmedForm, FilmedOut
from posecheck.web.server.rendering import render
from posecheck.web.server.site import SiteDep, session_or_404
from posecheck.web.sessions import sessions

router = APIRouter(tags=["Filming"])


@router.get("/api/sessions/{session_id}/film", summary="How far the measuring is")
def read_filmed(site: SiteDep, session_id: str) -> FilmedOut:
    """Counts only: the page that films waits for them."""
    with site.database.read() as transaction:
        takes = [take for take in session_or_404(transaction, session_id).takes if take.current]
        measuring = sum(take.state == TakeState.MEASURING for take in takes)
        is_busy = bool(open_job_ids(transaction, [session_id]))
    return FilmedOut(recordings=len(takes), measuring=measuring, busy=is_busy)


@router.post("/api/sessions/{session_id}/film", status_code=204, summary="Say how the filming goes on")
def change_filmed(site: SiteDep, session_id: str, form: FilmedForm) -> None:
    """The choices of the page that films; only what is given changes."""
    with site.database.begin() as transaction:
        if form.safety_confirmed is not None:
            sessions.confirm_safety(transaction, session_id, form.safety_confirmed)
        change = SessionChange(
            stretch_skipped=form.stretch_skipped,
            takes_per_block=form.takes_per_block,
            step="result" if form.finished else None,
        )
        version = sessions.change_session(transaction, session_id, change, site.catalogue).version
    site.events.tell(session_id, "session", {"version": version})


@router.get("/sessions/{session_id}/filmed", response_class=HTMLResponse, include_in_schema=False)
def filmed_page(request: Request, site: SiteDep, session_id: str) -> HTMLResponse:
    """Where a phone ends, which is shown no result."""
    with site.database.read() as transaction:
        session_or_404(transaction, session_id)
    return render(request, "filmed.html.j2", session_id=session_id)
