"""The questions of recordings, asked of the last second in front of the camera."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.sources import find_source
from posecheck.language import joined, phrase
from posecheck.movements import Role
from posecheck.pose.capture import CaptureReport, CaptureWatcher
from posecheck.pose.landmarks import CleanSeries
from posecheck.pose.people_counter import PeopleCounter
from posecheck.trial.quality import GateStatus, QualityGate, check_quality, light_gate
from posecheck.trial.reading import needed_landmarks
from posecheck.trial.start_position import START_S, Posture, read_start

if TYPE_CHECKING:
    from posecheck.live.framing import FramingMatch
    from posecheck.live.measure import Window
    from posecheck.movements import Movement
    from posecheck.pose.estimator import PoseEstimator
    from posecheck.pose.landmarks import Pose
    from posecheck.video.frame import Frame

LOOK_AGAIN_S = 3.0
"""Until the trial begins, light and tilt are judged anew after this long: people level the camera (chosen by us)."""
TRUSTED_AFTER_S = 0.9
"""A new look at light and tilt counts from this age on: it has seen two pictures."""
NOT_LIVE = frozenset({"rate"})
"""How many pictures a second are answered says nothing of the recording."""
GATES_OF_START = frozenset({"yaw", "roll", "size", "centre", "side", "place"})
"""Read in the start position alone, and kept while the person moves."""


class LiveGates:
    """Asks the gates, picture by picture; until `begin`, light, tilt and place are judged anew all the time."""

    def __init__(self, movement: Movement, side: Side | None, estimator: PoseEstimator) -> None:
        self._movement, self._side = movement, side
        self._people = PeopleCounter(estimator)
        self._watcher, self._watched_since_s = CaptureWatcher(), 0.0
        self._before = self._judged = CaptureReport()
        self._glances_judged = 0
        self._of_start: dict[str, QualityGate] | None = None
        self.capture = CaptureReport()
        """Light, tilt and movement of the camera as known now."""

    def look(self, frame: Frame, pose: Pose | None) -> None:
        """Look at a picture, and the followed person in it."""
        report = self._lately(frame.time_s)
        age_s = frame.time_s - self._watched_since_s
        self.capture = report if age_s >= TRUSTED_AFTER_S or np.isnan(self._before.brightness) else self._before
        if self._of_start is None and age_s >= LOOK_AGAIN_S:
            self._before, self._watcher, self._watched_since_s = report, CaptureWatcher(), frame.time_s
        self._watcher.look(frame, pose)
        if pose is not None:
            self._people.take(frame)

    def begin(self, gates: tuple[QualityGate, ...], frame: Frame) -> None:
        """The start position is taken: keep what was read in it, and watch whether the camera moves from now on."""
        self._of_start = {gate.name: gate for gate in gates if gate.name in GATES_OF_START}
        self._before = replace(self.capture, camera_shift=float("nan"), cut_s=float("nan"), glances=())
        self._watcher, self._watched_since_s = CaptureWatcher(), frame.time_s
        self._judged, self._glances_judged = CaptureReport(), 0

    def begin_again(self) -> None:
        """The person has left, or the picture has another shape: nothing is kept any more."""
        self._of_start = None
        self._before, self._watcher = CaptureReport(), CaptureWatcher()

    def ask(self, window: Window | None, match: FramingMatch | None = None) -> tuple[QualityGate, ...]:
        """The gates for the last second; those of light alone while nobody is seen."""
        if window is None:
            return (light_gate(self.capture),)
        posture = Posture(self._movement.plane, self._movement.lying)
        lately = _last_second(window.clean)
        gates = check_quality(
            lately,
            posture,
            read_start(lately, posture, self.capture),
            self.capture,
            people=max(1, self._people.latest()),
            needed=needed_landmarks(self._movement, window.tested),
            any_view=in_any_view(self._movement),
        )
        found = [gate for gate in gates if gate.name not in NOT_LIVE]
        found += [*self._side_gate(window), *_place_gate(match)]
        kept = self._of_start or {}
        return tuple(kept.get(gate.name, gate) for gate in found)

    def close(self) -> None:
        """End the thread that counts people."""
        self._people.__exit__()

    def _lately(self, now_s: float) -> CaptureReport:
        """What the pictures told; in a trial the last second against its first, since a knock may have come back."""
        report = self._watcher.report()
        if self._of_start is not None and len(report.glances) != self._glances_judged:
            first_s = self._watched_since_s
            self._judged = report.during([(first_s, first_s + START_S), (now_s - START_S, now_s)])
            self._glances_judged = len(report.glances)
        return report if self._of_start is None else self._judged

    def _side_gate(self, window: Window) -> tuple[QualityGate, ...]:
        """One leg alone is tested from its own side; where either side will do, the one that was said is preferred."""
        near, movement = window.view.near_side, self._movement
        if movement.plane is Plane.FRONTAL or movement.rear_leg_tested or self._side is None or near is None:
            return ()
        if near is self._side:
            words = _TOWARDS[near]
            return (QualityGate("side", phrase("Side to the camera"), GateStatus.PASS, float("nan"), "", words),)
        status = GateStatus.REJECT if movement.sides else GateStatus.WARN
        words = joined([_TOWARDS[near], _TURN_TO_IT[self._side]])
        return (QualityGate("side", phrase("Side to the camera"), status, float("nan"), "", words),)


_TOWARDS = {
    Side.LEFT: phrase("The left side is towards the camera."),
    Side.RIGHT: phrase("The right side is towards the camera."),
}
_TURN_TO_IT = {
    Side.LEFT: phrase("Turn the left side to it."),
    Side.RIGHT: phrase("Turn the right side to it."),
}


def in_any_view(movement: Movement) -> bool:
    """Whether the recording's primary outcomes will be measured in space, so that a view from beside is no reason to refuse.

    What is shown live comes from the picture all the same.
    """
    primary = (outcome.ref for outcome in movement.outcomes if outcome.role is Role.PRIMARY)
    return not any(find_source(movement.source_of(ref)).in_picture for ref in primary)


def _place_gate(match: FramingMatch | None) -> tuple[QualityGate, ...]:
    if match is None:
        return ()
    status = GateStatus.PASS if match.matches else GateStatus.WARN
    words = match.words or phrase("You are where you were in the pre-test.")
    return (QualityGate("place", phrase("Same place as in the pre-test"), status, 100 * match.scale, "%", words),)


def _last_second(clean: CleanSeries) -> CleanSeries:
    series = clean.landmarks
    begin = int(np.searchsorted(series.time_s, series.time_s[-1] - START_S))
    recent = replace(
        series,
        time_s=series.time_s[begin:],
        xy_px=series.xy_px[begin:],
        xyz_m=series.xyz_m[begin:],
        visibility=series.visibility[begin:],
        filled_in=series.filled_in[begin:],
    )
    return CleanSeries(recent, clean.state[begin:], clean.swapped[begin:], clean.events)
