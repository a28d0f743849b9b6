"""Opens the database: SQLite in the data folder by default, PostgreSQL by address; brought up to date before it is used."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager, suppress
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import sessionmaker

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.storage.backups import back_up, back_up_daily
from posecheck.storage.database_errors import database_errors
from posecheck.storage.lock import folder_error
from posecheck.storage.servers import Servers, wait_for_others_to_update, wait_until_none_runs
from posecheck.storage.soundness import (
    OWN_TABLES,
    DamagedDatabaseError,
    check_file,
    check_rows,
    damaged,
    holds_something,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from posecheck.storage.files import DataFolder

__all__ = [
    "URL_VARIABLE",
    "Database",
    "Transaction",
    "newest_version",
    "open_database",
]

URL_VARIABLE = "POSECHECK_DATABASE_URL"
BUSY_S = 10.0
"""How long SQLite waits for another writer before it says that the database is locked (chosen by us)."""

LOOK_ONLY = "posecheck_look_only"
VERSION = re.compile(r"\d{4}")
"""Of the database: versions are counted."""
DAMAGED_TABLES = re.compile("duplicate column|no such (column|table)|already exists")
"""What SQLite says where a change finds tables that are not those of the version before."""


class Database:
    """An open database: `begin` is one transaction, kept whole or not at all; `read` only looks."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self.servers = Servers(engine)

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """One transaction; committed at the end, rolled back on an error.

        Raises
        ------
        StorageError
            The database is locked, the disk is full, or the server cannot be reached.
        """
        with database_errors(), self._sessions.begin() as transaction:
            yield transaction

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One transaction that only looks: does not wait for a writer. Rows stay readable after it.

        Raises
        ------
        StorageError
            As `begin`.
        """
        with database_errors(), self._sessions() as transaction:
            if self.engine.dialect.name == "sqlite":
                transaction.connection(execution_options={LOOK_ONLY: True})
            yield transaction

    def back_up_daily(self, folder: DataFolder) -> None:
        """Copy an SQLite file into the folder of backups, unless there is a copy of the last day.

        Raises
        ------
        StorageError
        """
        if self.engine.dialect.name == "sqlite":
            back_up_daily(folder, newest_version())

    def forget(self) -> None:
        """Take what was deleted out of SQLite's log as well; where somebody still reads it, the next time does it."""
        if self.engine.dialect.name != "sqlite":
            return
        connection = self.engine.raw_connection()  # outside any transaction of ours
        try:
            with suppress(sqlite3.OperationalError):
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_database(folder: DataFolder, url: str = "", *, busy_s: float = BUSY_S) -> Database:
    """Open the database and bring it up to date.

    Parameters
    ----------
    folder : DataFolder
        Made if it does not exist; holds the SQLite file.
    url : str
        Address of a PostgreSQL server (``postgresql+psycopg://user@host/name``); empty for SQLite.
    busy_s : float
        How long SQLite waits for another writer.

    Raises
    ------
    StorageError
        It cannot be opened, is damaged, is newer than this program, or is no database of posecheck.
    """
    try:
        folder.make()
    except OSError as error:
        raise folder_error(folder.root, error) from error
    if not url:
        check_file(folder)
    engine = _sqlite(folder.database, busy_s) if not url else _server(url)
    try:
        with database_errors(), _without_copy_of_damage(folder):
            _bring_up_to_date(engine, folder, is_file=not url)
            check_rows(engine, folder, is_file=not url)
    except BaseException:
        engine.dispose()
        raise
    return Database(engine)


def _sqlite(path: Path, busy_s: float) -> sa.Engine:
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": busy_s})

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN takes the write lock too late
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # NORMAL would let a power cut take back what was acknowledged seconds ago. FULL costs 3.4 ms a write (measured).
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA fullfsync=ON")  # macOS: as `posecheck.files.sync_descriptor`
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten: names of people too
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        look_only = connection.get_execution_options().get(LOOK_ONLY, False)
        connection.exec_driver_sql("BEGIN" if look_only else "BEGIN IMMEDIATE")

    return engine


def _server(url: str) -> sa.Engine:
    try:
        address = sa.make_url(url)
        if address.drivername in ("postgresql", "postgres"):
            address = address.set(drivername="postgresql+psycopg")
        return sa.create_engine(address, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError) as error:
        raise StorageError(
            phrase(
                "{variable} is not the address of a database. Write it as postgresql+psycopg://user:password@host/name.",
                variable=URL_VARIABLE,
            )
        ) from error
    except ImportError as error:
        raise StorageError(
            phrase(
                "{variable} needs a driver that is not installed: pip install 'posecheck[postgresql]'.",
                variable=URL_VARIABLE,
            )
        ) from error


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("posecheck.storage") / "migrations"))
    config.attributes["connection"] = connection
    return config


def newest_version() -> str:
    """The database version that this program needs."""
    return _scripts().get_current_head() or ""


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


@contextmanager
def _without_copy_of_damage(folder: DataFolder) -> Iterator[None]:
    """What was copied before it turned out to be damaged is no backup: the newest one has to be from before."""
    before = set(folder.backups.iterdir())
    try:
        yield
    except DamagedDatabaseError:
        for path in set(folder.backups.iterdir()) - before:
            path.unlink()
        raise


def _bring_up_to_date(engine: sa.Engine, folder: DataFolder, *, is_file: bool) -> None:
    with engine.connect() as connection:
        heads = _heads(connection)
        tables = sa.inspect(connection).get_table_names()
    if heads == (newest_version(),):
        return
    present = _version(heads, tables, engine, folder, is_file=is_file)
    if is_file and present is not None:
        back_up(folder, present)
    try:
        with engine.begin() as connection:
            wait_for_others_to_update(connection)
            if _heads(connection) == heads:  # else another one that started at this time has done it, and may run
                wait_until_none_runs(connection)
                command.upgrade(_config(connection), "head")
    except OperationalError as error:
        if not DAMAGED_TABLES.search(str(error.orig)):  # locked, or the disk is full
            raise
        words = phrase("it says that it is of version {version}, and its tables say otherwise", version=present)
        raise damaged(folder, words, is_file=is_file) from error


def _heads(connection: sa.Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()


def _version(
    heads: tuple[str, ...], tables: Sequence[str], engine: sa.Engine, folder: DataFolder, *, is_file: bool
) -> str | None:
    """The version that is there, None for no database yet; refused where it is none, another program's, or newer."""
    if not heads and not tables:
        if is_file and holds_something(folder):
            raise damaged(folder, phrase("it holds no tables"))
        return None
    if not heads and not OWN_TABLES & set(tables):
        raise StorageError(
            phrase("{place} holds tables that posecheck did not make; choose another database.", place=_place(engine))
        )
    if not heads:
        raise damaged(folder, phrase("it does not say of which version it is"), is_file=is_file)
    if len(heads) > 1 or not VERSION.fullmatch(heads[0]):
        raise damaged(
            folder, phrase("it cannot be of version {version}", version=" and ".join(heads)[:40]), is_file=is_file
        )
    _refuse_newer(engine, heads[0])
    return heads[0]


def _refuse_newer(engine: sa.Engine, present: str) -> None:
    if present not in {script.revision for script in _scripts().walk_revisions()}:
        raise StorageError(
            phrase(
                "{place} was written by a newer posecheck (version {present} of the database; this program knows {known}). "
                "Install the newer posecheck; nothing was changed.",
                place=_place(engine),
                present=present,
                known=newest_version(),
            )
        )


def _place(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=True) if engine.url.host else str(engine.url.database)
