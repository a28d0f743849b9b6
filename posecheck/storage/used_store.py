"""Where the files of a database lie: noted with its first store, so that no server looks for them elsewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.places import without_password
from posecheck.storage.server_tables import UsedStore
from posecheck.storage.store import STORE_VARIABLE
from posecheck.storage.store_mark import MARK

if TYPE_CHECKING:
    from posecheck.storage.database import Database
    from posecheck.storage.store import Store


def use_store(database: Database, store: Store, address: str) -> None:
    """Note that the files of a database lie in a store, or see that it is the same one: by its mark, wherever it is now.

    Parameters
    ----------
    database : Database
    store : Store
        That was checked.
    address : str
        As the user gave it; empty for none.

    Raises
    ------
    StorageError
        They lie elsewhere.
    """
    with database.begin() as transaction:
        used = transaction.scalars(sa.select(UsedStore)).first()
        if not store.shared:
            _refuse_none(used)
            return
        mark = _mark_of(store)
        if used is None:
            transaction.add(UsedStore(mark=mark, address=without_password(address)))
        elif used.mark != mark:
            raise StorageError(
                phrase(
                    "the videos and results of this database lie in {used}, and {address} is another place. Set {variable} "
                    "to {used}; where they were moved, move {file} along.",
                    used=used.address,
                    address=without_password(address),
                    variable=STORE_VARIABLE,
                    file=MARK,
                )
            )
        else:
            used.address = without_password(address)


def _refuse_none(used: UsedStore | None) -> None:
    if used is not None:
        raise StorageError(
            phrase(
                "the videos and results of this database lie in {used}. Set {variable} to it.",
                used=used.address,
                variable=STORE_VARIABLE,
            )
        )


def _mark_of(store: Store) -> str:
    try:
        return str(json.loads(store.read(MARK))["store"])[:32]
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(phrase("{file} of the store is damaged; put back a copy of it.", file=MARK)) from error
