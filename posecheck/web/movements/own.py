"""Adds and removes movement files of the user's own; one that a session uses is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.files import storage_errors
from posecheck.language import counted, phrase
from posecheck.movements.catalogue import Catalogue
from posecheck.storage.own_movements import keep_movement, remove_movement
from posecheck.storage.queries import count_sessions_with
from posecheck.web.server.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from posecheck.movements import Movement
    from posecheck.storage.database import Transaction
    from posecheck.web.server.site import Site

CHANGING = "movements"
"""Held by whoever changes movement files, at any server: each brings what is there, and keeps all of it."""


@dataclass(frozen=True, slots=True)
class OwnMovement:
    """A movement of the user's own in the list in Settings; ``sessions`` is how many use it."""

    movement: Movement
    sessions: int


def own_movements(transaction: Transaction, catalogue: Catalogue) -> tuple[OwnMovement, ...]:
    """Movements of the user's own, by name."""
    return tuple(
        OwnMovement(catalogue.movements[name], count_sessions_with(transaction, name)) for name in sorted(catalogue.own)
    )


def add_own(site: Site, text: str, file_name: str) -> Movement:
    """Check a movement file and keep it.

    Raises
    ------
    MovementError
        Names the file and the key, and suggests the nearest valid word.
    StorageError
    """
    with site.database.servers.held(CHANGING):
        return keep_movement(site.files, text, file_name or phrase("the pasted text"))


def remove_own(site: Site, name: str) -> None:
    """Remove a movement file in all its versions.

    Raises
    ------
    NotFoundError
        There is none of that name among the user's own.
    ConflictError
        A session uses it.
    StorageError
    """
    _check_own(site, name)
    with (
        site.database.servers.held(CHANGING),
        site.database.begin() as transaction,
    ):  # so that no session begins to use it meanwhile
        count = count_sessions_with(transaction, name)
        if count:
            raise ConflictError(
                counted(
                    "{count} session uses '{name}', so it stays. Take it out of that session first, with its recordings.",
                    "{count} sessions use '{name}', so it stays. Take it out of those sessions first, with its recordings.",
                    count=count,
                    name=name,
                )
            )
        remove_movement(site.files, name)


def text_of(site: Site, name: str) -> str:
    """The file of a movement of the user's own, in its newest version.

    Raises
    ------
    NotFoundError, StorageError
    """
    _check_own(site, name)
    path = site.files.movement(name, site.catalogue.movements[name].version)
    with storage_errors(path):
        return path.read_text(encoding="utf-8")


def _check_own(site: Site, name: str) -> None:
    catalogue = site.catalogue
    if name in catalogue.own:
        return
    if name in catalogue.movements:
        raise ConflictError(phrase("'{name}' is a test that posecheck brings; it has no file of yours.", name=name))
    raise NotFoundError(phrase("There is no test '{name}' of your own; it may have been removed.", name=name[:60]))
