"""What must be said about a trial besides its numbers, in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.language import counted, joined, phrase
from posecheck.trial.repetitions import WANTED_REPETITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posecheck.pose.landmarks import Landmark
    from posecheck.trial.repetitions import Repetition
    from posecheck.trial.sight import Sight
    from posecheck.trial.trial import OutcomeResult


def outcome_notes(outcomes: tuple[OutcomeResult, ...], seen: Mapping[str, Sight]) -> tuple[str, ...]:
    """What must be said about the outcomes: which is missing and why, and which rests on points that were seen poorly."""
    notes = [
        phrase("{outcome}: not measured, since {reason}.", outcome=item.title, reason=item.missing)
        for item in outcomes
        if item.missing
    ]
    poor: dict[Landmark, list[str]] = {}
    for item in outcomes:
        if item.values and seen[item.name].poor:
            poor.setdefault(seen[item.name].worst, []).append(item.title)
    for mark, titles in poor.items():
        visibility = min(seen[item.name].visibility for item in outcomes if item.title in titles)
        notes.append(
            phrase(
                "The {point} was poorly seen during the holds ({sure_pct:.0f} % sure that it is in sight), so that these "
                "rest partly on a guess: {outcomes}.",
                point=mark.words,
                sure_pct=100 * visibility,
                outcomes=joined(titles, ", "),
            )
        )
    return tuple(notes)


def repetition_notes(repetitions: tuple[Repetition, ...]) -> tuple[str, ...]:
    """What must be said about the repetitions: too few, without a hold, rejected."""
    used = [item for item in repetitions if item.used]
    notes = [
        phrase("Repetition {number} was not used: {reason}.", number=item.number, reason=item.reason)
        for item in repetitions
        if not item.used
    ]
    if len(used) < WANTED_REPETITIONS:
        notes.append(_FEW_WORDS[len(used)])
    unheld = [str(item.number) for item in used if not item.held]
    if unheld:
        notes.append(
            counted(
                "Repetition {numbers} had no hold of 1.5 s: the peak was taken instead, which reads a little too large. "
                "Hold the end position for 2 to 3 seconds.",
                "Repetitions {numbers} had no hold of 1.5 s: the peak was taken instead, which reads a little too large. "
                "Hold the end position for 2 to 3 seconds.",
                count=len(unheld),
                numbers=", ".join(unheld),
            )
        )
    return tuple(notes)


_FEW_WORDS = (
    phrase("No repetition could be used; three or more give a smaller error. The error bars allow for it."),
    phrase("One repetition could be used; three or more give a smaller error. The error bars allow for it."),
    phrase("Two repetitions could be used; three or more give a smaller error. The error bars allow for it."),
)
"""By how many could be used."""
