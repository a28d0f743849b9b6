"""Errors of the web app on top of posecheck's own: each has a stable code for scripts and words for people."""

from __future__ import annotations

from posecheck.errors import (
    ComparisonError,
    CorrectionError,
    ModelFileError,
    MovementError,
    PosecheckError,
    RecordingError,
    StorageError,
    VideoError,
)
from posecheck.storage.archive_import import ArchiveError


class WebError(PosecheckError):
    """A request that cannot be served as it is; ``status`` is the HTTP status, ``code`` a stable word."""

    status = 400
    code = "bad_request"


class NotFoundError(WebError):
    """There is no such person, session, upload, take or page."""

    status = 404
    code = "not_found"


class ConflictError(WebError):
    """The thing has changed in the meantime (another tab), or is not in a state that allows this."""

    status = 409
    code = "conflict"


class TooLargeError(WebError):
    """More bytes, videos, pixels or seconds than the limits allow."""

    status = 413
    code = "too_large"


class WrongInputError(WebError):
    """A value in the request is wrong; the message names it."""

    status = 422
    code = "wrong_input"


class DiskFullError(WebError):
    """There is no room left."""

    status = 507
    code = "disk_full"


_CODES: tuple[tuple[type[PosecheckError], int, str], ...] = (
    (VideoError, 422, "video"),
    (RecordingError, 422, "recording"),
    (CorrectionError, 422, "correction"),
    (ComparisonError, 422, "comparison"),
    (MovementError, 422, "movement"),
    (ArchiveError, 422, "archive"),
    (StorageError, 503, "storage"),
    (ModelFileError, 500, "model"),
)


def status_and_code(error: PosecheckError) -> tuple[int, str]:
    """HTTP status and stable code of an error."""
    if isinstance(error, WebError):
        return error.status, error.code
    return next(((status, code) for kind, status, code in _CODES if isinstance(error, kind)), (400, "error"))
