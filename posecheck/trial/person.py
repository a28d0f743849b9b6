"""Is it plain who was followed? Of several people, or of somebody half in the picture, no number may look certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import WHICH_PERSON, RecordingError
from posecheck.language import joined, phrase
from posecheck.pose.follow import LOST, UNCLEAR
from posecheck.trial.quality import GateStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.pose.landmarks import CleanSeries
    from posecheck.pose.recording import Recording
    from posecheck.trial.quality import QualityGate

MAX_CUT_OFF_SHARE = 0.2
"""Cut off by the picture's edge for more of the time than this: not whole; as the gate that rejects it (chosen by us)."""
MAX_LOST_SHARE = 0.2
"""Out of sight for more of the time than this, while others are there: it is not sure that it was one person all the time
(chosen by us)."""
HALF_SEEN_GATES = ("in_frame", "seen")


def require_nearest(recording: Recording, *, chosen: bool) -> None:
    """Refuse a recording in which somebody cut off is much nearer than the person who was followed, unless chosen.

    Raises
    ------
    RecordingError
    """
    if not chosen and any(event.kind == UNCLEAR for event in recording.events):
        raise _not_plain(recording, phrase("the nearest one is cut off by the edge of the picture"))


def require_plain_person(recording: Recording, clean: CleanSeries, *, chosen: bool) -> None:
    """Refuse a recording of several people of whom none was chosen, where it is not plain whom to follow.

    Parameters
    ----------
    recording : Recording
    clean : CleanSeries
        Its body points, cleaned.
    chosen : bool
        The person was chosen by the user: then nothing is refused.

    Raises
    ------
    RecordingError
        Says why it is not plain.
    """
    if chosen or recording.people < 2:
        return
    reason = _why_not_plain(recording, clean)
    if reason:
        raise _not_plain(recording, reason)


def half_seen_words(gates: Sequence[QualityGate]) -> str:
    """That the body was half out of sight, so that its points were guessed; empty where it was not."""
    return joined(gate.words for gate in gates if gate.name in HALF_SEEN_GATES and gate.status is GateStatus.REJECT)


def doubted(error: RecordingError, people: int, *, chosen: bool) -> RecordingError:
    """The refusal of a recording, with the likely cause first where several people were in it and none was chosen."""
    if chosen or people < 2 or error.advice is WHICH_PERSON:
        return error
    words = phrase(
        "{people} people are in the picture, and the one who was followed may not be the one who does the test. Of that "
        "one: {words}",
        people=people,
        words=error.words,
    )
    # A picture that lies on its side does so for everybody in it.
    return type(error)(words, error.advice if error.advice and error.advice.code == "turned" else WHICH_PERSON)


def _not_plain(recording: Recording, reason: str) -> RecordingError:
    words = phrase(
        "{people} people are in the picture, and it is not plain who does the test: {reason}.",
        people=recording.people,
        reason=reason,
    )
    return RecordingError(words, WHICH_PERSON)


def _why_not_plain(recording: Recording, clean: CleanSeries) -> str:
    cut_off = clean.event_share("out_of_frame")
    if cut_off > MAX_CUT_OFF_SHARE:
        return phrase(
            "the one who was followed was cut off by the edge of the picture for {share:.0f} % of the time",
            share=100 * cut_off,
        )
    lost = _lost_share(recording)
    if lost > MAX_LOST_SHARE:
        return phrase(
            "the one who was followed was out of sight, or others were in the way, for {share:.0f} % of the time",
            share=100 * lost,
        )
    return ""


def _lost_share(recording: Recording) -> float:
    """Share of the time, from the first sight of the person to the last, in which they were lost."""
    seen_s = recording.series.time_s[recording.series.found]
    if len(seen_s) < 2:
        return 0.0
    lost_s = sum(
        max(0.0, min(event.end_s, seen_s[-1]) - max(event.start_s, seen_s[0]))
        for event in recording.events
        if event.kind == LOST
    )
    return float(np.clip(lost_s / (seen_s[-1] - seen_s[0]), 0.0, 1.0))
