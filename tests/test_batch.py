from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from threading import Event, Thread, get_ident
from typing import TYPE_CHECKING, NamedTuple

import pytest

from posecheck.batch import Done, default_workers, run_jobs, signals_wait
from posecheck.errors import VideoError

if TYPE_CHECKING:
    from posecheck.progress import Progress

WAIT_S = 60.0
"""No job waits longer for another process, so that a broken test ends."""


class Job(NamedTuple):
    """What a worker is to do, and a folder where processes leave notes for each other."""

    what: str
    folder: Path


def work(job: Job, progress: Progress) -> str:
    """Runs in another process."""
    return {
        "early": lambda: "early",
        "meanwhile": lambda: _meanwhile(job),
        "late": lambda: _late(job),
        "refuse": _refuse,
        "fail": lambda: str(1 // 0),
        "exit": lambda: os._exit(3),
        "kill": lambda: str(os.kill(os.getpid(), signal.SIGKILL)),
        "count": lambda: _count(job, progress),
        "endless": lambda: _endless(job, progress),
        "leave": lambda: _note(job, "ran"),
    }[job.what]()


def _note(job: Job, name: str) -> str:
    (job.folder / name).touch()
    return name


def _wait_for(file: Path) -> None:
    end = time.monotonic() + WAIT_S
    while not file.exists():
        if time.monotonic() > end:
            raise TimeoutError(file)
        time.sleep(0.01)


def _late(job: Job) -> str:
    _wait_for(job.folder / "early is done")
    return "late"


def _meanwhile(job: Job) -> str:
    _wait_for(job.folder / "started")
    return "early"


def _refuse() -> str:
    raise VideoError("lunge.mp4: is empty; copy it again.")


def _count(job: Job, progress: Progress) -> str:
    progress(1, 4)
    _wait_for(job.folder / "progress was told")
    return "counted"


def _endless(job: Job, progress: Progress) -> str:
    """Works until it is stopped, three seconds at most."""
    _note(job, "started")
    try:
        for step in range(300):
            progress(step, None)
            time.sleep(0.01)
    except KeyboardInterrupt:
        _note(job, "stopped")
        raise
    return _note(job, "ran to its end")


def jobs(folder: Path, *what: str) -> list[Job]:
    return [Job(item, folder) for item in what]


def test_results_come_in_the_order_of_the_jobs_whichever_ends_first(tmp_path: Path) -> None:
    ended = []

    def on_done(number: int, done: Done[str]) -> None:
        ended.append((number, done.result))
        (tmp_path / "early is done").touch()

    done = run_jobs(work, jobs(tmp_path, "late", "early"), workers=2, on_done=on_done)
    assert done == [Done("late"), Done("early")]
    assert ended == [(1, "early"), (0, "late")]


def test_an_error_on_purpose_gives_its_own_words_and_the_others_finish(tmp_path: Path) -> None:
    done = run_jobs(work, jobs(tmp_path, "refuse", "early"), workers=1)
    assert done == [Done(None, "lunge.mp4: is empty; copy it again."), Done("early")]


def test_an_unexpected_error_asks_to_be_reported_and_says_where(tmp_path: Path) -> None:
    failed, early = run_jobs(work, jobs(tmp_path, "fail", "early"), workers=1)
    assert failed.result is None
    assert failed.reason.startswith("posecheck failed unexpectedly, please report it")
    assert "ZeroDivisionError" in failed.reason
    assert "test_batch.py" in failed.reason
    assert early == Done("early")


@pytest.mark.parametrize("end", ["exit", "kill"])
def test_a_process_that_dies_takes_no_other_job_with_it(tmp_path: Path, end: str) -> None:
    ended = []
    done = run_jobs(
        work,
        jobs(tmp_path, "early", end, "leave"),
        workers=2,
        on_done=lambda number, done: ended.append((number, bool(done.reason))),
    )
    assert [item.result for item in done] == ["early", None, "ran"]
    assert "crashed" in done[1].reason
    assert sorted(ended) == [(0, False), (1, True), (2, False)]


def test_progress_of_each_job_is_passed_on_while_it_runs(tmp_path: Path) -> None:
    told = []

    def progress(job: int, done: int, total: int | None) -> None:
        told.append((job, done, total))
        if {number for number, _, _ in told} == {0, 1}:
            (tmp_path / "progress was told").touch()

    done = run_jobs(work, jobs(tmp_path, "count", "count"), workers=2, progress=progress)
    assert done == [Done("counted"), Done("counted")]
    assert sorted(told) == [(0, 1, 4), (1, 1, 4)]


def _stop(_number: int, _done: Done[str]) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_stops_the_running_job(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_jobs(work, jobs(tmp_path, "endless", "meanwhile"), workers=2, on_done=_stop)
    assert {path.name for path in tmp_path.iterdir()} == {"started", "stopped"}


def test_ctrl_c_while_the_processes_start_stops_what_was_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import ProcessPoolExecutor

    submit, calls = ProcessPoolExecutor.submit, []

    def interrupted(pool: ProcessPoolExecutor, *what: object) -> object:
        calls.append(what)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return submit(pool, *what)  # type: ignore[arg-type]

    monkeypatch.setattr(ProcessPoolExecutor, "submit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_jobs(work, jobs(tmp_path, "endless", "early"), workers=1)
    assert "ran to its end" not in {path.name for path in tmp_path.iterdir()}


def test_no_jobs_give_no_results() -> None:
    assert run_jobs(work, []) == []


def test_there_is_at_least_one_worker() -> None:
    assert 1 <= default_workers() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals go to threads on POSIX alone")
def test_a_signal_that_another_thread_takes_waits_until_the_processes_are_started() -> None:
    steps, begin = [], Event()
    sender = Thread(target=lambda: (begin.wait(WAIT_S), signal.pthread_kill(get_ident(), signal.SIGTERM)))
    sender.start()  # before the block: so that it takes the signal which the main thread holds back
    signal.signal(signal.SIGTERM, lambda *_: steps.append("stopped"))
    try:
        with signals_wait():
            begin.set()
            sender.join(WAIT_S)
            steps.append("started")
        assert steps == ["started", "stopped"]
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
