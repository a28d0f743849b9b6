"""Recordings of a camera: they come in while they are filmed, and are measured as what was filmed; none is lost."""

from __future__ import annotations

import logging
import math
import shutil
from typing import TYPE_CHECKING, Any

from posecheck.errors import PosecheckError, VideoError
from posecheck.files import storage_errors, write_file_atomic
from posecheck.kinematics.joints import Side
from posecheck.language import joined, phrase, translated
from posecheck.storage.pieces import drop_pieces, join_pieces, keep_piece
from posecheck.storage.queries import all_uploads
from posecheck.storage.tables import PLAN, Upload, UploadState
from posecheck.video.seekable import write_seekable
from posecheck.web.api.schemas import ConfirmForm, UploadOut
from posecheck.web.film.live_line import checked_framing
from posecheck.web.server.errors import ConflictError, DiskFullError, NotFoundError, TooLargeError
from posecheck.web.server.site import session_or_404, upload_or_404
from posecheck.web.sessions.sessions import checked_test
from posecheck.web.takes import measuring
from posecheck.web.uploads import uploads
from posecheck.web.uploads.pieces import FULL_WORDS, RECEIVING, OffsetError, append_piece, free_bytes
from posecheck.web.uploads.too_much import check_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.movements import Movement
    from posecheck.web.film.forms import FilmingForm
    from posecheck.web.server.site import Site

WORTH_S = 2.0
"""One that nobody ended is kept from this length on; no test is shorter (chosen by us)."""
WORTH_BYTES = 100_000
"""Two seconds of video have more (chosen by us)."""
CUT_SHORT_WORDS = phrase(
    "The recording was cut short: the page, the browser or the server ended. What was filmed until then is kept."
)
FINISHED_WORDS = phrase("This recording has ended already; begin another one.")

_log = logging.getLogger(__name__)


def begin_filming(site: Site, session_id: str, form: FilmingForm) -> UploadOut:
    """Begin a recording, whose length nobody knows yet.

    Raises
    ------
    NotFoundError, WrongInputError, TooLargeError
    DiskFullError
        There is no room for it.
    """
    movement = checked_test(form.movement, form.side, site.catalogue)
    plan = {
        "movement": form.movement,
        "side": form.side,
        "mime": form.mime,
        "framing": checked_framing(form.framing),
    }
    if free_bytes(site.files.root, site.settings.limits.free_bytes) <= 0:
        raise DiskFullError(FULL_WORDS)
    with site.database.begin() as transaction:
        check_count(session_or_404(transaction, session_id), site.settings.limits)
        upload = Upload(
            session_id=session_id,
            phase=form.phase,
            file_name=_name(movement, form),
            size_bytes=0,
            filmed=True,
            reading={PLAN: plan},
        )
        transaction.add(upload)
        transaction.flush()
        with storage_errors(site.files.root):
            site.files.make_upload(upload.id)
            site.files.partial(upload.id).touch()
        out = UploadOut.of(upload)
    site.last_pieces.touch(out.id)
    return uploads.tell_upload(site, out)


def add_piece(site: Site, upload_id: str, offset: int, data: bytes) -> int:
    """Add a piece; returns how many bytes are safe on the disk then.

    Raises
    ------
    NotFoundError
    OffsetError
        Something else is wanted next.
    ConflictError
        The recording has ended.
    TooLargeError
        It is longer than a video may be.
    DiskFullError
        No room is left; what came in before is kept.
    """
    with RECEIVING.hold(site.database, upload_id):
        _check_filming(site, upload_id)
        partial, received_bytes = site.files.partial(upload_id), _received_bytes(site, upload_id)
        site.last_pieces.touch(upload_id)
        if offset != received_bytes:
            raise OffsetError(received_bytes)
        limits = site.settings.limits
        if received_bytes + len(data) > limits.max_bytes:
            raise TooLargeError(phrase("The recording is as long as a video may be; end it."))
        if len(data) > free_bytes(site.files.root, limits.free_bytes):
            raise DiskFullError(FULL_WORDS)
        keep_piece(site.files, upload_id, received_bytes, data)
        append_piece(partial, data)
        return received_bytes + len(data)


def finish_filming(
    site: Site, upload_id: str, framing: dict[str, Any] | None = None, *, interrupted: bool = False
) -> UploadOut:
    """End a recording: a seekable file is made of it, it is read, and measured as what was filmed.

    May be asked for twice. One that was ``interrupted`` does not count once its test was filmed again.

    Raises
    ------
    NotFoundError, WrongInputError
    ConflictError
        Nothing has come in.
    DiskFullError, StorageError
        No room is left; what came in is kept, and ended when there is.
    """
    framing = checked_framing(framing)
    with RECEIVING.hold(site.database, upload_id):
        upload = _filmed_upload(site, upload_id)
        if upload.state != UploadState.RECEIVING:
            return _out(site, upload_id)
        if not _received_bytes(site, upload_id):
            raise ConflictError(phrase("Nothing of this recording has arrived yet, so it cannot be ended."))
        _make_seekable(site, upload_id)
        return _complete(site, upload_id, framing, interrupted=interrupted)


def discard_filming(site: Site, upload_id: str) -> None:
    """Forget a recording that has not ended.

    Raises
    ------
    NotFoundError, ConflictError
    """
    _check_filming(site, upload_id)
    site.last_pieces.forget(upload_id)
    uploads.delete_upload(site, upload_id)


def finish_silent(site: Site) -> None:
    """End the recordings that have lost their page: kept from two seconds on, and measured."""
    for upload_id in site.last_pieces.silent():
        try:
            _finish_silent(site, upload_id)
        except NotFoundError:  # deleted in the meantime
            site.last_pieces.forget(upload_id)
        except PosecheckError as error:  # a full disk: tried again later
            _log.warning("a recording cannot be ended: %s", error)
            site.last_pieces.touch(upload_id)
        except Exception:  # those after it must be ended all the same
            _log.exception("a recording cannot be ended")
            site.last_pieces.touch(upload_id)


def _finish_silent(site: Site, upload_id: str) -> None:
    with RECEIVING.hold(site.database, upload_id):
        if _filmed_upload(site, upload_id).state != UploadState.RECEIVING:
            site.last_pieces.forget(upload_id)
            return
        if join_pieces(site.files, upload_id):  # its page sends them to another server
            site.last_pieces.touch(upload_id)
            return
        kept = _worth_keeping(site, upload_id)
        if kept:
            _complete(site, upload_id, None, [CUT_SHORT_WORDS], interrupted=True)
    if not kept:
        discard_filming(site, upload_id)


def _worth_keeping(site: Site, upload_id: str) -> bool:
    """Whether there is enough of it; what cannot be read goes by its bytes, and its reading says what is wrong."""
    received_bytes = _received_bytes(site, upload_id)
    length_s = _make_seekable(site, upload_id) if received_bytes else 0.0
    return received_bytes >= WORTH_BYTES if math.isnan(length_s) else length_s >= WORTH_S


def recover_filmings(site: Site) -> None:
    """Watch over the recordings of a server that ended: their pages may still go on, else they are ended."""
    with site.database.read() as transaction:
        filmed = [upload for upload in all_uploads(transaction) if upload.filmed]
    for upload in filmed:
        if upload.state == UploadState.RECEIVING:
            site.last_pieces.touch(upload.id)
        else:
            site.files.partial(upload.id).unlink(missing_ok=True)


def _name(movement: Movement, form: FilmingForm) -> str:
    """In the language of who films."""
    side = Side(form.side).words if form.side else ""
    said = translated(joined([movement.title, side, phrase("filmed")], ", "))
    return f"{said}.{'mp4' if 'mp4' in form.mime else 'webm'}"


def _filmed_upload(site: Site, upload_id: str) -> Upload:
    with site.database.read() as transaction:
        upload = upload_or_404(transaction, upload_id)
    if not upload.filmed:
        raise NotFoundError(phrase("This video was not filmed here; its pieces go to /api/uploads."))
    return upload


def _check_filming(site: Site, upload_id: str) -> None:
    if _filmed_upload(site, upload_id).state != UploadState.RECEIVING:
        raise ConflictError(FINISHED_WORDS)


def _out(site: Site, upload_id: str) -> UploadOut:
    with site.database.read() as transaction:
        return UploadOut.of(upload_or_404(transaction, upload_id))


def _received_bytes(site: Site, upload_id: str) -> int:
    partial = site.files.partial(upload_id)
    join_pieces(site.files, upload_id)
    with storage_errors(partial):
        return partial.stat().st_size if partial.exists() else 0


def _make_seekable(site: Site, upload_id: str) -> float:
    """Make the video of what came in, which stays until that is read; returns its length in seconds, NaN if unknown.

    What holds no picture becomes the video as it is: its reading says in words what is wrong.
    """
    partial = site.files.partial(upload_id)
    with site.files.changing_upload(upload_id):
        video = site.files.video(upload_id)
        try:
            return write_seekable(partial, video)
        except VideoError:
            write_file_atomic(video, lambda copy: shutil.copyfile(partial, copy))
            return math.nan


def _complete(
    site: Site,
    upload_id: str,
    framing: dict[str, Any] | None,
    notes: Sequence[str] = (),
    *,
    interrupted: bool = False,
) -> UploadOut:
    """Say what it shows, then queue its reading; may be done twice, as it is after a crash in between."""
    with site.database.begin() as transaction:
        upload = upload_or_404(transaction, upload_id)
        plan = {**upload.reading[PLAN], "framing": framing or upload.reading[PLAN].get("framing")}
        plan["interrupted"] = interrupted
        upload.reading = {**upload.reading, PLAN: plan}
        form = ConfirmForm(movement=plan["movement"], side=plan["side"])
    measuring.confirm_upload(site, upload_id, form)
    out = uploads.complete(site, upload_id, notes)
    drop_pieces(site.files, upload_id)
    site.last_pieces.forget(upload_id)
    return out
