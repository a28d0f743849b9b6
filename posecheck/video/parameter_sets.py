"""Whether a compressed picture may have another size than the one before, told without decoding it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.packet import Packet
    from av.video.stream import VideoStream

_HEAD_BYTES = 4096  # Parameter sets stand before the picture itself, and take about 50 bytes.


def size_rules(packet: Packet[VideoStream], stream: VideoStream) -> tuple[bytes, ...]:
    """The sequence parameter sets in a piece of H.264 or HEVC: they alone say how large a picture is.

    Returns
    -------
    tuple of bytes
        Empty where there are none, so that those before still hold.

    Notes
    -----
    ITU-T H.264, 7.3.2.1 (type 7) and H.265, 7.3.2.2 (type 33). Both kinds of framing occur: start codes (annex B), as in
    transport streams, and lengths (ISO/IEC 14496-15), as in MP4 and Matroska.
    """
    hevc = stream.codec_context.name == "hevc"
    extradata = stream.codec_context.extradata or b""
    head = bytes(memoryview(packet)[:_HEAD_BYTES])
    units = _by_length(head) if extradata[:1] == b"\1" else _by_start_code(head)
    return tuple(unit for unit in units if unit and (unit[0] >> 1 & 63 == 33 if hevc else unit[0] & 31 == 7))


def _by_start_code(data: bytes) -> Iterator[bytes]:
    for unit in data.split(b"\0\0\1")[1:]:
        yield unit.rstrip(b"\0")


def _by_length(data: bytes) -> Iterator[bytes]:
    position = 0
    while position + 4 < len(data):
        size = int.from_bytes(data[position : position + 4])
        yield data[position + 4 : position + 4 + size]
        position += 4 + size
