"""What an earlier posecheck failed on is tried again by a newer one: its mistake may have been mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import posecheck
from posecheck.storage.job_queue import newest_failed_jobs
from posecheck.storage.tables import TRIED_BY, JobKind, JobState, Setting
from posecheck.web.jobs.kinds import prepare_again
from posecheck.web.server.errors import ConflictError

if TYPE_CHECKING:
    from posecheck.storage.tables import Job
    from posecheck.web.jobs.work import JobContext

TRIED_AGAIN = (JobKind.READ, JobKind.MEASURE, JobKind.PICTURES)
"""What somebody waits for still; an annotated video is asked for again by whoever still wants it."""


def try_after_update(context: JobContext) -> None:
    """Queue again what failed, once for each version of posecheck: the same one would fail in the same way."""
    transaction = context.transaction
    last = transaction.get(Setting, TRIED_BY)
    if last is not None and last.value.get("value") == posecheck.__version__:
        return
    for job in newest_failed_jobs(transaction):
        if job.kind in TRIED_AGAIN:
            _try_again(context, job)
    transaction.merge(Setting(name=TRIED_BY, value={"value": posecheck.__version__}))


def _try_again(context: JobContext, job: Job) -> None:
    try:
        prepare_again(context, job)
    except ConflictError:  # what it needs is gone, or was done in the meantime
        return
    job.state, job.reason, job.attempts, job.done = JobState.QUEUED, "", 0, 0
