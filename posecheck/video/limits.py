"""What a video may be at most, before anything long is done with it; decided by reading it, never by its name."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import VideoError
from posecheck.language import phrase
from posecheck.video.container import decode_packets, open_picture_stream, read_packets
from posecheck.video.reader import probe_video
from posecheck.video.survey import survey_video

if TYPE_CHECKING:
    from posecheck.video.reader import VideoInfo

FIRST_PICTURES = 5
"""So many pictures are decoded and looked at: the header may state another size (chosen by us)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoLimits:
    """The most that is accepted.

    Attributes
    ----------
    max_bytes : int
        Default 4 GB: ten minutes of 4K from a phone.
    max_duration_s : float
        Default 20 minutes: a test takes less than one.
    max_pixels : int
        Of one picture. Default 36 million: 8K has 33.
    max_frames : int
        Default 150 000: 20 minutes at 120 frames/s.
    """

    max_bytes: int = 4_000_000_000
    max_duration_s: float = 1200.0
    max_pixels: int = 36_000_000
    max_frames: int = 150_000


def check_video(path: str | Path, limits: VideoLimits | None = None) -> VideoInfo:
    """Refuse a file that is no video, or more of one than is accepted.

    The first pictures are decoded; duration and number of frames are counted from the pieces of the file, as its header
    may state anything.

    Raises
    ------
    VideoError
        In words: no such file, empty, too large, no video, nothing decodable, too long, too many pixels or frames.
    """
    path, limits = Path(path), limits or VideoLimits()
    if path.is_file() and path.stat().st_size > limits.max_bytes:
        raise VideoError(
            phrase(
                "{path}: has {size:.1f} GB, and at most {most:g} GB are accepted; cut it to the test, or export it at "
                "1920x1080.",
                path=path,
                size=path.stat().st_size / 1e9,
                most=limits.max_bytes / 1e9,
            )
        )
    with open_picture_stream(path) as (container, stream):
        _check_pixels(path, stream.width, stream.height, limits)
        warnings: list[str] = []
        for picture in islice(
            decode_packets(read_packets(container, stream, warnings), stream, warnings), FIRST_PICTURES
        ):
            _check_pixels(path, picture.width, picture.height, limits)
    info = probe_video(path)  # says in words why nothing could be decoded
    if info.duration_s > limits.max_duration_s:
        raise _too_long(path, info.duration_s, limits)
    _check_all_pieces(path, limits)
    return info


def _check_pixels(path: Path, width_px: int, height_px: int, limits: VideoLimits) -> None:
    if width_px * height_px > limits.max_pixels:
        raise VideoError(
            phrase(
                "{path}: its picture of {width}x{height} is too large; export it at 1920x1080.",
                path=path,
                width=width_px,
                height=height_px,
            )
        )


def _check_all_pieces(path: Path, limits: VideoLimits) -> None:
    survey = survey_video(path)
    times_s = survey.times_s
    for width_px, height_px in survey.sizes_px:
        _check_pixels(path, round(width_px), round(height_px), limits)
    if len(times_s) > limits.max_frames:
        raise VideoError(
            phrase(
                "{path}: holds more than {most} pictures; cut it to the test, or film with 30 or 60 pictures a second.",
                path=path,
                most=limits.max_frames,
            )
        )
    if len(times_s) and times_s[-1] > limits.max_duration_s:
        raise _too_long(path, float(times_s[-1]), limits)


def _too_long(path: Path, duration_s: float, limits: VideoLimits) -> VideoError:
    return VideoError(
        phrase(
            "{path}: lasts more than {minutes} minutes, and at most {most:g} are accepted; cut it to the test.",
            path=path,
            minutes=math.floor(duration_s / 60),
            most=limits.max_duration_s / 60,
        )
    )
