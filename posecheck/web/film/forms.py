"""The JSON forms of filming with a camera: what is filmed, and how it ends."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from posecheck.web.api.schemas import Form, PhaseWord, Said, ShortText, SideWord, TakesPerBlock

OptionalSide = Annotated[SideWord | None, BeforeValidator(lambda value: value or None)]
"""Addresses cannot say null: an empty word stands for it too."""


class LiveForm(Form):
    """A trial in front of the camera.

    ``page`` is a random word of the page that films: the same page may begin again at once; another one is refused
    unless it asks to ``take_over``.
    """

    movement: ShortText
    side: OptionalSide = None
    phase: PhaseWord = "pre"
    repetitions: Annotated[int, Field(ge=1, le=20)] = 3
    hold_s: Annotated[float, Field(ge=0, le=60)] = 2.0
    page: ShortText = ""
    take_over: bool = False


class HelloOut(BaseModel):
    """The engine is ready for pictures; ``framing`` is where the person stood in the pre-test, null without one."""

    kind: str
    room: str
    movement: str
    title: Said
    side: str
    phase: str
    repetitions: int
    hold_s: float
    framing: dict[str, Any] | None


class FilmingForm(Form):
    """A recording that begins; ``mime`` as the browser's recorder names it, such as ``video/webm;codecs=vp8``."""

    movement: ShortText
    side: OptionalSide = None
    phase: PhaseWord
    mime: ShortText = ""
    framing: dict[str, Any] | None = None


class FilmingEndForm(Form):
    """A recording that ended; ``framing`` is where the person stood, as the live answers say it.

    ``interrupted``: the person had not finished; it does not count once its test was filmed again.
    """

    framing: dict[str, Any] | None = None
    interrupted: bool = False


class FilmedForm(Form):
    """How the filming goes on: with the stretch or without, safety words read, takes of each test, everything filmed."""

    stretch_skipped: bool | None = None
    takes_per_block: TakesPerBlock | None = None
    safety_confirmed: bool | None = None
    finished: bool = False


class FilmedOut(BaseModel):
    """How many recordings count, how many of them are not measured yet, and whether anything is still being worked on."""

    recordings: int
    measuring: int
    busy: bool


class ReceivedOut(BaseModel):
    """How many bytes of a recording are safe on the disk."""

    received_bytes: int
