"""Films one trial in front of a camera: begins by itself, guides, ends by itself, and keeps what was recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol

import cv2
import numpy as np

from posecheck.cli.live_window import KEY_WORDS, Key
from posecheck.errors import CameraError
from posecheck.language import joined, phrase
from posecheck.live import LiveAnswer, LiveEngine, LiveState
from posecheck.live.measure import main_outcome
from posecheck.output.draw.live_picture import LiveScene, SceneState, draw_live, live_side
from posecheck.pose.landmarks import LANDMARK_COUNT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from posecheck.kinematics.joints import Side
    from posecheck.live import Framing
    from posecheck.movements import Movement
    from posecheck.pose.estimator import PoseEstimator
    from posecheck.video.camera import Camera
    from posecheck.video.recorder import Recorded, Recorder

AFTER_S: Final = 1.0
"""The recording goes on for this long after the last repetition: the analysis wants the start position again."""
LOOKED_AT_PX: Final = 640
"""Width at which the live engine looks at a picture: enough for the model, and quick to hand over."""

_SCENE_STATES = {
    LiveState.READY: SceneState.READY,
    LiveState.MOVING: SceneState.MOVING,
    LiveState.HOLDING: SceneState.HOLDING,
    LiveState.BACK: SceneState.MOVING,
    LiveState.DONE: SceneState.DONE,
}
_LOADED_LATE = ("pandas", "scipy.ndimage", "scipy.linalg")
"""What the analysis loads when it first needs it, which takes more than a second."""
_BEFORE_THE_TRIAL = (LiveState.GET_INTO_VIEW, LiveState.GET_INTO_START)


class Screen(Protocol):
    """Where the person sees themselves."""

    def show(self, image_rgb: NDArray[np.uint8]) -> Key | None:
        """Show a picture; return what was asked for since the last one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialToFilm:
    """What is to be filmed.

    Attributes
    ----------
    movement : Movement
    side : Side or None
    title : str
        Test, side and phase, as shown.
    repetitions : int
    before : Framing or None
        Where the person stood in the pre-test.
    mirror : bool
        Show a mirror image.
    """

    movement: Movement
    side: Side | None
    title: str
    repetitions: int = 3
    before: Framing | None = None
    mirror: bool = True


@dataclass(frozen=True, slots=True)
class Filmed:
    """What came of it.

    Attributes
    ----------
    recorded : Recorded or None
        None where the person never came into the start position.
    repetitions : int
        How many counted.
    stopped : bool
        Whether the user ended it at the keyboard.
    framing : Framing or None
        Where the person stood.
    last_words : str
        The last cue.
    """

    recorded: Recorded | None
    repetitions: int
    stopped: bool
    framing: Framing | None
    last_words: str


def film(
    camera: Camera,
    estimator: PoseEstimator,
    recorder: Recorder,
    screen: Screen,
    trial: TrialToFilm,
    *,
    say: Callable[[str], None] = lambda _words: None,
) -> Filmed:
    """Film one trial.

    Parameters
    ----------
    camera : Camera
        Not started yet.
    estimator : PoseEstimator
    recorder : Recorder
    screen : Screen
    trial : TrialToFilm
    say : callable
        Told every new cue.

    Raises
    ------
    CameraError
        The camera stopped; the message says where what was recorded until then is.
    StorageError
        The disk is full; likewise.
    KeyboardInterrupt
        Ctrl-C; what was recorded until then is kept.
    """
    _warm_up(estimator, screen, trial)
    camera.listen(recorder.take)
    run = _Run(trial, estimator, recorder, say)
    try:
        for frame in camera:
            run.step(frame.image_rgb, frame.time_s)
            key = screen.show(draw_live(frame.image_rgb, run.scene(frame.time_s), mirror=trial.mirror))
            if key is Key.RESTART:
                run.restart()
            run.stopped = key is Key.STOP
            if run.stopped or run.over(frame.time_s) or recorder.failure is not None:
                break
    except CameraError as error:
        raise _with_what_is_kept(error, run.finish()) from error
    finally:
        run.close()
        filmed = run.finish()
    return filmed


def _warm_up(estimator: PoseEstimator, screen: Screen, trial: TrialToFilm) -> None:
    """Open the window and load the model before the first picture comes: later, seconds of the camera would be missed."""
    black = np.zeros((720, 1280, 3), np.uint8)
    nobody = np.full((LANDMARK_COUNT, 2), np.nan)
    scene = LiveScene(
        trial.title,
        phrase("One moment: starting the camera."),
        SceneState.WAITING,
        nobody,
        keys=KEY_WORDS,
    )
    screen.show(draw_live(black, scene, mirror=trial.mirror))
    for name in _LOADED_LATE:
        import_module(name)
    estimator.find_people(black)
    estimator.follow(black, 0.0)


class _Run:
    """The engine and the recorder, led by the engine's answers."""

    def __init__(
        self, trial: TrialToFilm, estimator: PoseEstimator, recorder: Recorder, say: Callable[[str], None]
    ) -> None:
        self._trial, self._estimator, self._recorder, self._say = trial, estimator, recorder, say
        self._engine = self._new_engine()
        self._answer: LiveAnswer | None = None
        self._begun_s = self._done_s = float("nan")
        self._filmed: Filmed | None = None
        self.stopped = False

    def step(self, image_rgb: NDArray[np.uint8], time_s: float) -> None:
        before, self._answer = self._answer, self._engine.step(_looked_at(image_rgb), time_s)
        answer = self._answer
        if before is None or before.words != answer.words:
            self._say(answer.words)
        if answer.state in _BEFORE_THE_TRIAL and self._recorder.running:
            self._recorder.discard()  # gone before the first repetition: the trial begins anew
        if answer.ready and not self._recorder.running:
            self._recorder.begin()
            self._begun_s = time_s
        if answer.done and not self._done_s <= time_s:
            self._done_s = time_s

    def over(self, time_s: float) -> bool:
        return time_s >= self._done_s + AFTER_S

    def restart(self) -> None:
        self._recorder.discard()
        self._engine.close()
        self._engine = self._new_engine()
        self._answer, self._done_s = None, float("nan")

    def scene(self, time_s: float) -> LiveScene:
        assert self._answer is not None
        recorded_s = time_s - self._begun_s if self._recorder.running else None
        return scene_of(self._answer, self._trial, recorded_s)

    def close(self) -> None:
        self._engine.close()

    def finish(self) -> Filmed:
        if self._filmed is None:
            counted, words = (self._answer.repetition, self._answer.words) if self._answer else (0, "")
            recorded = self._recorder.finish()
            self._filmed = Filmed(recorded, counted, self.stopped, self._engine.framing, words)
        return self._filmed

    def _new_engine(self) -> LiveEngine:
        trial = self._trial
        return LiveEngine(
            trial.movement, trial.side, self._estimator, repetitions=trial.repetitions, framing=trial.before
        )


def scene_of(answer: LiveAnswer, trial: TrialToFilm, recorded_s: float | None) -> LiveScene:
    """What is drawn for an answer of the live engine."""
    outcome = main_outcome(trial.movement)
    shown = live_side(answer.visibility, trial.side)
    waiting = answer.state in _BEFORE_THE_TRIAL
    scene = LiveScene(
        title=trial.title,
        words=answer.words,
        state=_SCENE_STATES.get(answer.state, SceneState.WAITING),
        points=answer.points,
        tested=trial.side,
        angle=outcome.ref.angle,
        angle_title=outcome.title,
        angle_side=outcome.ref.side(shown),
        angle_deg=answer.angle_deg,
        end_ranges_deg=answer.end_range_deg[: answer.repetition],
        repetitions=answer.repetitions,
        target_hold_s=answer.target_hold_s,
        recorded_s=recorded_s,
        ghost=trial.before.points if trial.before is not None and waiting else None,
        keys=KEY_WORDS,
    )
    holds = answer.state is LiveState.HOLDING or (answer.state is LiveState.BACK and answer.hold_s > 0)
    return replace(scene, hold_s=answer.hold_s) if holds else scene


def _looked_at(image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image_rgb.shape[:2]
    if width <= LOOKED_AT_PX:
        return image_rgb
    size = (LOOKED_AT_PX, max(1, round(height * LOOKED_AT_PX / width)))
    return np.asarray(cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _with_what_is_kept(error: CameraError, filmed: Filmed) -> CameraError:
    if filmed.recorded is None:
        return error.reworded(joined([error.words, phrase("Nothing was recorded yet.")]))
    kept = phrase(
        "What was recorded until then, {seconds:.0f} s, is kept: {path}",
        seconds=filmed.recorded.duration_s,
        path=filmed.recorded.path,
    )
    return error.reworded(joined([error.words, kept]))
