"""Which part of a video is asked for, and whether there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posecheck.errors import VideoError
from posecheck.language import phrase

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.video.reader import VideoOptions

_END_SLACK_S: Final = 1.0  # Players show whole seconds, so a typed end may lie this far after the last frame.


def check_window(path: Path, options: VideoOptions, duration_s: float) -> None:
    """Refuse a part that is not in a video.

    Raises
    ------
    VideoError
        It begins before it, ends before its own start, or goes on after the video's end.
    """
    start_s, end_s = options.start_s or 0.0, options.end_s
    if start_s < 0:
        raise VideoError(
            phrase("{path}: the start, {start:g} s, is before the video; use 0 or later.", path=path, start=start_s)
        )
    if end_s is not None and end_s <= start_s:
        raise VideoError(
            phrase(
                "{path}: the end, {end:g} s, is not after the start, {start:g} s.", path=path, end=end_s, start=start_s
            )
        )
    if start_s >= duration_s or (end_s or 0.0) > duration_s + _END_SLACK_S:
        raise VideoError(
            phrase(
                "{path}: lasts {duration:.1f} s, but frames {window} were asked for.",
                path=path,
                duration=duration_s,
                window=window_words(options),
            )
        )


def window_words(options: VideoOptions) -> str:
    """``from 2 s to the end``."""
    start_s = options.start_s or 0.0
    if options.end_s is None:
        return phrase("from {start:g} s to the end", start=start_s)
    return phrase("from {start:g} s to {end:g} s", start=start_s, end=options.end_s)
