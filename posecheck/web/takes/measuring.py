"""Takes: a video confirmed as a test, measured, corrected by hand."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from posecheck.errors import RecordingError, StorageError
from posecheck.files import storage_errors
from posecheck.language import language_set, phrase, restored
from posecheck.output.folders.trial_folder import PICTURE_FILE, TRIAL_FILE, VIDEO_FILE
from posecheck.storage.deleting import delete_rows
from posecheck.storage.job_queue import delete_jobs_of, unfinished_jobs_of
from posecheck.storage.tables import JobKind, JobState, Take, TakeState, UploadState, new_id
from posecheck.web.api.schemas import JobOut, TakeDetail, TakeOut, UploadOut
from posecheck.web.jobs.brought import bring_for
from posecheck.web.jobs.privacy import bring_in_line
from posecheck.web.jobs.take_jobs import declared_side, measure_older_again, measure_task
from posecheck.web.jobs.upload_video import playable_video, reason_for_user
from posecheck.web.jobs.worker import summary_of
from posecheck.web.server.advice import ADVICE
from posecheck.web.server.errors import ConflictError, NotFoundError
from posecheck.web.server.events import DELETED
from posecheck.web.server.keyed_locks import KeyedLocks
from posecheck.web.server.site import take_or_404, upload_or_404
from posecheck.web.sessions.sessions import checked_test
from posecheck.web.takes.counting import (
    count_take,
    leave_out_interrupted,
    let_latest_count,
    next_number,
    take_key,
    tell_takes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from posecheck.storage.database import Transaction
    from posecheck.storage.tables import Upload
    from posecheck.trial.corrections import Corrections
    from posecheck.web.api.schemas import ConfirmForm
    from posecheck.web.jobs.worker import MeasureTask
    from posecheck.web.server.site import Site
    from posecheck.web.takes.counting import TakeKey

_CORRECTING = KeyedLocks("correcting")
OTHER_TAB_WORDS = phrase(
    "This recording was changed in the meantime, perhaps in another tab, so nothing was stored. Load the page again to "
    "see it as it is now."
)


def confirm_upload(site: Site, upload_id: str, form: ConfirmForm) -> TakeOut:
    """Say what a video shows; it is measured as that, at once or as soon as it has been read.

    It is a further take of its test, side and block beside earlier ones. An earlier confirmation of this video as something
    else no longer counts.

    Raises
    ------
    NotFoundError, WrongInputError
    ConflictError
        The video cannot be used.
    """
    checked_test(form.movement, form.side, site.catalogue)
    with site.database.begin() as transaction:
        upload = upload_or_404(transaction, upload_id)
        transaction.refresh(upload, with_for_update=True)  # whether it is read decides who queues the measuring
        if upload.is_unusable:
            raise ConflictError(phrase("{file} cannot be used: {reason}", file=upload.file_name, reason=upload.reason))
        upload.phase = form.phase or upload.phase
        transaction.refresh(upload.session, with_for_update=True)  # two takes at once must not get one number
        key = (form.movement, form.side or "", upload.phase)
        take = next((take for take in upload.takes if take_key(take) == key), None)
        if take is None or not take.current:
            take = _add_take(site, transaction, upload, key) if take is None else _count_again(site, transaction, take)
        leave_out_interrupted(upload.session.takes)
        out, changed = TakeOut.of(take), _takes_out(upload.session.takes)
        told = UploadOut.of(upload)
    site.jobs.wake()
    tell_takes(site, changed)
    site.events.tell(told.session_id, "upload", told)
    return out


def _add_take(site: Site, transaction: Transaction, upload: Upload, key: TakeKey) -> Take:
    movement, side, phase = key
    session = upload.session
    number = next_number(session.takes, key)
    take = Take(movement=movement, side=side, phase=phase, number=number, upload=upload, session_id=session.id)
    session.takes.append(take)
    transaction.flush()
    count_take(take)
    if upload.state == UploadState.READ:
        site.jobs.enqueue(transaction, session.id, JobKind.MEASURE, take.id)
    return take


def _count_again(site: Site, transaction: Transaction, take: Take) -> Take:
    """A take that was left out, confirmed once more; one that could not be measured is tried anew."""
    count_take(take)
    if take.is_unusable and take.upload.state == UploadState.READ:
        take.state, take.reason = TakeState.MEASURING, ""
        site.jobs.enqueue(transaction, take.session_id, JobKind.MEASURE, take.id)
    return take


def delete_take(site: Site, take_id: str) -> None:
    """Delete a recording's result; its video stays, and an earlier one that it replaced counts again.

    Raises
    ------
    NotFoundError, StorageError
    """
    with _CORRECTING.hold(site.database, take_id), delete_rows(site.database, site.files) as deletion:
        take = take_or_404(deletion.transaction, take_id)
        session = take.session
        delete_jobs_of(deletion.transaction, [take.id])
        deletion.take(take)
        deletion.transaction.flush()
        deletion.transaction.refresh(session)
        let_latest_count(session.takes)
        session_id, changed = session.id, _takes_out(session.takes)
    site.jobs.wake()
    tell_takes(site, changed)
    site.events.tell_servers(DELETED)
    site.events.tell(session_id, "reload", {})


def take_detail(site: Site, take_id: str) -> TakeDetail:
    """A recording with its whole result.

    Raises
    ------
    NotFoundError, StorageError
    """
    with site.database.read() as transaction:
        take = take_or_404(transaction, take_id)
        out, upload = TakeOut.of(take), UploadOut.of(take.upload)
    known = out.state == TakeState.MEASURED
    return TakeDetail(take=out, trial=_trial_json(site.files.take(take_id)) if known else None, upload=upload)


def correct_take(site: Site, take_id: str, corrections: Corrections, version: int | None = None) -> TakeDetail:
    """Measure a recording again with corrections by hand, from its body points, at once.

    The corrections take the place of all earlier ones. The picture of the end range is drawn anew by a job where what
    it shows has changed; an annotated video is dropped, as it shows what was measured before.

    Parameters
    ----------
    site : Site
    take_id : str
    corrections : Corrections
    version : int, optional
        Version of the take that was seen.

    Raises
    ------
    NotFoundError
    ConflictError
        Somebody else has changed it; it is not read or being measured.
    RecordingError
        Nothing can be measured with these corrections; all stays as it was.
    """
    with _CORRECTING.hold(site.database, take_id):
        made = site.files.work / f"corrected-{new_id()}"
        with site.database.read() as transaction:
            take = take_or_404(transaction, take_id)
            _check_correctable(take, version)
            seen = take.version
            corrections = _without_said(corrections, take)
            task = measure_task(site.files, take, staging=made, corrections=corrections.to_dict())
            task = replace(task, take=_number_with(take, corrections))
            upload = take.upload
        try:
            bring_for(task, site.files)
            measured = site.desk.do(measure_corrected, task, site.files.take(take_id))
            _keep_corrected(site, take_id, seen, corrections, task, measured)
        except RecordingError as error:
            raise type(error)(reason_for_user(site.files, upload, error.said(ADVICE))) from error
        finally:
            shutil.rmtree(made, ignore_errors=True)
    site.jobs.wake()
    return take_detail(site, take_id)


def _without_said(corrections: Corrections, take: Take) -> Corrections:
    """A side "set by hand" to what was said at first is no correction."""
    said = corrections.side is not None and corrections.side == declared_side(take)
    return replace(corrections, side=None) if said else corrections


def _number_with(take: Take, corrections: Corrections) -> int:
    """The number that the take will have: another one where its side is set by hand."""
    side = str(corrections.side or declared_side(take))
    return take.number if side == take.side else next_number(take.session.takes, (take.movement, side, take.phase))


def _check_correctable(take: Take, version: int | None) -> None:
    if version is not None and version != take.version:
        raise ConflictError(OTHER_TAB_WORDS)
    if take.state == TakeState.MEASURING or take.upload.state != UploadState.READ:
        raise ConflictError(phrase("This recording is being measured; you can correct it as soon as that is done."))


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction gave, in short; the rest is in its folder."""

    side: str
    """Empty for a test that is not done once per side."""
    summary: dict[str, Any]


def measure_corrected(task: MeasureTask, earlier: Path) -> Corrected:
    """Measure a take again and write its folder; the picture is that of the ``earlier`` folder. Runs at the desk."""
    result = task.measure()
    picture = earlier / PICTURE_FILE
    with storage_errors(task.staging):
        task.staging.mkdir(parents=True)
        kept = picture.read_bytes() if picture.is_file() else None
    with language_set("en"):  # its chart is for whoever looks at the folder later, as that of a job
        replace(task, video=None).write(result, task.staging, kept_picture=kept)
    return Corrected(str(result.trial.side) if result.trial.sided else "", summary_of(result.trial))


def _keep_corrected(
    site: Site, take_id: str, seen: int, corrections: Corrections, task: MeasureTask, measured: Corrected
) -> None:
    with (
        _unshown(site, take_id, seen),
        site.files.replacing_take(take_id, task.staging, seen) as put_take,
        site.database.begin() as transaction,
    ):
        take = take_or_404(transaction, take_id)
        transaction.refresh(take, with_for_update=True)
        if not site.files.store.shared:
            _check_correctable(take, seen)
        elif take.version != seen:
            raise ConflictError(OTHER_TAB_WORDS)
        for job in unfinished_jobs_of(transaction, [take.id]):  # they show what was measured before
            job.state = JobState.CANCELLED
        shown_before = (_trial_json(site.files.take(take_id)) or {}).get("repetitions")
        take.corrections = corrections.to_dict() if corrections else {}
        take.state, take.reason, take.summary = TakeState.MEASURED, "", measured.summary
        take.version += 1
        _set_side(take, measured.side)
        drawn_anew = (_trial_json(task.staging) or {}).get("repetitions") != shown_before
        if drawn_anew and task.video is not None:
            site.jobs.enqueue(transaction, take.session_id, JobKind.MEASURE, take.id)
        with storage_errors(site.files.take(take_id)):
            put_take()
        to_delete = bring_in_line(transaction, site.files, take.upload)
        measure_older_again(transaction, site.files, take)
        changed = _takes_out(take.session.takes)
    site.files.discard(to_delete)
    tell_takes(site, changed)


@contextmanager
def _unshown(site: Site, take_id: str, seen: int) -> Iterator[None]:
    """Show no numbers of a take while its folder in a store is replaced, which its row follows a moment later.

    A server that is killed in between leaves it waiting; then, as after an error, it is measured again with the corrections
    of its row.
    """
    if not site.files.store.shared:
        yield
        return
    with site.database.begin() as transaction:
        take = take_or_404(transaction, take_id)
        transaction.refresh(take, with_for_update=True)
        _check_correctable(take, seen)
        take.state = TakeState.MEASURING
    try:
        yield
    except BaseException:
        with suppress(StorageError), site.database.begin() as transaction:
            found = transaction.get(Take, take_id, with_for_update=True)
            if found is not None and found.version == seen and found.state == TakeState.MEASURING:
                site.jobs.enqueue(transaction, found.session_id, JobKind.MEASURE, take_id)
        site.jobs.wake()
        raise


def drop_corrections(take: Take) -> None:
    """Take back all that was set right by hand, the side too."""
    side = declared_side(take)
    take.corrections = {}
    _set_side(take, side)


def _set_side(take: Take, side: str) -> None:
    """Another side makes it a recording of that side: a further take there, and none any more on the other."""
    if side != take.side:
        take.number = next_number(take.session.takes, (take.movement, side, take.phase))
        take.side = side
        let_latest_count(take.session.takes)


def request_annotated(site: Site, take_id: str) -> JobOut:
    """Ask for the annotated video of a recording; one that is being drawn already is not drawn twice.

    Raises
    ------
    NotFoundError
    ConflictError
        It is not measured, or its video is gone.
    """
    with site.database.begin() as transaction:
        take = take_or_404(transaction, take_id)
        if take.state != TakeState.MEASURED:
            raise ConflictError(phrase("This recording is not measured, so there is nothing to draw on its video."))
        if playable_video(site.files, take.upload) is None or not take.session.keep_video:
            raise ConflictError(
                phrase(
                    "The video is not kept, as this session keeps body points only, or its faces are still being "
                    "blurred; nothing can be drawn on it now."
                )
            )
        jobs = unfinished_jobs_of(transaction, [take.id])
        job = next((job for job in jobs if job.kind == JobKind.ANNOTATE), None)
        job = job or site.jobs.enqueue(transaction, take.session_id, JobKind.ANNOTATE, take.id)
        out = JobOut.of(job)
    site.jobs.wake()
    site.events.tell(out.session_id, "job", out)
    return out


def annotated_video(site: Site, take_id: str) -> Path:
    """The annotated video of a recording.

    Raises
    ------
    NotFoundError
        It was not asked for yet, or is still being drawn.
    """
    with site.database.read() as transaction:
        take_or_404(transaction, take_id)
    path = site.files.take(take_id) / VIDEO_FILE
    if not path.is_file():
        raise NotFoundError(
            phrase("There is no annotated video of this recording yet; ask for it and wait for its job.")
        )
    return path


def _trial_json(folder: Path) -> dict[str, Any] | None:
    file = folder / TRIAL_FILE
    try:
        return restored(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else None
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        words = phrase(
            "{file} of this recording is damaged ({reason}). It is measured again when posecheck is started again.",
            file=file.name,
            reason=error,
        )
        raise StorageError(words) from error


def _takes_out(takes: Iterable[Take]) -> list[TakeOut]:
    return [TakeOut.of(take) for take in takes]
