"""The kinds of jobs, one entry each: what a worker has to do, and what its end means. Runs in the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.language import phrase
from posecheck.storage.job_queue import unfinished_jobs_of
from posecheck.storage.tables import JobKind
from posecheck.web.jobs.pictures_job import PicturesWork
from posecheck.web.jobs.read_job import ReadWork
from posecheck.web.jobs.take_jobs import AnnotateWork, MeasureWork
from posecheck.web.server.errors import ConflictError

if TYPE_CHECKING:
    from posecheck.storage.tables import Job
    from posecheck.web.jobs.work import Finished, JobContext, JobWork

STOPPED_WORDS = phrase("This was stopped by hand. Start it again to go on.")

WORK: dict[JobKind, JobWork] = {
    JobKind.READ: ReadWork(),
    JobKind.MEASURE: MeasureWork(),
    JobKind.ANNOTATE: AnnotateWork(),
    JobKind.PICTURES: PicturesWork(),
}
"""Every kind of job; a new one is a name in `JobKind`, a class with the methods of `JobWork`, and an entry here."""

AWAITED = (JobKind.MEASURE,)
"""What somebody at the screen waits for, and takes seconds: a process of its own is always free for it."""
ORDER = (JobKind.MEASURE, JobKind.ANNOTATE, JobKind.PICTURES, JobKind.READ)
"""Which kind is begun first where several wait: what was asked for by hand before what goes on by itself."""
NICENESS = {JobKind.MEASURE: 5, JobKind.ANNOTATE: 10, JobKind.PICTURES: 19, JobKind.READ: 19}
"""How far each gives way to the server, to those who are at the screen, and to what else the user does (chosen by us)."""


def work_of(job: Job) -> JobWork:
    """What a job's kind asks for."""
    return WORK[JobKind(job.kind)]


def prepare_again(context: JobContext, job: Job) -> Finished:
    """Put the upload or take of a job that is tried again back to where it waits.

    Raises
    ------
    ConflictError
        What it needs is gone, or the same is done already, or waits to be.
    """
    same = unfinished_jobs_of(context.transaction, [job.target_id])
    if any(other.kind == job.kind for other in same):
        raise ConflictError(phrase("The same work is already waiting or running."))
    return work_of(job).prepare_again(context, job)
