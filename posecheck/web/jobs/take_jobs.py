"""The jobs on a take: it is measured, and its annotated video is drawn."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from posecheck.kinematics.joints import Side
from posecheck.language import joined, phrase
from posecheck.output.folders.trial_folder import PICTURE_FILE, TRIAL_FILE, VIDEO_FILE
from posecheck.storage.own_movements import catalogue_of
from posecheck.storage.pictures import Pictures, stored_pictures, wanted_pictures
from posecheck.storage.tables import Job, JobKind, Take, TakeState
from posecheck.web.jobs.privacy import bring_in_line
from posecheck.web.jobs.upload_video import (
    offered_turn,
    person_at,
    playable_video,
    reason_for_user,
    rotate_deg,
)
from posecheck.web.jobs.work import FAILED_WORDS, Finished, JobContext
from posecheck.web.jobs.worker import AnnotateTask, MeasureTask
from posecheck.web.server.errors import ConflictError
from posecheck.web.sessions.felt import felt_in

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.movements import Movement
    from posecheck.storage.database import Transaction
    from posecheck.storage.files import DataFolder
    from posecheck.web.jobs.worker_process import TaskOutcome


class MeasureWork:
    """Writes a take's tables, chart and pictures; the methods are those of `JobWork`."""

    def task(self, context: JobContext, job: Job) -> MeasureTask | None:
        """Nothing where the take was deleted."""
        take = context.transaction.get(Take, job.target_id)
        return None if take is None else measure_task(context.files, take, staging=context.staging(job))

    def finish(self, context: JobContext, job: Job, outcome: TaskOutcome) -> Finished:
        """The take is measured, refused in words, or posecheck has failed on it."""
        take = context.transaction.get(Take, job.target_id, with_for_update=True)
        if take is None:
            return Finished()
        failure = ""
        if take.state == TakeState.MEASURED:  # it was corrected in the server: only its picture was wanted
            failure = _keep_drawn(context, job, take, outcome, PICTURE_FILE)
        else:
            _keep_measured(context, job, take, outcome)
        to_turn = take.state == TakeState.REFUSED and turn_of(context.files, take) is not None
        changed = _changed(context, job, take, unneeded=not (outcome.failure or to_turn))
        again = measure_older_again(context.transaction, context.files, take)
        return replace(changed, rows=(*changed.rows, *again), failure=failure)

    def stop(self, context: JobContext, job: Job, words: str) -> Finished:
        """A take that waits for its numbers is refused until it is measured again."""
        take = context.transaction.get(Take, job.target_id)
        if take is None:
            return Finished()
        if take.state == TakeState.MEASURING:
            take.state, take.reason = TakeState.REFUSED, words
        return Finished((take,))

    def prepare_again(self, context: JobContext, job: Job) -> Finished:
        """The take waits to be measured."""
        take = _still_there(context, job)
        if take.state != TakeState.MEASURED:
            take.state, take.reason = TakeState.MEASURING, ""
        return Finished((take,))


class AnnotateWork:
    """Draws a take's annotated video, on request; the methods are those of `JobWork`."""

    def task(self, context: JobContext, job: Job) -> AnnotateTask | None:
        """Nothing where the take was deleted, or there is no video to draw on."""
        take = context.transaction.get(Take, job.target_id)
        if take is None or playable_video(context.files, take.upload) is None:
            return None
        return AnnotateTask(take=measure_task(context.files, take, staging=context.staging(job)), language=job.language)

    def finish(self, context: JobContext, job: Job, outcome: TaskOutcome) -> Finished:
        """The video is put to the take's files, or the job says why there is none."""
        take = context.transaction.get(Take, job.target_id, with_for_update=True)
        if take is None:
            return Finished()
        failure = _keep_drawn(context, job, take, outcome, VIDEO_FILE)
        return replace(_changed(context, job, take), failure=failure)

    def stop(self, context: JobContext, job: Job, words: str) -> Finished:
        """The take stays as it is; what was kept for the drawing alone goes."""
        take = context.transaction.get(Take, job.target_id)
        if take is None:
            return Finished()
        return Finished((take, take.upload), bring_in_line(context.transaction, context.files, take.upload, ending=job))

    def prepare_again(self, context: JobContext, job: Job) -> Finished:
        """The take stays as it is."""
        return Finished((_still_there(context, job),))


def measure_task(
    files: DataFolder, take: Take, *, staging: Path, corrections: dict[str, Any] | None = None
) -> MeasureTask:
    """How a take is measured: its test, side, what the person felt, and its corrections or others instead."""
    upload, session, here = take.upload, take.session, files.as_it_is
    return MeasureTask(
        recording=here.upload(upload.id),
        staging=staging,
        data=here,
        movement=take.movement,
        side=declared_side(take),
        version=_measured_version(files, take),
        corrections=take.corrections if corrections is None else corrections,
        person=session.person_id,
        felt=asdict(felt_in(take.session.felt, take)),
        take=take.number,
        video=playable_video(here, upload),
        from_copy=upload.has_copy,
        mirror=bool(upload.reading.get("mirror")),
        rotate_deg=rotate_deg(upload),
        person_at=person_at(upload),
        blur_faces=session.blur_faces,
        only_drawn=wanted_pictures(session) is Pictures.DRAWN or stored_pictures(upload) is Pictures.DRAWN,
    )


def movement_of(files: DataFolder, take: Take) -> Movement:
    """The test of a take in the version that it was measured with, else as it is now.

    Raises
    ------
    MovementError
        There is no such test any more.
    """
    return catalogue_of(files).load(take.movement, _measured_version(files, take))


def measure_older_again(transaction: Transaction, files: DataFolder, take: Take) -> tuple[Take, ...]:
    """Let the session's recordings of a test be measured again that an earlier posecheck measured with its version of it.

    Results of different versions are not compared, and the body points of both are here. What was measured by an earlier
    version of a test of one's own goes on with that.

    Returns
    -------
    tuple of Take
        Those that wait now.
    """
    if take.state != TakeState.MEASURED:
        return ()
    waiting = tuple(
        other for other in take.session.takes if other.movement == take.movement and _is_older(files, other)
    )
    for other in waiting:
        other.state, other.reason = TakeState.MEASURING, ""
        transaction.add(Job(session_id=other.session_id, kind=JobKind.MEASURE, target_id=other.id))
    transaction.flush()
    return waiting


def _is_older(files: DataFolder, take: Take) -> bool:
    version = _measured_version(files, take)
    if take.state != TakeState.MEASURED or version is None:
        return False
    return catalogue_of(files).load(take.movement, version).version != version


def turn_of(files: DataFolder, take: Take) -> int | None:
    """The turn that the picture of a take needs for its test, as `offered_turn`; None where none is evident."""
    return offered_turn(take.upload, "lying" if movement_of(files, take).lying else "standing")


def _measured_version(files: DataFolder, take: Take) -> int | None:
    """Of its movement; None where nothing was measured yet; a damaged file is told where it is read for its numbers."""
    file = files.take(take.id) / TRIAL_FILE
    try:
        version = json.loads(file.read_text(encoding="utf-8"))["movement_version"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return version if isinstance(version, int) else None


def declared_side(take: Take) -> str:
    """The side that was said when the take was confirmed; where one is set by hand, it is the other one."""
    corrected = take.corrections.get("side")
    return str(Side(corrected).other) if corrected else take.side


def _keep_measured(context: JobContext, job: Job, take: Take, outcome: TaskOutcome) -> None:
    if outcome.result is None:
        reason = reason_for_user(context.files, take.upload, outcome.refusal or outcome.failure)
        if outcome.refusal:
            take.state, take.reason = TakeState.REFUSED, reason
        else:
            take.state, take.reason = TakeState.FAILED, joined([reason, FAILED_WORDS])
        return
    if (staging := context.staging(job)).is_dir():  # not, where it was moved and the database could not be written
        context.files.put_take(take.id, staging)
    take.state, take.reason, take.summary = TakeState.MEASURED, "", outcome.result["summary"]


def _keep_drawn(context: JobContext, job: Job, take: Take, outcome: TaskOutcome, name: str) -> str:
    """Put what was drawn to the take's files; returns in words why there is nothing, where that is so."""
    if outcome.result is None:
        return reason_for_user(context.files, take.upload, outcome.refusal or outcome.failure)
    if (drawn := context.staging(job) / name).is_file():
        context.files.put_drawn(take.id, drawn)
    return ""


def _changed(context: JobContext, job: Job, take: Take, *, unneeded: bool = True) -> Finished:
    """The take and its upload; ``unneeded``: without the files that nothing needs any more."""
    rows = (take, take.upload)
    if not unneeded:
        return Finished(rows)
    return Finished(rows, bring_in_line(context.transaction, context.files, take.upload, ending=job))


def _still_there(context: JobContext, job: Job) -> Take:
    take = context.transaction.get(Take, job.target_id)
    if take is None:
        raise ConflictError(phrase("The recording of this job was deleted. Send the video again."))
    return take
