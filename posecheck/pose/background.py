"""How a camera moved between two pictures, told from what is behind the person: shift, zoom and turn."""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np

from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import Pose

LONGER_SIDE_PX = 160
"""Pictures are reduced to this: a hundredth of it, the least that matters, is then still more than a pixel."""
CALM_PX = 1.0
"""The noise of small sensors in poor light is finer than this, and is smoothed away."""
DETAIL_PX = 4.0
"""What is finer than about this is compared: light and shade that fall over a room are coarser."""
NOISE_GREY = 3.0
"""Detail weaker than this many grey levels, besides the picture's own grain, is noise of the camera."""
CELL_PX = 8
"""Pictures are compared cell by cell, so that whoever walks through covers some and leaves the others."""
TEXTURED = 0.08
"""From this mean square on (of detail over its own strength) a cell shows something that can be recognised."""
ALIKE = 0.65
"""From this correlation on two cells show the same."""
SAME_PLACE_SHARE, SURE_SHARE = 0.45, 0.75
"""So many of the cells must show the same for two pictures to be of one place; from the second on, nothing else is tried."""
FEWEST_CELLS = 6
"""With fewer cells to recognise, nothing can be told."""
OUTLIER = 0.8
"""Differences of detail beyond this are somebody or something that moves by itself."""
SAME_SHADE = 15.0
"""Cells whose grey levels differ by less are equally light."""
STEPS = 25
"""Most steps of refining; two or three are usual."""
ZOOM_COUNTS, DEGREE_COUNTS = 0.33, 0.01
"""What zoom and turn move in the picture: on average over a wide picture a point lies 0.33 of the width from its middle; a
degree of turn counts as a hundredth, since angles against the vertical take it in full. All chosen by us."""

_LIMBS = (
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST, Landmark.LEFT_INDEX),
    (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_ELBOW, Landmark.RIGHT_WRIST, Landmark.RIGHT_INDEX),
    (Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE, Landmark.LEFT_FOOT_INDEX),
    (Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE, Landmark.RIGHT_FOOT_INDEX),
    (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.NOSE),
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP, Landmark.RIGHT_SHOULDER),
)
LIMB_WIDTH = 0.4
"""A body is about this wide around the lines between its points, in trunk lengths (chosen by us)."""


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """Where a picture's background lies, against that of another picture.

    Attributes
    ----------
    x, y : float
        How far it moved to the right and down, as shares of the picture's longer side.
    zoom : float
        How many times as large it is.
    turn_deg : float
        How far it turned clockwise.
    """

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    turn_deg: float = 0.0

    def after(self, earlier: CameraPlace) -> CameraPlace:
        """An earlier movement and then this one, as one movement."""
        return self._of(self._turn * earlier._turn, self._turn * earlier._shift + self._shift)

    def since(self, earlier: CameraPlace) -> CameraPlace:
        """What has moved since an earlier place: `after` undone."""
        turn = self._turn / earlier._turn
        return self._of(turn, self._shift - turn * earlier._shift)

    @property
    def _turn(self) -> complex:
        return cmath.rect(self.zoom, math.radians(self.turn_deg))

    @property
    def _shift(self) -> complex:
        return complex(self.x, self.y)

    @classmethod
    def _of(cls, turn: complex, shift: complex) -> Self:
        return cls(shift.real, shift.imag, abs(turn), math.degrees(cmath.phase(turn)))


def largest_distance(places: Sequence[CameraPlace]) -> float:
    """How far the two places that lie furthest apart do so: shift, zoom and turn, as a share of the longer side."""
    x, y, zoom, turn_deg = np.array([(place.x, place.y, place.zoom, place.turn_deg) for place in places]).T
    parts = [x, y, ZOOM_COUNTS * np.log(zoom), DEGREE_COUNTS * turn_deg]
    return float(np.sqrt(sum(np.subtract.outer(part, part) ** 2 for part in parts)).max())


@dataclass(frozen=True, slots=True)
class Match:
    """How one background lies against another.

    ``place``: where; ``share``: of the cells with something to recognise, how many show the same; ``cells``: how many
    there are.
    """

    place: CameraPlace
    share: float
    cells: int

    @property
    def known(self) -> bool:
        """Whether there was enough to tell anything."""
        return self.cells >= FEWEST_CELLS

    @property
    def same_place(self) -> bool:
        """Whether both pictures are of one place."""
        return self.known and self.share >= SAME_PLACE_SHARE


class Background:
    """What a small grey picture shows around the person, whatever the light.

    Parameters
    ----------
    grey : (h, w) float32
        The picture, reduced to `LONGER_SIDE_PX`.
    pose : Pose, optional
        The person, whose movement is not the camera's. Default: nobody is known.
    pose_scale : float
        Pixels of the small picture per pixel of the pose. Default: the pose is in those of the small picture.
    """

    def __init__(self, grey: NDArray[np.float32], pose: Pose | None = None, pose_scale: float = 1.0) -> None:
        calm = cv2.GaussianBlur(grey, (0, 0), CALM_PX)
        fine = calm - cv2.GaussianBlur(calm, (0, 0), DETAIL_PX)
        strength = np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), DETAIL_PX))
        grain = 1.48 * float(
            np.median(np.abs(grey - calm))
        )  # the standard deviation of most pixels: 1.48 times the median
        self.detail = np.asarray(fine / (strength + NOISE_GREY + grain), dtype=np.float32)
        self._grey = grey
        self.contrast = float(strength.mean())
        self.open = np.ones(grey.shape, dtype=np.float32)
        if pose is not None:
            _close_over(self.open, pose, pose_scale)

    def close_around(self, inside_px: tuple[int, int, int, int], scale: float) -> tuple[int, int, int, int]:
        """Compare nothing outside of the true picture, nor its edge; returns its left, top, right, bottom here."""
        left, top, right, bottom = (round(side * scale) for side in inside_px)
        edge = round(2 * DETAIL_PX)
        height, width = self._grey.shape[:2]
        rows = slice(top + edge * (top > 0), bottom - edge * (bottom < height))
        columns = slice(left + edge * (left > 0), right - edge * (right < width))
        inside = np.zeros_like(self.open)
        inside[rows, columns] = self.open[rows, columns]
        self.open = inside
        return left, top, right, bottom

    @property
    def recognisable(self) -> bool:
        """Whether there is enough around the person to recognise the place by."""
        return _alike(self.detail, self.detail, self.open)[1] >= FEWEST_CELLS

    def same_shades(self, now: Background) -> bool:
        """Whether most of two pictures is about equally light, which says little, but something without any detail."""
        both = self.open * now.open
        area = _cells(both)
        known = area > 0.5 * CELL_PX**2
        if not known.any():
            return True
        shades = [_cells(grey * both)[known] / area[known] for grey in (self._grey, now._grey)]
        return float((np.abs(shades[0] - shades[1]) < SAME_SHADE).mean()) > 0.5

    def find(self, now: Background, near: CameraPlace) -> Match:
        """Where a later picture's background lies against this one.

        Tried are the place that is expected, then none, then what the whole pictures say, which finds large shifts.
        """
        if now.detail.shape != self.detail.shape:
            return Match(CameraPlace(), 0.0, FEWEST_CELLS)
        best = self._refine(now, near)
        for start in (CameraPlace(), self._coarse(now)):
            if best.share >= SURE_SHARE:
                break
            best = max(best, self._refine(now, start), key=lambda match: match.share)
        return best

    def _coarse(self, now: Background) -> CameraPlace:
        window = cv2.createHanningWindow(self.detail.shape[::-1], cv2.CV_32F)
        (dx, dy), _ = cv2.phaseCorrelate(self.detail * self.open, now.detail * now.open, window)
        return CameraPlace(dx / LONGER_SIDE_PX, dy / LONGER_SIDE_PX)

    @cached_property
    def _slopes(self) -> NDArray[np.float32]:
        """(4, h * w) how the detail of every pixel changes with shift right, shift down, growth and turn."""
        x, y = _places(self.detail.shape)
        right = cv2.Sobel(self.detail, cv2.CV_32F, 1, 0, scale=1 / 8)
        down = cv2.Sobel(self.detail, cv2.CV_32F, 0, 1, scale=1 / 8)
        slopes = [right, down, (right * x + down * y), (down * x - right * y)]
        return np.stack([slope.ravel() for slope in slopes]).astype(np.float32)

    def _refine(self, now: Background, start: CameraPlace) -> Match:
        """Least squares over the pixels that agree (Gauss-Newton, Tukey's weights), from a place nearby.

        The inverse compositional form of Lucas and Kanade (Baker and Matthews 2004): the picture that moves is warped back
        onto this one, whose slopes stay the same. What has no slope in some direction, such as a skirting board along its
        length, says nothing there, and the place stays as it was.
        """
        turn, shift = start._turn, start._shift * LONGER_SIDE_PX
        for _ in range(STEPS):
            seen, open_ = now._warped(turn, shift, self.open)
            off = (seen - self.detail).ravel()
            weight = np.where(np.abs(off) < OUTLIER, (1 - (off / OUTLIER) ** 2) ** 2, 0.0) * open_.ravel()
            weighted = self._slopes * weight
            pull = weighted @ self._slopes.T
            ridge = np.diag(np.diag(pull) * 1e-3 + [1.0, 1.0, 1e3, 1e3])
            step = np.linalg.solve(pull + ridge, weighted @ off)
            # Where the slopes' picture must go to look like the other; undone, since it is the other that is warped.
            grow, move = complex(1 + step[2], step[3]), complex(step[0], step[1])
            turn, shift = turn / grow, shift - turn / grow * move
            if abs(move) < 0.01 and abs(grow - 1) < 1e-4:
                break
        seen, open_ = now._warped(turn, shift, self.open)
        share, cells = _alike(self.detail, seen, open_)
        return Match(CameraPlace._of(turn, shift / LONGER_SIDE_PX), share, cells)

    def _warped(
        self, turn: complex, shift: complex, open_: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The detail brought back by a movement, and where neither picture shows the person or ends."""
        height, width = self.detail.shape
        middle = complex((width - 1) / 2, (height - 1) / 2)
        offset = shift + middle - turn * middle
        matrix = np.array([[turn.real, -turn.imag, offset.real], [turn.imag, turn.real, offset.imag]])
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        seen = cv2.warpAffine(self.detail, matrix, (width, height), flags=how)
        both = cv2.warpAffine(self.open, matrix, (width, height), flags=how) * open_
        return np.asarray(seen, dtype=np.float32), np.asarray(both > 0.99, dtype=np.float32)


def _close_over(open_: NDArray[np.float32], pose: Pose, scale: float) -> None:
    """Close a map of what is open to comparison where the body is."""
    width = max(2, round(LIMB_WIDTH * pose.trunk_px * scale))
    for limb in _LIMBS:
        points = pose.xy_px[list(limb)] * scale
        if np.isfinite(points).all():
            cv2.polylines(open_, [np.round(points).astype(np.int32)], isClosed=False, color=0.0, thickness=width)
    head = pose.xy_px[Landmark.NOSE] * scale
    if np.isfinite(head).all():
        cv2.circle(open_, (round(float(head[0])), round(float(head[1]))), width, 0.0, -1)


def _places(shape: tuple[int, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Pixels from the middle of the picture, to the right and down."""
    height, width = shape
    x = np.arange(width, dtype=np.float32) - (width - 1) / 2
    y = np.arange(height, dtype=np.float32) - (height - 1) / 2
    return np.broadcast_to(x, (height, width)), np.broadcast_to(y[:, None], (height, width))


def _alike(a: NDArray[np.float32], b: NDArray[np.float32], open_: NDArray[np.float32]) -> tuple[float, int]:
    """Of the cells in which either picture shows something, the share in which both show the same; and how many."""
    aa, bb, ab = (_cells(one * other * open_) for one, other in ((a, a), (b, b), (a, b)))
    area = _cells(open_)
    known = area > 0.5 * CELL_PX**2
    textured = known & (np.maximum(aa, bb) > TEXTURED * area)
    count = int(textured.sum())
    if not count:
        return 0.0, 0
    alike = ab > ALIKE * np.sqrt(np.maximum(aa * bb, 1e-9))
    return float((alike & textured).sum() / count), count


def _cells(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sums over cells of `CELL_PX`; what is left over at the right and the bottom is not used."""
    rows, columns = values.shape[0] // CELL_PX, values.shape[1] // CELL_PX
    cut = values[: rows * CELL_PX, : columns * CELL_PX]
    return np.asarray(cut.reshape(rows, CELL_PX, columns, CELL_PX).sum(axis=(1, 3)))
