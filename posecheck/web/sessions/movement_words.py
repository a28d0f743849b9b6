"""What a test and its side are called on the pages and in forms: "Runner's lunge, left leg behind"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.language import joined

if TYPE_CHECKING:
    from posecheck.movements import Movement
    from posecheck.movements.catalogue import Catalogue


def trial_words(movement: Movement, side: str | None) -> str:
    """``Runner's lunge, left leg behind``."""
    return joined([movement.title, movement.side_phrase(side)], ", ")


def trial_key(movement: str, side: str | None) -> str:
    """``runners-lunge.left``: a test and side as one value of a form."""
    return f"{movement}.{side}" if side else movement


def trial_options(catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """Every test and side to choose from: its key, and what it is called."""
    return tuple(
        (trial_key(name, side), trial_words(catalogue.movements[name], side)) for name, side in catalogue.every_trial()
    )
