"""Which folders a task reads and makes, by its paths; what it reads is brought from the store before it is done here."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posecheck.storage.files import DataFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

MOVEMENTS = "movements"


def bring_for(task: object, files: DataFolder) -> None:
    """Bring the folders that a task names.

    Raises
    ------
    StorageError
        The store cannot be reached, or the disk is full.
    """
    if files.store.shared:
        for place in places_of(task, files.root):
            files.store.bring(place)


def places_of(task: object, root: Path) -> tuple[str, ...]:
    """The places of a store (``uploads/<id>``, ``takes/<id>``, ``movements``) that a task names by its paths."""
    named = _named(task, root)
    return tuple(
        dict.fromkeys(place for place in named if place == MOVEMENTS or place.startswith(("uploads/", "takes/")))
    )


def made_by(task: object, root: Path) -> str:
    """The place of a store (``work/<job>``) where a task writes, by its paths; empty where there is none."""
    return next((place for place in _named(task, root) if place.startswith("work/")), "")


def _named(value: Any, root: Path) -> Iterator[str]:
    if isinstance(value, DataFolder):
        yield MOVEMENTS
    elif isinstance(value, Path):
        parts = value.relative_to(root).parts if value.is_relative_to(root) else ()
        if len(parts) > 1:
            yield "/".join(parts[:2])
    elif is_dataclass(value):
        for item in fields(value):
            yield from _named(getattr(value, item.name), root)
