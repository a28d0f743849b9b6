"""What the page of a filmed block shows: videos that came in, and a card for each test with its takes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posecheck.language import phrase
from posecheck.storage.job_queue import jobs_of_session
from posecheck.storage.tables import Job, JobKind, TakeState, UploadState
from posecheck.web.sessions.movement_words import trial_key, trial_options, trial_words
from posecheck.web.uploads.other_test import other_test_words, proposed_key, proposed_words
from posecheck.web.uploads.turn_notice import preview_turn_deg, take_turn, turn_notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from posecheck.movements import Movement
    from posecheck.movements.catalogue import Catalogue
    from posecheck.storage.database import Transaction
    from posecheck.storage.tables import Session, Take, Upload
    from posecheck.web.uploads.turn_notice import TurnNotice

MEGABYTE = 1_000_000
ONE_VISIT = dt.timedelta(hours=12)
"""Takes that came in further apart than this are hardly of one block (chosen by us; not by date, which ends at midnight)."""
SAME_PLACE = 0.05
"""Chosen in one picture, a person is found again in another this near, as a share of its width and height (chosen by us)."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody seen in a video, to be chosen with one click.

    Attributes
    ----------
    view : str
        The part of the picture that shows them, as ``viewBox`` takes it.
    centre : (x, y)
        What chooses them, as fractions of the picture.
    chosen : bool
        They were chosen before.
    """

    view: str
    centre: tuple[float, float]
    chosen: bool


@dataclass(frozen=True, slots=True)
class UploadCard:
    """A video that is no take yet.

    Attributes
    ----------
    upload : Upload
    job : Job or None
        The newest work on it.
    guess, guess_words : str
        `trial_key` of what it seems to show, and the same in words; empty where nothing fits.
    """

    upload: Upload
    job: Job | None
    guess: str
    guess_words: str = ""

    @property
    def size_words(self) -> str:
        """Its size in words."""
        size = self.upload.size_bytes
        if size >= MEGABYTE / 10:
            return phrase("{size:.1f} MB", size=size / MEGABYTE)
        return phrase("{size:.1f} kB", size=size / 1000)

    @property
    def received_percent(self) -> int:
        """How much of it is here."""
        return int(100 * self.upload.received_bytes / max(self.upload.size_bytes, 1))

    @property
    def ready(self) -> bool:
        """Whether one click confirms it."""
        return self.upload.state == UploadState.READ and bool(self.guess)

    @property
    def turn(self) -> TurnNotice | None:
        """What is to be said where the picture seems to lie on its side."""
        return turn_notice(self.upload, "needed", "doubtful")

    @property
    def preview_turn_deg(self) -> int:
        """How far its picture is turned while it is read again."""
        return preview_turn_deg(self.upload)

    @property
    def several_people(self) -> bool:
        """Whether somebody else may have been followed."""
        return int(self.upload.info.get("people", 1) or 1) > 1

    @property
    def people(self) -> tuple[PersonView, ...]:
        """Who can be chosen; nobody where one alone was seen, or the video is gone."""
        info = self.upload.info
        boxes = info.get("boxes", [])
        if len(boxes) < 2 or not self.upload.has_video:
            return ()
        size = float(info["width_px"]), float(info["height_px"])
        return tuple(_person_view(box, size, self.upload.reading.get("person_at")) for box in boxes)


@dataclass(frozen=True, slots=True)
class TakeLine:
    """A take with the newest work on it, and what is said where its picture lies on its side or shows another test."""

    take: Take
    job: Job | None
    turn: TurnNotice | None
    other_test: str = ""

    @property
    def rejected(self) -> bool:
        """Whether it was measured, and a quality check says that its numbers cannot be used."""
        return self.state == TakeState.MEASURED and not self.take.summary.get("passed", True)

    @property
    def state(self) -> str:
        """Of the take; refused or failed too where its video is."""
        return self.take.upload.state if self.take.upload.is_unusable else self.take.state

    @property
    def is_unusable(self) -> bool:
        """Whether it has no result as things are."""
        return self.take.upload.is_unusable or self.take.is_unusable


@dataclass(frozen=True, slots=True)
class TrialCard:
    """A test and side of a block, with the takes that count and those that were left out.

    Attributes
    ----------
    movement : Movement
    side : str
    planned : bool
        Whether the session asks for it.
    takes, left_out : tuple of TakeLine
        In the order of their numbers.
    wanted : int
        How many takes the session asks for in a block.
    """

    movement: Movement
    side: str
    planned: bool
    takes: tuple[TakeLine, ...]
    left_out: tuple[TakeLine, ...]
    wanted: int

    @property
    def key(self) -> str:
        """`trial_key` of it."""
        return trial_key(self.movement.name, self.side)

    @property
    def side_words(self) -> str:
        """``left leg behind``."""
        return self.movement.side_phrase(self.side)

    @property
    def words(self) -> str:
        """``Runner's lunge, left leg behind``."""
        return trial_words(self.movement, self.side)

    def words_of(self, line: TakeLine) -> str:
        """The test, and the number of a take where there are several: ``Toe touch, take 2``."""
        if not self.several:
            return self.words
        return phrase("{test}, take {number}", test=self.words, number=line.take.number)

    @property
    def state(self) -> str:
        """``missing``, or what the takes that count have come to: measured as soon as one of them is."""
        states = {line.state for line in self.takes}
        order = (TakeState.MEASURING, TakeState.MEASURED, TakeState.FAILED, TakeState.REFUSED)
        return next((state for state in order if state in states), "missing")

    @property
    def measured(self) -> tuple[TakeLine, ...]:
        """The takes that count and are measured."""
        return tuple(line for line in self.takes if line.state == TakeState.MEASURED)

    @property
    def rejected(self) -> int:
        """How many of them cannot be used."""
        return sum(line.rejected for line in self.measured)

    @property
    def passed(self) -> bool:
        """Whether all of them can be used, and none looks like something else."""
        return not self.rejected and not any(line.other_test for line in self.measured)

    @property
    def several(self) -> bool:
        """Whether its takes are told apart by their numbers."""
        return len(self.takes) + len(self.left_out) > 1 or self.wanted > 1

    @property
    def days_apart(self) -> bool:
        """Whether its takes came in so far apart that they are hardly one block."""
        times = [line.take.upload.created_at for line in self.takes]
        return bool(times) and max(times) - min(times) > ONE_VISIT


@dataclass(frozen=True, slots=True)
class FilmView:
    """One filmed block of a session."""

    uploads: tuple[UploadCard, ...]
    tests: tuple[TrialCard, ...]
    options: tuple[tuple[str, str], ...]

    @property
    def measured(self) -> int:
        """How many planned tests are done."""
        return sum(card.planned and card.state == TakeState.MEASURED for card in self.tests)

    @property
    def planned(self) -> int:
        """How many tests are planned."""
        return sum(card.planned for card in self.tests)

    @property
    def to_confirm(self) -> int:
        """How many videos wait for one click."""
        return sum(card.ready for card in self.uploads)


def film_view(transaction: Transaction, session: Session, phase: str, catalogue: Catalogue) -> FilmView:
    """What the page of a block shows; ``phase``: pre, baseline, retest."""
    jobs = _newest_jobs(transaction, session)
    waiting = [upload for upload in session.uploads if upload.phase == phase and not upload.takes]
    return FilmView(
        tuple(_upload_card(upload, jobs, catalogue) for upload in sorted(waiting, key=_urgency)),
        _trial_cards(session, phase, jobs, catalogue),
        trial_options(catalogue),
    )


def _person_view(box: Mapping[str, Any], size: tuple[float, float], chosen: Sequence[float] | None) -> PersonView:
    width, height = size
    left, top = box["left"] * width, box["top"] * height
    view = f"{left:.0f} {top:.0f} {box['right'] * width - left:.0f} {box['bottom'] * height - top:.0f}"
    x, y = box["centre"]
    is_chosen = chosen is not None and abs(chosen[0] - x) < SAME_PLACE and abs(chosen[1] - y) < SAME_PLACE
    return PersonView(view, (x, y), is_chosen)


def _urgency(upload: Upload) -> int:
    """What waits for the user comes first; within that, in the order of arrival."""
    order = (UploadState.READ, UploadState.FAILED, UploadState.REFUSED, UploadState.READING, UploadState.RECEIVING)
    return order.index(UploadState(upload.state))


def _newest_jobs(transaction: Transaction, session: Session) -> dict[tuple[str, str], Job]:
    return {(job.kind, job.target_id): job for job in jobs_of_session(transaction, session.id)}


def _upload_card(upload: Upload, jobs: dict[tuple[str, str], Job], catalogue: Catalogue) -> UploadCard:
    guess = proposed_key(upload, catalogue)
    return UploadCard(upload, jobs.get((JobKind.READ, upload.id)), guess, proposed_words(upload, catalogue))


def _trial_cards(
    session: Session, phase: str, jobs: dict[tuple[str, str], Job], catalogue: Catalogue
) -> tuple[TrialCard, ...]:
    takes = [take for take in session.takes if take.phase == phase and take.movement in catalogue.movements]
    planned = {(str(test["movement"]), str(test["side"] or "")) for test in session.tests}
    filmed = {(take.movement, take.side) for take in takes}
    return tuple(
        _trial_card(session, catalogue, (movement, side), (movement, side) in planned, takes, jobs)
        for movement, side in catalogue.every_trial()
        if (movement, side) in planned | filmed
    )


def _trial_card(
    session: Session,
    catalogue: Catalogue,
    trial: tuple[str, str],
    planned: bool,
    takes: list[Take],
    jobs: dict[tuple[str, str], Job],
) -> TrialCard:
    name, side = trial
    movement = catalogue.movements[name]
    own = [take for take in takes if (take.movement, take.side) == trial]
    lines = [
        TakeLine(
            take, _job_of(take, jobs), take_turn(take, movement), other_test_words(take.upload, name, side, catalogue)
        )
        for take in sorted(own, key=lambda take: take.number)
    ]
    counting, left_out = ([line for line in lines if line.take.current is counts] for counts in (True, False))
    return TrialCard(movement, side, planned, tuple(counting), tuple(left_out), session.takes_per_block)


def _job_of(take: Take, jobs: dict[tuple[str, str], Job]) -> Job | None:
    """The newest work on a take: its video is read first, if need be."""
    if take.upload.state == UploadState.READING:
        return jobs.get((JobKind.READ, take.upload_id))
    return jobs.get((JobKind.MEASURE, take.id))
