"""The tables of a data set: typed columns with their meaning, which stands in the Parquet files too."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from posecheck.kinematics.angles import angle_columns
from posecheck.output.export.columns import COLUMNS, angle_order, state_column
from posecheck.output.export.records import change_records, outcome_records
from posecheck.pose.landmarks import SampleState
from posecheck.trial.quality import GateStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from posecheck.comparison.changes import Change
    from posecheck.dataset.sources import Source
    from posecheck.kinematics.angles import AngleTable
    from posecheck.trial.trial import Trial

TEXT, NUMBER, WHOLE, FLAG = pa.string(), pa.float64(), pa.int32(), pa.bool_()
TEXTS = pa.list_(TEXT)
WORD = pa.dictionary(pa.int32(), TEXT)
"""A text that is the same in many rows."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, type and meaning."""

    name: str
    kind: pa.DataType
    words: str


KEY = Column("key", TEXT, "The recording: the same in all tables, and the name of its entry in ledger/.")
ABOUT = (
    KEY,
    Column("person", TEXT, "Whose recording it is, as the table of recordings says."),
    Column("session", TEXT, "Of which visit; of videos without a table their folder."),
    Column("phase", TEXT, "pre, baseline or retest; empty for none of these."),
)
TEST = (
    Column("movement", TEXT, "Name of the test."),
    Column("side", TEXT, "The tested leg; empty where both legs move together."),
    Column("take", WHOLE, "Which recording of its test, side and phase it is, from 1, by name or row of the table."),
)


def _known(file: str, kinds: Mapping[str, pa.DataType]) -> tuple[Column, ...]:
    """Columns that the CSV files have too, with the meaning that they have there."""
    return tuple(Column(name, kind, COLUMNS[file][name]) for name, kind in kinds.items())


TABLES: dict[str, tuple[Column, ...]] = {
    "trials": (
        *ABOUT,
        *TEST,
        Column("movement_version", WHOLE, "Version of the test; results of different versions are not compared."),
        Column("file", TEXT, "Address of the video."),
        Column("start_s", NUMBER, "Where the used part of the video begins, if the table of recordings says so."),
        Column("end_s", NUMBER, "Where it ends, if the table of recordings says so."),
        Column("angles", TEXT, "Its file of angles within the data set."),
        Column("quality", TEXT, "The worst of its quality checks: pass, warn or reject."),
        Column("checks", TEXTS, "The quality checks that warned or rejected, in words."),
        Column("notes", TEXTS, "What must be said besides the numbers, in sentences."),
        Column("yaw_deg", NUMBER, "Turn of the person out of the expected view."),
        Column("roll_deg", NUMBER, "Tilt of the camera."),
        Column("repetitions", WHOLE, "Repetitions that were found."),
        Column("used", WHOLE, "Repetitions that count."),
        Column("model_sha256", TEXT, "Checksum of the pose model."),
        Column("video_sha256", TEXT, "Checksum of the video."),
        Column("seconds", NUMBER, "How long reading and measuring took."),
    ),
    "outcomes": (
        *ABOUT,
        TEST[0],
        *_known("changes.csv", {"side": TEXT}),
        TEST[2],
        *_known(
            "outcomes",
            {
                "outcome": TEXT,
                "role": TEXT,
                "unit": TEXT,
                "mean": NUMBER,
                "sd": NUMBER,
                "repetitions": WHOLE,
                "angle": TEXT,
                "visibility": NUMBER,
                "source": TEXT,
                "error95_deg": NUMBER,
                "missing": TEXT,
            },
        ),
    ),
    "repetitions": (
        *ABOUT,
        *TEST,
        *_known(
            "repetitions.csv",
            {
                "repetition": WHOLE,
                "start_s": NUMBER,
                "hold_start_s": NUMBER,
                "hold_end_s": NUMBER,
                "end_s": NUMBER,
                "held": FLAG,
                "used": FLAG,
                "reason": TEXT,
            },
        ),
        Column("outcome", TEXT, "The outcome or compensation that this row is about; a repetition has a row for each."),
        Column("unit", TEXT, "Of the value: deg or pct."),
        Column("value", NUMBER, "Its end range, or the size of the compensation, in this repetition."),
    ),
    "changes": (
        *ABOUT[1:3],
        *_known(
            "changes.csv",
            {
                "movement": TEXT,
                "side": TEXT,
                "outcome": TEXT,
                "role": TEXT,
                "pre_mean_deg": NUMBER,
                "pre_sd_deg": NUMBER,
                "pre_repetitions": WHOLE,
                "retest_mean_deg": NUMBER,
                "retest_sd_deg": NUMBER,
                "retest_repetitions": WHOLE,
                "change_deg": NUMBER,
                "ci95_low_deg": NUMBER,
                "ci95_high_deg": NUMBER,
                "mdc95_deg": NUMBER,
                "verdict": TEXT,
                "comparable": TEXT,
                "reasons": TEXT,
                "chance_larger": NUMBER,
                "error_model": WHOLE,
                "pre_takes": WHOLE,
                "retest_takes": WHOLE,
            },
        ),
    ),
    "failures": (
        *ABOUT,
        *TEST[:2],
        Column("file", TEXT, "Address of the video."),
        Column("reason", TEXT, "Why there is no result, and what to do."),
        Column("final", FLAG, "false: it is tried again when the same command is given again."),
    ),
}
"""One file each, ``<name>.parquet``; ``angles`` is a folder with a file for each recording, see `ANGLES`."""

ANGLES: tuple[Column, ...] = (
    Column("key", WORD, KEY.words),
    Column("person", WORD, ABOUT[1].words),
    Column("session", WORD, ABOUT[2].words),
    Column("phase", WORD, ABOUT[3].words),
    Column("side", WORD, TEST[1].words),
    Column("time_s", NUMBER, COLUMNS["angles.csv"]["time_s"]),
    *(
        Column(name, kind, COLUMNS["angles.csv"][name])
        for column in angle_order(column for _, _, column in angle_columns())
        for name, kind in ((column, pa.float32()), (state_column(column), WORD))
    ),
)
"""Columns of ``angles/movement=<name>/<key>.parquet``; the test is a column of the data set, by the folder's name."""


def table_of(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows with the columns of one of `TABLES`."""
    plain = [{column.name: _plain(row.get(column.name)) for column in TABLES[name]} for row in rows]
    return pa.Table.from_pylist(plain, schema=_schema(TABLES[name]))


def angles_parquet(angles: AngleTable, source: Source, key: str) -> bytes:
    """A recording's angles over time as a Parquet file, with what they belong to in every row."""
    return parquet(angles_table(angles, source, key))


def parquet(table: pa.Table) -> bytes:
    """A table as a Parquet file."""
    import pyarrow.parquet as pq

    with io.BytesIO() as stream:
        pq.write_table(table, stream, compression="zstd")
        return stream.getvalue()


def _schema(columns: Sequence[Column]) -> pa.Schema:
    return pa.schema([pa.field(column.name, column.kind, metadata={"description": column.words}) for column in columns])


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return str(value)
    return [str(item) for item in value] if isinstance(value, list | tuple) else value


def angles_table(angles: AngleTable, source: Source, key: str) -> pa.Table:
    """A recording's angles over time, with the columns of `ANGLES`."""
    rows = len(angles.values)
    fixed = {"key": key, "person": source.person, "session": source.session, "phase": source.phase, "side": source.side}
    columns: dict[str, pa.Array] = {
        name: pa.array([value] * rows, TEXT).dictionary_encode() for name, value in fixed.items()
    }
    columns["time_s"] = pa.array(angles.time_s)
    words = pa.array([state.label for state in SampleState], TEXT)
    for column in angle_order(angles.values.columns):
        columns[column] = pa.array(angles.values[column].to_numpy(dtype="float32"), from_pandas=True)
        codes = pa.array(angles.states[column].to_numpy(dtype="int32"))
        columns[state_column(column)] = pa.DictionaryArray.from_arrays(codes, words)
    schema = _schema(ANGLES)
    return pa.table([columns[name].cast(schema.field(name).type) for name in schema.names], schema=schema)


def _about(key: str, source: Source, trial: Trial) -> dict[str, Any]:
    return {
        "key": key,
        "person": source.person,
        "session": source.session,
        "phase": source.phase,
        "movement": trial.movement,
        "side": str(trial.side) if trial.sided else "",
        "take": trial.take,
    }


def trial_row(source: Source, trial: Trial, angles: str, seconds: float) -> dict[str, Any]:
    """The row of ``trials``."""
    doubtful = [gate for gate in trial.gates if gate.status is not GateStatus.PASS]
    worst = GateStatus.PASS
    for gate in doubtful:
        worst = gate.status if worst is not GateStatus.REJECT else worst
    return {
        **_about(source.key, source, trial),
        "movement_version": trial.movement_version,
        "file": source.address,
        "start_s": source.start_s,
        "end_s": source.end_s,
        "angles": angles,
        "quality": str(worst),
        "checks": [gate.words for gate in doubtful],
        "notes": list(trial.notes),
        "yaw_deg": trial.set_up.yaw_deg,
        "roll_deg": trial.set_up.roll_deg,
        "repetitions": len(trial.repetitions),
        "used": sum(item.used for item in trial.repetitions),
        "model_sha256": trial.provenance.get("model_sha256", ""),
        "video_sha256": trial.provenance.get("video_sha256", ""),
        "seconds": seconds,
    }


def outcome_rows(source: Source, trial: Trial) -> list[dict[str, Any]]:
    """The rows of ``outcomes``."""
    about = _about(source.key, source, trial)
    return [{**record, **about, "side": record["side"]} for record in outcome_records(trial)]


def repetition_rows(source: Source, trial: Trial) -> list[dict[str, Any]]:
    """The rows of ``repetitions``: one for each repetition and outcome or compensation."""
    about = _about(source.key, source, trial)
    units = {item.name: item.unit for item in trial.outcomes}
    rows = []
    for item in trial.repetitions:
        times = {name: getattr(item, name) for name in ("start_s", "hold_start_s", "hold_end_s", "end_s")}
        said = {"repetition": item.number, "held": item.held, "used": item.used, "reason": item.reason}
        for name, value in {**item.end_range, **item.compensation}.items():
            measured = {"outcome": name, "unit": units.get(name, "deg"), "value": value}
            rows.append({**about, **times, **said, **measured})
    return rows


def change_rows(person: str, session: str, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """The rows of ``changes`` of one person's session."""
    return [{**record, "person": person, "session": session} for record in change_records(changes)]


def failure_row(source: Source, reason: str, *, final: bool) -> dict[str, Any]:
    """The row of ``failures``."""
    return {
        "key": source.key,
        "person": source.person,
        "session": source.session,
        "phase": source.phase,
        "movement": source.movement,
        "side": source.side,
        "file": source.address,
        "reason": reason,
        "final": final,
    }
