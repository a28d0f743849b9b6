"""Pictures that show the body points alone, for those who keep no picture of a person: nothing in them was filmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from posecheck.files import write_bytes_atomic
from posecheck.kinematics.cleaning import clean
from posecheck.output.draw.annotated_video import end_range_jpeg
from posecheck.output.draw.overlay import draw_body
from posecheck.output.draw.poster import JPEG_QUALITY, MAX_SIDE_PX
from posecheck.output.draw.trial_overlay import SkeletonOverlay, TrialOverlay
from posecheck.video.frame import Frame

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import LandmarkSeries, SeriesSource
    from posecheck.trial.result import TrialResult

BACKGROUND_RGB = (52, 60, 72)
"""Dark, as the colours of the lines are made for pictures of rooms (chosen by us)."""


def end_range_figure(result: TrialResult) -> bytes | None:
    """The end range as a JPEG, as `posecheck.output.draw.annotated_video.write_end_range_picture` but without the video.

    Returns
    -------
    bytes or None
        None where no repetition could be used.
    """
    overlay = TrialOverlay.of(result)
    typical = overlay.typical_repetition()
    if typical is None:
        return None
    empty = Frame(0, overlay.hold_middle_s(typical), _empty_picture(result.recording.series.source))
    return end_range_jpeg(empty, overlay, typical)


def write_figure_poster(series: LandmarkSeries, target: Path) -> Path:
    """Write the body as it was first found, as a JPEG.

    Raises
    ------
    StorageError
        The picture cannot be written.
    """
    image = _empty_picture(series.source)
    height_px, width_px = image.shape[:2]
    time_s = float(series.time_s[series.found.argmax()])
    drawn = draw_body(image, SkeletonOverlay(clean(series)).sample(time_s, width_px, height_px))
    jpeg = cv2.imencode(".jpg", cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
    return write_bytes_atomic(target, bytes(jpeg))


def _empty_picture(source: SeriesSource) -> NDArray[np.uint8]:
    scale = min(1.0, MAX_SIDE_PX / max(source.width_px, source.height_px))
    size = (round(scale * source.height_px), round(scale * source.width_px), 3)
    return np.full(size, BACKGROUND_RGB, np.uint8)
