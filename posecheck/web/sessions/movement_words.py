"""What a test and its side are called on the pages: "Runner's lunge, left leg behind"."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from posecheck.movements import builtin_movements

if TYPE_CHECKING:
    from posecheck.movements import Movement


@lru_cache(maxsize=1)
def movements() -> dict[str, Movement]:
    """The tests, read once a server."""
    return builtin_movements()


def movement_title(movement: str) -> str:
    """``Runner's lunge``; a test that this version does not know keeps its name."""
    known = movements().get(movement)
    return known.title if known else movement


def side_words(movement: str, side: str | None) -> str:
    """``left leg behind``; empty for a test that is not done once per side."""
    known = movements().get(movement)
    return known.side_phrase(side) if known else f"{side} side" if side else ""


def trial_words(movement: str, side: str | None) -> str:
    """``Runner's lunge, left leg behind``."""
    return ", ".join(filter(None, (movement_title(movement), side_words(movement, side))))


def trial_key(movement: str, side: str | None) -> str:
    """``runners-lunge.left``: a test and side as one value of a form."""
    return f"{movement}.{side}" if side else movement


@lru_cache(maxsize=1)
def every_trial() -> tuple[tuple[str, str], ...]:
    """(movement, side) of every test, in the order of the protocol; side empty where there is none."""
    return tuple((name, str(side)) for name, movement in movements().items() for side in movement.sides or ("",))
