"""The job that finds the body points of an upload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posecheck.language import joined, phrase
from posecheck.storage.pictures import Pictures, asks_for_choice, stored_pictures, wanted_pictures
from posecheck.storage.tables import Job, JobKind, Take, TakeState, Upload, UploadState
from posecheck.web.jobs.upload_video import (
    give_up_original,
    give_up_video,
    is_blurred,
    person_at,
    reason_for_user,
    rotate_deg,
)
from posecheck.web.jobs.work import FAILED_WORDS, Finished, JobContext
from posecheck.web.jobs.worker import ReadTask
from posecheck.web.server.errors import ConflictError

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.web.jobs.worker_process import TaskOutcome

KEPT_WORDS = phrase("Nothing was measured, so the video is kept; delete it if it is of no use.")


class ReadWork:
    """Finds the body points of an upload, and proposes which test it is; the methods are those of `JobWork`."""

    def task(self, context: JobContext, job: Job) -> ReadTask | None:
        """Nothing where the video is gone."""
        upload = context.transaction.get(Upload, job.target_id)
        return _read_task(context, job, upload) if upload is not None and upload.has_video else None

    def finish(self, context: JobContext, job: Job, outcome: TaskOutcome) -> Finished:
        """The upload is read, and what waits for it is measured; or it is refused, or posecheck has failed on it."""
        upload = context.transaction.get(Upload, job.target_id, with_for_update=True)
        if upload is None:
            return Finished()
        if outcome.result is None:
            return _give_up(context, upload, outcome)
        return _keep_read(context, job, upload, outcome.result)

    def stop(self, context: JobContext, job: Job, words: str) -> Finished:
        """The upload is refused until it is read again."""
        upload = context.transaction.get(Upload, job.target_id)
        return Finished() if upload is None else Finished((upload, *refuse_upload(upload, words)))

    def prepare_again(self, context: JobContext, job: Job) -> Finished:
        """The upload is read again, and what was refused with it waits for it."""
        upload = context.transaction.get(Upload, job.target_id)
        if upload is None or not upload.has_video:
            raise ConflictError(phrase("The video of this job was deleted. Send it again."))
        if not upload.is_unusable:
            raise ConflictError(phrase("This video has been read in the meantime, so it need not be tried again."))
        upload.state, upload.reason = UploadState.READING, ""
        unusable = [take for take in upload.takes if take.is_unusable]
        for waiting in unusable:
            waiting.state, waiting.reason = TakeState.MEASURING, ""
        return Finished((upload, *unusable))


def refuse_upload(upload: Upload, reason: str) -> tuple[Take, ...]:
    """Say of an upload, and of what waits to be measured from it, why it cannot be used; returns those takes."""
    return _end_without(upload, reason, UploadState.REFUSED, TakeState.REFUSED)


def _end_without(upload: Upload, reason: str, of_upload: UploadState, of_take: TakeState) -> tuple[Take, ...]:
    upload.state, upload.reason = of_upload, reason
    waiting = tuple(take for take in upload.takes if take.state == TakeState.MEASURING)
    for take in waiting:
        take.state, take.reason = of_take, reason
    return waiting


def _read_task(context: JobContext, job: Job, upload: Upload) -> ReadTask:
    limits, here = context.settings.limits, context.files.as_it_is
    wanted = wanted_pictures(upload.session)
    return ReadTask(
        data=here,
        video=here.video(upload.id),
        staging=context.staging(job),
        file_name=upload.file_name,
        person_at=person_at(upload),
        mirror=bool(upload.reading.get("mirror")),
        rotate_deg=rotate_deg(upload),
        blur_faces=upload.session.blur_faces or wanted is Pictures.BLURRED,
        only_drawn=wanted is Pictures.DRAWN,
        model_path=context.settings.model_path,
        max_bytes=limits.max_bytes,
        max_duration_s=limits.max_duration_s,
        max_pixels=limits.max_pixels,
    )


def _keep_read(context: JobContext, job: Job, upload: Upload, result: dict[str, Any]) -> Finished:
    context.files.put_reading(upload.id, context.staging(job))
    warnings = [*upload.info.get("noted", ()), *result["info"]["warnings"]]
    upload.info = {**upload.info, **result["info"], "warnings": warnings}
    upload.proposal, upload.sha256, upload.has_copy = result["proposal"], result["sha256"], result["has_copy"]
    upload.state, upload.reason = UploadState.READ, ""
    waiting = [take for take in upload.takes if take.state == TakeState.MEASURING]
    for take in waiting:
        context.transaction.add(Job(session_id=upload.session_id, kind=JobKind.MEASURE, target_id=take.id))
    return Finished((upload, *waiting), _unneeded_now(context, upload))


def _unneeded_now(context: JobContext, upload: Upload) -> tuple[Path, ...]:
    """Files that are not kept once a video has been read.

    With several people in it the video is still needed, as another one may be chosen; so it is for a turn.
    """
    files = context.files.as_it_is
    if stored_pictures(upload) is Pictures.DRAWN:
        return give_up_video(files, upload)
    if is_blurred(upload) and not asks_for_choice(upload.info):
        return give_up_original(files, upload)
    return () if upload.has_copy else (files.copy(upload.id),)  # mirrored or turned, where it was so before


def _give_up(context: JobContext, upload: Upload, outcome: TaskOutcome) -> Finished:
    """Say why there are no body points. The video stays: of what was not measured there is nothing else."""
    reason = reason_for_user(context.files, upload, outcome.refusal or outcome.failure)
    if outcome.refusal:
        kept = "" if upload.session.keep_video else KEPT_WORDS
        return Finished((upload, *refuse_upload(upload, joined([reason, kept]))))
    waiting = _end_without(upload, joined([reason, FAILED_WORDS]), UploadState.FAILED, TakeState.FAILED)
    return Finished((upload, *waiting))
