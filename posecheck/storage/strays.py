"""Folders of videos and results that no row knows, as after a backup was put back: named, and never deleted in silence."""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import select

from posecheck.language import phrase
from posecheck.storage.tables import Take, Upload

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.storage.database import Database
    from posecheck.storage.files import DataFolder


def name_strays(database: Database, folder: DataFolder) -> tuple[str, ...]:
    """Words for each folder of a video or a result that no row knows; those in which nothing lies are removed.

    A folder is made before its row is kept, so that an empty one is what a cut-off start of an upload leaves.

    Raises
    ------
    StorageError
    """
    if folder.store.shared:
        return _shared_strays(database, folder)
    with database.read() as transaction:
        uploads = set(transaction.scalars(select(Upload.id)))
        takes = set(transaction.scalars(select(Take.id)))
    videos = [_video_words(path) for path in _unknown(folder.root / "uploads", uploads)]
    results = [
        phrase("a result in {place}", place=f"takes/{path.name}") for path in _unknown(folder.root / "takes", takes)
    ]
    return (*videos, *results)


def _shared_strays(database: Database, folder: DataFolder) -> tuple[str, ...]:
    """Of a store; working copies of what is gone there are removed."""
    found = []
    for kind, table in (("uploads", Upload), ("takes", Take)):
        held = folder.store.held(kind)
        with database.read() as transaction:  # afterwards: what is kept meanwhile has its row soon
            known = set(transaction.scalars(select(table.id)))
        for path in (folder.root / kind).iterdir():
            if path.name not in known and path.name not in held:
                shutil.rmtree(path, ignore_errors=True)
        for name in sorted(held.keys() - known):
            size_mb = sum(held[name].values()) / 1e6
            found.append(phrase("{size:.1f} MB in {place}", size=size_mb, place=f"{kind}/{name}"))
    return tuple(found)


def _unknown(place: Path, known: set[str]) -> list[Path]:
    found = []
    for path in sorted(place.iterdir()):
        if not path.is_dir() or path.name in known:
            continue
        if any(item.stat().st_size for item in path.iterdir() if item.is_file()):
            found.append(path)
        else:
            _remove(path)
    return found


def _remove(path: Path) -> None:
    with suppress(OSError):
        for item in path.iterdir():
            item.unlink()
        path.rmdir()


def _video_words(path: Path) -> str:
    for name in ("video", "copy.mp4", "partial"):
        file = path / name
        if file.is_file():
            found = file.stat()
            changed = dt.datetime.fromtimestamp(found.st_mtime)
            return phrase(
                "a video of {size:.1f} MB of {date} {time} in {place}",
                size=found.st_size / 1e6,
                date=changed.date(),
                time=f"{changed:%H:%M}",
                place=f"uploads/{path.name}/{name}",
            )
    return phrase("body points in {place}", place=f"uploads/{path.name}")
