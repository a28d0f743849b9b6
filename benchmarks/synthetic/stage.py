"""One rendered clip from beginning to end: a person, a room, a camera, and the pictures that it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.synthetic.camera import Camera, Stand, put_up
from benchmarks.synthetic.film import DRAWN_LARGER, Film, Laboratory
from benchmarks.synthetic.outfit import Mesh, Outfit
from benchmarks.synthetic.room import Box, Light, Room

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from benchmarks.synthetic.renderer import Renderer
    from benchmarks.synthetic.rig import Pose, Rig

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything about a clip but the person's movement.

    Attributes
    ----------
    room, light, film
    camera : Camera
    bystander : Pose or None
        A second person, who stands still.
    """

    room: Room
    light: Light
    film: Film
    camera: Camera
    bystander: Pose | None = None


class Actor:
    """A dressed body in front of a renderer."""

    def __init__(self, rig: Rig, shape: Mapping[str, NDArray[Any]], outfit: Outfit) -> None:
        self.rig = rig
        self.mesh = Mesh(rig, shape, outfit)

    def take(
        self, renderer: Renderer, setting: Setting, poses: Sequence[Pose], rng: np.random.Generator
    ) -> Iterator[NDArray[np.uint8]]:
        """(h, w, 3) RGB pictures of the poses, one after another."""
        laboratory = Laboratory(setting.camera, setting.film, rng)
        renderer.dress(self.mesh)
        renderer.enter(setting.room, setting.camera.scaled(DRAWN_LARGER), setting.light)
        others = [] if setting.bystander is None else [self.mesh.place(setting.bystander, np.zeros(3))]
        swing, before = np.zeros(3), None
        for pose in poses:
            swing = _swing(swing, before, pose, rng)
            before = pose
            yield laboratory.develop(renderer.draw([self.mesh.place(pose, swing), *others]))


def _swing(swing: Array, before: Pose | None, pose: Pose, rng: np.random.Generator) -> Array:
    """Where loose cloth swings to: behind the movement of the body, a little at random."""
    moved = np.zeros(3) if before is None else pose.positions_m[0] - before.positions_m[0]
    return np.asarray(0.5 * swing - 4.0 * moved + rng.normal(0, 0.25, 3))


def reach_of(rig: Rig, poses: Sequence[Pose]) -> Array:
    """(k, 3) points that the body reaches in the poses, for aiming a camera."""
    return np.concatenate([rig.contact_m(pose) for pose in poses])


def occluder(reach_m: Array, azimuth_deg: float, rng: np.random.Generator) -> Box:
    """A low piece of furniture between the camera and the legs."""
    middle = (reach_m.min(axis=0) + reach_m.max(axis=0)) / 2
    half_m = float(np.linalg.norm(np.ptp(reach_m[:, :2], axis=0))) / 2
    turn = np.radians(azimuth_deg)
    away = half_m + rng.uniform(0.2, 0.5)
    height = rng.uniform(0.15, 0.4) * float(np.ptp(reach_m[:, 2]))
    x, y = middle[:2] + away * np.array([np.sin(turn), -np.cos(turn)])
    size = (rng.uniform(0.3, 1.0), rng.uniform(0.3, 0.6), height)
    colour = tuple(float(part) for part in rng.uniform(0.05, 0.5, 3))
    return Box((float(x), float(y), height / 2), size, colour)  # type: ignore[arg-type]


def stand_for(rng: np.random.Generator, ideal_deg: float | None, *, lying: bool, portrait: bool) -> tuple[Stand, float]:
    """Where a camera is put up: about the ideal place, or anywhere; and how far off the ideal direction, in degrees.

    Parameters
    ----------
    rng : numpy Generator
    ideal_deg : float or None
        Azimuth from which the movement is meant to be filmed; None: any.
    lying, portrait : bool
        The person lies; the picture is higher than wide.
    """
    if ideal_deg is None or rng.random() < 0.12:
        off = float(rng.uniform(-180, 180))
    elif rng.random() < 0.7:
        off = float(rng.normal(0, 18))
    else:
        off = float(rng.uniform(-75, 75))
    kind = rng.random()
    roll = rng.normal(0, 1.5) if kind < 0.6 else rng.normal(0, 6) if kind < 0.85 else rng.uniform(-25, 25)
    low, high = (0.25, 1.3) if lying else (0.35, 1.7)
    height = rng.uniform(low, high) if rng.random() < 0.8 else rng.uniform(0.1, 2.4)
    stand = Stand(
        azimuth_deg=(ideal_deg or 0.0) + off,
        height_m=float(height),
        field_deg=float(rng.uniform(35, 90)),
        roll_deg=float(roll),
        distance=float(rng.uniform(0.95, 1.45) if not portrait else rng.uniform(0.95, 1.3)),
        aim_m=(float(rng.normal(0, 0.15)), float(rng.normal(0, 0.15))),
    )
    return stand, off


def film_from(stand: Stand, reach_m: Array, size: tuple[int, int], distortion: float) -> Camera:
    """The camera of a stand."""
    return put_up(stand, reach_m, *size, distortion)
