"""People: a name each, and what tells those of one name apart, where that is wanted."""

from __future__ import annotations

from fastapi import APIRouter

from posecheck.storage.queries import all_people
from posecheck.storage.tables import Person
from posecheck.web.api.schemas import SessionForm, SessionOut
from posecheck.web.people import bin as people_bin
from posecheck.web.people import sample
from posecheck.web.people.people_forms import EverybodyForm, PersonChange, PersonForm, PersonOut, SampleOut
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
    """A name; two people may have the same, and a code or the birth year tells them apart."""
    with site.database.begin() as transaction:
        row = Person(name=form.name, code=form.code, birth_year=form.birth_year)
        transaction.add(row)
        transaction.flush()
        return PersonOut.of(row)


@router.post("/sample", status_code=201, summary="Add the sample session")
def add_sample(site: SiteDep) -> SampleOut:
    """A rendered runner with videos before and after; they are measured in the background, in some seconds."""
    made = sample.add_sample(site)
    return SampleOut(person_id=made.person_id, session_id=made.session_id)


@router.get("/people/{person_id}", summary="One person")
def get_person(site: SiteDep, person_id: str) -> PersonOut:
    """One person."""
    with site.database.read() as transaction:
        return PersonOut.of(person_or_404(transaction, person_id))


@router.patch("/people/{person_id}", summary="Change a person")
def change_person(site: SiteDep, person_id: str, change: PersonChange) -> PersonOut:
    """Only what is given changes; a birth year that is null is forgotten."""
    with site.database.begin() as transaction:
        row = person_or_404(transaction, person_id)
        for name, value in change.model_dump(exclude_unset=True).items():
            if value is not None or name == "birth_year":
                setattr(row, name, value)
        return PersonOut.of(row)


@router.delete("/people/{person_id}", status_code=204, summary="Delete a person")
def delete_person(site: SiteDep, person_id: str) -> None:
    """The person with all sessions, videos and results, for good, past the bin; this cannot be undone."""
    people_bin.delete_person(site, person_id)


@router.delete("/people", status_code=204, summary="Delete everybody")
def delete_everybody(site: SiteDep, form: EverybodyForm) -> None:
    """All people with all sessions, videos and results, and the bin, for good; settings and tests of your own stay."""
    people_bin.delete_everybody(site)


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
