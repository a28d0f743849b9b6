"""The token of the door for phones, kept from start to start: after a crash a phone goes on by itself."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.storage.files import ANOTHER_DATA_FOLDER
from posecheck.web.phones.secret_file import is_open_to_others, write_secret
from posecheck.web.server.access import new_token

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "token"
WHOLE = re.compile(r"[A-Za-z0-9_-]{32}")
"""What `posecheck.web.server.access.new_token` makes; anything else is damaged."""


def token_for(folder: Path) -> str:
    """The token kept in a folder; made where there is none, where it is damaged, or where others could have read it.

    Parameters
    ----------
    folder : Path
        Made if need be.

    Raises
    ------
    StorageError
        The folder cannot be written.
    """
    path = folder / FILE_NAME
    kept = _read(path)
    if kept:
        return kept
    token = new_token()
    try:
        write_secret(path, token.encode())
    except OSError as error:
        raise StorageError(
            f"{folder}: no token can be kept here ({error.strerror}). Check the folder.", ANOTHER_DATA_FOLDER
        ) from error
    return token


def _read(path: Path) -> str:
    """Empty where there is none that serves."""
    with suppress(OSError, ValueError):
        kept = path.read_bytes().decode("ascii")
        if WHOLE.fullmatch(kept) and not is_open_to_others(path):
            return kept
    return ""
