"""The tables of the database: people, their sessions, uploads, takes, stretches, jobs, phones, settings."""

from __future__ import annotations

import datetime as dt
import secrets
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, MetaData, String, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from posecheck.language import language, phrase
from posecheck.storage.phrase_columns import KnownText, PhrasesJson, PhraseText

ID_BYTES = 12
"""Opaque ids carry 96 random bits: nobody guesses one, and none tells how many there are."""


def new_id() -> str:
    """A new opaque id: lower-case hexadecimal, also good as a file name on every system."""
    return secrets.token_hex(ID_BYTES)


def now() -> dt.datetime:
    """The time in UTC, without a zone, as it is stored."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


class Table(DeclarativeBase):
    """Base of all tables; constraints get stable names, which migrations need."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy wants it as a plain class attribute
        dict[str, Any]: PhrasesJson,
        list[Any]: JSON,
    }


class Step(StrEnum):
    """The steps of a session, in order (docs/method.md#section-8)."""

    CHOOSE = "choose"
    PRE = "pre"
    BASELINE = "baseline"
    FELT = "felt"
    STRETCH = "stretch"
    RETEST = "retest"
    RESULT = "result"
    REEDUCATION = "re-education"


class UploadState(StrEnum):
    """What has become of an uploaded file.

    ``receiving``: bytes still come in. ``reading``: whole, waiting for its body points or being read. ``read``: the
    body points are there. ``refused``: it cannot be used; ``Upload.reason`` says why. ``failed``: posecheck made a mistake,
    and the reason says so; the video may be all right, and can be tried again.
    """

    RECEIVING = "receiving"
    READING = "reading"
    READ = "read"
    REFUSED = "refused"
    FAILED = "failed"


class TakeState(StrEnum):
    """What has become of a take: being measured, measured, refused with ``Take.reason``, or failed as an upload."""

    MEASURING = "measuring"
    MEASURED = "measured"
    REFUSED = "refused"
    FAILED = "failed"


class JobKind(StrEnum):
    """``read``: find the body points of an upload. ``measure``: write a take's tables, chart and pictures.

    ``annotate``: draw a take's annotated video, on request. ``pictures``: make an upload's pictures anew, to show less.
    """

    READ = "read"
    MEASURE = "measure"
    ANNOTATE = "annotate"
    PICTURES = "pictures"


class JobState(StrEnum):
    """``queued``, ``running``, then one of ``done``, ``failed`` (``Job.reason``), ``cancelled``."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


def _id_column() -> Mapped[str]:
    return mapped_column(String(24), primary_key=True, default=new_id)


BY_DATE = "(Session.date, Session.created_at, Session.id)"
"""Sessions in the order of their visits, not in that in which somebody entered them."""
MAX_CODE, MAX_NOTES, BIRTH_YEARS = 60, 2000, range(1900, 2101)
"""Letters of a person's code and of notes, and years that a birth year can be (chosen by us)."""


class Person(Table):
    """A person: a name, and what tells two of one name apart, where that is wanted.

    ``code`` and ``notes`` are in no result, report or download but the archive. Who is ``archived`` is not shown until they
    are asked for. ``sample``: of the sample session, whom nobody filmed. ``deleted_at`` says when it came into the bin
    (`posecheck.web.people.bin`); ``sessions`` are those of ``every_session`` that are not there.
    """

    __tablename__ = "person"
    id: Mapped[str] = _id_column()
    name: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(MAX_CODE), default="", server_default="")
    birth_year: Mapped[int | None] = mapped_column(default=None)
    notes: Mapped[str] = mapped_column(String(MAX_NOTES), default="", server_default="")
    archived: Mapped[bool] = mapped_column(default=False, server_default=false())
    sample: Mapped[bool] = mapped_column(default=False, server_default=false())
    deleted_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    every_session: Mapped[list[Session]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by=BY_DATE
    )
    sessions: Mapped[list[Session]] = relationship(
        primaryjoin="and_(Person.id == Session.person_id, Session.deleted_at.is_(None))",
        order_by=BY_DATE,
        viewonly=True,
    )


MOST_TAKES = 6
"""Of each test in a block, as far as they can be planned: more bring next to nothing (chosen by us)."""


class Session(Table):
    """One visit of a person.

    Attributes
    ----------
    title, date : str
        ``date`` is ISO (2026-11-22).
    step : str
        `Step` where the person is; one click goes on there.
    tests : list
        ``[{"movement": "runners-lunge", "side": "left"}, ...]``; side None for a test that is not done once per side.
    with_baseline : bool
        Whether a second block before the stretch is filmed.
    takes_per_block : int
        How often each test is to be filmed in a block.
    primary : dict or None
        ``{"movement": ..., "side": ..., "outcome": ...}``, named before the re-test.
    felt : list
        ``[{"movement", "side", "phase", "stiffness", "discomfort", "note"}, ...]``; 0 to 10 or None.
    safety_confirmed : bool
        The safety words before the stretch were confirmed.
    stretch_skipped : bool
    keep_video : bool
        False: "keep body points only", the video is deleted after the analysis.
    keep_pictures : bool
        Without the video, pictures stay all the same, with faces blurred; False: they are drawn from the body points.
    blur_faces : bool
        Stored, annotated and report pictures show no face.
    notes : str
        In no result, report or download but the archive.
    next_date : str
        When the person means to measure again, as ``date``; empty for none.
    deleted_at : datetime or None
        As a person's: when it came into the bin by itself.
    version : int
        Raised with each change, so that two tabs cannot overwrite each other's.
    """

    __tablename__ = "session"
    id: Mapped[str] = _id_column()
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    date: Mapped[str] = mapped_column(String(10))
    step: Mapped[str] = mapped_column(String(20), default=Step.CHOOSE)
    tests: Mapped[list[Any]] = mapped_column(default=list)
    with_baseline: Mapped[bool] = mapped_column(default=False)
    takes_per_block: Mapped[int] = mapped_column(default=1)
    primary: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    felt: Mapped[list[Any]] = mapped_column(default=list)
    safety_confirmed: Mapped[bool] = mapped_column(default=False)
    stretch_skipped: Mapped[bool] = mapped_column(default=False)
    keep_video: Mapped[bool] = mapped_column(default=True)
    keep_pictures: Mapped[bool] = mapped_column(default=False, server_default=false())
    blur_faces: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(String(MAX_NOTES), default="", server_default="")
    next_date: Mapped[str] = mapped_column(String(10), default="", server_default="")
    deleted_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    person: Mapped[Person] = relationship(back_populates="every_session")
    uploads: Mapped[list[Upload]] = relationship(
        back_populates="session", cascade="all, delete-orphan", order_by="Upload.created_at"
    )
    takes: Mapped[list[Take]] = relationship(
        back_populates="session", cascade="all, delete-orphan", order_by="Take.created_at"
    )
    stretches: Mapped[list[StretchDone]] = relationship(
        back_populates="session", cascade="all, delete-orphan", order_by="StretchDone.done_at"
    )


PLAN = "plan"
"""Where an upload that was filmed here keeps what it films, in `Upload.reading`."""


class Upload(Table):
    """A video that came in, whole or in part, and what was read from it.

    Attributes
    ----------
    phase : str
        Block it was dropped into: ``pre``, ``baseline`` or ``retest``.
    file_name : str
        What the user calls it; never a path here.
    size_bytes, received_bytes : int
    sha256 : str
        Of the whole file, empty until it is whole.
    state : str
        `UploadState`.
    reason : str
        Why it was refused, in words for the user.
    info : dict
        ``duration_s, width_px, height_px, rate_hz, codec, people, warnings, boxes, blurred, pictures``; empty until read.
        ``blurred``: whether faces in the copy are; ``pictures``: what all its pictures show (`posecheck.storage.pictures`).
    proposal : dict
        ``movement, side, sure, words, alternatives``; empty until read (`posecheck.trial.proposal`).
    reading : dict
        How it was or is to be read: ``person_at`` [x, y] or None, ``mirror``.
    has_video, has_copy : bool
        Whether the video itself, and a copy that every browser plays, lie in the folder.
    filmed : bool
        It was filmed here with a camera, not chosen as a file.
    """

    __tablename__ = "upload"
    id: Mapped[str] = _id_column()
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    phase: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(300))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(20), default=UploadState.RECEIVING)
    reason: Mapped[str] = mapped_column(PhraseText, default="")
    info: Mapped[dict[str, Any]] = mapped_column(default=dict)
    proposal: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    has_video: Mapped[bool] = mapped_column(default=False)
    has_copy: Mapped[bool] = mapped_column(default=False)
    filmed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    session: Mapped[Session] = relationship(back_populates="uploads")
    takes: Mapped[list[Take]] = relationship(
        back_populates="upload", cascade="all, delete-orphan", order_by="Take.created_at"
    )

    @property
    def is_unusable(self) -> bool:
        """Whether nothing can be measured from it as things are: it was refused, or posecheck failed on it."""
        return self.state in (UploadState.REFUSED, UploadState.FAILED)


MAX_REASON = 500
"""Letters of the reason why a take does not count (chosen by us)."""
MAX_LETTERHEAD_NAME = 200
"""Letters of the name that stands at the top of reports (chosen by us)."""
MAX_LETTERHEAD_LOGO = 900_000
"""Letters of its logo as base64: more than any PNG of 600 by 240 pixels takes."""

REPLACED = phrase("replaced by a newer take")
"""Why a take does not count of a session from before all takes did."""
OTHER_TEST = phrase("its video was confirmed as another test")
FILMED_AGAIN = phrase("it was interrupted, and the test was filmed again")
OWN_REASONS = (REPLACED, OTHER_TEST, FILMED_AGAIN)
"""Reasons that nobody gave: such a take counts again where nothing else of its test does any more."""


class Take(Table):
    """An upload that was confirmed to be one test, side and phase: a trial.

    Attributes
    ----------
    movement, side, phase : str
        ``side`` is empty for a test that is not done once per side.
    number : int
        Which recording of its test, side and phase it is, from 1; it stays when another one is deleted.
    current : bool
        Whether it counts: all takes do but those that were left out.
    left_out : str
        Why it does not count; empty where it does.
    state : str
        `TakeState`.
    corrections : dict
        `posecheck.trial.corrections.Corrections` as JSON; empty for none.
    summary : dict
        What lists show without opening the folder: ``repetitions, passed, rejected, outcomes [{name, title, mean_deg}],
        notes``; ``rejected``: why its numbers cannot be used, missing in what is from before it was noted.
    """

    __tablename__ = "take"
    id: Mapped[str] = _id_column()
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    upload_id: Mapped[str] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"), index=True)
    movement: Mapped[str] = mapped_column(String(60))
    side: Mapped[str] = mapped_column(String(5), default="")
    phase: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column(default=1)
    current: Mapped[bool] = mapped_column(default=True)
    left_out: Mapped[str] = mapped_column(KnownText(MAX_REASON, OWN_REASONS), default="")
    state: Mapped[str] = mapped_column(String(20), default=TakeState.MEASURING)
    reason: Mapped[str] = mapped_column(PhraseText, default="")
    corrections: Mapped[dict[str, Any]] = mapped_column(default=dict)
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    session: Mapped[Session] = relationship(back_populates="takes")
    upload: Mapped[Upload] = relationship(back_populates="takes")

    @property
    def is_unusable(self) -> bool:
        """Whether it has no result as things are: it was refused, or posecheck failed on it."""
        return self.state in (TakeState.REFUSED, TakeState.FAILED)


class StretchDone(Table):
    """A stretch that was done: names as in `posecheck.protocol`; ``side`` empty, left, right or both."""

    __tablename__ = "stretch_done"
    id: Mapped[str] = _id_column()
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    stretch: Mapped[str] = mapped_column(String(60))
    grip: Mapped[str] = mapped_column(String(60), default="")
    side: Mapped[str] = mapped_column(String(5), default="")
    seconds: Mapped[float] = mapped_column(default=0.0)
    stopped_for_pain: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(2000), default="")
    done_at: Mapped[dt.datetime] = mapped_column(default=now)
    session: Mapped[Session] = relationship(back_populates="stretches")


class Job(Table):
    """Work for a worker process; what was running when the server stopped is queued again at its next start.

    Attributes
    ----------
    target_id : str
        The upload (``read``, ``pictures``) or the take (``measure``, ``annotate``).
    attempts : int
        How often it was started: a job that crashed its worker three times has failed.
    done, total : int
        How far it has come, in pictures; total 0 where unknown.
    server : int or None
        While it runs, the number of the server that runs it, where several use the database (`posecheck.storage.servers`).
    language : str
        Of whoever asked for it: that of the words that are drawn.
    """

    __tablename__ = "job"
    id: Mapped[str] = _id_column()
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    target_id: Mapped[str] = mapped_column(String(24), index=True)
    state: Mapped[str] = mapped_column(String(20), default=JobState.QUEUED, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(PhraseText, default="")
    server: Mapped[int | None] = mapped_column(default=None)
    language: Mapped[str] = mapped_column(String(8), default=language, server_default="en")
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class Phone(Table):
    """A phone that was invited to film a session, and may do nothing else.

    Attributes
    ----------
    token_sha256 : str
        Hash of the token that its browser keeps.
    name : str
        What its browser says it is: ``iPhone, Safari``.
    last_used_at : datetime or None
        When it was last let in, to about half a minute; None: not yet.
    """

    __tablename__ = "phone"
    id: Mapped[str] = _id_column()
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    last_used_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    session: Mapped[Session] = relationship()


TRIED_BY = "tried_by"
"""Name of the setting that holds which posecheck last tried what an earlier one had failed on."""


class Setting(Table):
    """A setting of this installation, by name: `keep_video`, `keep_pictures`, `blur_faces`, `letterhead`; `TRIED_BY`."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(default=dict)
