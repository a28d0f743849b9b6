"""Encodes pictures and their times as H.264 into an open MP4: what a finished file and a growing one have in common."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import av
import cv2
import numpy as np

from posecheck.errors import StorageError
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from av.container import OutputContainer
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

TICK_S: Final = Fraction(1, 90_000)
"""Resolution of the written times: the customary clock of video, which holds 24, 25, 30 and 60 frames/s exactly."""

ENCODERS: Final[Mapping[str, Mapping[str, str]]] = {
    # Software. One key frame in 30 lets a browser jump about; no B-frames, so that times and duration stay exact.
    "libx264": {"preset": "superfast", "crf": "23", "g": "30", "bf": "0"},
    "libopenh264": {"b": "3M", "g": "30"},
    "h264_videotoolbox": {"b": "3M", "g": "30"},
    "h264_mf": {"b": "3M", "g": "30"},
}
"""H.264 encoders, the best first; any FFmpeg has one of them."""

# superfast with macroblock trees: 6.8 ms a frame at 720p instead of veryfast's 8.8, for 17 % more bytes.
_SMALL = {"x264-params": "mbtree=1:rc-lookahead=10"}
# No frame waits in the encoder: 4 ms a frame, for twice the bytes (still 1 MB in 7 s of a sample video).
_AT_ONCE = {"tune": "zerolatency"}
_BT601, _BT709, _LIMITED_RANGE = 6, 1, 1  # AVCOL_SPC_SMPTE170M (what OpenCV converts to), AVCOL_PRI/TRC_BT709, MPEG


class H264Encoder:
    """Encodes into ``container``, whose header is written at once.

    Parameters
    ----------
    container
        An MP4, open for writing.
    width_px, height_px
        Size of the pictures. An odd last column or row is left out: browsers play even sizes only.
    at_once
        Every picture leaves the encoder as soon as it was given. Default: several wait there, which makes smaller files.

    Notes
    -----
    The first picture is at time 0 of the file; those after keep their true distance from it.
    """

    def __init__(
        self, container: OutputContainer, name: str, width_px: int, height_px: int, *, at_once: bool = False
    ) -> None:
        self._shape = (height_px, width_px, 3)
        self._even_px = (width_px - width_px % 2, height_px - height_px % 2)
        self._container = container
        self._first_s: float | None = None
        self._last_tick = -1
        self._stream = self._add_stream(name, at_once)
        container.start_encoding()  # opens the file now, not with the first picture

    @property
    def empty(self) -> bool:
        """Whether no picture was written yet."""
        return self._first_s is None

    def write(self, image_rgb: NDArray[np.uint8], time_s: float) -> None:
        """Add one (h, w, 3) uint8 picture; times strictly increase."""
        if image_rgb.shape != self._shape or image_rgb.dtype != np.uint8:
            raise ValueError(f"picture is {image_rgb.shape} {image_rgb.dtype}, expected {self._shape} uint8")
        first_s = time_s if self._first_s is None else self._first_s
        tick = round((time_s - first_s) / float(TICK_S))
        if tick <= self._last_tick:
            raise ValueError(f"time {time_s} s is not after the time of the picture before")
        self._first_s, self._last_tick = first_s, tick
        frame = av.VideoFrame.from_ndarray(self._to_yuv(image_rgb), format="yuv420p")
        frame.pts, frame.time_base = tick, TICK_S
        self._container.mux(self._stream.encode(frame))

    def flush(self) -> None:
        """Write the pictures that wait in the encoder; none may follow."""
        self._container.mux(self._stream.encode(None))

    def _add_stream(self, name: str, at_once: bool) -> VideoStream:
        tuned = {} if name != "libx264" else _AT_ONCE if at_once else _SMALL
        stream = self._container.add_stream(name, options={**ENCODERS[name], **tuned})
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


def choose_encoder(path: Path) -> str:
    """Name of the first of `ENCODERS` that this FFmpeg has.

    Raises
    ------
    StorageError
        It has none; ``path`` is named in the message.
    """
    for name in ENCODERS:
        if name in av.codecs_available:
            return name
    raise StorageError(phrase("{path}: this FFmpeg cannot write H.264; install the 'av' wheel from PyPI.", path=path))
