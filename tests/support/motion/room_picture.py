"""A picture of an empty room whose lines lean as far as its camera is turned."""

from __future__ import annotations

import cv2
import numpy as np

SIZE_PX = (640, 480)


def room(roll_deg: float, *, upright: int = 7, level: int = 4, size_px: tuple[int, int] = SIZE_PX) -> np.ndarray:
    """A grey wall with upright and level lines, seen by a camera that is turned clockwise by ``roll_deg``."""
    width, height = size_px
    image = np.full((height, width, 3), 190, np.uint8)
    # Turned clockwise, the camera shows the room turned counter-clockwise: upright things lean to the left.
    turn = np.radians(-roll_deg)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    def draw(start: tuple[float, float], end: tuple[float, float]) -> None:
        a, b = (rotation @ np.array(p) + np.array([width / 2, height / 2]) for p in (start, end))
        cv2.line(image, tuple(int(v) for v in a), tuple(int(v) for v in b), (60, 60, 60), 3, cv2.LINE_AA)

    for x in np.linspace(-0.38, 0.38, upright) * width if upright else ():
        draw((x, -0.35 * height), (x, 0.35 * height))
    for y in np.linspace(-0.3, 0.3, level) * height if level else ():
        draw((-0.3 * width, y), (0.3 * width, y))
    return image
