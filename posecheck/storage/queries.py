"""What the web app asks the database beyond one row by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from posecheck.storage.tables import PLAN, Job, JobState, Person, Session, Take, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row

    from posecheck.storage.database import Transaction


def all_people(transaction: Transaction) -> Sequence[Person]:
    """Everybody who is not in the bin, by name."""
    kept = select(Person).where(Person.deleted_at.is_(None))
    return transaction.scalars(kept.order_by(Person.name, Person.created_at)).all()


def sample_person(transaction: Transaction) -> Person | None:
    """The person of the sample session, where there is one who is not in the bin."""
    found = select(Person).where(Person.sample, Person.deleted_at.is_(None)).order_by(Person.created_at)
    return transaction.scalars(found).first()


def all_in_database(transaction: Transaction) -> Sequence[Person]:
    """Everybody, in the bin or not."""
    return transaction.scalars(select(Person)).all()


def binned_people(transaction: Transaction) -> Sequence[Person]:
    """Everybody in the bin, the latest first."""
    binned = select(Person).where(Person.deleted_at.is_not(None))
    return transaction.scalars(binned.order_by(Person.deleted_at.desc(), Person.id)).all()


def binned_sessions(transaction: Transaction) -> Sequence[Session]:
    """Every session that came into the bin by itself, of people who are not there, the latest first."""
    binned = select(Session).join(Person).where(Session.deleted_at.is_not(None), Person.deleted_at.is_(None))
    return transaction.scalars(binned.order_by(Session.deleted_at.desc(), Session.id)).all()


def every_binned_session(transaction: Transaction) -> Sequence[Session]:
    """Every session that came into the bin by itself, whoever's."""
    return transaction.scalars(select(Session).where(Session.deleted_at.is_not(None))).all()


def open_job_ids(transaction: Transaction, session_ids: Sequence[str]) -> Sequence[str]:
    """Jobs of these sessions that wait or run."""
    states = (JobState.QUEUED, JobState.RUNNING)
    return transaction.scalars(select(Job.id).where(Job.session_id.in_(session_ids), Job.state.in_(states))).all()


def all_uploads(transaction: Transaction) -> Sequence[Upload]:
    """Every video of everybody."""
    return transaction.scalars(select(Upload)).all()


def count_sessions_with(transaction: Transaction, movement: str) -> int:
    """How many sessions plan a test of that name, have a recording of it, film it, or say something about it."""
    filmed = set(transaction.scalars(select(Take.session_id).where(Take.movement == movement)))
    filming = {
        upload.session_id
        for upload in transaction.scalars(select(Upload).where(Upload.filmed))
        if (upload.reading.get(PLAN) or {}).get("movement") == movement
    }
    rows = transaction.execute(select(Session.id, Session.tests, Session.felt, Session.primary))
    # JSON is asked in one way by SQLite and in another by PostgreSQL; so many sessions as a practice has are read quickly.
    named = {row.id for row in rows if any(item.get("movement") == movement for item in _named(row))}
    return len(filmed | filming | named)


def check_answers(transaction: Transaction) -> None:
    """Ask the database for nothing; an error says that it does not answer."""
    transaction.execute(text("SELECT 1"))


def _named(row: Row[tuple[str, list[Any], list[Any], dict[str, Any] | None]]) -> Iterator[dict[str, Any]]:
    yield from row.tests
    yield from row.felt
    yield row.primary or {}
