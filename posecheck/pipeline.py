"""Chains the stages: a video in, one trial's result out. Shared by every command and, later, by the web and the camera."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from posecheck.cores import cores
from posecheck.errors import NoPersonError, RecordingError
from posecheck.heaps import give_back, share_heaps
from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.motion import read_motion
from posecheck.kinematics.sources import DEFAULT_SOURCE
from posecheck.kinematics.view import detect_view
from posecheck.language import phrase
from posecheck.pose.capture import CaptureWatcher
from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.model_files import choose_model
from posecheck.pose.pieces import NotJoinedError, PieceTracker
from posecheck.pose.recording import Recording
from posecheck.pose.track import track
from posecheck.settings import load_settings
from posecheck.signs import watched
from posecheck.trial.assess import assess
from posecheck.trial.person import require_nearest, require_plain_person
from posecheck.trial.requirements import (
    dark_words,
    require_side,
)
from posecheck.trial.result import AngleResult, TrialOptions, TrialResult
from posecheck.video.drawn import refuse_drawn
from posecheck.video.reader import open_video, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.movements import Movement
    from posecheck.pose.estimator import PoseEstimator
    from posecheck.pose.landmarks import Pose
    from posecheck.pose.track import Tracking
    from posecheck.progress import Progress
    from posecheck.video.frame import Frame
    from posecheck.video.reader import VideoReader

MOST_AT_ONCE = 4
"""So many pieces of a video are read at once at most: each takes about 80 MB (chosen by us)."""


def read_recording(
    path: Path,
    options: TrialOptions | None = None,
    *,
    estimator: PoseEstimator | None = None,
    progress: Progress | None = None,
) -> Recording:
    """Find the body points in a video.

    Parameters
    ----------
    path : Path
        The video.
    options : TrialOptions, optional
    estimator : PoseEstimator, optional
        What finds the body points; stays open, and may read one video after another. Default: MediaPipe with the model of
        ``options``, or the one that comes with posecheck.
    progress : callable, optional
        Told frames done and about how many there are.

    Raises
    ------
    VideoError
        The file cannot be read.
    ModelFileError
        The model is missing or altered.
    NoPersonError
        Nobody is in the picture.
    """
    options = options or TrialOptions()
    share_heaps()
    told = _Told(progress)
    with watched(lambda: told.done):
        if estimator is not None:
            return _read(path, options, estimator, told)
        with MediaPipeEstimator(choose_model(load_settings(), options.model_path)) as mediapipe:
            return _read(path, options, mediapipe, told)


class _Told:
    """Passes progress on, and keeps it, so that it is noticed when no more pictures come."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress, self.done = progress, 0

    def __call__(self, done: int, total: int | None) -> None:
        self.done = done
        if self._progress is not None:
            self._progress(done if total is None else min(done, total), total)  # the total is an estimate


def _read(path: Path, options: TrialOptions, estimator: PoseEstimator, progress: Progress) -> Recording:
    refuse_drawn(path)
    with open_video(path, options.video) as reader:
        if isinstance(estimator, MediaPipeEstimator) and len(reader.pieces) > 1:
            with suppress(NotJoinedError):
                return _read_in_pieces(reader, options, estimator, progress)
        return _read_at_a_stretch(reader, options, estimator, progress)


def _read_in_pieces(
    reader: VideoReader, options: TrialOptions, estimator: MediaPipeEstimator, progress: Progress
) -> Recording:
    watcher = CaptureWatcher()
    at_once = min(cores(), len(reader.pieces), MOST_AT_ONCE)
    pieces = PieceTracker(reader, estimator, estimator.another, at_once=at_once, person_at=options.person_at)
    with _words_of_nobody(reader, watcher):
        tracking = pieces.track(
            watcher,
            mirrored=options.video.mirror,
            rotated_deg=options.video.rotate_deg,
            on_progress=lambda done: progress(done, reader.info.frame_estimate),
        )
    return _recording(reader, tracking, watcher, pieces.warnings)


def _read_at_a_stretch(
    reader: VideoReader, options: TrialOptions, estimator: PoseEstimator, progress: Progress
) -> Recording:
    watcher = CaptureWatcher()

    def on_frame(frame: Frame, pose: Pose | None) -> None:
        watcher.look(frame, pose)
        progress(frame.index + 1, reader.info.frame_estimate)

    with _words_of_nobody(reader, watcher):
        tracking = track(
            reader,
            estimator,
            person_at=options.person_at,
            mirrored=options.video.mirror,
            rotated_deg=options.video.rotate_deg,
            on_frame=on_frame,
        )
    return _recording(reader, tracking, watcher, reader.warnings)


@contextmanager
def _words_of_nobody(reader: VideoReader, watcher: CaptureWatcher) -> Iterator[None]:
    """Say of which file it is that nobody was found in it, and that it is dark, where that is so."""
    try:
        yield
    except NoPersonError as error:
        words = dark_words(watcher.report()) or error.words
        named = phrase("{name}: {words}", name=reader.info.path, words=words)
        raise NoPersonError(named, error.advice) from error


def _recording(
    reader: VideoReader, tracking: Tracking, watcher: CaptureWatcher, warnings: tuple[str, ...]
) -> Recording:
    give_back()  # the pictures, before the fit needs room
    return Recording(
        tracking.series,
        watcher.report(),
        tracking.people,
        tracking.events,
        warnings,
        reader.info,
        sha256_of(reader.info.path),
    )


def analyze_video(
    path: Path,
    movement: Movement,
    side: Side | None = None,
    options: TrialOptions | None = None,
    *,
    estimator: PoseEstimator | None = None,
    progress: Progress | None = None,
) -> TrialResult:
    """Analyse one recording of one test.

    Parameters
    ----------
    path : Path
        The video.
    movement : Movement
    side : Side, optional
        The tested leg; may be left out for a test that is not done once per side.
    options : TrialOptions, optional
    estimator, progress : optional
        As `read_recording`.

    Raises
    ------
    PosecheckError
        The video or the model cannot be read, or the test cannot be measured from it; the message says what to do.
    """
    options = options or TrialOptions()
    require_side(movement, side)
    return assess(read_recording(path, options, estimator=estimator, progress=progress), movement, side, options)


def measure_angles(
    recording: Recording, *, plane: Plane | None = None, source: str = DEFAULT_SOURCE, chosen: bool = False
) -> AngleResult:
    """All angles of any recording, without a test.

    Parameters
    ----------
    recording : Recording
    plane : Plane, optional
        Side or front view; told from the landmarks when left out.
    source : str
        Where angles come from, as `posecheck.kinematics.angles.compute_angles`.
    chosen : bool
        The person to follow was chosen by the user. Default: no.

    Raises
    ------
    RecordingError
        Several people are in the picture, none was chosen, and it is not plain whom to follow.
    """
    view = detect_view(recording.series, plane=plane)
    motion = read_motion(recording.series, view=view, source=source)
    try:
        require_nearest(recording, chosen=chosen)
        require_plain_person(recording, motion.clean, chosen=chosen)
    except RecordingError as error:
        raise error.reworded(phrase("{name}: {words}", name=recording.info.path, words=error.words)) from error
    events = tuple(sorted((*recording.events, *motion.clean.events), key=lambda event: event.start_s))
    return AngleResult(recording, replace(motion.clean, events=events), motion.table, view)
