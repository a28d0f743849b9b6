"""Processes of jobs: used again where that is safe, ended where it is not, and never kept for long."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

import psutil
import pytest
from worker_tasks import Broken, Crashing, Hanging, Telling

from posecheck.storage.files import DataFolder
from posecheck.web.jobs import worker_process
from posecheck.web.jobs.worker_process import WorkerProcess
from posecheck.web.jobs.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.web.jobs.worker_process import Task, TaskOutcome


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    kept = Workers(2, DataFolder(tmp_path))
    yield kept
    kept.close()


def done(workers: Workers, task: Task, niceness: int = 19) -> tuple[int, TaskOutcome]:
    """Which process did it, and what came of it."""
    worker = workers.begin(task, niceness)
    pid = worker.pid
    while worker.outcome is None:
        wait([worker.connection], 10)
        worker.listen()
    outcome = worker.outcome
    workers.put(worker)
    return pid, outcome


def test_the_next_job_is_done_by_the_same_process(workers: Workers) -> None:
    first, outcome = done(workers, Telling())
    assert outcome.result == {"pid": first}
    assert done(workers, Telling(refused=True))[0] == first
    assert done(workers, Telling())[1].result == {"pid": first}


def test_what_gives_way_less_is_done_by_another_process(workers: Workers) -> None:
    assert done(workers, Telling())[0] != done(workers, Telling(), niceness=5)[0]


@pytest.mark.parametrize("task", [Crashing(), Broken()])
def test_after_a_job_that_failed_a_new_process_is_used(workers: Workers, task: Task) -> None:
    failed, outcome = done(workers, task)
    assert outcome.failure
    assert not psutil.pid_exists(failed)
    assert done(workers, Telling())[0] != failed


def test_a_process_that_dies_while_it_has_nothing_to_do_is_not_missed(workers: Workers) -> None:
    first, _ = done(workers, Telling())
    os.kill(first, signal.SIGKILL)
    time.sleep(0.5)

    second, outcome = done(workers, Telling())

    assert second != first
    assert outcome.result == {"pid": second}


def test_a_process_ends_after_many_jobs(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "MOST_TASKS", 2)
    pids = [done(workers, Telling())[0] for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_no_process_is_left_when_all_are_closed(workers: Workers) -> None:
    pid, _ = done(workers, Telling())
    workers.close()
    assert not psutil.pid_exists(pid)


def test_a_job_that_does_not_get_on_has_failed_in_words_and_its_process_has_ended() -> None:
    worker = WorkerProcess(0, patience_s=3.0)
    worker.begin(Hanging())
    while worker.outcome is None:
        assert wait([worker.connection], 60)
        worker.listen()
    assert worker.outcome.failure.startswith("nothing more of it could be read for 0.05 min, so it was given up")
    assert not worker.outcome.crashed, "it is not tried again at once"
    assert not worker.is_alive
    worker.close()
