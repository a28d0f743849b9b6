"""What a database refuses, in plain words."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from posecheck.errors import StorageError
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCKED_WORDS = phrase(
    "the database has been in use by another program for too long; nothing was changed. Try again in a moment."
)
FULL_WORDS = phrase("the disk is full; nothing was changed. Free some space and try again.")


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn failures of the database into `StorageError` in plain words."""
    try:
        yield
    except DBAPIError as error:
        raise StorageError(_in_words(error)) from error
    except PoolTimeoutError as error:  # so many requests wait for it that no connection is left
        raise StorageError(LOCKED_WORDS) from error


def _in_words(error: DBAPIError) -> str:
    text = str(error.orig).splitlines()[0] if str(error.orig) else type(error).__name__
    low = text.lower()
    if "locked" in low or "busy" in low:
        return LOCKED_WORDS
    if "disk is full" in low or "no space" in low or getattr(error.orig, "errno", None) == errno.ENOSPC:
        return FULL_WORDS
    if isinstance(error, OperationalError):
        return phrase(
            "the database cannot be reached or written ({reason}). Check that it runs and may be written to.",
            reason=text,
        )
    return phrase("the database refused the change ({reason}); nothing was changed.", reason=text)
