"""The JSON forms of people, of the bin, and of the room that all of it takes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from posecheck.storage.tables import BIRTH_YEARS, MAX_CODE, Person
from posecheck.web.api.schemas import Form, Name, NoteText, Said
from posecheck.web.people.bin import Binned

CodeText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_CODE)]
BirthYear = Annotated[int, Field(ge=BIRTH_YEARS[0], le=BIRTH_YEARS[-1])]
_PERSON = ("id", "name", "code", "birth_year", "notes", "archived", "sample", "created_at")


class PersonForm(Form):
    """A person's name or code; what else there is may be left out."""

    name: Name
    code: CodeText = ""
    birth_year: BirthYear | None = None


class PersonChange(Form):
    """Changes of a person: only what is given changes. Notes are in no result and no report."""

    name: Name | None = None
    code: CodeText | None = None
    birth_year: BirthYear | None = None
    notes: NoteText | None = None
    archived: bool | None = None


class EverybodyForm(Form):
    """That everybody is to be deleted, said once more."""

    delete: Literal["everybody"]


class PersonOut(BaseModel):
    """A person; ``sample``: that of the sample session."""

    id: str
    name: str
    code: str
    birth_year: int | None
    notes: str
    archived: bool
    sample: bool
    created_at: dt.datetime
    sessions: int

    @classmethod
    def of(cls, row: Person) -> PersonOut:
        """From the table's row."""
        return cls(**{name: getattr(row, name) for name in _PERSON}, sessions=len(row.sessions))


class SampleOut(BaseModel):
    """The sample session, and its person."""

    person_id: str
    session_id: str


class BinnedOut(BaseModel):
    """Something in the bin: ``kind`` is ``people`` or ``sessions``; it goes for good on ``goes_at``."""

    kind: str
    id: str
    title: Said
    sessions: int
    deleted_at: dt.datetime
    goes_at: dt.date

    @classmethod
    def of(cls, item: Binned) -> BinnedOut:
        """From what lies in the bin."""
        return cls(
            kind=item.kind,
            id=item.row_id,
            title=item.title,
            sessions=item.sessions,
            deleted_at=item.deleted_at,
            goes_at=item.goes_at,
        )


class DiskUseOut(BaseModel):
    """Bytes on the disk: of each person by id, of the bin, of the whole data folder, and what is free."""

    people: dict[str, int]
    bin_bytes: int
    all_bytes: int
    free_bytes: int
