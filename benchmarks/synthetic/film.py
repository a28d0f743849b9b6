"""From a drawn picture to one that a camera would have taken: lens, blur, noise, compression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.synthetic.camera import Camera

    Picture = NDArray[np.uint8]

DRAWN_LARGER = 1.5
"""Pictures are drawn larger by this factor and scaled down, which smooths edges."""
NOISE_PICTURES = 3


@dataclass(frozen=True, slots=True)
class Film:
    """What a camera does to a picture.

    Attributes
    ----------
    blur_px : float
        Standard deviation of the lens's blur.
    shake_px : float
        Length of the blur by movement; its direction changes from picture to picture.
    noise : float
        Standard deviation of the sensor's noise, of 255.
    quality : int or None
        Of JPEG compression; None leaves it out.
    """

    blur_px: float
    shake_px: float
    noise: float
    quality: int | None


def random_film(rng: np.random.Generator) -> Film:
    """From a clean picture to a poor webcam's."""
    return Film(
        blur_px=float(rng.uniform(0.0, 0.9)),
        shake_px=float(rng.uniform(2.0, 7.0)) if rng.random() < 0.12 else 0.0,
        noise=float(rng.uniform(0.0, 5.0)),
        quality=int(rng.integers(35, 95)) if rng.random() < 0.6 else None,
    )


class Laboratory:
    """Makes pictures of one camera out of drawn ones."""

    def __init__(self, camera: Camera, film: Film, rng: np.random.Generator) -> None:
        self._camera, self._film, self._rng = camera, film, rng
        self._grid = camera.undistorted_grid() if camera.distortion else None
        shape = camera.height_px, camera.width_px
        self._noise = [
            (rng.normal(0, 0.8, (*shape, 1)) + rng.normal(0, 0.5, (*shape, 3))).astype(np.float32)
            for _ in range(NOISE_PICTURES if film.noise > 0.3 else 0)
        ]

    def develop(self, drawn: Picture) -> Picture:
        """The picture as the camera's file would hold it."""
        size = self._camera.width_px, self._camera.height_px
        picture = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
        if self._grid is not None:
            picture = cv2.remap(picture, *self._grid, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        if self._film.blur_px > 0.3:
            picture = cv2.GaussianBlur(picture, (0, 0), self._film.blur_px)
        if self._film.shake_px:
            picture = cv2.filter2D(picture, -1, self._shake())
        if self._noise:
            picture = self._noisy(picture)
        return np.ascontiguousarray(self._compressed(picture))

    def _shake(self) -> NDArray[np.float32]:
        length = self._film.shake_px * self._rng.uniform(0.3, 1.0)
        angle, half = self._rng.uniform(0, np.pi), int(np.ceil(length / 2)) + 1
        kernel = np.zeros((2 * half + 1,) * 2, np.float32)
        reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
        start, end = (tuple(round(float(part)) for part in half + sign * reach) for sign in (-1, 1))
        cv2.line(kernel, start, end, 1.0, 1)
        return kernel / kernel.sum()

    def _noisy(self, picture: Picture) -> Picture:
        noise = self._noise[self._rng.integers(len(self._noise))]
        shift = int(self._rng.integers(noise.shape[0])), int(self._rng.integers(noise.shape[1]))
        grain = np.roll(noise, shift, axis=(0, 1)) * self._film.noise
        return cv2.add(picture, grain, dtype=cv2.CV_8U)

    def _compressed(self, picture: Picture) -> Picture:
        if self._film.quality is None:
            return picture
        _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, self._film.quality])
        return cv2.imdecode(packed, cv2.IMREAD_COLOR)
