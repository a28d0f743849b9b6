"""What makes an end range doubtful although no gate rejected its recording, and what of that is too much for a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.comparison.blocks import named_takes
from posecheck.language import phrase, without_stop
from posecheck.trial.quality import GateStatus
from posecheck.trial.sight import POOR_VISIBILITY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.trial.trial import OutcomeResult, Trial

NEARLY_ALL_FILLED = 0.25
"""Where less of the holds than this was measured, nearly all of them is interpolated: the shape of such a hold is the
interpolation's own, and says nothing of the person (chosen by us)."""
ANGLE_GATES = ("yaw", "roll")
"""The gates that warn of a wrong angle: a camera that stands aside or leans."""


def filled_reasons(takes: Sequence[Trial], outcome: str, block: str) -> list[str]:
    """Takes whose holds are nearly all interpolated: they stand against calling a difference anything."""
    return [
        phrase(
            "{name}: nearly all of the hold was filled in, only {percent:.0f} % of it was measured",
            name=name,
            percent=100 * found.measured_share,
        )
        for trial, name in named_takes(block, takes)
        if (found := trial.outcome(outcome)).values and found.measured_share < NEARLY_ALL_FILLED
    ]


def doubts(takes: Sequence[Trial], outcome: str, block: str) -> list[str]:
    """What has to be said beside a difference, or even in the headline: the angle may be wrong."""
    return [
        words for trial, name in named_takes(block, takes) for words in _doubts(trial, trial.outcome(outcome), name)
    ]


def _doubts(trial: Trial, outcome: OutcomeResult, name: str) -> Iterator[str]:
    if outcome.visibility < POOR_VISIBILITY:
        yield phrase(
            "{name}: body points of this angle were poorly seen, so that it rests partly on a guess", name=name
        )
    for gate in trial.gates:
        if gate.name in ANGLE_GATES and gate.status is GateStatus.WARN:
            yield phrase("{name}: the angle may be wrong. {words}", name=name, words=without_stop(gate.words))
