"""The person in the start position: turned how far, how large, and where in the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Plane, Side, mark_of
from posecheck.kinematics.view import body_yaw_deg
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.pose.capture import CaptureReport
    from posecheck.pose.landmarks import CleanSeries, LandmarkSeries

START_S = 1.0
"""The start position is read from this much of the recording's rest."""


@dataclass(frozen=True, slots=True)
class Posture:
    """What a test expects of the picture: the plane to be seen, and whether the person lies."""

    plane: Plane
    lying: bool


@dataclass(frozen=True, slots=True)
class StartPosition:
    """The person in the start position, in the second before the first repetition.

    ``yaw_deg``: turn out of the ideal view. ``roll_deg``: tilt of the camera, NaN if unknown. ``body_size``: trunk plus
    leg over the picture's height. ``extent``: extent of the body over the picture's height, or over its width where that is
    smaller or the person lies. ``off_centre``: distance of the hips from the middle over the width. ``upright_picture``:
    the picture is higher than wide.
    """

    yaw_deg: float
    roll_deg: float
    body_size: float
    extent: float
    off_centre: float
    upright_picture: bool = False


def read_start(
    clean: CleanSeries, posture: Posture, capture: CaptureReport, *, first_s: float = float("nan")
) -> StartPosition:
    """Describe the start position of a recording.

    Parameters
    ----------
    clean : CleanSeries
    posture : Posture
    capture : CaptureReport
    first_s : float
        When the first repetition begins: the second before it is read, since people may step into their place on camera.
        Default: not known, so the first second in which somebody is seen.
    """
    series = clean.landmarks
    hips = np.asarray(np.isfinite(series.xy_px[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 0]).all(axis=1))
    if not hips.any():
        return StartPosition(*(float("nan"),) * 5)
    start = _start_rows(series.time_s, hips, first_s)
    xy = series.xy_px[start]
    xy = xy[np.isfinite(xy).any(axis=(1, 2))]
    left, width, height = _picture_at(series, start)
    body = np.nanmax(xy, axis=1) - np.nanmin(xy, axis=1)
    along = np.nanmedian(body[:, 0 if posture.lying else 1])
    hips_x = np.nanmedian(xy[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 0])
    return StartPosition(
        _yaw_off_view(series, start, posture.plane),
        capture.roll_deg,
        body_length_px(xy) / height,
        float(along / (width if posture.lying else min(width, height))),
        float(abs((hips_x - left) / width - 0.5)),
        upright_picture=width < height,
    )


def _picture_at(series: LandmarkSeries, when: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Left edge, width and height of the true picture."""
    (left, top), (right, bottom) = np.median(series.inside_px[when], axis=0)
    return float(left), float(right - left), float(bottom - top)


def _start_rows(time_s: NDArray[np.float64], seen: NDArray[np.bool_], first_s: float) -> NDArray[np.bool_]:
    """(n,) the pictures of the start position, in some of which the person is seen."""
    begin_s = first_s - START_S
    rows = np.asarray((time_s >= begin_s) & (time_s <= begin_s + START_S))
    if (rows & seen).sum() >= 0.5 * rows.sum() > 0:
        return rows
    begin_s = float(time_s[int(np.argmax(seen))])
    return np.asarray((time_s >= begin_s) & (time_s <= begin_s + START_S))


def _yaw_off_view(series: LandmarkSeries, start: NDArray[np.bool_], plane: Plane) -> float:
    turn = body_yaw_deg(series)[start]
    finite = turn[np.isfinite(turn)]
    if not finite.size:
        return float("nan")
    return float(abs(np.median(finite) - (90.0 if plane is Plane.SAGITTAL else 0.0)))


def body_length_px(xy: NDArray[np.float64]) -> float:
    """Trunk plus the longer leg in pixels, median over (n, 33, 2) points; NaN where they were never seen together."""

    def length(upper: Landmark, lower: Landmark) -> NDArray[np.float64]:
        return np.asarray(np.linalg.norm(xy[:, lower] - xy[:, upper], axis=-1))

    trunk = length(Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP) + length(Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP)
    legs = [
        length(mark_of("hip", side), mark_of("knee", side)) + length(mark_of("knee", side), mark_of("ankle", side))
        for side in Side
    ]
    finite = (trunk / 2 + np.fmax(*legs))[np.isfinite(trunk + np.fmax(*legs))]
    return float(np.median(finite)) if finite.size else float("nan")
