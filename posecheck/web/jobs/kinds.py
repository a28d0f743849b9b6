"""What each kind of job asks of a worker, and what its outcome means for uploads and takes. Runs in the server."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from posecheck.kinematics.joints import Side
from posecheck.output.folders.trial_folder import PICTURE_FILE, TRIAL_FILE, VIDEO_FILE
from posecheck.storage.job_queue import unfinished_jobs_of
from posecheck.storage.own_movements import catalogue_of
from posecheck.storage.tables import Job, JobKind, Take, TakeState, Upload, UploadState
from posecheck.web.jobs.worker import AnnotateTask, MeasureTask, ReadTask
from posecheck.web.server.errors import ConflictError
from posecheck.web.sessions.felt import felt_in

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.movements import Movement
    from posecheck.storage.database import Transaction
    from posecheck.storage.files import DataFolder
    from posecheck.web.jobs.worker_process import Task, TaskOutcome
    from posecheck.web.server.settings import WebSettings

STOPPED_WORDS = "This was stopped by hand. Start it again to go on."


@dataclass(frozen=True, slots=True)
class JobContext:
    """What the work on a job needs: an open transaction, the files, the settings."""

    transaction: Transaction
    files: DataFolder
    settings: WebSettings

    def staging(self, job: Job) -> Path:
        """Where the worker of a job writes."""
        return self.files.work / job.id


@dataclass(frozen=True, slots=True)
class Finished:
    """What a job has changed: rows, and files that nobody needs once that is kept in the database."""

    rows: tuple[Upload | Take, ...] = ()
    to_delete: tuple[Path, ...] = ()


def task_of(context: JobContext, job: Job) -> Task | None:
    """What a worker has to do; None where there is nothing to do any more."""
    if job.kind == JobKind.READ:
        upload = context.transaction.get(Upload, job.target_id)
        return _read_task(context, job, upload) if upload is not None and upload.has_video else None
    take = context.transaction.get(Take, job.target_id)
    if take is None or (job.kind == JobKind.ANNOTATE and playable_video(context.files, take.upload) is None):
        return None
    measure = measure_task(context.files, take, staging=context.staging(job))
    return AnnotateTask(take=measure) if job.kind == JobKind.ANNOTATE else measure


def _read_task(context: JobContext, job: Job, upload: Upload) -> ReadTask:
    limits = context.settings.limits
    return ReadTask(
        data=context.files,
        video=context.files.video(upload.id),
        staging=context.staging(job),
        file_name=upload.file_name,
        person_at=_person_at(upload),
        mirror=bool(upload.reading.get("mirror")),
        blur_faces=upload.session.blur_faces,
        model_path=context.settings.model_path,
        max_bytes=limits.max_bytes,
        max_duration_s=limits.max_duration_s,
        max_pixels=limits.max_pixels,
    )


def measure_task(
    files: DataFolder, take: Take, *, staging: Path, corrections: dict[str, Any] | None = None
) -> MeasureTask:
    """How a take is measured: its test, side, what the person felt, and its corrections or others instead."""
    upload, session = take.upload, take.session
    return MeasureTask(
        recording=files.upload(upload.id),
        staging=staging,
        data=files,
        movement=take.movement,
        side=declared_side(take),
        version=_measured_version(files, take),
        corrections=take.corrections if corrections is None else corrections,
        person=session.person_id,
        felt=asdict(felt_in(take.session.felt, take)),
        video=playable_video(files, upload),
        from_copy=upload.has_copy,
        mirror=bool(upload.reading.get("mirror")),
        person_at=_person_at(upload),
        blur_faces=session.blur_faces,
    )


def movement_of(files: DataFolder, take: Take) -> Movement:
    """The test of a take in the version that it was measured with, else as it is now.

    Raises
    ------
    MovementError
        There is no such test any more.
    """
    return catalogue_of(files).load(take.movement, _measured_version(files, take))


def _measured_version(files: DataFolder, take: Take) -> int | None:
    """Of its movement; None where nothing was measured yet; a damaged file is told where it is read for its numbers."""
    file = files.take(take.id) / TRIAL_FILE
    try:
        version = json.loads(file.read_text(encoding="utf-8"))["movement_version"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return version if isinstance(version, int) else None


def declared_side(take: Take) -> str:
    """The side that was said when the take was confirmed; where one is set by hand, it is the other one."""
    corrected = take.corrections.get("side")
    return str(Side(corrected).other) if corrected else take.side


def playable_video(files: DataFolder, upload: Upload) -> Path | None:
    """The file that shows the recording: the copy that every browser plays, else the video, None where both are gone."""
    if upload.has_copy:
        return files.copy(upload.id)
    return files.video(upload.id) if upload.has_video else None


def _person_at(upload: Upload) -> tuple[float, float] | None:
    point = upload.reading.get("person_at")
    return (float(point[0]), float(point[1])) if point else None


def finish(context: JobContext, job: Job, outcome: TaskOutcome) -> Finished:
    """Keep what a worker made, or say why there is nothing; the job's own row is the runner's."""
    if job.kind == JobKind.READ:
        upload = context.transaction.get(Upload, job.target_id, with_for_update=True)
        return Finished() if upload is None else _finish_read(context, job, upload, outcome)
    take = context.transaction.get(Take, job.target_id, with_for_update=True)
    if take is None:
        return Finished()
    if job.kind == JobKind.MEASURE:
        return _finish_measure(context, job, take, outcome)
    drawn = context.staging(job) / VIDEO_FILE
    if outcome.result is not None and drawn.is_file() and context.files.take(take.id).is_dir():
        drawn.replace(context.files.take(take.id) / VIDEO_FILE)
    return Finished((take, take.upload), give_up_unneeded(context.transaction, context.files, take.upload, ending=job))


def _finish_read(context: JobContext, job: Job, upload: Upload, outcome: TaskOutcome) -> Finished:
    if outcome.result is None:
        return _refuse_upload(context, upload, outcome)
    for item in context.staging(job).iterdir():
        item.replace(context.files.upload(upload.id) / item.name)
    result = outcome.result
    warnings = [*upload.info.get("noted", ()), *result["info"]["warnings"]]
    upload.info = {**upload.info, **result["info"], "warnings": warnings}
    upload.proposal, upload.sha256, upload.has_copy = result["proposal"], result["sha256"], result["has_copy"]
    upload.state, upload.reason = UploadState.READ, ""
    waiting = [take for take in upload.takes if take.state == TakeState.MEASURING]
    for take in waiting:
        context.transaction.add(Job(session_id=upload.session_id, kind=JobKind.MEASURE, target_id=take.id))
    # With several people in it the video is still needed: the user may choose another one.
    shown_once = _is_blurred(upload) and upload.info["people"] < 2
    earlier_copy = (
        () if upload.has_copy else (context.files.copy(upload.id),)
    )  # turned round, where it was a mirror image
    return Finished((upload, *waiting), _give_up_original(context.files, upload) if shown_once else earlier_copy)


def _refuse_upload(context: JobContext, upload: Upload, outcome: TaskOutcome) -> Finished:
    reason = reason_for_user(context.files, upload, outcome.refusal or outcome.failure)
    waiting = refuse_upload(upload, reason)
    # After a failure of ours it can be tried again, which takes the video; after a refusal it cannot be measured.
    useless = bool(outcome.refusal) and not upload.session.keep_video
    return Finished((upload, *waiting), _give_up_video(context.files, upload) if useless else ())


def refuse_upload(upload: Upload, reason: str) -> tuple[Take, ...]:
    """Say of an upload, and of what waits to be measured from it, why it cannot be used; returns those takes."""
    upload.state, upload.reason = UploadState.REFUSED, reason
    waiting = tuple(take for take in upload.takes if take.state == TakeState.MEASURING)
    for take in waiting:
        take.state, take.reason = TakeState.REFUSED, reason
    return waiting


def _finish_measure(context: JobContext, job: Job, take: Take, outcome: TaskOutcome) -> Finished:
    folder, staging = context.files.take(take.id), context.staging(job)
    if take.state == TakeState.MEASURED:  # it was corrected in the server: only its picture was wanted
        if outcome.result is not None and (staging / PICTURE_FILE).is_file() and folder.is_dir():
            (staging / PICTURE_FILE).replace(folder / PICTURE_FILE)
    elif outcome.result is None:
        words = outcome.refusal or outcome.failure
        take.state, take.reason = TakeState.REFUSED, reason_for_user(context.files, take.upload, words)
    else:
        if staging.is_dir():  # not, where it was moved already and the database could not be written
            context.files.put_take(take.id, staging)
        take.state, take.reason, take.summary = TakeState.MEASURED, "", outcome.result["summary"]
    if outcome.failure:
        return Finished((take, take.upload))
    return Finished((take, take.upload), give_up_unneeded(context.transaction, context.files, take.upload, ending=job))


def give_up_unneeded(
    transaction: Transaction, files: DataFolder, upload: Upload, *, ending: Job | None = None
) -> tuple[Path, ...]:
    """Files that a session's settings do not let stay once all of an upload is measured; ``ending`` needs them no more."""
    others = unfinished_jobs_of(transaction, [upload.id, *(take.id for take in upload.takes)])
    if upload.state != UploadState.READ or not upload.takes or any(other is not ending for other in others):
        return ()
    if not upload.session.keep_video:
        return _give_up_video(files, upload)
    return _give_up_original(files, upload) if _is_blurred(upload) else ()


def _is_blurred(upload: Upload) -> bool:
    """Whether the copy takes the place of the video: faces may have been asked to be blurred after it was made."""
    return upload.session.blur_faces and upload.has_copy and bool(upload.info.get("blurred"))


def _give_up_video(files: DataFolder, upload: Upload) -> tuple[Path, ...]:
    upload.has_video = upload.has_copy = False
    return files.video(upload.id), files.copy(upload.id)


def _give_up_original(files: DataFolder, upload: Upload) -> tuple[Path, ...]:
    upload.has_video = False
    return (files.video(upload.id),)


def stop(context: JobContext, job: Job, words: str = STOPPED_WORDS) -> Finished:
    """What it means for the upload or take that its job was stopped by hand."""
    if job.kind == JobKind.READ:
        upload = context.transaction.get(Upload, job.target_id)
        return Finished() if upload is None else Finished((upload, *refuse_upload(upload, words)))
    take = context.transaction.get(Take, job.target_id)
    if take is None:
        return Finished()
    if job.kind == JobKind.MEASURE and take.state == TakeState.MEASURING:
        take.state, take.reason = TakeState.REFUSED, words
    if job.kind == JobKind.ANNOTATE:
        return Finished((take, take.upload), give_up_unneeded(context.transaction, context.files, take.upload))
    return Finished((take,))


def prepare_again(context: JobContext, job: Job) -> Finished:
    """Put the upload or take of a job that is tried again back to where it waits.

    Raises
    ------
    ConflictError
        What it needs is gone, or the same is done already.
    """
    same = unfinished_jobs_of(context.transaction, [job.target_id])
    if any(other.kind == job.kind for other in same):
        raise ConflictError("The same work is already waiting or running.")
    if job.kind == JobKind.READ:
        upload = context.transaction.get(Upload, job.target_id)
        if upload is None or not upload.has_video:
            raise ConflictError("The video of this job was deleted. Send it again.")
        if upload.state != UploadState.REFUSED:
            raise ConflictError("This video has been read in the meantime, so it need not be tried again.")
        upload.state, upload.reason = UploadState.READING, ""
        refused = [take for take in upload.takes if take.state == TakeState.REFUSED]
        for waiting in refused:
            waiting.state, waiting.reason = TakeState.MEASURING, ""
        return Finished((upload, *refused))
    take = context.transaction.get(Take, job.target_id)
    if take is None:
        raise ConflictError("The recording of this job was deleted. Send the video again.")
    if job.kind == JobKind.MEASURE and take.state != TakeState.MEASURED:
        take.state, take.reason = TakeState.MEASURING, ""
    return Finished((take,))


def reason_for_user(files: DataFolder, upload: Upload, words: str) -> str:
    """An error's words for a page: the name of the user's file instead of where it lies here."""
    for path in (files.video(upload.id), files.copy(upload.id), upload.file_name):
        words = words.removeprefix(f"{path}: ").replace(str(path), upload.file_name)
    return words[:1].upper() + words[1:]
