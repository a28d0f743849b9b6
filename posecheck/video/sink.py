"""Writes pictures and their times to an MP4 that browsers play."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Self

import av

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.video.h264 import (
    H264Encoder,
    add_h264_stream,
    choose_encoder,
    h264_context,
    header_of,
    mux_into,
    ticks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    import numpy as np
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream
    from numpy.typing import NDArray


class NotJoinableError(Exception):
    """A piece does not fit to what was written before it."""


class EncodedPiece:
    """A part of a video, encoded apart and kept in memory until `VideoSink.add` puts it where it belongs.

    Parameters
    ----------
    width_px, height_px
        As of the sink.
    encoder
        Name of one in `posecheck.video.h264.JOINABLE`.
    """

    def __init__(self, width_px: int, height_px: int, encoder: str) -> None:
        context = h264_context(encoder, width_px, height_px)
        self._encoder: H264Encoder | None = H264Encoder(context, width_px, height_px)
        self.header = header_of(context)
        self.times_s: list[float] = []
        self.packets: list[Packet[VideoStream]] = []

    def write(self, image_rgb: NDArray[np.uint8], time_s: float) -> None:
        """Add one (h, w, 3) uint8 picture; times strictly increase."""
        assert self._encoder is not None
        self.packets += self._encoder.write(image_rgb, time_s)
        self.times_s.append(time_s)

    def end(self) -> None:
        """Say that no picture follows; the encoder, which takes tens of megabytes, is let go of."""
        assert self._encoder is not None
        self.packets += self._encoder.flush()
        self._encoder = None


class VideoSink:
    """Writes H.264 video in a ``with`` statement; the file appears at the end, whole, or not at all.

    Parameters
    ----------
    path
        The MP4 to write; its folder exists. A file of that name is replaced.
    width_px, height_px
        Size of the pictures. An odd last column or row is left out: browsers play even sizes only.
    comment
        What the file says about itself. Default: nothing.

    Raises
    ------
    StorageError
        The file cannot be written, no picture was written, or this FFmpeg has no H.264 encoder.

    Notes
    -----
    The first picture is at time 0 of the file; those after keep their true distance from it.
    """

    def __init__(self, path: str | Path, width_px: int, height_px: int, *, comment: str = "") -> None:
        if width_px < 2 or height_px < 2:
            raise ValueError(f"a picture of {width_px}x{height_px} cannot be written as video")
        self.path = Path(path)
        self._size_px, self._comment = (width_px, height_px), comment
        self._partial = self.path.with_name(f".{self.path.name}.partial")
        self._container: OutputContainer
        self._stream: VideoStream
        self._encoder: H264Encoder
        self._first_tick: int | None = None

    def __enter__(self) -> Self:
        name = choose_encoder(self.path)
        with self._storage_errors():
            self._container = av.open(str(self._partial), "w", format="mp4", options={"movflags": "+faststart"})
            if self._comment:
                self._container.metadata["comment"] = self._comment
            self._stream = add_h264_stream(self._container, name, *self._size_px)
            self._encoder = H264Encoder(self._stream.codec_context, *self._size_px)
        return self

    def write(self, image_rgb: NDArray[np.uint8], time_s: float) -> None:
        """Add one (h, w, 3) uint8 picture; times strictly increase."""
        with self._storage_errors():
            mux_into(self._container, self._stream, self._encoder.write(image_rgb, time_s))

    def add(self, piece: EncodedPiece) -> None:
        """Add pictures that were encoded apart, all of them after those before; a file is made of pieces or of pictures.

        Raises
        ------
        NotJoinableError
            The piece needs another header than the file has, or does not hold one packet for each picture.
        """
        if piece.header != header_of(self._stream.codec_context) or len(piece.packets) != len(piece.times_s):
            raise NotJoinableError
        if self._first_tick is None:
            self._first_tick = ticks(piece.times_s[0])
        for packet, time_s in zip(piece.packets, piece.times_s, strict=True):
            packet.pts = packet.dts = ticks(time_s) - self._first_tick
        with self._storage_errors():
            mux_into(self._container, self._stream, piece.packets)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self._discard()
            return
        if self._encoder.empty and self._first_tick is None:
            self._discard()
            raise StorageError(phrase("{path}: no picture was written, so there is no video.", path=self.path))
        with self._storage_errors():
            mux_into(self._container, self._stream, self._encoder.flush())
            self._container.close()
            self._partial.replace(self.path)

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
                phrase(
                    "{path}: cannot be written ({reason}); check the folder and the disk space.",
                    path=self.path,
                    reason=error,
                )
            ) from error
