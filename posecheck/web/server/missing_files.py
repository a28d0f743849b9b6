"""Rows whose files are gone or damaged: made anew from what is left where that can be done, else said in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from posecheck.output.folders.trial_folder import ANGLES_FILE, PICTURE_FILE, REPETITIONS_FILE, TRIAL_FILE, is_whole_jpeg
from posecheck.storage.queries import all_uploads
from posecheck.storage.tables import Take, TakeState, Upload, UploadState
from posecheck.web.jobs.read_job import refuse_upload

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.storage.files import DataFolder
    from posecheck.web.server.site import Site

GONE_WORDS = "The file of this video is missing in the data folder, so it cannot be read. Send it again."
POINTS_GONE_WORDS = (
    "The body points of this video are damaged in the data folder, and the video is not kept. Send it again."
)
PARQUET = b"PAR1"
"""Every whole Parquet file ends with it."""


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
    found = []
    if upload.has_copy and not files.copy(upload.id).is_file():
        upload.has_copy = False
        found.append(f"the copy of {upload.file_name} for browsers is missing")
    if upload.has_video and not files.video(upload.id).is_file():
        upload.has_video = False
        found.append(f"the file of {upload.file_name} is missing")
    if upload.state == UploadState.READING and not upload.has_video:
        refuse_upload(upload, GONE_WORDS)
    if upload.state == UploadState.READ and not has_points(files.upload(upload.id)):
        found.append(f"the body points of {upload.file_name} are damaged or missing")
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
    if take.state != TakeState.MEASURED or take.upload.state != UploadState.READ or has_result(files.take(take.id)):
        return []
    take.state, take.reason = TakeState.MEASURING, ""
    return [f"the result of {take.upload.file_name} is damaged or missing, and is measured again"]


def has_points(folder: Path) -> bool:
    """Whether the body points of a video lie in its folder, as far as can be told without reading them all."""
    points, about = folder / "landmarks.parquet", folder / "recording.json"
    return points.is_file() and points.read_bytes()[-4:] == PARQUET and _is_json(about)


def has_result(folder: Path) -> bool:
    """Whether the result of a take lies in its folder."""
    tables, picture = (folder / ANGLES_FILE, folder / REPETITIONS_FILE), folder / PICTURE_FILE
    whole = not picture.is_file() or is_whole_jpeg(picture.read_bytes())
    return whole and _is_json(folder / TRIAL_FILE) and all(file.is_file() and file.stat().st_size for file in tables)


def _is_json(file: Path) -> bool:
    try:
        return isinstance(json.loads(file.read_text(encoding="utf-8")), dict)
    except (OSError, ValueError):
        return False
