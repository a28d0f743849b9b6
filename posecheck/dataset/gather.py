"""The tables of a data set, made of what is noted of each of its recordings, a part at a time.

What is held in memory are the finished tables and the recordings of one person's session.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from posecheck.comparison.changes import compare_blocks
from posecheck.dataset.ledger import LEDGER, READ_AT_ONCE, noted, read_ledger
from posecheck.dataset.tables import (
    TABLES,
    change_rows,
    failure_row,
    outcome_rows,
    parquet,
    repetition_rows,
    table_of,
    trial_row,
)
from posecheck.errors import ComparisonError, StorageError
from posecheck.language import phrase
from posecheck.places import keep_files, put_bytes
from posecheck.session import Phase
from posecheck.trial.trial import trial_from_dict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from posecheck.dataset.sources import Source
    from posecheck.places import Place
    from posecheck.trial.trial import Trial

ROWS_AT_ONCE = 5000
"""Rows that are held as Python objects (chosen by us)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run gave: so many were measured and refused in all, and so many failed for now."""

    measured: int
    refused: int
    failed: int
    changes: int


def write_tables(sources: Iterable[Source], result: Place, failed: Mapping[str, str], *, whole: bool = True) -> Result:
    """Write the tables of some recordings; their angles are there already.

    Parameters
    ----------
    sources : iterable of Source
        Those that have ended.
    result : Place
    failed : mapping of str to str
        Why those have failed that are not finished, by `Source.key`.
    whole : bool
        Angles of others are put aside. Default: yes; no where others are still being measured.

    Raises
    ------
    StorageError
    """
    tables = _Tables()
    entries = _entries(_by_session(sources), result, failed)
    for (person, session), recordings in groupby(entries, lambda item: (item[0].person, item[0].session)):
        blocks = _add(tables, recordings, result, failed)
        tables.rows["changes"] += _changes(person, session, blocks)
        tables.make_room()
    tables.write(result)
    if whole:
        keep_files(result.inside("angles"), result.inside("aside"), tables.angles)
    return Result(
        measured=tables.count("trials"),
        refused=tables.refused,
        failed=tables.count("failures") - tables.refused,
        changes=tables.count("changes"),
    )


class _Tables:
    """Rows, which are kept as Arrow keeps them when they become many: that takes far less memory."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self.angles: set[str] = set()
        self.refused = 0
        self._parts: dict[str, list[pa.Table]] = {name: [] for name in TABLES}

    def make_room(self) -> None:
        if sum(map(len, self.rows.values())) >= ROWS_AT_ONCE:
            self._take()

    def write(self, result: Place) -> None:
        self._take()
        whole = {name: pa.concat_tables(parts) for name, parts in self._parts.items()}
        for name, table in whole.items():
            put_bytes(result.inside(f"{name}.parquet"), parquet(table))
        put_bytes(result.inside("failures.csv"), _csv(whole["failures"].to_pylist()))

    def count(self, name: str) -> int:
        return sum(len(part) for part in self._parts[name])

    def _take(self) -> None:
        for name, rows in self.rows.items():
            self._parts[name].append(table_of(name, rows))
            rows.clear()


def _by_session(sources: Iterable[Source]) -> list[Source]:
    found: dict[tuple[str, str], list[Source]] = {}
    for source in sources:
        found.setdefault((source.person, source.session), []).append(source)
    return [source for session in found.values() for source in session]


def _entries(
    sources: Sequence[Source], result: Place, failed: Mapping[str, str]
) -> Iterator[tuple[Source, dict[str, Any] | None]]:
    """Each with what is noted of it; None where nothing is, or it has failed since."""
    there = noted(result) - failed.keys()
    for at in range(0, len(sources), READ_AT_ONCE):
        part = sources[at : at + READ_AT_ONCE]
        entries = read_ledger(result, [source.key for source in part if source.key in there])
        for source in part:
            yield source, entries.get(source.key)


def _add(
    tables: _Tables,
    recordings: Iterable[tuple[Source, dict[str, Any] | None]],
    result: Place,
    failed: Mapping[str, str],
) -> dict[str, list[Trial]]:
    """Add the recordings of one person's session; returns those that can be compared, by their phase."""
    blocks: dict[str, list[Trial]] = {phase: [] for phase in Phase}
    takes: Counter[tuple[str, ...]] = Counter()
    for source, entry in recordings:
        if entry is None or "trial" not in entry:
            reason = failed.get(source.key) or _lost_words(result) if entry is None else str(entry["reason"])
            tables.refused += entry is not None
            tables.rows["failures"].append(failure_row(source, reason, final=entry is not None))
            continue
        try:
            trial = trial_from_dict(entry["trial"], f"{result.shown}/{LEDGER}/{source.key}.json")
        except StorageError as error:
            tables.rows["failures"].append(failure_row(source, error.words, final=False))
            continue
        test = (source.phase, trial.movement, str(trial.side) if trial.sided else "")
        takes[test] += 1
        trial = replace(trial, take=takes[test])
        file = str(entry.get("angles", ""))
        tables.angles.add(file.removeprefix("angles/"))
        tables.rows["trials"].append(trial_row(source, trial, file, float(entry.get("seconds", 0.0))))
        tables.rows["outcomes"] += outcome_rows(source, trial)
        tables.rows["repetitions"] += repetition_rows(source, trial)
        tables.make_room()
        if source.phase in blocks:  # a folder of ten thousand videos is one session
            blocks[source.phase].append(trial)
    return blocks


def _lost_words(result: Place) -> str:
    return phrase(
        "It was measured, but its result is not found in {address}. A cluster needs an address that every worker reaches.",
        address=result.shown,
    )


def _changes(person: str, session: str, blocks: Mapping[str, Sequence[Trial]]) -> list[dict[str, Any]]:
    pre, baseline, retest = (blocks[phase] for phase in Phase)
    if not retest or not (pre or baseline):
        return []
    try:
        return change_rows(person, session, compare_blocks(pre, retest, baseline=baseline))
    except ComparisonError:  # no test in common, or of two versions
        return []


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, [column.name for column in TABLES["failures"]], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8-sig")
