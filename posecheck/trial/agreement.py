"""Do the repetitions of a trial agree? One that lies far from the others is pointed out, whatever its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.language import first_lower, phrase
from posecheck.movements import Role
from posecheck.trial.quality import GateStatus, QualityGate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.movements import Movement, Outcome
    from posecheck.trial.repetitions import Repetition

FAR_DEG, FAR_SHARE = 5.0, 0.15
"""Further than this from the middle of the others, and than this share of it, is far: people who repeat a slow movement
differ by 1 to 3 degrees from one to the next (chosen by us)."""


def agreement_gate(movement: Movement, repetitions: Sequence[Repetition]) -> QualityGate:
    """Whether the end ranges of the repetitions that count are alike, for each primary outcome.

    Parameters
    ----------
    movement : Movement
    repetitions : sequence of Repetition
    """
    used = [item for item in repetitions if item.used]
    primary = [outcome for outcome in movement.outcomes if outcome.role is Role.PRIMARY]
    found = [away for outcome in primary for away in _distances(outcome, used)]
    largest = max((abs(end - middle) for *_, end, middle in found), default=float("nan"))
    far = [away for away in found if abs(away[2] - away[3]) > max(FAR_DEG, FAR_SHARE * abs(away[3]))]
    title = phrase("Repetitions alike")
    if not far:
        words = (
            phrase("The repetitions agree.")
            if found
            else phrase("Could not be told from this recording.")  # one repetition has nothing to agree with
        )
        return QualityGate("agreement", title, GateStatus.PASS, largest, "deg", words)
    outcome, repetition, end, middle = max(far, key=lambda away: abs(away[2] - away[3]))
    words = phrase(
        "In repetition {number}, {outcome} reached {end:.0f} degrees, in the others about {middle:.0f}. Look at it in the "
        "video, and leave it out if it was not meant.",
        number=repetition.number,
        outcome=first_lower(outcome.title),
        end=end,
        middle=middle,
    )
    return QualityGate("agreement", title, GateStatus.WARN, largest, "deg", words)


def _distances(outcome: Outcome, used: Sequence[Repetition]) -> list[tuple[Outcome, Repetition, float, float]]:
    """Each repetition's end range with the median of the others'."""
    known = [(item, item.end_range[outcome.name]) for item in used if np.isfinite(item.end_range[outcome.name])]
    return [
        (outcome, item, end, float(np.median([other for beside, other in known if beside is not item])))
        for item, end in known
        if len(known) > 1
    ]
