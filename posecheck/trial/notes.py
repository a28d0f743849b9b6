"""What must be said about a trial besides its numbers, in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.trial.repetitions import WANTED_REPETITIONS
from posecheck.trial.sight import point_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posecheck.pose.landmarks import Landmark
    from posecheck.trial.repetitions import Repetition
    from posecheck.trial.sight import Sight
    from posecheck.trial.trial import OutcomeResult


def outcome_notes(outcomes: tuple[OutcomeResult, ...], seen: Mapping[str, Sight]) -> tuple[str, ...]:
    """What must be said about the outcomes: which is missing and why, and which rests on points that were seen poorly."""
    notes = [f"{item.title}: not measured, since {item.missing}." for item in outcomes if item.missing]
    poor: dict[Landmark, list[str]] = {}
    for item in outcomes:
        if item.values and seen[item.name].poor:
            poor.setdefault(seen[item.name].worst, []).append(item.title)
    for mark, titles in poor.items():
        visibility = min(seen[item.name].visibility for item in outcomes if item.title in titles)
        notes.append(
            f"The {point_words(mark)} was poorly seen during the holds ({100 * visibility:.0f} % sure that it is in sight), "
            f"so that these rest partly on a guess: {', '.join(titles)}."
        )
    return tuple(notes)


def repetition_notes(repetitions: tuple[Repetition, ...]) -> tuple[str, ...]:
    """What must be said about the repetitions: too few, without a hold, rejected."""
    used = [item for item in repetitions if item.used]
    notes = [f"Repetition {item.number} was not used: {item.reason}." for item in repetitions if not item.used]
    if len(used) < WANTED_REPETITIONS:
        count = {0: "No repetition", 1: "One repetition", 2: "Two repetitions"}[len(used)]
        notes.append(f"{count} could be used; three or more give a smaller error. The error bars allow for it.")
    unheld = [str(item.number) for item in used if not item.held]
    if unheld:
        which = "Repetition " + unheld[0] if len(unheld) == 1 else "Repetitions " + ", ".join(unheld)
        notes.append(
            f"{which} had no hold of 1.5 s: the peak was taken instead, which reads a little too large. "
            "Hold the end position for 2 to 3 seconds."
        )
    return tuple(notes)
