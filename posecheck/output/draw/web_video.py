"""A copy of a video that every browser plays, upright and with its true times."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posecheck.output.draw.redrawing import redraw

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.output.draw.footage import Footage
    from posecheck.progress import Progress
    from posecheck.video.reader import VideoInfo

_PLAYED = {
    "mp4": ("h264",),
    "webm": ("vp8", "vp9", "av1"),
}
_PIXELS = ("yuv420p", "yuvj420p")


def needs_web_copy(info: VideoInfo) -> bool:
    """Whether a browser may fail to play a file, or to turn it upright.

    Played everywhere: H.264 in MP4 or MOV, VP8, VP9 or AV1 in WebM, 8 bits in 4:2:0, stored upright, of one shape and one
    clip. HEVC, ten bits, AVI and the rest are not, nor on every system.
    """
    played = any(word in info.container.split(",") and info.codec in codecs for word, codecs in _PLAYED.items())
    return not played or info.pixel_format not in _PIXELS or info.rotation_deg != 0 or info.joined


def write_web_copy(footage: Footage, target: Path, *, progress: Progress | None = None) -> Path:
    """Write a video anew as H.264 (8 bits, 4:2:0, MP4 that starts to play before it is whole), without sound.

    Parameters
    ----------
    footage : Footage
        As the landmarks were read: mirroring and stride are kept, so that they fit the copy. Start and end are not: the
        copy is the whole video, and its times are those of the recording.
    target : Path
    progress : callable, optional
        Told frames done and about how many there are; what it raises ends the copy, and nothing is left.

    Returns
    -------
    Path
        ``target``, at most `posecheck.output.draw.redrawing.MAX_SIDE_PX` on its longer side, both sides even.

    Raises
    ------
    VideoError, StorageError
        The video cannot be read; the copy cannot be written.
    """
    whole = replace(footage, options=replace(footage.options, start_s=None, end_s=None))
    return redraw(whole, target, lambda frame: frame.image_rgb, progress=progress)
