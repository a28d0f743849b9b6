"""Interlaced pictures hold two moments, in alternate lines: found by measuring, and made into one moment."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from av.filter import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

COMB_STEP: Final = 15
"""Grey levels by which a line differs from both its neighbours where something moved between the two moments."""
COMB_SHARE: Final = 0.001
"""Share of such places from which on a picture counts as combed. Both chosen by us: an interlaced body that moves gives
ten times as many, and progressive pictures of rooms and people a third of them at most."""
MEASURE_EVERY: Final = 3
"""Every how many pictures without the flag one is measured: movements last longer (chosen by us)."""
_EVERY_COLUMN = 16

_FILTERS = (("idet", ""), ("bwdif", "mode=send_frame:deint=interlaced"))
"""FFmpeg's ``idet`` measures which pictures are interlaced, and which lines are the earlier ones, whatever their flags
say; ``bwdif`` replaces the later lines of these, and lets the others pass."""


class Deinterlacer:
    """Lets decoded pictures of one shape pass, interlaced ones deinterlaced; each comes out once, in order.

    Parameters
    ----------
    stream : VideoStream

    Notes
    -----
    Flags are no proof: cameras flag 25 whole pictures a second as interlaced (AVCHD), and converters forget the flag. So
    flagged pictures are measured, and others from the first combed one on. Before that nothing moved, which is no harm.
    """

    def __init__(self, stream: VideoStream) -> None:
        self._stream = stream
        self._graph: Graph | None = None
        self._waiting = 0
        self._unflagged = 0
        self.replaced = 0

    def take(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        """Yield pictures as they become ready: the filter needs the next one first."""
        if self._graph is None and not self._suspects(frame):
            yield frame
            return
        if self._graph is None:
            self._graph = _graph(frame, self._stream)
        self._waiting += 1
        self._graph.push(frame)
        yield from self._ready()

    def end(self) -> Iterator[VideoFrame]:
        """Yield what is still waiting; after that pictures of another shape may come."""
        if self._graph is not None:
            self._graph.push(None)
            yield from self._ready()
        self._graph = None
        self._waiting = 0

    def _suspects(self, frame: VideoFrame) -> bool:
        if frame.interlaced_frame:
            return True
        self._unflagged += 1
        return self._unflagged % MEASURE_EVERY == 0 and _combed(frame)

    def _ready(self) -> Iterator[VideoFrame]:
        while self._graph is not None and self._waiting:
            try:
                shown: Any = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            self._waiting -= 1
            self.replaced += shown.metadata.get("lavfi.idet.multiple.current_frame") in ("tff", "bff")
            yield shown


def _graph(frame: VideoFrame, stream: VideoStream) -> Graph:
    graph = Graph()
    nodes = [
        graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=stream.time_base),
        *(graph.add(name, options) for name, options in _FILTERS),
        graph.add("buffersink"),
    ]
    for before, after in pairwise(nodes):
        before.link_to(after)
    graph.configure()
    return graph


def _combed(frame: VideoFrame) -> bool:
    """Whether lines differ from both neighbours, but hardly from the next but one, as only two moments do."""
    grey = _grey(frame)
    if grey is None or len(grey) < 5:
        return False
    step, next_but_one = np.diff(grey, axis=0), np.abs(grey[2:] - grey[:-2])
    comb = (step[:-1] * step[1:] < -COMB_STEP * COMB_STEP) & (next_but_one < COMB_STEP)
    # Four lines in a row, up and down in turn: a single thin line is something in the room.
    return bool((comb[:-1] & comb[1:]).mean() > COMB_SHARE)


def _grey(frame: VideoFrame) -> NDArray[np.int16] | None:
    """Every sixteenth column of the grey picture in 8 bits; None for formats whose first plane is another thing."""
    name = frame.format.name
    if not name.startswith(("yuv4", "yuvj4", "nv12", "gray")) or name.endswith("be"):
        return None
    plane: Any = frame.planes[0]
    deep = frame.format.components[0].bits
    lines: NDArray[Any] = np.frombuffer(plane, dtype=np.uint16 if deep > 8 else np.uint8).reshape(plane.height, -1)
    return np.asarray(np.right_shift(lines[:, : frame.width : _EVERY_COLUMN], deep - 8).astype(np.int16))
