"""Rows whose files are gone or damaged: made anew from what is left where that can be done, else said in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.output.export.landmark_store import is_landmark_file
from posecheck.output.folders.recording_folder import LANDMARKS_FILE, RECORDING_FILE
from posecheck.output.folders.trial_folder import (
    ANGLES_FILE,
    PICTURE_FILE,
    REPETITIONS_FILE,
    TRIAL_FILE,
    is_whole_jpeg,
    load_trial,
)
from posecheck.storage.job_queue import unfinished_jobs_of
from posecheck.storage.queries import all_uploads
from posecheck.storage.tables import Take, TakeState, Upload, UploadState
from posecheck.web.jobs.read_job import refuse_upload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.storage.database import Transaction
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
    to_delete: list[Path] = []
    with site.database.begin() as transaction:
        uploads = [upload for upload in all_uploads(transaction) if upload.state != UploadState.RECEIVING]
        if site.files.store.shared:
            held = Held.of(site.files)  # after the rows: what they name was kept before
            to_delete = [path for upload in uploads for path in held.unneeded(transaction, site.files, upload)]
            uploads = [upload for upload in uploads if held.lacks(upload) and _is_still_there(transaction, upload)]
        lost = [words for upload in uploads for words in _mend_upload(site.files, upload)]
        again = [words for upload in uploads for take in upload.takes for words in _mend_take(site.files, take)]
    site.files.discard(to_delete)
    return (*lost, *again)


@dataclass(frozen=True, slots=True)
class Held:
    """The names and sizes of all files of a store: nothing is fetched from it to see that all is there."""

    uploads: dict[str, dict[str, int]]
    takes: dict[str, dict[str, int]]

    @classmethod
    def of(cls, files: DataFolder) -> Held:
        """As it is now."""
        return cls(files.store.held("uploads"), files.store.held("takes"))

    def lacks(self, upload: Upload) -> bool:
        """Whether something that a row names is not there, so that it has to be looked at."""
        names = {name for name, size in self.uploads.get(upload.id, {}).items() if size}
        wanted = {"copy.mp4"} if upload.has_copy else set()
        wanted |= {"video"} if upload.has_video else set()
        if upload.state == UploadState.READ:
            wanted |= {RECORDING_FILE, LANDMARKS_FILE}
        return not wanted <= names or any(self._lacks(take) for take in upload.takes)

    def _lacks(self, take: Take) -> bool:
        names = {name for name, size in self.takes.get(take.id, {}).items() if size}
        return take.state == TakeState.MEASURED and not {TRIAL_FILE, ANGLES_FILE, REPETITIONS_FILE} <= names

    def unneeded(self, transaction: Transaction, files: DataFolder, upload: Upload) -> Iterator[Path]:
        """Files that a server was killed before it deleted them."""
        names, here = self.uploads.get(upload.id, {}), files.as_it_is
        if "video" in names and not upload.has_video:
            yield here.video(upload.id)
        if any(name.startswith("pieces/") for name in names):
            yield here.upload(upload.id) / "pieces"
        is_settled = upload.state == UploadState.READ and not unfinished_jobs_of(transaction, [upload.id])
        if is_settled and "copy.mp4" in names and not upload.has_copy:  # else it may have been put there just now
            yield here.copy(upload.id)


def _is_still_there(transaction: Transaction, upload: Upload) -> bool:
    """Another server may have deleted or changed it."""
    rows = [(Upload, upload.id), *((Take, take.id) for take in upload.takes)]
    found = [transaction.get(table, row_id, with_for_update=True, populate_existing=True) for table, row_id in rows]
    return all(row is not None for row in found)


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
