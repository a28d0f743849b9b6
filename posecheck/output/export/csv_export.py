"""Tables as CSV: UTF-8, comma, LF, one header row, empty where a value is missing."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.errors import StorageError
from posecheck.files import write_file_atomic, write_text_atomic
from posecheck.language import phrase
from posecheck.output.export.columns import COLUMNS, angle_order, state_column
from posecheck.output.export.records import (
    all_take_records,
    change_records,
    repetition_columns,
    repetition_records,
    side_records,
)
from posecheck.pose.landmarks import SampleState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from posecheck.comparison.changes import Change
    from posecheck.comparison.sides import SideDifference
    from posecheck.kinematics.angles import AngleTable
    from posecheck.output.export.records import Record
    from posecheck.output.report.data import ReportData
    from posecheck.trial.trial import Trial

TOGETHER = 4096
"""Rows that are put into words at once: bounds the memory of long recordings (chosen by us)."""
_STATE_LABELS = np.array([state.label for state in SampleState])


def write_angles_csv(
    table: AngleTable, path: str | Path, *, extra: Mapping[str, Sequence[float]] | None = None
) -> Path:
    """Write the angles over time, then a ``*_state`` column for each.

    Parameters
    ----------
    table : AngleTable
    path
        The file to write.
    extra : mapping of column name to (n,) numbers, optional
        Further columns, put after the angles. Default: none.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    columns = angle_order(table.values.columns)

    def part(some: slice) -> pd.DataFrame:
        import pandas as pd

        text: dict[str, Any] = {"time_s": [f"{time_s:.4f}" for time_s in table.time_s[some]]}
        for column in columns:
            text[column] = table.values[column].to_numpy()[some].round(3) + 0.0  # + 0.0: never "-0.000"
        for name, values in (extra or {}).items():
            text[name] = np.asarray(values[some], dtype=np.float64).round(3) + 0.0
        for column in columns:
            text[state_column(column)] = _STATE_LABELS[table.states[column].to_numpy()[some]]
        return pd.DataFrame(text)

    return write_in_parts(path, len(table.time_s), part, index=False, float_format="%.3f")


def write_in_parts(path: str | Path, rows: int, part: Callable[[slice], pd.DataFrame], **how: Any) -> Path:
    """Write a table as CSV, some rows at a time.

    Parameters
    ----------
    path
        The file to write.
    rows : int
    part : callable
        The rows of a slice as a data frame.
    **how
        As `pandas.DataFrame.to_csv`.

    Raises
    ------
    StorageError
        The file cannot be written.
    """

    def write(partial: Path) -> None:
        with partial.open("w", encoding="utf-8", newline="") as file:
            for first in range(0, max(rows, 1), TOGETHER):
                part(slice(first, first + TOGETHER)).to_csv(file, header=not first, lineterminator="\n", **how)

    return write_file_atomic(path, write)


def read_angles_csv(path: str | Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read angles.csv back.

    Returns
    -------
    values, states : DataFrame
        Index ``time_s``; the same columns: degrees with NaN where missing, and int8 `SampleState`.

    Raises
    ------
    StorageError
        The file is missing, or is not an angles.csv.
    """
    import pandas as pd

    try:
        data = pd.read_csv(path, index_col="time_s", encoding="utf-8")
        values = data[[column for column in data.columns if not column.endswith("_state")]].astype(np.float64)
        codes = {state.label: int(state) for state in SampleState}
        states = pd.DataFrame(
            {
                column: data[state_column(column)].map(codes).astype(np.int8)
                for column in values.columns
                if state_column(column) in data.columns
            },
            index=data.index,
        )
    except (OSError, ValueError, KeyError) as error:
        raise StorageError(
            phrase("{path}: not a table of angles ({reason}). Analyse the video again.", path=path, reason=error)
        ) from error
    return values, states


def write_repetitions_csv(trial: Trial, path: str | Path) -> Path:
    """Write one row per repetition: its times, each outcome's end range, each compensation.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    fixed = [name for name in COLUMNS["repetitions.csv"] if not name.startswith("<")]
    rows = [list(_texts(record).values()) for record in repetition_records(trial)]
    return write_text_atomic(path, _table([*fixed, *repetition_columns(trial)], rows))


def changes_rows(changes: Sequence[Change]) -> list[dict[str, str]]:
    """Give the rows of changes.csv: column to text."""
    return [_texts(record) for record in change_records(changes)]


def sides_rows(sides: Sequence[SideDifference]) -> list[dict[str, str]]:
    """Give the rows of sides.csv: column to text."""
    return [_texts(record) for record in side_records(sides)]


def write_changes_csv(changes: Sequence[Change], path: str | Path) -> Path:
    """Write the changes from pre-test to re-test, one row per outcome.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    return write_text_atomic(path, changes_csv(changes))


def changes_csv(changes: Sequence[Change]) -> str:
    """The text of changes.csv."""
    return _table(tuple(COLUMNS["changes.csv"]), [list(row.values()) for row in changes_rows(changes)])


def write_sides_csv(sides: Sequence[SideDifference], path: str | Path) -> Path:
    """Write the differences of right and left, one row per outcome.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    return write_text_atomic(path, sides_csv(sides))


def sides_csv(sides: Sequence[SideDifference]) -> str:
    """The text of sides.csv."""
    return _table(tuple(COLUMNS["sides.csv"]), [list(row.values()) for row in sides_rows(sides)])


def write_takes_csv(data: ReportData, path: str | Path) -> Path:
    """Write every take of a session, one row per outcome; one that was left out has its reason in place of numbers.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    return write_text_atomic(path, takes_csv(data))


def takes_csv(data: ReportData) -> str:
    """The text of takes.csv."""
    return _table(tuple(COLUMNS["takes.csv"]), [list(_texts(row).values()) for row in all_take_records(data)])


def _table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _texts(record: Record) -> dict[str, str]:
    return {column: _text(column, value) for column, value in record.items()}


def _text(column: str, value: str | int | float | bool) -> str:
    """Times with four decimals, other numbers with three; nothing where a number is missing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return str(value)
    decimals = 4 if column.endswith("_s") else 3
    return f"{round(value, decimals) + 0.0:.{decimals}f}" if math.isfinite(value) else ""
