"""Several videos in one file, one behind the other, as ``cat`` makes them: where each begins."""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_PARTS: Final = 100
"""More are not looked for (chosen by us)."""
_MOST_BOXES = 20_000  # Recordings made in pieces have four boxes a second.
_EBML = b"\x1a\x45\xdf\xa3"
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_FLV, _FLV_HEAD = b"FLV\1", b"\0\0\0\x09\0\0\0\0"


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of one of several videos in a file, from ``begin`` up to ``end``."""

    begin: int
    end: int


def video_parts(path: Path) -> tuple[Part | None, ...]:
    """The videos in a file; one None for the file as a whole, where there is but one, or FFmpeg itself reads on.

    FFmpeg reads MPEG transport streams and AVI on. Of MP4 it reads the first, and may append the last pictures of another;
    of Matroska two at most, the second with the settings of the first; of Flash and Windows Media the first.
    """
    begins = _begins(path)[:MOST_PARTS]
    if len(begins) < 2:
        return (None,)
    return tuple(Part(*part) for part in pairwise((*begins, path.stat().st_size)))


def _begins(path: Path) -> list[int]:
    with path.open("rb") as file:
        head = file.read(len(_ASF))
        if head[4:8] == b"ftyp":
            return [position for position, kind in top_level_boxes(path) if kind == b"ftyp"]
        if not head.startswith((_EBML, _FLV, _ASF)):
            return []
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if head.startswith(_FLV):
                return [at for at in _found(data, _FLV) if data[at + 5 : at + 13] == _FLV_HEAD]
            if head == _ASF:
                return list(_found(data, _ASF))
            # Matroska, 4 (RFC 9559): the kind of document stands in the header, within its first bytes.
            return [
                at for at in _found(data, _EBML) if any(kind in data[at : at + 64] for kind in (b"webm", b"matroska"))
            ]


def _found(data: mmap.mmap, mark: bytes) -> Iterator[int]:
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def top_level_boxes(path: Path) -> Iterator[tuple[int, bytes]]:
    """Place and kind of the boxes that an MP4 consists of."""
    # ISO/IEC 14496-12, 4.2: size (4 bytes, 1: 8 more follow, 0: to the end), type (4 bytes).
    position, end = 0, path.stat().st_size
    with path.open("rb") as file:
        for _ in range(_MOST_BOXES):
            head = file.read(16)
            if len(head) < 8:
                return
            yield position, head[4:8]
            size = int.from_bytes(head[8:16] if head[:4] == b"\0\0\0\1" else head[:4])
            position += size
            if size < 8 or position >= end:
                return
            file.seek(position)


class PartFile:
    """One part of a file as if it were a file, for FFmpeg."""

    def __init__(self, path: Path, part: Part) -> None:
        self._file, self._part = path.open("rb"), part
        self._file.seek(part.begin)

    def read(self, size: int = -1) -> bytes:
        """Bytes from here on, none at the end of the part."""
        left = max(0, self._part.end - self._file.tell())
        return self._file.read(left if size < 0 else min(size, left))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place in the part."""
        starts = {os.SEEK_SET: self._part.begin, os.SEEK_CUR: self._file.tell(), os.SEEK_END: self._part.end}
        return self._file.seek(starts[whence] + offset) - self._part.begin

    def tell(self) -> int:
        """The place in the part."""
        return self._file.tell() - self._part.begin

    def close(self) -> None:
        """Close the file."""
        self._file.close()
