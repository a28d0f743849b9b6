"""Many recordings at once, in parallel processes; one bad video never stops the others."""

from __future__ import annotations

import multiprocessing
import queue
import signal
import threading
import traceback
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from posecheck.cores import all_cores, share_cores
from posecheck.errors import PosecheckError
from posecheck.language import language, phrase, set_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from posecheck.progress import Progress

J = TypeVar("J")
R = TypeVar("R")

REFRESH_S = 0.2
"""How often progress is passed on."""


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """What became of one job: its result, or the reason why there is none."""

    result: R | None
    reason: str = ""


class JobProgress(Protocol):
    """Told how far each job has come."""

    def __call__(self, job: int, done: int, total: int | None) -> None:
        """Job number ``job`` has done ``done`` of about ``total`` steps."""
        ...


class Cancelled(KeyboardInterrupt):
    """Raised inside a worker when the whole batch was stopped."""


def default_workers() -> int:
    """One process for each core, since finding body points keeps about one core busy."""
    return all_cores()


def run_jobs(
    work: Callable[[J, Progress], R],
    jobs: Sequence[J],
    *,
    workers: int | None = None,
    progress: JobProgress | None = None,
    on_done: Callable[[int, Done[R]], None] | None = None,
) -> list[Done[R]]:
    """Run a function on every job in parallel processes.

    Parameters
    ----------
    work : callable
        A module-level function of (job, progress); runs in another process, so both must be picklable.
    jobs : sequence
    workers : int, optional
        Processes at once; one for each core by default.
    progress : callable, optional
        Told (job number, steps done, steps in all).
    on_done : callable, optional
        Told (job number, what became of it) as each ends.

    Returns
    -------
    list of Done
        In the order of the jobs. An error on purpose gives its words as the reason; anything unexpected, a crashed
        process among it, says so.
    """
    count = min(workers or default_workers(), max(1, len(jobs)))
    results: list[Done[R] | None] = [None] * len(jobs)
    todo = list(range(len(jobs)))
    attempt = _Batch(work, jobs, results, progress, on_done)
    crashed = attempt.run(todo, count)
    for number in crashed:  # each alone, so that only the one at fault fails
        if attempt.run([number], 1):
            words = phrase("the process that read it crashed (out of memory, or a damaged video).")
            attempt.finish(number, Done(None, words))
    return [result or Done(None, phrase("it was not run.")) for result in results]


class _Batch(Generic[J, R]):
    def __init__(
        self,
        work: Callable[[J, Progress], R],
        jobs: Sequence[J],
        results: list[Done[R] | None],
        progress: JobProgress | None,
        on_done: Callable[[int, Done[R]], None] | None,
    ) -> None:
        self._work, self._jobs, self._results = work, jobs, results
        self._progress, self._on_done = progress, on_done

    def finish(self, number: int, done: Done[R]) -> None:
        self._results[number] = done
        if self._on_done is not None:
            self._on_done(number, done)

    def run(self, numbers: Sequence[int], workers: int) -> list[int]:
        """Run some jobs; return those that were lost because a process crashed."""
        # spawn: MediaPipe's threads do not survive a fork
        context = multiprocessing.get_context("spawn")
        messages, stop = context.Queue(), context.Event()
        with ProcessPoolExecutor(
            workers, mp_context=context, initializer=_start_worker, initargs=(messages, stop, workers, language())
        ) as pool:
            try:
                with signals_wait():  # a process that is stopped while it starts would print a traceback
                    futures: dict[Future[Done[R]], int] = {
                        pool.submit(_run_one, self._work, number, self._jobs[number]): number for number in numbers
                    }
                return self._collect(futures, messages)
            except BaseException:
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _collect(self, futures: dict[Future[Done[R]], int], messages: Any) -> list[int]:
        waiting, crashed = set(futures), []
        while waiting:
            ended, waiting = wait(waiting, timeout=REFRESH_S, return_when=FIRST_COMPLETED)
            self._pass_on(messages)
            for future in ended:
                try:
                    self.finish(futures[future], future.result())
                except BrokenProcessPool:
                    crashed.append(futures[future])
        return sorted(crashed)

    def _pass_on(self, messages: Any) -> None:
        while True:
            try:
                number, done, total = messages.get_nowait()
            except queue.Empty:
                return
            if self._progress is not None:
                self._progress(number, done, total)


_STOPPING = {signal.SIGINT, signal.SIGTERM}


@contextmanager
def signals_wait() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back until the end of the block; only the main thread, which handles them, can.

    The mask is for the processes that are started: they inherit it. Here it is not enough, as the signal is then taken by
    another thread of this process, and its handler runs on the main thread all the same.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    handlers = {number: signal.signal(number, lambda number, _frame: came.append(number)) for number in _STOPPING}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING) if hasattr(signal, "pthread_sigmask") else None
    try:
        yield
    finally:
        if before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for held_back, handler in handlers.items():
            signal.signal(held_back, handler or signal.SIG_DFL)
        for late in dict.fromkeys(came):
            signal.raise_signal(late)


_messages: Any = None
_stop: Any = None


def _start_worker(messages: Any, stop: Any, workers: int, code: str) -> None:
    global _messages, _stop
    _messages, _stop = messages, stop
    share_cores(workers)
    set_language(code)  # of what is drawn and written there
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which stops everybody
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)


def _run_one(work: Callable[[J, Progress], R], number: int, job: J) -> Done[R]:
    def progress(done: int, total: int | None) -> None:
        if _stop.is_set():
            raise Cancelled
        _messages.put((number, done, total))

    try:
        return Done(work(job, progress))
    except PosecheckError as error:
        return Done(None, error.said({}))
    except Cancelled:
        return Done(None, phrase("stopped."))
    except Exception as error:
        where = "".join(traceback.format_exception(error)[-2:]).strip()
        return Done(None, phrase("posecheck failed unexpectedly, please report it: {where}", where=where))
