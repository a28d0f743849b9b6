"""Which jobs wait, which run, and which belong to something: the questions that the job runner asks the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from posecheck.storage.tables import Job, JobKind, JobState, Take

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from posecheck.storage.database import Transaction

UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


def waiting_jobs(
    transaction: Transaction,
    count: int,
    *,
    kinds: Sequence[JobKind] = tuple(JobKind),
    but: Collection[str] = (),
    to_begin: bool = False,
) -> Sequence[Job]:
    """The jobs that come next, at most ``count``.

    Those that crashed, or ran when a server was killed, come last: they may be what did it, and must keep nobody waiting.

    Parameters
    ----------
    transaction : Transaction
    count : int
    kinds : sequence of JobKind
        Those of the first come before those of the second, and so on; of one kind, those that have waited longest.
        Default: all, in the order in which they are defined.
    but : collection of str
        Not those of these ids. Default: none is left out.
    to_begin : bool
        They are begun in this transaction: another server that looks meanwhile passes over them. Default: only look.
    """
    waiting = sa.select(Job).where(Job.state == JobState.QUEUED, Job.kind.in_(kinds), Job.id.not_in(but))
    rank = sa.case({kind.value: place for place, kind in enumerate(kinds)}, value=Job.kind)
    ordered = waiting.order_by(sa.case((Job.attempts > 0, 1), else_=0), rank, Job.created_at, Job.id)
    found = ordered.limit(count)
    return transaction.scalars(found.with_for_update(skip_locked=True) if to_begin else found).all()


def running_jobs(transaction: Transaction, *, but: Collection[int] = ()) -> Sequence[Job]:
    """The jobs that are marked as running, but for those of some servers."""
    running = sa.select(Job).where(Job.state == JobState.RUNNING)
    others = running.where(Job.server.is_(None) | Job.server.not_in(but)) if but else running
    return transaction.scalars(others.with_for_update()).all()


def jobs_of_session(transaction: Transaction, session_id: str) -> Sequence[Job]:
    """All jobs of a session, oldest first."""
    own = sa.select(Job).where(Job.session_id == session_id).order_by(Job.created_at, Job.id)
    return transaction.scalars(own).all()


def unfinished_jobs_of(transaction: Transaction, target_ids: Collection[str]) -> Sequence[Job]:
    """Jobs on these uploads and takes that wait or run."""
    own = sa.select(Job).where(Job.target_id.in_(target_ids), Job.state.in_(UNFINISHED))
    return transaction.scalars(own).all()


def unfinished_ids(transaction: Transaction) -> set[str]:
    """Ids of the jobs that wait or run."""
    return set(transaction.scalars(sa.select(Job.id).where(Job.state.in_(UNFINISHED))))


def worked_on(transaction: Transaction) -> set[str]:
    """What jobs that wait or run need: ``uploads/<id>``, ``takes/<id>``."""
    targets = set(transaction.scalars(sa.select(Job.target_id).where(Job.state.in_(UNFINISHED))))
    uploads = transaction.scalars(sa.select(Take.upload_id).where(Take.id.in_(targets)))
    return {f"{kind}/{target}" for kind in ("uploads", "takes") for target in targets} | {
        f"uploads/{upload_id}" for upload_id in uploads
    }


def newest_failed_jobs(transaction: Transaction) -> list[Job]:
    """The jobs that failed and that no later one of the same kind on the same upload or take has followed; oldest first."""
    newest: dict[tuple[str, str], Job] = {}
    for job in transaction.scalars(sa.select(Job).order_by(Job.created_at, Job.id)):
        newest[job.kind, job.target_id] = job
    return [job for job in newest.values() if job.state == JobState.FAILED]


def delete_jobs_of(transaction: Transaction, target_ids: Collection[str]) -> None:
    """Delete every job on these uploads and takes; a runner ends what runs."""
    transaction.execute(sa.delete(Job).where(Job.target_id.in_(target_ids)))
