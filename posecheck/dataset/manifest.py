"""A table of recordings (CSV or Parquet): one row for each, with what is known of it."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from posecheck.dataset.sources import Source, refuse_password
from posecheck.errors import SessionFileError
from posecheck.kinematics.joints import Side
from posecheck.language import phrase
from posecheck.places import at_path, place, place_errors
from posecheck.session import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posecheck.movements import Movement
    from posecheck.places import Place

COLUMNS = ("path", "person", "session", "movement", "side", "phase", "start", "end")
"""All that a table may have; ``path`` it must. Times in seconds."""


def read_manifest(address: str, movements: Mapping[str, Movement]) -> list[Source]:
    """The recordings of a table.

    Parameters
    ----------
    address : str
        Of a file that ends in .csv or .parquet. Paths in it are addresses, or relative to the table's folder.
    movements : mapping of str to Movement
        The tests that may be named.

    Raises
    ------
    SessionFileError
        A column is missing or not known, a value is wrong, a row stands there twice; says which row.
    StorageError
        The table cannot be read.
    """
    refuse_password(address)
    where = place(address)
    numbers, names, table = _read(where)
    unknown = [name for name in names if name not in COLUMNS]
    if "path" not in names or unknown or len(set(names)) < len(names):
        raise SessionFileError(_columns_words(address, unknown))
    rows = {
        number: _source(where, number, dict(zip(names, cells, strict=True)), movements)
        for number, cells in zip(numbers, table, strict=True)
    }
    if not rows:
        raise SessionFileError(phrase("{file}: the table has no rows.", file=address))
    _refuse_twice(address, rows)
    return list(rows.values())


def _columns_words(address: str, unknown: list[str]) -> str:
    known = ", ".join(COLUMNS)
    if unknown:
        return phrase(
            "{file}: unknown column “{name}”. Known are: {known}.", file=address, name=unknown[0], known=known
        )
    return phrase("{file}: the column “path” is missing. Known are: {known}.", file=address, known=known)


def _read(where: Place) -> tuple[list[int], list[str], list[list[str]]]:
    """The rows' numbers, in a CSV file their lines; the names of the columns, and the cells."""
    import pandas as pd

    with place_errors(where):
        data = where.fs.cat_file(where.path)
    try:
        if not where.path.lower().endswith(".parquet"):
            return _read_csv(where.address, data.decode("utf-8-sig"))
        table = pd.read_parquet(io.BytesIO(data)).astype(object)
        table = table.where(table.notna(), None)
    except (ValueError, OSError, csv.Error) as error:  # pyarrow's errors are kinds of these, and UnicodeError
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        words = phrase("{file}: no table that can be read: {reason}", file=where.address, reason=reason)
        raise SessionFileError(words) from error
    cells = [[_plain(value) for value in row] for row in table.itertuples(index=False, name=None)]
    return list(range(2, len(cells) + 2)), [str(name) for name in table.columns], cells


def _read_csv(address: str, text: str) -> tuple[list[int], list[str], list[list[str]]]:
    """Parted by commas, semicolons or tabs, as spreadsheets of several countries write it; empty rows mean nothing."""
    parting = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parting, strict=True)
    numbers, rows = [], []
    for cells in reader:
        if any(cell.strip() for cell in cells):
            numbers.append(reader.line_num)
            rows.append([cell.strip() for cell in cells])
    if not rows:
        raise SessionFileError(phrase("{file}: the table has no rows.", file=address))
    names = rows[0]
    for number, row in zip(numbers, rows, strict=True):
        if len(row) != len(names):
            words = phrase(
                "{count} cells, and the table has {columns} columns. Put a path with a comma into quotes.",
                count=len(row),
                columns=len(names),
            )
            raise SessionFileError(phrase("{file}, row {number}: {words}", file=address, number=number, words=words))
    return numbers[1:], names, rows[1:]


def _plain(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # person 7, in a column with empty cells
    return str(value).strip()


def _source(where: Place, number: int, row: Mapping[str, str], movements: Mapping[str, Movement]) -> Source:
    def fail(words: str) -> SessionFileError:
        return SessionFileError(phrase("{file}, row {number}: {words}", file=where.address, number=number, words=words))

    def choice(name: str, choices: list[str]) -> str:
        value = row.get(name, "")
        if value and value not in choices:
            known = ", ".join(choices)
            raise fail(phrase("unknown {name} “{value}”. Known are: {known}.", name=name, value=value, known=known))
        return value

    def seconds(name: str) -> float | None:
        value = row.get(name, "")
        try:
            found = float(value) if value else None
        except ValueError:
            found = math.nan
        if found is not None and not 0 <= found < 1e6:
            raise fail(phrase("{name} has to be a number of seconds; it is “{value}”.", name=name, value=value))
        return found

    if not row["path"]:
        raise fail(phrase("the path is empty."))
    start_s, end_s = seconds("start"), seconds("end")
    if start_s is not None and end_s is not None and end_s <= start_s:
        raise fail(phrase("the end has to come after the start."))
    video, person, session = _address(where, row["path"]), row.get("person", ""), row.get("session", "")
    return Source(
        address=video.address,
        person=person,
        session=session if person or session else str(PurePosixPath(video.path).parent),  # people are not mixed
        movement=choice("movement", list(movements)),
        side=choice("side", [str(side) for side in Side]),
        phase=choice("phase", [str(phase) for phase in Phase]),
        start_s=start_s,
        end_s=end_s,
    )


def _address(table: Place, path: str) -> Place:
    refuse_password(path)
    if "://" in path or Path(path).expanduser().is_absolute():
        return place(path)
    beside = str(PurePosixPath(table.path).parent / path)
    return place(beside) if table.local else at_path(table, beside)


def _refuse_twice(address: str, rows: Mapping[int, Source]) -> None:
    seen: dict[Source, int] = {}
    for number, source in rows.items():
        if source in seen:
            raise SessionFileError(
                phrase(
                    "{file}: row {number} says the same as row {first}. Take one of the two out.",
                    file=address,
                    number=number,
                    first=seen[source],
                )
            )
        seen[source] = number
