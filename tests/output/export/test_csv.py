from __future__ import annotations

import csv
import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from made_trial import assess_series, made_result, made_series
from synthetic import with_hidden

from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.sides import compare_sides
from posecheck.errors import StorageError
from posecheck.kinematics.angles import angle_columns
from posecheck.kinematics.joints import Side
from posecheck.movements import builtin_movements
from posecheck.output.export.columns import COLUMNS, FIRST_ANGLES, state_column
from posecheck.output.export.csv_export import (
    changes_rows,
    read_angles_csv,
    write_angles_csv,
    write_changes_csv,
    write_repetitions_csv,
    write_sides_csv,
)
from posecheck.pose.landmarks import Landmark, SampleState

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = (
    "movement,side,outcome,role,pre_mean_deg,pre_sd_deg,pre_repetitions,retest_mean_deg,retest_sd_deg,"
    "retest_repetitions,change_deg,ci95_low_deg,ci95_high_deg,mdc95_deg,verdict,comparable,reasons,corrections,"
    "chance_larger,takes_sd_deg,repetitions_sd_deg,moved_sd_deg,error_model,headline,limit_deg,pre_takes,retest_takes"
)
SIDES = (
    "movement,phase,outcome,role,left_deg,right_deg,difference_deg,ci95_low_deg,ci95_high_deg,mdc95_deg,verdict,"
    "comparable,reasons,corrections,chance_larger,takes_sd_deg,repetitions_sd_deg,moved_sd_deg,error_model,left_takes,right_takes"
)


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_angles_come_first_and_their_states_last(tmp_path: Path) -> None:
    header = _rows(write_angles_csv(made_result().table, tmp_path / "angles.csv"))[0]
    assert header[0] == "time_s"
    assert header[1:9] == list(FIRST_ANGLES)
    angles = [name for name in header[1:] if not name.endswith("_state")]
    assert set(angles) == {column for _, _, column in angle_columns()}
    assert header[1 + len(angles) :] == [state_column(name) for name in angles]


def test_angles_are_plain_utf8_with_line_feeds(tmp_path: Path) -> None:
    data = write_angles_csv(made_result().table, tmp_path / "angles.csv").read_bytes()
    assert b"\r" not in data
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == len(made_result().table.values) + 1


def test_angles_survive_a_round_trip(tmp_path: Path) -> None:
    table = made_result("toe-touch").table
    values, states = read_angles_csv(write_angles_csv(table, tmp_path / "angles.csv"))
    assert list(values.columns) == list(states.columns)
    assert values.index.name == "time_s"
    np.testing.assert_allclose(values.index, table.time_s, atol=5e-5)
    for column in table.values.columns:
        np.testing.assert_allclose(values[column], table.values[column], atol=5.1e-4)  # written with 3 decimals
        assert (states[column].to_numpy() == table.states[column].to_numpy()).all()
    assert states.dtypes.eq(np.int8).all()


def test_missing_angles_are_empty_and_say_so(tmp_path: Path) -> None:
    series = with_hidden(made_series("toe-touch", 20.0), [Landmark.LEFT_KNEE], 1.0, 2.0)
    table = assess_series(series, "toe-touch").table
    data = pd.read_csv(write_angles_csv(table, tmp_path / "a.csv"), dtype=str, keep_default_na=False)
    gone = data["left_knee_flexion_state"] == "missing"
    assert gone.any()
    assert (data.loc[gone, "left_knee_flexion_deg"] == "").all()
    assert (data["left_hip_abduction_deg"] == "").all()  # not to be seen from the side
    assert set(data["left_knee_flexion_state"]) <= {state.label for state in SampleState}


def test_numbers_have_fixed_decimals_and_no_negative_zero(tmp_path: Path) -> None:
    rows = _rows(write_angles_csv(made_result().table, tmp_path / "a.csv"))
    assert all(len(row[0].split(".")[1]) == 4 for row in rows[1:])
    cells = [cell for row in rows[1:] for cell in row[1:] if "." in cell]
    assert all(len(cell.split(".")[1]) == 3 for cell in cells)
    assert "-0.000" not in cells


def test_further_columns_stand_between_angles_and_states(tmp_path: Path) -> None:
    table = made_result().table
    extra = {"speed_deg": np.full(len(table.values), 1.5)}
    header = _rows(write_angles_csv(table, tmp_path / "a.csv", extra=extra))[0]
    assert header[1 + len(table.values.columns)] == "speed_deg"


def test_a_table_that_is_no_table_of_angles_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(StorageError, match="not a table of angles"):
        read_angles_csv(tmp_path / "a.csv")
    with pytest.raises(StorageError, match=r"none\.csv"):
        read_angles_csv(tmp_path / "none.csv")


def test_every_angle_column_is_documented_in_the_order_written(tmp_path: Path) -> None:
    header = _rows(write_angles_csv(made_result().table, tmp_path / "angles.csv"))[0]
    assert list(COLUMNS["angles.csv"]) == header
    assert all(words.endswith(".") for meanings in COLUMNS.values() for words in meanings.values())


def test_repetitions_have_one_row_each(tmp_path: Path) -> None:
    trial = made_result("runners-lunge").trial
    header, *rows = _rows(write_repetitions_csv(trial, tmp_path / "r.csv"))
    fixed = [name for name in COLUMNS["repetitions.csv"] if not name.startswith("<")]
    assert header[: len(fixed)] == fixed
    assert header[len(fixed) :] == [
        *(f"{outcome.name}_{outcome.unit}" for outcome in trial.outcomes),
        *(f"{item.name}_deg" for item in trial.compensations),
    ]
    assert len(rows) == len(trial.repetitions) == 2
    first = dict(zip(header, rows[0], strict=True))
    assert (first["movement"], first["side"], first["repetition"]) == ("runners-lunge", "left", "1")
    assert (first["held"], first["used"], first["reason"]) == ("true", "true", "")
    assert float(first["hip_extension_deg"]) == pytest.approx(12.0, abs=0.1)
    times = [float(first[name]) for name in ("start_s", "hold_start_s", "hold_end_s", "end_s")]
    assert times == sorted(times)


def test_an_unused_repetition_says_why_and_leaves_unknown_numbers_empty(tmp_path: Path) -> None:
    trial = made_result("toe-touch").trial
    item = dataclasses.replace(
        trial.repetitions[0], used=False, reason="0.8 s of it, or more", end_range={"hip_flexion": float("nan")}
    )
    changed = dataclasses.replace(trial, repetitions=(item,))
    header, row = _rows(write_repetitions_csv(changed, tmp_path / "r.csv"))
    cells = dict(zip(header, row, strict=True))
    assert (cells["used"], cells["reason"], cells["hip_flexion_deg"]) == ("false", "0.8 s of it, or more", "")
    assert "fingertip_to_floor_pct" in header


def test_no_built_in_test_names_two_columns_alike() -> None:
    for movement in builtin_movements().values():
        names = [item.name for item in (*movement.outcomes, *movement.compensations)]
        assert len(names) == len(set(names)), movement.name


def test_changes_have_the_promised_columns(tmp_path: Path) -> None:
    pre = made_result("toe-touch").trial
    changes = compare_blocks([pre], [pre])
    header, *rows = _rows(write_changes_csv(changes, tmp_path / "changes.csv"))
    assert ",".join(header) == CHANGES
    assert list(COLUMNS["changes.csv"]) == header
    assert len(rows) == len(changes)
    first = dict(zip(header, rows[0], strict=True))
    assert (first["outcome"], first["role"], first["change_deg"]) == ("hip_flexion", "primary", "0.000")
    assert first["verdict"] == "not distinguishable from measurement error"
    assert first["comparable"] == "yes"


def test_reasons_are_joined_and_unknown_numbers_empty() -> None:
    pre = made_result("toe-touch").trial
    change = compare_blocks([pre], [pre])[0]
    unknown = dataclasses.replace(change.difference, difference_deg=float("nan"))
    (row,) = changes_rows([dataclasses.replace(change, difference=unknown, reasons=("one", "two"))])
    assert row["change_deg"] == ""
    assert row["reasons"] == "one; two"


def test_sides_have_the_promised_columns(tmp_path: Path) -> None:
    left = made_result("side-lunge").trial
    right = dataclasses.replace(
        left,
        side=Side.RIGHT,
        outcomes=tuple(
            dataclasses.replace(outcome, side=None if outcome.side is None else outcome.side.other)
            for outcome in left.outcomes
        ),
    )
    sides = compare_sides([left, right], "pre")
    header, *rows = _rows(write_sides_csv(sides, tmp_path / "sides.csv"))
    assert ",".join(header) == SIDES
    assert list(COLUMNS["sides.csv"]) == header
    assert len(rows) == len(sides) > 0
    assert dict(zip(header, rows[0], strict=True))["phase"] == "pre"
