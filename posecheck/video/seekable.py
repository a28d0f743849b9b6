"""A seekable file of what a browser's recorder wrote: its pictures as they are, with their times, duration and index."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import av

from posecheck.errors import StorageError, VideoError
from posecheck.files import write_file_atomic
from posecheck.language import phrase
from posecheck.video.container import open_picture_stream, read_packets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from av.packet import Packet
    from av.video.stream import VideoStream

_FORMATS = {"vp8": "webm", "vp9": "webm", "av1": "webm", "h264": "mp4", "hevc": "mp4"}
_OTHER = "matroska"
_OPTIONS = {"mp4": {"movflags": "+faststart"}}


def write_seekable(source: Path, target: Path) -> float:
    """Write the pictures of a recording, not decoded, into a file that can be played from any place.

    Recorders in browsers write as they go: no duration, no index, and where the browser or the server died, a torn end.
    What is torn is left out; sound is too.

    Parameters
    ----------
    source, target : Path
        ``target`` appears whole or not at all; what was written is read back first.

    Returns
    -------
    float
        Time from the first to the last picture, in seconds.

    Raises
    ------
    VideoError
        There is no picture in it.
    StorageError
        The disk is full or cannot be written.
    """
    spans: list[tuple[int, float]] = []

    def write(partial: Path) -> None:
        with open_picture_stream(source) as (container, stream):
            packets = _in_order(read_packets(container, stream, []))
            first = next(packets, None)
            if first is None:
                raise VideoError(phrase("{path}: it ended before the first picture came in.", path=source))
            spans.append(_copy(chain([first], packets), stream, partial))
        if _count_pictures(partial) != spans[0][0]:
            raise StorageError(
                phrase("{path}: what was written is not whole; the disk may be full. Free some space.", path=target)
            )

    write_file_atomic(target, write)
    return spans[0][1]


def _in_order(packets: Iterable[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
    """The whole pictures; of two in the same tick the second is one tick later, as files must have it."""
    last: int | None = None
    for packet in packets:
        if packet.dts is None or packet.pts is None or packet.is_corrupt or not packet.size:
            continue
        if last is not None and packet.dts <= last:
            packet.dts = last + 1
            packet.pts = max(packet.pts, packet.dts)
        last = packet.dts
        yield packet


def _copy(packets: Iterable[Packet[VideoStream]], stream: VideoStream, partial: Path) -> tuple[int, float]:
    """Write them; returns how many there are, and their time from first to last."""
    times: list[int] = []
    tick_s = float(stream.time_base or 0)
    name = _FORMATS.get(stream.codec_context.name, _OTHER)
    try:
        with av.open(str(partial), "w", format=name, options=_OPTIONS.get(name, {})) as container:
            copy = container.add_stream_from_template(stream)
            for packet in packets:
                times.append(packet.pts or 0)
                packet.stream = copy
                container.mux(packet)
    except av.FFmpegError as error:
        raise StorageError(
            phrase("{path}: cannot be written ({reason}); check the disk space.", path=partial, reason=error.strerror)
        ) from error
    return len(times), (max(times) - min(times)) * tick_s


def _count_pictures(path: Path) -> int:
    try:
        with open_picture_stream(path) as (container, stream):
            return sum(packet.size > 0 for packet in read_packets(container, stream, []))
    except VideoError:
        return 0
