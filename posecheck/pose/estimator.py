"""Body points by MediaPipe: pictures in, body points out, for the one person who is followed."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

from posecheck.errors import WHICH_PERSON, ModelFileError, NoPersonError
from posecheck.pose.cuts import CutFinder
from posecheck.pose.follow import PersonFollower
from posecheck.pose.landmarks import LANDMARK_COUNT, CleaningEvent, LandmarkSeries, PicturePart, Pose, SeriesSource
from posecheck.pose.people_counter import PeopleCounter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from posecheck.pose.model_files import ModelFile
    from posecheck.video.reader import Frame

TIME_STRETCH = 10_000
"""MediaPipe smooths landmarks with a causal filter whose strength falls with the time between frames; telling it that
frames lie far apart turns that lag off, and our own zero-lag filter does the work (docs/method.md#section-4)."""
MAX_PEOPLE = 4


DEAD_END = "http://127.0.0.1:9"
"""Port 9 of this machine, where nothing listens."""

_STDERR = RLock()
_OPEN_TASKS: set[Any] = set()
"""Every MediaPipe task until it is closed: one that is thrown away open closes itself in the garbage collector, in
whichever thread that runs, and can wait there for itself for good."""


class PoseEstimator(Protocol):
    """Finds body points in pictures."""

    @property
    def name(self) -> str:
        """Name and version, for provenance."""
        ...

    @property
    def model_sha256(self) -> str:
        """Checksum of the model, for provenance."""
        ...

    def follow(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        """The person tracked from picture to picture, None where nobody is found."""
        ...

    def find_people(self, image_rgb: NDArray[np.uint8]) -> tuple[Pose, ...]:
        """Everybody in one picture, without memory."""
        ...

    def close(self) -> None:
        """Free what is held."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Tracking:
    """The landmarks of one person over a recording.

    Attributes
    ----------
    series : LandmarkSeries
    people : int
        Most people seen at once.
    events : tuple of CleaningEvent
        When the followed person was lost.
    """

    series: LandmarkSeries
    people: int
    events: tuple[CleaningEvent, ...]


def track(
    frames: Iterable[Frame],
    estimator: PoseEstimator,
    *,
    person_at: tuple[float, float] | None = None,
    mirrored: bool = False,
    rotated_deg: int | None = None,
    on_frame: Callable[[Frame, Pose | None], None] | None = None,
) -> Tracking:
    """Follow one person through a recording.

    Parameters
    ----------
    frames : iterable of Frame
    estimator : PoseEstimator
    person_at : (x, y), optional
        The person to follow, as fractions of the picture's width and height in the first picture in which somebody is there;
        by default the largest of those who are whole.
    mirrored : bool
        For provenance: the frames were mirrored back.
    rotated_deg : int, optional
        For provenance: the frames were turned by this much, as `SeriesSource.rotated_deg`.
    on_frame : callable, optional
        Told every frame after it was dealt with, and the followed person in it (progress, light, camera movement).

    Raises
    ------
    NoPersonError
        Nobody is found in the whole recording, or nobody ever at the place that was chosen.
    """
    follower = PersonFollower(estimator.follow, estimator.find_people, person_at)
    times: list[float] = []
    rows: list[NDArray[np.float32] | None] = []
    size, parts = (0, 0), _Parts()
    with PeopleCounter(estimator, closely=True) as counter:
        for frame in frames:
            size = (frame.image_rgb.shape[1], frame.image_rgb.shape[0])
            times.append(frame.time_s)
            parts.note(frame)
            pose = follower.step(frame.image_rgb, frame.time_s)
            rows.append(_packed(pose))
            if rows[-1] is not None:
                counter.take(frame)
            if on_frame is not None:
                on_frame(frame, pose)
        people = max(counter.result(), follower.people, 1)
    if not any(row is not None for row in rows):
        raise _nobody(len(times), person_at if follower.waits_for_chosen else None)
    rows = _without(rows, times, follower.strayed)
    source = SeriesSource(*size, estimator.name, estimator.model_sha256, mirrored, rotated_deg, parts.seen())
    return Tracking(_series(times, rows, source), people, follower.events())


def _nobody(frames: int, place: tuple[float, float] | None) -> NoPersonError:
    if not frames:
        return NoPersonError("there is no picture in the chosen part of the video.")
    if place is not None:
        return NoPersonError(
            f"nobody was found at the chosen place, {place[0]:g} of the picture's width and {place[1]:g} of its height, but "
            "somebody was elsewhere.",
            WHICH_PERSON,
        )
    return NoPersonError(
        f"no person was found in any of {frames} pictures. Film one person from head to feet, in good light, filling at "
        "least half of the picture's height."
    )


def _without(
    rows: list[NDArray[np.float32] | None], times: list[float], strayed: tuple[tuple[float, float], ...]
) -> list[NDArray[np.float32] | None]:
    """The rows without those in which, as was noticed later, somebody else had been followed."""
    return [
        None if any(start_s <= time_s < end_s for start_s, end_s in strayed) else row
        for time_s, row in zip(times, rows, strict=True)
    ]


class _Parts:
    """Where the true picture lies, noted when that changes."""

    def __init__(self) -> None:
        self._seen: list[PicturePart] = []
        self._last: tuple[int, int, int, int] | None = None

    def note(self, frame: Frame) -> None:
        if frame.inside_px != self._last:
            height_px, width_px = frame.image_rgb.shape[:2]
            self._seen.append(PicturePart(frame.time_s, *(frame.inside_px or (0, 0, width_px, height_px))))
        self._last = frame.inside_px

    def seen(self) -> tuple[PicturePart, ...]:
        return tuple(self._seen)


def _series(times: list[float], rows: list[NDArray[np.float32] | None], source: SeriesSource) -> LandmarkSeries:
    n = len(times)
    xy, xyz = np.full((n, LANDMARK_COUNT, 2), np.nan), np.full((n, LANDMARK_COUNT, 3), np.nan)
    visibility = np.full((n, LANDMARK_COUNT), np.nan)
    for k, row in enumerate(rows):
        if row is not None:
            xy[k], xyz[k], visibility[k] = row[:, :2], row[:, 2:5], row[:, 5]
            rows[k] = None  # let go of it at once
    return LandmarkSeries(np.asarray(times, dtype=np.float64), xy, xyz, visibility, source)


def _packed(pose: Pose | None) -> NDArray[np.float32] | None:
    """(33, 6) in the model's own precision: ten minutes of video take 15 MB."""
    if pose is None:
        return None
    return np.column_stack([pose.xy_px, pose.xyz_m, pose.visibility]).astype(np.float32)


class MediaPipeEstimator:
    """MediaPipe's `PoseLandmarker`: one tracker over time, and one detector for everybody, made when first needed.

    Must be closed (use ``with``): MediaPipe prints a traceback at interpreter exit otherwise.

    Raises
    ------
    ModelFileError
        The bundle cannot be loaded.
    """

    def __init__(self, model: ModelFile) -> None:
        self._model = model
        self._tracker: Any = None
        self._detector: Any = None
        self._last_s = -float("inf")
        self._cuts = CutFinder()
        self._seen: set[str] = set()
        self._detecting = Lock()

    @property
    def name(self) -> str:
        """``mediapipe 1.2.2``."""
        from importlib.metadata import version

        return f"mediapipe {version('mediapipe')}"

    @property
    def model_sha256(self) -> str:
        """Checksum of the model bundle."""
        return self._model.sha256

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def follow(self, image_rgb: NDArray[np.uint8], time_s: float) -> Pose | None:
        """The tracked person; a time that is not after the one before begins another recording, which is tracked anew.

        After a cut the tracker would look for a second for the person where they were, and bend them into that posture.
        """
        cut = self._cuts.step(image_rgb)
        if cut or time_s <= self._last_s:
            close_task(self._tracker)
            self._tracker = None
            self._seen.discard("tracker")
        self._last_s = time_s
        stamp_ms = round(time_s * 1000 * TIME_STRETCH)
        with self._quiet_until_somebody("tracker"):
            if self._tracker is None:
                self._tracker = _landmarker(self._model.path, "VIDEO", people=1)
            people = _poses(self._tracker.detect_for_video(picture_of(image_rgb), stamp_ms), image_rgb)
        self._seen |= {"tracker"} if people else set()
        return people[0] if people else None

    def find_people(self, image_rgb: NDArray[np.uint8]) -> tuple[Pose, ...]:
        """Everybody in the picture, up to four; may be called from several threads."""
        with self._detecting, self._quiet_until_somebody("detector"):
            if self._detector is None:
                self._detector = _landmarker(self._model.path, "IMAGE", people=MAX_PEOPLE)
            people = _poses(self._detector.detect(picture_of(image_rgb)), image_rgb)
        self._seen |= {"detector"} if people else set()
        return people

    def _quiet_until_somebody(self, task: str) -> AbstractContextManager[None]:
        """MediaPipe writes its start-up lines up to the first picture in which a task finds somebody."""
        return nullcontext() if task in self._seen else quiet_stderr()

    def close(self) -> None:
        """Close both MediaPipe tasks, once nobody is being looked for any more."""
        with self._detecting:
            for task in (self._tracker, self._detector):
                close_task(task)
            self._tracker = self._detector = None


def keep_to_this_machine() -> None:
    """Point MediaPipe's usage reports, which no setting turns off, at a dead end on this machine.

    mediapipe 1.x sends figures on its own use to Google through libcurl, which honours these variables; posecheck itself
    uses no network. Must be called before MediaPipe's library is loaded.
    """
    for name in ("https_proxy", "http_proxy", "all_proxy"):
        os.environ[name] = os.environ[name.upper()] = DEAD_END
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ""


def _landmarker(model_path: Path, mode: str, people: int) -> Any:
    keep_to_this_machine()
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model_path)),
        running_mode=vision.RunningMode[mode],
        num_poses=people,
    )
    try:
        task = vision.PoseLandmarker.create_from_options(options)
    except (RuntimeError, ValueError) as error:
        raise ModelFileError(
            f"{model_path}: MediaPipe cannot load this model ({str(error).splitlines()[0]}). Use a pose_landmarker "
            "bundle (lite, full or heavy), or the one that comes with posecheck."
        ) from error
    _OPEN_TASKS.add(task)
    return task


def close_task(task: Any) -> None:
    """Close a task of MediaPipe; None is none."""
    if task is None:
        return
    try:
        with quiet_stderr():
            task.close()
    finally:
        _OPEN_TASKS.discard(task)


def picture_of(image_rgb: NDArray[np.uint8]) -> Any:
    """A picture as MediaPipe takes it, which silently finds nobody in an array that is not contiguous."""
    import mediapipe

    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(image_rgb))


def _poses(result: Any, image_rgb: NDArray[np.uint8]) -> tuple[Pose, ...]:
    height, width = image_rgb.shape[:2]
    return tuple(
        Pose(
            np.array([(mark.x * width, mark.y * height) for mark in marks]),
            np.array([(mark.x, mark.y, mark.z) for mark in world]),
            np.array([mark.visibility for mark in marks], dtype=np.float64),
        )
        for marks, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
    )


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Keep MediaPipe's lines at start-up and on closing, which no setting turns off, away from the user's terminal."""
    if os.environ.get("POSECHECK_DEBUG"):
        yield
        return
    with _STDERR:  # one thread at a time, or the other's silence would be kept for good
        sys.stderr.flush()
        kept = os.dup(2)
        silent = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(silent, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(silent)
