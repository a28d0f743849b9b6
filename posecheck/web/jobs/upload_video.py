"""The video of an upload: what shows it, and when it is no longer kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from posecheck.language import first_upper, mapped, without_lead
from posecheck.storage.job_queue import unfinished_jobs_of
from posecheck.storage.pictures import Pictures, are_in_line, stored_pictures, waits_for_choice, wanted_pictures
from posecheck.storage.tables import UploadState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posecheck.storage.database import Transaction
    from posecheck.storage.files import DataFolder
    from posecheck.storage.tables import Job, Upload


TurnOffer = Literal["needed", "doubtful", "standing", "lying"]
"""As the fields of `posecheck.trial.turned.TurnOffers`."""


def playable_video(files: DataFolder, upload: Upload) -> Path | None:
    """The file that shows the recording: the copy that every browser plays, else the video.

    None where both are gone, and where they show more than the session lets pictures show.
    """
    wanted = wanted_pictures(upload.session)
    if not are_in_line(upload) and not (wanted is Pictures.DRAWN and waits_for_choice(upload)):
        return None
    if upload.has_copy:
        return files.copy(upload.id)
    return files.video(upload.id) if upload.has_video else None


def person_at(upload: Upload) -> tuple[float, float] | None:
    """Where the person to follow stands, as fractions of the picture; None where nobody was chosen."""
    point = upload.reading.get("person_at")
    return (float(point[0]), float(point[1])) if point else None


def rotate_deg(upload: Upload) -> int | None:
    """How far the picture as it was filmed is turned clockwise; None where nobody said anything."""
    turn_deg = upload.reading.get("rotate_deg")
    return None if turn_deg is None else int(turn_deg)


def offered_turn(upload: Upload, whom: TurnOffer) -> int | None:
    """The turn of the picture as it was filmed that may be offered; None for none, and for a video read long ago."""
    turn_deg = (upload.info.get("turns") or {}).get(whom)
    return None if turn_deg is None else int(turn_deg)


def give_up_unneeded(
    transaction: Transaction, files: DataFolder, upload: Upload, *, ending: Job | None = None
) -> tuple[Path, ...]:
    """Files that a session's settings do not let stay once all of an upload is measured; ``ending`` needs them no more."""
    others = unfinished_jobs_of(transaction, [upload.id, *(take.id for take in upload.takes)])
    if upload.state != UploadState.READ or not upload.takes or any(other is not ending for other in others):
        return ()
    if not upload.session.keep_video:
        return give_up_video(files, upload)
    return give_up_original(files, upload) if is_blurred(upload) else ()


def is_blurred(upload: Upload) -> bool:
    """Whether the copy takes the place of the video: faces may have been asked to be blurred after it was made."""
    blurred = stored_pictures(upload) is Pictures.BLURRED and wanted_pictures(upload.session) is Pictures.BLURRED
    return blurred and upload.has_copy


def give_up_video(files: DataFolder, upload: Upload) -> tuple[Path, ...]:
    """Note that neither the video nor its copy is kept; returns the files to delete."""
    upload.has_video = upload.has_copy = False
    return files.as_it_is.video(upload.id), files.as_it_is.copy(upload.id)


def give_up_original(files: DataFolder, upload: Upload) -> tuple[Path, ...]:
    """Note that the copy alone is kept; returns the files to delete."""
    upload.has_video = False
    return (files.as_it_is.video(upload.id),)


def reason_for_user(files: DataFolder, upload: Upload, words: str) -> str:
    """An error's words for a page: the name of the user's file instead of where it lies here."""
    here = files.as_it_is
    for path in (here.video(upload.id), here.copy(upload.id), upload.file_name):
        words = mapped(without_lead(words, str(path)), _named(str(path), upload.file_name))
    return first_upper(words)


def _named(path: str, file_name: str) -> Callable[[str], str]:
    return lambda value: value.replace(path, file_name)
