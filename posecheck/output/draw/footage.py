"""The video that a result is drawn on, and how its pictures are read again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from posecheck.output.draw.face_blur import FaceBlur
from posecheck.video.reader import VideoOptions

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.trial.result import TrialResult
    from posecheck.video.frame import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """A video to draw on.

    Attributes
    ----------
    path : Path
    options : VideoOptions
        As the body points were found with, so that every picture meets its own row of them.
    blur : FaceBlur or None
        How the face is blurred; None: it is not.
    """

    path: Path
    options: VideoOptions = field(default_factory=VideoOptions)
    blur: FaceBlur | None = None

    @classmethod
    def of(cls, result: TrialResult) -> Footage:
        """The video that a trial was measured from, read as it was then."""
        return cls(result.recording.info.path, result.options.video)

    def shown(self, frame: Frame) -> Frame:
        """A picture of it as people may see it."""
        return frame if self.blur is None else replace(frame, picture=self.blur.apply(frame.image_rgb, frame.time_s))
