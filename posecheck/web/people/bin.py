"""People and sessions that were deleted: for some days they come back by a click, then they go for good, files included."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.language import joined
from posecheck.storage.deleting import delete_rows
from posecheck.storage.phones import shut_phones_out
from posecheck.storage.queries import (
    all_in_database,
    binned_people,
    binned_sessions,
    every_binned_session,
    open_job_ids,
)
from posecheck.storage.tables import Person, Session, now
from posecheck.web.phones.passes import PHONES
from posecheck.web.server.events import DELETED
from posecheck.web.server.site import found_or_404, person_or_404, session_or_404
from posecheck.web.sessions.page_data import session_title

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from posecheck.storage.database import Transaction
    from posecheck.web.server.site import Site

KEPT_DAYS = 30
"""So long something lies in the bin: a mistake is found at the next visit, most often (chosen by us)."""


@dataclass(frozen=True, slots=True)
class Binned:
    """A person or a session in the bin: ``kind`` is ``people`` or ``sessions``, as in the addresses."""

    kind: str
    row_id: str
    title: str
    sessions: int
    deleted_at: dt.datetime

    @property
    def goes_at(self) -> dt.date:
        """The day on which it goes for good."""
        return (self.deleted_at + dt.timedelta(days=KEPT_DAYS)).date()


def put_person_in(site: Site, person_id: str) -> Binned:
    """Put a person into the bin, with all sessions; nobody films them any more.

    Raises
    ------
    NotFoundError
    """
    with site.database.begin() as transaction:
        row = person_or_404(transaction, person_id)
        row.deleted_at = now()
        session_ids = [session.id for session in row.every_session]
        shut_phones_out(transaction, session_ids)
        binned = _person(row)
    _tell(site, session_ids)
    return binned


def put_session_in(site: Site, session_id: str) -> Binned:
    """Put a session into the bin; nobody films it any more.

    Raises
    ------
    NotFoundError
    """
    with site.database.begin() as transaction:
        row = session_or_404(transaction, session_id)
        row.deleted_at = now()
        shut_phones_out(transaction, [session_id])
        binned = _session(row)
    _tell(site, [session_id])
    return binned


def take_person_out(site: Site, person_id: str) -> None:
    """Take a person out of the bin; one who is not there stays as they are.

    Raises
    ------
    NotFoundError
    """
    with site.database.begin() as transaction:
        found_or_404(transaction.get(Person, person_id), "person").deleted_at = None


def take_session_out(site: Site, session_id: str) -> None:
    """Take a session out of the bin; one that is not there stays as it is.

    Raises
    ------
    NotFoundError
        There is none, or its person is in the bin.
    """
    with site.database.begin() as transaction:
        row = found_or_404(transaction.get(Session, session_id), "session")
        person_or_404(transaction, row.person_id)
        row.deleted_at = None


def in_bin(transaction: Transaction) -> tuple[Binned, ...]:
    """All that lies in the bin, the latest first."""
    found = [
        *(_person(row) for row in binned_people(transaction)),
        *(_session(row) for row in binned_sessions(transaction)),
    ]
    return tuple(sorted(found, key=lambda item: item.deleted_at, reverse=True))


def delete_person(site: Site, person_id: str) -> None:
    """Delete a person for good with all sessions, files included, whether or not they are in the bin.

    Raises
    ------
    NotFoundError, StorageError
    """
    _delete_for_good(site, lambda transaction: [found_or_404(transaction.get(Person, person_id), "person")])


def delete_session(site: Site, session_id: str) -> None:
    """Delete a session for good with everything in it, files included, whether or not it is in the bin.

    Raises
    ------
    NotFoundError, StorageError
    """
    _delete_for_good(site, lambda transaction: [found_or_404(transaction.get(Session, session_id), "session")])


def empty_bin(site: Site, *, older_than: dt.timedelta = dt.timedelta(0)) -> None:
    """Delete for good what lies in the bin for longer than this. Default: all of it.

    Raises
    ------
    StorageError
    """
    until = now() - older_than

    def chosen(transaction: Transaction) -> list[Person | Session]:
        every: list[Person | Session] = [*binned_people(transaction), *every_binned_session(transaction)]
        return [row for row in every if row.deleted_at is not None and row.deleted_at <= until]

    with site.database.servers.held("bin"):
        _delete_for_good(site, chosen)


def empty_bin_of_old(site: Site) -> None:
    """Delete for good what has lain in the bin for `KEPT_DAYS`.

    Raises
    ------
    StorageError
    """
    empty_bin(site, older_than=dt.timedelta(days=KEPT_DAYS))


def delete_everybody(site: Site) -> None:
    """Delete all people for good with all sessions, files included, and the bin with them.

    Raises
    ------
    StorageError
    """
    _delete_for_good(site, lambda transaction: all_in_database(transaction))


def _delete_for_good(site: Site, chosen: Callable[[Transaction], Sequence[Person | Session]]) -> None:
    """Delete the rows that ``chosen`` finds with their files; work in the background on them is stopped first."""
    with site.database.read() as transaction:
        session_ids = [session_id for row in chosen(transaction) for session_id in _session_ids(row)]
        job_ids = open_job_ids(transaction, session_ids)
        if not chosen(transaction):
            return
    for job_id in job_ids:
        site.jobs.cancel(job_id)
    with delete_rows(site.database, site.files) as deletion:
        rows = chosen(deletion.transaction)
        people = {row.id for row in rows if isinstance(row, Person)}
        for row in rows:
            if isinstance(row, Person):
                deletion.person(row)
            elif row.person_id not in people:
                deletion.transaction.refresh(row, with_for_update=True)
                deletion.session(row)
    _tell(site, session_ids)


def _session_ids(row: Person | Session) -> list[str]:
    return [session.id for session in row.every_session] if isinstance(row, Person) else [row.id]


def _tell(site: Site, session_ids: Sequence[str]) -> None:
    site.phones.reload()
    site.events.tell_servers(PHONES)
    site.events.tell_servers(DELETED)
    for session_id in session_ids:
        site.events.tell(session_id, "reload", {})


def _person(row: Person) -> Binned:
    return Binned("people", row.id, row.name, len(row.sessions), row.deleted_at or now())


def _session(row: Session) -> Binned:
    return Binned("sessions", row.id, joined([session_title(row), row.person.name], ", "), 1, row.deleted_at or now())
