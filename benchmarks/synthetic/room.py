"""Rooms and light: what is around a rendered person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PLAIN, PLANKS, TILES, PICTURE, STRIPES = range(5)
WALLS = (
    (0.5, 0.5, 0.48),
    (0.62, 0.57, 0.46),
    (0.3, 0.38, 0.46),
    (0.72, 0.72, 0.7),
    (0.4, 0.22, 0.17),
    (0.34, 0.4, 0.32),
)
FLOORS = (
    (0.42, 0.27, 0.16),
    (0.18, 0.1, 0.06),
    (0.36, 0.34, 0.32),
    (0.58, 0.46, 0.33),
    (0.1, 0.1, 0.11),
    (0.2, 0.32, 0.18),
)
HALF_SIZE_M = (1.6, 4.5)
"""Nearest and farthest wall behind the person."""
HEIGHT_M = 3.0
NEAREST_WALL_M = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Rectangles with colours and textures.

    Attributes
    ----------
    corners_m, normals, colours : (4 k, 3) float64
    textures : (4 k,) float64
        `PLAIN` ... `STRIPES`.
    faces : (2 k, 3) int
    """

    corners_m: Array
    normals: Array
    colours: Array
    textures: Array
    faces: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """A key light that casts shadows, a fill light, and light from above and below; linear colours, (3,) each."""

    key_dir: Array
    fill_dir: Array
    key: Array
    fill: Array
    above: Array
    below: Array
    exposure: float


@dataclass(frozen=True, slots=True)
class Box:
    """Something that stands in the room: a seat, a table, a sideboard."""

    centre_m: tuple[float, float, float]
    size_m: tuple[float, float, float]
    colour: tuple[float, float, float] = (0.42, 0.27, 0.15)
    texture: int = PLAIN


def random_light(rng: np.random.Generator) -> Light:
    """From even to one hard window, from dim to bright, warm or cold."""
    around, up = rng.uniform(0, 2 * np.pi), rng.uniform(0.25, 1.4)
    key_dir = np.array([np.cos(around) * np.cos(up), np.sin(around) * np.cos(up), np.sin(up)])
    fill_dir = rng.normal(size=3) + np.array([0.0, 0.0, 0.6])
    warm = 1.0 + rng.uniform(-0.15, 0.15) * np.array([1.0, 0.0, -1.0])
    key, around_light = rng.uniform(0.15, 1.2), rng.uniform(0.18, 0.5)
    return Light(
        key_dir=key_dir,
        fill_dir=fill_dir / np.linalg.norm(fill_dir),
        key=key * warm,
        fill=rng.uniform(0.03, 0.25) * np.ones(3),
        above=around_light * np.ones(3),
        below=around_light * rng.uniform(0.3, 0.7) * np.ones(3),
        exposure=float(rng.choice([rng.uniform(0.9, 1.9), rng.uniform(0.4, 0.9)], p=[0.8, 0.2])),
    )


def random_room(rng: np.random.Generator, behind_deg: float, eye_m: Array, props: Sequence[Box] = ()) -> Room:
    """A room whose back wall is roughly behind the person.

    Parameters
    ----------
    rng : numpy Generator
    behind_deg : float
        Where the camera stands around the person; the back wall is opposite, turned by up to 30 degrees.
    eye_m : (3,) float64
        Where the camera is: a wall that would stand before it is left out.
    props : sequence of Box
        What the movement needs, such as a seat, in the person's own axes.
    """
    builder = _Builder()
    turn = behind_deg + rng.uniform(-30, 30)
    half = rng.uniform(*HALF_SIZE_M, size=3)
    floor, wall = FLOORS[rng.integers(len(FLOORS))], WALLS[rng.integers(len(WALLS))]
    shade = rng.uniform(0.6, 1.3)
    floor_kind = int(rng.choice([PLAIN, PLANKS, TILES, PICTURE], p=[0.3, 0.4, 0.2, 0.1]))
    wall_kind = int(rng.choice([PLAIN, TILES, STRIPES], p=[0.75, 0.2, 0.05]))
    builder.quad([0, 0, 0], [15, 0, 0], [0, 15, 0], floor, floor_kind)
    walls = [([0, half[0], 1], [15, 0, 0]), ([-half[1], 0, 1], [0, 15, 0]), ([half[2], 0, 1], [0, -15, 0])]
    eye = _turn(-turn) @ eye_m
    for middle, along in walls:
        inward = -np.array([middle[0], middle[1], 0.0]) / np.hypot(middle[0], middle[1])
        if (eye - [middle[0], middle[1], 0.0]) @ inward < NEAREST_WALL_M:
            continue
        builder.quad(
            [middle[0], middle[1], HEIGHT_M / 2], along, [0, 0, HEIGHT_M / 2], np.multiply(wall, shade), wall_kind
        )
    builder.quad([0, half[0] - 0.01, 0.05], [15, 0, 0], [0, 0, 0.05], (0.75, 0.74, 0.72), PLAIN)
    for _ in range(rng.integers(0, 4)):
        _hang(builder, rng, half)
    for _ in range(rng.integers(0, 5)):
        _stand(builder, rng, half)
    turned = builder.turned(turn)
    if rng.random() < 0.5:
        size = (rng.uniform(0.7, 2.5), rng.uniform(1.2, 2.6), 0.008)
        turned.box(
            Box(
                (rng.uniform(-0.2, 0.2), rng.uniform(-0.2, 0.2), 0.004),
                size,
                _colour(rng),
                int(rng.choice([PLAIN, PICTURE, STRIPES])),
            )
        )
    for prop in props:
        turned.box(prop)
    return turned.room()


def _turn(degrees: float) -> Array:
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def _colour(rng: np.random.Generator) -> tuple[float, float, float]:
    red, green, blue = rng.uniform(0.03, 0.6) * (1 - rng.random() * rng.random(3))
    return float(red), float(green), float(blue)


def _hang(builder: _Builder, rng: np.random.Generator, half: Array) -> None:
    middle = [rng.uniform(-2, 2), half[0] - 0.02, rng.uniform(0.8, 2.0)]
    kind = int(rng.choice([PICTURE, PLAIN, STRIPES]))
    builder.quad(middle, [rng.uniform(0.15, 0.7), 0, 0], [0, 0, rng.uniform(0.15, 0.7)], _colour(rng), kind)


def _stand(builder: _Builder, rng: np.random.Generator, half: Array) -> None:
    size = np.array([rng.uniform(0.3, 1.2), rng.uniform(0.2, 0.6), rng.choice([rng.uniform(0.3, 1.0), 2.0])])
    x = rng.choice([-1, 1]) * rng.uniform(0.5, 2.6)
    builder.box(Box((x, half[0] - size[1] / 2 - 0.02, size[2] / 2), tuple(size), _colour(rng)))


class _Builder:
    """Collects rectangles."""

    def __init__(self) -> None:
        self._quads: list[tuple[Array, Array, Array, int]] = []

    def quad(self, middle: object, u: object, v: object, colour: object, texture: int) -> None:
        c, a, b = (np.asarray(part, dtype=float) for part in (middle, u, v))
        normal = np.cross(a, b)
        corners = np.array([c - a - b, c + a - b, c + a + b, c - a + b])
        self._quads.append((corners, normal / np.linalg.norm(normal), np.asarray(colour, dtype=float), texture))

    def box(self, box: Box) -> None:
        middle, half = np.asarray(box.centre_m), np.asarray(box.size_m) / 2
        for axis in range(3):
            for sign in (1.0, -1.0):
                u, v, out = np.zeros(3), np.zeros(3), np.zeros(3)
                u[(axis + 1) % 3], v[(axis + 2) % 3], out[axis] = half[(axis + 1) % 3], half[(axis + 2) % 3], sign
                if sign < 0:
                    u, v = v, u
                self.quad(middle + out * half[axis], u, v, box.colour, box.texture)

    def turned(self, degrees: float) -> _Builder:
        turn, other = _turn(degrees), _Builder()
        other._quads = [(corners @ turn.T, turn @ normal, *rest) for corners, normal, *rest in self._quads]
        return other

    def room(self) -> Room:
        count = len(self._quads)
        faces = (np.array([[0, 1, 2], [0, 2, 3]]) + 4 * np.arange(count)[:, None, None]).reshape(-1, 3)
        corners, normals, colours, textures = zip(*self._quads, strict=True)
        each = [np.repeat(np.asarray(part, dtype=float), 4, axis=0) for part in (normals, colours, textures)]
        return Room(np.concatenate(corners), each[0], each[1], each[2], faces)
