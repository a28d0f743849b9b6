"""The workers of a Dask cluster, by the address of its scheduler."""

from __future__ import annotations

import math
import threading
import time
import uuid
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import posecheck
from posecheck.dataset.measure import version_words
from posecheck.dataset.workers import Hand, WorkerDiedError, died_words
from posecheck.errors import Advice, ClusterError, PosecheckError
from posecheck.language import phrase
from posecheck.signs import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.dataset.child import Tell

J = TypeVar("J")
R = TypeVar("R")

COUNTED_EVERY_S = 5.0
"""Asking the scheduler for a thousand workers at each recording would keep it busy (chosen by us)."""
REACHED_WITHIN_S = 10
"""The scheduler has to answer in this time (chosen by us)."""
SCHEDULER_BACK = Advice("scheduler", phrase("Start it again."))


class GivenUpError(PosecheckError):
    """A job was given up while it was being done: nobody gets what comes of it."""


class DaskWorkers:
    """A cluster that is there already; its workers need nothing but an installed posecheck of the same version.

    Parameters
    ----------
    address : str
        ``tcp://scheduler:8786``.
    patience_s : float
        A job that does not get on for so long is given up.

    Raises
    ------
    ClusterError
        Dask is not installed, the scheduler does not answer, there is no worker, or one of them lacks posecheck or has
        another version.
    """

    def __init__(self, address: str, patience_s: float = PATIENCE_S) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise ClusterError(
                phrase("A cluster needs the package distributed. Install it: pip install “posecheck[cluster]”.")
            ) from error
        self._address, self._patience_s = address, patience_s
        self._threads, self._counted_s = [1], -math.inf
        self._told: dict[int, Tell] = {}
        self._numbers, self._topic = count(), f"posecheck-{uuid.uuid4()}"
        try:
            self._client: Any = Client(address, timeout=REACHED_WITHIN_S, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise ClusterError(
                phrase(
                    "{address}: no scheduler answers there. Check the address (tcp://host:8786), and that “dask scheduler” "
                    "is running.",
                    address=address,
                )
            ) from error
        try:
            self._check()
        except ClusterError:
            self.close()
            raise

    @property
    def count(self) -> int:
        """Jobs at once: one for each thread of each worker."""
        return max(1, sum(self._counted()))

    @property
    def count_with_room(self) -> int:
        """Jobs at once so that a worker with several threads has one left for what somebody waits for."""
        return max(1, sum(map(_with_room, self._counted())))

    def submit(self, work: Callable[[J], R], job: J) -> Future[R]:
        """As `posecheck.dataset.workers.Workers.submit`; a future that is cancelled gives its job up."""
        return self._submit(0, _done_there, work, job, self._patience_s)

    def submit_telling(self, work: Callable[[J, Tell], R], job: J, told: Tell, *, priority: int = 0) -> Future[R]:
        """As `submit`, for work that tells how it goes, of which `count_with_room` is done at once.

        Parameters
        ----------
        work : callable
            Called with the job and a `Tell`.
        job
        told : callable
            Gets here what was told there; on a thread that must not be kept waiting.
        priority : int
            What has more is begun first.
        """
        number = next(self._numbers)
        self._told[number] = told
        with suppress(Exception):  # a scheduler that is gone; each time, as it knows nothing after it was away
            self._client.subscribe_topic(self._topic, self._hear)
        answer: Future[R] = self._submit(priority, _done_telling, work, job, self._patience_s, self._topic, number)
        answer.add_done_callback(lambda _: self._told.pop(number, None))
        return answer

    def close(self) -> None:
        """As `posecheck.dataset.workers.Workers.close`."""
        with suppress(Exception):  # nothing that a scheduler that is gone says here matters
            self._client.close(timeout=5)

    def _counted(self) -> list[int]:
        """Threads of each worker; asked for now and then, as workers come and go.

        Raises
        ------
        ClusterError
            The scheduler is gone.
        """
        if self._client.status != "running":
            raise self._gone(RuntimeError(self._client.status))
        if time.monotonic() - self._counted_s >= COUNTED_EVERY_S:
            try:
                threads = self._client.nthreads()
            except Exception as error:  # whatever Dask says of a scheduler that is gone
                raise self._gone(error) from error
            self._threads, self._counted_s = [int(number) for number in threads.values()], time.monotonic()
        return self._threads

    def _submit(self, priority: int, *words: Any) -> Future[Any]:
        answer: Future[Any] = Future()
        try:
            there = self._client.submit(*words, pure=False, priority=priority)
        except Exception as error:  # the client was closed by a scheduler that is gone
            answer.set_exception(self._gone(error))
            return answer
        there.add_done_callback(lambda done: self._pass_on(done, answer))
        answer.add_done_callback(lambda _: _forget(there))
        return answer

    def _hear(self, event: tuple[float, Any]) -> None:
        """On the thread of Dask's client."""
        number, value = event[1]
        told = self._told.get(number)
        if told is not None:
            told(value)

    def _check(self) -> None:
        from distributed.comm.core import CommClosedError

        try:
            versions = self._client.run(_version, on_error="return")
        except (CommClosedError, OSError, TimeoutError) as error:
            raise self._gone(error) from error
        if not versions:
            raise ClusterError(
                phrase(
                    "{address}: the scheduler has no workers. Start some: dask worker {address}", address=self._address
                )
            )
        for worker, version in versions.items():
            if version == posecheck.__version__:
                continue
            if isinstance(version, str):
                raise ClusterError(version_words(worker, version, posecheck.__version__))
            raise ClusterError(
                phrase(
                    "The worker {worker} cannot use posecheck ({reason}). Install posecheck {mine} there.",
                    worker=worker,
                    reason=version,
                    mine=posecheck.__version__,
                )
            )

    def _pass_on(self, done: Any, answer: Future[Any]) -> None:
        """On a thread of Dask's client."""
        with suppress(InvalidStateError):  # it was given up
            try:
                result, error = self._end_of(done)
            except Exception as gone:  # the scheduler went while the result was fetched
                result, error = None, self._gone(gone)
            if error is None:
                answer.set_result(result)
            else:
                answer.set_exception(error)

    def _end_of(self, done: Any) -> tuple[Any, PosecheckError | None]:
        from distributed.scheduler import KilledWorker

        if done.status == "finished":
            return done.result(), None
        if done.status != "error":
            return None, self._gone(RuntimeError(done.status))
        error = done.exception()
        return None, WorkerDiedError(died_words()) if isinstance(error, KilledWorker) else self._useless(error)

    def _useless(self, error: BaseException) -> PosecheckError:
        """Of a worker that came later: nobody asked it for its version."""
        if isinstance(error, PosecheckError):
            return error
        found = ClusterError(
            phrase(
                "A worker of {address} cannot do its work ({reason}). Check that posecheck {mine} is installed on all of "
                "them, then try again.",
                address=self._address,
                reason=repr(error),
                mine=posecheck.__version__,
            )
        )
        found.__cause__ = error
        return found

    def _gone(self, error: Exception) -> ClusterError:
        found = ClusterError(
            phrase("The scheduler at {address} is gone. What was finished is kept.", address=self._address),
            SCHEDULER_BACK,
        )
        found.__cause__ = error
        return found


_one_at_a_time = threading.Lock()
_hands: dict[tuple[str, int], Hand] = {}
"""By worker and thread."""


def _done_there(work: Callable[[J], R], job: J, patience_s: float) -> R:
    """On a worker: in a process of its own, which can be ended when it hangs, and takes nothing with it when it dies.

    That keeps as many cores busy as the worker has threads, with one job after the other.
    """
    from distributed import get_worker

    worker = get_worker()
    with _one_at_a_time:
        hand = _hands.setdefault((worker.address, 0), Hand(worker.state.nthreads))
        return hand.do(work, job, patience_s)


def _done_telling(work: Callable[[J, Tell], R], job: J, patience_s: float, topic: str, number: int) -> R:
    """On a worker: in a process of this thread's own, beside those of its other threads."""
    from distributed import get_worker

    worker = get_worker()
    key, threads = worker.get_current_task(), worker.state.nthreads

    def hear(value: Any) -> None:
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":
            raise GivenUpError(phrase("This was stopped."))
        if value is not None:
            worker.log_event(topic, [number, value])

    hand = _hands.setdefault((worker.address, threading.get_ident()), Hand(threads // _with_room(threads)))
    return hand.do_telling(work, job, patience_s, hear)


def _with_room(threads: int) -> int:
    return max(1, threads - 1)


def _forget(there: Any) -> None:
    """Nobody waits for it any more: where it is not done, it is given up."""
    with suppress(Exception):  # nothing that a scheduler that is gone says here matters
        there.release()


def _version() -> str:
    """On a worker."""
    return posecheck.__version__
