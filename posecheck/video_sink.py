"""Writes pictures and their times to an MP4 that browsers play."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import av
import cv2
import numpy as np

from posecheck.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from av.container import OutputContainer
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

TICK_S: Final = Fraction(1, 90_000)
"""Resolution of the written times: the customary clock of video, which holds 24, 25, 30 and 60 frames/s exactly."""

_ENCODERS = {
    # Software. One key frame in 30 lets a browser jump about; no B-frames, so that times and duration stay exact.
    # superfast with macroblock trees: 6.8 ms a frame at 720p instead of veryfast's 8.8, for 17 % more bytes.
    "libx264": {
        "preset": "superfast",
        "crf": "23",
        "g": "30",
        "bf": "0",
        "x264-params": "mbtree=1:rc-lookahead=10",
    },
    "libopenh264": {"b": "3M", "g": "30"},
    "h264_videotoolbox": {"b": "3M", "g": "30"},
    "h264_mf": {"b": "3M", "g": "30"},
}
_BT601, _BT709, _LIMITED_RANGE = 6, 1, 1  # AVCOL_SPC_SMPTE170M (what OpenCV converts to), AVCOL_PRI/TRC_BT709, MPEG


class VideoSink:
    """Writes H.264 video in a ``with`` statement; the file appears at the end, whole, or not at all.

    Parameters
    ----------
    path
        The MP4 to write; its folder exists. A file of that name is replaced.
    width_px, height_px
        Size of the pictures. An odd last column or row is left out: browsers play even sizes only.

    Raises
    ------
    StorageError
        The file cannot be written, no picture was written, or this FFmpeg has no H.264 encoder.

    Notes
    -----
    The first picture is at time 0 of the file; those after keep their true distance from it.
    """

    def __init__(self, path: str | Path, width_px: int, height_px: int) -> None:
        if width_px < 2 or height_px < 2:
            raise ValueError(f"a picture of {width_px}x{height_px} cannot be written as video")
        self.path = Path(path)
        self._shape = (height_px, width_px, 3)
        self._even_px = (width_px - width_px % 2, height_px - height_px % 2)
        self._partial = self.path.with_name(f".{self.path.name}.partial")
        self._first_s: float | None = None
        self._last_tick = -1
        self._container: OutputContainer
        self._stream: VideoStream

    def __enter__(self) -> Self:
        encoder = _choose_encoder(self.path)
        with self._storage_errors():
            self._container = av.open(str(self._partial), "w", format="mp4", options={"movflags": "+faststart"})
            self._stream = self._add_stream(encoder)
            self._container.start_encoding()  # opens the file now, not with the first picture
        return self

    def write(self, image_rgb: NDArray[np.uint8], time_s: float) -> None:
        """Add one (h, w, 3) uint8 picture; times strictly increase."""
        if image_rgb.shape != self._shape or image_rgb.dtype != np.uint8:
            raise ValueError(f"picture is {image_rgb.shape} {image_rgb.dtype}, expected {self._shape} uint8")
        self._first_s = time_s if self._first_s is None else self._first_s
        tick = round((time_s - self._first_s) / float(TICK_S))
        if tick <= self._last_tick:
            raise ValueError(f"time {time_s} s is not after the time of the picture before")
        self._last_tick = tick
        frame = av.VideoFrame.from_ndarray(self._to_yuv(image_rgb), format="yuv420p")
        frame.pts, frame.time_base = tick, TICK_S
        with self._storage_errors():
            self._container.mux(self._stream.encode(frame))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self._discard()
            return
        if self._first_s is None:
            self._discard()
            raise StorageError(f"{self.path}: no picture was written, so there is no video.")
        with self._storage_errors():
            self._container.mux(self._stream.encode(None))
            self._container.close()
            self._partial.replace(self.path)

    def _add_stream(self, encoder: str) -> VideoStream:
        stream = self._container.add_stream(encoder, options=dict(_ENCODERS[encoder]))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = self._even_px
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = TICK_S
        context.thread_count = 0  # as many as there are cores
        context.colorspace, context.color_range = _BT601, _LIMITED_RANGE
        context.color_primaries = context.color_trc = _BT709
        return stream

    def _to_yuv(self, image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        # OpenCV's conversion takes a tenth of the time of FFmpeg's.
        width_px, height_px = self._even_px
        yuv = cv2.cvtColor(image_rgb[:height_px, :width_px], cv2.COLOR_RGB2YUV_I420)
        return np.asarray(yuv, dtype=np.uint8)

    def _discard(self) -> None:
        with contextlib.suppress(av.FFmpegError, OSError):
            self._container.close()
        self._partial.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _storage_errors(self) -> Iterator[None]:
        try:
            yield
        except (av.FFmpegError, OSError) as error:
            self._partial.unlink(missing_ok=True)
            raise StorageError(
                f"{self.path}: cannot be written ({error}); check the folder and the disk space."
            ) from error


def _choose_encoder(path: Path) -> str:
    for name in _ENCODERS:
        if name in av.codecs_available:
            return name
    raise StorageError(f"{path}: this FFmpeg cannot write H.264; install the 'av' wheel from PyPI.")
