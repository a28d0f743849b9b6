"""What every route needs, held once per server: settings, database, files, jobs, cameras, phones, watchers of changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Depends
from starlette.requests import HTTPConnection

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


def get_site(connection: HTTPConnection) -> Site:
    """The site that serves this request."""
    site: Site = connection.app.state.site
    return site


SiteDep = Annotated[Site, Depends(get_site)]
"""Type of a route's parameter that receives the site."""


def person_or_404(transaction: Transaction, person_id: str) -> Person:
    """The person of that id.

    Raises
    ------
    NotFoundError
    """
    return _found(transaction.get(Person, person_id), "person")


def session_or_404(transaction: Transaction, session_id: str) -> Session:
    """The session of that id.

    Raises
    ------
    NotFoundError
    """
    return _found(transaction.get(Session, session_id), "session")


def upload_or_404(transaction: Transaction, upload_id: str) -> Upload:
    """The upload of that id.

    Raises
    ------
    NotFoundError
    """
    return _found(transaction.get(Upload, upload_id), "video")


def take_or_404(transaction: Transaction, take_id: str) -> Take:
    """The take of that id.

    Raises
    ------
    NotFoundError
    """
    return _found(transaction.get(Take, take_id), "recording")


def _found(row: T | None, word: str) -> T:
    if row is None:
        raise NotFoundError(f"There is no such {word}; it may have been deleted. Go back to the start page.")
    return row
