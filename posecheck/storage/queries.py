"""What the web app asks the database beyond one row by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from posecheck.storage.tables import Job, JobState, Person, Upload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.storage.database import Transaction


def all_people(transaction: Transaction) -> Sequence[Person]:
    """Everybody, by name."""
    return transaction.scalars(select(Person).order_by(Person.name, Person.created_at)).all()


def open_job_ids(transaction: Transaction, session_ids: Sequence[str]) -> Sequence[str]:
    """Jobs of these sessions that wait or run."""
    states = (JobState.QUEUED, JobState.RUNNING)
    return transaction.scalars(select(Job.id).where(Job.session_id.in_(session_ids), Job.state.in_(states))).all()


def all_uploads(transaction: Transaction) -> Sequence[Upload]:
    """Every video of everybody."""
    return transaction.scalars(select(Upload)).all()


def check_answers(transaction: Transaction) -> None:
    """Ask the database for nothing; an error says that it does not answer."""
    transaction.execute(text("SELECT 1"))
