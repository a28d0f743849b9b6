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
    """Look at every file; with a store that others use too, at every file there."""
    held = _held(folder)
    people: dict[str, int] = {
        row: 0 for row in transaction.scalars(select(Person.id).where(Person.deleted_at.is_(None)))
    }
    bin_bytes = 0
    for person_id, binned, path in _folders(transaction, folder):
        size_bytes = _size(path, held)
        if binned or person_id not in people:
            bin_bytes += size_bytes
        else:
            people[person_id] += size_bytes
    all_bytes = size_of(folder.root) if held is None else sum(held.values())
    return DiskUse(people, bin_bytes, all_bytes, shutil.disk_usage(folder.root).free)


def disk_use_of(transaction: Transaction, folder: DataFolder, person_id: str) -> int:
    """Bytes of one person's files, without what is in the bin."""
    found, held = _folders(transaction, folder, person_id), _held(folder)
    return sum(_size(path, held) for _, binned, path in found if not binned)


def _held(folder: DataFolder) -> dict[str, int] | None:
    """Bytes of each folder of a store, as ``uploads/<id>``; None where all lies here."""
    if not folder.store.shared:
        return None
    kinds = {kind: folder.store.held(kind) for kind in ("uploads", "takes")}
    return {f"{kind}/{name}": sum(files.values()) for kind, held in kinds.items() for name, files in held.items()}


def _size(folder: Path, held: dict[str, int] | None) -> int:
    return size_of(folder) if held is None else held.get(f"{folder.parent.name}/{folder.name}", 0)


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
    found, here = [], folder.as_it_is
    for table, place in ((Upload, here.upload), (Take, here.take)):
        rows = select(Session.person_id, Session.deleted_at, table.id).join(Session, Session.id == table.session_id)
        wanted = rows.where(Session.person_id == person_id) if person_id else rows
        found += [
            (whose, deleted_at is not None, place(row_id)) for whose, deleted_at, row_id in transaction.execute(wanted)
        ]
    return found
