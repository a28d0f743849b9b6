"""Rows whose files are gone or damaged: made anew from what is left where that can be done, else said in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.output.export.landmark_store import is_landmark_file
from posecheck.output.folders.recording_folder import LANDMARKS_FILE, RECORDING_FILE
from posecheck.output.folders.trial_folder import ANGLES_FILE, PICTURE_FILE, REPETITIONS_FILE, is_whole_jpeg, load_trial
from posecheck.storage.queries import all_uploads
from posecheck.storage.tables import Take, TakeState, Upload, UploadState
from posecheck.web.jobs.read_job import refuse_upload

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.storage.files import DataFolder
    from posecheck.web.server.site import Site

GONE_WORDS = phrase("The file of this video is missing in the data folder, so it cannot be read. Send it again.")
POINTS_GONE_WORDS = phrase(
    "The body points of this video are damaged in the data folder, and the video is not kept. Send it again."
)


def mend_rows(site: Site) -> tuple[str, ...]:
    """Let rows say what is there: videos are read again, takes measured again, and what is lost is named.

    Raises
    ------
    StorageError
    """
    with site.database.begin() as transaction:
        uploads = [upload for upload in all_uploads(transaction) if upload.state != UploadState.RECEIVING]
        lost = [words for upload in uploads for words in _mend_upload(site.files, upload)]
        again = [words for upload in uploads for take in upload.takes for words in _mend_take(site.files, take)]
    return (*lost, *again)


def _mend_upload(files: DataFolder, upload: Upload) -> list[str]:
    found: list[str] = []
    if upload.has_copy and not files.copy(upload.id).is_file():
        upload.has_copy = False
        found.append(phrase("In the data folder the copy of {file} for browsers is missing.", file=upload.file_name))
    if upload.has_video and not files.video(upload.id).is_file():
        upload.has_video = False
        found.append(phrase("In the data folder the file of {file} is missing.", file=upload.file_name))
    if upload.state == UploadState.READING and not upload.has_video:
        refuse_upload(upload, GONE_WORDS)
    if upload.state == UploadState.READ and not has_points(files.upload(upload.id)):
        found.append(
            phrase("In the data folder the body points of {file} are damaged or missing.", file=upload.file_name)
        )
        _read_again(upload)
    return found


def _read_again(upload: Upload) -> None:
    for take in upload.takes:
        take.state, take.reason = TakeState.MEASURING, ""
    if upload.has_video:
        upload.state = UploadState.READING
    else:
        refuse_upload(upload, POINTS_GONE_WORDS)


def _mend_take(files: DataFolder, take: Take) -> list[str]:
    if (
        take.state != TakeState.MEASURED
        or take.upload.state != UploadState.READ
        or has_result(files.take(take.id), take)
    ):
        return []
    take.state, take.reason = TakeState.MEASURING, ""
    return [
        phrase(
            "In the data folder the result of {file} is damaged or missing, and is measured again.",
            file=take.upload.file_name,
        )
    ]


def has_points(folder: Path) -> bool:
    """Whether the body points of a video lie in its folder, as far as can be told without reading them all."""
    try:
        about = json.loads((folder / RECORDING_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(about, dict) and {"format", "video"} <= about.keys() and is_landmark_file(folder / LANDMARKS_FILE)


def has_result(folder: Path, take: Take) -> bool:
    """Whether the result of a take lies in its folder: of this take's test and side, not of another one's."""
    try:
        trial = load_trial(folder)
    except StorageError:
        return False
    if trial.movement != take.movement or (take.side and trial.side != take.side):
        return False
    tables, picture = (folder / ANGLES_FILE, folder / REPETITIONS_FILE), folder / PICTURE_FILE
    whole = not picture.is_file() or is_whole_jpeg(picture.read_bytes())
    return whole and all(file.is_file() and file.stat().st_size for file in tables)
