"""The job that makes the pictures of a video anew when its session lets less of them stay than before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posecheck.language import phrase
from posecheck.storage.pictures import Pictures, waits_for_choice, wanted_pictures
from posecheck.storage.tables import Job, JobKind, TakeState, Upload, UploadState
from posecheck.web.jobs.upload_pictures import PicturesTask
from posecheck.web.jobs.upload_video import give_up_original, give_up_video, rotate_deg
from posecheck.web.jobs.work import Finished, JobContext
from posecheck.web.server.errors import ConflictError

if TYPE_CHECKING:
    from posecheck.web.jobs.worker_process import TaskOutcome


class PicturesWork:
    """Makes poster and copy anew; the pictures of the end ranges follow. The methods are those of `JobWork`."""

    def task(self, context: JobContext, job: Job) -> PicturesTask | None:
        """Nothing where the video was deleted, or is being read again."""
        upload = context.transaction.get(Upload, job.target_id)
        if upload is None or upload.state != UploadState.READ:
            return None
        files = context.files.as_it_is
        blurred = wanted_pictures(upload.session) is Pictures.BLURRED
        source = files.copy(upload.id) if upload.has_copy else files.video(upload.id) if upload.has_video else None
        return PicturesTask(
            recording=files.upload(upload.id),
            staging=context.staging(job),
            video=source if blurred else None,
            from_copy=upload.has_copy,
            mirror=bool(upload.reading.get("mirror")),
            rotate_deg=rotate_deg(upload),
            model_path=context.settings.model_path,
        )

    def finish(self, context: JobContext, job: Job, outcome: TaskOutcome) -> Finished:
        """The new pictures take the place of the old ones, and the video as it was filmed goes."""
        upload = context.transaction.get(Upload, job.target_id, with_for_update=True)
        if upload is None or outcome.result is None:  # they stay as they are, and the session's page says so
            return Finished(() if upload is None else (upload,))
        return _keep(context, job, upload, outcome.result)

    def stop(self, context: JobContext, job: Job, words: str) -> Finished:
        """All stays as it is."""
        upload = context.transaction.get(Upload, job.target_id)
        return Finished() if upload is None else Finished((upload,))

    def prepare_again(self, context: JobContext, job: Job) -> Finished:
        """All stays as it is until it is done."""
        upload = context.transaction.get(Upload, job.target_id)
        if upload is None:
            raise ConflictError(phrase("The video of this job was deleted."))
        return Finished((upload,))


def _keep(context: JobContext, job: Job, upload: Upload, result: dict[str, Any]) -> Finished:
    context.files.put_reading(upload.id, context.staging(job))
    drawn = result["pictures"] == "drawn"
    boxes = result["boxes"] or upload.info.get("boxes", [])
    upload.info = {**upload.info, "pictures": result["pictures"], "blurred": not drawn, "boxes": boxes}
    if drawn:
        to_delete = give_up_video(context.files, upload)
    else:
        upload.has_copy = True
        to_delete = () if waits_for_choice(upload) else give_up_original(context.files, upload)
    for take in upload.takes:
        if take.state == TakeState.MEASURED:  # its numbers stay; its picture is drawn anew
            context.transaction.add(Job(session_id=upload.session_id, kind=JobKind.MEASURE, target_id=take.id))
    return Finished((upload, *upload.takes), to_delete)
