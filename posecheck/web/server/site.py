"""What every route needs, held once per server: settings, database, files, jobs, cameras, phones, watchers of changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Depends
from starlette.requests import HTTPConnection

from posecheck.language import phrase
from posecheck.web.server.errors import NotFoundError

if TYPE_CHECKING:
    from posecheck.movements.catalogue import Catalogue
    from posecheck.storage.database import Transaction

from posecheck.storage.database import Database
from posecheck.storage.files import DataFolder
from posecheck.storage.own_movements import catalogue_of
from posecheck.storage.tables import Person, Session, Take, Upload
from posecheck.web.film.last_pieces import LastPieces
from posecheck.web.film.rooms import Rooms
from posecheck.web.jobs.runner import JobRunner
from posecheck.web.phones.invitations import Invitations
from posecheck.web.phones.passes import PhonePasses
from posecheck.web.phones.phone_door import PhoneDoor
from posecheck.web.server.desk import Desk
from posecheck.web.server.events import EventBoard
from posecheck.web.server.settings import WebSettings

T = TypeVar("T")
Row = TypeVar("Row", Person, Session, Upload, Take)


@dataclass(frozen=True, slots=True)
class Site:
    """The running web app."""

    settings: WebSettings
    database: Database
    files: DataFolder
    events: EventBoard
    jobs: JobRunner
    rooms: Rooms
    phones: PhonePasses
    desk: Desk
    phone_door: PhoneDoor = field(default_factory=PhoneDoor)
    last_pieces: LastPieces = field(default_factory=LastPieces)
    invitations: Invitations = field(default_factory=Invitations)
    notices: list[str] = field(default_factory=list)
    """What was found wrong at the start, in words for whoever opens the start page."""
    ended: list[str] = field(default_factory=list)
    """Why this site must not be served any longer, in words; empty as long as it may."""

    @property
    def catalogue(self) -> Catalogue:
        """Every test that can be chosen, as of now."""
        return catalogue_of(self.files)


MISSING = {
    "person": phrase("There is no such person; it may have been deleted. Go back to the start page."),
    "session": phrase("There is no such session; it may have been deleted. Go back to the start page."),
    "video": phrase("There is no such video; it may have been deleted. Go back to the start page."),
    "recording": phrase("There is no such recording; it may have been deleted. Go back to the start page."),
}
"""What is said where there is none."""


def get_site(connection: HTTPConnection) -> Site:
    """The site that serves this request."""
    site: Site = connection.app.state.site
    return site


SiteDep = Annotated[Site, Depends(get_site)]
"""Type of a route's parameter that receives the site."""


def person_or_404(transaction: Transaction, person_id: str) -> Person:
    """The person of that id, who is not in the bin.

    Raises
    ------
    NotFoundError
    """
    return _kept(transaction.get(Person, person_id), "person")


def session_or_404(transaction: Transaction, session_id: str) -> Session:
    """The session of that id.

    Raises
    ------
    NotFoundError
    """
    return _kept(transaction.get(Session, session_id), "session")


def upload_or_404(transaction: Transaction, upload_id: str) -> Upload:
    """The upload of that id.

    Raises
    ------
    NotFoundError
    """
    return _kept(transaction.get(Upload, upload_id), "video")


def take_or_404(transaction: Transaction, take_id: str) -> Take:
    """The take of that id.

    Raises
    ------
    NotFoundError
    """
    return _kept(transaction.get(Take, take_id), "recording")


def found_or_404(row: T | None, word: str) -> T:
    """The row; ``word`` is a key of `MISSING`.

    Raises
    ------
    NotFoundError
        There is none.
    """
    if row is None:
        raise NotFoundError(MISSING[word])
    return row


def _kept(row: Row | None, word: str) -> Row:
    """The row, unless it lies in the bin, alone or with what it belongs to."""
    found = found_or_404(row, word)
    return found_or_404(None if _is_binned(found) else found, word)


def _is_binned(row: Person | Session | Upload | Take) -> bool:
    if isinstance(row, Person):
        return row.deleted_at is not None
    session = row if isinstance(row, Session) else row.session
    return session.deleted_at is not None or session.person.deleted_at is not None
