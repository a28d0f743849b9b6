"""The page that films a whole session hands-free, and the order of its parts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from posecheck.language import first_lower
from posecheck.protocol import GRIPS, PROTOCOL, SAFETY_WORDS, STRETCHES
from posecheck.storage.tables import MOST_TAKES, Step
from posecheck.web.api.schemas import PhaseWord
from posecheck.web.film.guide import GuideOut, guide
from posecheck.web.server.rendering import render
from posecheck.web.server.security import invited_phone
from posecheck.web.server.site import SiteDep, session_or_404
from posecheck.web.sessions.page_data import between_fields, session_title
from posecheck.web.sessions.step_nav import TITLES

router = APIRouter(tags=["Filming"])

Phone = Annotated[bool, Query(description="A phone films; the computer shows and speaks.")]
FirstBlock = Annotated[PhaseWord, Query(alias="from", description="The filmed block to begin with.")]
OnlyTest = Annotated[
    str,
    Query(alias="test", max_length=200, description="Film one more take of this test (``name.side``), nothing else."),
]


@router.get("/api/sessions/{session_id}/guide", summary="The order of a hands-free session")
def read_guide(site: SiteDep, session_id: str, begin: FirstBlock = "pre", only: OnlyTest = "") -> GuideOut:
    """Every part with what is done already: whoever comes back goes on at the first that is not."""
    with site.database.read() as transaction:
        return guide(session_or_404(transaction, session_id), site.catalogue, begin, only)


@router.get("/sessions/{session_id}/film", response_class=HTMLResponse, include_in_schema=False)
def film_page(
    request: Request,
    site: SiteDep,
    session_id: str,
    begin: FirstBlock = "pre",
    phone: Phone = False,
    only: OnlyTest = "",
) -> HTMLResponse:
    """Set up once, press Start, and be led through."""
    site.rooms.prepare()
    with site.database.read() as transaction:
        session = session_or_404(transaction, session_id)
        plan = guide(session, site.catalogue, begin, only)
        filmed = [item for item in plan.items if item.kind == "film"]
        return render(
            request,
            "film_page.html.j2",
            active="/",
            session=session,
            session_title=session_title(session),
            begin=begin,
            phone=phone,
            invited=bool(invited_phone(request)),
            only=only,
            block_words=first_lower(TITLES[Step(begin)]),
            most_takes=MOST_TAKES,
            plan=plan,
            tests=tuple({item.key: item for item in reversed(filmed)}.values())[::-1],
            movements=site.catalogue.movements,
            stretch=next((item for item in plan.items if item.kind == "stretch"), None),
            grips=GRIPS,
            stretches=STRETCHES,
            safety_words=SAFETY_WORDS,
            move_words=PROTOCOL[3].words,
            **between_fields(session),
        )
