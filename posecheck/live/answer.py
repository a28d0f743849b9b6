"""What the live engine says about one picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from posecheck.live.framing import FramingMatch, points_to_list

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from posecheck.trial.quality import QualityGate


class LiveState(StrEnum):
    """Where the person is in the test."""

    GET_INTO_VIEW = "get_into_view"
    """Nobody is seen, or not so that the test can be measured."""
    GET_INTO_START = "get_into_start"
    """Seen well, but not still in the start position."""
    READY = "ready"
    """Still in the start position, before the first repetition or between two."""
    MOVING = "moving"
    """On the way to the end of the movement."""
    HOLDING = "holding"
    BACK = "back"
    """On the way back."""
    DONE = "done"


@dataclass(frozen=True, slots=True, eq=False)
class LiveAnswer:
    """What was seen in the last picture, and what to tell the person.

    Attributes
    ----------
    time_s : float
        The picture's time, as it was given.
    state : LiveState
    repetition, repetitions : int
        Complete repetitions that count, and how many are wanted.
    hold_s, target_hold_s : float
        Length of the hold that is going on, kept on the way back, else 0; and the length asked for.
    angle_deg : float
        The first primary outcome now, NaN where it is not seen.
    angle_title : str
    cue, words : str
        A stable key, and one plain sentence.
    speak : bool
        The words are to be said aloud now.
    gates : tuple of QualityGate
    points : (33, 2) float64
        Body points as fractions of the picture's width and height, NaN where nobody is found.
    visibility : (33,) float64
        0 to 1, NaN where nobody is found.
    holds_s : tuple of float
        Hold of each repetition that counts, by the rule for recordings; 0 without one.
    end_range_deg : tuple of float
        The first primary outcome of each repetition that counts, by the rule for recordings; NaN where not measured.
    framing_match : FramingMatch, optional
        How the person stands against the pre-test, if one was given.
    """

    time_s: float
    state: LiveState
    repetition: int
    repetitions: int
    hold_s: float
    target_hold_s: float
    angle_deg: float
    angle_title: str
    cue: str
    words: str
    speak: bool
    gates: tuple[QualityGate, ...]
    points: NDArray[np.float64]
    visibility: NDArray[np.float64]
    holds_s: tuple[float, ...] = ()
    end_range_deg: tuple[float, ...] = ()
    framing_match: FramingMatch | None = None

    @property
    def ready(self) -> bool:
        """Still in the start position, with gates that pass: a recording can begin by itself."""
        return self.state is LiveState.READY

    @property
    def done(self) -> bool:
        """All repetitions are done: the recording can end, a second later."""
        return self.state is LiveState.DONE

    def to_dict(self) -> dict[str, Any]:
        """For JSON: missing numbers are null, points have 4 digits."""
        return {
            "time_s": self.time_s,
            "state": str(self.state),
            "repetition": self.repetition,
            "repetitions": self.repetitions,
            "hold_s": round(self.hold_s, 2),
            "target_hold_s": self.target_hold_s,
            "angle_deg": _number(self.angle_deg),
            "angle_title": self.angle_title,
            "cue": self.cue,
            "words": self.words,
            "speak": self.speak,
            "gates": [_gate(gate) for gate in self.gates],
            "points": points_to_list(self.points),
            "visibility": [_number(value) for value in self.visibility],
            "holds_s": [round(value, 2) for value in self.holds_s],
            "end_range_deg": [_number(value) for value in self.end_range_deg],
            "framing_match": self.framing_match.to_dict() if self.framing_match else None,
            "ready": self.ready,
            "done": self.done,
        }


def _gate(gate: QualityGate) -> dict[str, Any]:
    return {
        "name": gate.name,
        "title": gate.title,
        "status": str(gate.status),
        "value": _number(gate.value),
        "unit": gate.unit,
        "words": gate.words,
    }


def _number(value: float) -> float | None:
    return round(float(value), 2) if math.isfinite(value) else None
