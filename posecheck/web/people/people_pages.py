"""The start page with everybody on it, and the page of one person; what they change they change through the API."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from posecheck.protocol import LIMITS_WORDS, SAFETY_WORDS
from posecheck.storage.disk_use import disk_use_of
from posecheck.storage.tables import BIRTH_YEARS, MAX_CODE, MAX_NOTES
from posecheck.web.people.bin import KEPT_DAYS, in_bin
from posecheck.web.people.cards import apart_words, people_cards, session_cards
from posecheck.web.server.rendering import render
from posecheck.web.server.site import SiteDep, person_or_404

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
def home(request: Request, site: SiteDep) -> HTMLResponse:
    """Everybody, and how to begin where there is nobody yet."""
    with site.database.read() as transaction:
        people = people_cards(transaction)
        binned = len(in_bin(transaction))
    return render(
        request,
        "home.html.j2",
        active="/",
        people=people,
        archived=sum(card.person.archived for card in people),
        has_sample=any(card.person.sample for card in people),
        binned=binned,
        movements=site.catalogue.movements,
        notices=site.notices,
        safety=SAFETY_WORDS,
        limits=LIMITS_WORDS,
        max_code=MAX_CODE,
        birth_years=BIRTH_YEARS,
    )


@router.get("/bin")
def bin_page(request: Request, site: SiteDep) -> HTMLResponse:
    """What was deleted, to be taken back or deleted for good."""
    with site.database.read() as transaction:
        items = in_bin(transaction)
    return render(request, "bin.html.j2", active="/", items=items, kept_days=KEPT_DAYS)


@router.get("/people/{person_id}")
def person(request: Request, site: SiteDep, person_id: str) -> HTMLResponse:
    """A person: sessions, history, name, and the way out of the database."""
    with site.database.read() as transaction:
        row = person_or_404(transaction, person_id)
        return render(
            request,
            "person.html.j2",
            active="/",
            person=row,
            apart=apart_words(row),
            sessions=session_cards(row),
            room_mb=disk_use_of(transaction, site.files, person_id) / 1e6,
            kept_days=KEPT_DAYS,
            max_code=MAX_CODE,
            max_notes=MAX_NOTES,
            birth_years=BIRTH_YEARS,
        )
