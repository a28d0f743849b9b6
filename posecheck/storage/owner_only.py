"""The data folder for its owner alone: what is new, and what an earlier version left open to others on the machine."""

from __future__ import annotations

import logging
import os
import stat
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.storage.files import DataFolder

OTHERS = 0o077
"""Everybody but the owner: 700 for folders and 600 for files is what stays without it."""

_log = logging.getLogger(__name__)


@contextmanager
def new_files_for_owner() -> Iterator[None]:
    """While it lasts, files and folders that this process and its workers make are for their owner alone.

    By the mask of the whole process: SQLite, the video writer and the workers make files too, each in a way of its own.
    """
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def shut_to_others(folder: DataFolder) -> None:
    """Take from others what they may do in a data folder that exists; what is not posecheck's, and links, stay as they are.

    Where that is refused (a disk without file modes, a folder of another owner) a warning is logged: it must not keep
    people from their data.
    """
    if sys.platform == "win32" or not folder.root.is_dir():  # Windows: a user's folders are theirs, without file modes
        return
    try:
        _shut(folder.root)
        for entry in folder.root.iterdir():
            if folder.owns(entry.name):
                _shut_tree(entry)
    except OSError as error:
        _log.warning(
            "%s: others on this machine may be able to read people's data (%s). Move the data folder to a disk of your own.",
            folder.root,
            error.strerror,
        )


def _shut_tree(path: Path) -> None:
    if path.is_symlink():
        return
    _shut(path)
    if path.is_dir():
        for entry in path.iterdir():
            _shut_tree(entry)


def _shut(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        path.chmod(mode & ~OTHERS)
