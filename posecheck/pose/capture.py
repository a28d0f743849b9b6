"""What the pictures themselves tell about the recording: light, camera tilt, camera movement. No body points needed."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.video.reader import Frame

PROBE_EVERY_S = 0.5
"""How often a picture is looked at."""
PROBE_WIDTH_PX = 320
"""Width that pictures are reduced to for light and camera movement."""
ROLL_PROBES = 5
"""How many of the first probes are searched for upright lines; two must agree."""
ROLL_AGREES_DEG = 1.5
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


@dataclass(frozen=True, slots=True)
class CaptureReport:
    """What was seen in the pictures.

    Attributes
    ----------
    brightness : float
        Median grey level, 0 (black) to 255; NaN without pictures.
    camera_shift : float
        Largest movement of the background against the first picture, as a share of the width; NaN if unknown.
    roll_deg : float
        Tilt of the camera from the upright lines of the room (door frames, corners); positive when the camera is turned
        clockwise, so that upright things lean to the left in the picture; NaN where there are too few such lines.
    """

    brightness: float = float("nan")
    camera_shift: float = float("nan")
    roll_deg: float = float("nan")


class CaptureWatcher:
    """Looks at a picture every half second; memory does not grow with the length of the video."""

    def __init__(self) -> None:
        self._next_s = -np.inf
        self._pool = ThreadPoolExecutor(1)
        self._looking: deque[Future[None]] = deque()
        self._first: NDArray[np.float32] | None = None
        self._window: NDArray[np.float32] | None = None
        self._brightness: list[float] = []
        self._shifts: list[float] = []
        self._rolls: list[float] = []

    def look(self, frame: Frame) -> None:
        """Look at a frame if its turn has come, on another thread: the pose model does not wait for it."""
        if frame.time_s < self._next_s:
            return
        self._next_s = frame.time_s + PROBE_EVERY_S
        self._looking.append(self._pool.submit(self._examine, frame))

    def report(self) -> CaptureReport:
        """Everything seen so far."""
        while self._looking:
            self._looking.popleft().result()
        if not self._brightness:
            return CaptureReport()
        return CaptureReport(
            float(np.median(self._brightness)),
            float(np.percentile(self._shifts, 90)) if self._shifts else float("nan"),
            _agreed([roll for roll in self._rolls if np.isfinite(roll)]),
        )

    def _examine(self, frame: Frame) -> None:
        height, width = frame.image_rgb.shape[:2]
        size = (PROBE_WIDTH_PX, max(1, round(height * PROBE_WIDTH_PX / width)))
        small = cv2.cvtColor(cv2.resize(frame.image_rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
        self._brightness.append(float(small.mean()))
        self._measure_shift(small.astype(np.float32))
        if len(self._rolls) < ROLL_PROBES:
            self._rolls.append(roll_from_lines_deg(frame.image_rgb))

    def _measure_shift(self, small: NDArray[np.float32]) -> None:
        """Shift of the picture's two outer quarters, where the person is not, against the first picture."""
        if self._first is None:
            self._first = small
            return
        quarter = small.shape[1] // 4
        shifts = []
        for part in (slice(None, quarter), slice(small.shape[1] - quarter, None)):
            window = cv2.createHanningWindow((quarter, small.shape[0]), cv2.CV_32F)
            before, now = np.ascontiguousarray(self._first[:, part]), np.ascontiguousarray(small[:, part])
            (dx, dy), response = cv2.phaseCorrelate(before, now, window)
            if response > 0.1:
                shifts.append(float(np.hypot(dx, dy)) / small.shape[1])
        if shifts:
            self._shifts.append(min(shifts))


def roll_from_lines_deg(image_rgb: NDArray[np.uint8]) -> float:
    """Tilt of the camera from the upright lines of the room.

    Upright lines of a level camera that looks up or down lean towards or away from the middle, in proportion to their
    distance from it; the tilt is what remains in the middle. Found by a vote over all lines, so that furniture and limbs
    count little.

    Returns
    -------
    float
        Degrees, positive when upright things lean to the left; NaN where too few lines agree.
    """
    height, width = image_rgb.shape[:2]
    scale = min(1.0, 960 / max(height, width))
    grey = cv2.cvtColor(
        cv2.resize(image_rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY
    )
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


def _agreed(rolls: list[float]) -> float:
    """The median of the probes that agree with it, NaN where fewer than two do."""
    if not rolls:
        return float("nan")
    close = [roll for roll in rolls if abs(roll - float(np.median(rolls))) <= ROLL_AGREES_DEG]
    return float(np.median(close)) if len(close) >= 2 else float("nan")


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
