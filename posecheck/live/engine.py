"""The live engine: drives pose, angles, gates and repetitions over the pictures of one trial, and answers each of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np

from posecheck.live.answer import LiveAnswer, LiveState
from posecheck.live.clock import LiveClock
from posecheck.live.cues import Cue, CuePacer, Situation, choose_cue, verdict_on
from posecheck.live.framing import Framing, FramingMatch, way_to_move
from posecheck.live.gates import LiveGates, in_any_view
from posecheck.live.measure import LiveMeasure, Window, main_outcome
from posecheck.live.phase import PhaseFollower
from posecheck.live.start import STILL_S, has_posture, is_still, start_problem
from posecheck.live.trial import LiveTrial
from posecheck.pose.follow import PersonFollower
from posecheck.pose.landmarks import LANDMARK_COUNT, Landmark, Pose, SeriesSource
from posecheck.trial.quality import GateStatus, QualityGate
from posecheck.trial.requirements import require_side
from posecheck.video.frame import Frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.kinematics.joints import Side
    from posecheck.movements import Movement
    from posecheck.pose.estimator import PoseEstimator
    from posecheck.trial.repetitions import Repetition

TARGET_HOLD_S = 2.0
"""The tests ask for a hold of 2 to 3 seconds."""
IN_VIEW_S = 0.3
"""The person has come into view when seen for this long (chosen by us)."""
LOST_S = 1.0
"""Out of sight for longer than this in a trial is lost (chosen by us)."""
LEFT_S = 3.0
"""Out of sight for this long before the first repetition: the person has left, and anybody may be the next."""
PATIENCE_S = 10.0
"""For this long the trial waits in the start position for what is worth waiting for; then it begins all the same."""
WORTH_WAITING = frozenset({"one_person", "side", "place"})
"""Gates to wait for: a second person leaves, the person turns round, or comes to their place of the pre-test."""
MAX_TRIAL_S = 300.0
"""A trial ends after this long at the latest (all chosen by us)."""
SAME_ASPECT = 0.01
"""Pictures whose width over height differs by less than this share show the same, in another size (chosen by us)."""


class LiveEngine:
    """One trial in front of a camera. Not for use by several threads at once.

    Parameters
    ----------
    movement : Movement
    side : Side, optional
        The tested leg; may be left out for a test that is not done once per side.
    estimator : PoseEstimator
        Stays the caller's: close the engine before it. One estimator may serve engines one after another.
    repetitions : int
        How many are wanted.
    target_hold_s : float
        After this much of a hold the person is sent back.
    framing : Framing, optional
        Where the person stood in the pre-test.
    max_trial_s : float
        A trial ends after this long at the latest.

    Raises
    ------
    RecordingError
        The side is missing, or this test is not done on it.
    """

    def __init__(
        self,
        movement: Movement,
        side: Side | None,
        estimator: PoseEstimator,
        *,
        repetitions: int = 3,
        target_hold_s: float = TARGET_HOLD_S,
        framing: Framing | None = None,
        max_trial_s: float = MAX_TRIAL_S,
    ) -> None:
        require_side(movement, side)
        self._movement, self._side, self._estimator = movement, side, estimator
        self._wanted, self._target_hold_s, self._before = repetitions, target_hold_s, framing
        self._max_trial_s = max_trial_s
        self._outcome = main_outcome(movement)
        self._clock, self._pacer = LiveClock(), CuePacer()
        self._gates = LiveGates(movement, side, estimator)
        self._measure = LiveMeasure(movement, side)
        self._phase = PhaseFollower(movement.repetition.min_excursion_deg)
        self._source: SeriesSource | None = None
        self._trial: LiveTrial | None = None
        self._done: tuple[Repetition, ...] = ()
        self._verdict: Cue | None = None
        self._state = LiveState.GET_INTO_VIEW
        self._framing: Framing | None = None
        self._match: FramingMatch | None = None
        self._frames = 0
        self._seen_s = self._in_view_since_s = 0.0
        self._waits_since_s: float | None = None
        self._time_is_up = self._follows_somebody = False
        self._answer: LiveAnswer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def framing(self) -> Framing | None:
        """Where the person stood in the start position, None before it was taken."""
        return self._framing

    def step(self, image_rgb: NDArray[np.uint8], time_s: float) -> LiveAnswer:
        """Look at one picture.

        Parameters
        ----------
        image_rgb : (h, w, 3) uint8
            Never mirrored; 640 pixels of width are enough.
        time_s : float
            When it was taken, by any clock. A time that is not after the one before is skipped: the answer is the last one.
        """
        own_s = self._clock.accept(time_s)
        if own_s is None:
            return replace(self._answer, speak=False) if self._answer else self._answer_of(0.0, time_s, None, None, ())
        source = self._source_for(image_rgb)
        frame = Frame(self._frames, own_s, _resized(image_rgb, source))
        self._frames += 1
        pose = self._pose_in(frame)
        self._gates.look(frame, pose)
        window = self._measure.push(own_s, pose, source)
        gates = self._gates.ask(window, self._compare(window))
        self._advance(frame, pose, window, gates)
        self._answer = self._answer_of(own_s, time_s, pose, window, gates)
        return self._answer

    def close(self) -> None:
        """End the threads that watch; the estimator stays open."""
        self._gates.close()

    def _source_for(self, image_rgb: NDArray[np.uint8]) -> SeriesSource:
        """The picture size that all landmarks refer to: the first one, until the shape of the pictures changes."""
        height, width = image_rgb.shape[:2]
        source = self._source
        if source is None or abs(width / height / (source.width_px / source.height_px) - 1) > SAME_ASPECT:
            self._begin_anew()
            self._measure.forget()
            self._source = source = SeriesSource(width, height, self._estimator.name, self._estimator.model_sha256)
        return source

    def _pose_in(self, frame: Frame) -> Pose | None:
        pose = self._follower.step(frame.image_rgb, frame.time_s)
        if pose is None:
            self._in_view_since_s = frame.time_s
            if self._trial is None and self._follows_somebody and frame.time_s - self._seen_s > LEFT_S:
                self._follow_anybody()
            return None
        self._follows_somebody = True
        if frame.time_s - self._seen_s > LOST_S:
            self._in_view_since_s = frame.time_s
        self._seen_s = frame.time_s
        return pose

    def _compare(self, window: Window | None) -> FramingMatch | None:
        """How the person stands against the pre-test; kept as it was at the start while the trial goes on."""
        if self._before is None or self._trial is not None or window is None:
            return self._match
        now = Framing.of_series(window.raw, self._movement, self._gates.capture.roll_deg)
        self._match = self._before.compare(now, self._movement) if now is not None else None
        return self._match

    def _advance(self, frame: Frame, pose: Pose | None, window: Window | None, gates: tuple[QualityGate, ...]) -> None:
        if self._state is LiveState.DONE:
            return
        if self._trial is None:
            self._state = self._set_up(frame, pose, window, gates)
            return
        self._trial.push((frame.time_s, pose), window)
        self._phase.step(self._trial.time_s, self._trial.signal)
        self._state = self._phase.state
        if self._phase.over:
            self._judge()
        elif self._phase.state is LiveState.READY and not self._done:
            self._trial.drop_old_rest()
            if frame.time_s - self._seen_s > LEFT_S:
                self._begin_anew()
                return
        if self._trial.duration_s > self._max_trial_s:
            self._time_is_up, self._state = True, LiveState.DONE

    def _set_up(
        self, frame: Frame, pose: Pose | None, window: Window | None, gates: tuple[QualityGate, ...]
    ) -> LiveState:
        """The state before the trial; begins it once the person is still in the start position."""
        if pose is None or window is None:
            return LiveState.GET_INTO_VIEW if frame.time_s - self._seen_s > LOST_S else self._state
        if frame.time_s - self._in_view_since_s < IN_VIEW_S:
            return self._state
        ignored = frozenset() if has_posture(window, self._movement) else _TOLD_BY_POSTURE
        if any(gate.status is GateStatus.REJECT for gate in gates if gate.name not in ignored):
            return LiveState.GET_INTO_VIEW
        if start_problem(window, self._movement) or not is_still(window, self._movement):
            self._waits_since_s = None
            return LiveState.GET_INTO_START
        if self._waits(frame.time_s, gates):
            return LiveState.GET_INTO_START
        self._begin(frame, window, gates)
        return LiveState.READY

    def _waits(self, time_s: float, gates: tuple[QualityGate, ...]) -> bool:
        if all(gate.status is GateStatus.PASS for gate in gates if gate.name in WORTH_WAITING):
            return False
        if self._waits_since_s is None:
            self._waits_since_s = time_s
        return time_s - self._waits_since_s < PATIENCE_S

    def _begin(self, frame: Frame, window: Window, gates: tuple[QualityGate, ...]) -> None:
        rows = self._measure.rows_since(frame.time_s - STILL_S)
        self._measure.freeze(window.view)
        self._trial = LiveTrial(self._movement, self._side, rows, window)
        self._framing = Framing.of_series(window.raw, self._movement, self._gates.capture.roll_deg)
        self._gates.begin(gates, frame)

    def _follow_anybody(self) -> None:
        """Whoever helped with the camera may have left for good, in other clothes than the person to be measured."""
        self._follower = PersonFollower(self._estimator.follow, self._estimator.find_people)
        self._follows_somebody = False

    def _begin_anew(self) -> None:
        self._follow_anybody()
        self._trial, self._done, self._verdict, self._framing = None, (), None, None
        self._phase = PhaseFollower(self._movement.repetition.min_excursion_deg)
        self._measure.thaw()
        self._gates.begin_again()
        self._state = LiveState.GET_INTO_VIEW

    def _judge(self) -> None:
        """A movement came back to the start: count by the rule for recordings."""
        assert self._trial is not None
        assert self._source is not None
        before, self._done = self._done, self._trial.repetitions(self._source)
        counted = len(self._done) > len(before)
        self._verdict = verdict_on(
            counted=len(self._done) if counted else 0,
            wanted=self._wanted,
            held=counted and self._done[-1].held,
            target_hold_s=self._target_hold_s,
            far_enough=self._phase.excursion_deg >= self._movement.repetition.min_excursion_deg,
        )
        if len(self._done) >= self._wanted:
            self._state = LiveState.DONE

    def _answer_of(
        self,
        own_s: float,
        time_s: float,
        pose: Pose | None,
        window: Window | None,
        gates: tuple[QualityGate, ...],
    ) -> LiveAnswer:
        cue, speak = self._pacer.step(own_s, self._cue(own_s, window, gates))
        size = np.array([self._source.width_px, self._source.height_px]) if self._source else np.ones(2)
        missing = np.full(LANDMARK_COUNT, np.nan)
        return LiveAnswer(
            time_s=time_s,
            state=self._state,
            repetition=min(len(self._done), self._wanted),
            repetitions=self._wanted,
            hold_s=self._phase.hold_s if self._state in _IN_A_REPETITION else 0.0,
            target_hold_s=self._target_hold_s,
            angle_deg=window.now_deg(self._outcome.ref) if window is not None else float("nan"),
            angle_title=self._outcome.title,
            cue=cue.key,
            words=cue.words,
            speak=speak,
            gates=gates,
            points=pose.xy_px / size if pose is not None else np.column_stack([missing, missing]),
            visibility=pose.visibility if pose is not None else missing,
            holds_s=tuple(item.hold_s for item in self._done),
            end_range_deg=tuple(item.end_range[self._outcome.name] for item in self._done),
            framing_match=self._match,
        )

    def _cue(self, own_s: float, window: Window | None, gates: tuple[QualityGate, ...]) -> Cue:
        situation = Situation(
            state=self._state,
            unseen_s=own_s - self._seen_s,
            lost=self._trial is not None and own_s - self._seen_s > LOST_S,
            gates={gate.name: gate for gate in gates},
            way_to_middle=self._way_to_middle(window),
            start_words=start_problem(window, self._movement) if window is not None and self._trial is None else "",
            any_view=in_any_view(self._movement),
            match=self._match,
            held_enough=self._phase.longest_hold_s >= self._target_hold_s,
            verdict=self._verdict,
            time_is_up=self._time_is_up,
        )
        return choose_cue(situation, self._movement, self._side)

    def _way_to_middle(self, window: Window | None) -> str:
        if window is None:
            return ""
        hips_x = window.raw.xy_px[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 0]
        middle = float(np.nanmedian(hips_x)) / window.raw.source.width_px
        return way_to_move(self._movement, window.view.facing, 0.5 - middle)


def _resized(image_rgb: NDArray[np.uint8], source: SeriesSource) -> NDArray[np.uint8]:
    """The picture in the size that all landmarks refer to."""
    size = (source.width_px, source.height_px)
    if image_rgb.shape[1::-1] == size:
        return image_rgb
    return np.asarray(cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


_TOLD_BY_POSTURE = frozenset({"size", "centre", "yaw", "side"})
"""These mean nothing while somebody stands who is to lie down, or lies who is to stand."""
_IN_A_REPETITION = frozenset({LiveState.MOVING, LiveState.HOLDING, LiveState.BACK})
