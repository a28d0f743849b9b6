"""The start page with everybody on it, and the page of one person; what they change they change through the API."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from posecheck.web.people.cards import people_cards, session_cards
from posecheck.web.server.rendering import render
from posecheck.web.server.site import SiteDep, person_or_404

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
def home(request: Request, site: SiteDep) -> HTMLResponse:
    """Everybody, and how to begin where there is nobody yet."""
    with site.database.read() as transaction:
        people = people_cards(transaction)
    return render(
        request, "home.html.j2", active="/", people=people, movements=site.catalogue.movements, notices=site.notices
    )


@router.get("/people/{person_id}")
def person(request: Request, site: SiteDep, person_id: str) -> HTMLResponse:
    """A person: sessions, history, name, and the way out of the database."""
    with site.database.read() as transaction:
        row = person_or_404(transaction, person_id)
        return render(request, "person.html.j2", active="/", person=row, sessions=session_cards(row))
