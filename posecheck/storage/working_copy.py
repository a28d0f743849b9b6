"""The data folder as a working copy of a store: what lay here before goes there, and what is not needed here is let go."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from posecheck.storage.tables import Take, Upload

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from posecheck.storage.database import Database
    from posecheck.storage.files import DataFolder

UNUSED_S = 24 * 3600.0
"""What nobody asked for so long is let go (chosen by us: what a day's work looks at again stays)."""
IN_USE_S = 3600.0
"""What was asked for since may be being read, and stays even where the disk is short of room (chosen by us)."""


def adopt(folder: DataFolder) -> None:
    """Put into the store what was made here without one, as when a store is named for the first time.

    What the store holds already stays as it is there.

    Raises
    ------
    StorageError
    """
    if not folder.store.shared:
        return
    for kind in ("uploads", "takes"):
        held = folder.store.held(kind)
        for path in sorted((folder.root / kind).iterdir()):
            place = f"{kind}/{path.name}"
            if path.is_dir() and path.name not in held and not folder.store.noted(place):
                folder.store.keep(place)
    if (folder.root / "movements").is_dir() and not folder.store.noted("movements"):
        there = folder.store.held("movements")
        for file in sorted((folder.root / "movements").glob("*.toml")):
            if file.name not in there:
                folder.store.write(f"movements/{file.name}", file.read_bytes())


def forget_deleted(database: Database, folder: DataFolder) -> None:
    """Delete the working copies of videos and results that another server has deleted for good.

    Raises
    ------
    StorageError
    """
    if not folder.store.shared:
        return
    for kind, table in (("uploads", Upload), ("takes", Take)):
        here = [path for path in (folder.root / kind).iterdir() if folder.store.noted(f"{kind}/{path.name}")]
        with database.read() as transaction:  # afterwards: what is made here has its row before it is noted, or soon
            known = set(transaction.scalars(sa.select(table.id)))
        for path in here:
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)
                (folder.root / "brought" / f"{kind}-{path.name}.json").unlink(missing_ok=True)


def let_go_unused(folder: DataFolder, in_use: Collection[str], wanted_bytes: int) -> None:
    """Delete working copies that nobody asked for for a day; the oldest ones at once where the disk is short of room.

    Nothing goes that the store does not hold.

    Parameters
    ----------
    folder : DataFolder
    in_use : collection of str
        Places that wait to be worked on.
    wanted_bytes : int
        So much is to be free on the disk.

    Raises
    ------
    StorageError
    """
    for age_s, place in _by_age(folder):
        is_short = shutil.disk_usage(folder.root).free < wanted_bytes
        if place not in in_use and age_s > (IN_USE_S if is_short else UNUSED_S):
            folder.store.let_go(place)


def _by_age(folder: DataFolder) -> Iterator[tuple[float, str]]:
    """Uploads and takes with how long ago they were last asked for, the longest first."""
    found = []
    for notes in (folder.root / "brought").glob("*.json"):
        kind, _, name = notes.stem.partition("-")
        if kind in ("uploads", "takes") and name:
            found.append((time.time() - notes.stat().st_mtime, f"{kind}/{name}"))
    yield from sorted(found, reverse=True)
