"""Who measures the recordings: processes of this machine, or the workers of a Dask cluster, called in the same way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Protocol, TypeVar

from posecheck.cores import share_cores
from posecheck.errors import PosecheckError
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable

J = TypeVar("J")
R = TypeVar("R")

TRIES = 3
"""So often may a recording end the process that reads it, before it is left out (chosen by us)."""


class WorkerDiedError(PosecheckError):
    """A recording ended every process that read it."""


class Workers(Protocol):
    """Does work elsewhere."""

    @property
    def count(self) -> int:
        """So many jobs are done at once."""
        ...

    def submit(self, work: Callable[[J], R], job: J) -> Future[R]:
        """Have a job done; the future raises `WorkerDiedError` or `ClusterError` where it was not."""
        ...

    def close(self) -> None:
        """Stop at once; what is being done is given up."""
        ...


def died_words() -> str:
    """Why a recording was left out that ends processes."""
    return phrase("it ended the process that read it, {tries} times (out of memory, or a damaged video).", tries=TRIES)


class LocalWorkers:
    """Processes of this machine, one job at a time each; one that dies takes no other job with it."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")
        self._pools: dict[int, ProcessPoolExecutor] = {}
        self._lock = threading.Lock()
        self._closed = False

    @property
    def count(self) -> int:
        """Processes at once."""
        return self._count

    def submit(self, work: Callable[[J], R], job: J) -> Future[R]:
        """As `Workers.submit`."""
        return self._threads.submit(self._run, work, job)

    def close(self) -> None:
        """As `Workers.close`."""
        with self._lock:
            self._closed = True
            pools = list(self._pools.values())
        for pool in pools:
            processes = pool._processes or {}  # until Python 3.14: kill_workers
            pool.shutdown(wait=False, cancel_futures=True)  # first, so that no process is begun any more
            for process in list(processes.values()):
                process.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _run(self, work: Callable[[J], R], job: J) -> R:
        """On the thread that goes with a process."""
        for _ in range(TRIES):
            try:
                return self._pool().submit(work, job).result()
            except BrokenProcessPool:
                with self._lock:
                    self._pools.pop(threading.get_ident(), None)
                    if self._closed:
                        break
        raise WorkerDiedError(died_words())

    def _pool(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._closed:
                raise BrokenProcessPool
            found = self._pools.get(threading.get_ident())
            if found is None:
                # spawn: MediaPipe's threads do not survive a fork
                context = multiprocessing.get_context("spawn")
                found = ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(self._count,))
                self._pools[threading.get_ident()] = found
            return found


def _begin(processes: int) -> None:
    share_cores(processes)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which stops everybody
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A command that was killed leaves no process behind that waits for it forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
