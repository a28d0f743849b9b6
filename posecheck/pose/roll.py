"""Tilt of the camera from the upright lines of the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGER_SIDE_PX = 960
"""Lines are searched for in a picture of at most this size."""
ROLL_AGREES_DEG = 1.5
"""Lines this close to each other say the same."""
MAX_ROLL_DEG = 30.0
"""Lines further than this from upright say nothing about the camera's tilt."""
MIN_LINE_SHARE = 0.06
"""Shortest line that counts, as a share of the picture's height."""
MIN_LINE_TOTAL, MIN_LINE_SHARE_AGREEING = 1.0, 0.4
"""Agreeing lines must be this many picture heights long together, and this share of all that could be upright."""
MIN_SPREAD = 0.12
"""And lie apart: their places across the picture must have this standard deviation, as a share of the width."""
WALL_SHARE = 0.65
"""Only lines in this upper part of the picture count: below, floor boards run towards the horizon. All chosen by us."""


def grey_for_lines(image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture as its upright lines are searched in: grey, 960 px at most; empty if it is like a line."""
    height, width = image_rgb.shape[:2]
    scale = min(1.0, LONGER_SIDE_PX / max(height, width))
    if scale * min(height, width) < 1:
        return np.empty((0, 0), np.uint8)
    small = cv2.resize(image_rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def roll_from_lines_deg(image_rgb: NDArray[np.uint8]) -> float:
    """Tilt of the camera from the upright lines of the room, as `roll_in_grey_deg` of the picture in grey."""
    return roll_in_grey_deg(grey_for_lines(image_rgb))


def roll_in_grey_deg(grey: NDArray[np.uint8]) -> float:
    """Tilt of the camera from the upright lines of the room.

    Upright lines of a level camera that looks up or down lean towards or away from the middle, in proportion to their
    distance from it; the tilt is what remains in the middle. Found by a vote over all lines, so that furniture and limbs
    count little.

    Parameters
    ----------
    grey : (h, w) uint8
        As `grey_for_lines`.

    Returns
    -------
    float
        Degrees, positive when upright things lean to the left; NaN where too few lines agree.
    """
    if not grey.size:
        return float("nan")
    shortest = MIN_LINE_SHARE * grey.shape[0]
    edges = cv2.Canny(grey, 50, 150)
    lines = cv2.HoughLinesP(edges, 1, np.pi / 720, 40, minLineLength=shortest, maxLineGap=4)
    if lines is None:
        return float("nan")
    ends = lines.reshape(-1, 4).astype(float)
    dx, dy = ends[:, 2] - ends[:, 0], ends[:, 1] - ends[:, 3]
    lean = -np.degrees(np.arctan2(dx * np.where(dy < 0, -1.0, 1.0), np.abs(dy)))
    length, middle_x = np.hypot(dx, dy), (ends[:, 0] + ends[:, 2]) / 2 - grey.shape[1] / 2
    on_wall = (ends[:, 1] + ends[:, 3]) / 2 < WALL_SHARE * grey.shape[0]
    upright = (np.abs(lean) <= MAX_ROLL_DEG) & on_wall
    return _robust_roll(lean[upright], middle_x[upright] / grey.shape[1], length[upright] / grey.shape[0])


def _robust_roll(lean: NDArray[np.float64], x: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Find the (tilt, convergence) on which the greatest length of lines agrees within 1.5 degrees."""
    if weight.sum() < MIN_LINE_TOTAL:
        return float("nan")
    tilts, slopes = np.arange(-MAX_ROLL_DEG, MAX_ROLL_DEG + 0.25, 0.25), np.arange(-30.0, 31.0, 2.0)
    residual = np.abs(lean[None, None] - tilts[:, None, None] - slopes[None, :, None] * x[None, None])
    support = np.where(residual < ROLL_AGREES_DEG, weight * (1 - residual / ROLL_AGREES_DEG), 0.0).sum(axis=-1)
    best_tilt, best_slope = np.unravel_index(int(support.argmax()), support.shape)
    agreeing = residual[best_tilt, best_slope] < ROLL_AGREES_DEG
    total = float(weight[agreeing].sum())
    if total < max(MIN_LINE_TOTAL, MIN_LINE_SHARE_AGREEING * float(weight.sum())):
        return float("nan")
    middle = float(np.average(x[agreeing], weights=weight[agreeing]))
    spread = float(np.sqrt(np.average((x[agreeing] - middle) ** 2, weights=weight[agreeing])))
    return float(tilts[best_tilt]) if spread >= MIN_SPREAD else float("nan")
