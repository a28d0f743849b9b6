"""Measures all recordings of a data set that are not measured yet, and writes its tables."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from posecheck.dataset.claim import claimed
from posecheck.dataset.gather import write_tables
from posecheck.dataset.ledger import mark_of, open_run, read_marks
from posecheck.dataset.measure import Ended, Job, State, measure
from posecheck.dataset.sources import Source
from posecheck.dataset.workers import WorkerDiedError
from posecheck.places import stamps_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from posecheck.dataset.gather import Result
    from posecheck.dataset.ledger import Mark, Settings
    from posecheck.dataset.workers import Workers
    from posecheck.movements import Movement
    from posecheck.places import Place

TABLES_EVERY_S = 300.0
"""Tables of what has ended so far are written so often (chosen by us)."""
TABLES_SHARE = 0.05
"""At most this share of the time goes into that: nothing is handed out meanwhile (chosen by us)."""
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
        The data set cannot be written, is another one, or another command writes it now.
    ClusterError
        The cluster is gone; what was finished is kept.
    """
    open_run(result, settings)
    with claimed(result):
        finished = _finished(sources, read_marks(result, [source.key for source in sources]), movements)
        todo = [source for source in sources if source.key not in finished]
        refused_before = sum(finished[source.key].refused for source in sources if source.key in finished)
        progress = _Progress(len(sources), len(sources) - len(todo), refused_before, watch)
        tables = _TablesSoFar(sources, result, set(finished))
        failed = _measure_all(todo, result, settings, workers, movements, progress, tables)
        return write_tables(sources, result, failed)


def _finished(
    sources: Sequence[Source], marks: Mapping[str, Mark], movements: Mapping[str, Movement]
) -> dict[str, Mark]:
    """What need not be done again: not videos that were replaced, nor tests that were changed.

    Videos that are no longer there keep their results: they may have been moved to save room.
    """
    noted = [source for source in sources if source.key in marks]
    stamps = stamps_of({source.address for source in noted})
    return {
        source.key: marks[source.key]
        for source in noted
        if (stamp := stamps.get(source.address)) is None
        or marks[source.key].mark == mark_of(stamp, _tests(source, movements))
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
    tables: _TablesSoFar,
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
        ended, _ = wait(waiting, tables.every_s, return_when=FIRST_COMPLETED)
        for future in ended:
            source = waiting.pop(future)
            end = _end_of(future, source)
            if end.state is State.FAILED:
                failed[source.key] = end.reason
            progress.ended(source, end)
            tables.ended.add(source.key)
        tables.write_if_due(failed)
    return failed


class _TablesSoFar:
    """Writes the tables of what has ended now and then, so that thousands of videos show something before the last."""

    def __init__(self, sources: Sequence[Source], result: Place, ended: set[str]) -> None:
        self._sources, self._result, self.ended = sources, result, ended
        self._written, self._next_s = len(ended), time.monotonic() + TABLES_EVERY_S
        self.every_s = TABLES_EVERY_S

    def write_if_due(self, failed: Mapping[str, str]) -> None:
        began_s = time.monotonic()
        if began_s < self._next_s or len(self.ended) == self._written:
            return
        ended = [source for source in self._sources if source.key in self.ended]
        write_tables(ended, self._result, failed, whole=False)
        took_s = time.monotonic() - began_s
        self._written, self._next_s = len(ended), began_s + max(TABLES_EVERY_S, took_s / TABLES_SHARE)


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
