"""The page that explains the method."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from posecheck.protocol import LIMITS_WORDS, PROTOCOL, SAFETY_WORDS
from posecheck.web.server.rendering import render
from posecheck.web.server.site import SiteDep

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/help")
def help_page(request: Request, site: SiteDep) -> HTMLResponse:
    """The method, how to film, and what the numbers cannot say."""
    return render(
        request,
        "help.html.j2",
        active="/help",
        protocol=PROTOCOL,
        safety=SAFETY_WORDS,
        limits=LIMITS_WORDS,
        movements=tuple(site.catalogue.movements.values()),
    )
