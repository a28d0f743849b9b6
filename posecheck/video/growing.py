"""A video that can be read while it grows: what was filmed survives a crash, a power cut of the program, a full disk."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import av

from posecheck.errors import StorageError
from posecheck.files import ANOTHER_PLACE
from posecheck.language import phrase
from posecheck.video.h264 import H264Encoder, add_h264_stream, choose_encoder, mux_into

if TYPE_CHECKING:
    from io import FileIO
    from types import TracebackType

    import numpy as np
    from av.container import OutputContainer
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

UNFINISHED: Final = ".unfinished"
"""Stands before the suffix while the file grows, and stays there after a crash."""

FRAGMENT_US: Final = 500_000
"""A fragment is closed, and safe on disk, every half second (chosen by us: a crash may lose 2 s at most)."""

_OPTIONS = {
    # hybrid_fragmented: fragments while it grows, turned into an ordinary, seekable MP4 in place at the end.
    "movflags": "+hybrid_fragmented+frag_keyframe+default_base_moof",
    "frag_duration": str(FRAGMENT_US),
    "flush_packets": "1",
}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class GrowingVideo:
    """Writes ``NAME.unfinished.mp4``, playable at any time but for its last half second; `finish` makes it ``NAME.mp4``.

    Parameters
    ----------
    path
        The MP4 to make; its folder exists. A file of that name is replaced at the end. An unfinished one that a crash
        left is not: the new one is then numbered.
    width_px, height_px
        Size of the pictures.

    Raises
    ------
    StorageError
        The file cannot be made, or this FFmpeg has no H.264 encoder.
    """

    def __init__(self, path: str | Path, width_px: int, height_px: int) -> None:
        self.path = Path(path)
        self._file, self.unfinished = _create_beside(self.path)
        self._guard = _Guard(self._file)
        self._duration_s = 0.0
        self._first_s: float | None = None
        self._size_px = (width_px, height_px)
        self._container: OutputContainer | None = None  # opened with the first picture: FFmpeg cannot end an empty one
        self._encoder: H264Encoder | None = None
        self._stream: VideoStream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._file.closed:
            self.finish()

    @property
    def duration_s(self) -> float:
        """Time from the first picture to the last one written."""
        return self._duration_s

    def write(self, image_rgb: NDArray[np.uint8], time_s: float) -> None:
        """Add one (h, w, 3) uint8 picture; times strictly increase.

        Raises
        ------
        StorageError
            The disk is full or gone; what was written before stays, under the name `unfinished`.
        """
        if self._container is None or self._encoder is None:
            self._container = av.open(self._guard, "w", format="mp4", options=_OPTIONS)
            name = choose_encoder(self.path)
            self._stream = add_h264_stream(self._container, name, *self._size_px, at_once=True)
            self._encoder = H264Encoder(self._stream.codec_context, *self._size_px)
        mux_into(self._container, self._stream, self._encoder.write(image_rgb, time_s))
        self._raise_failure()
        self._first_s = time_s if self._first_s is None else self._first_s
        self._duration_s = time_s - self._first_s

    def finish(self) -> Path:
        """Turn what was written into an ordinary MP4 and give it its name.

        Returns
        -------
        Path
            The finished file.

        Raises
        ------
        StorageError
            No picture was written; or the disk is full: what was written stays, under the name `unfinished`.
        """
        if self._encoder is None:
            self.discard()
            raise StorageError(phrase("{path}: no picture was written, so there is no video.", path=self.path))
        self._close()
        self._raise_failure()
        try:
            self.unfinished.replace(self.path)
        except OSError as error:
            self._guard.failure = error
            self._raise_failure()
        return self.path

    def discard(self) -> None:
        """Leave nothing behind."""
        self._guard.failure = OSError("discarded")  # nothing more is written
        self._close()
        self.unfinished.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._encoder is not None and self._container is not None:
            mux_into(self._container, self._stream, self._encoder.flush())
            self._container.close()
        self._file.close()

    def _raise_failure(self) -> None:
        error = self._guard.failure
        if error is None:
            return
        if error.errno in _FULL:
            raise StorageError(
                phrase(
                    "{path}: the disk is full; what was recorded until then, {seconds:.1f} s, is kept in {file} beside it. "
                    "Make room, then record again or analyse that file.",
                    path=self.path,
                    seconds=self._duration_s,
                    file=self.unfinished.name,
                )
            )
        raise StorageError(
            phrase(
                "{path}: cannot be written ({reason}); what was recorded until then, {seconds:.1f} s, is kept in {file} "
                "beside it. Check the folder, then record again or analyse that file.",
                path=self.path,
                reason=error.strerror or error,
                seconds=self._duration_s,
                file=self.unfinished.name,
            )
        )


class _Guard:
    """The file as FFmpeg sees it: after the first failure nothing is written any more.

    Otherwise the end of the file, written in several places, would destroy what is on a full disk.
    """

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._position = 0
        self.failure: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            if self.failure is None:
                _write_all(self._file, data)
        except OSError as error:
            self.failure = error
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        if self.failure is None:
            self._position = self._file.seek(offset, whence)
        elif whence == 0:
            self._position = offset
        return self._position

    def tell(self) -> int:
        return self._position

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True


def _write_all(file: FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _create_beside(path: Path) -> tuple[FileIO, Path]:
    """A new file beside ``path``, unbuffered; the name of an earlier unfinished one is not taken."""
    for number in range(1, 1000):
        word = UNFINISHED if number == 1 else f"{UNFINISHED}-{number}"
        name = path.with_name(f"{path.stem}{word}{path.suffix}")
        try:
            return name.open("x+b", buffering=0), name
        except FileExistsError:
            continue
        except OSError as error:
            raise StorageError(
                phrase(
                    "{path}: cannot be written ({reason}). Check the folder.", path=path, reason=error.strerror or error
                ),
                ANOTHER_PLACE,
            ) from error
    raise StorageError(
        phrase("{path}: too many unfinished recordings lie beside it; analyse or remove them first.", path=path)
    )


def unfinished_beside(path: Path) -> tuple[Path, ...]:
    """Recordings of that name which a crash left unfinished, oldest first."""
    return tuple(
        sorted(path.parent.glob(f"{path.stem}{UNFINISHED}*{path.suffix}"), key=lambda item: item.stat().st_mtime)
    )
