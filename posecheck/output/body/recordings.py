"""The drawing of the bodies of one or two recordings of a test, at their end range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from posecheck.movements import Role
from posecheck.output.body.marks import MarkedAngle, plane_of
from posecheck.output.body.picture import BodyPicture, ShownBody, draw_bodies
from posecheck.output.body.posture import posture_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.output.body.posture import Posture
    from posecheck.skeleton.centres import JointCentres
    from posecheck.trial.repetitions import Repetition
    from posecheck.trial.trial import OutcomeResult, Trial

NamedRecording = tuple[str, "Trial", "JointCentres | None"]
"""What the recording is called (``Pre-test``), its trial, and its fitted joints where there are any."""
MISSING = "–"
"""Of a value that could not be measured."""


def body_picture(recordings: Sequence[NamedRecording]) -> BodyPicture | None:
    """Draw the bodies of one or two recordings of the same test at end range, over each other.

    Parameters
    ----------
    recordings : sequence of NamedRecording
        In the order of recording.

    Returns
    -------
    BodyPicture or None
        None where no recording has fitted joints and a repetition that counts.
    """
    shown = [
        (ShownBody(name, posture), trial)
        for name, trial, centres in recordings
        if (posture := end_range_posture(trial, centres)) is not None
    ]
    if not shown:
        return None
    trials = [trial for _, trial in shown]
    return draw_bodies([body for body, _ in shown], trials[0].side, tuple(_marks(trials)))


def end_range_posture(trial: Trial, centres: JointCentres | None) -> Posture | None:
    """The body in the hold of the repetition that is nearest to the mean, as in the end range picture."""
    typical = _typical_repetition(trial)
    if centres is None or typical is None:
        return None
    return posture_of(centres, typical.hold_start_s, typical.hold_end_s)


def _typical_repetition(trial: Trial) -> Repetition | None:
    primary = next((item for item in trial.outcomes if item.role is Role.PRIMARY and item.values), None)
    if primary is None:
        return None
    used = [
        item for item in trial.repetitions if item.used and math.isfinite(item.end_range.get(primary.name, math.nan))
    ]
    return min(used, key=lambda item: abs(item.end_range[primary.name] - primary.mean), default=None)


def _marks(trials: Sequence[Trial]) -> Iterator[MarkedAngle]:
    """The main measures that are angles, with what was measured in each recording."""
    for outcome in trials[0].outcomes:
        found = plane_of(outcome.column)
        if outcome.role is Role.PRIMARY and found is not None:
            values = tuple(_value(trial.outcome(outcome.name)) for trial in trials)
            yield MarkedAngle(outcome.title, found[0], outcome.side, found[1], values)


def _value(outcome: OutcomeResult) -> str:
    return f"{outcome.mean:.0f}°".replace("-", "−") if math.isfinite(outcome.mean) else MISSING
