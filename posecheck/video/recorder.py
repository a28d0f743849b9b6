"""Records every frame of a camera with its true time, on a thread of its own, and keeps it whatever happens."""

from __future__ import annotations

import queue
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.video.growing import GrowingVideo

if TYPE_CHECKING:
    from posecheck.video.frame import Frame

BEFORE_S: Final = 1.5
"""What is kept from before the start: the analysis wants a second of standing still (chosen by us)."""
WAITING_FRAMES: Final = 45
"""Frames that wait for the disk, 1.5 s: the camera never waits, and memory does not grow (chosen by us)."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a recording came to.

    Attributes
    ----------
    path : Path
        The finished MP4.
    frames : int
    duration_s : float
    left_out : int
        Frames that the disk or the encoder was too slow for; the times of the others are true all the same.
    """

    path: Path
    frames: int
    duration_s: float
    left_out: int


class Recorder:
    """Takes every frame; keeps those from `begin` on, and the second and a half before.

    Parameters
    ----------
    path
        The MP4 to make; its folder exists.
    before_s
        How much from before `begin` is kept. Default: `BEFORE_S`.

    Notes
    -----
    `take` may be called on the camera's thread: it never waits. Encoding and writing happen on another.
    """

    def __init__(self, path: str | Path, *, before_s: float = BEFORE_S) -> None:
        self.path = Path(path)
        self._before_s = before_s
        self._before: deque[Frame] = deque()
        self._lock = threading.Lock()
        self._writer: _FrameWriter | None = None

    @property
    def running(self) -> bool:
        """Whether frames are being kept."""
        return self._writer is not None

    @property
    def failure(self) -> StorageError | None:
        """What went wrong with the disk; what was written before is kept."""
        return None if self._writer is None else self._writer.failure

    @property
    def written_s(self) -> float:
        """How much is on the disk, in seconds; 0 while nothing is kept."""
        return 0.0 if self._writer is None else self._writer.written_s

    def take(self, frame: Frame) -> None:
        """Take the next frame of the camera, of any size that stays the same; times increase."""
        with self._lock:
            if self._writer is not None:
                self._writer.put(frame)
                return
            self._before.append(frame)
            while frame.time_s - self._before[0].time_s > self._before_s:
                self._before.popleft()

    def begin(self) -> None:
        """Keep what comes from now on.

        Raises
        ------
        StorageError
            The file cannot be made.
        """
        with self._lock:
            if self._writer is None:
                self._writer = _FrameWriter(self.path, tuple(self._before))
                self._before.clear()

    def finish(self) -> Recorded | None:
        """End the recording; None when there is none.

        Raises
        ------
        StorageError
            The disk is full; the message says where what was recorded until then is kept.
        """
        with self._lock:
            writer, self._writer = self._writer, None
        return None if writer is None else writer.finish()

    def discard(self) -> None:
        """End the recording and leave nothing behind."""
        with self._lock:
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.discard()


class _FrameWriter:
    """One recording: a queue of frames and the thread that writes them."""

    def __init__(self, path: Path, first: tuple[Frame, ...]) -> None:
        self.failure: StorageError | None = None
        self._path = path
        self._video: GrowingVideo | None = None
        self._frames, self._left_out = 0, 0
        self._first = first
        self._queue: queue.Queue[Frame | None] = queue.Queue(WAITING_FRAMES)
        if first:
            self._open(first[0])
        self._thread = threading.Thread(target=self._run, name=f"record {path.name}", daemon=True)
        self._thread.start()

    @property
    def written_s(self) -> float:
        return 0.0 if self._video is None else self._video.duration_s

    def put(self, frame: Frame) -> None:
        try:
            self._queue.put_nowait(frame)
        except queue.Full:
            self._left_out += 1

    def finish(self) -> Recorded:
        video = self._end()
        if video is None:
            raise self.failure or StorageError(
                phrase("{path}: the camera gave no picture, so there is no recording.", path=self._path)
            )
        return Recorded(video.finish(), self._frames, video.duration_s, self._left_out)

    def discard(self) -> None:
        if video := self._end():
            video.discard()

    def _end(self) -> GrowingVideo | None:
        self._queue.put(None)
        self._thread.join()
        return self._video

    def _run(self) -> None:
        for frame in self._first:
            self._write(frame)
        self._first = ()
        while (following := self._queue.get()) is not None:
            self._write(following)

    def _write(self, frame: Frame) -> None:
        if self.failure is not None:
            return
        try:
            self._open(frame).write(frame.image_rgb, frame.time_s)
            self._frames += 1
        except StorageError as error:
            self.failure = error

    def _open(self, frame: Frame) -> GrowingVideo:
        if self._video is None:
            height_px, width_px = frame.image_rgb.shape[:2]
            self._video = GrowingVideo(self._path, width_px, height_px)
        return self._video
