"""Who measures the recordings: processes of this machine, or the workers of a Dask cluster, called in the same way."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

from posecheck.cores import all_cores
from posecheck.dataset.child import Child, ChildDiedError, ChildHangsError
from posecheck.errors import PosecheckError
from posecheck.language import phrase
from posecheck.signs import PATIENCE_S, hangs_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.dataset.child import Tell

J = TypeVar("J")
R = TypeVar("R")

TRIES = 3
"""So often may a recording end the process that reads it, before it is left out (chosen by us)."""


class WorkerDiedError(PosecheckError):
    """A recording ended every process that read it, or left one hanging."""


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


class Hand:
    """Does one job after another in a process of its own; one that dies or hangs is replaced. For one thread at a time."""

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._child: Child | None = None
        self._lock = threading.Lock()
        self._closed = False

    def do(self, work: Callable[[J], R], job: J, patience_s: float) -> R:
        """The job's answer.

        Raises
        ------
        WorkerDiedError
        """
        return self._do(lambda child: child.do(work, job, patience_s), patience_s)

    def do_telling(self, work: Callable[[J, Tell], R], job: J, patience_s: float, hear: Tell) -> R:
        """As `do`, for work that tells how it goes: `posecheck.dataset.child.Child.do_telling`."""
        return self._do(lambda child: child.do_telling(work, job, patience_s, hear), patience_s)

    def close(self) -> None:
        """End the process now, for good; also from another thread."""
        with self._lock:
            self._closed = True
            if self._child is not None:
                self._child.kill()

    def _do(self, ask: Callable[[Child], R], patience_s: float) -> R:
        for _ in range(TRIES):
            try:
                return ask(self._there())
            except ChildHangsError:
                self._let_go()
                raise WorkerDiedError(hangs_words(patience_s)) from None
            except ChildDiedError:
                self._let_go()
        raise WorkerDiedError(died_words())

    def _there(self) -> Child:
        with self._lock:
            if self._closed:
                raise ChildDiedError
            if self._child is None:
                try:
                    self._child = Child(self._cores)
                except OSError as error:
                    words = phrase(
                        "no process could be started for it ({reason}); close some programs.", reason=error.strerror
                    )
                    raise WorkerDiedError(words) from error
            return self._child

    def _let_go(self) -> None:
        with self._lock:
            if self._child is not None:
                self._child.kill()
            self._child = None


class LocalWorkers:
    """Processes of this machine, one job at a time each; one that dies or hangs takes no other job with it.

    Parameters
    ----------
    count : int
        Processes at once, which share the cores.
    patience_s : float
        A job that does not get on for so long is given up.
    """

    def __init__(self, count: int, patience_s: float = PATIENCE_S) -> None:
        self._count, self._patience_s = count, patience_s
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")
        self._hands = [Hand(max(1, all_cores() // count)) for _ in range(count)]
        self._free: queue.SimpleQueue[Hand] = queue.SimpleQueue()
        for hand in self._hands:
            self._free.put(hand)

    @property
    def count(self) -> int:
        """Processes at once."""
        return self._count

    def submit(self, work: Callable[[J], R], job: J) -> Future[R]:
        """As `Workers.submit`."""
        return self._threads.submit(self._run, work, job)

    def close(self) -> None:
        """As `Workers.close`."""
        for hand in self._hands:
            hand.close()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _run(self, work: Callable[[J], R], job: J) -> R:
        hand = self._free.get()  # there are as many as threads
        try:
            return hand.do(work, job, self._patience_s)
        finally:
            self._free.put(hand)
