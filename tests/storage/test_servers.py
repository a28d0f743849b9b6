"""Several servers on one PostgreSQL: who lives is told by the database itself, and tables are altered by one alone."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

import posecheck
from posecheck.errors import StorageError
from posecheck.storage import database as database_module
from posecheck.storage.database import Database, newest_version, open_database
from posecheck.storage.files import DataFolder
from posecheck.storage.server_tables import Server
from posecheck.storage.servers import TakenByAnotherError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postgresql import Server as PostgreSQL

JOIN = """
import sys
import time
from pathlib import Path

from posecheck.storage.database import open_database
from posecheck.storage.files import DataFolder

database = open_database(DataFolder(Path(sys.argv[1])), sys.argv[2])
with database.servers.joined(shares=True):
    print(database.servers.number, flush=True)
    time.sleep(60)
"""


@contextmanager
def opened(folder: Path, url: str) -> Iterator[Database]:
    database = open_database(DataFolder(folder), url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def sharing(folder: Path, url: str) -> Iterator[Database]:
    """One of several servers of a database."""
    with opened(folder, url) as database, database.servers.joined(shares=True):
        yield database


def buried(database: Database) -> list[int]:
    with database.begin() as transaction:
        return list(database.servers.bury(transaction))


def test_servers_that_share_a_store_live_side_by_side_and_each_has_a_number(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    url = postgresql.new_database()
    with sharing(tmp_path / "a", url) as first, sharing(tmp_path / "b", url) as second:
        assert first.servers.number != second.servers.number
        assert first.servers.count_others() == 1
        assert first.servers.dead() == second.servers.dead() == []
        assert buried(first) == []


def test_a_server_without_the_store_is_refused_beside_them_and_the_other_way_round(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    url = postgresql.new_database()
    words = "another posecheck server uses this database.* Several servers share a database where each has the same"
    with opened(tmp_path / "a", url) as first, opened(tmp_path / "b", url) as second:
        for one, other in ((True, False), (False, True), (False, False)):
            with (
                first.servers.joined(shares=one),
                pytest.raises(TakenByAnotherError, match=f"{words} POSECHECK_STORE"),
                second.servers.joined(shares=other, gone_within_s=0.0),
            ):
                pass


def test_a_server_that_is_killed_is_dead_within_seconds_and_found_once(tmp_path: Path, postgresql: PostgreSQL) -> None:
    url = postgresql.new_database()
    with sharing(tmp_path / "a", url) as first, sharing(tmp_path / "b", url) as second:
        words = [sys.executable, "-c", JOIN, str(tmp_path / "c"), url]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            number = int(other.stdout.readline())
            assert first.servers.count_others() == 2
            assert first.servers.dead() == []
            other.kill()
        end_s = time.monotonic() + 5
        while first.servers.dead() != [number]:
            assert time.monotonic() < end_s, "PostgreSQL still takes it for alive"
            time.sleep(0.05)
        assert sorted([buried(first), buried(second)]) == [[], [number]]
        assert first.servers.dead() == []


def test_a_server_that_lost_its_connection_takes_its_number_again(tmp_path: Path, postgresql: PostgreSQL) -> None:
    with sharing(tmp_path, postgresql.new_database()) as database:
        number = database.servers.number
        postgresql.drop_connections()
        assert database.servers.keep()
        assert database.servers.number == number
        assert database.servers.dead() == []


def test_a_server_that_was_taken_for_dead_meanwhile_has_another_number(tmp_path: Path, postgresql: PostgreSQL) -> None:
    url = postgresql.new_database()
    with sharing(tmp_path / "a", url) as first, sharing(tmp_path / "b", url) as second:
        number = first.servers.number
        postgresql.drop_connections()
        assert second.servers.keep()
        assert buried(second) == [number]
        assert not first.servers.keep()
        assert first.servers.number not in (number, second.servers.number)
        assert buried(second) == []


def test_while_a_dead_server_is_buried_it_does_not_come_back(tmp_path: Path, postgresql: PostgreSQL) -> None:
    url = postgresql.new_database()
    with sharing(tmp_path / "a", url) as first, sharing(tmp_path / "b", url) as second:
        postgresql.drop_connections()
        assert second.servers.keep()
        with second.begin() as transaction:
            assert second.servers.bury(transaction) == [first.servers.number]
            with pytest.raises(StorageError, match="the connection to the database was lost, and is not back yet"):
                first.servers.keep()
        assert not first.servers.keep()


def test_a_server_of_another_version_is_refused_in_words(
    tmp_path: Path, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql.new_database()
    with sharing(tmp_path / "a", url), opened(tmp_path / "b", url) as other:
        monkeypatch.setattr(posecheck, "__version__", "99.0")
        with (
            pytest.raises(TakenByAnotherError, match=r"uses this database, and this is posecheck 99\.0"),
            other.servers.joined(shares=True),
        ):
            pass
    with opened(tmp_path / "b", url) as other, other.servers.joined(shares=True):  # it has been stopped
        pass


def test_tables_are_not_altered_while_a_server_runs_that_knows_them_as_they_are(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    url = postgresql.new_database()
    with sharing(tmp_path / "a", url) as running:
        with running.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0005'"))
        with pytest.raises(TakenByAnotherError, match="Stop every server of the database first; nothing was changed"):
            open_database(DataFolder(tmp_path / "b"), url)
        with running.engine.begin() as connection:
            assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "0005"


def test_servers_that_start_at_once_on_an_empty_database_make_its_tables_once(
    tmp_path: Path, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, together, all_run, errors = postgresql.new_database(), threading.Barrier(3), threading.Barrier(3), []
    one_runs = threading.Event()
    look = database_module._version  # all look before any begins; the others begin when the first one runs already

    def version(*args: object, **kwargs: object) -> object:
        found = look(*args, **kwargs)  # type: ignore[arg-type]
        if together.wait(30) > 0:
            one_runs.wait(30)
        return found

    monkeypatch.setattr(database_module, "_version", version)

    def start(name: str) -> None:
        try:
            with sharing(tmp_path / name, url):
                one_runs.set()
                all_run.wait(30)
        except StorageError as error:
            errors.append(error)
            all_run.abort()

    threads = [threading.Thread(target=start, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with opened(tmp_path / "a", url) as database, database.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == newest_version()
        assert len(connection.scalars(sa.select(Server.number)).all()) == 3


def test_a_server_that_just_starts_is_not_taken_for_dead(tmp_path: Path, postgresql: PostgreSQL) -> None:
    url, ending = postgresql.new_database(), threading.Event()
    with sharing(tmp_path / "a", url) as first, opened(tmp_path / "b", url) as second:

        def bury() -> None:
            while not ending.is_set():
                buried(first)

        thread = threading.Thread(target=bury)
        thread.start()
        try:
            for _ in range(20):
                with second.servers.joined(shares=True), second.read() as transaction:
                    assert second.servers.number in second.servers.known(transaction)
        finally:
            ending.set()
            thread.join()


def test_a_key_is_held_by_one_server_at_a_time(tmp_path: Path, postgresql: PostgreSQL) -> None:
    url, order = postgresql.new_database(), []
    with sharing(tmp_path / "a", url) as first, sharing(tmp_path / "b", url) as second:

        def wait_for_it() -> None:
            with second.servers.held("correcting 1"):
                order.append("second")

        thread = threading.Thread(target=wait_for_it)
        with first.servers.held("correcting 1"):
            with second.servers.held("correcting 2"):
                order.append("another")
            thread.start()
            thread.join(0.5)
            order.append("first")
        thread.join(30)
    assert order == ["another", "first", "second"]


def test_sqlite_knows_no_other_servers(tmp_path: Path) -> None:
    with opened(tmp_path, "") as database, database.servers.joined(shares=True):
        assert database.servers.number is None
        assert not database.servers.are_several
        assert database.servers.dead() == ()
        assert database.servers.count_others() == 0
        assert database.servers.keep()
        with database.servers.held("a"), database.servers.held("a"):
            pass
