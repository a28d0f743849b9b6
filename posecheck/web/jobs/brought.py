"""What a task reads is brought from the store before a process of this machine does it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posecheck.storage.files import DataFolder

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    return tuple(dict.fromkeys(_places(task, root)))


def _places(value: Any, root: Path) -> Iterator[str]:
    if isinstance(value, DataFolder):
        yield "movements"
    elif isinstance(value, Path):
        parts = value.relative_to(root).parts if value.is_relative_to(root) else ()
        if len(parts) > 1 and parts[0] in ("uploads", "takes"):
            yield "/".join(parts[:2])
    elif is_dataclass(value):
        for item in fields(value):
            yield from _places(getattr(value, item.name), root)
