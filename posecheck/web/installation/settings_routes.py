"""The settings of this installation."""

from __future__ import annotations

from dataclasses import asdict, replace

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from posecheck.language import phrase
from posecheck.web.api.schemas import InstallationForm, LetterheadForm, LetterheadOut
from posecheck.web.installation import installation, letterhead
from posecheck.web.server.errors import NotFoundError
from posecheck.web.server.security import JSON_BYTES
from posecheck.web.server.site import Site, SiteDep
from posecheck.web.uploads.upload_routes import read_body

router = APIRouter(prefix="/api", tags=["Settings"])

LOGO_TYPES = ("image/png", "image/jpeg", "image/webp")


@router.get("/settings", summary="What new sessions start with")
def get_settings(site: SiteDep) -> InstallationForm:
    """Whether videos are kept after the analysis, and whether faces are blurred."""
    with site.database.read() as transaction:
        return InstallationForm(**asdict(installation.read(transaction)))


@router.put("/settings", summary="Change what new sessions start with")
def put_settings(site: SiteDep, form: InstallationForm) -> InstallationForm:
    """Sessions that are there already stay as they are."""
    with site.database.begin() as transaction:
        installation.write(transaction, installation.Installation(**form.model_dump()))
    return form


@router.get("/settings/letterhead", summary="Who hands reports over")
def get_letterhead(site: SiteDep) -> LetterheadOut:
    """The name at the top of reports, and whether a logo stands above it."""
    with site.database.read() as transaction:
        found = letterhead.read(transaction)
    return LetterheadOut(name=found.name, has_logo=bool(found.logo_png))


@router.put("/settings/letterhead", summary="Change who hands reports over")
def put_letterhead(site: SiteDep, form: LetterheadForm) -> LetterheadOut:
    """A name, in up to three lines; empty for none. The logo stays."""
    with site.database.begin() as transaction:
        changed = replace(letterhead.read(transaction), name=form.name)
        letterhead.write(transaction, changed)
    return LetterheadOut(name=changed.name, has_logo=bool(changed.logo_png))


@router.get(
    "/settings/logo",
    summary="The logo of reports",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
)
def get_logo(site: SiteDep) -> Response:
    """A PNG.

    Raises
    ------
    NotFoundError
        There is none.
    """
    with site.database.read() as transaction:
        found = letterhead.read(transaction)
    if not found.logo_png:
        raise NotFoundError(phrase("There is no logo."))
    return Response(found.logo_png, media_type="image/png")


@router.put(
    "/settings/logo",
    summary="Change the logo of reports",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in LOGO_TYPES},
        }
    },
)
async def put_logo(request: Request, site: SiteDep) -> LetterheadOut:
    """A PNG, JPEG or WebP picture of 1 MB at most, drawn anew as a small PNG.

    Raises
    ------
    TooLargeError
    WrongInputError
    """
    received = await read_body(request, JSON_BYTES)
    return await run_in_threadpool(_put_logo, site, received)


def _put_logo(site: Site, received: bytes) -> LetterheadOut:
    logo = letterhead.checked_logo(received)
    with site.database.begin() as transaction:
        changed = replace(letterhead.read(transaction), logo_png=logo)
        letterhead.write(transaction, changed)
    return LetterheadOut(name=changed.name, has_logo=True)


@router.delete("/settings/logo", status_code=204, summary="Remove the logo of reports")
def remove_logo(site: SiteDep) -> None:
    """Nothing where there is none."""
    with site.database.begin() as transaction:
        letterhead.write(transaction, replace(letterhead.read(transaction), logo_png=b""))
