"""Which jobs wait, which run, and which belong to something: the questions that the job runner asks the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from posecheck.storage.tables import Job, JobState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from posecheck.storage.database import Transaction

UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


def waiting_jobs(transaction: Transaction, count: int, *, but: Collection[str] = ()) -> Sequence[Job]:
    """The jobs that have waited longest, at most ``count``; ``but`` not those of these ids."""
    waiting = sa.select(Job).where(Job.state == JobState.QUEUED, Job.id.not_in(but))
    return transaction.scalars(waiting.order_by(Job.created_at, Job.id).limit(count)).all()


def running_jobs(transaction: Transaction) -> Sequence[Job]:
    """The jobs that are marked as running."""
    return transaction.scalars(sa.select(Job).where(Job.state == JobState.RUNNING)).all()


def jobs_of_session(transaction: Transaction, session_id: str) -> Sequence[Job]:
    """All jobs of a session, oldest first."""
    own = sa.select(Job).where(Job.session_id == session_id).order_by(Job.created_at, Job.id)
    return transaction.scalars(own).all()


def unfinished_jobs_of(transaction: Transaction, target_ids: Collection[str]) -> Sequence[Job]:
    """Jobs on these uploads and takes that wait or run."""
    own = sa.select(Job).where(Job.target_id.in_(target_ids), Job.state.in_(UNFINISHED))
    return transaction.scalars(own).all()


def delete_jobs_of(transaction: Transaction, target_ids: Collection[str]) -> None:
    """Delete every job on these uploads and takes; a runner ends what runs."""
    transaction.execute(sa.delete(Job).where(Job.target_id.in_(target_ids)))
