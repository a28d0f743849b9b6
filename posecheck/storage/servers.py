"""Which servers use a database: one for itself, or several that share a store; the database itself says who lives.

Each of several servers has a number, and holds a lock of PostgreSQL on it that ends with its connection, however that came:
no clock is asked. What a server runs has its number; what has the number of a dead one is anybody's.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

import posecheck
from posecheck.errors import StorageError
from posecheck.language import joined, phrase
from posecheck.storage.database_errors import database_errors
from posecheck.storage.server_tables import Server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session as Transaction

SERVER_LOCK = 0x706F7365
"""Number of the advisory lock: "pose". Alone, a server holds it; several that share a store hold it together, and each the
lock of this number and its own."""
JOIN_LOCK = SERVER_LOCK + 1
"""Held by whoever joins, or brings the database up to date: one after the other."""
GONE_WITHIN_S = 5.0
"""PostgreSQL notices within so long that a server was killed (chosen by us)."""
NOTICED = {
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "5s",
}
"""Asked of PostgreSQL for the connection that holds the locks, so that it notices a machine without power within 5 s too."""
KEEPALIVES = {"keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 3, "tcp_user_timeout": 5000}
"""The same, asked of this end of such a connection."""
LASTING_AT_ONCE = 40
"""Connections that are kept for long; who wants one beyond that waits for another (chosen by us)."""

TAKEN_WORDS = phrase(
    "another posecheck server uses this database, with its own data folder. Use that one, stop it first, or "
    "set {variable} to another database.",
    variable="POSECHECK_DATABASE_URL",
)
SHARE_WORDS = phrase("Several servers share a database where each has the same {variable}.", variable="POSECHECK_STORE")


class TakenByAnotherError(StorageError):
    """Another server has this database for itself."""


class Servers:
    """The servers of a database, as one of them sees them; does nothing on SQLite, whose data folder is locked itself.

    Attributes
    ----------
    number : int or None
        This server's own; None where it has the database for itself, and all that is marked as running is its own.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.number: int | None = None
        self._engine = engine
        self._shares = False
        self._holding: sa.Connection | None = None
        self._lasting: sa.Engine | None = None

    @property
    def are_several(self) -> bool:
        """Whether others may use the database at the same time."""
        return self.number is not None

    @contextmanager
    def joined(self, *, shares: bool = False, gone_within_s: float = GONE_WITHIN_S) -> Iterator[None]:
        """Be one of the servers of the database.

        Parameters
        ----------
        shares : bool
            Beside others that share the same store. Default: have it alone, as the files lie in this data folder only.
        gone_within_s : float
            Wait so long for a server that must not be there: one that was killed gives its lock up meanwhile.

        Raises
        ------
        StorageError
            Another server uses it that cannot be shared with, or it cannot be reached.
        """
        if self._engine.dialect.name != "postgresql":
            yield
            return
        self._shares = shares
        try:
            self._holding = self._joined(gone_within_s)
            yield
        finally:
            self._leave()

    def keep(self) -> bool:
        """See whether this server still counts as alive, and take its lock again where the database server was restarted.

        To be called again and again within `joined`.

        Returns
        -------
        bool
            False where another server has taken it for dead meanwhile: it has a new number, and what had the old one is not
            its own any more.

        Raises
        ------
        TakenByAnotherError
            Another posecheck server has the database for itself, or is of another version: this one must stop, as both would
            change the same rows.
        StorageError
            The database cannot be reached; to be tried again.
        """
        if self._holding is None:
            return True
        if not self._holding.closed:
            try:
                self._holding.execute(sa.select(1))
            except DBAPIError:
                self._holding.invalidate()
                self._holding.close()
        before = self.number
        if self._holding.closed:
            self._holding = self._joined(0.0)
        return self.number == before

    def known(self, transaction: Transaction) -> Sequence[int]:
        """The servers that live, or whose end nobody has noticed yet; none where this one has the database for itself."""
        return transaction.scalars(sa.select(Server.number)).all() if self.are_several else ()

    def dead(self) -> Sequence[int]:
        """The servers that seem to have died: nobody holds their lock. Only looks."""
        if not self.are_several:
            return ()
        with database_errors(), self._engine.connect() as connection:
            known = set(connection.scalars(sa.select(Server.number)))
            return sorted(known - set(_living(connection)))

    def bury(self, transaction: Transaction) -> Sequence[int]:
        """The servers that have died, each to be told once: whoever keeps this transaction sees to what they left.

        Until its end they cannot come back.
        """
        found = []
        for number in transaction.scalars(sa.select(Server.number)).all():
            lock = sa.func.pg_try_advisory_xact_lock(SERVER_LOCK, number)
            if number != self.number and transaction.scalar(sa.select(lock)):
                found.append(number)
        transaction.execute(sa.delete(Server).where(Server.number.in_(found)))
        return found

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Wait until no other server holds this key, and hold it; does nothing where there are no others.

        Where the connection is lost meanwhile another server may hold it too: what is changed must be checked in its row.

        Raises
        ------
        StorageError
            The database cannot be reached.
        """
        if not self.are_several:
            yield
            return
        number = sa.func.hashtextextended(key, SERVER_LOCK)
        with database_errors():
            connection = self.lasting.connect()
        try:
            with database_errors():
                connection.execute(sa.select(sa.func.pg_advisory_lock(number)))
            yield
        finally:
            with suppress(DBAPIError):  # where the connection is gone, so is the lock
                connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))
            connection.close()

    @property
    def lasting(self) -> sa.Engine:
        """Connections that are kept for long, and notice when the other end is gone.

        Not those of transactions, which must not all wait for somebody who needs one of them.
        """
        if self._lasting is None:
            self._lasting = sa.create_engine(
                self._engine.url,
                isolation_level="AUTOCOMMIT",
                pool_pre_ping=True,
                pool_size=2,
                max_overflow=LASTING_AT_ONCE - 2,
                connect_args=KEEPALIVES,
            )
        return self._lasting

    @property
    def driver_error(self) -> type[Exception]:
        """What the driver of the database raises by itself, where it is asked without SQLAlchemy."""
        error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        return error

    def count_others(self) -> int:
        """How many other servers there seem to be.

        Raises
        ------
        StorageError
        """
        if not self.are_several:
            return 0
        with database_errors(), self._engine.connect() as connection:
            return len(_living(connection) - {self.number})

    def _leave(self) -> None:
        holding, self._holding, self.number = self._holding, None, None
        if holding is not None and not holding.closed:
            with suppress(DBAPIError):  # where the connection is gone, so are its locks
                holding.execute(sa.select(sa.func.pg_advisory_unlock_all()))
            holding.close()
        if self._lasting is not None:
            self._lasting.dispose()

    def _joined(self, gone_within_s: float) -> sa.Connection:
        with database_errors():
            connection = self.lasting.connect()
            try:
                connection.detach()  # its locks end with it, so it must not go back to the others
                for name, value in NOTICED.items():
                    connection.execute(sa.select(sa.func.set_config(name, value, False)))
                _take_place(connection, gone_within_s, shares=self._shares)
                if self._shares:
                    self.number = _take_number(connection, self.number)
            except BaseException:
                connection.close()
                raise
            return connection


def _take_place(connection: sa.Connection, gone_within_s: float, *, shares: bool) -> None:
    """Take a lock that the server gives back when the connection ends, however that came."""
    take = sa.func.pg_try_advisory_lock_shared if shares else sa.func.pg_try_advisory_lock
    until_s = time.monotonic() + gone_within_s
    while not connection.scalar(sa.select(take(SERVER_LOCK))):
        if time.monotonic() >= until_s:
            raise TakenByAnotherError(joined([TAKEN_WORDS, SHARE_WORDS]))
        time.sleep(0.1)


def _take_number(connection: sa.Connection, before: int | None) -> int:
    """The number that this server had, or a new one where another server has taken it for dead.

    Raises
    ------
    StorageError
        Whether it is dead is just being looked at; to be tried again.
    TakenByAnotherError
        A server of another version lives.
    """
    connection.execute(sa.select(sa.func.pg_advisory_lock(JOIN_LOCK)))
    try:
        if before is not None:
            if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(SERVER_LOCK, before))):
                raise StorageError(phrase("the connection to the database was lost, and is not back yet."))
            if connection.scalar(sa.select(Server.number).where(Server.number == before)) is not None:
                return before
        _refuse_other_versions(connection)
        sequence = sa.func.pg_get_serial_sequence("server", "number")
        number = int(connection.scalar(sa.select(sa.func.nextval(sequence))) or 0)
        connection.execute(sa.select(sa.func.pg_advisory_lock(SERVER_LOCK, number)))
        connection.execute(
            sa.insert(Server).values(number=number, version=posecheck.__version__)
        )  # never without its lock
        return number
    finally:
        with suppress(DBAPIError):
            connection.execute(sa.select(sa.func.pg_advisory_unlock(JOIN_LOCK)))


def _refuse_other_versions(connection: sa.Connection) -> None:
    living = _living(connection)
    for number, version in connection.execute(sa.select(Server.number, Server.version)).all():
        if number in living and version != posecheck.__version__:
            raise TakenByAnotherError(
                phrase(
                    "a server of posecheck {other} uses this database, and this is posecheck {own}. All servers of a "
                    "database are of one version: stop that one first, or install its version here.",
                    other=version,
                    own=posecheck.__version__,
                )
            )


def _living(connection: sa.Connection) -> set[int]:
    """The numbers that are locked."""
    found = connection.execute(
        sa.text(
            "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = :key AND objsubid = 2 "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ),
        {"key": SERVER_LOCK},
    )
    return {int(number) for (number,) in found}


def wait_for_others_to_update(connection: sa.Connection) -> None:
    """Within a transaction that may alter tables: one server at a time; what another one altered meanwhile is seen then."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(JOIN_LOCK)))


def wait_until_none_runs(connection: sa.Connection, gone_within_s: float = GONE_WITHIN_S) -> None:
    """Within a transaction that is to alter tables, as no server can be told that they change.

    Raises
    ------
    TakenByAnotherError
        A server runs, which knows the tables as they are.
    """
    if connection.dialect.name != "postgresql":
        return
    until_s = time.monotonic() + gone_within_s
    while not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(SERVER_LOCK))):
        if time.monotonic() >= until_s:
            raise TakenByAnotherError(
                phrase(
                    "a server of an earlier posecheck uses this database, and this one would change its tables. Stop every "
                    "server of the database first; nothing was changed."
                )
            )
        time.sleep(0.1)
