"""A textured wall as a camera sees it that was moved, zoomed or turned, and other pictures that may come between."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

WALL_PX = (640, 480)


def wall_picture(
    shift_px: tuple[float, float] = (0.0, 0.0),
    *,
    zoom: float = 1.0,
    turn_deg: float = 0.0,
    light: float = 1.0,
    seed: int = 5,
    size_px: tuple[int, int] = WALL_PX,
) -> np.ndarray:
    """A wall with blotches of many sizes; ``shift_px`` right and down, ``turn_deg`` clockwise about the middle."""
    width, height = size_px
    wall = _wall((height + 400, width + 400), seed)
    middle = ((width + 399) / 2, (height + 399) / 2)
    matrix = cv2.getRotationMatrix2D(middle, -turn_deg, zoom)  # OpenCV turns counter-clockwise
    matrix[:, 2] += shift_px
    seen = cv2.warpAffine(wall, matrix, (width + 400, height + 400), flags=cv2.INTER_LINEAR)
    part = light * seen[200 : 200 + height, 200 : 200 + width]
    return np.repeat(np.clip(part, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@lru_cache(maxsize=8)
def _wall(shape: tuple[int, int], seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    wall = np.zeros(shape, np.float32)
    for sigma in (3, 6, 20):
        blurred = cv2.GaussianBlur(random.standard_normal(shape, dtype=np.float32), (0, 0), sigma)
        wall += (blurred - blurred.mean()) / blurred.std()
    return np.asarray(120 + 30 * wall / wall.std(), dtype=np.float32)


def card(words: str = "Toe touch, pre-test", *, size_px: tuple[int, int] = WALL_PX) -> np.ndarray:
    """White words on black."""
    image = np.zeros((size_px[1], size_px[0], 3), np.uint8)
    cv2.putText(image, words, (30, size_px[1] // 2), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (255, 255, 255), 4)
    return image


def black(*, size_px: tuple[int, int] = WALL_PX) -> np.ndarray:
    """Nothing at all."""
    return np.zeros((size_px[1], size_px[0], 3), np.uint8)
