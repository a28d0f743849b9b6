"""The page of settings; what it changes it changes through the API."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from posecheck.storage.phones import invited_phones
from posecheck.web.installation import installation, letterhead
from posecheck.web.movements.own import own_movements
from posecheck.web.phones.phone_line import PhoneLine
from posecheck.web.server.languages import told_language
from posecheck.web.server.rendering import DARK_MEDIA, render
from posecheck.web.server.site import SiteDep

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/settings")
def settings(request: Request, site: SiteDep) -> HTMLResponse:
    """What new sessions keep, where the data lies, and how to take it all along."""
    with site.database.read() as transaction:
        kept = installation.read(transaction)
        head = letterhead.read(transaction)
        catalogue = site.catalogue
        own = own_movements(transaction, catalogue)
        phones = [PhoneLine.of(row, site.phones.last_used(row)) for row in invited_phones(transaction)]
    return render(
        request,
        "settings.html.j2",
        active="/settings",
        settings=kept,
        letterhead=head,
        data=str(site.files.root),
        own=own,
        phones=phones,
        problems=catalogue.problems,
        dark_media_of=DARK_MEDIA,
        told_language=told_language(request),
    )
