"""What is seen of a solid body from one side: the outlines of its limbs, near ones before far ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from posecheck.output.body.solid import Piece

PIXELS_PER_M = 500.0
"""Outlines are found in a picture of this resolution: 2 mm, finer than they are ever shown (chosen by us)."""
SIMPLER_PX = 0.8
"""An outline may miss the pixels by so much: its points become few, and its edges smooth."""
_ROUND = np.linspace(0.0, 2 * np.pi, 32, endpoint=False)
_CIRCLE = np.stack([np.cos(_ROUND), np.sin(_ROUND)], axis=1)
_MARGIN_M = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A side from which a body is seen.

    Attributes
    ----------
    right, up, near : (3,) float64
        Directions in the person's own axes: to the right of the drawing, up in it, and towards the eye.
    """

    right: NDArray[np.float64]
    up: NDArray[np.float64]
    near: NDArray[np.float64]

    def flat(self, xyz_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """(..., 2) points as seen: x to the right, y up, in metres."""
        return np.stack([xyz_m @ self.right, xyz_m @ self.up], axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class LimbOutline:
    """What is seen of a limb: closed outlines, (k, 2) in metres each; those inside another one are holes."""

    limb: str
    outlines: tuple[NDArray[np.float64], ...]


def limb_outlines(pieces: Sequence[Piece], view: View) -> tuple[LimbOutline, ...]:
    """The visible part of every limb; they do not overlap, so that a thin gap divides neighbours."""
    hulls = [(piece, _hull(piece, view)) for piece in sorted(pieces, key=lambda piece: float(piece.middle @ view.near))]
    if not hulls:
        return ()
    corners = np.concatenate([hull for _, hull in hulls])
    low, high = corners.min(axis=0) - _MARGIN_M, corners.max(axis=0) + _MARGIN_M
    width, height = (np.ceil((high - low) * PIXELS_PER_M).astype(int) + 1).tolist()
    limbs = list(dict.fromkeys(piece.limb for piece, _ in hulls))
    seen = np.zeros((height, width), dtype=np.uint8)
    for piece, hull in hulls:
        cv2.fillConvexPoly(seen, np.round((hull - low) * PIXELS_PER_M).astype(np.int32), limbs.index(piece.limb) + 1)
    outlines = (LimbOutline(limb, _outlines(seen == index, low)) for index, limb in enumerate(limbs, 1))
    return tuple(item for item in outlines if item.outlines)


def _hull(piece: Piece, view: View) -> NDArray[np.float64]:
    """(k, 2) outline of a piece in metres."""
    edge = np.concatenate([view.flat(centre) + radius_m * _CIRCLE for centre, radius_m in piece.balls])
    return np.asarray(cv2.convexHull(edge.astype(np.float32))[:, 0], dtype=np.float64)


def _outlines(mask: NDArray[np.bool_], low: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    simple = (cv2.approxPolyDP(contour, SIMPLER_PX, True)[:, 0] for contour in found if len(contour) > 2)
    return tuple(np.asarray(points / PIXELS_PER_M + low, dtype=np.float64) for points in simple if len(points) > 2)
