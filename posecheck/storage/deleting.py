"""Deletes rows and then their files: a mark on the disk sees to it that a server stopped in between goes on later.

On a full disk, too: room that is held ready is given up for it.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.files import storage_errors, sync_folder
from posecheck.storage.backups import forget
from posecheck.storage.tables import Person, Session, Take, Upload, new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session as Transaction

    from posecheck.storage.database import Database
    from posecheck.storage.files import DataFolder


GIVEN_UP_S = 24 * 3600.0
"""A mark in the store whose rows are still there so long afterwards is of a deletion that was not kept (chosen by us)."""


class Deletion:
    """One transaction that deletes; says which files go with the rows."""

    def __init__(self, transaction: Transaction, folder: DataFolder) -> None:
        self.transaction = transaction
        self._folder = folder
        self.marked: list[tuple[str, str]] = []
        self.rows: list[tuple[str, str]] = []

    def person(self, row: Person) -> None:
        """Delete a person with all sessions."""
        for session in row.every_session:
            self._mark_session(session)
        self._delete(row)

    def session(self, row: Session) -> None:
        """Delete a session with its videos and results."""
        self._mark_session(row)
        self._delete(row)

    def upload(self, row: Upload) -> None:
        """Delete a video and the recordings made of it."""
        self._mark_upload(row)
        self._delete(row)

    def take(self, row: Take) -> None:
        """Delete a recording's results; the video stays."""
        self._mark("take", row.id)
        self._delete(row)

    def _delete(self, row: Person | Session | Upload | Take) -> None:
        self.rows.append((row.__tablename__, row.id))
        self.transaction.delete(row)

    def _mark_session(self, row: Session) -> None:
        for upload in row.uploads:
            self._mark_upload(upload)

    def _mark_upload(self, row: Upload) -> None:
        for take in row.takes:
            self._mark("take", take.id)
        self._mark("upload", row.id)

    def _mark(self, kind: str, row_id: str) -> None:
        with storage_errors(self._folder.root):
            (self._folder.deletions / f"{kind}-{row_id}").touch()
        self.marked.append((kind, row_id))


@contextmanager
def delete_rows(database: Database, folder: DataFolder) -> Iterator[Deletion]:
    """A transaction whose rows are deleted with their files: the files go after it is committed, never before.

    Raises
    ------
    StorageError
        The database or the disk refuses; then nothing is deleted.
    """
    marked: list[tuple[str, str]] = []
    shared_mark = f"deletions/{new_id()}.json"
    try:
        with storage_errors(folder.root):
            folder.give_up_reserve()
        with database.begin() as transaction:
            deletion = Deletion(transaction, folder)
            marked = deletion.marked
            yield deletion
            with storage_errors(folder.root):
                sync_folder(folder.deletions)  # else a power cut could take the row and leave the files
            if folder.store.shared and marked:
                folder.store.write(shared_mark, json.dumps({"at": time.time(), "rows": marked}).encode())
    except BaseException:
        with suppress(StorageError):
            folder.store.drop(shared_mark)
        for kind, row_id in marked:
            (folder.deletions / f"{kind}-{row_id}").unlink(missing_ok=True)
        raise
    if all([_delete(folder, kind, row_id) for kind, row_id in marked]):
        with suppress(StorageError):
            folder.store.drop(shared_mark)
    forget(folder, deletion.rows)
    database.forget()
    folder.keep_reserve()


def finish_deletions(database: Database, folder: DataFolder) -> None:
    """Delete the files of rows that were deleted just before the server was stopped.

    Raises
    ------
    StorageError
    """
    folder.finish_discarding()
    finish_shared_deletions(database, folder)
    if not folder.deletions.is_dir():
        return
    with database.read() as transaction:
        for mark in sorted(folder.deletions.iterdir()):
            kind, _, row_id = mark.name.partition("-")
            table = {"take": Take, "upload": Upload}.get(kind)
            if table is not None and transaction.get(table, row_id) is None:
                _delete(folder, kind, row_id)
            else:
                mark.unlink()


def finish_shared_deletions(database: Database, folder: DataFolder) -> None:
    """Delete the files of a store whose rows any server has deleted, when it was stopped or could not reach the store.

    Raises
    ------
    StorageError
    """
    for name in folder.store.held("deletions"):
        try:
            mark = json.loads(folder.store.read(f"deletions/{name}"))
        except (StorageError, ValueError):  # another server was quicker
            continue
        with database.read() as transaction:
            there = [transaction.get({"take": Take, "upload": Upload}[kind], row_id) for kind, row_id in mark["rows"]]
        if any(row is not None for row in there):
            done = time.time() - mark["at"] > GIVEN_UP_S
        else:
            done = all([_delete(folder, kind, row_id) for kind, row_id in mark["rows"]])
        if done:
            folder.store.drop(f"deletions/{name}")


def _delete(folder: DataFolder, kind: str, row_id: str) -> bool:
    """Whether nothing is left of it; what is left goes at the next start, or when its store can be reached."""
    try:
        (folder.delete_take if kind == "take" else folder.delete_upload)(row_id)
    except StorageError:
        return False
    here = folder.as_it_is
    is_gone = not (here.take(row_id) if kind == "take" else here.upload(row_id)).exists()
    if is_gone:
        (folder.deletions / f"{kind}-{row_id}").unlink(missing_ok=True)
    return is_gone
