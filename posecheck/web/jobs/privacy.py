"""Brings what is kept of a session in line with what it lets stay: pictures that show less, videos that go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.output.folders.trial_folder import PICTURE_FILE, VIDEO_FILE
from posecheck.storage.job_queue import jobs_of_session, unfinished_jobs_of
from posecheck.storage.pictures import Pictures, are_in_line, waits_for_choice, wanted_pictures
from posecheck.storage.tables import Job, JobKind, JobState, UploadState
from posecheck.web.jobs.upload_video import give_up_unneeded, give_up_video

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.storage.database import Transaction
    from posecheck.storage.files import DataFolder
    from posecheck.storage.tables import Session, Upload


def bring_session_in_line(transaction: Transaction, files: DataFolder, session: Session) -> tuple[Path, ...]:
    """Let no picture of a session show more than it lets them, from now on.

    Pictures that show more are deleted at once and made anew by a job. What runs is begun again, as it was begun under
    the former settings.

    Returns
    -------
    tuple of Path
        Files to delete once that is stored.
    """
    _begin_again(transaction, session)
    return tuple(path for upload in session.uploads for path in bring_in_line(transaction, files, upload))


def bring_in_line(
    transaction: Transaction, files: DataFolder, upload: Upload, *, ending: Job | None = None
) -> tuple[Path, ...]:
    """The same for one video that has been read; ``ending`` is a job that needs its files no more."""
    paths: tuple[Path, ...] = ()
    if not upload.session.keep_video and upload.state == UploadState.READ:
        paths = tuple(files.as_it_is.take(take.id) / VIDEO_FILE for take in upload.takes)
    if _is_under_way(transaction, upload):  # it needs the video, and sees what is wanted now
        return paths
    if not is_out_of_line(upload):
        return (*paths, *give_up_unneeded(transaction, files, upload, ending=ending))
    if wanted_pictures(upload.session) is Pictures.DRAWN:
        paths = (*paths, *give_up_video(files, upload))
    transaction.add(Job(session_id=upload.session_id, kind=JobKind.PICTURES, target_id=upload.id))
    return (*paths, *_pictures_of(files, upload))


def is_out_of_line(upload: Upload) -> bool:
    """Whether a video that has been read has pictures that show more than its session lets them.

    Where whom to follow, or which way up it is, is still to be chosen, that takes its pictures, unless they are only to be
    blurred.
    """
    if upload.state != UploadState.READ or are_in_line(upload):
        return False
    return not (wanted_pictures(upload.session) is Pictures.DRAWN and waits_for_choice(upload))


def _is_under_way(transaction: Transaction, upload: Upload) -> bool:
    return any(job.kind == JobKind.PICTURES for job in unfinished_jobs_of(transaction, [upload.id]))


def _pictures_of(files: DataFolder, upload: Upload) -> tuple[Path, ...]:
    here = files.as_it_is
    drawn = (here.take(take.id) / name for take in upload.takes for name in (PICTURE_FILE, VIDEO_FILE))
    return (here.poster(upload.id), *drawn)


def _begin_again(transaction: Transaction, session: Session) -> None:
    for job in jobs_of_session(transaction, session.id):
        if job.state != JobState.RUNNING:
            continue
        job.state = JobState.CANCELLED
        if job.kind != JobKind.ANNOTATE:  # asked for again by hand, where there is still something to draw on
            transaction.add(Job(session_id=session.id, kind=job.kind, target_id=job.target_id))
    transaction.flush()
