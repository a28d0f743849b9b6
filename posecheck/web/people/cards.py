"""What the lists of people and of a person's sessions show, gathered from the database's rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.language import filled, joined, phrase
from posecheck.storage.queries import all_people
from posecheck.storage.tables import Step
from posecheck.web.sessions.page_data import session_title
from posecheck.web.sessions.step_nav import WORDS, is_measured, resume_step, steps_of

if TYPE_CHECKING:
    import datetime as dt

    from posecheck.storage.database import Transaction
    from posecheck.storage.tables import Person, Session


FILMED_WORDS = {
    Step.PRE: phrase("Pre-test {done} of {planned}"),
    Step.BASELINE: phrase("baseline {done} of {planned}"),
    Step.RETEST: phrase("re-test {done} of {planned}"),
}
"""How many tests of a block are measured."""


@dataclass(frozen=True, slots=True)
class SessionCard:
    """A session in a list: how far it has come, and what is next."""

    session: Session
    title: str
    filmed: str
    next_words: str


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person in the list of people, with the session of the latest visit."""

    person: Person
    sessions: int
    newest: SessionCard | None

    @property
    def apart(self) -> str:
        """What tells the person from others of the same name; empty where nothing does."""
        return apart_words(self.person)

    @property
    def words(self) -> str:
        """What the person is found by."""
        return f"{self.person.name} {self.person.code} {self.person.birth_year or ''}"

    @property
    def newest_at(self) -> str:
        """The day of the last visit and when it was entered, or the person was: text that sorts."""
        date, entered_at = _newest_time(self)
        return f"{date} {entered_at.isoformat()}"

    @property
    def next_date(self) -> str:
        """The day that the newest session names for the next one, unless it is over; empty for none."""
        date = self.newest.session.next_date if self.newest else ""
        return date if date >= dt.date.today().isoformat() else ""


def people_cards(transaction: Transaction) -> tuple[PersonCard, ...]:
    """Everybody, whoever was here last first."""
    cards = [
        PersonCard(person, len(person.sessions), session_card(person.sessions[-1]) if person.sessions else None)
        for person in all_people(transaction)
    ]
    return tuple(sorted(cards, key=_newest_time, reverse=True))


def session_cards(person: Person) -> tuple[SessionCard, ...]:
    """The sessions of a person, the latest visit first."""
    return tuple(session_card(session) for session in reversed(person.sessions))


def session_card(session: Session) -> SessionCard:
    """One session as lists show it."""
    return SessionCard(session, session_title(session), _filmed_words(session), WORDS[resume_step(session)])


def apart_words(person: Person) -> str:
    """Code and birth year, as far as they are known."""
    born = phrase("born {year}", year=person.birth_year) if person.birth_year else ""
    return joined((person.code, born), ", ")


def _newest_time(card: PersonCard) -> tuple[str, dt.datetime]:
    """By the day of the visit; within it, by when it was begun."""
    if card.newest:
        return card.newest.session.date, card.newest.session.created_at
    return card.person.created_at.date().isoformat(), card.person.created_at


def _filmed_words(session: Session) -> str:
    planned = len(session.tests)
    return joined(
        [
            filled(
                FILMED_WORDS[step],
                done=sum(is_measured(session, test, step) for test in session.tests),
                planned=planned,
            )
            for step in steps_of(session)
            if step in FILMED_WORDS
        ],
        ", ",
    )
