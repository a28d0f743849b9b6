"""Tables as CSV: UTF-8, comma, LF, one header row, empty where a value is missing."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from posecheck.errors import StorageError
from posecheck.files import write_text_atomic
from posecheck.output.export.columns import COLUMNS, angle_order, state_column
from posecheck.pose.landmarks import SampleState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from posecheck.comparison.changes import Change, SideDifference
    from posecheck.kinematics.angles import AngleTable
    from posecheck.trial.repetitions import Repetition
    from posecheck.trial.trial import OutcomeResult, Trial

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
    text = pd.DataFrame({"time_s": [f"{time_s:.4f}" for time_s in table.time_s]})
    for column in columns:
        text[column] = table.values[column].to_numpy().round(3) + 0.0  # + 0.0: never "-0.000"
    for name, values in (extra or {}).items():
        text[name] = np.asarray(values, dtype=np.float64).round(3) + 0.0
    for column in columns:
        text[state_column(column)] = _STATE_LABELS[table.states[column].to_numpy()]
    return write_text_atomic(path, text.to_csv(index=False, float_format="%.3f", lineterminator="\n"))


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
        raise StorageError(f"{path}: not a table of angles ({error}). Analyse the video again.") from error
    return values, states


def write_repetitions_csv(trial: Trial, path: str | Path) -> Path:
    """Write one row a repetition: its times, each outcome's end range, each compensation.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    compensations = [item.name for item in trial.compensations]
    header = [
        *(name for name in COLUMNS["repetitions.csv"] if not name.startswith("<")),
        *(f"{outcome.name}_{outcome.unit}" for outcome in trial.outcomes),
        *(f"{name}_deg" for name in compensations),
    ]
    rows = [
        [
            trial.movement,
            str(trial.side),
            str(item.number),
            *(f"{time_s:.4f}" for time_s in (item.start_s, item.hold_start_s, item.hold_end_s, item.end_s)),
            "true" if item.held else "false",
            "true" if item.used else "false",
            item.reason,
            item.corrected,
            *_outcome_cells(item, trial.outcomes),
            *(_number(item.compensation.get(name, math.nan)) for name in compensations),
        ]
        for item in trial.repetitions
    ]
    return write_text_atomic(path, _table(header, rows))


def _outcome_cells(item: Repetition, outcomes: Sequence[OutcomeResult]) -> list[str]:
    return [_number(item.end_range.get(outcome.name, math.nan)) for outcome in outcomes]


def changes_rows(changes: Sequence[Change]) -> list[dict[str, str]]:
    """Give the rows of changes.csv: column to text."""
    return [
        {
            "movement": change.movement,
            "side": str(change.side),
            "outcome": change.outcome,
            "role": str(change.role),
            "pre_mean_deg": _number(change.pre.mean_deg),
            "pre_sd_deg": _number(change.pre.sd_deg),
            "pre_repetitions": str(change.pre.repetitions),
            "retest_mean_deg": _number(change.retest.mean_deg),
            "retest_sd_deg": _number(change.retest.sd_deg),
            "retest_repetitions": str(change.retest.repetitions),
            "change_deg": _number(change.difference.difference_deg),
            **_judgement(change),
        }
        for change in changes
    ]


def sides_rows(sides: Sequence[SideDifference]) -> list[dict[str, str]]:
    """Give the rows of sides.csv: column to text."""
    return [
        {
            "movement": item.movement,
            "phase": item.phase,
            "outcome": item.outcome,
            "role": str(item.role),
            "left_deg": _number(item.left.mean_deg),
            "right_deg": _number(item.right.mean_deg),
            "difference_deg": _number(item.difference.difference_deg),
            **_judgement(item),
        }
        for item in sides
    ]


def _judgement(item: Change | SideDifference) -> dict[str, str]:
    return {
        "ci95_low_deg": _number(item.difference.ci95_low_deg),
        "ci95_high_deg": _number(item.difference.ci95_high_deg),
        "mdc95_deg": _number(item.difference.mdc95_deg),
        "verdict": str(item.verdict),
        "comparable": str(item.comparable),
        "reasons": "; ".join(item.reasons),
        "corrections": "; ".join(item.corrections),
    }


def write_changes_csv(changes: Sequence[Change], path: str | Path) -> Path:
    """Write the changes from pre-test to re-test, one row an outcome.

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
    """Write the differences of right and left, one row an outcome.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    return write_text_atomic(path, sides_csv(sides))


def sides_csv(sides: Sequence[SideDifference]) -> str:
    """The text of sides.csv."""
    return _table(tuple(COLUMNS["sides.csv"]), [list(row.values()) for row in sides_rows(sides)])


def _table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _number(value: float) -> str:
    return f"{round(value, 3) + 0.0:.3f}" if math.isfinite(value) else ""
