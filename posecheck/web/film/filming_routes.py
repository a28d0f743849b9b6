"""Recordings of a camera, sent while they are filmed: begun, added to, ended or discarded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from posecheck.web.api.schemas import UploadOut
from posecheck.web.film import filmed
from posecheck.web.film.forms import FilmingEndForm, FilmingForm, ReceivedOut
from posecheck.web.server.site import SiteDep
from posecheck.web.uploads.upload_routes import PIECE, read_body

router = APIRouter(prefix="/api", tags=["Filming"])


@router.post("/sessions/{session_id}/filmings", status_code=201, summary="Begin a recording")
def begin_filming(site: SiteDep, session_id: str, form: FilmingForm) -> UploadOut:
    """Then send what the browser's recorder gives, piece by piece."""
    return filmed.begin_filming(site, session_id, form)


@router.patch("/filmings/{upload_id}", summary="Add to a recording", openapi_extra=PIECE)
async def add_piece(
    site: SiteDep, upload_id: str, request: Request, offset: Annotated[int, Query(ge=0, le=2**62)]
) -> ReceivedOut:
    """The raw bytes from ``offset`` on; they are safe on the disk when this is answered.

    A piece that does not follow what is there is refused with status 409 and ``received_bytes`` in the error; one of a
    recording that has ended with status 409 without it.
    """
    data = await read_body(request, site.settings.limits.chunk_bytes)
    return ReceivedOut(received_bytes=await run_in_threadpool(filmed.add_piece, site, upload_id, offset, data))


@router.post("/filmings/{upload_id}/finish", summary="End a recording")
def finish_filming(site: SiteDep, upload_id: str, form: FilmingEndForm) -> UploadOut:
    """A seekable file is made of it, it is read, and measured as what was filmed. May be asked for twice."""
    return filmed.finish_filming(site, upload_id, form.framing, interrupted=form.interrupted)


@router.post("/filmings/{upload_id}/discard", status_code=204, summary="Forget a recording")
def discard_filming(site: SiteDep, upload_id: str) -> None:
    """One that has not ended; nothing of it stays."""
    filmed.discard_filming(site, upload_id)
