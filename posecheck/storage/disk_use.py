"""How much room people, the bin and all the rest take on the disk."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from posecheck.storage.tables import Person, Session, Take, Upload

if TYPE_CHECKING:
    from posecheck.storage.database import Transaction
    from posecheck.storage.files import DataFolder


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes of the files of each person who is not in the bin, of what is in it, of the whole data folder; what is free."""

    people: dict[str, int]
    bin_bytes: int
    all_bytes: int
    free_bytes: int


def disk_use(transaction: Transaction, folder: DataFolder) -> DiskUse:
    """Look at every file."""
    people: dict[str, int] = {
        row: 0 for row in transaction.scalars(select(Person.id).where(Person.deleted_at.is_(None)))
    }
    bin_bytes = 0
    for person_id, binned, path in _folders(transaction, folder):
        size_bytes = size_of(path)
        if binned or person_id not in people:
            bin_bytes += size_bytes
        else:
            people[person_id] += size_bytes
    return DiskUse(people, bin_bytes, size_of(folder.root), shutil.disk_usage(folder.root).free)


def disk_use_of(transaction: Transaction, folder: DataFolder, person_id: str) -> int:
    """Bytes of one person's files, without what is in the bin."""
    found = _folders(transaction, folder, person_id)
    return sum(size_of(path) for _, binned, path in found if not binned)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder; what goes while one looks counts nothing."""
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                found += Path(place, name).lstat().st_size
            except OSError:
                continue
    return found


def _folders(transaction: Transaction, folder: DataFolder, person_id: str = "") -> list[tuple[str, bool, Path]]:
    """The folders of all videos and results, or of one person's: whose they are, and whether their session is in the bin."""
    found = []
    for table, place in ((Upload, folder.upload), (Take, folder.take)):
        rows = select(Session.person_id, Session.deleted_at, table.id).join(Session, Session.id == table.session_id)
        wanted = rows.where(Session.person_id == person_id) if person_id else rows
        found += [
            (whose, deleted_at is not None, place(row_id)) for whose, deleted_at, row_id in transaction.execute(wanted)
        ]
    return found
