"""Encodes pictures and their times as H.264: what a finished file, a piece of one and a growing file have in common."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, cast

import av
import cv2
import numpy as np

from posecheck.errors import StorageError
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
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
THREADS: Final = 2
"""Of one encoder. What it writes depends on their number, and a video is to be the same on every machine: more cores take
more pieces (`posecheck.output.draw.redrawing`)."""
JOINABLE: Final = ("libx264",)
"""Encoders whose pieces all begin with the same header, so that they can be put one after the other."""
_USUAL_FPS: Final = Fraction(30)  # The header names a level for it; the times of pictures are their own.
_GLOBAL_HEADER = 1 << 22  # AV_CODEC_FLAG_GLOBAL_HEADER: the header stands in the file's, as MP4 wants it
_BT601, _BT709, _LIMITED_RANGE = 6, 1, 1  # AVCOL_SPC_SMPTE170M (what OpenCV converts to), AVCOL_PRI/TRC_BT709, MPEG


class H264Encoder:
    """Turns pictures into packets.

    Parameters
    ----------
    context
        Of `add_h264_stream` or `h264_context`.
    width_px, height_px
        Size of the pictures, as it was said there.

    Notes
    -----
    The first picture is at time 0; those after keep their true distance from it. Packets leave in the order of the pictures,
    one for each.
    """

    def __init__(self, context: VideoCodecContext, width_px: int, height_px: int) -> None:
        self._shape = (height_px, width_px, 3)
        self._context = context
        self._first_tick: int | None = None
        self._last_tick = -1

    @property
    def empty(self) -> bool:
        """Whether no picture was written yet."""
        return self._first_tick is None

    def write(self, image_rgb: NDArray[np.uint8], time_s: float) -> list[Packet[VideoStream]]:
        """Add one (h, w, 3) uint8 picture; times strictly increase. The packets that are ready are returned."""
        if image_rgb.shape != self._shape or image_rgb.dtype != np.uint8:
            raise ValueError(f"picture is {image_rgb.shape} {image_rgb.dtype}, expected {self._shape} uint8")
        first_tick = ticks(time_s) if self._first_tick is None else self._first_tick
        tick = ticks(time_s) - first_tick
        if tick <= self._last_tick:
            raise ValueError(f"time {time_s} s is not after the time of the picture before")
        self._first_tick, self._last_tick = first_tick, tick
        frame = av.VideoFrame.from_ndarray(self._to_yuv(image_rgb), format="yuv420p")
        frame.pts, frame.time_base = tick, TICK_S
        return list(self._context.encode(frame))

    def flush(self) -> list[Packet[VideoStream]]:
        """The pictures that wait in the encoder; none may follow."""
        return list(self._context.encode(None))

    def _to_yuv(self, image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        # OpenCV's conversion takes a tenth of the time of FFmpeg's.
        yuv = cv2.cvtColor(image_rgb[: self._context.height, : self._context.width], cv2.COLOR_RGB2YUV_I420)
        return np.asarray(yuv, dtype=np.uint8)


def ticks(time_s: float) -> int:
    """A time on the clock of the files that are written."""
    return round(time_s / float(TICK_S))


def add_h264_stream(
    container: OutputContainer, name: str, width_px: int, height_px: int, *, at_once: bool = False
) -> VideoStream:
    """Add a stream of H.264 to an MP4, whose header is written at once.

    Parameters
    ----------
    container
        Open for writing.
    name
        Of an encoder in `ENCODERS`.
    width_px, height_px
        Size of the pictures. An odd last column or row is left out: browsers play even sizes only.
    at_once
        Every picture leaves the encoder as soon as it was given. Default: several wait there, which makes smaller files.
    """
    stream = container.add_stream(name, options=_options(name, at_once))
    assert isinstance(stream, av.VideoStream)
    _set_up(stream.codec_context, width_px, height_px, at_once)
    container.start_encoding()  # opens the file now, not with the first picture
    return stream


def h264_context(name: str, width_px: int, height_px: int) -> VideoCodecContext:
    """An encoder like that of `add_h264_stream`, for a piece of such a stream that is encoded apart."""
    context = cast("VideoCodecContext", av.VideoCodecContext.create(name, "w"))
    context.options = _options(name, at_once=False)
    _set_up(context, width_px, height_px, at_once=False)
    context.flags |= _GLOBAL_HEADER
    context.open()
    return context


def _options(name: str, at_once: bool) -> dict[str, str]:
    tuned = {} if name != "libx264" else _AT_ONCE if at_once else _SMALL
    return {**ENCODERS[name], **tuned}


def _set_up(context: VideoCodecContext, width_px: int, height_px: int, at_once: bool) -> None:
    context.width, context.height = width_px - width_px % 2, height_px - height_px % 2
    context.pix_fmt = "yuv420p"
    context.time_base = TICK_S
    context.framerate = _USUAL_FPS
    context.thread_count = 0 if at_once else THREADS  # 0: as many as there are cores
    context.colorspace, context.color_range = _BT601, _LIMITED_RANGE
    context.color_primaries = context.color_trc = _BT709


def header_of(context: VideoCodecContext) -> bytes:
    """What a decoder has to know before the first packet."""
    return bytes(context.extradata or b"")


def mux_into(container: OutputContainer, stream: VideoStream, packets: Iterable[Packet[VideoStream]]) -> None:
    """Write packets into the stream of a file."""
    for packet in packets:
        packet.stream = stream
        container.mux(packet)


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
