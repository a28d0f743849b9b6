"""Videos that come in: in pieces, each safe on the disk before it is said to be; they go on where they stopped."""

from __future__ import annotations

import logging
from pathlib import PurePath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from posecheck.errors import PosecheckError
from posecheck.files import move_into_place, storage_errors
from posecheck.language import filled, phrase
from posecheck.storage.deleting import delete_rows
from posecheck.storage.job_queue import delete_jobs_of, unfinished_jobs_of
from posecheck.storage.pieces import drop_pieces, join_pieces, keep_piece
from posecheck.storage.queries import all_uploads
from posecheck.storage.tables import JobKind, JobState, TakeState, Upload, UploadState
from posecheck.video.reader import sha256_of
from posecheck.web.api.schemas import JobOut, ReadingForm, TakeOut, UploadForm, UploadOut
from posecheck.web.jobs.upload_video import rotate_deg
from posecheck.web.server.errors import ConflictError, TooLargeError, WrongInputError
from posecheck.web.server.events import DELETED
from posecheck.web.server.site import session_or_404, upload_or_404
from posecheck.web.takes.counting import let_latest_count
from posecheck.web.takes.measuring import drop_corrections
from posecheck.web.uploads.not_a_video import other_than_a_video
from posecheck.web.uploads.pieces import RECEIVING, OffsetError, append_piece
from posecheck.web.uploads.too_much import check_count, check_room, check_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.storage.database import Transaction
    from posecheck.storage.tables import Session
    from posecheck.web.server.site import Site

_log = logging.getLogger(__name__)


def begin_upload(site: Site, session_id: str, form: UploadForm) -> tuple[UploadOut, bool]:
    """Announce a video, or find the one that is half there.

    Returns
    -------
    upload : UploadOut
        ``received_bytes`` says where to go on.
    made : bool
        False where an unfinished one of the same block, name and size goes on.

    Raises
    ------
    NotFoundError
    WrongInputError
        The file is empty.
    TooLargeError
        It is larger than allowed, or the session holds as many videos as it may.
    DiskFullError
        It would not fit on the disk.
    """
    name = _plain_name(form.file_name)
    check_size(name, form.size_bytes, site.settings.limits)
    with site.database.begin() as transaction:
        session = session_or_404(transaction, session_id)
        upload = _unfinished(session, form, name)
        made = upload is None
        if upload is None:
            check_count(session, site.settings.limits)
            upload = Upload(session_id=session_id, phase=form.phase, file_name=name, size_bytes=form.size_bytes)
            transaction.add(upload)
            transaction.flush()
        check_room(site, upload)
        with storage_errors(site.files.root):
            site.files.make_upload(upload.id)
        out = UploadOut.of(upload)
    if made:
        tell_upload(site, out)
        return out, True
    return receive_piece(site, out.id, None, b""), False


def receive_piece(site: Site, upload_id: str, offset: int | None, data: bytes) -> UploadOut:
    """Add a piece to a video; the last one completes it, and its reading is queued.

    Parameters
    ----------
    site : Site
    upload_id : str
    offset : int or None
        Where the piece belongs, in bytes; None: at the end of what is there.
    data : bytes

    Raises
    ------
    NotFoundError
    OffsetError
        Something else is wanted next.
    ConflictError
        The video is whole already.
    WrongInputError
        By its first piece it is no video: then it is forgotten.
    TooLargeError
        More bytes than were announced, or than one piece may have.
    DiskFullError
        No room is left; what came in before is kept.
    """
    if len(data) > site.settings.limits.chunk_bytes:
        most = site.settings.limits.chunk_bytes
        raise TooLargeError(phrase("One piece may have {count} bytes; send smaller ones.", count=most))
    with RECEIVING.hold(site.database, upload_id):
        with site.database.read() as transaction:
            upload = upload_or_404(transaction, upload_id)
            out = UploadOut.of(upload)
        if upload.filmed:
            raise ConflictError(phrase("This video comes from a camera; its pieces go to /api/filmings."))
        if upload.state != UploadState.RECEIVING:
            if offset is None or offset + len(data) == upload.size_bytes:  # the answer to the last piece was lost
                return out
            raise ConflictError(
                phrase(
                    "{file} has already been received completely; send another one as a new video.",
                    file=upload.file_name,
                )
            )
        received_bytes = _received_bytes(site, upload)
        if offset is not None and offset != received_bytes:
            _store_received(site, upload_id, received_bytes)
            raise OffsetError(received_bytes)
        if received_bytes + len(data) > upload.size_bytes:
            raise TooLargeError(
                phrase(
                    "{file} has more bytes than the {count} that were announced; send it again.",
                    file=upload.file_name,
                    count=upload.size_bytes,
                )
            )
        if not received_bytes and (words := other_than_a_video(data)):
            _forget(site, upload_id)
            raise WrongInputError(filled(words, file=upload.file_name))
        keep_piece(site.files, upload_id, received_bytes, data)
        append_piece(site.files.partial(upload_id), data)
        received_bytes += len(data)
        if received_bytes < upload.size_bytes:
            return _store_received(site, upload_id, received_bytes)
        _put_in_place(site, upload_id)
        return complete(site, upload_id)


def _forget(site: Site, upload_id: str) -> None:
    """Delete an announced file of which nothing is kept."""
    with delete_rows(site.database, site.files) as deletion:
        deletion.upload(upload_or_404(deletion.transaction, upload_id))


def recover_uploads(site: Site) -> None:
    """Set right what a server that was killed left: the files say how much came in, and which videos are whole."""
    with site.database.read() as transaction:
        uploads = all_uploads(transaction)
    _recover(site, uploads)
    with site.database.begin() as transaction:
        queue_missing_jobs(transaction, site)


def recover_received(site: Site) -> None:
    """Complete the videos that are whole, where another server of the store died before it did so."""
    with site.database.read() as transaction:
        uploads = [upload for upload in all_uploads(transaction) if upload.state == UploadState.RECEIVING]
    _recover(site, uploads)


def _recover(site: Site, uploads: Iterable[Upload]) -> None:
    for upload in uploads:
        try:
            _recover_upload(site, upload)
        except (PosecheckError, OSError) as error:  # one that is damaged must not keep the server from starting
            _log.warning("%s: %s", upload.file_name, error)


def _recover_upload(site: Site, upload: Upload) -> None:
    if upload.state == UploadState.RECEIVING:
        if not upload.filmed:
            receive_piece(site, upload.id, None, b"")
        return
    if site.files.store.shared:  # `posecheck.web.server.missing_files` looks at all of it at once
        return
    if not upload.has_video:
        site.files.video(upload.id).unlink(missing_ok=True)
    if not upload.has_copy:
        site.files.copy(upload.id).unlink(missing_ok=True)


def queue_missing_jobs(transaction: Transaction, site: Site) -> None:
    """Queue a job for each upload and take that waits for one and has none, as after an import."""
    several = site.database.servers.are_several
    for upload_id in [upload.id for upload in all_uploads(transaction) if _waits(upload)]:
        if several:
            transaction.expire_all()
        upload = transaction.get(
            Upload, upload_id, with_for_update=several
        )  # so that nobody else queues anything for it
        if upload is None:
            continue
        targets = [upload.id, *(take.id for take in upload.takes)]
        busy = {job.target_id for job in unfinished_jobs_of(transaction, targets)}
        if several:
            transaction.expire_all()  # a job that another server ended before these were asked for has changed its row
        if upload.state == UploadState.READING and upload.id not in busy:
            site.jobs.enqueue(transaction, upload.session_id, JobKind.READ, upload.id)
        if upload.state == UploadState.READ:
            for take in upload.takes:
                if take.state == TakeState.MEASURING and take.id not in busy:
                    site.jobs.enqueue(transaction, take.session_id, JobKind.MEASURE, take.id)


def _waits(upload: Upload) -> bool:
    measuring = any(take.state == TakeState.MEASURING for take in upload.takes)
    return upload.state == UploadState.READING or (upload.state == UploadState.READ and measuring)


def read_again(site: Site, upload_id: str, form: ReadingForm) -> UploadOut:
    """Find the body points anew, of another person, mirrored or turned; what was measured from them is measured again.

    Corrections by hand are dropped with them: they were those of other body points.

    Raises
    ------
    NotFoundError
    ConflictError
        It has not come in whole, is being read, or is deleted.
    """
    with site.database.begin() as transaction:
        upload = upload_or_404(transaction, upload_id)
        transaction.refresh(upload, with_for_update=True)
        if upload.state != UploadState.READ and not upload.is_unusable:
            raise ConflictError(
                phrase("{file} is still being received or read; wait for that, or stop it.", file=upload.file_name)
            )
        if not upload.has_video:
            raise ConflictError(
                phrase(
                    "{file} itself is not kept (only its body points are, or a copy with a blurred face), so it cannot be "
                    "read again. Send it once more.",
                    file=upload.file_name,
                )
            )
        for job in unfinished_jobs_of(transaction, [take.id for take in upload.takes]):
            job.state = JobState.CANCELLED
        upload.reading = _reading(upload, form)
        upload.state, upload.reason = UploadState.READING, ""
        for take in upload.takes:
            take.state, take.reason = TakeState.MEASURING, ""
            take.version += 1
            drop_corrections(take)
        job = site.jobs.enqueue(transaction, upload.session_id, JobKind.READ, upload.id)
        out, told = UploadOut.of(upload), JobOut.of(job)
        takes = [TakeOut.of(take) for take in upload.takes]
    site.jobs.wake()
    site.events.tell(out.session_id, "job", told)
    for take_out in takes:
        site.events.tell(out.session_id, "take", take_out)
    return tell_upload(site, out)


def _reading(upload: Upload, form: ReadingForm) -> dict[str, Any]:
    """How it is to be read: the person was chosen in the picture as it was read before, which may be turned round now."""
    reading = form.model_dump(mode="json")
    if form.person_at is not None:
        reading["person_at"] = _point_as_read(form.person_at, upload, form)
    return {**upload.reading, **reading}


def _point_as_read(point: tuple[float, float], upload: Upload, form: ReadingForm) -> list[float]:
    """A point of the picture as it was read before, in the picture as it will be read: filmed, turned, then mirrored."""
    x, y = point
    if upload.reading.get("mirror"):
        x = 1.0 - x
    for _ in range(((form.rotate_deg or 0) - (rotate_deg(upload) or 0)) % 360 // 90):
        x, y = 1.0 - y, x  # a quarter clockwise
    return [1.0 - x if form.mirror else x, y]


def delete_upload(site: Site, upload_id: str) -> None:
    """Delete a video, what was read from it, and what was measured; earlier recordings that it replaced count again.

    Raises
    ------
    NotFoundError, StorageError
    """
    with RECEIVING.hold(site.database, upload_id), delete_rows(site.database, site.files) as deletion:
        transaction = deletion.transaction
        upload = upload_or_404(transaction, upload_id)
        session = upload.session
        delete_jobs_of(transaction, [upload.id, *(take.id for take in upload.takes)])
        deletion.upload(upload)
        transaction.flush()
        transaction.refresh(session)
        let_latest_count(session.takes)
        session_id = session.id
    site.jobs.wake()
    site.events.tell_servers(DELETED)
    site.events.tell(session_id, "reload", {})


def tell_upload(site: Site, out: UploadOut) -> UploadOut:
    """Tell whoever watches the session of an upload's new state; returns it."""
    site.events.tell(out.session_id, "upload", out)
    return out


def _plain_name(file_name: str) -> str:
    """The last part of a name, whatever system it comes from, without what no file name holds."""
    name = PureWindowsPath(PurePath(file_name).name).name
    plain = "".join(letter for letter in name if letter.isprintable()).strip()
    return plain or "video"


def _unfinished(session: Session, form: UploadForm, name: str) -> Upload | None:
    wanted = (form.phase, name, form.size_bytes)
    for upload in session.uploads:
        same = (upload.phase, upload.file_name, upload.size_bytes) == wanted
        if same and upload.state == UploadState.RECEIVING and not upload.filmed:
            return upload
    return None


def _received_bytes(site: Site, upload: Upload) -> int:
    """How much there is on the disk, which may be more than the database knows."""
    partial, video = site.files.partial(upload.id), site.files.video(upload.id)
    if video.exists():  # killed between the last piece and the database
        return video.stat().st_size
    join_pieces(site.files, upload.id)
    return partial.stat().st_size if partial.exists() else 0


def _store_received(site: Site, upload_id: str, received_bytes: int) -> UploadOut:
    with site.database.begin() as transaction:
        upload = upload_or_404(transaction, upload_id)
        upload.received_bytes = received_bytes
        return UploadOut.of(upload)


def _put_in_place(site: Site, upload_id: str) -> None:
    partial = site.files.partial(upload_id)
    with storage_errors(partial), site.files.changing_upload(upload_id):
        if partial.exists():
            move_into_place(partial, site.files.video(upload_id))
    drop_pieces(site.files, upload_id)


def complete(site: Site, upload_id: str, notes: Sequence[str] = ()) -> UploadOut:
    """Queue the reading of a video that is in its place; may be done twice, by whoever holds `RECEIVING`.

    Parameters
    ----------
    site : Site
    upload_id : str
    notes : sequence of str
        What the user is to be told about how it came in.

    Raises
    ------
    NotFoundError, StorageError
    """
    video = site.files.video(upload_id)
    sha256 = sha256_of(video)
    with site.database.begin() as transaction:
        row = upload_or_404(transaction, upload_id)
        row.size_bytes = row.received_bytes = video.stat().st_size
        row.sha256, row.has_video = sha256, True
        row.state, row.info = UploadState.READING, _noted([*notes, *_sent_before(row)])
        job = site.jobs.enqueue(transaction, row.session_id, JobKind.READ, row.id)
        out, told = UploadOut.of(row), JobOut.of(job)
    site.jobs.wake()
    site.events.tell(out.session_id, "job", told)
    return tell_upload(site, out)


def _noted(words: list[str]) -> dict[str, list[str]]:
    """Words that stay when the reading adds its own."""
    return {"noted": words, "warnings": words} if words else {}


def _sent_before(upload: Upload) -> list[str]:
    """What is to be said where the same file came in before, in the same block of the session."""
    for other in upload.session.uploads:
        same = other.id != upload.id and other.phase == upload.phase and other.sha256 == upload.sha256
        if same and other.state != UploadState.RECEIVING:
            return [
                phrase(
                    "The same recording was sent before as {file}; of two that are confirmed as the same test, the later "
                    "one counts.",
                    file=other.file_name,
                )
            ]
    return []
