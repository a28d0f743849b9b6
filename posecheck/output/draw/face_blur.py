"""Faces made unrecognisable in every picture: the followed person's from the body points, others where they were found."""

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
class HeadTrack:
    """Where one head is over time.

    Attributes
    ----------
    time_s : (n,) float64
        Times at which it was found.
    centre : (n, 2) float64
        Its middle, as fractions of the picture's width and height.
    radius : (n,) float64
        Radius of the circle that hides it, as a fraction of the picture's height.
    trunk : float
        Typical length of the trunk, as a fraction of the picture's height.
    hold_s : float
        It is hidden from so long before it was first found to so long after it was last found. Default: always, as the
        person who is measured is there all the time.

    Notes
    -----
    Between two moments at which the head was found it is taken to move evenly; before the first and after the last it
    keeps its place; the circle grows with the time away from them.
    """

    time_s: NDArray[np.float64]
    centre: NDArray[np.float64]
    radius: NDArray[np.float64]
    trunk: float
    hold_s: float = float("inf")

    def circle(self, time_s: float) -> tuple[float, float, float] | None:
        """Middle (x, y) and radius at a time, in the fractions of `centre` and `radius`; None where it is not hidden."""
        if not self.time_s[0] - self.hold_s <= time_s <= self.time_s[-1] + self.hold_s:
            return None
        x, y, radius = (
            float(np.interp(time_s, self.time_s, values))
            for values in (self.centre[:, 0], self.centre[:, 1], self.radius)
        )
        away_s = float(np.abs(self.time_s - time_s).min())
        return x, y, radius + self.trunk * min(MAX_GROWTH_TRUNKS, GROWTH_TRUNKS_S * away_s)


@dataclass(frozen=True, slots=True, eq=False)
class FaceBlur:
    """Where faces are at each moment, and how a picture is blurred there.

    The pixels of a face are replaced by the means of large blocks, which are then smoothed: what was there cannot be
    computed back from the picture.

    Attributes
    ----------
    followed : HeadTrack or None
        The head of the person who is measured; None where it was never found: then the whole picture is blurred.
    others : tuple of HeadTrack
        All heads that were looked for and found (`posecheck.output.draw.face_search`).
    """

    followed: HeadTrack | None
    others: tuple[HeadTrack, ...] = ()

    @classmethod
    def of(cls, series: LandmarkSeries, others: tuple[HeadTrack, ...] = ()) -> Self:
        """Prepare the blur for the recording with these landmarks, as the model gave them, and these heads."""
        head = series.xy_px[:, list(HEAD)]
        known = np.isfinite(head).any(axis=(1, 2))
        times_s, head = series.time_s[known], head[known]
        if not len(head):
            return cls(None, others)
        low, high = np.nanmin(head, axis=1), np.nanmax(head, axis=1)
        middle = (low + high) / 2
        spread = np.nanmax(np.linalg.norm(head - middle[:, None], axis=2), axis=1)
        trunks = _trunk_px(series)[known]
        typical = float(np.nanmedian(trunks)) if np.isfinite(trunks).any() else 0.0
        radius = head_radius(spread, np.fmax(trunks, typical))
        height = series.source.height_px
        size = [series.source.width_px, height]
        return cls(HeadTrack(times_s, middle / size, radius / height, typical / height), others)

    def apply(self, image_rgb: NDArray[np.uint8], time_s: float) -> NDArray[np.uint8]:
        """Blur the faces in a picture of any size.

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
        if self.followed is None:
            image[:] = _unrecognisable(image)
            return image
        for track in (self.followed, *self.others):
            circle = track.circle(time_s)
            if circle is not None:
                _blur_circle(image, *circle)
        return image


def head_radius(spread: NDArray[np.float64], trunk: NDArray[np.float64]) -> NDArray[np.float64]:
    """Radius of the circle that hides a head, from the spread of its points and the length of the trunk."""
    return np.asarray(np.maximum(REACH_OF_FACE * spread, REACH_OF_TRUNK * trunk))


def _blur_circle(image: NDArray[np.uint8], x_share: float, y_share: float, radius_share: float) -> None:
    height_px, width_px = image.shape[:2]
    x, y, radius_px = x_share * width_px, y_share * height_px, radius_share * height_px
    left, right = (int(np.clip(x + sign * radius_px, 0, width_px)) for sign in (-1, 1))
    top, bottom = (int(np.clip(y + sign * radius_px, 0, height_px)) for sign in (-1, 1))
    if left >= right or top >= bottom:
        return
    part = image[top:bottom, left:right]
    rows, columns = np.ogrid[top:bottom, left:right]
    inside = (columns - x) ** 2 + (rows - y) ** 2 <= radius_px**2
    np.copyto(part, _unrecognisable(part), where=inside[..., None])


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
