"""The result of a session as JSON, and its files to take along."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from posecheck.files import storage_errors
from posecheck.language import phrase, translated_values
from posecheck.storage.tables import new_id
from posecheck.web.installation import letterhead
from posecheck.web.people.history import history_json
from posecheck.web.results.files import (
    content_disposition,
    download_name,
    file_content,
    write_angles_zip,
    write_session_zip,
)
from posecheck.web.results.results import build_report, session_input
from posecheck.web.results.view import curves_json, result_json
from posecheck.web.server.errors import ConflictError
from posecheck.web.server.site import SiteDep

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.output.report.letterhead import Letterhead
    from posecheck.web.server.site import Site

router = APIRouter(prefix="/api", tags=["Results"])

FileName = Literal["changes.csv", "sides.csv", "takes.csv", "angles.zip", "report.html", "report.pdf", "session.zip"]
TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
}


@router.get("/sessions/{session_id}/result", summary="What changed, how the sides differ, and what to do next")
def result(site: SiteDep, session_id: str) -> dict[str, Any]:
    """Degrees and percent as in the tables; ``words`` says what is missing. Lists are empty until then."""
    inputs = session_input(site, session_id)
    said: dict[str, Any] = translated_values(result_json(inputs, build_report(inputs)))
    return said


@router.get("/sessions/{session_id}/result/fingerprint", summary="Whether a result has changed")
def fingerprint(site: SiteDep, session_id: str) -> dict[str, str]:
    """The result's ``fingerprint`` alone: another one means that it may have changed."""
    return {"fingerprint": session_input(site, session_id).fingerprint}


@router.get("/sessions/{session_id}/result/curves", summary="Repetitions over time, pre-test and re-test")
def result_curves(site: SiteDep, session_id: str) -> dict[str, Any]:
    """Of every primary outcome: seconds since the repetition began, and degrees (or percent, see ``unit``)."""
    inputs = session_input(site, session_id)
    return curves_json(inputs, build_report(inputs))


@router.get(
    "/sessions/{session_id}/files/{name}",
    summary="A file of the result",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in TYPES.values()}}},
)
def result_file(site: SiteDep, session_id: str, name: FileName) -> Response:
    """Tables as CSV, angles of every recording, the report as page and as PDF, or everything in one ZIP.

    Raises
    ------
    ConflictError
        Nothing has been measured yet.
    """
    inputs = session_input(site, session_id)
    if not build_report(inputs).trials:
        raise ConflictError(
            phrase("Nothing has been measured in this session yet, so there is no file. Film the pre-test first.")
        )
    headers = {"Content-Disposition": content_disposition(download_name(inputs, name))}
    media_type = TYPES[Path(name).suffix]
    if name == "angles.zip":
        path, cleaning = _packed(site.files.work, partial(write_angles_zip, inputs))
    elif name == "session.zip":
        path, cleaning = _packed(site.files.work, partial(write_session_zip, inputs, letterhead_of(site)))
    else:
        return Response(file_content(inputs, name, letterhead_of(site)), headers=headers, media_type=media_type)
    return FileResponse(path, headers=headers, media_type=media_type, background=cleaning)


def letterhead_of(site: Site) -> Letterhead:
    """Who hands the report over."""
    with site.database.read() as transaction:
        return letterhead.read(transaction)


def _packed(place: Path, write: Callable[[Path], None]) -> tuple[Path, BackgroundTask]:
    """A ZIP in a folder of its own, which the next start clears, and the task that deletes both when it has been sent."""
    folder = place / f"packed-{new_id()}"
    with storage_errors(folder.name):
        folder.mkdir()
    remove = partial(shutil.rmtree, folder, ignore_errors=True)
    try:
        write(folder / "files.zip")
    except BaseException:
        remove()
        raise
    return folder / "files.zip", BackgroundTask(remove)


@router.get("/people/{person_id}/history", summary="A person's end ranges over all sessions")
def history(site: SiteDep, person_id: str, session: Annotated[list[str] | None, Query()] = None) -> dict[str, Any]:
    """Of every primary outcome the value before and after each session's stretch, in degrees, with its error.

    ``session``, which may be given several times, names those to compare; without it all are.
    """
    said: dict[str, Any] = translated_values(history_json(site, person_id, session or ()))
    return said
