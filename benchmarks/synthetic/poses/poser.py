"""A figure that is put into a pose limb by limb: legs by their angles or to a place, the trunk to an inclination, hands."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.synthetic.poses.truth import trunk_angles
from benchmarks.synthetic.poses.vectors import X, Y, Z, across, cross, frame_turn, mixed_direction, turn, unit, vec

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from benchmarks.synthetic.rig import Pose, Rig

    Array = NDArray[np.float64]

SPINE: dict[str, float] = {"spine05": 0.12, "spine04": 0.30, "spine03": 0.28, "spine02": 0.18, "spine01": 0.12}
"""How a bend of the trunk is shared (chosen by us: most of it where the lumbar spine is)."""

NECK: dict[str, float] = {"neck01": 0.3, "neck02": 0.3, "neck03": 0.2, "head": 0.2}

TRUNK_TOLERANCE_DEG = 1e-3


class Figure:
    """One pose in the making.

    Parameters
    ----------
    rig : Rig
    pelvis : (3, 3) float64
        Rotation of the pelvis in the world.
    root_m : (3,) float64
        Where the root of the skeleton is. Default: the origin; `moved` puts the finished pose where it belongs.
    """

    def __init__(self, rig: Rig, pelvis: Array, root_m: Array | None = None) -> None:
        self.rig = rig
        self.pelvis = pelvis
        self.root_m = np.zeros(3) if root_m is None else root_m
        self.absolute: dict[str, Array] = {"root": pelvis}
        self.local: dict[str, Array] = {}

    def pose(self) -> Pose:
        """Where every bone is now."""
        return self.rig.forward(self.absolute, self.local, self.root_m)

    def hip(self, side: str) -> Array:
        """Where a hip is, in metres."""
        return self.root_m + self.pelvis @ (self.rig.head(f"upperleg01.{side}") - self.rig.heads_m[0])

    def leg(
        self,
        side: str,
        thigh: Array,
        hinge: Array,
        knee_deg: float,
        foot: Array | None = None,
        toes: Array | None = None,
    ) -> None:
        """Put a leg: the thigh's direction, the axis the knee bends about, its flexion, and the foot in the world.

        Default of the foot: it follows the shank; of the toes: they follow the foot.
        """
        rig, thigh = self.rig, unit(thigh)
        hinge = across(hinge, thigh)
        shank = turn(hinge, knee_deg) @ thigh
        upper = frame_turn(rig.head(f"lowerleg01.{side}") - rig.head(f"upperleg01.{side}"), X, thigh, hinge)
        lower = frame_turn(rig.head(f"foot.{side}") - rig.head(f"lowerleg01.{side}"), X, shank, hinge)
        self._set(side, upper, "upperleg01", "upperleg02")
        self._set(side, lower, "lowerleg01", "lowerleg02")
        self._set(side, lower if foot is None else foot, "foot")
        if toes is not None:
            self._set(side, toes, *(f"toe{number}-1" for number in range(1, 6)))

    def leg_to(
        self, side: str, ankle_m: Array, pole: Array, foot: Array | None = None, toes: Array | None = None
    ) -> None:
        """Put a leg so that its ankle is in a place, the knee towards ``pole``; out of reach, the leg points there."""
        lengths = self.rig.lengths[f"thigh.{side}"], self.rig.lengths[f"shank.{side}"]
        hip = self.hip(side)
        knee, ankle = two_bones(hip, ankle_m, lengths, pole)
        thigh, shank = unit(knee - hip), unit(ankle - knee)
        hinge = cross(across(pole, unit(ankle - hip)), unit(ankle - hip))
        knee_deg = float(np.degrees(np.arctan2(cross(thigh, shank) @ hinge, thigh @ shank)))
        self.leg(side, thigh, hinge, knee_deg, foot, toes)

    def foot_after_shank(self, side: str, ankle_deg: float, out_deg: float = 0.0) -> None:
        """Turn the foot against its shank: ``ankle_deg`` points the toes, ``out_deg`` turns them outwards."""
        sign = 1 if side == "L" else -1
        self._set(side, self.absolute[f"lowerleg01.{side}"] @ turn(Z, out_deg * sign) @ turn(X, ankle_deg), "foot")

    def bend(
        self,
        flexion_deg: float,
        lateral_deg: float = 0.0,
        twist_deg: float = 0.0,
        neck_deg: float = 0.0,
        neck_lateral_deg: float = 0.0,
    ) -> None:
        """Bend spine and neck against the pelvis: forwards, towards the left, turned to the left."""
        for bone, part in SPINE.items():
            self.local[bone] = _bent(flexion_deg * part, lateral_deg * part, twist_deg * part)
        for bone, part in NECK.items():
            self.local[bone] = _bent(neck_deg * part, neck_lateral_deg * part, 0.0)

    def bend_to(
        self, trunk_deg: float, lean_left_deg: float | None = None, neck_deg: float = 0.0, neck_lateral_deg: float = 0.0
    ) -> None:
        """Bend the spine until the line of the trunk leans so far from the vertical: forwards, and towards the left.

        Default of the lean: whatever it becomes, without bending sideways; it has no meaning for a level trunk.
        """
        wanted = np.array([trunk_deg] if lean_left_deg is None else [trunk_deg, lean_left_deg])

        def missed(bends: Array) -> Array:
            self.bend(*bends, neck_deg=neck_deg, neck_lateral_deg=neck_lateral_deg)
            return np.array(self._trunk_deg()[: len(wanted)]) - wanted

        _solve(missed, len(wanted))

    def arm(self, side: str, upper: Array, fore: Array) -> None:
        """Put an arm by the directions of upper arm and forearm."""
        rig = self.rig
        elbow = rig.head(f"lowerarm01.{side}")
        rest_upper, rest_fore = elbow - rig.head(f"upperarm01.{side}"), rig.head(f"wrist.{side}") - elbow
        rest_hinge = unit(cross(unit(rest_upper), unit(rest_fore)))
        hinge = cross(unit(upper), unit(fore))
        # A straight arm has no hinge: any will do that is not along it.
        hinge = unit(hinge) if hinge @ hinge > 1e-6 else (-X if abs(unit(upper) @ X) < 0.95 else Y)
        self._set(side, frame_turn(rest_upper, rest_hinge, upper, hinge), "upperarm01", "upperarm02")
        self._set(side, frame_turn(rest_fore, rest_hinge, fore, hinge), "lowerarm01", "lowerarm02")

    def arm_to(
        self, side: str, wrist_m: Array, pole: Array, instead_of: tuple[Array, Array] | None = None, weight: float = 1.0
    ) -> None:
        """Put an arm so that its wrist is in a place, the elbow towards ``pole``.

        With ``instead_of``, directions of upper arm and forearm, only so far as ``weight`` says.
        """
        shoulder = self.shoulders()[side]
        lengths = self.rig.lengths[f"upper_arm.{side}"], self.rig.lengths[f"forearm.{side}"]
        elbow, wrist = two_bones(shoulder, wrist_m, lengths, pole)
        upper, fore = elbow - shoulder, wrist - elbow
        if instead_of is not None:
            upper, fore = mixed_direction(instead_of[0], upper, weight), mixed_direction(instead_of[1], fore, weight)
        self.arm(side, upper, fore)

    def shoulders(self) -> dict[str, Array]:
        """Where the shoulders are, in metres."""
        pose = self._upper_body()
        return {side: pose.positions_m[self.rig.index[f"upperarm01.{side}"]] for side in "LR"}

    def chest(self) -> Array:
        """Rotation of the chest in the world."""
        return self._upper_body().rotations[self.rig.index["spine01"]]

    def _upper_body(self) -> Pose:
        return self.rig.forward(self.absolute, self.local, self.root_m, _upper_bones(self.rig))

    def _trunk_deg(self) -> tuple[float, float]:
        shoulders = self.shoulders()
        found = trunk_angles(self.hip("L"), self.hip("R"), shoulders["L"], shoulders["R"])
        return float(found["trunk_flexion_deg"]), float(found["trunk_lean_left_deg"])

    def _set(self, side: str, rotation: Array, *bones: str) -> None:
        for bone in bones:
            self.absolute[f"{bone}.{side}"] = rotation


def two_bones(start_m: Array, target_m: Array, lengths_m: tuple[float, float], pole: Array) -> tuple[Array, Array]:
    """The joint between two bones, towards ``pole``, and their end; a target out of reach is brought near."""
    first, second = lengths_m
    way = target_m - start_m
    direction = unit(way)
    reach = float(np.clip(np.sqrt(way @ way), abs(first - second) + 1e-3, (first + second) * 0.99995))
    along = (first**2 - second**2 + reach**2) / (2 * reach)
    height = float(np.sqrt(max(first**2 - along**2, 0.0)))
    return start_m + direction * along + across(pole, direction) * height, start_m + direction * reach


def side_vec(sign: int, outwards: float, backwards: float, up: float) -> Array:
    """A vector whose x points outwards on that side."""
    return vec(sign * outwards, backwards, up)


@lru_cache(maxsize=8)
def _upper_bones(rig: Rig) -> tuple[int, ...]:
    return rig.ancestors("upperarm01.L", "upperarm01.R")


def _bent(flexion_deg: float, lateral_deg: float, twist_deg: float) -> Array:
    return turn(X, flexion_deg) @ turn(Y, lateral_deg) @ turn(Z, twist_deg)


def _solve(missed: Callable[[Array], Array], count: int) -> None:
    """Newton's method with differences of one degree; a few rounds suffice, the trunk follows its bend almost evenly."""
    bends = np.zeros(count)
    for _ in range(7):
        error = missed(bends)
        if np.abs(error).max() < TRUNK_TOLERANCE_DEG:
            return
        slope = np.stack([missed(bends + step) - error for step in np.eye(count)], axis=1)
        bends = bends - np.linalg.solve(slope, error)
    missed(bends)
