"""Tables about the error of a change for the documentation: what is expected, with its sources, and what a plan can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.comparison.planning import (
    REPETITIONS,
    chance_to_find,
    detectable_change_deg,
    main_outcomes,
    planned_difference,
)
from posecheck.comparison.priors import ANY, ErrorSource, Prior, priors_of, priors_table
from posecheck.movements import builtin_movements

if TYPE_CHECKING:
    from collections.abc import Sequence

TRUE_CHANGE_DEG = 8.0
"""In the middle of what stretching is said to gain within one session."""
KIND_WORDS = {
    ErrorSource.CAMERA: "The camera, put back by hand, and the pose model: one take",
    ErrorSource.PERSON: "The person, who takes up the position again: one take",
    ErrorSource.DAY: "The person on another day, in place of the row above: one take",
    ErrorSource.REPETITION: "One repetition against the next within a take",
    ErrorSource.SIDES: "Camera and model for a difference of left and right",
}


MOVED_WORDS = (
    "What a camera that moved adds to the error of a change, beyond 5 degrees of turn, 5 % of size and 2 degrees of "
    "tilt"
)


def priors_tables() -> str:
    """Every row of the table of expected errors, kind by kind, and what a moved camera adds."""
    rows = priors_table().values()
    parts = [f"*{words}.*\n\n{_kind([row for row in rows if row.kind is kind])}" for kind, words in KIND_WORDS.items()]
    moved = [row for row in rows if row.per_yaw or row.per_scale or row.per_roll]
    return "\n\n".join(
        [
            *parts,
            f"*{MOVED_WORDS}.*\n\n{_moved(moved)}",
        ]
    )


def _kind(rows: Sequence[Prior]) -> str:
    return _table(
        ("test", "outcome", "standard deviation", "degrees of freedom", "source"),
        [
            (_named(row.movement), _named(row.outcome), f"{row.sd_deg:g}°", f"{row.freedom:g}", row.source)
            for row in rows
        ],
    )


def _moved(rows: Sequence[Prior]) -> str:
    return _table(
        ("test", "outcome", "for each degree of turn", "for each percent of size", "for each degree of tilt"),
        [
            (
                _named(row.movement),
                _named(row.outcome),
                f"{row.per_yaw:g}°",
                f"{row.per_scale:g}°",
                f"{row.per_roll:g}°",
            )
            for row in rows
        ],
    )


def _named(name: str) -> str:
    return "any other" if name == ANY else name.replace("_", " ")


def planning_table() -> str:
    """Smallest detectable change of every main outcome by takes, and how often a true change shows."""
    rows = []
    for movement in builtin_movements().values():
        for outcome in main_outcomes(movement):
            names = movement.name, outcome.name
            smallest = [f"{detectable_change_deg(*names, takes, takes):.1f}" for takes in (1, 2, 3, 4)]
            plans = [planned_difference(*names, takes, takes) for takes in (1, 2)]
            found = [f"{chance_to_find(TRUE_CHANGE_DEG, plan):.0%}" for plan in plans]
            rows.append((movement.title, outcome.title, *smallest, *found))
    takes = ("1 take", "2 takes", "3 takes", "4 takes")
    return _table(("test", "outcome", *takes, "8° shows with 1 take", "with 2 takes"), rows)


def smallest_changes_list() -> str:
    """From which to which number of degrees the smallest detectable changes of all tests reach, by takes."""
    lines = (f"- **{range_words(takes)} degrees** with {words}" for takes, words in TAKES_WORDS.items())
    return ",\n".join(lines) + "."


TAKES_WORDS = {1: "one take before and one after", 2: "two takes each", 3: "three takes each"}


def range_words(takes: int) -> str:
    """Smallest and largest of the smallest detectable changes of all main outcomes: ``7 to 9``."""
    found = [
        detectable_change_deg(movement.name, outcome.name, takes, takes)
        for movement in builtin_movements().values()
        for outcome in main_outcomes(movement)
    ]
    return f"{min(found):.0f} to {max(found):.0f}"


def error_shares() -> str:
    """What the error of a change consists of with one take before and after, over all main outcomes."""
    shares: dict[str, list[float]] = {"the person": [], "the camera and the pose model": [], "repetitions": []}
    for movement in builtin_movements().values():
        for outcome in main_outcomes(movement):
            priors = priors_of(movement.name, outcome.name)
            parts = priors.person.sd_deg**2, priors.camera.sd_deg**2, priors.repetition.sd_deg**2 / REPETITIONS
            for found, part in zip(shares.values(), parts, strict=True):
                found.append(part / sum(parts))
    words = [f"{min(found):.0%} to {max(found):.0%} from {name}" for name, found in shares.items()]
    return f"Of its variance come {', '.join(words[:-1])}, and {words[-1]}, depending on the test."


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
