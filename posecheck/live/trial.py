"""The trial so far: its landmarks, its angle over time, and its repetitions by the rule for recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import RecordingError
from posecheck.live.measure import Row, Window, measure, series_of
from posecheck.trial.repetitions import find_repetitions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from posecheck.kinematics.joints import Side
    from posecheck.movements import Movement
    from posecheck.pose.landmarks import SeriesSource
    from posecheck.trial.repetitions import Repetition

FINAL_AFTER_S = 0.8
"""An angle is measured anew with each picture until it is this old: filter and gap filling need what follows it."""
MISSED_S = 1.0
"""Of a repetition that counts live, no longer stretch may be missing (chosen by us): longer than in a recording, because
gaps grow by the time between pictures, of which the live engine sees fewer. Longer ones are told as lost."""
REST_KEPT_S = 5.0
"""Of the wait before the first repetition, only this much is kept."""


class LiveTrial:
    """Grows picture by picture, from the start position on."""

    def __init__(self, movement: Movement, side: Side | None, rows: Sequence[Row], window: Window) -> None:
        self._movement, self._side, self._view = movement, side, window.view
        self._first_s = rows[0][0]
        self._rows: list[Row] = list(rows)
        self._time_s: list[float] = []
        self._signal: list[float] = []
        self._measure_again(rows[-1][0], window)

    @property
    def time_s(self) -> NDArray[np.float64]:
        """(n,) times of the pictures."""
        return np.array(self._time_s)

    @property
    def signal(self) -> NDArray[np.float64]:
        """(n,) the angle that tells repetitions, degrees, larger is further; NaN where not seen."""
        return np.array(self._signal)

    @property
    def duration_s(self) -> float:
        """Time from the first picture to the last."""
        return self._time_s[-1] - self._time_s[0] if self._time_s else 0.0

    def push(self, row: Row, window: Window | None) -> None:
        """Take a picture's pose, and the angles of the last moments."""
        self._rows.append(row)
        self._measure_again(row[0], window)

    def drop_old_rest(self) -> None:
        """Forget all but the last moments of a long wait."""
        first_s = self._time_s[-1] - REST_KEPT_S
        skip = int(np.searchsorted(self._time_s, first_s))
        del self._time_s[:skip], self._signal[:skip]
        self._rows = [row for row in self._rows if row[0] >= first_s]

    def repetitions(self, source: SeriesSource) -> tuple[Repetition, ...]:
        """Repetitions that count, found in all landmarks of the trial as in a recording; none where there are none."""
        whole = measure(series_of(self._rows, source), self._movement, self._side, self._view)
        try:
            found = find_repetitions(whole.table, self._movement, whole.tested, max_gap_s=MISSED_S)
        except RecordingError:
            return ()
        return tuple(item for item in found if item.used)

    def _measure_again(self, now_s: float, window: Window | None) -> None:
        """Replace the angles that are not final yet."""
        if window is None:
            self._time_s.append(now_s)
            self._signal.append(float("nan"))
            return
        while self._time_s and self._time_s[-1] > now_s - FINAL_AFTER_S:
            self._time_s.pop()
            self._signal.pop()
        fresh = window.table.time_s >= self._first_s
        if self._time_s:
            fresh &= window.table.time_s > self._time_s[-1]
        self._time_s.extend(window.table.time_s[fresh].tolist())
        self._signal.extend(window.signal(self._movement.repetition.ref)[fresh].tolist())
