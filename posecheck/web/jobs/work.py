"""What the server asks of every kind of job, and what the work on one needs and changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from posecheck.language import phrase

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.storage.database import Transaction
    from posecheck.storage.files import DataFolder
    from posecheck.storage.tables import Job, Take, Upload
    from posecheck.web.jobs.worker_process import Task, TaskOutcome
    from posecheck.web.server.settings import WebSettings


FAILED_WORDS = phrase("Nothing is lost: it is tried again after an update of posecheck, and whenever you ask for it.")
"""Said where posecheck has failed by a mistake of its own."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """What the work on a job needs: an open transaction, the files, the settings."""

    transaction: Transaction
    files: DataFolder
    settings: WebSettings

    def staging(self, job: Job) -> Path:
        """Where the worker of a job writes."""
        return self.files.work / job.id


@dataclass(frozen=True, slots=True)
class Finished:
    """What a job has changed: rows, and files that nobody needs once that is kept in the database.

    ``failure`` says in words why there is nothing of what it was to make, where its upload or take stays as it was.
    """

    rows: tuple[Upload | Take, ...] = ()
    to_delete: tuple[Path, ...] = ()
    failure: str = ""


class JobWork(Protocol):
    """One kind of job: what a worker has to do, and what its end means for uploads and takes."""

    def task(self, context: JobContext, job: Job) -> Task | None:
        """What a worker has to do; None where there is nothing to do any more."""
        ...

    def finish(self, context: JobContext, job: Job, outcome: TaskOutcome) -> Finished:
        """Keep what a worker made, or say why there is nothing; the job's own row is the runner's."""
        ...

    def stop(self, context: JobContext, job: Job, words: str) -> Finished:
        """What it means for the upload or take that its job was stopped, in ``words``."""
        ...

    def prepare_again(self, context: JobContext, job: Job) -> Finished:
        """Put the upload or take of a job that is tried again back to where it waits.

        Raises
        ------
        ConflictError
            What it needs is gone, or has been done in the meantime.
        """
        ...
