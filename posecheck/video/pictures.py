"""Decoded pictures on their way to the reader: each with its time, its shape, and deinterlaced."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from posecheck.language import joined, phrase
from posecheck.video.interlace import Deinterlacer
from posecheck.video.shape import Canvas, PixelShape, Turn, View, upright_px

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from posecheck.video.clock import StreamClock
    from posecheck.video.reader import VideoOptions

_NAMED_CHANGES = 3
_MANY = 0.02  # Share of pictures from which on deinterlacing is worth a word.


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture to deliver: its time in seconds, what to show, and how."""

    time_s: float
    shown: VideoFrame
    view: View


class Pictures:
    """Turns the decoded pictures of a file into pictures to deliver.

    Parameters
    ----------
    clock : StreamClock
    sizes_px : tuple of (width, height)
        Every size that occurs, as far as it is known; the first picture's if none is.
    options : VideoOptions
        How they are turned, mirrored and scaled.
    """

    def __init__(self, clock: StreamClock, sizes_px: tuple[tuple[float, float], ...], options: VideoOptions) -> None:
        self._clock, self._sizes_px, self._options = clock, sizes_px, options
        self._canvas: Canvas | None = None
        self._waiting: deque[tuple[float, View]] = deque()
        self._views: list[tuple[float, View]] = []
        self._count = self._deinterlaced = 0

    def of(self, frames: Iterable[VideoFrame], stream: VideoStream) -> Iterator[Picture]:
        """Yield a picture for each decoded one of a stream whose time comes after the one before."""
        self._pixels, self._deinterlacer, self._shape = PixelShape(stream), Deinterlacer(stream), None
        for frame in frames:
            time_s = self._clock.time_s(frame)
            if time_s is None:
                continue
            self._count += 1
            # Not the whole display matrix: asking a frame for it keeps the frame in memory until garbage is collected.
            shape = (frame.format.name, frame.width, frame.height, self._pixels.now(), frame.rotation)
            if shape != self._shape:
                yield from self._ready(self._deinterlacer.end())
                self._shape = shape
                self._views.append((time_s, self._view(frame)))
            self._waiting.append((time_s, self._views[-1][1]))
            yield from self._ready(self._deinterlacer.take(frame))
        yield from self._ready(self._deinterlacer.end())
        self._deinterlaced += self._deinterlacer.replaced

    def notes(self) -> Iterator[str]:
        """Yield what had to be done to the pictures."""
        sizes = [(time_s, tuple(round(side) for side in view.upright_px)) for time_s, view in self._views]
        changes = [now for before, now in pairwise(sizes) if before[1] != now[1]]
        if changes:
            yield phrase(
                "The picture changes its size: {first}, then {named}. Each was measured in its own proportions.",
                first="{}x{}".format(*sizes[0][1]),
                named=_named(changes),
            )
        if self._deinterlaced > _MANY * self._count:
            yield phrase(
                "The video is interlaced (each picture holds two moments, line by line): one of the two was measured. "
                "Film with a setting such as 1080p, not 1080i, for sharper pictures."
            )

    def _view(self, frame: VideoFrame) -> View:
        options, pixels = self._options, self._pixels.now()
        if self._canvas is None:
            sizes_px = self._sizes_px or (upright_px(frame, pixels),)
            self._canvas = Canvas.of(sizes_px, options.max_side_px, rotate_deg=options.rotate_deg)
        turn = Turn.of(frame, mirror=options.mirror, rotate_deg=options.rotate_deg)
        return View(self._canvas, turn, upright_px(frame, pixels, options.rotate_deg))

    def _ready(self, frames: Iterable[VideoFrame]) -> Iterator[Picture]:
        for shown in frames:
            time_s, view = self._waiting.popleft()
            yield Picture(time_s, shown, view)


def _named(changes: list[tuple[float, tuple[int, ...]]]) -> str:
    """The first changes of the picture's size, and how many more there are."""
    named = joined(
        [
            phrase("{size} from {time:.1f} s on", size="{}x{}".format(*size), time=time_s)
            for time_s, size in changes[:_NAMED_CHANGES]
        ],
        ", ",
    )
    more = len(changes) - _NAMED_CHANGES
    if more <= 0:
        return named
    # Said with the plural for one, too, as it always was in English.
    return phrase("{named} and {more} more changes", named=named, more=more)
