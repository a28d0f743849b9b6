"""One picture of a video: to show it before it plays, and to choose a person in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from posecheck.errors import VideoError
from posecheck.files import write_bytes_atomic
from posecheck.pose.people import find_closely
from posecheck.video.reader import open_video

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.output.draw.footage import Footage
    from posecheck.pose.estimator import PoseEstimator
    from posecheck.pose.landmarks import Pose
    from posecheck.video.frame import Frame

MAX_SIDE_PX = 960
JPEG_QUALITY = 85
BOX_MARGIN = 0.08
"""Added around the body points, as a share of the body's size: they end at ears and toes (chosen by us)."""
_SAME_TIME_S = 1e-3


@dataclass(frozen=True, slots=True)
class PersonBox:
    """Where somebody is in a picture, as fractions of its width and height.

    Attributes
    ----------
    left, top, right, bottom : float
        0 to 1.
    centre : (x, y)
        Middle of the trunk: what `posecheck.trial.result.TrialOptions` takes as ``person_at``.
    """

    left: float
    top: float
    right: float
    bottom: float
    centre: tuple[float, float]


def write_poster(footage: Footage, target: Path, time_s: float = 0.0, *, max_px: int = MAX_SIDE_PX) -> Path:
    """Write the picture at a moment as a JPEG, upright.

    Parameters
    ----------
    footage : Footage
        Start and end do not matter.
    target : Path
    time_s : float
        The first picture from then on; the video's last one where that is past its end. Default: the first of all.
    max_px : int
        Longer side at most. Default 960.

    Raises
    ------
    VideoError, StorageError
        The video cannot be read; the picture cannot be written.
    """
    image = footage.shown(_frame_from(footage, time_s, max_px)).image_rgb
    jpeg = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
    return write_bytes_atomic(target, bytes(jpeg))


def people_in_picture(footage: Footage, time_s: float, estimator: PoseEstimator) -> tuple[PersonBox, ...]:
    """Everybody in the picture at a moment, from left to right.

    Parameters
    ----------
    footage : Footage
        Start and end do not matter.
    time_s : float
        As for `write_poster`. A person is chosen in the first picture in which anybody is found.
    estimator : PoseEstimator

    Raises
    ------
    VideoError
        The video cannot be read.
    """
    image = _frame_from(footage, time_s).image_rgb
    height_px, width_px = image.shape[:2]
    boxes = [box_of(pose, width_px, height_px) for pose in find_closely(image, estimator.find_people)]
    return tuple(sorted(boxes, key=lambda box: box.centre))


def box_of(pose: Pose, width_px: int, height_px: int) -> PersonBox:
    """Where somebody is in a picture of a size."""
    size = np.array([width_px, height_px])
    low, high = pose.box_px
    margin = BOX_MARGIN * pose.height_px
    left, top = (float(value) for value in np.clip((low - margin) / size, 0, 1))
    right, bottom = (float(value) for value in np.clip((high + margin) / size, 0, 1))
    x, y = (float(value) for value in pose.centre_px / size)
    return PersonBox(left, top, right, bottom, (x, y))


def _frame_from(footage: Footage, time_s: float, max_px: int | None = None) -> Frame:
    """The first picture from a time on, or the last one before it."""
    video, options = footage.path, footage.options
    if max_px is not None:
        options = replace(options, max_side_px=max_px)
    late = replace(options, start_s=max(0.0, time_s - _SAME_TIME_S), end_s=None)
    try:
        with open_video(video, late) as reader:
            return next(reader)
    except VideoError:  # past the end, or not to be read at all, which the next attempt says in words
        with open_video(video, replace(options, start_s=None, end_s=None)) as reader:
            last = next(reader)
            for frame in reader:
                if frame.time_s > time_s:
                    break
                last = frame
            return last
