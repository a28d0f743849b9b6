"""The database: brought up to date after a backup, refused when it is not ours, locked, full; SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from busy_database import another_program_writes

from posecheck.errors import StorageError
from posecheck.storage import database as database_module
from posecheck.storage.backups import KEPT_BACKUPS, back_up
from posecheck.storage.database import Database, newest_version, open_database
from posecheck.storage.deleting import delete_rows, finish_deletions
from posecheck.storage.files import DataFolder
from posecheck.storage.tables import OTHER_TEST, REPLACED, Person, Session, Table, Take, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    opened = open_database(DataFolder(tmp_path), database_url)
    yield opened
    opened.close()


def names(database: Database) -> list[str]:
    with database.read() as transaction:
        return [row.name for row in transaction.query(Person).order_by(Person.name)]


# --- both kinds


def test_the_migrations_make_exactly_the_tables_of_the_program(database: Database) -> None:
    found = sa.MetaData()
    found.reflect(database.engine)
    for name, table in Table.metadata.tables.items():
        columns = {column.name: column.nullable for column in found.tables[name].columns}
        assert columns == {column.name: column.nullable for column in table.columns}, name
        assert {index.name for index in found.tables[name].indexes} == {index.name for index in table.indexes}
        assert {key.target_fullname for key in found.tables[name].foreign_keys} == {
            key.target_fullname for key in table.foreign_keys
        }


def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    def fail_after_adding() -> None:
        with database.begin() as transaction:
            transaction.add(Person(name="Anna"))
            transaction.flush()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail_after_adding()
    assert names(database) == []


def test_what_cannot_be_is_refused_in_words(database: Database) -> None:
    with pytest.raises(StorageError, match="nothing was changed"), database.begin() as transaction:
        transaction.add(Session(date="2026-11-22", person_id="0" * 24))


def test_opening_again_changes_nothing(tmp_path: Path, database: Database, database_url: str) -> None:
    with database.begin() as transaction:
        transaction.add(Person(name="Anna"))
    again = open_database(DataFolder(tmp_path), database_url)
    assert names(again) == ["Anna"]
    again.close()
    assert list(DataFolder(tmp_path).backups.iterdir()) == []


def test_one_looks_while_another_writes(database: Database) -> None:
    with database.begin() as transaction:
        transaction.add(Person(name="Anna"))
        transaction.flush()
        seen: list[list[str]] = []
        thread = threading.Thread(target=lambda: seen.append(names(database)))
        thread.start()
        thread.join(30)
        assert seen == [[]]


def test_of_two_servers_with_their_own_folders_one_has_a_database_of_a_server(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    other = open_database(DataFolder(tmp_path / "other"), database_url)
    with database.servers.joined():
        if database_url:
            with (
                pytest.raises(StorageError, match="another posecheck server uses this database"),
                other.servers.joined(gone_within_s=0.0),
            ):
                pass
        else:  # each has a file of its own
            with other.servers.joined():
                assert names(other) == []
    with other.servers.joined():
        assert names(other) == []
    other.close()


def test_a_database_without_a_free_connection_is_told_in_words(tmp_path: Path) -> None:
    opened = open_database(DataFolder(tmp_path))
    busy = Database(sa.create_engine(opened.engine.url, pool_size=1, max_overflow=0, pool_timeout=0.01))
    with busy.read(), pytest.raises(StorageError, match="in use by another program"), busy.read() as second:
        second.execute(sa.text("SELECT 1"))
    busy.close()
    opened.close()


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path, database: Database, database_url: str) -> None:
    with database.begin() as transaction:
        transaction.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match=r"newer posecheck.*nothing was changed"):
        open_database(DataFolder(tmp_path), database_url)


def test_a_database_of_another_program_is_refused(tmp_path: Path, database: Database, database_url: str) -> None:
    with database.begin() as transaction:
        for words in (
            "DROP TABLE alembic_version",
            "ALTER TABLE person RENAME TO a",
            "ALTER TABLE session RENAME TO b",
        ):
            transaction.execute(sa.text(words))
    with pytest.raises(StorageError, match="tables that posecheck did not make"):
        open_database(DataFolder(tmp_path), database_url)


# --- deleting


def test_files_stay_when_the_rows_cannot_be_deleted(tmp_path: Path, database: Database) -> None:
    folder = DataFolder(tmp_path)
    upload = placed_upload(database, folder)

    def fail_after_deleting() -> None:
        with delete_rows(database, folder) as deletion:
            deletion.upload(deletion.transaction.get_one(Upload, upload))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail_after_deleting()
    assert folder.video(upload).is_file()
    assert list(folder.deletions.iterdir()) == []


def test_a_deletion_that_was_cut_off_is_finished_at_the_next_start(tmp_path: Path, database: Database) -> None:
    folder = DataFolder(tmp_path)
    deleted, kept = placed_upload(database, folder), placed_upload(database, folder)
    folder.deletions.mkdir(exist_ok=True)
    for upload in (deleted, kept):  # the marks were set; one row was deleted, of the other the change was taken back
        (folder.deletions / f"upload-{upload}").touch()
    with database.begin() as transaction:
        transaction.delete(transaction.get_one(Upload, deleted))
    finish_deletions(database, folder)
    assert not folder.upload(deleted).exists()
    assert folder.video(kept).is_file()
    assert list(folder.deletions.iterdir()) == []


def placed_upload(database: Database, folder: DataFolder) -> str:
    with database.begin() as transaction:
        upload = Upload(phase="pre", file_name="a.mp4", size_bytes=1)
        transaction.add(Person(name="Anna", every_session=[Session(date="2026-11-22", uploads=[upload])]))
        transaction.flush()
        folder.video(upload.id).parent.mkdir()
        folder.video(upload.id).write_bytes(b"x")
        return upload.id


# --- SQLite


def test_a_locked_database_is_told_and_can_still_be_looked_at(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with closing(open_database(folder, busy_s=0.05)) as database, another_program_writes(folder.database):
        with pytest.raises(StorageError, match=r"in use by another program.*nothing was changed"):
            add_people(database, 1)
        assert names(database) == []


def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path) -> None:
    with closing(open_database(DataFolder(tmp_path))) as database:

        @sa.event.listens_for(database.engine, "connect", insert=False)
        def _small(connection: sqlite3.Connection, _: object) -> None:  # SQLite's own error when no page can be added
            connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")

        database.engine.dispose()
        with pytest.raises(StorageError, match="disk is full; nothing was changed"):
            add_people(database, 1000)
        assert names(database) == []


def add_people(database: Database, number: int) -> None:
    with database.begin() as transaction:
        transaction.add_all([Person(name="x" * 200) for _ in range(number)])


def test_an_older_database_is_backed_up_before_it_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataFolder(tmp_path)
    with closing(open_database(folder)) as database, database.begin() as transaction:
        transaction.add(Person(name="Anna"))
    monkeypatch.setattr(database_module, "newest_version", lambda: "9999")  # as a program with one more migration
    monkeypatch.setattr(database_module.command, "upgrade", stop)
    with pytest.raises(InterruptedError):
        open_database(folder)
    (backup,) = folder.backups.iterdir()
    assert backup.name.endswith(f"-version-{present_version(folder.database)}.sqlite3")
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT name FROM person").fetchall() == [("Anna",)]


def stop(*_: object) -> None:
    raise InterruptedError


def test_takes_of_a_database_in_which_the_newest_alone_counted_stay_what_they_were(
    tmp_path: Path, database_url: str
) -> None:
    folder = DataFolder(tmp_path)
    opened = open_database(folder, database_url)
    with opened.begin() as transaction:
        session = Session(date="2026-11-22")
        transaction.add(Person(name="Anna", every_session=[session]))
        uploads = [Upload(phase="pre", file_name=f"{name}.mp4", size_bytes=1) for name in "abc"]
        session.uploads += uploads
        transaction.flush()
        made = [
            Take(movement="toe-touch", phase="pre", upload_id=upload.id, current=upload is uploads[1])
            for upload in uploads[:2]
        ]
        made += [
            Take(movement="side-lunge", side=side, phase="pre", upload_id=uploads[2].id, current=counts)
            for side, counts in (("left", False), ("right", True))
        ]
        for minute, take in enumerate(made):
            take.session_id, take.created_at = session.id, dt.datetime(2026, 11, 22, 9, minute)
        transaction.add_all(made)
    opened.close()
    back_to_the_second_version(opened)
    with closing(open_database(folder, database_url)) as opened, opened.read() as transaction:
        takes = transaction.query(Take).order_by(Take.created_at).all()
        told = [(take.number, take.current, take.left_out) for take in takes]
    assert told == [(1, False, REPLACED), (2, True, ""), (1, False, OTHER_TEST), (1, True, "")]


def back_to_the_second_version(opened: Database) -> None:
    """Take away what later versions of the tables added: as a program of that time has left it."""
    added = {
        "person": ("code", "birth_year", "notes", "archived", "sample", "deleted_at"),
        "session": ("takes_per_block", "keep_pictures", "notes", "next_date", "deleted_at"),
        "job": ("server", "language"),
        "take": ("number", "left_out"),
    }
    with opened.engine.begin() as connection:
        for table, columns in added.items():
            for column in columns:
                connection.execute(sa.text(f'ALTER TABLE "{table}" DROP COLUMN {column}'))
        for table in ("server", "used_store"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0002'"))
    opened.close()


def present_version(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_only_the_newest_backups_are_kept(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    open_database(folder).close()
    made = [back_up(folder, newest_version()) for _ in range(KEPT_BACKUPS + 2)]
    assert sorted(folder.backups.iterdir()) == sorted(made[2:])


def test_without_a_backup_nothing_is_changed(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    open_database(folder).close()
    folder.backups.rmdir()
    folder.backups.write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match="no backup could be written"):
        back_up(folder, newest_version())


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.database.write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match="database"):
        open_database(folder)
    assert folder.database.read_bytes() == b"no database" * 1000


# --- addresses and the lock


@pytest.mark.parametrize("url", ["nonsense", "mystery://host/name"])
def test_an_address_that_is_none_is_told_in_words(url: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="POSECHECK_DATABASE_URL is not the address"):
        open_database(DataFolder(tmp_path), url)


def test_a_server_that_does_not_answer_is_told_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be reached") as caught:
        open_database(DataFolder(tmp_path), f"postgresql://anna:secret@/name?host={tmp_path}")
    assert "secret" not in str(caught.value)
