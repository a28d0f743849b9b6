"""Who does jobs. Here: processes of this machine, each used again for a while, before it gives its memory back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from posecheck.batch import default_workers
from posecheck.web.jobs.brought import bring_for
from posecheck.web.jobs.kinds import NICENESS
from posecheck.web.jobs.worker_process import WorkerProcess
from posecheck.web.server.kept import Kept

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from posecheck.storage.files import DataFolder
    from posecheck.web.jobs.worker_process import Task, TaskOutcome
    from posecheck.web.server.settings import WebSettings

W = TypeVar("W", bound="Worker")
KEPT_S = 30.0
"""A process waits so long for its next job (chosen by us, so that an idle server is small within a minute)."""


def workers_of(settings: WebSettings, files: DataFolder) -> JobWorkers[Any]:
    """Those that a server was started with.

    Raises
    ------
    ClusterError
        It was started with a cluster, which cannot be used.
    """
    if not settings.cluster:
        return Workers(settings.workers or default_workers(), files)
    from posecheck.web.jobs.cluster_workers import ClusterWorkers

    return ClusterWorkers(settings.cluster, files, settings.store)


class Worker(Protocol):
    """Whoever is at work on a task: a process of this machine, or a cluster.

    Attributes
    ----------
    connection : Connection
        To wait on: there is something to listen to.
    progress : (done, total) or None
    outcome : TaskOutcome or None
        What came of it; None as long as it works.
    """

    connection: Connection
    progress: tuple[int, int] | None
    outcome: TaskOutcome | None

    def listen(self) -> None:
        """Take in what it has said. Does not wait."""

    def close(self) -> None:
        """End it now, whatever it does."""


class JobWorkers(Protocol[W]):
    """All of them, as the one who looks after the jobs sees them."""

    @property
    def count(self) -> int:
        """So many jobs are done at once; one more, for which somebody waits."""

    def begin(self, task: Task, niceness: int) -> W:
        """Let one work on a task; ``niceness``: how far it gives way to others."""

    def put(self, worker: W) -> None:
        """One has done its task."""

    def look_after(self) -> bool:
        """End those that have waited long; whether what a fault of theirs keeps waiting may be tried now."""

    def close(self) -> None:
        """End all that have no job."""


class Workers:
    """Processes. Those without a job are kept by how far they give way: a process cannot become more urgent again.

    Parameters
    ----------
    count : int
        Jobs at once.
    files : DataFolder
        Whatever a task reads is brought here first, where its store is shared.
    """

    def __init__(self, count: int, files: DataFolder) -> None:
        self.count, self._files = count, files
        self._kept = {niceness: Kept[WorkerProcess](KEPT_S, count + 1) for niceness in set(NICENESS.values())}

    def begin(self, task: Task, niceness: int) -> WorkerProcess:
        """One that is at hand, or a new one, at work on the task.

        Raises
        ------
        OSError
            No process can be started.
        StorageError
            The store cannot be reached, or the disk is full.
        """
        bring_for(task, self._files)
        worker = self._kept[niceness].take() or WorkerProcess(niceness)
        try:
            worker.begin(task)
        except OSError:  # it died while nobody looked
            worker.close()
            worker = WorkerProcess(niceness)
            worker.begin(task)
        return worker

    def put(self, worker: WorkerProcess) -> None:
        """Keep one that has done its task for the next; one that crashed, or has done many, is ended."""
        self._kept[worker.niceness].put(worker)

    def look_after(self) -> bool:
        """As `JobWorkers.look_after`."""
        for kept in self._kept.values():
            kept.close_idle()
        return False

    def close(self) -> None:
        """End all that have no job."""
        for kept in self._kept.values():
            kept.close()
