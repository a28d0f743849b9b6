"""Angles of the last moments, as the stages for recordings measure them: cleaned over a short window."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Side, mark_of
from posecheck.movements import Role
from posecheck.pose.landmarks import LANDMARK_COUNT, Landmark, LandmarkSeries, Pose, SeriesSource
from posecheck.trial.reading import TrialMotion, needed_landmarks, read_trial_motion, tested_side, view_of_test

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.kinematics.view import View
    from posecheck.movements import AngleRef, Movement, Outcome

WINDOW_S = 2.0
"""Landmarks are cleaned over this much: long enough for the legs to be told apart (chosen by us)."""
FRESH_S = 0.3
"""An angle older than this is no longer the angle now (chosen by us)."""

Row = tuple[float, Pose | None]
"""Time of a picture in seconds, and the person in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Window(TrialMotion):
    """The last two seconds: the motion in them, and the landmarks as the estimator gave them."""

    raw: LandmarkSeries

    def signal(self, ref: AngleRef) -> NDArray[np.float64]:
        """(n,) an angle of the movement, turned so that more range is a larger number."""
        return signal_of(self.table, ref, self.tested)

    def now_deg(self, ref: AngleRef) -> float:
        """An angle of the movement in the last picture, NaN where it is not seen."""
        values, time_s = self.signal(ref), self.table.time_s
        known = np.flatnonzero(np.isfinite(values))
        fresh = known.size > 0 and time_s[-1] - time_s[known[-1]] <= FRESH_S
        return float(values[known[-1]]) if fresh else float("nan")


class LiveMeasure:
    """Keeps the last poses and measures them anew with each picture."""

    def __init__(self, movement: Movement, side: Side | None) -> None:
        self._movement, self._side = movement, side
        self._rows: deque[Row] = deque()
        self._frozen: View | None = None

    def push(self, time_s: float, pose: Pose | None, source: SeriesSource) -> Window | None:
        """Take the pose of a picture; None while nobody has been seen for the whole window."""
        self._rows.append((time_s, pose))
        while self._rows[0][0] < time_s - WINDOW_S:
            self._rows.popleft()
        if all(row[1] is None for row in self._rows):
            return None
        raw = series_of(self._rows, source)
        view = self._frozen or view_of_test(raw, self._movement)
        return measure(raw, self._movement, self._side, view, live=True)

    def rows_since(self, time_s: float) -> tuple[Row, ...]:
        """The pictures from a time on, as far as they are still in the window."""
        return tuple(row for row in self._rows if row[0] >= time_s)

    def freeze(self, view: View) -> None:
        """Keep to a view: no angle can change its sign within a trial."""
        self._frozen = view

    def thaw(self) -> None:
        """Look for the view again."""
        self._frozen = None

    def forget(self) -> None:
        """Start anew: the picture has another shape."""
        self._rows.clear()
        self._frozen = None


def measure(raw: LandmarkSeries, movement: Movement, side: Side | None, view: View, *, live: bool = False) -> Window:
    """Read a series as a recording is read.

    Parameters
    ----------
    raw : LandmarkSeries
    movement : Movement
    side : Side, optional
    view : View
    live : bool
        Leave out the points and the angles that nothing live rests on (hands, mouth): half of the work.
    """
    chosen, only = raw, None
    if live:
        chosen = _only(raw, _BODY | set(needed_landmarks(movement, tested_side(movement, side, view))))
        only = _live_angles(movement)
    motion = read_trial_motion(chosen, movement, side, view=view, only=only, quick=True)
    return Window(motion.view, motion.clean, motion.table, motion.tested, raw)


def signal_of(table: AngleTable, ref: AngleRef, tested: Side) -> NDArray[np.float64]:
    """(n,) an angle of a movement over time, turned so that more range is a larger number."""
    return np.asarray(ref.factor(tested) * table.values[ref.column(tested)].to_numpy(dtype=np.float64))


def main_outcome(movement: Movement) -> Outcome:
    """The outcome that is shown while the test goes on: the first primary one."""
    return next(outcome for outcome in movement.outcomes if outcome.role is Role.PRIMARY)


def series_of(rows: Sequence[Row] | deque[Row], source: SeriesSource) -> LandmarkSeries:
    """Poses over time as a series, NaN where nobody was found."""
    xy, xyz = np.full((len(rows), LANDMARK_COUNT, 2), np.nan), np.full((len(rows), LANDMARK_COUNT, 3), np.nan)
    visibility = np.full((len(rows), LANDMARK_COUNT), np.nan)
    for k, (_, pose) in enumerate(rows):
        if pose is not None:
            xy[k], xyz[k], visibility[k] = pose.xy_px, pose.xyz_m, pose.visibility
    return LandmarkSeries(np.array([time_s for time_s, _ in rows]), xy, xyz, visibility, source)


_BODY = {
    *(mark_of(part, side) for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle") for side in Side),
    *(mark_of(part, side) for part in ("heel", "foot_index", "eye", "ear") for side in Side),
    Landmark.NOSE,
}


def _live_angles(movement: Movement) -> set[str]:
    refs = (movement.repetition.ref, main_outcome(movement).ref, *(rule.ref for rule in movement.start))
    return {ref.angle for ref in refs}


def _only(series: LandmarkSeries, marks: set[Landmark]) -> LandmarkSeries:
    hidden = [mark for mark in Landmark if mark not in marks]
    xy = series.xy_px.copy()
    xy[:, hidden] = np.nan
    return replace(series, xy_px=xy)
