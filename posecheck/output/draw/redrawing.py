"""A video written anew with something drawn on each picture: in several pieces at once, joined without encoding again.

Where it is cut depends on the video alone, and each encoder uses the same number of threads everywhere: so the file is the
same on every machine.
"""

from __future__ import annotations

import math
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from itertools import takewhile
from threading import Event
from typing import TYPE_CHECKING

import av

from posecheck.cores import cores
from posecheck.errors import VideoError
from posecheck.heaps import give_back, share_heaps
from posecheck.in_turn import awaited, in_turn
from posecheck.video.h264 import JOINABLE, choose_encoder
from posecheck.video.pieces import SAME_TIME_S
from posecheck.video.reader import open_video
from posecheck.video.sink import EncodedPiece, NotJoinableError, VideoSink

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Future
    from pathlib import Path
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from posecheck.output.draw.footage import Footage
    from posecheck.progress import Progress
    from posecheck.video.frame import Frame
    from posecheck.video.reader import VideoReader

    Draw = Callable[[Frame], NDArray[np.uint8]]

MAX_SIDE_PX = 1280
"""What is written is no larger: a phone or a page shows no more, and 1080p would take twice the time (chosen by us)."""
MOST_AT_ONCE = 4
"""So many pieces are drawn at once at most: each takes about 60 MB (chosen by us)."""
_WAITING_PICTURES = 3  # drawn ahead of the encoder: enough to keep both busy, small in memory


def redraw(
    footage: Footage,
    target: Path,
    draw: Draw,
    *,
    max_side_px: int = MAX_SIDE_PX,
    comment: str = "",
    progress: Progress | None = None,
) -> Path:
    """Write a video anew as H.264 (8 bits, 4:2:0, MP4 that starts to play before it is whole), without sound.

    Parameters
    ----------
    footage : Footage
        Its pictures keep their times; the first one is at time 0.
    target : Path
        The file appears whole or not at all.
    draw : callable
        Makes of a picture as people may see it (`Footage.shown`) what is written, of the same size; in several threads.
    max_side_px : int
        Larger videos are written smaller.
    comment : str
        What the file says about itself. Default: nothing.
    progress : callable, optional
        Told pictures done and about how many there are, in this thread; what it raises ends the work, and nothing is left.

    Raises
    ------
    VideoError
        The video cannot be read.
    StorageError
        The file cannot be written.
    """
    options = replace(footage.options, max_side_px=min(footage.options.max_side_px, max_side_px))
    with open_video(footage.path, options, to_draw=True) as reader:

        def made(frame: Frame) -> NDArray[np.uint8]:
            return draw(footage.shown(frame))

        def tell(done: int) -> None:
            total = reader.info.frame_estimate
            if progress is not None:
                progress(done if total is None else min(done, total), total)

        def sink() -> VideoSink:
            return VideoSink(target, reader.info.width_px, reader.info.height_px, comment=comment)

        encoder = choose_encoder(target)
        if len(reader.pieces) > 1 and encoder in JOINABLE:
            with suppress(NotJoinableError), sink() as joined:
                _PieceDrawer(reader, made, encoder).draw_into(joined, tell)
                return target
        with sink() as whole:
            _draw_each(reader, made, whole.write, lambda frame: tell(frame.index + 1))
    return target


def _draw_each(
    frames: Iterable[Frame],
    draw: Draw,
    write: Callable[[NDArray[np.uint8], float], None],
    on_frame: Callable[[Frame], None],
) -> None:
    """Draw and write pictures; the encoder works in a thread of its own meanwhile."""
    with _Background() as background:
        for frame in frames:
            background.run(write, draw(frame), frame.time_s)
            on_frame(frame)


class _PieceDrawer:
    """Draws the pieces of a video, in several threads: FFmpeg and OpenCV compute outside of Python's lock."""

    def __init__(self, reader: VideoReader, draw: Draw, encoder: str) -> None:
        self._reader, self._draw, self._encoder = reader, draw, encoder
        self._pieces = reader.pieces
        self._many = min(cores(), len(self._pieces), MOST_AT_ONCE)
        self._done = [0] * len(self._pieces)
        self._stop = Event()

    def draw_into(self, sink: VideoSink, tell: Callable[[int], None]) -> None:
        """Write the whole; ``tell`` is told how many pictures were drawn, on this thread.

        Raises
        ------
        NotJoinableError
            The pieces do not make up the whole.
        """
        share_heaps()
        with ThreadPoolExecutor(self._many, "draw") as pool:
            try:
                for future in in_turn(pool, self._encoded, len(self._pieces), ahead=MOST_AT_ONCE):
                    sink.add(awaited(future, lambda: tell(sum(self._done))))
                    give_back()
            finally:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
        tell(sum(self._done))

    def _encoded(self, number: int) -> EncodedPiece:
        info = self._reader.info
        encoded = EncodedPiece(info.width_px, info.height_px, self._encoder)

        def on_frame(_frame: Frame) -> None:
            self._done[number] += 1
            if self._stop.is_set():
                raise NotJoinableError

        try:
            with closing(self._frames_of(number)) as frames:
                _draw_each(frames, self._draw, encoded.write, on_frame)
            encoded.end()
        except (VideoError, av.FFmpegError) as error:  # told in words where the video is read in one pass
            raise NotJoinableError from error
        return encoded

    def _frames_of(self, number: int) -> Generator[Frame]:
        """The pictures of a piece that do not belong to the next one as well.

        Where a file's index goes by other times, a piece may begin too late: then it is sought from further back.
        """
        piece = self._pieces[number]
        end_s = self._pieces[number + 1].start_s if number + 1 < len(self._pieces) else None
        until_s = math.inf if end_s is None else end_s - SAME_TIME_S
        for near in (True, False):
            with self._reader.piece(piece, near=near, beside=self._many) as reader:
                first = next(reader)
                if number == 0 or abs(first.time_s - (piece.start_s or 0.0)) <= SAME_TIME_S:
                    yield first
                    yield from takewhile(lambda frame: frame.time_s < until_s, reader)
                    return
        raise NotJoinableError


class _Background:
    """Runs one job after another in a thread, a few ahead; errors are raised by the next `run` or at the end."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "encode")
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> _Background:
        return self

    def run(self, job: Callable[[NDArray[np.uint8], float], None], image: NDArray[np.uint8], time_s: float) -> None:
        self._waiting.append(self._pool.submit(job, image, time_s))
        if len(self._waiting) > _WAITING_PICTURES:
            self._waiting.popleft().result()

    def __exit__(self, kind: type[BaseException] | None, *_: Any) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)
        if kind is None:
            for job in self._waiting:
                job.result()
