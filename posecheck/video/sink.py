"""Writes pictures and their times to an MP4 that browsers play."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Self

import av

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.video.h264 import H264Encoder, choose_encoder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    import numpy as np
    from av.container import OutputContainer
    from numpy.typing import NDArray


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
        self._encoder: H264Encoder

    def __enter__(self) -> Self:
        name = choose_encoder(self.path)
        with self._storage_errors():
            self._container = av.open(str(self._partial), "w", format="mp4", options={"movflags": "+faststart"})
            if self._comment:
                self._container.metadata["comment"] = self._comment
            self._encoder = H264Encoder(self._container, name, *self._size_px)
        return self

    def write(self, image_rgb: NDArray[np.uint8], time_s: float) -> None:
        """Add one (h, w, 3) uint8 picture; times strictly increase."""
        with self._storage_errors():
            self._encoder.write(image_rgb, time_s)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self._discard()
            return
        if self._encoder.empty:
            self._discard()
            raise StorageError(phrase("{path}: no picture was written, so there is no video.", path=self.path))
        with self._storage_errors():
            self._encoder.flush()
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
