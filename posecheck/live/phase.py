"""Where in a repetition the person is: at rest, on the way, holding, on the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.live.answer import LiveState
from posecheck.trial.excursions import MIN_EXCURSION_S
from posecheck.trial.holds import BLIP_S, HOLD_WITHIN, MAX_HOLD_SPEED_DEG_S, bridged, running_hold_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAVE_SHARE = 0.3
"""Below this share of its excursion a repetition is over: whoever waits for one does not want to wait longer (by us)."""
LEAVES_AT = 0.5
"""The person has left the start position at this share of the test's smallest excursion (chosen by us)."""
HOLD_SHOWN_S = 0.4
"""A hold is called one once it has lasted this long: nobody moves evenly (chosen by us)."""
SURE_AFTER_S = 0.15
"""The way out, the way back and the end of a repetition are believed after this long (chosen by us)."""
SAME_HOLD_S = 0.5
"""A hold that seems this much shorter than a moment ago is another one; less is its end being measured (chosen by us)."""
TREND_S = 0.3
"""The direction of a movement is told over this time."""


class PhaseFollower:
    """Follows one excursion after another; `over` is true in the one step in which an excursion ends.

    A twitch of the landmarks, neither far nor long, is none.
    """

    def __init__(self, min_excursion_deg: float) -> None:
        self._min_deg, self._leaves_deg = min_excursion_deg, LEAVES_AT * min_excursion_deg
        self._start_s = 0.0
        self._held_at_s = -np.inf
        self._base = float("nan")
        self.state = LiveState.READY
        self.hold_s = 0.0
        self.longest_hold_s = 0.0
        """Of the present excursion."""
        self.over = False
        self.excursion_deg = 0.0
        """How far the present or the last excursion went."""

    def step(self, time_s: NDArray[np.float64], signal: NDArray[np.float64]) -> None:
        """Look at the trial so far, of which the last sample is new: (n,) times and degrees."""
        self.over = False
        if not signal.size or not np.isfinite(signal[-1]):
            return
        if self.state is LiveState.READY:
            self._look_for_departure(time_s, signal)
            return
        inside = time_s >= self._start_s
        self._follow(time_s[inside], signal[inside])

    def _look_for_departure(self, time_s: NDArray[np.float64], signal: NDArray[np.float64]) -> None:
        self.hold_s = 0.0
        self._base = float(np.nanpercentile(signal, 5))
        if not (bridged(signal)[_lately(time_s)] >= self._base + self._leaves_deg).all():
            return
        at_rest = np.flatnonzero(signal <= self._base + 0.3 * self._leaves_deg)
        self._start_s = float(time_s[at_rest[-1]]) if at_rest.size else float(time_s[0])
        self.state, self.longest_hold_s = LiveState.MOVING, 0.0

    def _follow(self, time_s: NDArray[np.float64], signal: NDArray[np.float64]) -> None:
        self.excursion_deg = float(np.nanmax(signal)) - self._base
        share = (bridged(signal) - self._base) / self.excursion_deg
        lately = _lately(time_s)
        if (share[lately] < LEAVE_SHARE).all():
            self.state = LiveState.READY
            self.over = self.excursion_deg >= self._min_deg or time_s[-1] - time_s[0] >= MIN_EXCURSION_S
            return
        held_s = running_hold_s(time_s, signal, self._base)
        if held_s >= HOLD_SHOWN_S:
            same = self.state is LiveState.HOLDING and held_s > self.hold_s - SAME_HOLD_S
            self.state, self.hold_s = LiveState.HOLDING, max(held_s, self.hold_s) if same else held_s
            self.longest_hold_s = max(self.longest_hold_s, self.hold_s)
            self._held_at_s = float(time_s[-1])
            return
        trend = _trend_deg_s(time_s, signal)
        if trend < -MAX_HOLD_SPEED_DEG_S and (share[lately] < 1 - HOLD_WITHIN).all():
            self.state = LiveState.BACK
        elif trend > MAX_HOLD_SPEED_DEG_S and time_s[-1] - self._held_at_s > BLIP_S:
            self.state, self.hold_s = LiveState.MOVING, 0.0


def _lately(time_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(time_s > time_s[-1] - SURE_AFTER_S)


def _trend_deg_s(time_s: NDArray[np.float64], signal: NDArray[np.float64]) -> float:
    before = float(np.interp(time_s[-1] - TREND_S, time_s, bridged(signal)))
    return (float(signal[-1]) - before) / max(min(TREND_S, float(time_s[-1] - time_s[0])), 1e-6)
