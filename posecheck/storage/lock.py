"""One server at a time on one data folder: a lock of the operating system, which also a killed server gives back."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from posecheck.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process.

    Raises
    ------
    StorageError
        Another server holds it, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "server.lock").open("a+b")
    except OSError as error:
        raise StorageError(f"{folder}: cannot be made or written ({error.strerror}); choose another --data.") from error
    with file:
        if not _take(file):
            raise StorageError(
                f"{folder}: another posecheck server uses this data folder. Use that one, stop it first, or choose "
                "another --data."
            )
        yield


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
