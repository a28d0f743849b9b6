"""What the pages of a session's steps show, gathered from the database's rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posecheck.language import first_lower, first_upper, joined, phrase, phrase_in
from posecheck.movements import Role
from posecheck.protocol import InBetween, in_between
from posecheck.web.sessions.movement_words import trial_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.movements import Movement, Outcome
    from posecheck.movements.catalogue import Catalogue
    from posecheck.storage.tables import Session

FELT_PHASES = {
    "pre": phrase("before the stretch"),
    "baseline": phrase("in the baseline block"),
    "retest": phrase("after the stretch"),
}

TAKES_HELP = phrase(
    "A take is one recording. With two of each test, before and after, smaller changes show. Get up and come back between "
    "them: what differs from take to take is how a position is taken up."
)


BETWEEN_CHOICES = (
    (
        InBetween.BELLY_PULL,
        phrase("Stretch while you hold the belly"),
        phrase("The method. Its safety words come first."),
    ),
    (
        InBetween.STRETCH,
        phrase("An ordinary stretch"),
        phrase(
            "The same stretches with the belly left alone. A day like this is what a day with the belly pull is compared "
            "with."
        ),
    ),
    (
        InBetween.NOTHING,
        phrase_in("between the tests", "Nothing"),
        phrase("Rest for about as long. It shows how much changes by doing the tests twice."),
    ),
)
"""What may be done between the tests: value, title, what it is good for."""


@dataclass(frozen=True, slots=True)
class TrialChoice:
    """A test on the page that chooses tests: its sides as (key, words, chosen)."""

    movement: Movement
    sides: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class PrimaryChoice:
    """What may be named as the one thing that matters: ``movement/outcome``, words, the test's name and the sides of it."""

    value: str
    words: str
    movement: str
    sides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeltQuestions:
    """The two scales and the note of one test and side."""

    key: str
    movement: str
    side: str
    title: str
    side_words: str
    felt: dict[str, Any]

    @property
    def words(self) -> str:
        """``Runner's lunge, left leg behind``."""
        return joined([self.title, self.side_words], ", ")


def between(session: Session) -> InBetween:
    """What was done between the tests so far, or what the method does where nothing is told yet."""
    told = in_between((item.grip for item in session.stretches), nothing=session.stretch_skipped)
    return told if told is not InBetween.UNTOLD else InBetween.BELLY_PULL


def between_fields(session: Session) -> dict[str, Any]:
    """What a page shows that asks what is done between the tests: ``between``, ``between_choices`` and ``hurt``."""
    return {"between": between(session), "between_choices": BETWEEN_CHOICES, "hurt": has_hurt(session)}


def has_hurt(session: Session) -> bool:
    """Whether a stretch of the session was stopped because it hurt."""
    return any(item.stopped_for_pain for item in session.stretches)


def session_title(session: Session) -> str:
    """Its own title, or its date."""
    return session.title or phrase("Session of {date}", date=dt.date.fromisoformat(session.date))


def trial_choices(session: Session, catalogue: Catalogue) -> tuple[TrialChoice, ...]:
    """All tests, and which of them this session has."""
    chosen = {trial_key(test["movement"], test["side"]) for test in session.tests}
    return tuple(_choice(movement, chosen) for movement in catalogue.movements.values())


def every_primary_choice(session: Session, catalogue: Catalogue) -> tuple[PrimaryChoice, ...]:
    """The main outcome of every test that there is."""
    return _primary_choices(session, [(item, tuple(map(str, item.sides))) for item in catalogue.movements.values()])


def tested_primary_choices(session: Session, catalogue: Catalogue) -> tuple[PrimaryChoice, ...]:
    """The main outcome of each test that the session has, on the sides that it has."""
    sides: dict[str, list[str]] = {}
    for test in session.tests:
        sides.setdefault(test["movement"], []).append(test["side"] or "")
    known = [(item, tuple(filter(None, sides[name]))) for name, item in catalogue.movements.items() if name in sides]
    return _primary_choices(session, known)


def _primary_choices(session: Session, tests: Sequence[tuple[Movement, tuple[str, ...]]]) -> tuple[PrimaryChoice, ...]:
    """One for each test; before them another outcome that was named already (by the API, or on an older page)."""
    choices = [_primary_choice(*test) for test in tests]
    value, _ = primary_named(session)
    if value and value not in {choice.value for choice in choices}:
        choices = [*(_named_otherwise(*test, value) for test in tests if test[0].name == value.split("/")[0]), *choices]
    return tuple(choices)


def primary_named(session: Session) -> tuple[str, str]:
    """(value of a `PrimaryChoice`, side) of what is named; both empty for nothing."""
    named = session.primary or {}
    return (f"{named['movement']}/{named['outcome']}", named.get("side") or "") if named else ("", "")


def felt_questions(session: Session, phase: str, catalogue: Catalogue) -> tuple[FeltQuestions, ...]:
    """A row for each test that is planned or was filmed in the block."""
    planned = {(test["movement"], test["side"] or "") for test in session.tests}
    filmed = {(take.movement, take.side) for take in session.takes if take.phase == phase}
    told = {(item["movement"], item["side"] or ""): item for item in session.felt if item.get("phase", "pre") == phase}
    return tuple(
        FeltQuestions(
            trial_key(movement, side),
            movement,
            side,
            catalogue.movements[movement].title,
            catalogue.movements[movement].side_phrase(side),
            told.get((movement, side), {}),
        )
        for movement, side in catalogue.every_trial()
        if (movement, side) in planned | filmed
    )


def _choice(movement: Movement, chosen: set[str]) -> TrialChoice:
    sides = [str(side) for side in movement.sides] or [""]
    keys = [trial_key(movement.name, side) for side in sides]
    words = [first_upper(movement.side_phrase(side)) or phrase("Both legs together") for side in sides]
    return TrialChoice(movement, tuple((key, word, key in chosen) for key, word in zip(keys, words, strict=True)))


def _primary_choice(movement: Movement, sides: tuple[str, ...]) -> PrimaryChoice:
    outcome = next((item for item in movement.outcomes if item.role is Role.PRIMARY), movement.outcomes[0])
    asked = phrase("{question} ({test})", question=movement.question, test=movement.title)
    words = asked if movement.question else _outcome_words(movement, outcome)
    return PrimaryChoice(f"{movement.name}/{outcome.name}", words, movement.name, sides)


def _named_otherwise(movement: Movement, sides: tuple[str, ...], value: str) -> PrimaryChoice:
    words = next(
        (_outcome_words(movement, item) for item in movement.outcomes if value.endswith(f"/{item.name}")), value
    )
    return PrimaryChoice(value, words, movement.name, sides)


def _outcome_words(movement: Movement, outcome: Outcome) -> str:
    return phrase("{test}: {outcome}", test=movement.title, outcome=first_lower(outcome.title))
