"""The workers of a Dask cluster for the server's jobs, used like the processes of this machine.

A thread of its own looks whether the scheduler is there, and finds it again: nobody who looks after jobs waits for that.
"""

from __future__ import annotations

import logging
import multiprocessing
import threading
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from posecheck.dataset.dask_workers import DaskWorkers
from posecheck.dataset.workers import TRIES, WorkerDiedError
from posecheck.errors import ClusterError, PosecheckError, StorageError
from posecheck.files import write_text_atomic
from posecheck.web.jobs.brought import made_by
from posecheck.web.jobs.on_cluster import Order, do, mark_file
from posecheck.web.jobs.worker_process import TaskOutcome
from posecheck.web.server.advice import ADVICE

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from posecheck.storage.files import DataFolder
    from posecheck.web.jobs.worker_process import Task

LOOK_EVERY_S = 2.0
"""So often it is looked whether the scheduler is there (chosen by us)."""

_log = logging.getLogger(__name__)


class ClusterWorkers:
    """A cluster, with one connection to its scheduler.

    Parameters
    ----------
    address : str
        Of the scheduler.
    files : DataFolder
    store : str
        Address of the store that the workers use too; empty: they see the data folder.

    Raises
    ------
    ClusterError
        As `posecheck.dataset.dask_workers.DaskWorkers`.
    """

    def __init__(self, address: str, files: DataFolder, store: str) -> None:
        self._address, self._files, self._store = address, files, store
        self._dask = DaskWorkers(address)
        self._count = self._dask.count_with_room
        self._mark = str(uuid.uuid4())
        self._lost: ClusterError | None = None
        self._is_back = False
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="cluster", daemon=True)
        self._thread.start()

    @property
    def count(self) -> int:
        """Jobs at once, as last heard."""
        return self._count

    def begin(self, task: Task, niceness: int) -> ClusterJob:
        """A job of the cluster, at work on the task.

        Raises
        ------
        ClusterError
            The scheduler is gone; it is being looked for.
        OSError
            The data folder cannot be written.
        """
        if self._lost is not None:
            raise self._lost
        self._write_mark()
        job = ClusterJob(niceness, self._lose, self._files, made_by(task, self._files.root))
        order = Order(task=task, root=self._files.root, store=self._store, mark=self._mark)
        job.wait_for(self._dask.submit_telling(do, order, job.hear, priority=-niceness))
        return job

    def put(self, job: ClusterJob) -> None:
        """A job has ended."""
        job.close()

    def look_after(self) -> bool:
        """Whether the scheduler is back, after it was gone."""
        is_back, self._is_back = self._is_back, False
        return is_back

    def close(self) -> None:
        """Leave the cluster; it gives up what it was doing for this server."""
        self._closed.set()
        self._thread.join()
        self._dask.close()

    def _write_mark(self) -> None:
        file = mark_file(self._files.root)
        if not file.is_file():
            write_text_atomic(file, self._mark)

    def _lose(self, error: ClusterError) -> None:
        """From any thread."""
        self._lost = self._lost or error

    def _watch(self) -> None:
        while not self._closed.wait(LOOK_EVERY_S):
            try:
                if self._lost is not None:
                    self._find_again()
                self._count = self._dask.count_with_room
            except ClusterError as error:
                if self._lost is None:
                    _log.warning("cluster: %s", error)
                self._lost = error
            except Exception:  # the thread must live on
                _log.exception("cluster")

    def _find_again(self) -> None:
        """A new connection: the versions of the workers are looked at again."""
        self._dask.close()
        self._dask = DaskWorkers(self._address)
        _log.warning("cluster: %s is back", self._address)
        self._lost, self._is_back = None, True


class ClusterJob:
    """A task that a cluster does; as `posecheck.web.jobs.worker_process.WorkerProcess` for the one that looks after it.

    Parameters
    ----------
    niceness : int
        How far it gives way to others.
    lose : callable
        Told of an error of the cluster itself.
    files : DataFolder
    made : str
        The place in the store where the worker puts what it makes.
    """

    def __init__(self, niceness: int, lose: Callable[[ClusterError], None], files: DataFolder, made: str) -> None:
        self._files, self._made = files, made
        self.connection, self._theirs = multiprocessing.Pipe(duplex=False)
        self.niceness, self._lose = niceness, lose
        self.progress: tuple[int, int] | None = None
        self.outcome: TaskOutcome | None = None
        self._lock = threading.Lock()
        """Nothing is written to a pipe while it is closed."""
        self._future: Future[TaskOutcome] | None = None

    def hear(self, progress: Any) -> None:
        """How far it is; from any thread."""
        done, total = progress
        self.progress = (int(done), int(total))

    def wait_for(self, future: Future[TaskOutcome]) -> None:
        """Let what comes of it be the outcome."""
        self._future = future
        future.add_done_callback(self._end)

    def listen(self) -> None:
        """Sets ``outcome`` once there is one. Does not wait."""
        if self.outcome is None and self.connection.poll():
            self.outcome = self.connection.recv()

    def close(self) -> None:
        """Give it up, if it is not done, and free what it held."""
        if self._future is not None:
            self._future.cancel()
        with self._lock:
            self.connection.close()
            self._theirs.close()
        if self._made and self._files.store.shared:
            try:
                self._files.store.drop(self._made)
            except StorageError as error:  # it is written over where the job is done again
                _log.warning("cluster: %s", error)

    def _end(self, future: Future[TaskOutcome]) -> None:
        """On a thread of the cluster's client."""
        if future.cancelled():
            return
        outcome = self._outcome_of(future)
        with self._lock, suppress(OSError):  # nobody looks after it any more
            self._theirs.send(outcome)

    def _outcome_of(self, future: Future[TaskOutcome]) -> TaskOutcome:
        try:
            outcome = future.result()
            if outcome.result is not None and self._made:
                self._files.store.bring(self._made)
            return outcome
        except WorkerDiedError as error:
            return TaskOutcome(failure=error.said(ADVICE), crashed=True, tries=TRIES)
        except PosecheckError as error:
            if isinstance(error, ClusterError):
                self._lose(error)
            return TaskOutcome(fault=error.said(ADVICE))
