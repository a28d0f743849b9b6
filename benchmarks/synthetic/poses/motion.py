"""What every made-up motion has: a pose for each moment of it, and what the room needs to know."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from benchmarks.synthetic.poses.vectors import X, turn, unit
from benchmarks.synthetic.rig import SIDES
from posecheck.errors import PosecheckError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.synthetic.rig import Pose, Rig

    Array = NDArray[np.float64]

STILL: Array = np.zeros(6)
"""No wobble."""
STILL.setflags(write=False)

CLOTH_M = 0.012
"""How thick clothes are between skin and floor."""


class UnreachableTargetError(PosecheckError):
    """A body cannot reach the wanted angles with its feet where they have to be."""


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """A seat or a table: where its middle is, and its size along x, y and z, in metres."""

    centre_m: Array
    size_m: Array

    def moved(self, by_m: Array) -> Box:
        """The same box elsewhere."""
        return Box(self.centre_m + by_m, self.size_m)


class Motion(ABC):
    """A motion of one body from a neutral position to an end range whose angles are chosen.

    Parameters
    ----------
    rig : Rig
    side : {"L", "R"}
        The side that the motion is named by.
    targets : mapping
        Angles at end range in degrees, by the names in ``defaults``.

    Attributes
    ----------
    view : {"side", "front"}
        From where it is meant to be filmed.
    lying : bool
    props : tuple of Box
        What the person sits or lies on, other than the floor.
    """

    defaults: ClassVar[Mapping[str, float]] = {}
    view: Literal["side", "front"] = "side"
    lying: bool = False

    def __init__(self, rig: Rig, side: str, targets: Mapping[str, float]) -> None:
        unknown = sorted(set(targets) - set(self.defaults))
        if unknown:
            raise PosecheckError(
                f"{type(self).__name__} has no target {unknown[0]!r}; it has: {', '.join(self.defaults)}."
            )
        self.rig = rig
        self.scale = rig.scale
        self.side = side
        self.other = "R" if side == "L" else "L"
        self.sign = SIDES[side]
        self.target = {**self.defaults, **targets}
        self.props: tuple[Box, ...] = ()
        self._prepare()

    def at(self, phase: float, wobble: Array = STILL) -> Pose:
        """The pose at a phase from 0, neutral, to 1, end range, with small unwanted movements (6,) in degrees."""
        return self._at(phase, wobble)

    @abstractmethod
    def _at(self, phase: float, wobble: Array) -> Pose:
        """The pose of this motion."""

    def _prepare(self) -> None:  # noqa: B027 (most motions need it, some do not)
        """Find where feet and pelvis have to be for the targets to be met."""


def lowest_m(rig: Rig, pose: Pose) -> float:
    """How high the lowest point of the skin is."""
    return float(rig.contact_m(pose)[:, 2].min())


def on_floor(rig: Rig, pose: Pose, clearance_m: float = 0.0) -> Pose:
    """The pose lowered or lifted until its lowest point is on the floor."""
    return pose.moved(np.array([0.0, 0.0, clearance_m - lowest_m(rig, pose)]))


def hanging_arm(chest: Array, sign: int, forward_deg: float = 0.0, bend_deg: float = 12.0) -> tuple[Array, Array]:
    """Directions of upper arm and forearm of an arm that hangs beside the trunk."""
    upper = chest @ turn(X, -forward_deg) @ unit(np.array([0.17 * sign, 0.03, -1]))
    fore = chest @ turn(X, -forward_deg - bend_deg) @ unit(np.array([0.10 * sign, 0, -1]))
    return upper, fore
