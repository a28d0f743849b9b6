"""The mark by which a store is known, and by which a data folder remembers the store that it is a working copy of."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.files import storage_errors, write_text_atomic
from posecheck.language import phrase
from posecheck.places import place_errors, put_bytes, put_json
from posecheck.storage.store_files import shows_whole_files

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.places import Place

MARK = "posecheck-store.json"
"""A file of the store: what lists nothing and has no mark is the wrong place, not an empty one."""
REMEMBERED = "brought/store.json"
"""A file of the data folder: from where it was brought what lies here."""


def check_mark(at: Place, root: Path) -> None:
    """See that a store can be read and written, and is the one of this data folder; a new one is given its mark.

    Raises
    ------
    StorageError
    """
    with place_errors(at):
        found, known = _mark_of(at), remembered(root).get("store", "")
        if known and found != known:
            raise StorageError(
                phrase(
                    "{address} is not the place where the videos and results of this data folder lie. Name that one again; "
                    "if it was moved, copy all of it, {file} too.",
                    address=at.address,
                    file=MARK,
                )
            )
        _try_out(at)
        if not found:
            found = uuid.uuid4().hex
            put_json(_named(at, MARK), {"store": found})
    with storage_errors(root / REMEMBERED):
        (root / REMEMBERED).parent.mkdir(parents=True, exist_ok=True)
    write_text_atomic(root / REMEMBERED, json.dumps({"store": found, "address": at.address}))


def check_unmarked(root: Path) -> None:
    """Refuse to take the working copy of a store for all that there is.

    Raises
    ------
    StorageError
    """
    if known := remembered(root):
        raise StorageError(
            phrase(
                "{folder}: the videos and results of this data folder lie at {address}. Start posecheck with that address "
                "again.",
                folder=root,
                address=known["address"],
            )
        )


def see_mark(at: Place) -> None:
    """See that the store is still there.

    Raises
    ------
    StorageError
    """
    with place_errors(at):
        if not at.fs.exists(at.inside(MARK).path):
            raise StorageError(
                phrase(
                    "{address} does not hold the files of posecheck any more. Check the address, and whether it is there.",
                    address=at.address,
                )
            )


def remembered(root: Path) -> dict[str, str]:
    """The ``store`` (what its mark says) and the ``address`` that a data folder remembers; empty where it has none."""
    try:
        found = json.loads((root / REMEMBERED).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _mark_of(at: Place) -> str:
    """What its mark says; empty where there is none."""
    try:
        return str(json.loads(at.fs.cat_file(at.inside(MARK).path))["store"])
    except FileNotFoundError:
        return ""


def _try_out(at: Place) -> None:
    trial = _named(at, f"trial-{uuid.uuid4().hex}")
    if not shows_whole_files(at):
        at.fs.makedirs(at.path, exist_ok=True)
    put_bytes(trial, b"{}")
    trial.fs.rm_file(trial.path)


def _named(at: Place, name: str) -> Place:
    """A file of the store, which is meant as a whole where that fails."""
    return replace(at.inside(name), address=at.address)
