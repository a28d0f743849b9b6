"""Measures all recordings of a data set that are not measured yet, and writes its tables."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from posecheck.comparison.changes import compare_blocks
from posecheck.dataset.ledger import LEDGER, mark_of, open_run, read_ledger
from posecheck.dataset.measure import Ended, Job, State, measure
from posecheck.dataset.sources import Source
from posecheck.dataset.tables import (
    TABLES,
    change_rows,
    failure_row,
    outcome_rows,
    parquet,
    repetition_rows,
    trial_row,
)
from posecheck.dataset.workers import WorkerDiedError
from posecheck.errors import ComparisonError, StorageError
from posecheck.language import phrase
from posecheck.places import keep_files, put_bytes, stamps_of
from posecheck.session import Phase
from posecheck.trial.trial import trial_from_dict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from posecheck.dataset.ledger import Settings
    from posecheck.dataset.workers import Workers
    from posecheck.movements import Movement
    from posecheck.places import Place
    from posecheck.trial.trial import Trial

WAITING_FOR_EACH = 2
"""Jobs that are handed out for each that is done at once: nobody waits for the next one, and little is lost at a stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a run has come.

    Attributes
    ----------
    done, total : int
        Recordings that have ended, those of earlier runs among them, and all.
    failures : int
        Those without a result.
    per_minute, left_s : float
        Of this run; NaN before the first has ended.
    source : Source or None
        Which one has just ended, and `ended` how.
    """

    done: int
    total: int
    failures: int
    per_minute: float
    left_s: float
    source: Source | None = None
    ended: Ended | None = None


class Watch(Protocol):
    """Told how far a run has come, once at its beginning and as each recording ends."""

    def __call__(self, standing: Standing) -> None:
        """Take it in."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run gave: so many were measured and refused in all, and so many failed for now."""

    measured: int
    refused: int
    failed: int
    changes: int


def run(
    sources: Sequence[Source],
    result: Place,
    settings: Settings,
    workers: Workers,
    movements: Mapping[str, Movement],
    watch: Watch,
) -> Result:
    """Measure what is not measured yet, then write the tables.

    Parameters
    ----------
    sources : sequence of Source
    result : Place
        Of the data set, new or begun.
    settings : Settings
    workers : Workers
        Stays open.
    movements : mapping of str to Movement
        The tests that recordings may show.
    watch : callable

    Raises
    ------
    StorageError
        The data set cannot be written, or is another one.
    ClusterError
        The cluster is gone; what was finished is kept.
    """
    open_run(result, settings)
    finished = _finished(sources, read_ledger(result), movements)
    todo = [source for source in sources if source.key not in finished]
    refused_before = sum("reason" in finished[source.key] for source in sources if source.key in finished)
    progress = _Progress(len(sources), len(sources) - len(todo), refused_before, watch)
    failed = _measure_all(todo, result, settings, workers, movements, progress)
    return _write_tables(sources, result, failed)


def _finished(
    sources: Sequence[Source], entries: Mapping[str, dict[str, Any]], movements: Mapping[str, Movement]
) -> dict[str, dict[str, Any]]:
    """What need not be done again: not videos that were replaced, nor tests that were changed.

    Videos that are no longer there keep their results: they may have been moved to save room.
    """
    noted = [source for source in sources if source.key in entries]
    stamps = stamps_of({source.address for source in noted})
    return {
        source.key: entries[source.key]
        for source in noted
        if (stamp := stamps.get(source.address)) is None
        or entries[source.key].get("mark") == mark_of(stamp, _tests(source, movements))
    }


def _tests(source: Source, movements: Mapping[str, Movement]) -> tuple[Movement, ...]:
    return (movements[source.movement],) if source.movement else tuple(movements.values())


def _measure_all(
    todo: Sequence[Source],
    result: Place,
    settings: Settings,
    workers: Workers,
    movements: Mapping[str, Movement],
    progress: _Progress,
) -> dict[str, str]:
    """Hand out the jobs, a few ahead of the workers; what failed for now, by key, with its reason."""
    failed: dict[str, str] = {}
    waiting: dict[Future[Ended], Source] = {}
    left = list(reversed(todo))
    while left or waiting:
        while left and len(waiting) < WAITING_FOR_EACH * workers.count:
            source = left.pop()
            job = Job(source=source, movements=_tests(source, movements), result=result.address, settings=settings)
            waiting[workers.submit(measure, job)] = source
        ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in ended:
            source = waiting.pop(future)
            end = _end_of(future, source)
            if end.state is State.FAILED:
                failed[source.key] = end.reason
            progress.ended(source, end)
    return failed


def _end_of(future: Future[Ended], source: Source) -> Ended:
    try:
        return future.result()
    except WorkerDiedError as error:  # perhaps of another's fault: the next run, with more memory, may measure it
        return Ended(key=source.key, state=State.FAILED, reason=error.words)


class _Progress:
    def __init__(self, total: int, before: int, failures: int, watch: Watch) -> None:
        self._total, self._before, self._failures, self._watch = total, before, failures, watch
        self._began, self._now = time.monotonic(), 0
        self._tell(None, None)

    def ended(self, source: Source, end: Ended) -> None:
        self._now += 1
        self._failures += end.state is not State.MEASURED
        self._tell(source, end)

    def _tell(self, source: Source | None, end: Ended | None) -> None:
        passed_s = time.monotonic() - self._began
        each_s = passed_s / self._now if self._now else float("nan")
        done = self._before + self._now
        self._watch(
            Standing(
                done=done,
                total=self._total,
                failures=self._failures,
                per_minute=60.0 / each_s if each_s else float("nan"),
                left_s=(self._total - done) * each_s,
                source=source,
                ended=end,
            )
        )


def _write_tables(sources: Sequence[Source], result: Place, failed: Mapping[str, str]) -> Result:
    """The tables of all recordings of this run, from what is noted of each; the angles are there already."""
    entries = read_ledger(result)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    blocks: dict[tuple[str, str], dict[str, list[Trial]]] = {}
    takes: Counter[tuple[str, ...]] = Counter()
    angles: set[str] = set()
    for source in sources:
        entry = None if source.key in failed else entries.get(source.key)
        if entry is None or "trial" not in entry:
            reason = failed.get(source.key) or _lost_words(result) if entry is None else str(entry["reason"])
            rows["failures"].append(failure_row(source, reason, final=entry is not None))
            continue
        try:
            trial = trial_from_dict(entry["trial"], f"{result.address}/{LEDGER}/{source.key}.json")
        except StorageError as error:
            rows["failures"].append(failure_row(source, error.words, final=False))
            continue
        test = (source.person, source.session, source.phase, trial.movement, str(trial.side) if trial.sided else "")
        takes[test] += 1
        trial = replace(trial, take=takes[test])
        file = str(entry.get("angles", ""))
        angles.add(file.removeprefix("angles/"))
        rows["trials"].append(trial_row(source, trial, file, float(entry.get("seconds", 0.0))))
        rows["outcomes"] += outcome_rows(source, trial)
        rows["repetitions"] += repetition_rows(source, trial)
        group = blocks.setdefault((source.person, source.session), {})
        group.setdefault(source.phase, []).append(trial)
    for (person, session), phases in blocks.items():
        rows["changes"] += _changes(person, session, phases)
    for name, found in rows.items():
        put_bytes(result.inside(f"{name}.parquet"), parquet(name, found))
    put_bytes(result.inside("failures.csv"), _csv(rows["failures"]))
    keep_files(result.inside("angles"), result.inside("aside"), angles)
    final = sum(row["final"] for row in rows["failures"])
    return Result(
        measured=len(rows["trials"]),
        refused=final,
        failed=len(rows["failures"]) - final,
        changes=len(rows["changes"]),
    )


def _lost_words(result: Place) -> str:
    return phrase(
        "It was measured, but its result is not found in {address}. A cluster needs an address that every worker reaches.",
        address=result.address,
    )


def _changes(person: str, session: str, phases: Mapping[str, Sequence[Trial]]) -> list[dict[str, Any]]:
    pre, baseline, retest = (phases.get(phase, ()) for phase in Phase)
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
