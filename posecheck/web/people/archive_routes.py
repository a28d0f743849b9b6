"""Everything as one ZIP: out and in again."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse

from posecheck.web.api.schemas import ImportOut
from posecheck.web.people import transfer
from posecheck.web.server.site import SiteDep

router = APIRouter(prefix="/api", tags=["Archive"])

BINARY = {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}


@router.get("/export", summary="Everything as one ZIP", response_class=FileResponse, responses={200: BINARY})
def export_all(site: SiteDep) -> FileResponse:
    """People, sessions, videos, results and settings; ``POST /api/import`` takes it in again."""
    path = transfer.export_file(site)
    return FileResponse(
        path,
        media_type="application/zip",
        filename=f"posecheck-{dt.date.today().isoformat()}.zip",
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
