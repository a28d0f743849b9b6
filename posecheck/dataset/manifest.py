"""A table of recordings (CSV or Parquet): one row for each, with what is known of it."""

from __future__ import annotations

import io
import math
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from posecheck.dataset.places import place, place_errors
from posecheck.dataset.sources import Source, numbered
from posecheck.errors import SessionFileError
from posecheck.kinematics.joints import Side
from posecheck.language import phrase
from posecheck.session import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from posecheck.dataset.places import Place
    from posecheck.movements import Movement

COLUMNS = ("path", "person", "session", "movement", "side", "phase", "start", "end")
"""All that a table may have; ``path`` it must. Times in seconds."""
NAMED_AT_MOST = 5


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
    where = place(address)
    table = _read(where)
    unknown = [str(name) for name in table.columns if name not in COLUMNS]
    if "path" not in table.columns or unknown:
        raise SessionFileError(_columns_words(address, unknown))
    rows = [_source(where, number, row, movements) for number, row in _rows(table)]
    if not rows:
        raise SessionFileError(phrase("{file}: the table has no rows.", file=address))
    _refuse_twice(address, rows)
    return numbered(rows)


def _columns_words(address: str, unknown: list[str]) -> str:
    known = ", ".join(COLUMNS)
    if unknown:
        return phrase(
            "{file}: unknown column “{name}”. Known are: {known}.", file=address, name=unknown[0], known=known
        )
    return phrase("{file}: the column “path” is missing. Known are: {known}.", file=address, known=known)


def _read(where: Place) -> pd.DataFrame:
    import pandas as pd

    with place_errors(where):
        data = where.fs.cat_file(where.path)
    try:
        if where.path.endswith(".parquet"):
            return pd.read_parquet(io.BytesIO(data))
        return pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, OSError, UnicodeError) as error:  # pyarrow's errors are kinds of these
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        words = phrase("{file}: no table that can be read: {reason}", file=where.address, reason=reason)
        raise SessionFileError(words) from error


def _rows(table: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row with its number, the line of a CSV file."""
    for number, row in enumerate(table.to_dict("records"), start=2):
        yield number, {str(name): _plain(value) for name, value in row.items()}


def _plain(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
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
    return Source(
        address=_address(where, row["path"]),
        person=row.get("person", ""),
        session=row.get("session", ""),
        movement=choice("movement", list(movements)),
        side=choice("side", [str(side) for side in Side]),
        phase=choice("phase", [str(phase) for phase in Phase]),
        start_s=start_s,
        end_s=end_s,
    )


def _address(table: Place, path: str) -> str:
    if "://" in path or PurePosixPath(path).is_absolute():
        return path
    folder = PurePosixPath(table.path).parent
    return str(folder / path) if table.local else str(table.fs.unstrip_protocol(f"{folder}/{path}"))


def _refuse_twice(address: str, rows: list[Source]) -> None:
    seen: dict[Source, int] = {}
    for number, source in enumerate(rows, start=2):
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
