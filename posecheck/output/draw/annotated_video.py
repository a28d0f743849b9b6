"""The recording again, with skeleton and angles drawn on it; and the one picture of the end range."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from posecheck.files import write_bytes_atomic
from posecheck.output.draw.overlay import draw_body, draw_overlay, picture_scale
from posecheck.output.draw.redrawing import MAX_SIDE_PX, redraw
from posecheck.output.draw.trial_overlay import SAME_TIME_S, SkeletonOverlay, TrialOverlay
from posecheck.video.drawn import DRAWN_COMMENT
from posecheck.video.reader import open_video

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from posecheck.output.draw.footage import Footage
    from posecheck.pose.landmarks import CleanSeries
    from posecheck.progress import Progress
    from posecheck.trial.repetitions import Repetition
    from posecheck.trial.result import TrialResult
    from posecheck.video.frame import Frame

PICTURE_HEIGHT_PX = 900
JPEG_QUALITY = 88
_PORTRAIT, _LANDSCAPE = 4 / 5, 3 / 2  # width over height of the end range picture, standing and lying


def write_annotated_video(
    result: TrialResult,
    footage: Footage,
    target_path: Path,
    *,
    end_range_path: Path | None = None,
    max_side_px: int = MAX_SIDE_PX,
    progress: Progress | None = None,
) -> Path:
    """Read the video once more and write it with skeleton, angles, repetitions and holds drawn on it.

    Parameters
    ----------
    result : TrialResult
    footage : Footage
    target_path : Path
        The MP4 to write.
    end_range_path : Path, optional
        Write the end range picture here in the same pass. Default: do not.
    max_side_px : int
        Larger videos are written smaller.
    progress : callable, optional
        Told frames done and about how many there are.

    Raises
    ------
    VideoError
        The video cannot be read.
    StorageError
        The file cannot be written.
    """
    overlay = TrialOverlay.of(result)
    typical = overlay.typical_repetition() if end_range_path is not None else None
    picture_s = math.nan if typical is None else overlay.hold_middle_s(typical)

    def draw(frame: Frame) -> NDArray[np.uint8]:
        if end_range_path is not None and typical is not None and abs(frame.time_s - picture_s) <= SAME_TIME_S:
            write_bytes_atomic(end_range_path, end_range_jpeg(frame, overlay, typical))
        return _overlaid(frame, overlay)

    return redraw(footage, target_path, draw, max_side_px=max_side_px, comment=DRAWN_COMMENT, progress=progress)


def write_skeleton_video(
    clean: CleanSeries, footage: Footage, target_path: Path, *, progress: Progress | None = None
) -> Path:
    """Write the video with the skeleton alone, for recordings that are no test; errors as `write_annotated_video`."""
    overlay = SkeletonOverlay(clean)

    def draw(frame: Frame) -> NDArray[np.uint8]:
        return _overlaid(frame, overlay)

    return redraw(footage, target_path, draw, comment=DRAWN_COMMENT, progress=progress)


def _overlaid(frame: Frame, overlay: TrialOverlay | SkeletonOverlay) -> NDArray[np.uint8]:
    width_px, height_px = frame.size_px
    return draw_overlay(frame.image_rgb, overlay.sample(frame.time_s, width_px, height_px))


def write_end_range_picture(result: TrialResult, footage: Footage, target_path: Path) -> Path | None:
    """Write the picture in the middle of the hold of the most typical repetition, with the skeleton and the angle.

    It is cut to the person (4:5 standing, 3:2 lying, wider where the body needs it), at most 900 px high. The angle
    written on it is the end range of that repetition, as in repetitions.csv.

    Returns
    -------
    Path or None
        None where no repetition could be used.

    Raises
    ------
    VideoError, StorageError
        The video cannot be read; the picture cannot be written.
    """
    overlay = TrialOverlay.of(result)
    typical = overlay.typical_repetition()
    if typical is None:
        return None
    frame = _frame_at(_smaller(footage), overlay.hold_middle_s(typical))
    if frame is None:
        return None
    return write_bytes_atomic(target_path, end_range_jpeg(footage.shown(frame), overlay, typical))


def _smaller(footage: Footage) -> Footage:
    options = footage.options
    return replace(footage, options=replace(options, max_side_px=min(options.max_side_px, MAX_SIDE_PX)))


def _frame_at(footage: Footage, time_s: float) -> Frame | None:
    """The frame of that time: sought first, then, in files whose times cannot be sought, by reading from the start."""
    options = footage.options
    for start_s in (max(options.start_s or 0.0, time_s - SAME_TIME_S), options.start_s):
        with open_video(footage.path, replace(options, start_s=start_s), near=start_s != options.start_s) as reader:
            for frame in reader:
                if abs(frame.time_s - time_s) <= SAME_TIME_S:
                    return frame
                if frame.time_s > time_s:
                    break
    return None


def end_range_jpeg(frame: Frame, overlay: TrialOverlay, item: Repetition) -> bytes:
    """The end range of a repetition drawn on a picture of it, cut to the person."""
    width_px, height_px = frame.size_px
    sample = overlay.end_range_sample(item, width_px, height_px)
    left, top, right, bottom = crop_box(sample.xy_px, width_px, height_px, lying=overlay.result.movement.lying)
    # Lines and letters suit the cut picture, which is what people see.
    scale = max(0.45, picture_scale(frame.image_rgb) * min(1.0, 1.35 * (bottom - top) / height_px))
    picture = draw_body(frame.image_rgb, sample, scale=scale)[top:bottom, left:right]
    if picture.shape[0] > PICTURE_HEIGHT_PX:
        size = (max(1, round(picture.shape[1] * PICTURE_HEIGHT_PX / picture.shape[0])), PICTURE_HEIGHT_PX)
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    bgr = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1])


def crop_box(xy_px: NDArray[np.float64], width_px: int, height_px: int, *, lying: bool) -> tuple[int, int, int, int]:
    """Cut a picture to the person.

    Parameters
    ----------
    xy_px : (33, 2)
        The points; NaN where missing. Without any, the whole picture is kept.
    width_px, height_px : int
        Size of the picture.
    lying : bool
        Landscape (3:2) instead of portrait (4:5).

    Returns
    -------
    left, top, right, bottom : int
        Inside the picture; wider or higher than the wanted shape where the body, with a margin, needs it.
    """
    seen = xy_px[np.isfinite(xy_px).all(axis=1)]
    if not len(seen):
        return 0, 0, width_px, height_px
    low, high = seen.min(axis=0), seen.max(axis=0)
    margin = 0.16 * float((high - low).max())
    wanted = high - low + 2 * margin
    shape = _LANDSCAPE if lying else _PORTRAIT
    size = np.array([max(wanted[0], wanted[1] * shape), max(wanted[1], wanted[0] / shape)])
    # A body wider than the picture's height allows keeps its width and gives up the shape.
    size = np.minimum(size, [width_px, height_px])
    size[0] = min(size[0], max(wanted[0], size[1] * shape))
    corner = np.clip((low + high) / 2 - size / 2, 0, np.array([width_px, height_px]) - size)
    left, top = np.round(corner).astype(int)
    right, bottom = np.round(corner + size).astype(int)
    return int(left), int(top), int(right), int(bottom)
