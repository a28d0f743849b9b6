"""Tells the videos that posecheck drew on from recordings: what is drawn leads the pose model astray."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from posecheck.errors import VideoError
from posecheck.language import phrase
from posecheck.video.container import open_picture_stream

DRAWN_COMMENT: Final = "Drawn on by posecheck: for looking at, not for measuring."
"""Stands in the file's comment, which players show among its properties."""


def refuse_drawn(path: str | Path) -> None:
    """Refuse a video that posecheck itself drew a skeleton on.

    Raises
    ------
    VideoError
        It is one, or the file cannot be read.
    """
    with open_picture_stream(Path(path)) as (container, _):
        drawn = container.metadata.get("comment", "") == DRAWN_COMMENT
    if drawn:
        raise VideoError(
            phrase(
                "{path}: posecheck has drawn on this video, and what is drawn leads the measurement astray. Choose the "
                "recording itself.",
                path=path,
            )
        )
