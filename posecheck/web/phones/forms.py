"""The JSON forms of a phone as the camera: its invitation, and what it has said aloud elsewhere."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from posecheck.web.api.schemas import Form, PhaseWord


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
    """The page that the invitation opens; the cookie that came with it lets the browser in."""

    path: str


class SaidForm(Form):
    """Words to be said aloud by the pages that watch; empty: be quiet."""

    words: Annotated[str, Field(max_length=600)] = ""


class SaidOut(BaseModel):
    """Whether a page with its sound on was there to say it."""

    heard: bool
