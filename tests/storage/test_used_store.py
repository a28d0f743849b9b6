"""A database knows the store in which its files lie: none looks for them elsewhere, and nothing deleted stays anywhere."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from posecheck.errors import StorageError
from posecheck.storage.database import open_database
from posecheck.storage.deleting import delete_rows
from posecheck.storage.files import DataFolder
from posecheck.storage.server_tables import UsedStore
from posecheck.storage.shared_store import store_at
from posecheck.storage.store import LocalStore
from posecheck.storage.store_mark import MARK
from posecheck.storage.tables import Person, Session, Upload
from posecheck.storage.used_store import use_store
from posecheck.storage.working_copy import forget_deleted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.storage.database import Database
    from posecheck.storage.store import Store


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(DataFolder(tmp_path / "data"))) as opened:
        yield opened


def store(tmp_path: Path, name: str) -> tuple[Store, str]:
    """A store that was checked, and its address."""
    address = f"file://{tmp_path / name}"
    made = store_at(tmp_path / "data", address)
    made.check()
    return made, address


def address_in(database: Database) -> list[str]:
    with database.read() as transaction:
        return list(transaction.scalars(sa.select(UsedStore.address)))


def test_without_a_store_nothing_is_noted(database: Database) -> None:
    use_store(database, LocalStore(), "")
    assert address_in(database) == []


def test_the_first_store_is_noted_and_any_other_refused(database: Database, tmp_path: Path) -> None:
    use_store(database, *store(tmp_path, "store"))
    use_store(database, *store(tmp_path, "store"))
    with pytest.raises(
        StorageError, match=r"lie in file://\S*/store, and file://\S*/other is another place. Set POSECHECK_"
    ):
        use_store(database, *store(tmp_path, "other"))
    with pytest.raises(
        StorageError, match=r"results of this database lie in file://\S*/store. Set POSECHECK_STORE to it"
    ):
        use_store(database, LocalStore(), "")
    assert address_in(database) == [f"file://{tmp_path / 'store'}"]


def test_a_store_that_was_moved_with_its_mark_is_the_same(database: Database, tmp_path: Path) -> None:
    use_store(database, *store(tmp_path, "store"))
    (tmp_path / "store").rename(tmp_path / "moved")
    use_store(database, *store(tmp_path, "moved"))
    assert address_in(database) == [f"file://{tmp_path / 'moved'}"]


def test_an_address_is_noted_without_its_password(database: Database, tmp_path: Path) -> None:
    made, _ = store(tmp_path, "store")
    use_store(database, made, "sftp://anna:secret@host/store")
    assert address_in(database) == ["sftp://host/store"]


@pytest.mark.parametrize("mark", ["", "{", "[]", '{"other": 1}'])
def test_a_damaged_mark_is_said_in_words(database: Database, tmp_path: Path, mark: str) -> None:
    made, address = store(tmp_path, "store")
    (tmp_path / "store" / MARK).write_text(mark)
    with pytest.raises(StorageError, match=r"posecheck-store\.json of the store is damaged; put back a copy of it"):
        use_store(database, made, address)


def test_what_another_server_deleted_for_good_goes_from_the_working_copy(database: Database, tmp_path: Path) -> None:
    address = f"file://{tmp_path / 'store'}"
    here, there = (DataFolder(tmp_path / name, store_at(tmp_path / name, address)) for name in ("data", "other"))
    there.make()
    here.store.check()
    with database.begin() as transaction:
        session = Session(date="2026-11-29")
        transaction.add(Person(name="Anna", every_session=[session]))
        uploads = [Upload(phase="pre", file_name=f"{name}.mp4", size_bytes=1) for name in "ab"]
        session.uploads += uploads
    for upload in uploads:
        with here.changing_upload(upload.id):
            here.poster(upload.id).write_bytes(b"a face")
        assert there.poster(upload.id).is_file()
    there.make_upload("f" * 24)  # announced just now: its row is not kept yet
    with delete_rows(database, here) as deletion:
        deletion.upload(deletion.transaction.get_one(Upload, uploads[0].id))
    forget_deleted(database, there)
    assert sorted(path.name for path in (there.root / "uploads").iterdir()) == sorted([uploads[1].id, "f" * 24])
    assert uploads[0].id not in "".join(path.name for path in (there.root / "brought").iterdir())
