"""The page of a person's history, and the part of it that the person's page shows."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from posecheck.comparison.rounding import told, told_error
from posecheck.web.people.history import MANY_WORDS, SESSIONS_WORDS, History, history_of
from posecheck.web.people.trend_drawing import draw_trend
from posecheck.web.server.rendering import render
from posecheck.web.server.site import SiteDep

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/people/{person_id}/history")
def history(
    request: Request, site: SiteDep, person_id: str, session: Annotated[list[str] | None, Query()] = None
) -> HTMLResponse:
    """The sessions by date, and the trends over those that were chosen."""
    return render(request, "history.html.j2", active="/", **_context(history_of(site, person_id, session or ())))


@router.get("/people/{person_id}/trends")
def trends(request: Request, site: SiteDep, person_id: str) -> Response:
    """The trends over all sessions, as a part of a page; no content before the second session."""
    found = history_of(site, person_id)
    if len(found.sessions) < 2:
        return Response(status_code=204)
    return render(request, "_trends.html.j2", **_context(found))


def _context(found: History) -> dict[str, Any]:
    return {
        "history": found,
        "drawings": [(trend, draw_trend(trend)) for trend in found.trends],
        "told": told,
        "told_error": told_error,
        "SESSIONS_WORDS": SESSIONS_WORDS,
        "MANY_WORDS": MANY_WORDS,
    }
