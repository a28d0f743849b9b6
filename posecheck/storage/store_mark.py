"""The mark by which a store is known: what lists nothing and has none is the wrong place, not an empty store."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.places import place_errors, put_bytes, put_json

if TYPE_CHECKING:
    from posecheck.places import Place

MARK = "posecheck-store.json"
"""A file of the store; what it says, a database notes (`posecheck.storage.used_store`)."""


def check_mark(at: Place) -> None:
    """See that a store can be read and written; a new one is given its mark.

    Raises
    ------
    StorageError
    """
    mark, trial = (replace(at.inside(name), address=at.address) for name in (MARK, f"trial-{uuid.uuid4().hex}"))
    with place_errors(at):
        if not at.shows_whole_files:
            at.fs.makedirs(at.path, exist_ok=True)
        put_bytes(trial, b"{}")
        trial.fs.rm_file(trial.path)
        if not mark.fs.exists(mark.path):
            put_json(mark, {"store": uuid.uuid4().hex})


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
