"""Frames from a webcam, or from a video file that plays as one, with their true times."""

from __future__ import annotations

import contextlib
import difflib
import math
import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

import cv2
import numpy as np

from posecheck.errors import Advice, CameraError
from posecheck.language import joined, phrase
from posecheck.video.camera_list import capture_interface, list_cameras
from posecheck.video.folder import is_video_name
from posecheck.video.frame import Frame
from posecheck.video.reader import VideoOptions, VideoReader, open_video

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from posecheck.video.camera_list import CameraInfo

STALL_S: Final = 10.0
"""A camera that gives no picture for this long has stopped; some need 5 s for their first (chosen by us)."""
CLOSE_NAMES: Final = 0.5
"""How alike a wrong name must be to be suggested, from 0 to 1 (chosen by us)."""

_WITHOUT_CAMERA = Advice("no_camera", phrase("A video file can play as a camera too."))


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraOptions:
    """What is asked of a camera, which gives what it can.

    Attributes
    ----------
    width_px, height_px
        Default 1280 x 720: what webcams give at 30 frames/s; the pose model looks at far fewer pixels. A file is scaled
        down to the longer side.
    fps
        Default 30: joint angles in slow movement hold nothing above 15 Hz.
    """

    width_px: int = 1280
    height_px: int = 720
    fps: int = 30


class FrameSource(Protocol):
    """Where a camera's frames come from; read by one thread."""

    def read(self) -> Frame | None:
        """The next frame, when its time has come; None at the end of a file."""
        ...

    def stop(self) -> None:
        """Have `read` return None soon; called from another thread."""
        ...

    def close(self) -> None:
        """Let go of the device; nobody reads any more."""
        ...


def open_camera(which: int | str | Path, options: CameraOptions | None = None) -> Camera:
    """Open a camera; use it in a ``with`` statement.

    Parameters
    ----------
    which : int, str or Path
        A number or a name from `list_cameras` (part of a name will do if it fits one camera only), or a video file.
    options : CameraOptions, optional

    Raises
    ------
    CameraError
        No such camera, none at all, in use, or not allowed.
    VideoError
        The file cannot be read.
    """
    options = options or CameraOptions()
    if (path := _as_file(which)) is not None:
        longer_px = max(options.width_px, options.height_px)
        reader = open_video(path, VideoOptions(max_side_px=longer_px))
        return Camera(FilePlayer(reader), path.name)
    camera = find_camera(which, list_cameras())
    return Camera(Webcam(_open_device(camera.number, options), camera.name), camera.name)


def find_camera(which: int | str | Path, cameras: Sequence[CameraInfo]) -> CameraInfo:
    """The camera that is meant by a number, a device file or a name.

    Raises
    ------
    CameraError
        There is none, or several fit; the message suggests one.
    """
    text = str(which).strip()
    if not cameras:
        raise CameraError(phrase("No camera was found on this computer. Plug one in and try again."), _WITHOUT_CAMERA)
    by_number = [item for item in cameras if text in (str(item.number), item.place)]
    exact = [item for item in cameras if item.name.casefold() == text.casefold()]
    part = [item for item in cameras if text.casefold() in item.name.casefold()]
    found = next((items for items in (by_number, exact, part) if items), [])
    if len(found) == 1:
        return found[0]
    if found:
        raise CameraError(
            phrase("Several cameras match '{text}': {cameras}. Give the number.", text=text, cameras=_listed(found))
        )
    close = difflib.get_close_matches(
        text.casefold(), [item.name.casefold() for item in cameras], n=1, cutoff=CLOSE_NAMES
    )
    meant = [phrase("Did you mean '{name}'?", name=item.name) for item in cameras if [item.name.casefold()] == close]
    none = phrase("There is no camera '{text}'.", text=text)
    raise CameraError(joined([none, *meant[:1], phrase("There is: {cameras}.", cameras=_listed(cameras))]))


class Camera:
    """A running camera: every frame to those who `listen`, the newest one to the one who looks.

    A thread reads all frames, so that none waits in the camera; one who looks too slowly misses some, but never sees an
    old one. Times count from the first frame, by a clock that setting the computer's time does not move; those of a file
    are the file's own.

    Raises
    ------
    CameraError
        From `newest` and the iteration: the camera stopped giving pictures.
    """

    def __init__(self, source: FrameSource, name: str) -> None:
        self.name = name
        self._source = source
        self._listeners: list[Callable[[Frame], None]] = []
        self._news = threading.Condition()
        self._newest: Frame | None = None
        self._ended = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=f"camera {name}", daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        while (frame := self.newest()) is not None:
            yield frame

    def listen(self, take: Callable[[Frame], None]) -> None:
        """Have every frame given to ``take``, on the camera's thread: it must not take long. Before the first frame."""
        self._listeners.append(take)

    def newest(self, timeout_s: float = STALL_S) -> Frame | None:
        """The newest frame that was not given yet; waits for it. None at the end of a file. Starts the camera.

        Raises
        ------
        CameraError
            It stopped, or gave nothing for ``timeout_s``.
        """
        if self._thread.ident is None:
            self._thread.start()
        with self._news:
            arrived = self._news.wait_for(lambda: self._newest is not None or self._ended, timeout_s)
            frame, self._newest = self._newest, None
        if frame is not None:
            return frame
        if self._error is not None:
            raise self._error
        if not arrived:
            raise CameraError(
                phrase(
                    "{camera}: has given no picture for {seconds:.0f} s. Unplug it and plug it in again.",
                    camera=self.name,
                    seconds=timeout_s,
                )
            )
        return None

    def close(self) -> None:
        """Stop the camera; may be called twice."""
        self._source.stop()
        if self._thread.ident is not None:
            self._thread.join()
        self._source.close()

    def _run(self) -> None:
        try:
            while (frame := self._source.read()) is not None:
                for take in self._listeners:
                    take(frame)
                with self._news:
                    self._newest = frame
                    self._news.notify()
        except BaseException as error:  # handed over, raised again by the one who looks
            self._error = error
        with self._news:
            self._ended = True
            self._news.notify()


class FilePlayer:
    """A video file that plays in real time; its frames carry the file's own times."""

    def __init__(self, reader: VideoReader) -> None:
        self._reader = reader
        self._stopped = threading.Event()
        self._start_s = math.nan

    def read(self) -> Frame | None:
        """The next frame, when its time has come."""
        frame = None if self._stopped.is_set() else next(self._reader, None)
        if frame is None:
            return None
        now_s = time.monotonic()
        if math.isnan(self._start_s):
            self._start_s = now_s - frame.time_s
        stopped = self._stopped.wait(max(0.0, self._start_s + frame.time_s - now_s))
        return None if stopped else frame

    def stop(self) -> None:
        """Wait no longer for the next frame's time."""
        self._stopped.set()

    def close(self) -> None:
        """Close the file."""
        self._reader.close()


class Webcam:
    """A webcam as OpenCV reads it."""

    def __init__(self, device: Any, name: str) -> None:
        self._device = device
        self._name = name
        self._stopped = False
        self._start_s = math.nan
        self._index, self._last_s = 0, -math.inf

    def read(self) -> Frame | None:
        """The next frame; its time is that of its arrival.

        Raises
        ------
        CameraError
            The camera gives none: in use, or unplugged.
        """
        if self._stopped:
            return None
        arrived = self._device.grab()
        now_s = time.monotonic()
        got, image_bgr = self._device.retrieve() if arrived else (False, None)
        if not got:
            raise CameraError(self._lost_words())
        if math.isnan(self._start_s):
            self._start_s = now_s
        # Two that arrive in one tick of the clock still follow one another.
        self._last_s = max(now_s - self._start_s, self._last_s + 1e-4)
        frame = Frame(self._index, self._last_s, _upright_rgb(image_bgr))
        self._index += 1
        return frame

    def stop(self) -> None:
        """Read no more frames."""
        self._stopped = True

    def close(self) -> None:
        """Let go of the device."""
        self._device.release()

    def _lost_words(self) -> str:
        if self._index == 0:
            return phrase(
                "{camera}: opens, but gives no picture. Another program may be using it: close it (video calls, the "
                "browser) and try again.",
                camera=self._name,
            )
        return phrase(
            "{camera}: stopped giving pictures after {seconds:.0f} s. Was it unplugged? Check the cable, then start again.",
            camera=self._name,
            seconds=self._last_s,
        )


def _upright_rgb(image_bgr: Any) -> Any:
    image = np.ascontiguousarray(cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB))
    image.setflags(write=False)
    return image


def _as_file(which: int | str | Path) -> Path | None:
    """The video file that is meant, if one is."""
    if isinstance(which, int) or str(which).startswith("/dev/"):
        return None
    path = Path(which)
    if isinstance(which, Path) or path.is_file() or is_video_name(path):
        return path
    return None


def _open_device(number: int, options: CameraOptions) -> Any:
    with _quiet_opencv():
        device = cv2.VideoCapture(number, capture_interface())
    if not device.isOpened():
        device.release()
        raise _refusal(number)
    # Compressed: uncompressed, most webcams reach 720p at 5 to 10 frames/s only.
    device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    device.set(cv2.CAP_PROP_FRAME_WIDTH, options.width_px)
    device.set(cv2.CAP_PROP_FRAME_HEIGHT, options.height_px)
    device.set(cv2.CAP_PROP_FPS, options.fps)
    return device


def _refusal(number: int, device: Path | None = None) -> CameraError:
    place = device or Path(f"/dev/video{number}")
    if sys.platform == "darwin":
        return CameraError(
            phrase(
                "Camera {number} does not open. Allow the terminal to use the camera (System Settings, Privacy & Security, "
                "Camera), and close other programs that use it.",
                number=number,
            )
        )
    if sys.platform == "win32":
        return CameraError(
            phrase(
                "Camera {number} does not open. Allow desktop apps to use the camera (Settings, Privacy, Camera), and "
                "close other programs that use it.",
                number=number,
            )
        )
    if not place.exists():
        return CameraError(phrase("There is no camera {number}.", number=number), _WITHOUT_CAMERA)
    if not os.access(place, os.R_OK | os.W_OK):
        return CameraError(
            phrase(
                "Camera {number} ({place}) may not be used by this account. Add yourself to its group, usually 'video': "
                "sudo usermod -aG video $USER, then log in again.",
                number=number,
                place=place,
            )
        )
    return CameraError(
        phrase(
            "Camera {number} ({place}) is in use by another program. Close it (video calls, the browser) and try again.",
            number=number,
            place=place,
        )
    )


@contextlib.contextmanager
def _quiet_opencv() -> Iterator[None]:
    """OpenCV writes its own warnings when a camera does not open; ours says more."""
    logging = cv2.utils.logging
    before = logging.setLogLevel(logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        logging.setLogLevel(before)


def _listed(cameras: Sequence[CameraInfo]) -> str:
    return ", ".join(f"{item.number} ({item.name})" for item in cameras)
