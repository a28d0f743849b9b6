"""What the outline of a person says about the joints: numbers from the model's mask, beside the body points."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.synthetic.make_looks import LEGS, OUTLINE, REACH_LEGS, leg_px
from posecheck.pose.landmarks import SWAPPED_ORDER, Landmark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DIRECTIONS, STATIONS, STEPS = 48, (0.1, 0.3, 0.5, 0.7, 0.9), 40
WIDEST_LEGS = 0.35
"""Half of a thigh is narrower than this, in leg lengths."""
COARSE = 16
"""The outline itself is read in so many squares along either side."""


def outline_values(outlines: NDArray[np.uint8], xy_px: Array, *, mirrored: bool = False) -> Array:
    """(n, k) numbers from masks and points: where the outline ends, how wide each leg is on either side, the mask itself.

    Parameters
    ----------
    outlines : (n, 64, 64) uint8
        `benchmarks.synthetic.make_looks.outline_about`.
    xy_px : (n, 33, 2) float64
        The points that they are about.
    mirrored : bool
        Of the mirror image, left and right exchanged.
    """
    rows = []
    for mask, points in zip(outlines, xy_px, strict=True):
        inside = mask > OUTLINE * 2 - 1
        places = _in_outline(points)
        if mirrored:
            inside, places = inside[:, ::-1], places[list(SWAPPED_ORDER)] * [-1, 1] + [OUTLINE - 1, 0]
        rows.append(np.concatenate([_ends(inside, OUTLINE / 2 - mirrored), _widths(inside, places), _squares(inside)]))
    return np.array(rows)


def _in_outline(xy_px: Array) -> Array:
    """(33, 2) where points lie in the outline, in its pixels."""
    reach_px = REACH_LEGS * leg_px(xy_px)
    middle = xy_px[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
    return np.asarray((xy_px - middle + reach_px) / (2 * reach_px) * OUTLINE)


def _read(inside: NDArray[np.bool_], places: Array) -> NDArray[np.bool_]:
    """Whether places ((..., 2)) lie inside; beyond the edge nothing does."""
    column, row = np.moveaxis(np.rint(places).astype(int), -1, 0)
    known = (column >= 0) & (column < OUTLINE) & (row >= 0) & (row < OUTLINE)
    return np.asarray(known & inside[np.clip(row, 0, OUTLINE - 1), np.clip(column, 0, OUTLINE - 1)])


def _ends(inside: NDArray[np.bool_], column: float) -> Array:
    """(48,) how far the person reaches in every direction from the hips in some column, in leg lengths."""
    turn = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    far = np.linspace(0, OUTLINE / 2, STEPS)
    places = [column, OUTLINE / 2] + far[:, None, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    reached = _read(inside, places) * far[:, None]
    return np.asarray(reached.max(axis=0) * 2 * REACH_LEGS / OUTLINE)


def _widths(inside: NDArray[np.bool_], places: Array) -> Array:
    """(40,) of either leg, from the line through its points to the edge on either side, in leg lengths."""
    widths: list[Array] = []
    for leg in LEGS:
        for start, end in pairwise(leg):
            widths.append(_across(inside, places[start], places[end], STATIONS))
    return np.concatenate(widths)


def _across(inside: NDArray[np.bool_], start: Array, end: Array, stations: Sequence[float]) -> Array:
    along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
    far = np.linspace(0, WIDEST_LEGS * OUTLINE / (2 * REACH_LEGS), STEPS // 2)
    out = []
    for side in (-1, 1):
        across = side * np.array([-along[1], along[0]])
        from_line = start + np.array(stations)[:, None] * (end - start)
        there = _read(inside, from_line[:, None] + far[:, None] * across)
        out.append(np.where(there.all(axis=1), len(far), np.argmin(there, axis=1)) / len(far) * WIDEST_LEGS)
    return np.concatenate(out)


def _squares(inside: NDArray[np.bool_]) -> Array:
    """(256,) the share of each square that is inside."""
    part = OUTLINE // COARSE
    return np.asarray(inside.reshape(COARSE, part, COARSE, part).mean(axis=(1, 3))).ravel()
