"""A damaged database is told in words, kept, and replaced by the newest backup only when asked: never by an empty one."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from posecheck.errors import StorageError
from posecheck.storage.archive_shapes import check_shape
from posecheck.storage.backups import back_up, back_up_daily, newest_sound, put_back
from posecheck.storage.database import Database, newest_version, open_database
from posecheck.storage.deleting import delete_rows
from posecheck.storage.files import DataFolder
from posecheck.storage.soundness import DamagedDatabaseError
from posecheck.storage.tables import Person, Session, Setting, Table, Upload

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGE_BYTES = 4096
PEOPLE = 40


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder with people, sessions and one video, and a backup of it."""
    made = DataFolder(tmp_path / "data")
    with closing(open_database(made)) as database, database.begin() as transaction:
        for number in range(PEOPLE):
            sessions = [Session(date="2026-11-22", title="t" * 200, tests=[{"movement": "toe-touch", "side": None}])]
            transaction.add(Person(name=f"Person {number} " + "x" * 150, every_session=sessions))
        transaction.add(Setting(name="keep_video", value={"value": True}))
        transaction.flush()
        session = transaction.scalars(sa.select(Session)).first()
        assert session is not None
        upload = Upload(session_id=session.id, phase="pre", file_name="a.mp4", size_bytes=1)
        transaction.add(upload)
        transaction.flush()
        made.make_upload(upload.id)
    back_up(made, newest_version())
    return made


def write_at(offset: int, data: bytes) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        with file.open("rb+") as opened:
            opened.seek(offset)
            opened.write(data)

    return write


def cut_to(size_bytes: int) -> Callable[[Path], None]:
    return lambda file: file.write_bytes(file.read_bytes()[:size_bytes])


def rubbish(seed: int) -> Callable[[Path], None]:
    """Random bytes over a random third of one page after another."""

    def write(file: Path) -> None:
        chance, data = random.Random(seed), bytearray(file.read_bytes())
        for start in range(chance.randrange(2) * PAGE_BYTES, len(data), 2 * PAGE_BYTES):
            data[start + 8 : start + 8 + PAGE_BYTES // 3] = chance.randbytes(PAGE_BYTES // 3)
        file.write_bytes(data)

    return write


def in_its_place(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def replace(file: Path) -> None:
        file.unlink()
        make(file)

    return replace


def sql(words: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(words)

    return change


WAYS: dict[str, Callable[[Path], None]] = {
    "emptied": cut_to(0),
    "deleted": lambda file: file.unlink(),
    "another kind of file": lambda file: file.write_bytes(b"%PDF-1.4 " * 2000),
    "all zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "header gone": write_at(0, bytes(100)),
    "name of the format altered": write_at(0, b"SQLite format 9"),
    "page size altered": write_at(16, b"\x03\x07"),
    "format of the schema altered": write_at(44, b"\x00\x00\x00\x09"),
    "first tree gone": write_at(100, bytes(3000)),
    **{f"cut to {part} of ten": cut_to(part * 2 * PAGE_BYTES) for part in range(1, 6)},
    "cut within a page": cut_to(5 * PAGE_BYTES + 17),
    "one byte": cut_to(1),
    **{f"page {page} is zeros": write_at((page - 1) * PAGE_BYTES, bytes(PAGE_BYTES)) for page in range(2, 9)},
    **{f"rubbish {seed}": rubbish(seed) for seed in range(5)},
    "tests are null": sql("UPDATE session SET tests = 'null' WHERE rowid = 3"),
    "tests are cut off": sql("""UPDATE session SET tests = '[{"movement": "toe' WHERE rowid = 3"""),
    "tests are an object": sql("UPDATE session SET tests = '{}' WHERE rowid = 3"),
    "felt is a number": sql("UPDATE session SET felt = '7'"),
    "info is a list": sql("UPDATE upload SET info = '[]'"),
    "reading is no JSON": sql("UPDATE upload SET reading = 'x'"),
    "a setting is null": sql("UPDATE setting SET value = 'null'"),
    "a time is none": sql("UPDATE session SET created_at = 'yesterday' WHERE rowid = 5"),
    "a parent is gone": sql("DELETE FROM person WHERE rowid = 2"),
    "a table is gone": sql("DROP TABLE setting"),
    "a column is gone": sql("ALTER TABLE session DROP COLUMN felt"),
    "a folder": in_its_place(lambda file: file.mkdir()),
    "a folder where the log is": lambda file: file.with_name(f"{file.name}-wal").mkdir(),
    "another program's database": in_its_place(sql("CREATE TABLE moz_places (url TEXT)")),
    "it does not say its version": sql("DROP TABLE alembic_version"),
    "it says no version": sql("DELETE FROM alembic_version"),
    "it says two versions": sql("INSERT INTO alembic_version VALUES ('0001')"),
    "it says a version that cannot be": sql("UPDATE alembic_version SET version_num = 'x'"),
    "it says an older version than it has": sql("UPDATE alembic_version SET version_num = '0002'"),
    "JSON without end": sql(f"UPDATE session SET tests = '{'[' * 5000}{']' * 5000}'"),
    "letters that are none": sql("UPDATE person SET name = CAST(x'ff61' AS TEXT) WHERE rowid = 4"),
    "tests are words": sql("""UPDATE session SET tests = '["toe"]' WHERE rowid = 3"""),
    "felt are words": sql("""UPDATE session SET felt = '["tight"]' WHERE rowid = 3"""),
    "a step that there is not": sql("UPDATE session SET step = 'banana' WHERE rowid = 3"),
    "a day that there is not": sql("UPDATE session SET date = '2026-02-30' WHERE rowid = 3"),
    "a block that there is not": sql("UPDATE upload SET phase = 'later'"),
    "a video in no state": sql("UPDATE upload SET state = 'banana'"),
    "a size below nothing": sql("UPDATE upload SET size_bytes = -5"),
    "an id that leads elsewhere": sql("UPDATE upload SET id = '../../etc'"),
    "a setting that is a list": sql("""UPDATE setting SET value = '{"value": [1]}'"""),
}


def people(database: Database) -> int:
    with database.read() as transaction:
        return int(transaction.scalar(sa.select(sa.func.count()).select_from(Person)) or 0)


def test_there_are_more_ways_than_35() -> None:
    assert len(WAYS) >= 35


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_database_is_told_kept_and_replaced_by_the_newest_backup_when_asked(
    folder: DataFolder, way: str
) -> None:
    WAYS[way](folder.database)
    before = folder.database.read_bytes() if folder.database.is_file() else None
    with pytest.raises(StorageError) as caught:
        open_database(folder).close()
    told = str(caught.value)
    assert isinstance(caught.value, DamagedDatabaseError), told
    assert f"with people: {PEOPLE}, sessions: {PEOPLE}" in told
    assert "Put the newest backup in its place" in told
    assert "Traceback" not in told
    assert "object at 0x" not in told
    after = folder.database.read_bytes() if folder.database.is_file() else None
    assert after == before, "the damaged file stays as it was"
    backup = newest_sound(folder)
    assert backup is not None
    kept = put_back(folder, backup)
    if before is not None:
        assert (kept / folder.database.name).read_bytes() == before
    with closing(open_database(folder)) as database:
        assert people(database) == PEOPLE


def test_every_column_of_json_has_a_shape() -> None:
    for mapper in Table.registry.mappers:
        for column in mapper.local_table.columns:
            if isinstance(column.type, sa.JSON):
                with suppress(ValueError):
                    check_shape(mapper.local_table.name, column.name, {})


def test_without_a_backup_the_words_say_what_else_to_do(folder: DataFolder) -> None:
    for backup in folder.backups.iterdir():
        backup.unlink()
    folder.database.write_bytes(b"")
    with pytest.raises(DamagedDatabaseError, match=r"empty \(0 bytes\).*There is no backup.*Import an export"):
        open_database(folder)


def test_a_damaged_backup_is_not_offered(folder: DataFolder) -> None:
    sound = newest_sound(folder)
    rubbish(1)(back_up(folder, newest_version()))
    assert newest_sound(folder) == sound


def test_a_first_start_that_was_cut_off_begins_anew(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.make()
    folder.database.touch()
    with closing(open_database(folder)) as database:
        assert people(database) == 0


def test_a_backup_is_made_once_a_day(folder: DataFolder) -> None:
    assert back_up_daily(folder, newest_version()) is None
    (today,) = folder.backups.iterdir()
    today.rename(today.with_name(today.name.replace(today.name[:8], "20260101")))
    assert back_up_daily(folder, newest_version()) is not None
    assert len(list(folder.backups.iterdir())) == 2


def test_who_was_deleted_does_not_come_back_with_a_backup(folder: DataFolder) -> None:
    with closing(open_database(folder)) as database, delete_rows(database, folder) as deletion:
        row = deletion.transaction.scalars(sa.select(Person)).first()
        assert row is not None
        name = row.name
        deletion.person(row)
    (copy,) = folder.backups.iterdir()
    assert name.encode() not in copy.read_bytes()
    backup = newest_sound(folder)
    assert backup is not None
    assert (backup.people, backup.sessions) == (PEOPLE - 1, PEOPLE - 1)
