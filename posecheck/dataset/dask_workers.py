"""The workers of a Dask cluster, by the address of its scheduler."""

from __future__ import annotations

import math
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import posecheck
from posecheck.dataset.measure import version_words
from posecheck.dataset.workers import PATIENCE_S, Hand, WorkerDiedError, died_words
from posecheck.errors import ClusterError, PosecheckError
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable

J = TypeVar("J")
R = TypeVar("R")

COUNTED_EVERY_S = 5.0
"""Asking the scheduler for a thousand workers at each recording would keep it busy (chosen by us)."""
REACHED_WITHIN_S = 10
"""The scheduler has to answer in this time (chosen by us)."""


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
        self._count, self._counted_s = 1, -math.inf
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
        """Jobs at once: one for each thread of each worker; asked for now and then, as workers come and go."""
        if time.monotonic() - self._counted_s >= COUNTED_EVERY_S:
            try:
                threads = self._client.nthreads()
            except Exception as error:  # whatever Dask says of a scheduler that is gone
                raise self._gone(error) from error
            self._count, self._counted_s = max(1, sum(int(count) for count in threads.values())), time.monotonic()
        return self._count

    def submit(self, work: Callable[[J], R], job: J) -> Future[R]:
        """As `posecheck.dataset.workers.Workers.submit`."""
        answer: Future[R] = Future()
        answer.set_running_or_notify_cancel()
        try:
            there = self._client.submit(_done_there, work, job, self._patience_s, pure=False)
        except Exception as error:  # the client was closed by a scheduler that is gone
            answer.set_exception(self._gone(error))
            return answer
        there.add_done_callback(lambda done: self._pass_on(done, answer))
        return answer

    def close(self) -> None:
        """As `posecheck.dataset.workers.Workers.close`."""
        with suppress(Exception):  # nothing that a scheduler that is gone says here matters
            self._client.close(timeout=5)

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
        from distributed.scheduler import KilledWorker

        try:
            if done.status == "finished":
                answer.set_result(done.result())
            elif done.status == "error":
                error = done.exception()
                died = isinstance(error, KilledWorker)
                answer.set_exception(WorkerDiedError(died_words()) if died else self._useless(error))
            else:
                answer.set_exception(self._gone(RuntimeError(done.status)))
        except Exception as error:  # the scheduler went while the result was fetched
            answer.set_exception(self._gone(error))
        finally:
            with suppress(Exception):
                done.release()

    def _useless(self, error: BaseException) -> PosecheckError:
        """Of a worker that came later: nobody asked it for its version."""
        if isinstance(error, PosecheckError):
            return error
        found = ClusterError(
            phrase(
                "A worker of {address} cannot do its work ({reason}). Check that posecheck {mine} is installed on all, and "
                "give the same command again.",
                address=self._address,
                reason=repr(error),
                mine=posecheck.__version__,
            )
        )
        found.__cause__ = error
        return found

    def _gone(self, error: Exception) -> ClusterError:
        found = ClusterError(
            phrase(
                "The scheduler at {address} is gone. What was finished is kept; give the same command again to go on.",
                address=self._address,
            )
        )
        found.__cause__ = error
        return found


_one_at_a_time = threading.Lock()
_hands: dict[str, Hand] = {}


def _done_there(work: Callable[[J], R], job: J, patience_s: float) -> R:
    """On a worker: in a process of its own, which can be ended when it hangs, and takes nothing with it when it dies.

    That keeps as many cores busy as the worker has threads, with one job after the other.
    """
    from distributed import get_worker

    worker = get_worker()
    with _one_at_a_time:
        hand = _hands.setdefault(worker.address, Hand(worker.state.nthreads))
        return hand.do(work, job, patience_s)


def _version() -> str:
    """On a worker."""
    return posecheck.__version__
