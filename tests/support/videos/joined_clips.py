"""Sample videos joined into one stream that Chromium plays as a camera: each stands still before it moves."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
from clips import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

RATE_HZ = 30
"""Chromium plays a stream of JPEG pictures at this rate, as the sample videos were made."""
SIZE_PX = (640, 360)
QUALITY = "3"


def write_camera(path: Path, parts: Sequence[tuple[str, float]]) -> Path:
    """Write sample videos, each after its first picture has stood still for so many seconds."""
    with path.open("wb") as file:
        for name, still_s in parts:
            pictures = jpegs(SAMPLES / f"{name}.mp4")
            first = next(pictures)
            file.write(first * round(still_s * RATE_HZ))
            for picture in pictures:
                file.write(picture)
    return path


def jpegs(video: Path) -> Iterator[bytes]:
    """The pictures of a video as JPEG."""
    codec = av.CodecContext.create("mjpeg", "w")
    codec.width, codec.height = SIZE_PX
    codec.pix_fmt = "yuvj420p"
    codec.time_base = Fraction(1, RATE_HZ)
    codec.options = {"qmin": QUALITY, "qmax": QUALITY}
    with av.open(str(video)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            small = frame.reformat(*SIZE_PX, format="yuvj420p")
            small.pts, small.time_base = number, codec.time_base
            for packet in codec.encode(small):
                yield bytes(packet)
