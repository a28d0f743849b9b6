"""The page of one recording, and what it plays: video, body points, angles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from markupsafe import Markup

from posecheck.comparison.rounding import told
from posecheck.kinematics.joints import Side, title_with_side
from posecheck.language import first_lower, joined, phrase, translated
from posecheck.output.body.recordings import body_picture
from posecheck.output.body.svg import inline_body
from posecheck.output.folders.trial_folder import PICTURE_FILE, TRIAL_FILE, VIDEO_FILE, load_skeleton, load_trial
from posecheck.output.report.give_or_take import GIVE_OR_TAKE_WORDS, any_error, error_text, spread_text
from posecheck.storage.tables import Step, Take, TakeState
from posecheck.trial.corrections import Corrections
from posecheck.trial.quality import GateStatus
from posecheck.web.jobs.take_jobs import movement_of
from posecheck.web.jobs.upload_video import playable_video
from posecheck.web.server.errors import NotFoundError
from posecheck.web.server.rendering import render
from posecheck.web.server.site import Site, SiteDep, take_or_404
from posecheck.web.sessions.movement_words import trial_key, trial_options
from posecheck.web.sessions.step_nav import TITLES
from posecheck.web.takes.motion import motion_of
from posecheck.web.takes.narrowed import narrowed_jpeg
from posecheck.web.takes.playback import Played, curves_of, points_of
from posecheck.web.uploads.other_test import other_test_words
from posecheck.web.uploads.turn_notice import take_turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.trial.trial import Trial

router = APIRouter(tags=["Recordings"])

PictureWidth = Annotated[int, Query(ge=120, le=960)]
"""In pixels: from a thumbnail to what a picture has at most."""


@router.get("/takes/{take_id}", response_class=HTMLResponse, include_in_schema=False)
def take_page(request: Request, site: SiteDep, take_id: str) -> HTMLResponse:
    """The trial page."""
    site.desk.prepare()  # its player asks for something at once
    return render(request, "take.html.j2", **_context(site, take_id))


@router.get("/takes/{take_id}/numbers", response_class=HTMLResponse, include_in_schema=False)
def take_numbers(request: Request, site: SiteDep, take_id: str) -> HTMLResponse:
    """The part of the page that a correction changes."""
    return render(request, "_take_numbers.html.j2", **_context(site, take_id))


def _context(site: Site, take_id: str) -> dict[str, Any]:
    with site.database.read() as transaction:
        take = take_or_404(transaction, take_id)
        session, upload = take.session, take.upload
        others = [other for other in session.takes if _same_test(other, take) and other.id != take.id]
        person = session.person
        has_video = _video(site, take) is not None
    folder = site.files.take(take_id)
    measured = take.state == TakeState.MEASURED and (folder / TRIAL_FILE).is_file()
    trial = load_trial(folder) if measured else None
    movement = movement_of(site.files, take)
    return {
        "take": take,
        "session": session,
        "person": person,
        "upload": upload,
        "others": others,
        "phase": TITLES[Step(take.phase)],
        "movement": movement,
        "label": title_with_side(movement.title, Side(take.side) if take.side else None),
        "trial": trial,
        "corrected": Corrections.from_dict(take.corrections).each(),
        "error_text": error_text,
        "spread_text": spread_text,
        "told": told,
        "checks_passed": _checks_passed(trial),
        "GIVE_OR_TAKE_WORDS": GIVE_OR_TAKE_WORDS if trial is not None and any_error([trial]) else "",
        "body": Markup() if trial is None else _body(folder, trial),
        "has_video": has_video,
        "trial_options": trial_options(site.catalogue),
        "test_key": trial_key(take.movement, take.side),
        "other_test": other_test_words(upload, take.movement, take.side, site.catalogue),
        "turn": take_turn(take, movement),
        "is_drawn": (folder / VIDEO_FILE).is_file(),
    }


def _checks_passed(trial: Trial | None) -> str:
    """How many of its checks it passed, and which."""
    gates = () if trial is None else trial.gates
    passed = [gate for gate in gates if gate.status is GateStatus.PASS]
    return phrase(
        "{count} of {total} checks: {names}",
        count=len(passed),
        total=len(gates),
        names=joined((first_lower(gate.title) for gate in passed), ", "),
    )


def _body(folder: Path, trial: Trial) -> Markup:
    """The drawn body at end range, empty where none was fitted."""
    drawn = body_picture([(phrase("End range"), trial, load_skeleton(folder))])
    return Markup() if drawn is None else Markup(inline_body(drawn))  # its words are escaped there


def _same_test(first: Take, second: Take) -> bool:
    return (first.movement, first.side, first.phase) == (second.movement, second.side, second.phase)


@router.get("/api/takes/{take_id}/landmarks", summary="Body points of every picture, in pixels")
async def take_landmarks(site: SiteDep, take_id: str) -> dict[str, Any]:
    """Cleaned body points as they are drawn over the video: ``xy_px`` holds x and y of each of ``points`` in turn."""
    return await _played(site, take_id, points_of)


@router.get("/api/takes/{take_id}/curves", summary="Angles over time, in degrees")
async def take_curves(site: SiteDep, take_id: str) -> dict[str, Any]:
    """Every angle that the view can show; the test's outcomes come first, turned so that more range is larger."""
    return await _played(site, take_id, curves_of)


async def _played(site: Site, take_id: str, read: Callable[[Played], dict[str, Any]]) -> dict[str, Any]:
    """What the player asks for, with its titles in the reader's language."""
    made = await site.desk.wait(_made_ready, site, take_id, read)
    titled = {name: [_said(item) for item in items] for name, items in made.items() if name in ("angles", "curves")}
    return made | titled


def _said(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "title": translated(item["title"])}


def _made_ready(site: Site, take_id: str, read: Callable[[Played], dict[str, Any]]) -> dict[str, Any]:
    """What is made ready at the desk, which does not know who reads it."""
    with site.database.read() as transaction:
        take = take_or_404(transaction, take_id)
    return site.desk.do(read, Played.of(site.files.upload(take.upload_id), take, movement_of(site.files, take)))


@router.get("/api/takes/{take_id}/motion", summary="Angles as they are drawn, and repetitions")
async def take_motion(site: SiteDep, take_id: str) -> dict[str, Any]:
    """Of each picture the main angles in degrees and where they are drawn; when each repetition began, held and ended."""
    return await _played(site, take_id, motion_of)


@router.get("/api/takes/{take_id}/video", summary="The video, as a browser plays it", response_class=FileResponse)
def take_video(site: SiteDep, take_id: str) -> FileResponse:
    """The upright video; parts of it can be asked for (Range)."""
    with site.database.read() as transaction:
        take = take_or_404(transaction, take_id)
        path = _video(site, take)
    if path is None:
        raise NotFoundError(phrase("This video is not kept: only its body points were stored."))
    return FileResponse(path, media_type=_media_type(path))


@router.get("/api/takes/{take_id}/picture.jpg", summary="The end range, drawn", response_class=Response)
def take_picture(site: SiteDep, take_id: str, width: PictureWidth | None = None) -> Response:
    """A picture of an end range with skeleton and angle; ``width`` in pixels where it is shown small."""
    with site.database.read() as transaction:
        take_or_404(transaction, take_id)
    path = site.files.take(take_id) / PICTURE_FILE
    if not path.is_file():
        raise NotFoundError(phrase("There is no picture of this recording."))
    if width is None:
        return FileResponse(path, media_type="image/jpeg")
    return Response(narrowed_jpeg(path, width), media_type="image/jpeg")


def _video(site: Site, take: Take) -> Path | None:
    path = playable_video(site.files, take.upload)
    return path if path is not None and path.is_file() else None


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(12)
    return "video/webm" if head.startswith(b"\x1a\x45\xdf\xa3") else "video/mp4"
