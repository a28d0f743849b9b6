"""Everything as one ZIP: out and in again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse

from posecheck.web.api.schemas import ImportOut
from posecheck.web.people import transfer
from posecheck.web.results.files import name_in_files
from posecheck.web.server.site import Site, SiteDep, person_or_404

router = APIRouter(prefix="/api", tags=["Archive"])

BINARY = {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}


@router.get("/export", summary="Everything as one ZIP", response_class=FileResponse, responses={200: BINARY})
def export_all(site: SiteDep) -> FileResponse:
    """People, sessions, videos, results and settings; ``POST /api/import`` takes it in again."""
    return _zip(site, transfer.export_file(site), f"posecheck-{dt.date.today().isoformat()}.zip")


@router.get(
    "/people/{person_id}/export", summary="One person as a ZIP", response_class=FileResponse, responses={200: BINARY}
)
def export_person(site: SiteDep, person_id: str) -> FileResponse:
    """A person alone, with sessions, videos, results and the tests of your own that they did; imported like the other."""
    with site.database.read() as transaction:
        name = name_in_files(person_or_404(transaction, person_id).name)
    file_name = "-".join(filter(None, ("posecheck", name, dt.date.today().isoformat())))
    return _zip(site, transfer.export_file(site, person_id), f"{file_name}.zip")


def _zip(site: Site, path: Path, file_name: str) -> FileResponse:
    return FileResponse(
        path,
        media_type="application/zip",
        filename=file_name,
        background=BackgroundTask(site.files.discard, [path]),
    )


@router.post("/import", summary="Import an exported ZIP", openapi_extra={"requestBody": {"required": True, **BINARY}})
async def import_all(request: Request, site: SiteDep) -> ImportOut:
    """The ZIP itself as the body. What is here already, by its id, stays as it is; a damaged ZIP changes nothing."""
    path = await transfer.receive_file(site, request.stream())
    try:
        counts = await run_in_threadpool(transfer.import_file, site, path)
    finally:
        site.files.discard([path])
    return ImportOut(added=counts.added, skipped=counts.skipped)
