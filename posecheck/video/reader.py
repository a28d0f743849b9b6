"""Frames of a video file, upright, with their true times."""

from __future__ import annotations

import hashlib
import math
import queue
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from posecheck.errors import VideoError
from posecheck.video.container import (
    StreamClock,
    decode_packets,
    first_picture,
    open_picture_stream,
    read_packets,
    stated_duration_s,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction
    from types import TracebackType

    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

PREFETCH_FRAMES: Final = 3
"""Decoded frames that wait for the consumer: enough to hide one slow frame, small in memory (chosen by us)."""

HIGHEST_AUTOMATIC_FPS: Final = 60.0
"""Automatic stride keeps at or under this: joint angles in slow movement hold nothing above 30 Hz (chosen by us)."""

TURNS_DEG: Final = (0, 90, 180, 270)
"""The turns of a whole picture that can be asked for, clockwise."""

_END_SLACK_S = 1.0  # Players show whole seconds, so a typed end may lie this far after the last frame.
_CUT_SLACK_S = 0.5  # Headers round their duration; only a larger gap at the end is reported.


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One upright picture and its time.

    Attributes
    ----------
    index : int
        Number of the delivered frame, from 0: frames left out by ``start_s`` or ``stride`` do not count.
    time_s : float
        Presentation time in seconds, strictly increasing; zero is the first picture of the whole, untrimmed video.
    image_rgb : (h, w, 3) uint8
        C-contiguous (MediaPipe silently finds nobody in a strided view) and read-only: copy it to draw on it.
    """

    index: int
    time_s: float
    image_rgb: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a video file holds, as it will be delivered.

    Attributes
    ----------
    width_px, height_px
        Size of the delivered picture: upright, square pixels, scaled down.
    rotation_deg
        Clockwise turn that the file itself asks for and that was applied: 0, 90, 180 or 270.
    codec, pixel_format, container
        FFmpeg's names: ``hevc``, ``yuv420p10le``, ``mov,mp4,m4a,3gp,3g2,mj2``.
    duration_s
        As the file states it; NaN where it does not.
    average_fps
        Mean rate of the first 100 frames or so in the file, before ``stride``; NaN where unknown. Never used for times.
    stride
        Every how many frames one is delivered.
    frame_estimate
        About how many frames will be delivered, for progress bars; None where unknown.
    """

    path: Path
    width_px: int
    height_px: int
    rotation_deg: int
    codec: str
    pixel_format: str
    container: str
    duration_s: float
    average_fps: float
    stride: int
    frame_estimate: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoOptions:
    """Which frames are wanted and how.

    Attributes
    ----------
    start_s, end_s
        Deliver only ``start_s <= time_s <= end_s``; times keep their zero. Default: the whole video.
    mirror
        The file is a mirror image (front camera): flip it back. Default: it is not.
    rotate_deg
        The picture lies on its side or upside down: turn it clockwise by 90, 180 or 270 degrees, after the turn that the
        file itself asks for and before it is mirrored. 0 says that somebody looked and it is right. Default: not told.
    stride
        Deliver every n-th frame. Default: the smallest that gives at most 60 frames/s (120 gives 2, 240 gives 4).
    max_side_px
        The longer side is scaled down to this. Default 1920: the pose model looks at far fewer pixels.
    """

    start_s: float | None = None
    end_s: float | None = None
    mirror: bool = False
    rotate_deg: int | None = None
    stride: int | None = None
    max_side_px: int = 1920

    def __post_init__(self) -> None:
        if self.rotate_deg not in (None, *TURNS_DEG):
            raise ValueError(f"rotate_deg is {self.rotate_deg}, expected one of {TURNS_DEG}")
        if self.stride is not None and self.stride < 1:
            raise ValueError(f"stride is {self.stride}, expected 1 or more")
        if self.max_side_px < 16:
            raise ValueError(f"max_side_px is {self.max_side_px}, expected 16 or more")


def probe_video(path: str | Path, options: VideoOptions | None = None) -> VideoInfo:
    """Read what a video holds, decoding one frame.

    Raises
    ------
    VideoError
        No such file, a folder, empty, no video, no picture, nothing decodable, too large, or ``options`` ask for
        times outside the video.
    """
    path, options = Path(path), options or VideoOptions()
    with open_picture_stream(path) as (container, stream):
        picture, average_fps = first_picture(path, container, stream)
        view = _View.of(picture, stream, options)
        duration_s = stated_duration_s(container, stream)
        _check_window(path, options, duration_s)
        stride = options.stride or _automatic_stride(average_fps)
        width_px, height_px = view.delivered_px
        return VideoInfo(
            path=path,
            width_px=width_px,
            height_px=height_px,
            rotation_deg=view.rotation_deg,
            codec=stream.codec_context.name,
            pixel_format=picture.format.name,
            container=container.format.name,
            duration_s=duration_s,
            average_fps=average_fps,
            stride=stride,
            frame_estimate=_estimate_frames(options, duration_s, average_fps / stride),
        )


def open_video(path: str | Path, options: VideoOptions | None = None) -> VideoReader:
    """Open a video for reading; use it in a ``with`` statement.

    Raises
    ------
    VideoError
        As `probe_video`.
    """
    options = options or VideoOptions()
    return VideoReader(probe_video(path, options), options)


def iter_video(path: str | Path, options: VideoOptions | None = None) -> Iterator[Frame]:
    """Yield the frames of a video; the file is closed when the iteration ends or is given up."""
    with open_video(path, options) as reader:
        yield from reader


def sha256_of(path: str | Path) -> str:
    """Return the SHA-256 checksum of a file in hexadecimal, reading it piece by piece."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class VideoReader:
    """Iterator of `Frame` over one video, decoded ahead in a thread; made by `open_video`, read once.

    The thread starts with the first frame asked for, and ends with the video or `close`. Errors of the thread are
    raised where the frames are read: `VideoError` when there is no frame between start and end.

    Notes
    -----
    Time is the container's presentation time less the stream's start time: an edit list that trims the start leaves
    the trimmed frames out and puts the first one shown at 0; an edit list (or file) that starts late starts at 0 too.
    AVI has no presentation times, so the decoding times, in order, stand for them; a raw stream has no times at all,
    so they are counted up from the frame durations, with a warning. Frames whose time does not increase are left out.

    High dynamic range (HLG, PQ) is shown in its raw, flatter colours; no tone is mapped.
    """

    def __init__(self, info: VideoInfo, options: VideoOptions) -> None:
        self.info = info
        self._warnings: list[str] = []
        self._stop = threading.Event()
        self._queue: queue.Queue[Frame | BaseException | None] = queue.Queue(PREFETCH_FRAMES)
        self._options = options
        self._thread = threading.Thread(target=self._run, name=f"decode {info.path.name}", daemon=True)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what was wrong with the file; complete once the iteration has ended."""
        return tuple(self._warnings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Frame:
        if self._stop.is_set():
            raise StopIteration
        if self._thread.ident is None:
            self._thread.start()
        item = self._queue.get()
        if isinstance(item, Frame):
            return item
        self.close()
        if item is None:
            raise StopIteration
        raise item

    def close(self) -> None:
        """End the decoding thread and close the file; may be called twice."""
        self._stop.set()
        while not self._queue.empty():
            self._queue.get_nowait()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            for frame in _decode(self.info, self._options, self._warnings, self._stop.is_set):
                self._put(frame)
        except BaseException as error:  # handed over, raised again by the consumer
            self._put(error)
        else:
            self._put(None)

    def _put(self, item: Frame | BaseException | None) -> None:
        while not self._stop.is_set():
            try:
                return self._queue.put(item, timeout=0.1)
            except queue.Full:
                continue
        return None


def _decode(
    info: VideoInfo, options: VideoOptions, warnings: list[str], stopped: Callable[[], bool]
) -> Iterator[Frame]:
    start_s = options.start_s or 0.0
    end_s = math.inf if options.end_s is None else options.end_s
    wanted, last_s, view, reformatter = 0, math.nan, None, VideoReformatter()
    with open_picture_stream(info.path) as (container, stream):
        clock = StreamClock(stream, info.container)
        clock.seek(container, start_s)
        for frame in decode_packets(read_packets(container, stream, warnings), stream, warnings):
            time_s = clock.time_s(frame)
            if stopped() or (time_s is not None and time_s > end_s):
                break
            if time_s is None or time_s < start_s:
                continue
            view = view or _View.of(frame, stream, options)
            if wanted % info.stride == 0:
                yield Frame(wanted // info.stride, time_s, view.render(frame, reformatter))
            wanted, last_s = wanted + 1, time_s
        else:
            warnings.extend(_warn_of_early_end(last_s, info))
        warnings.extend(clock.warnings())
    if wanted == 0 and not stopped():
        raise VideoError(f"{info.path}: has no frame {_window_words(options)}; choose other times.")


@dataclass(frozen=True, slots=True)
class _View:
    """How a decoded picture becomes the delivered one: scaled, then transposed, then flipped."""

    scaled_px: tuple[int, int]
    transposed: bool
    flip_x: bool
    flip_y: bool
    rotation_deg: int

    @classmethod
    def of(cls, frame: VideoFrame, stream: VideoStream, options: VideoOptions) -> _View:
        matrix = _display_matrix(frame)
        a, b, c, d = _turned(matrix, options.rotate_deg or 0)
        transposed = abs(b) + abs(c) > abs(a) + abs(d)
        x_sign, y_sign = (c, b) if transposed else (a, d)
        return cls(
            scaled_px=_scaled_px(frame, options.max_side_px, stream.sample_aspect_ratio),
            transposed=transposed,
            flip_x=(x_sign < 0) != options.mirror,
            flip_y=y_sign < 0,
            rotation_deg=round(math.degrees(math.atan2(matrix[1], matrix[0])) / 90) * 90 % 360,
        )

    @property
    def delivered_px(self) -> tuple[int, int]:
        width_px, height_px = self.scaled_px
        return (height_px, width_px) if self.transposed else (width_px, height_px)

    def render(self, frame: VideoFrame, reformatter: VideoReformatter) -> NDArray[np.uint8]:
        width_px, height_px = self.scaled_px
        image: NDArray[Any] = reformatter.reformat(frame, width_px, height_px, "rgb24").to_ndarray()
        if self.transposed:
            image = cv2.transpose(image)
        if self.flip_x or self.flip_y:
            image = cv2.flip(image, {(True, False): 1, (False, True): 0, (True, True): -1}[self.flip_x, self.flip_y])
        upright = np.ascontiguousarray(image, dtype=np.uint8)
        upright.setflags(write=False)
        return upright


def _display_matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    # ISO/IEC 14496-12, 8.3.2 (tkhd): (x, y) goes to (a x + c y, b x + d y); stored a b u c d v x y w.
    side_data: Any = frame.side_data  # its stub knows motion vectors only
    data = side_data.get("DISPLAYMATRIX")
    if data is None:
        return 1, 0, 0, 1
    a, b, _, c, d = np.frombuffer(bytes(data), dtype=np.int32)[:5].tolist()
    return a, b, c, d


def _turned(matrix: tuple[int, int, int, int], clockwise_deg: int) -> tuple[int, int, int, int]:
    """The display matrix followed by a clockwise turn."""
    a, b, c, d = matrix  # y being down, a quarter sends (x, y) to (-y, x)
    for _ in range(clockwise_deg // 90):
        a, b, c, d = -b, a, -d, c
    return a, b, c, d


def _scaled_px(frame: VideoFrame, max_side_px: int, pixel_aspect: Fraction | None) -> tuple[int, int]:
    aspect = float(pixel_aspect or 1)
    width = frame.width * (aspect if 0.25 <= aspect <= 4 else 1.0)
    scale = min(1.0, max_side_px / max(width, frame.height))
    return max(1, round(width * scale)), max(1, round(frame.height * scale))


def _automatic_stride(average_fps: float) -> int:
    # A twentieth of tolerance: phones that promise 60 or 240 deliver 60.02 or 240.3.
    return 1 if math.isnan(average_fps) else max(1, math.ceil(average_fps / HIGHEST_AUTOMATIC_FPS - 0.05))


def _check_window(path: Path, options: VideoOptions, duration_s: float) -> None:
    start_s, end_s = options.start_s or 0.0, options.end_s
    if start_s < 0:
        raise VideoError(f"{path}: the start, {start_s:g} s, is before the video; use 0 or later.")
    if end_s is not None and end_s <= start_s:
        raise VideoError(f"{path}: the end, {end_s:g} s, is not after the start, {start_s:g} s.")
    if start_s >= duration_s or (end_s or 0.0) > duration_s + _END_SLACK_S:
        raise VideoError(f"{path}: lasts {duration_s:.1f} s, but frames {_window_words(options)} were asked for.")


def _window_words(options: VideoOptions) -> str:
    end = "the end" if options.end_s is None else f"{options.end_s:g} s"
    return f"from {options.start_s or 0.0:g} s to {end}"


def _estimate_frames(options: VideoOptions, duration_s: float, delivered_fps: float) -> int | None:
    end_s = duration_s if options.end_s is None else min(options.end_s, duration_s)
    frames = (end_s - (options.start_s or 0.0)) * delivered_fps
    return None if math.isnan(frames) else max(1, round(frames))


def _warn_of_early_end(last_s: float, info: VideoInfo) -> Iterator[str]:
    if last_s + _CUT_SLACK_S < info.duration_s:
        yield (
            f"The picture ends after {last_s:.1f} s though the file states {info.duration_s:.1f} s, so it is probably "
            "cut off; what is there was used."
        )
