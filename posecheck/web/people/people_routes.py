"""People: a name or a code each, nothing more."""

from __future__ import annotations

from fastapi import APIRouter

from posecheck.storage.queries import all_people
from posecheck.storage.tables import Person
from posecheck.web.api.schemas import PersonForm, PersonOut, SessionForm, SessionOut
from posecheck.web.server.site import SiteDep, person_or_404
from posecheck.web.sessions import sessions

router = APIRouter(prefix="/api", tags=["People"])


@router.get("/people", summary="All people")
def list_people(site: SiteDep) -> list[PersonOut]:
    """Everybody, by name."""
    with site.database.read() as transaction:
        return [PersonOut.of(row) for row in all_people(transaction)]


@router.post("/people", status_code=201, summary="Add a person")
def add_person(site: SiteDep, form: PersonForm) -> PersonOut:
    """A name or a code; two people may have the same."""
    with site.database.begin() as transaction:
        row = Person(name=form.name)
        transaction.add(row)
        transaction.flush()
        return PersonOut.of(row)


@router.get("/people/{person_id}", summary="One person")
def get_person(site: SiteDep, person_id: str) -> PersonOut:
    """One person."""
    with site.database.read() as transaction:
        return PersonOut.of(person_or_404(transaction, person_id))


@router.patch("/people/{person_id}", summary="Rename a person")
def rename_person(site: SiteDep, person_id: str, form: PersonForm) -> PersonOut:
    """Another name or code."""
    with site.database.begin() as transaction:
        row = person_or_404(transaction, person_id)
        row.name = form.name
        return PersonOut.of(row)


@router.delete("/people/{person_id}", status_code=204, summary="Delete a person")
def delete_person(site: SiteDep, person_id: str) -> None:
    """The person with all sessions, videos and results; this cannot be undone."""
    sessions.delete_person(site, person_id)


@router.get("/people/{person_id}/sessions", summary="A person's sessions")
def list_sessions(site: SiteDep, person_id: str) -> list[SessionOut]:
    """All sessions of a person, oldest first."""
    with site.database.read() as transaction:
        return [SessionOut.of(row) for row in person_or_404(transaction, person_id).sessions]


@router.post("/people/{person_id}/sessions", status_code=201, summary="Begin a session")
def add_session(site: SiteDep, person_id: str, form: SessionForm) -> SessionOut:
    """A new session; what is left out takes the usual value: today, all tests, both sides."""
    with site.database.begin() as transaction:
        row = sessions.new_session(transaction, person_or_404(transaction, person_id), form, site.catalogue)
        return SessionOut.of(row)
