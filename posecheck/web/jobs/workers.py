"""Processes for jobs that come one after the other: each is used again for a while, then gives its memory back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.web.jobs.kinds import NICENESS
from posecheck.web.jobs.worker_process import WorkerProcess
from posecheck.web.server.kept import Kept

if TYPE_CHECKING:
    from posecheck.web.jobs.worker_process import Task

KEPT_S = 30.0
"""A process waits so long for its next job (chosen by us, so that an idle server is small within a minute)."""


class Workers:
    """Those without a job are kept by how far they give way: a process cannot become more urgent again.

    Parameters
    ----------
    most : int
        So many of each are kept.
    """

    def __init__(self, most: int) -> None:
        self._kept = {niceness: Kept[WorkerProcess](KEPT_S, most) for niceness in set(NICENESS.values())}

    def begin(self, task: Task, niceness: int) -> WorkerProcess:
        """One that is at hand, or a new one, at work on the task.

        Raises
        ------
        OSError
            No process can be started.
        """
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

    def close_idle(self) -> None:
        """End those that have waited long."""
        for kept in self._kept.values():
            kept.close_idle()

    def close(self) -> None:
        """End all that have no job."""
        for kept in self._kept.values():
            kept.close()
