"""Smooth lines, points and arcs on pictures, to a fraction of a pixel. Draws in place; coordinates are (x, y) pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.output.draw.lettering import Colour

DARK: Colour = (20, 22, 26)
_SHIFT, _SIXTEENTHS = 4, 16  # OpenCV draws in sixteenths of a pixel
_FAR = 8000.0  # keeps those within 32 bits


def draw_line(
    image: NDArray[np.uint8],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    colour: Colour,
    width_px: float,
    *,
    edge_px: float = 0.0,
) -> None:
    """Draw a line, with a dark edge on both sides where ``edge_px`` is given; nothing where a point is missing."""
    a, b = _fixed(start), _fixed(end)
    if a is None or b is None:
        return
    if edge_px:
        cv2.line(image, a, b, DARK, _width(width_px + 2 * edge_px), cv2.LINE_AA, _SHIFT)
    cv2.line(image, a, b, colour, _width(width_px), cv2.LINE_AA, _SHIFT)


def draw_dashes(
    image: NDArray[np.uint8],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    colour: Colour,
    width_px: float,
    *,
    dash_px: float,
) -> None:
    """Draw a dashed line with dark edges; nothing where a point is missing."""
    if not (np.isfinite(start).all() and np.isfinite(end).all()):
        return
    count = max(1, round(float(np.linalg.norm(end - start)) / (2 * dash_px)))
    shares = np.arange(count)[:, None] / count
    firsts, lasts = start + (end - start) * shares, start + (end - start) * (shares + 0.55 / count)
    for first, last in zip(firsts, lasts, strict=True):
        draw_line(image, first, last, colour, width_px, edge_px=1.0)


def draw_point(
    image: NDArray[np.uint8],
    centre: NDArray[np.float64],
    colour: Colour,
    radius_px: float,
    *,
    hollow: bool = False,
) -> None:
    """Draw a point with a light rim; hollow: the rim alone, in its colour."""
    at, radius = _fixed(centre), round(radius_px * _SIXTEENTHS)
    if at is None:
        return
    if hollow:
        cv2.circle(image, at, radius, DARK, _width(0.75 * radius_px), cv2.LINE_AA, _SHIFT)
        cv2.circle(image, at, radius, colour, _width(0.4 * radius_px), cv2.LINE_AA, _SHIFT)
        return
    cv2.circle(image, at, round(1.35 * radius), (255, 255, 255), -1, cv2.LINE_AA, _SHIFT)
    cv2.circle(image, at, radius, colour, -1, cv2.LINE_AA, _SHIFT)


def draw_polyline(
    image: NDArray[np.uint8], points: NDArray[np.float64], colour: Colour, width_px: float, *, edge_px: float = 0.0
) -> None:
    """Draw a line through (n, 2) points, all of which are there."""
    fixed = [np.round(points * _SIXTEENTHS).astype(np.int32)]
    if edge_px:
        cv2.polylines(image, fixed, False, DARK, _width(width_px + 2 * edge_px), cv2.LINE_AA, _SHIFT)
    cv2.polylines(image, fixed, False, colour, _width(width_px), cv2.LINE_AA, _SHIFT)


def tint_polygon(image: NDArray[np.uint8], points: NDArray[np.float64], colour: Colour, opacity: float) -> None:
    """Lay a see-through colour over the inside of (n, 2) points."""
    height, width = image.shape[:2]
    x0, y0 = np.clip(np.floor(points.min(axis=0)).astype(int), 0, [width, height])
    x1, y1 = np.clip(np.ceil(points.max(axis=0)).astype(int) + 1, 0, [width, height])
    if x0 >= x1 or y0 >= y1:
        return
    part = image[y0:y1, x0:x1]
    tinted = part.copy()
    fixed = np.round((points - [x0, y0]) * _SIXTEENTHS).astype(np.int32)
    cv2.fillPoly(tinted, [fixed], colour, cv2.LINE_AA, _SHIFT)
    part[:] = cv2.addWeighted(tinted, opacity, part, 1 - opacity, 0)


def darken(image: NDArray[np.uint8], left: int, top: int, right: int, bottom: int, *, kept: float) -> None:
    """Make a rectangle darker: only the share ``kept`` of its brightness stays."""
    part = image[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if part.size:
        part[:] = cv2.convertScaleAbs(part, alpha=kept)


def _fixed(point: NDArray[np.float64]) -> tuple[int, int] | None:
    """Sixteenths of a pixel, None where missing. Plain floats: numpy's overhead would cost more than the drawing."""
    x, y = float(point[0]), float(point[1])
    if not (math.isfinite(x) and math.isfinite(y)):
        return None
    return round(min(max(x, -_FAR), _FAR) * _SIXTEENTHS), round(min(max(y, -_FAR), _FAR) * _SIXTEENTHS)


def _width(width_px: float) -> int:
    return max(1, round(width_px))
