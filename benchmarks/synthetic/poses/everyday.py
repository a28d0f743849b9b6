"""Everyday poses: numbers drawn by chance, a pose built from them, and clips that move from one to the next."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from benchmarks.synthetic.poses.arms import HAND_M, STANDING, draw_plans, put_arms
from benchmarks.synthetic.poses.motion import CLOTH_M
from benchmarks.synthetic.poses.vectors import smooth_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from benchmarks.synthetic.poses.arms import Plans
    from benchmarks.synthetic.poses.motion import Box
    from benchmarks.synthetic.poses.poser import Figure
    from benchmarks.synthetic.rig import Pose, Rig

    Array = NDArray[np.float64]

Numbers = dict[str, "Array"]
"""What a pose is built from: angles in degrees, lengths in metres of a person of the reference stature."""


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One moment that a motion passes through.

    Attributes
    ----------
    numbers : dict
    arms : Plans
    """

    numbers: Numbers
    arms: Plans


class Everyday(ABC):
    """One kind of everyday pose, for one body.

    A kind draws what stays as it is (where the feet stand, which leg it is) once, and what moves once for each key.
    """

    lying: ClassVar[bool] = False
    habits: ClassVar[dict[str, int]] = STANDING
    changes_arms: ClassVar[bool] = True
    lowest_wrist_m: ClassVar[float] = HAND_M

    def __init__(self, rig: Rig, rng: np.random.Generator) -> None:
        self.rig = rig
        self.scale = rig.scale
        self.props: tuple[Box, ...] = ()
        self._settle(rng)

    @abstractmethod
    def _draw(self, rng: np.random.Generator) -> Numbers:
        """The numbers of one pose."""

    @abstractmethod
    def _figure(self, numbers: Numbers) -> Figure:
        """Pelvis, trunk and legs in place, the feet where they stand."""

    def _finished(self, pose: Pose) -> Pose:
        """The pose put where it belongs once the arms are there. Default: as it is."""
        return pose

    def keys(self, rng: np.random.Generator) -> tuple[Key, ...]:
        """The poses to move through."""
        return self._keys(rng)

    def _keys(self, rng: np.random.Generator) -> tuple[Key, ...]:
        """Two or three drawn poses."""
        count = int(rng.integers(2, 4))
        arms = draw_plans(rng, self.habits)
        found = []
        for _ in range(count):
            if self.changes_arms and rng.random() < 0.5:
                arms = draw_plans(rng, self.habits)
            found.append(Key(self._draw(rng), arms))
        return tuple(found)

    def at(self, start: Key, end: Key, weight: float, wobble: Array) -> Pose:
        """The pose between two keys, with small unwanted movements (6,) in degrees."""
        mixed = {name: start.numbers[name] * (1 - weight) + end.numbers[name] * weight for name in start.numbers}
        for name, value in zip(("pitch", "roll", "flexion", "lateral", "twist"), wobble, strict=False):
            if name in mixed:
                mixed[name] = mixed[name] + 0.7 * value
        figure = self._figure(mixed)
        put_arms(figure, start.arms, end.arms, weight, self.lowest_wrist_m)
        return self._finished(figure.pose())

    def _settle(self, rng: np.random.Generator) -> None:  # noqa: B027 (most kinds need it, some do not)
        """Draw what stays as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """A way through keys: which two a moment lies between, and how far.

    Attributes
    ----------
    keys : tuple of Key
    moves_s : float
        How long from one to the next.
    holds_s : float
        How long it stays at each.
    start_s : float
        Where the clip begins.
    """

    keys: tuple[Key, ...]
    moves_s: float
    holds_s: float
    start_s: float = field(default=0.0)

    def between(self, time_s: float) -> tuple[Key, Key, float]:
        """The two keys of a moment and the weight of the second; at the end it goes back the same way."""
        place, rest = divmod(time_s + self.start_s, self.moves_s + self.holds_s)
        there_and_back = [*range(len(self.keys)), *range(len(self.keys) - 2, 0, -1)]
        order = [there_and_back[(int(place) + step) % len(there_and_back)] for step in (0, 1)]
        return self.keys[order[0]], self.keys[order[1]], smooth_step(rest, 0, self.moves_s)


def draw_walk(keys: tuple[Key, ...], rng: np.random.Generator) -> Walk:
    """A way through keys at a random pace, begun anywhere."""
    walk = Walk(keys, float(rng.uniform(0.5, 2.2)), float(rng.uniform(0.0, 0.8)))
    return replace(walk, start_s=float(rng.uniform(0, 2 * (walk.moves_s + walk.holds_s))))


def floor_height(rig: Rig, figure: Figure, *bones: str) -> float:
    """By how much a figure has to rise for the skin of some bones to lie on the floor in its clothes."""
    points = rig.contact_m(figure.pose())[rig.contact_of(*bones)]
    return CLOTH_M - float(points[:, 2].min())


def settled(rig: Rig, build: Callable[[Array], Figure], root_m: Array, *bones: str) -> Figure:
    """A figure built twice: the second time with the skin of some bones on the floor."""
    rise = floor_height(rig, build(root_m), *bones)
    return build(root_m + np.array([0.0, 0.0, rise]))
