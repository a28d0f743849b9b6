"""Pictures that say which one they are, as videos of any kind."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from posecheck.video.reader import VideoOptions, iter_video

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from posecheck.video.frame import Frame

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def four_corners(width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Red, green above blue, white."""
    image = np.empty((height_px, width_px, 3), np.uint8)
    image[: height_px // 2, : width_px // 2] = RED
    image[: height_px // 2, width_px // 2 :] = GREEN
    image[height_px // 2 :, : width_px // 2] = BLUE
    image[height_px // 2 :, width_px // 2 :] = WHITE
    return image


def bars(number: int, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Eight bars that write a number in binary, so that a decoded picture says which one it is."""
    image = np.zeros((height_px, width_px, 3), np.uint8)
    for bit in range(8):
        if number >> bit & 1:
            image[:, bit * width_px // 8 : (bit + 1) * width_px // 8] = 255
    return image


def read_bars(image: NDArray[np.uint8]) -> int:
    width_px = image.shape[1]
    return sum(int(image[:, (2 * bit + 1) * width_px // 16].mean() > 127) << bit for bit in range(8))


def write_video(
    path: Path,
    times_s: Sequence[float],
    *,
    size_px: tuple[int, int] = (128, 64),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    picture: NDArray[np.uint8] | None = None,
    tick_s: Fraction = Fraction(1, 1000),
    pixel_aspect: Fraction | None = None,
    options: dict[str, str] | None = None,
    movflags: str = "",
) -> Path:
    """Write one picture a time: ``picture`` or else bars that number it."""
    if codec not in av.codecs_available:
        pytest.skip(f"this FFmpeg has no {codec}")
    with av.open(str(path), "w", options={"movflags": movflags} if movflags else {}) as container:
        stream: Any = container.add_stream(codec, rate=30, options=options or {})
        stream.width, stream.height = size_px
        stream.pix_fmt = pixel_format
        stream.codec_context.time_base = tick_s
        if pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        for number, time_s in enumerate(times_s):
            image = bars(number, *size_px) if picture is None else picture
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = round(time_s / tick_s), tick_s
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def read(path: Path, **options: Any) -> list[Frame]:
    return list(iter_video(path, VideoOptions(**options)))
