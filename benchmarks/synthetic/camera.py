"""A camera with a lens: where points in the world appear in its picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NEAR_M, FAR_M = 0.1, 40.0
NEAREST_M, FARTHEST_M, STEP_M = 0.8, 12.0, 0.05
UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A pinhole with one coefficient of distortion.

    Attributes
    ----------
    eye_m : (3,) float64
        Where it is, in the world.
    axes : (3, 3) float64
        Rows: right, down and away, in the world.
    focal_px : float
    width_px, height_px : int
    distortion : float
        k1: a point at distance r from the middle, in focal lengths, appears at r (1 + k1 r^2).
    """

    eye_m: Array
    axes: Array
    focal_px: float
    width_px: int
    height_px: int
    distortion: float = 0.0

    def seen(self, points_m: Array) -> Array:
        """(..., 3) world points in the camera's axes, from the camera: x right, y down, z away."""
        return np.asarray((points_m - self.eye_m) @ self.axes.T)

    def project(self, points_m: Array) -> Array:
        """(..., 2) pixels of world points, x right, y down."""
        seen = self.seen(points_m)
        flat = seen[..., :2] / seen[..., 2:]
        bent = flat * (1.0 + self.distortion * np.sum(flat**2, axis=-1, keepdims=True))
        return np.asarray(bent * self.focal_px + [self.width_px / 2, self.height_px / 2])

    @property
    def up(self) -> Array:
        """(3,) against gravity, in the camera's axes."""
        return np.asarray(self.axes @ UP)

    def clip_matrix(self) -> Array:
        """(4, 4) from the world to OpenGL's clip space, without distortion."""
        turn = np.eye(4)
        turn[:3, :3] = self.axes * np.array([[1.0], [-1.0], [-1.0]])
        turn[:3, 3] = -turn[:3, :3] @ self.eye_m
        lens = np.zeros((4, 4))
        lens[0, 0], lens[1, 1] = 2 * self.focal_px / self.width_px, 2 * self.focal_px / self.height_px
        lens[2, 2], lens[2, 3] = -(FAR_M + NEAR_M) / (FAR_M - NEAR_M), -2 * FAR_M * NEAR_M / (FAR_M - NEAR_M)
        lens[3, 2] = -1.0
        return lens @ turn

    def scaled(self, factor: float) -> Camera:
        """The same view in larger or smaller pixels, without the lens's distortion."""
        width, height = round(self.width_px * factor), round(self.height_px * factor)
        return Camera(self.eye_m, self.axes, self.focal_px * factor, width, height)

    def undistorted_grid(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """For each pixel of the distorted picture, where it lies in the pinhole's, for ``cv2.remap``."""
        middle = np.array([self.width_px / 2, self.height_px / 2])
        pixels = np.stack(np.meshgrid(np.arange(self.width_px) + 0.5, np.arange(self.height_px) + 0.5), axis=-1)
        bent = (pixels - middle) / self.focal_px
        flat = bent.copy()
        for _ in range(6):
            flat = bent / (1.0 + self.distortion * np.sum(flat**2, axis=-1, keepdims=True))
        grid = (flat * self.focal_px + middle - 0.5).astype(np.float32)
        return grid[..., 0], grid[..., 1]


@dataclass(frozen=True, slots=True)
class Stand:
    """How a camera is put up to film a person.

    Attributes
    ----------
    azimuth_deg : float
        Where it stands around the person: 0 before the face, 90 at the person's left.
    height_m : float
        Of the lens over the floor.
    field_deg : float
        Angle of view along the longer side.
    roll_deg : float
        The camera turned clockwise about its line of sight.
    distance : float
        As a multiple of the shortest from which everything is in the picture.
    aim_m : (float, float)
        How far to the right of and above the middle of the body it looks.
    margin : float
        Room left at each edge, as a part of the picture's size.
    """

    azimuth_deg: float
    height_m: float
    field_deg: float
    roll_deg: float = 0.0
    distance: float = 1.0
    aim_m: tuple[float, float] = (0.0, 0.0)
    margin: float = 0.05


def put_up(stand: Stand, points_m: Array, width_px: int, height_px: int, distortion: float = 0.0) -> Camera:
    """The camera that films points (all that the person reaches) from where it stands."""
    middle = (points_m.min(axis=0) + points_m.max(axis=0)) / 2
    turn = np.radians(stand.azimuth_deg)
    outward = np.array([np.sin(turn), -np.cos(turn), 0.0])
    focal_px = max(width_px, height_px) / 2 / np.tan(np.radians(stand.field_deg) / 2)

    def at(distance_m: float) -> Camera:
        eye = np.array([*(middle + outward * distance_m)[:2], stand.height_m])
        right = np.cross(UP, outward)
        target = middle + right * stand.aim_m[0] + UP * stand.aim_m[1]
        return Camera(eye, _axes(target - eye, stand.roll_deg), focal_px, width_px, height_px, distortion)

    size = np.array([width_px, height_px])
    for distance_m in np.arange(NEAREST_M, FARTHEST_M, STEP_M):
        camera = at(float(distance_m))
        if camera.seen(points_m)[:, 2].min() < 3 * NEAR_M:
            continue
        pixels = camera.project(points_m)
        if np.all(pixels > stand.margin * size) and np.all(pixels < (1 - stand.margin) * size):
            return at(float(distance_m) * stand.distance)
    return at(FARTHEST_M)


def _axes(ahead: Array, roll_deg: float) -> Array:
    ahead = ahead / np.linalg.norm(ahead)
    right = np.cross(ahead, UP)
    right /= np.linalg.norm(right)
    down = np.cross(ahead, right)
    turn = np.radians(roll_deg)
    return np.stack(
        [np.cos(turn) * right + np.sin(turn) * down, np.cos(turn) * down - np.sin(turn) * right, ahead], axis=0
    )
