"""Files that only their owner reads: keys."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from posecheck.files import move_into_place

if TYPE_CHECKING:
    from pathlib import Path

OWNER_ONLY, FOLDER_OWNER_ONLY = 0o600, 0o700
OTHERS = 0o077


def write_secret(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all; its folder is made if need be.

    Raises
    ------
    OSError
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_OWNER_ONLY)
    partial = path.with_suffix(".partial")
    with suppress(FileNotFoundError):
        partial.unlink()
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
        file.write(data)
    move_into_place(partial, path)


def is_open_to_others(path: Path) -> bool:
    """Whether others than its owner may read or change a file; Windows has no such file modes.

    Raises
    ------
    OSError
    """
    return sys.platform != "win32" and bool(path.stat().st_mode & OTHERS)


def forget_shared_token(folder: Path) -> None:
    """Delete the token that earlier versions gave to every phone: it opened everything."""
    with suppress(OSError):
        (folder / "token").unlink(missing_ok=True)
