"""What the pages of a session's steps show, gathered from the database's rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posecheck.kinematics.joints import Side
from posecheck.movements import Role
from posecheck.web.sessions.movement_words import trial_key

if TYPE_CHECKING:
    from posecheck.movements import Movement, Outcome
    from posecheck.movements.catalogue import Catalogue
    from posecheck.storage.tables import Session

FELT_PHASES = {"pre": "before the stretch", "baseline": "in the baseline block", "retest": "after the stretch"}

TAKES_HELP = (
    "A take is one recording. With two of each test, before and after, smaller changes show. Get up and come back between "
    "them: what differs from take to take is how a position is taken up."
)


@dataclass(frozen=True, slots=True)
class TrialChoice:
    """A test on the page that chooses tests: its sides as (key, words, chosen)."""

    movement: Movement
    sides: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class FeltQuestions:
    """The two scales and the note of one test and side."""

    key: str
    movement: str
    side: str
    title: str
    side_words: str
    felt: dict[str, Any]


def session_title(session: Session) -> str:
    """Its own title, or its date."""
    return session.title or f"Session of {session.date}"


def trial_choices(session: Session, catalogue: Catalogue) -> tuple[TrialChoice, ...]:
    """All tests, and which of them this session has."""
    chosen = {trial_key(test["movement"], test["side"]) for test in session.tests}
    return tuple(_choice(movement, chosen) for movement in catalogue.movements.values())


def primary_options(session: Session, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """(``movement/side/outcome``, words) of every result of the session's tests that may be named beforehand."""
    found: dict[str, str] = {}
    for test in session.tests:
        if movement := catalogue.movements.get(str(test["movement"])):
            for outcome in movement.outcomes:
                if outcome.role is not Role.CONTEXT:
                    key, words = _primary_option(movement, outcome, str(test["side"] or ""))
                    found.setdefault(key, words)
    return tuple(found.items())


def primary_key(session: Session) -> str:
    """The option of `primary_options` that is chosen; empty for none."""
    named = session.primary or {}
    return "/".join((named["movement"], named.get("side") or "", named["outcome"])) if named else ""


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
    words = [movement.side_phrase(side).capitalize() or "Both legs together" for side in sides]
    return TrialChoice(movement, tuple((key, word, key in chosen) for key, word in zip(keys, words, strict=True)))


def _primary_option(movement: Movement, outcome: Outcome, tested: str) -> tuple[str, str]:
    side = str(outcome.ref.side(Side(tested)) or tested) if tested else ""
    where = f", {side}" if side else ""
    return f"{movement.name}/{side}/{outcome.name}", f"{movement.title}: {outcome.title.lower()}{where}"
