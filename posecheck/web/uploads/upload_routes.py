"""Videos that come in: in pieces, resumable; read, read again, confirmed as a test, deleted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from posecheck.language import phrase
from posecheck.web.api.schemas import ConfirmForm, PersonBoxOut, ReadingForm, TakeOut, UploadForm, UploadOut
from posecheck.web.server.errors import NotFoundError, TooLargeError, WebError
from posecheck.web.server.site import SiteDep, upload_or_404
from posecheck.web.takes import measuring
from posecheck.web.uploads import uploads

router = APIRouter(prefix="/api", tags=["Uploads"])

PIECE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/sessions/{session_id}/uploads", status_code=201, summary="Announce a video")
def begin_upload(site: SiteDep, session_id: str, form: UploadForm, response: Response) -> UploadOut:
    """Then send its bytes in pieces.

    An unfinished one of the same block, name and size is answered with status 200 and goes on at ``received_bytes``.
    """
    out, made = uploads.begin_upload(site, session_id, form)
    response.status_code = 201 if made else 200
    return out


@router.patch("/uploads/{upload_id}", summary="Send a piece of a video", openapi_extra=PIECE)
async def send_piece(
    site: SiteDep, upload_id: str, request: Request, offset: Annotated[int, Query(ge=0, le=2**62)]
) -> UploadOut:
    """The raw bytes from ``offset`` on; the last piece completes the video.

    A piece that does not follow what is there is refused with status 409 and ``received_bytes`` in the error.
    """
    data = await read_body(request, site.settings.limits.chunk_bytes)
    return await run_in_threadpool(uploads.receive_piece, site, upload_id, offset, data)


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """The body, never more of it than allowed.

    Raises
    ------
    TooLargeError
    WebError
        The connection ended.
    """
    too_large = TooLargeError(phrase("One piece may have {count} bytes; send smaller ones.", count=limit_bytes))
    stated = request.headers.get("content-length", "0")
    if stated.isdecimal() and int(stated) > limit_bytes:
        raise too_large
    data = bytearray()
    try:
        async for part in request.stream():
            data += part
            if len(data) > limit_bytes:
                raise too_large
    except ClientDisconnect as error:  # nobody hears this; the pieces before are kept
        raise WebError(phrase("The connection ended within this piece; send it again.")) from error
    return bytes(data)


@router.get("/uploads/{upload_id}", summary="One video")
def get_upload(site: SiteDep, upload_id: str) -> UploadOut:
    """How far it has come, what was read from it, and what it seems to show."""
    with site.database.read() as transaction:
        return UploadOut.of(upload_or_404(transaction, upload_id))


@router.delete("/uploads/{upload_id}", status_code=204, summary="Delete a video")
def delete_upload(site: SiteDep, upload_id: str) -> None:
    """The video with everything that was measured from it; this cannot be undone."""
    uploads.delete_upload(site, upload_id)


@router.post("/uploads/{upload_id}/read", summary="Read a video again")
def read_again(site: SiteDep, upload_id: str, form: ReadingForm) -> UploadOut:
    """Follow another person, take it as a mirror image, or turn the picture; what was measured from it is measured again."""
    return uploads.read_again(site, upload_id, form)


@router.post("/uploads/{upload_id}/confirm", summary="Say what a video shows")
def confirm_upload(site: SiteDep, upload_id: str, form: ConfirmForm) -> TakeOut:
    """The test, side and block; it is measured as that, at once or as soon as it has been read."""
    return measuring.confirm_upload(site, upload_id, form)


@router.get("/uploads/{upload_id}/poster.jpg", summary="A picture from a video", response_class=FileResponse)
def get_poster(site: SiteDep, upload_id: str) -> FileResponse:
    """The first picture in which the person was found."""
    with site.database.read() as transaction:
        upload_or_404(transaction, upload_id)
    path = site.files.poster(upload_id)
    if not path.is_file():
        raise NotFoundError(phrase("There is no picture of this video yet; it has not been read."))
    return FileResponse(path, media_type="image/jpeg")


@router.get("/uploads/{upload_id}/people", summary="Who is in the picture")
def get_people(site: SiteDep, upload_id: str) -> list[PersonBoxOut]:
    """Where each person is in the picture of the video, from left to right; empty where there is only one."""
    with site.database.read() as transaction:
        boxes = upload_or_404(transaction, upload_id).info.get("boxes", [])
    return [PersonBoxOut(**box) for box in boxes]
