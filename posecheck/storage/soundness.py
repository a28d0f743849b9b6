"""Whether the database is whole: asked at each start, so that damage is told before anything is built on it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session as Transaction

from posecheck.errors import Advice, StorageError
from posecheck.language import joined, phrase
from posecheck.storage.backups import damage_of, database_files, newest_sound, tables_in
from posecheck.storage.row_values import check_value
from posecheck.storage.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.storage.files import DataFolder

PUT_BACK = Advice("put_back", phrase("Put the newest backup in its place; the damaged file is kept."))
UNREADABLE = (ValueError, TypeError, LookupError, RecursionError)
"""What reading a cell raises that is not what its column holds."""
OWN_TABLES = {"person", "session"}
"""Every version has them."""
SMALLEST_BYTES = 512
"""No SQLite file with anything in it is smaller (its smallest page)."""


class DamagedDatabaseError(StorageError):
    """The database is damaged; says how, and which backup there is."""


def check_file(folder: DataFolder) -> None:
    """Refuse an SQLite file that is damaged, or gone although something belongs to it.

    Raises
    ------
    DamagedDatabaseError
        Nothing was changed.
    StorageError
        It may not be read or written by whoever started posecheck.
    """
    for file in database_files(folder):
        if file.is_dir():
            raise damaged(folder, phrase("{file} is a folder, not a file", file=file.name))
        if file.exists() and not os.access(file, os.R_OK | os.W_OK):
            raise StorageError(
                phrase(
                    "{file}: may not be read and written. Change its permissions, or start posecheck as its owner. Nothing "
                    "was changed.",
                    file=file,
                )
            )
    file = folder.database
    size_bytes = file.stat().st_size if file.exists() else 0
    if size_bytes < SMALLEST_BYTES:  # SQLite would take it for a new one
        if holds_something(folder):
            empty = phrase("it is empty ({size} bytes)", size=size_bytes)
            raise damaged(folder, empty if file.exists() else phrase("it is gone"))
        return
    problem = damage_of(file)
    if problem:
        raise damaged(folder, problem)
    tables = tables_in(file)
    if tables and not OWN_TABLES & tables:  # before it is opened for writing, which alters another program's file
        if holds_something(folder):
            raise damaged(folder, phrase("it is of another program"))
        raise StorageError(
            phrase("{place} holds tables that posecheck did not make; choose another database.", place=file)
        )


def check_rows(engine: sa.Engine, folder: DataFolder, *, is_file: bool) -> None:
    """Refuse a database with a row that cannot be read.

    Raises
    ------
    DamagedDatabaseError
        Names the row.
    """
    for part in _missing_parts(sa.inspect(engine)):
        raise damaged(folder, phrase("its {part} is gone", part=part), is_file=is_file)
    with Transaction(engine) as transaction:
        for table in _tables():
            for row_id, column in _damaged_cells(transaction, table):
                problem = phrase(
                    "{column} of the {table} {row} cannot be read", column=column, table=table.__tablename__, row=row_id
                )
                raise damaged(folder, problem, is_file=is_file)


def holds_something(folder: DataFolder) -> bool:
    """Whether the data folder holds videos, results or backups, which a database must know."""
    places = (folder.root / "uploads", folder.root / "takes", folder.backups)
    return any(next(iter(place.iterdir()), None) is not None for place in places if place.is_dir())


def damaged(folder: DataFolder, problem: str, *, is_file: bool = True) -> DamagedDatabaseError:
    """The error in words, with the newest backup that can be read."""
    if not is_file:
        return DamagedDatabaseError(
            phrase(
                "the database is damaged: {problem}. Nothing was changed. Put back a backup of the PostgreSQL server.",
                problem=problem,
            )
        )
    told = phrase(
        "{file}: the database is damaged: {problem}. Nothing was changed.", file=folder.database, problem=problem
    )
    backup = newest_sound(folder)
    if backup is None:
        lost = phrase(
            "There is no backup in {backups}. Import an export into another data folder; the videos are still in {uploads}.",
            backups=folder.backups,
            uploads=folder.root / "uploads",
        )
        return DamagedDatabaseError(joined([told, lost]))
    newest = phrase("The newest backup is {backup}.", backup=backup.words)
    return DamagedDatabaseError(joined([told, newest]), PUT_BACK)


def _tables() -> Iterator[type[Table]]:
    for mapper in Table.registry.mappers:
        yield mapper.class_


def _missing_parts(inspector: sa.Inspector) -> Iterator[str]:
    there = set(inspector.get_table_names())
    for table in sorted(table.__tablename__ for table in _tables()):
        if table not in there:
            yield phrase("table {table}", table=table)
    for table in _tables():
        columns = {column["name"] for column in inspector.get_columns(table.__tablename__)}
        for column in table.__table__.columns:
            if column.name not in columns:
                yield phrase("column {column} of the table {table}", column=column.name, table=table.__tablename__)


def _damaged_cells(transaction: Transaction, table: type[Table]) -> Iterator[tuple[str, str]]:
    columns = table.__table__.columns
    try:
        rows = _cells(transaction, sa.select(*columns))
    except UNREADABLE:
        yield from _unreadable_cells(transaction, table)
        return
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            if not _is_of(table.__tablename__, column, value):
                yield str(row[0]), column.name


def _unreadable_cells(transaction: Transaction, table: type[Table]) -> Iterator[tuple[str, str]]:
    """Cell by cell, as one that cannot be read spoils all that are read with it."""
    key, *others = table.__table__.columns
    for row_id in transaction.scalars(sa.select(key)).all():
        for column in others:
            try:
                _cells(transaction, sa.select(column).where(key == row_id))
            except UNREADABLE:
                yield str(row_id), column.name


def _cells(transaction: Transaction, asked: sa.Select[Any]) -> Sequence[Any]:
    try:
        return transaction.execute(asked).all()
    except OperationalError as error:
        if "decode" not in str(error.orig):  # letters that are none; all else is no fault of a cell
            raise
        raise ValueError from error


def _is_of(table: str, column: Any, value: Any) -> bool:
    """Whether a value is one that its column may hold."""
    try:
        check_value(table, column, value)
    except UNREADABLE:
        return False
    return True
