"""The JSON forms of a phone as the camera: its invitation, and what it has said aloud elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field

from posecheck.web.api.schemas import Form, PhaseWord, Said
from posecheck.web.phones.passes import device_words

if TYPE_CHECKING:
    from posecheck.storage.tables import Phone


class DoorOut(BaseModel):
    """The open door for phones: its address and the fingerprint of its certificate."""

    address: str
    fingerprint: str


class InvitationForm(Form):
    """A phone is to film, beginning with this block."""

    begin: PhaseWord = "pre"


class InvitationOut(BaseModel):
    """A new invitation, for one phone.

    ``address`` holds the code after ``#``; ``qr_svg`` shows it as a picture; ``fingerprint`` is that of the server's
    certificate.
    """

    address: str
    qr_svg: str
    valid_s: float
    fingerprint: str


class JoinForm(Form):
    """The code of an invitation."""

    code: Annotated[str, Field(min_length=1, max_length=100)]


class JoinOut(BaseModel):
    """The page that the invitation opens; the cookie that came with it lets the browser film that session."""

    path: str


class PhoneOut(BaseModel):
    """A phone that may film one session; times are UTC, ``last_used_at`` null for one that was not let in yet."""

    id: str
    name: Said
    session_id: str
    person: str
    date: str
    created_at: dt.datetime
    last_used_at: dt.datetime | None

    @classmethod
    def of(cls, row: Phone, last_used_at: dt.datetime | None) -> PhoneOut:
        """From its row, and when it was last let in."""
        return cls(
            id=row.id,
            name=device_words(row.name),
            session_id=row.session_id,
            person=row.session.person.name,
            date=row.session.date,
            created_at=row.created_at,
            last_used_at=last_used_at,
        )


class SaidForm(Form):
    """Words to be said aloud by the pages that watch, and their language (``de``); no words: be quiet."""

    words: Annotated[str, Field(max_length=600)] = ""
    language: Annotated[str, Field(max_length=20)] = ""


class SaidOut(BaseModel):
    """Whether a page with its sound on was there to say it, with a voice for its language."""

    heard: bool
