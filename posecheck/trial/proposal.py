"""Which test a recording shows, and of which side, told from the movement itself: a proposal to confirm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Plane, Side, mark_of
from posecheck.kinematics.upright import read_turns
from posecheck.language import first_lower, phrase, without_brackets
from posecheck.movements import builtin_movements
from posecheck.trial.seen import Seen, ramp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posecheck.movements import Movement
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.pose.recording import Recording

SURE = 0.6
"""From this confidence on a proposal is called sure (chosen by us)."""
POSSIBLE = 0.2
"""Below this a test is not proposed at all (chosen by us)."""
DOUBTFUL = 0.5
"""A proposal from a picture that may lie on its side is no surer than this (chosen by us, below `SURE`)."""
MOST_SEEN, VISIBLE = 0.8, 0.5
"""Another test is told where the body is seen in this share of the pictures; below this visibility a point is guessed (both
chosen by us)."""
MIN_FRAMES = 10
"""Fewer pictures with a person show no movement (chosen by us)."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One test that it could be.

    Attributes
    ----------
    movement : str
        Name of the test.
    side : Side or None
        The tested leg; None for a test that is not done once per side, or where it cannot be told.
    confidence : float
        0 to 1, how well the recording fits; no probability.
    """

    movement: str
    side: Side | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a recording seems to show.

    Attributes
    ----------
    movement : str
        Name of the test, empty where none fits.
    side : Side or None
    confidence : float
        As of the best guess.
    words : str
        For the person who confirms: "Runner's lunge, right leg behind."
    alternatives : tuple of Guess
        What else it could be, the likeliest first.
    """

    movement: str
    side: Side | None
    confidence: float
    words: str
    alternatives: tuple[Guess, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether confirming is a formality."""
        return self.confidence >= SURE


def propose_test(recording: Recording, movements: Iterable[Movement] | None = None) -> Proposal:
    """Propose test and side.

    Parameters
    ----------
    recording : Recording
        Landmarks of one take of one test.
    movements : iterable of Movement, optional
        The tests that it may be; by default those that posecheck brings. One without rules to recognise it by is never
        proposed.

    Returns
    -------
    Proposal
        Without a movement where nothing fits, or where the picture has to be turned first. A mirrored file cannot be
        noticed: its sides are exchanged.

    Notes
    -----
    The rules stand in the movement files: view, lying or standing, how far apart the feet are, and which angle moves.
    `benchmarks/proposal.py` shows how they fare.
    """
    series = recording.series
    if int(series.found.sum()) < MIN_FRAMES:
        return Proposal(
            "", None, 0.0, phrase("Too little of a person can be seen to tell which test this is: choose it yourself.")
        )
    turns = read_turns(series)
    if turns.needed_deg():
        return Proposal("", None, 0.0, phrase("The picture lies on its side, or is upside down: turn it first."))
    known = {item.name: item for item in (builtin_movements().values() if movements is None else movements)}
    seen = Seen.of(series)
    found = [guess for movement in known.values() if (guess := _guess(movement, seen))]
    if turns.doubtful_deg:  # somebody who lies, in a picture on its side, looks like somebody who stands on one leg
        found = [replace(guess, confidence=min(guess.confidence, DOUBTFUL)) for guess in found]
    guesses = sorted(found, key=_unlikeliness)
    if not guesses or guesses[0].confidence < POSSIBLE:
        confidence = guesses[0].confidence if guesses else 0.0
        return Proposal(
            "", None, confidence, phrase("This does not look like any of the known tests: choose it yourself.")
        )
    best, *others = guesses
    alternatives = tuple(guess for guess in others if guess.confidence >= POSSIBLE)
    return Proposal(best.movement, best.side, best.confidence, _words(best, known[best.movement]), alternatives)


def propose_instead(recording: Recording, movement: Movement) -> Proposal | None:
    """The test that a recording shows instead of the one it is said to be; None where it may well be that one.

    Only for tests that posecheck brings: what a test of the user's own looks like, the user knows better. Feet that are
    further apart than they should be make no other test of a movement that fits. Nor is it told of a body half hidden, whose
    points the model guesses.
    """
    rules = movement.recognition
    if rules is None or builtin_movements().get(movement.name) != movement:
        return None
    proposal = propose_test(recording)
    if not proposal.sure or proposal.movement == movement.name or _seen_share(recording.series) < MOST_SEEN:
        return None
    seen = Seen.of(recording.series)
    moves = min(_does(movement, seen), seen.stands("wide") if rules.stance == "wide" else 1.0)
    return proposal if moves < SURE and min(moves, seen.stands(rules.stance)) < POSSIBLE else None


def _seen_share(series: LandmarkSeries) -> float:
    """Share of the pictures in which one side of the body is seen from shoulder to ankle."""
    parts = ("shoulder", "hip", "knee", "ankle")
    sides = [series.visibility[:, [mark_of(part, side) for part in parts]].min(axis=1) for side in Side]
    return float(np.mean(np.nan_to_num(np.maximum(*sides)) >= VISIBLE))


def _unlikeliness(guess: Guess) -> float:
    return -guess.confidence


def _words(guess: Guess, movement: Movement) -> str:
    name = without_brackets(movement.title)
    leg = movement.side_phrase(guess.side)
    if guess.confidence >= SURE:
        return phrase("{test}, {leg}.", test=name, leg=leg) if leg else phrase("{test}.", test=name)
    test = first_lower(name)
    test = phrase("an {test}", test=test) if name[0] in "AEIOU" else phrase("a {test}", test=test)
    if leg:
        return phrase("Looks like {test}, {leg}; please check.", test=test, leg=leg)
    if movement.sides:
        return phrase("Looks like {test}; the side cannot be told; please check.", test=test)
    return phrase("Looks like {test}; please check.", test=test)


def _guess(movement: Movement, seen: Seen) -> Guess | None:
    rules = movement.recognition
    if rules is None:
        return None
    fits = min(
        seen.from_side if movement.plane is Plane.SAGITTAL else 1.0 - seen.from_side,
        seen.stands(rules.stance),
        _does(movement, seen),
    )
    if rules.side is None:
        return Guess(movement.name, None, fits)
    leftness = seen.leftness(rules.side)
    clear = ramp(abs(leftness), 0.1, 0.5)
    # Without its side a test is proposed all the same, but never called sure.
    return Guess(movement.name, _side_of(leftness) if clear > 0 else None, fits * (0.5 + 0.5 * clear))


def _does(movement: Movement, seen: Seen) -> float:
    """How well the person lies or stands and moves as in the test, 0 to 1."""
    rules = movement.recognition
    if rules is None:
        return 0.0
    tested = _side_of(seen.leftness(rules.side) if rules.side else 0.0)
    return min(
        float(seen.lying is movement.lying),
        *(ramp(seen.measure(rule, tested), rule.no_deg, rule.yes_deg) for rule in rules.angles),
    )


def _side_of(leftness: float) -> Side:
    return Side.LEFT if leftness > 0 else Side.RIGHT
