"""Body points by MediaPipe: pictures in, body points out."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

from posecheck.errors import ModelFileError
from posecheck.language import phrase
from posecheck.pose.cuts import CutFinder
from posecheck.pose.landmarks import Pose

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from posecheck.pose.model_files import ModelFile

TIME_STRETCH = 10_000
"""MediaPipe smooths landmarks with a causal filter whose strength falls with the time between frames; telling it that
frames lie far apart turns that lag off, and our own zero-lag filter does the work (docs/method.md#section-4)."""
MAX_PEOPLE = 4


DEAD_END = "http://127.0.0.1:9"
"""Port 9 of this machine, where nothing listens."""
PROXIES = ("https_proxy", "http_proxy", "all_proxy", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
NO_PROXIES = ("no_proxy", "NO_PROXY")
"""The variables in which libraries look for what stands between them and the network."""

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

    def another(self) -> MediaPipeEstimator:
        """One more with the same model, which follows a person by itself."""
        return MediaPipeEstimator(self._model)

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
            people = poses_of(self._tracker.detect_for_video(picture_of(image_rgb), stamp_ms), image_rgb)
        self._seen |= {"tracker"} if people else set()
        return people[0] if people else None

    def find_people(self, image_rgb: NDArray[np.uint8]) -> tuple[Pose, ...]:
        """Everybody in the picture, up to four; may be called from several threads."""
        with self._detecting, self._quiet_until_somebody("detector"):
            if self._detector is None:
                self._detector = _landmarker(self._model.path, "IMAGE", people=MAX_PEOPLE)
            people = poses_of(self._detector.detect(picture_of(image_rgb)), image_rgb)
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

    mediapipe 1.x sends figures on its own use to Google through libcurl, which honours these variables. Python's own view
    of them stays as it is: object storage is reached from the same process. Must be called before MediaPipe's library is
    loaded.
    """
    for name in PROXIES:
        os.putenv(name, DEAD_END)
    for name in NO_PROXIES:
        os.putenv(name, "")


def load_library() -> None:
    """Load MediaPipe's library, which takes half a second, ahead of its first use."""
    keep_to_this_machine()
    from mediapipe.tasks.python import vision  # noqa: F401


def _landmarker(model_path: Path, mode: str, people: int) -> Any:
    load_library()
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
            phrase(
                "{file}: MediaPipe cannot load this model ({reason}). Use a pose_landmarker bundle (lite, full or heavy), "
                "or the one that comes with posecheck.",
                file=model_path,
                reason=str(error).splitlines()[0],
            )
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


def poses_of(result: Any, image_rgb: NDArray[np.uint8]) -> tuple[Pose, ...]:
    """Everybody in a result of MediaPipe."""
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
