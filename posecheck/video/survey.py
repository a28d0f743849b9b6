"""What a whole file holds, told from its pieces before it is read: times of all pictures, clips, sizes."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

import av
import numpy as np

from posecheck.errors import VideoError
from posecheck.language import phrase
from posecheck.video.clock import Seams
from posecheck.video.container import open_picture_stream, read_packets
from posecheck.video.pace import HOLE_S
from posecheck.video.parameter_sets import size_rules
from posecheck.video.parts import Part, video_parts
from posecheck.video.shape import PixelShape, upright_px

if TYPE_CHECKING:
    from pathlib import Path

    from av.packet import Packet
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

MOST_PIECES: Final = 1_000_000
"""More are not looked at: nine hours at 30 pictures a second; keeps the memory small (chosen by us)."""
LOOK_EVERY_S: Final = 1.0
"""How often a size is looked up where every picture stands alone (chosen by us: no such camera changes its size)."""
_TRACKED = ("h264", "hevc")


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What the pieces of a file tell.

    Attributes
    ----------
    times_s : (n,) float64
        Time of each picture, in order, from the first one, on the common clock of all clips.
    duration_s : float
        From the first picture to the end of the last; NaN without pictures.
    clips : int
        How many were joined.
    sizes_px : tuple of (width, height)
        Every size that occurs: upright, square pixels, not scaled.
    parts : tuple of Part or None
        The videos in the file that can be read.
    unread : int
        How many cannot.
    keys_s : (m,) float64
        Times of the pictures at which reading can begin; empty where it can begin at the start alone.
    """

    times_s: NDArray[np.float64]
    duration_s: float
    clips: int
    sizes_px: tuple[tuple[float, float], ...]
    parts: tuple[Part | None, ...]
    unread: int
    keys_s: NDArray[np.float64]

    @property
    def mean_fps(self) -> float:
        """Mean rate of the whole video without its pauses; NaN where unknown."""
        steps_s = np.diff(self.times_s)
        steps_s = steps_s[steps_s <= HOLE_S]
        return float(len(steps_s) / steps_s.sum()) if steps_s.size else math.nan

    def notes(self) -> tuple[str, ...]:
        """What was not read, in words."""
        if not self.unread:
            return ()
        videos = len(self.parts) + self.unread
        return (
            phrase(
                "{videos} videos were put into this file, and {unread} of them cannot be read: what is there of the others "
                "was used.",
                videos=videos,
                unread=self.unread,
            ),
        )


def survey_video(path: Path) -> Survey:
    """Go through the pieces of a file once; only a piece that may change the picture's size is decoded.

    Raises
    ------
    VideoError
        As `open_picture_stream`.
    """
    about = path.stat() if path.exists() else None  # a missing file is told in words below
    return _survey(path, about.st_mtime_ns if about else 0, about.st_size if about else 0)


@lru_cache(maxsize=4)
def _survey(path: Path, _changed_ns: int, _size_bytes: int) -> Survey:
    with open_picture_stream(path):  # says in words what is wrong with the file
        parts = video_parts(path)
    times, sizes = _Times(), _Sizes()
    read = [part for part in parts if _look_through(path, part, times, sizes)]
    times_s = times.in_order()
    return Survey(
        times_s,
        float(times_s[-1] + times.step_s) if len(times_s) else math.nan,
        times.clips,
        tuple(sizes.found),
        tuple(read),
        len(parts) - len(read),
        times.keys_in_order(),
    )


def _look_through(path: Path, part: Part | None, times: _Times, sizes: _Sizes) -> bool:
    """Take what the pieces of a video tell; False if there is none."""
    try:
        with open_picture_stream(path, part) as (container, stream):
            times.attach(stream, container.format.name)
            sizes.attach(stream)
            for packet in islice(read_packets(container, stream, []), MOST_PIECES):
                if packet.size:
                    times.take(packet)
                    sizes.take(packet)
    except VideoError:
        if part is None:
            raise
        return False
    return True


class _Times:
    """Times of showing, gathered from pieces that come in the order of decoding."""

    def __init__(self) -> None:
        self._seams = Seams()
        self._times_s, self._keys_s = array("d"), array("d")
        self._uncounted = 0

    def attach(self, stream: VideoStream, container: str) -> None:
        """Say which stream the next pieces are of."""
        self._decoding_times = container == "avi"
        self._tick_s = float(stream.time_base or 0)
        self._guessed_s = 1 / float(stream.guessed_rate or 30)
        self._zero: int | None = None if self._decoding_times else stream.start_time
        self._seams.begin_another(self._guessed_s)

    @property
    def clips(self) -> int:
        return self._seams.clips

    @property
    def step_s(self) -> float:
        """How long a picture is shown, typically."""
        return float(np.median(np.diff(self.in_order()))) if len(self._times_s) > 1 else self._guessed_s

    def take(self, packet: Packet[VideoStream]) -> None:
        shown = packet.dts if self._decoding_times else packet.pts
        if packet.is_discard:
            return
        if shown is None:
            self._uncounted += 1
            return
        self._zero = shown if self._zero is None else self._zero
        shown_s = (shown - self._zero) * self._tick_s
        # Decoding times run evenly where times of showing jump to and fro, so that they tell where a clip begins. Where a
        # file does not give them, only key pictures do.
        steady = shown if packet.dts is None and packet.is_keyframe else packet.dts
        if steady is not None:
            self._seams.joined_s((steady - self._zero) * self._tick_s, key=packet.is_keyframe)
        self._times_s.append(shown_s + self._seams.offset_s)
        if packet.is_keyframe:
            self._keys_s.append(self._times_s[-1])

    def in_order(self) -> NDArray[np.float64]:
        if not self._times_s:  # no piece has a time
            return np.arange(self._uncounted, dtype=np.float64) * self._guessed_s
        times_s = np.unique(np.array(self._times_s, dtype=np.float64))
        return np.asarray(times_s - times_s[0])

    def keys_in_order(self) -> NDArray[np.float64]:
        if self._seams.clips != 1 or self._zero is None or self._decoding_times or self._uncounted:
            return np.empty(0)
        return np.asarray(np.unique(np.array(self._keys_s, dtype=np.float64)) - min(self._times_s))


class _Sizes:
    """Sizes that occur, found from the few pieces that can change them."""

    def __init__(self) -> None:
        self.found: dict[tuple[float, float], None] = {}

    def attach(self, stream: VideoStream) -> None:
        """Say which stream the next pieces are of."""
        self._stream = stream
        self._pixels = PixelShape(stream)
        self._rules: tuple[bytes, ...] = ()
        self._looked_s = -math.inf
        self._after_key = self._looked = False

    def take(self, packet: Packet[VideoStream]) -> None:
        if packet.is_keyframe and (not self._looked or self._may_differ(packet)):
            self._look(packet)
        self._after_key = packet.is_keyframe

    def _may_differ(self, packet: Packet[VideoStream]) -> bool:
        if packet.has_sidedata("new_extradata"):
            return True
        if self._stream.codec_context.name in _TRACKED:
            return size_rules(packet, self._stream) not in ((), self._rules)
        return not self._after_key or abs(_time_s(packet) - self._looked_s) >= LOOK_EVERY_S

    def _look(self, packet: Packet[VideoStream]) -> None:
        self._rules = size_rules(packet, self._stream) or self._rules
        self._looked, self._looked_s = True, _time_s(packet)
        try:
            frames = [*self._stream.decode(packet), *self._stream.decode(None)]
        except av.FFmpegError:  # told where the pictures are read
            frames = []
        self._stream.codec_context.flush_buffers()
        for frame in frames:
            self.found[upright_px(frame, self._pixels.now())] = None


def _time_s(packet: Packet[VideoStream]) -> float:
    ticks = packet.pts if packet.dts is None else packet.dts
    return float((ticks or 0) * (packet.time_base or 0))
