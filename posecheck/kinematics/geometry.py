"""Pure maths on arrays of points and directions: no body parts, no video."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float64]


def angle_between_deg(a: Vectors, b: Vectors) -> Vectors:
    """Unsigned angle between directions.

    Parameters
    ----------
    a, b : (..., d)
        Directions of any length, d = 2 or 3.

    Returns
    -------
    (...) float64
        0 to 180 degrees; NaN where a direction is missing or has no length.
    """
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = np.sum(a * b, axis=-1) / lengths
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def angle_at_vertex_deg(a: Vectors, vertex: Vectors, b: Vectors) -> Vectors:
    """Unsigned angle at ``vertex`` between the lines to ``a`` and to ``b`` ((..., d) points), 0 to 180 degrees."""
    return angle_between_deg(a - vertex, b - vertex)


def signed_angle_deg(start: Vectors, end: Vectors) -> Vectors:
    """Angle that turns direction ``start`` into ``end`` in the plane, counter-clockwise positive.

    Parameters
    ----------
    start, end : (..., 2)
        Directions with x to the right and **y up**.

    Returns
    -------
    (...) float64
        Above -180 to 180 degrees, never unwrapped; NaN where a direction is missing or has no length.
    """
    cross = start[..., 0] * end[..., 1] - start[..., 1] * end[..., 0] + 0.0  # no negative zero: it would give -180
    dot = np.sum(start * end, axis=-1)
    angle = np.degrees(np.arctan2(cross, dot))
    return np.where((cross == 0) & (dot == 0), np.nan, angle)


def inclination_deg(direction: Vectors) -> Vectors:
    """Angle of a direction from straight up, positive towards +x ((..., 2), y up), above -180 to 180 degrees."""
    up = np.broadcast_to(np.array([0.0, 1.0]), direction.shape)
    return signed_angle_deg(direction, up)


def hanging_angle_deg(direction: Vectors) -> Vectors:
    """Angle of a direction from straight down, positive towards +x ((..., 2), y up), above -180 to 180 degrees."""
    down = np.broadcast_to(np.array([0.0, -1.0]), direction.shape)
    return signed_angle_deg(down, direction)


def unit(vectors: Vectors) -> Vectors:
    """Vectors scaled to length 1 ((..., d)); NaN where the length is 0."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(lengths > 0, vectors / lengths, np.nan))


def true_runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of True in a (n,) mask as (first, past the last) index pairs."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
