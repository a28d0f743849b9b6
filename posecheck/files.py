"""Files and folders that appear whole or not at all, whatever interrupts the writing: a power cut, too."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import uuid
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import Advice, StorageError
from posecheck.language import mapped, phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class OwnEntry(StrEnum):
    """Everything that posecheck writes into a result folder or a session's ZIP: whoever writes one takes its name here."""

    ANGLES = "angles.csv"
    REPETITIONS = "repetitions.csv"
    TRIAL = "trial.json"
    LANDMARKS = "landmarks.parquet"
    RECORDING = "recording.json"
    VIDEO = "annotated.mp4"
    PICTURE = "end_range.jpg"
    CHART = "angles.svg"
    SKELETON = "skeleton.csv"
    BODY = "body.svg"
    MOT = "angles.mot"
    TRC = "landmarks.trc"
    SKELETON_TRC = "skeleton.trc"
    C3D = "recording.c3d"
    SKELETON_C3D = "skeleton.c3d"
    MOVEMENT = "recording.nc"
    CHANGES = "changes.csv"
    SIDES = "sides.csv"
    TAKES = "takes.csv"
    COMPARISON = "comparison.json"
    REPORT = "report.html"
    PDF_REPORT = "report.pdf"
    SESSION_PLAN = "session.toml"
    SESSION = "session.json"
    TRIALS = "trials"


MARKER_FILES = (OwnEntry.TRIAL, OwnEntry.COMPARISON, OwnEntry.SESSION)
"""A folder with one of these was written by posecheck, and may be replaced; any other is somebody's own."""

EXISTS = Advice("exists", phrase("Choose another place, or replace what is there."))
ANOTHER_PLACE = Advice("another_place", phrase("Choose another place to write to."))

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_IN_THE_WAY = (errno.EEXIST, errno.ENOTDIR)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextlib.contextmanager
def new_folder(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Make a folder in one step: what the body writes to the yielded folder appears at ``path`` when it succeeds.

    The yielded folder lies hidden beside ``path``, so that moving it is one rename. It is removed when the body raises,
    also on `KeyboardInterrupt`. A folder that is replaced stays as it was until the new one is complete.

    Parameters
    ----------
    path
        The folder to make. It may exist if it is empty.
    overwrite
        Replace an earlier result. Default: refuse, so that nothing is lost by accident.

    Raises
    ------
    StorageError
        The folder exists and ``overwrite`` is not set, or is not one of posecheck's; it cannot be written; disk full.
    """
    target = Path(path).absolute()
    check_replaceable(path, overwrite=overwrite)
    with storage_errors(path):
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = _hidden_sibling(target, "tmp")
        partial.mkdir()
    try:
        with full_disk_errors(path):
            yield partial
        with storage_errors(path):
            sync_tree(partial)
            _move_folder_into_place(partial, target)
            sync_folder(target.parent)
    except StorageError as error:
        shutil.rmtree(partial, ignore_errors=True)
        named = mapped(error.words, lambda value: value.replace(str(partial), str(path)))
        raise error.reworded(named) from error
    except BaseException:  # KeyboardInterrupt too: nothing half-written stays
        shutil.rmtree(partial, ignore_errors=True)
        raise


def check_replaceable(path: str | Path, *, overwrite: bool) -> None:
    """Refuse a folder that may not be written, before any work is done for it.

    Raises
    ------
    StorageError
        As `new_folder`.
    """
    target = Path(path).absolute()
    with storage_errors(path):
        if not target.exists() and not target.is_symlink():
            return
        if not target.is_dir():
            words = phrase("{file} is a file, and a folder of that name is needed.", file=path)
            raise StorageError(words, ANOTHER_PLACE)
        entries = {entry.name for entry in target.iterdir()}
    if not entries:
        return
    if not overwrite:
        raise StorageError(phrase("{file} exists already.", file=path), EXISTS)
    foreign = sorted(entries.difference(OwnEntry))
    if foreign and not entries.isdisjoint(MARKER_FILES):
        raise StorageError(
            phrase(
                "{folder} also holds {file}, which posecheck did not write, so it is never replaced. Move that file away "
                "first.",
                folder=path,
                file=foreign[0],
            ),
            ANOTHER_PLACE,
        )
    if foreign or entries.isdisjoint(MARKER_FILES):
        words = phrase("{folder} holds files that posecheck did not write, so it is never replaced.", folder=path)
        raise StorageError(words, ANOTHER_PLACE)


def write_text_atomic(path: str | Path, text: str) -> Path:
    """Write a text file in UTF-8, line ends as given; it appears whole or not at all."""

    def write(partial: Path) -> None:
        partial.write_text(text, encoding="utf-8", newline="")

    return write_file_atomic(path, write)


def write_bytes_atomic(path: str | Path, data: bytes) -> Path:
    """Write bytes; the file appears whole or not at all."""

    def write(partial: Path) -> None:
        partial.write_bytes(data)

    return write_file_atomic(path, write)


def write_file_atomic(path: str | Path, writer: Callable[[Path], object]) -> Path:
    """Call ``writer`` with a hidden path beside ``path`` and move the finished file into place; return ``path``.

    Raises
    ------
    StorageError
        The file cannot be written, or the disk is full.
    """
    target = Path(path)
    partial = _hidden_sibling(target, "tmp")
    try:
        with storage_errors(path):
            writer(partial)
            move_into_place(partial, target)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
    return target


def sync_descriptor(descriptor: int) -> None:
    """Wait until the content of an open file has reached the disk itself, not only its cache."""
    if sys.platform == "darwin":  # there fsync ends at the disk's own cache
        import fcntl

        with contextlib.suppress(OSError):  # a disk in the network knows fsync alone
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def sync_file(path: Path) -> None:
    """Wait until a file's content is safe from a power cut; its name is, once `sync_folder` was called."""
    with path.open("rb+" if sys.platform == "win32" else "rb") as file:  # Windows asks for the right to write
        sync_descriptor(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are safe: which files it has, under which names, and which it has no more."""
    if sys.platform == "win32":  # no program can ask for it there; NTFS keeps a journal of names
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        sync_descriptor(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Wait until everything in a folder is safe, the names too; not the folder's own name, which its parent holds."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            sync_file(path)
        elif path.is_dir():
            sync_folder(path)
    sync_folder(folder)


def move_into_place(made: Path, target: Path) -> None:
    """Give a finished file its name, instead of an earlier one, and wait until both are safe from a power cut.

    Raises
    ------
    OSError
    """
    sync_file(made)
    made.replace(target)
    sync_folder(target.parent)


@contextlib.contextmanager
def storage_errors(path: str | Path) -> Iterator[None]:
    """Turn failures of the disk into `StorageError` in plain words."""
    try:
        yield
    except OSError as error:
        raise _disk_error(path, error) from error


@contextlib.contextmanager
def full_disk_errors(path: str | Path) -> Iterator[None]:
    """Turn a full disk, and no other failure, into `StorageError`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise _disk_error(path, error) from error
        raise


def _disk_error(path: str | Path, error: OSError) -> StorageError:
    if error.errno in _FULL:
        full = phrase("{file}: the disk is full. Nothing was written. Free some space and try again.", file=path)
        return StorageError(full)
    if error.errno in _FORBIDDEN:
        return StorageError(phrase("{file}: you have no permission to write there.", file=path), ANOTHER_PLACE)
    if error.errno in _IN_THE_WAY:
        return StorageError(phrase("{file}: a file stands where a folder is needed.", file=path), ANOTHER_PLACE)
    reason = error.strerror or error
    words = phrase("{file}: cannot be written ({reason}). Check the path.", file=path, reason=reason)
    return StorageError(words, ANOTHER_PLACE)


def _hidden_sibling(target: Path, word: str) -> Path:
    # mkdtemp would make a folder that only its owner may read; this one takes the usual permissions.
    return target.with_name(f".{target.name}.{word}-{uuid.uuid4().hex[:8]}")


def _move_folder_into_place(partial: Path, target: Path) -> None:
    if not target.exists():
        partial.rename(target)
        return
    old = _hidden_sibling(target, "old")
    target.rename(old)
    try:
        partial.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
