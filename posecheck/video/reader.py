"""Frames of a video file, upright, with their true times."""

from __future__ import annotations

import contextlib
import hashlib
import math
import queue
import threading
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from av.video.reformatter import VideoReformatter

from posecheck.errors import VideoError
from posecheck.heaps import give_back
from posecheck.language import phrase
from posecheck.video.clock import StreamClock
from posecheck.video.container import (
    decode_packets,
    first_picture,
    open_picture_stream,
    read_packets,
    stated_duration_s,
)
from posecheck.video.frame import Frame, LatePicture
from posecheck.video.pace import Pace, SparePictures
from posecheck.video.pictures import Pictures
from posecheck.video.pieces import SAME_TIME_S, cut_into_pieces
from posecheck.video.shape import Canvas, PixelShape, Turn, upright_px
from posecheck.video.survey import survey_video
from posecheck.video.window import check_window, window_words

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from types import TracebackType

    from posecheck.video.pictures import Picture
    from posecheck.video.pieces import Piece
    from posecheck.video.survey import Survey

PREFETCH_FRAMES: Final = 3
"""Decoded frames that wait for the consumer: enough to hide one slow frame, small in memory (chosen by us)."""

GIVE_BACK_EVERY: Final = 50
"""After so many pictures the system gets back what was freed: pictures leave holes in the heaps, 170 MB within 20 s of
1080p. It costs 2 % of the time of following at most (chosen by us)."""

TURNS_DEG: Final = (0, 90, 180, 270)
"""The turns of a whole picture that can be asked for, clockwise."""

_LEAD_S = 1.0  # An index may go by decoding times, which run before those of showing.
_CUT_SLACK_S = 0.5  # Headers round their duration; only a larger gap at the end is reported.


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a video file holds, as it will be delivered.

    Attributes
    ----------
    width_px, height_px
        Size of the delivered picture: upright, square pixels, scaled down; large enough for every shape that occurs.
    rotation_deg
        Clockwise turn that the file itself asks for and that was applied: 0, 90, 180 or 270. Of the first picture.
    codec, pixel_format, container
        FFmpeg's names: ``hevc``, ``yuv420p10le``, ``mov,mp4,m4a,3gp,3g2,mj2``.
    duration_s
        As the file states it; counted from its pictures where it does not, or where several clips follow each other.
    average_fps
        Mean rate of the whole file without its pauses, before ``stride``; NaN where unknown. Never used for times.
    stride
        Every how many frames one is delivered; where the rate changes on the way, in the most common one.
    frame_estimate
        About how many frames will be delivered, for progress bars; None where unknown.
    joined
        The pictures have several shapes, or are of several clips: a player may not show what is delivered here.
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
    joined: bool = False


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
        Deliver every n-th frame, and need each of these; 1 needs every frame. Default: the smallest that gives at most 60
        frames/s (120 gives 2, 240 gives 4), some of which a slow movement does not need (`Frame.to_spare`).
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
    """Read what a video holds: going through all its pieces, but decoding one frame.

    Raises
    ------
    VideoError
        No such file, a folder, empty, no video, no picture, nothing decodable, too large, or ``options`` ask for
        times outside the video.
    """
    return _probe(Path(path), options or VideoOptions())[0]


def _probe(path: Path, options: VideoOptions) -> tuple[VideoInfo, Survey]:
    with open_picture_stream(path) as (container, stream):
        picture = first_picture(path, container, stream)
        survey = survey_video(path)
        sizes_px = survey.sizes_px or (upright_px(picture, PixelShape(stream).now()),)
        canvas = Canvas.of(sizes_px, options.max_side_px, rotate_deg=options.rotate_deg)
        duration_s = _duration_s(stated_duration_s(container, stream), survey)
        check_window(path, options, duration_s)
        pace = Pace(survey.times_s, options.stride)
        info = VideoInfo(
            path=path,
            width_px=canvas.width_px,
            height_px=canvas.height_px,
            rotation_deg=Turn.of(picture).rotation_deg,
            codec=stream.codec_context.name,
            pixel_format=picture.format.name,
            container=container.format.name,
            duration_s=duration_s,
            average_fps=survey.mean_fps,
            stride=pace.stride,
            frame_estimate=pace.estimate(options.start_s or 0.0, math.inf if options.end_s is None else options.end_s),
            joined=survey.clips > 1 or len(survey.sizes_px) > 1,
        )
        return info, survey


def open_video(
    path: str | Path, options: VideoOptions | None = None, *, near: bool = False, to_draw: bool = False
) -> VideoReader:
    """Open a video for reading; use it in a ``with`` statement.

    Parameters
    ----------
    path : str or Path
    options : VideoOptions, optional
    near : bool
        Decode no more before the start than has to be: in a file whose index goes by other times, the first pictures may
        be lacking. Default: make sure of them.
    to_draw : bool
        Make pictures smaller in less than half of the time, with colours of neighbours that differ by a shade. Default: as
        they are measured.

    Raises
    ------
    VideoError
        As `probe_video`.
    """
    options = options or VideoOptions()
    return VideoReader(*_probe(Path(path), options), options, lead_s=0.0 if near else _LEAD_S, to_draw=to_draw)


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
    so they are counted up from the frame durations, with a warning. Where clips were joined, or the clock jumps, time goes
    on one frame after the last one. Otherwise frames whose time does not increase are left out.

    Pictures of several shapes lie on one canvas, in one scale (`posecheck.video.shape.Canvas`); interlaced ones are
    deinterlaced (`posecheck.video.interlace`).

    High dynamic range (HLG, PQ) is shown in its raw, flatter colours; no tone is mapped.
    """

    def __init__(
        self,
        info: VideoInfo,
        survey: Survey,
        options: VideoOptions,
        *,
        lead_s: float = _LEAD_S,
        to_draw: bool = False,
        spare: SparePictures | None = None,
        beside: int = 1,
    ) -> None:
        self.info = info
        self._lead_s, self._to_draw, self._beside = lead_s, to_draw, beside
        self._survey = survey
        self._warnings: list[str] = []
        self._stop = threading.Event()
        self._queue: queue.Queue[Frame | BaseException | None] = queue.Queue(PREFETCH_FRAMES)
        self._options = options
        times_s = np.empty(0) if to_draw else survey.times_s  # what is drawn is drawn whole
        self._spare = spare or SparePictures(times_s, options.stride, options.start_s, options.end_s)
        self._thread = threading.Thread(target=self._run, name=f"decode {info.path.name}", daemon=True)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Pieces of it that can be read at once; one alone where it is short, was joined, or changes its shape."""
        options, survey = self._options, self._survey
        keys_s = np.empty(0) if self.info.joined or len(survey.parts) > 1 else survey.keys_s
        start_s, end_s = options.start_s, options.end_s
        wanted_s = Pace(survey.times_s, options.stride).wanted_s(start_s or 0.0, math.inf if end_s is None else end_s)
        return cut_into_pieces(wanted_s, keys_s, start_s, end_s)

    def piece(self, piece: Piece, *, near: bool = True, beside: int = 1) -> VideoReader:
        """Another reader, of a piece of the same video, ``beside`` of which are read at once; ``near`` as `open_video`."""
        options = replace(self._options, start_s=piece.start_s, end_s=piece.end_s)
        if piece.start_s is None or piece.start_s == self._options.start_s:
            near = self._lead_s == 0
        else:
            options = replace(options, start_s=piece.start_s - SAME_TIME_S)
        lead_s = 0.0 if near else _LEAD_S
        return VideoReader(
            self.info,
            self._survey,
            options,
            lead_s=lead_s,
            to_draw=self._to_draw,
            spare=self._spare,  # the same pictures are needed in every piece
            beside=beside,
        )

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
            for frame in self._decode():
                self._put(frame)
                if frame.index % GIVE_BACK_EVERY == GIVE_BACK_EVERY - 1:
                    give_back()
        except BaseException as error:  # handed over, raised again by the consumer
            self._put(error)
        else:
            self._put(None)

    def _decode(self) -> Iterator[Frame]:
        info, survey, options, stopped = self.info, self._survey, self._options, self._stop.is_set
        start_s, end_s = options.start_s or 0.0, math.inf if options.end_s is None else options.end_s
        delivered, last_s, pace = 0, math.nan, Pace(survey.times_s, options.stride)
        reformatter, scaler = VideoReformatter(), VideoReformatter() if self._to_draw else None
        late = VideoReformatter()  # of another thread
        clock, early_s = StreamClock(), start_s - self._lead_s
        pictures = Pictures(clock, survey.sizes_px, options)
        with contextlib.closing(self._decoded(clock, pictures, early_s)) as decoded:
            for picture in decoded:
                if stopped() or picture.time_s > end_s:
                    break
                if picture.time_s < start_s:
                    continue
                last_s = picture.time_s
                if pace.wants(last_s):
                    view, to_spare = picture.view, self._spare.has(last_s)
                    image = (
                        LatePicture(view.canvas_px, partial(view.render, picture.shown, late))
                        if to_spare
                        else view.render(picture.shown, reformatter, scaler)
                    )
                    yield Frame(delivered, last_s, image, view.inside_px, to_spare)
                    delivered += 1
            else:
                self._warnings.extend((*survey.notes(), *_warn_of_early_end(last_s, info)))
        self._warnings.extend((*clock.notes(), *pictures.notes()))
        if not delivered and not stopped():
            window = window_words(options)
            raise VideoError(
                phrase("{path}: has no frame {window}; choose other times.", path=info.path, window=window)
            )

    def _decoded(self, clock: StreamClock, pictures: Pictures, early_s: float) -> Generator[Picture]:
        for part in self._survey.parts:
            with open_picture_stream(self.info.path, part, beside=self._beside) as (container, stream):
                clock.attach(stream, container.format.name)
                if self._survey.clips == 1:  # otherwise one time can lie in several places
                    clock.seek(container, early_s)
                packets = read_packets(container, stream, self._warnings)
                yield from pictures.of(decode_packets(packets, stream, self._warnings), stream)

    def _put(self, item: Frame | BaseException | None) -> None:
        while not self._stop.is_set():
            try:
                return self._queue.put(item, timeout=0.1)
            except queue.Full:
                continue
        return None


def _duration_s(stated_s: float, survey: Survey) -> float:
    if survey.clips > 1 or not survey.duration_s <= stated_s + _CUT_SLACK_S:
        return survey.duration_s
    return stated_s


def _warn_of_early_end(last_s: float, info: VideoInfo) -> Iterator[str]:
    if last_s + _CUT_SLACK_S < info.duration_s:
        yield phrase(
            "The picture ends after {end:.1f} s though the file states {stated:.1f} s, so it is probably cut off; what is "
            "there was used.",
            end=last_s,
            stated=info.duration_s,
        )
