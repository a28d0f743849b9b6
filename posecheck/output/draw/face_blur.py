"""The face of the followed person made unrecognisable, in every picture, from the stored body points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np

from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.pose.landmarks import LandmarkSeries

HEAD = tuple(mark for mark in Landmark if mark < Landmark.LEFT_SHOULDER)
"""Nose, eyes, ears and mouth."""
REACH_OF_FACE, REACH_OF_TRUNK = 1.8, 0.42
"""Radius of the blurred circle: the larger of these shares of the head points' spread and of the trunk's length. A head
is about 0.25 trunks from its middle to the crown; the rest is margin for hair, chin and error (chosen by us)."""
GROWTH_TRUNKS_S, MAX_GROWTH_TRUNKS = 0.5, 0.8
"""While the person is not found the circle grows this fast, up to this much (chosen by us)."""
BLOCKS = 5
"""Blocks across the circle: too few for eyes and mouth to be told apart (chosen by us)."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceBlur:
    """Where the face is at each moment, and how a picture is blurred there.

    The pixels of the face are replaced by the means of large blocks, which are then smoothed: what was there cannot be
    computed back from the picture.

    Attributes
    ----------
    time_s : (n,) float64
        Times at which the head was found.
    centre : (n, 2) float64
        Its middle, as fractions of the picture's width and height.
    radius : (n,) float64
        Radius of the circle, as a fraction of the picture's height.
    trunk : float
        Typical length of the trunk, as a fraction of the picture's height.

    Notes
    -----
    Between two moments at which the head was found it is taken to move evenly; before the first and after the last it
    keeps its place; the circle grows with the time away from them. Where no head was ever found the whole picture is
    blurred. Nobody else's face is: see docs/limits.md.
    """

    time_s: NDArray[np.float64]
    centre: NDArray[np.float64]
    radius: NDArray[np.float64]
    trunk: float

    @classmethod
    def of(cls, series: LandmarkSeries) -> Self:
        """Prepare the blur for the recording with these landmarks, as the model gave them."""
        head = series.xy_px[:, list(HEAD)]
        known = np.isfinite(head).any(axis=(1, 2))
        times_s, head = series.time_s[known], head[known]
        if not len(head):
            return cls(times_s, np.empty((0, 2)), np.empty(0), 0.0)
        low, high = np.nanmin(head, axis=1), np.nanmax(head, axis=1)
        middle = (low + high) / 2
        spread = np.nanmax(np.linalg.norm(head - middle[:, None], axis=2), axis=1)
        trunks = _trunk_px(series)[known]
        typical = float(np.nanmedian(trunks)) if np.isfinite(trunks).any() else 0.0
        radius = np.maximum(REACH_OF_FACE * spread, REACH_OF_TRUNK * np.fmax(trunks, typical))
        height = series.source.height_px
        return cls(times_s, middle / [series.source.width_px, height], radius / height, typical / height)

    def apply(self, image_rgb: NDArray[np.uint8], time_s: float) -> NDArray[np.uint8]:
        """Blur the face in a picture of any size.

        Parameters
        ----------
        image_rgb : (h, w, 3) uint8
            Not changed.
        time_s : float
            Time of the picture in the recording.

        Returns
        -------
        (h, w, 3) uint8
            A new picture.
        """
        image = image_rgb.copy()
        height_px, width_px = image.shape[:2]
        if not len(self.time_s):
            image[:] = _unrecognisable(image)
            return image
        x, y, radius_px = self._circle_px(time_s, width_px, height_px)
        left, right = (int(np.clip(x + sign * radius_px, 0, width_px)) for sign in (-1, 1))
        top, bottom = (int(np.clip(y + sign * radius_px, 0, height_px)) for sign in (-1, 1))
        if left >= right or top >= bottom:
            return image
        part = image[top:bottom, left:right]
        rows, columns = np.ogrid[top:bottom, left:right]
        inside = (columns - x) ** 2 + (rows - y) ** 2 <= radius_px**2
        np.copyto(part, _unrecognisable(part), where=inside[..., None])
        return image

    def _circle_px(self, time_s: float, width_px: int, height_px: int) -> tuple[float, float, float]:
        x, y, radius = (
            float(np.interp(time_s, self.time_s, values))
            for values in (self.centre[:, 0], self.centre[:, 1], self.radius)
        )
        away_s = float(np.abs(self.time_s - time_s).min())
        radius += self.trunk * min(MAX_GROWTH_TRUNKS, GROWTH_TRUNKS_S * away_s)
        return x * width_px, y * height_px, radius * height_px


def _trunk_px(series: LandmarkSeries) -> NDArray[np.float64]:
    xy = series.xy_px
    shoulders = xy[:, Landmark.LEFT_SHOULDER] + xy[:, Landmark.RIGHT_SHOULDER]
    hips = xy[:, Landmark.LEFT_HIP] + xy[:, Landmark.RIGHT_HIP]
    return np.asarray(np.linalg.norm(shoulders - hips, axis=1) / 2)


def _unrecognisable(part: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height_px, width_px = part.shape[:2]
    blocks = cv2.resize(part, (min(BLOCKS, width_px), min(BLOCKS, height_px)), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(blocks, (width_px, height_px), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.GaussianBlur(coarse, (0, 0), max(1.0, max(height_px, width_px) / 12)), dtype=np.uint8)
