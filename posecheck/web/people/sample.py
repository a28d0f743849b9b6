"""The sample session as a person of its own: the sample videos with their stored body points, measured here and now."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.files import storage_errors, sync_folder, sync_tree
from posecheck.language import phrase, translated
from posecheck.output.draw.footage import Footage
from posecheck.output.folders.recording_folder import write_recording
from posecheck.output.folders.sample_points import read_sample
from posecheck.session import read_session
from posecheck.settings import load_settings
from posecheck.storage.queries import sample_person
from posecheck.storage.tables import (
    JobKind,
    Person,
    Session,
    Step,
    Take,
    Upload,
    UploadState,
    new_id,
)
from posecheck.web.jobs.upload_pictures import write_poster_of
from posecheck.web.jobs.worker import info_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from posecheck.session import PlannedTrial, SessionFile
    from posecheck.storage.database import Transaction
    from posecheck.web.server.site import Site

SAMPLE_NAME, SAMPLE_TITLE = phrase("Sample runner (rendered)"), phrase("Sample session")
"""Stored in the language of who adds it, as all names are stored as somebody wrote them."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Where the sample session is."""

    person_id: str
    session_id: str


def add_sample(site: Site) -> Sample:
    """Add the sample person with the sample session, whose takes are then measured; one that is there already stays.

    Raises
    ------
    StorageError
        The sample videos or their body points are not there, or the disk refuses; nothing is added.
    """
    with site.database.read() as transaction:
        if (there := _there(transaction)) is not None:
            return there
    plan = read_session(load_settings().samples_dir)
    uploads = [(trial, _upload_of(trial)) for trial in plan.trials]
    marks = [site.files.deletions / f"upload-{upload.id}" for _, upload in uploads]
    try:
        with storage_errors(site.files.root):
            for mark in marks:  # what a cut-off start leaves goes at the next one
                mark.touch()
            sync_folder(site.files.deletions)
            for trial, upload in uploads:
                _place(site, trial.file, upload)
        with site.database.begin() as transaction:
            if (there := _there(transaction)) is not None:  # two clicks at once
                _discard(site, uploads)
                return there
            made = _keep(site, transaction, plan, uploads)
    except BaseException:
        _discard(site, uploads)
        raise
    finally:
        for mark in marks:
            mark.unlink(missing_ok=True)
    site.jobs.wake()
    return made


def _there(transaction: Transaction) -> Sample | None:
    person = sample_person(transaction)
    return Sample(person.id, person.sessions[-1].id) if person is not None and person.sessions else None


def _upload_of(trial: PlannedTrial) -> Upload:
    return Upload(
        id=new_id(),
        phase=str(trial.phase),
        file_name=trial.file.name,
        state=UploadState.READ,
        has_video=True,
        proposal={},
    )


def _place(site: Site, video: Path, upload: Upload) -> None:
    """Put the video, its body points and its picture into the folder of its upload."""
    recording = read_sample(video)
    site.files.make_upload(upload.id)
    with site.files.changing_upload(upload.id):
        folder = site.files.upload(upload.id)
        shutil.copyfile(video, site.files.video(upload.id))
        write_recording(recording, folder)
        write_poster_of(recording, Footage(video), folder, None)
        sync_tree(folder)
    upload.size_bytes = upload.received_bytes = video.stat().st_size
    upload.sha256, upload.info = recording.video_sha256, {**info_of(recording), "boxes": [], "blurred": False}


def _keep(
    site: Site, transaction: Transaction, plan: SessionFile, uploads: Sequence[tuple[PlannedTrial, Upload]]
) -> Sample:
    tests = dict.fromkeys((trial.movement.name, str(trial.side or "")) for trial, _ in uploads)
    session = Session(
        title=translated(SAMPLE_TITLE),
        date=plan.date,
        step=Step.RESULT,
        tests=[{"movement": movement, "side": side or None} for movement, side in tests],
        keep_video=True,
    )
    person = Person(name=translated(SAMPLE_NAME), sample=True, every_session=[session])
    transaction.add(person)
    for trial, upload in uploads:
        session.uploads.append(upload)
        upload.takes.append(
            Take(movement=trial.movement.name, side=str(trial.side or ""), phase=upload.phase, session=session)
        )
    transaction.flush()
    for take in session.takes:
        site.jobs.enqueue(transaction, session.id, JobKind.MEASURE, take.id)
    return Sample(person.id, session.id)


def _discard(site: Site, uploads: Sequence[tuple[PlannedTrial, Upload]]) -> None:
    for _, upload in uploads:
        site.files.delete_upload(upload.id)
