"""Times of a camera, made to grow only: clocks are changed, pictures come twice, computers sleep."""

from __future__ import annotations

import math

MAX_STEP_S = 2.0
"""A longer pause between two pictures counts as this much: nothing was seen in it either way (chosen by us)."""
MIN_STEP_S = 0.001
"""A picture later by less than this is the one before, sent twice."""
MAX_BACK_S = 1.0
"""A picture late by less than this is skipped; earlier ones come from a clock that was set back (chosen by us)."""
RESUME_STEP_S = 0.1
"""The first picture after a clock was set back counts as this much later than the one before."""


class LiveClock:
    """Turns the time of each picture into one that grows."""

    def __init__(self) -> None:
        self._given_s = self._own_s = float("nan")

    def accept(self, time_s: float) -> float | None:
        """Own time of a picture, from 0 at the first one; None for a picture to skip."""
        if not math.isfinite(time_s):
            return None
        if math.isnan(self._given_s):
            self._given_s, self._own_s = time_s, 0.0
            return 0.0
        step_s = time_s - self._given_s
        if -MAX_BACK_S < step_s < MIN_STEP_S:
            return None
        self._given_s = time_s
        self._own_s += min(step_s, MAX_STEP_S) if step_s > 0 else RESUME_STEP_S
        return self._own_s
