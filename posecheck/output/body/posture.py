"""How a body stood at end range, in its own axes: forward, to its left, and up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import unit
from posecheck.kinematics.in_space import MAX_DEPTH
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINTS, joint_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from posecheck.skeleton.centres import JointCentres

ON_FLOOR_M = 0.12
"""A foot whose lowest point is no higher above that of the other stands on the floor (chosen by us: a raised heel does, a
lifted foot does not)."""
LYING_TRUNK_UP, LYING_FEET_M = 0.5, 0.45
"""Somebody lies whose trunk rises by less than this share of its length, and one of whose ankles lies no further below the
hips than this (chosen by us: whoever bends down to the toes has the ankles a leg's length below)."""
_TORSO = tuple(Landmark[f"{side}_{part}"] for part in ("HIP", "SHOULDER") for side in ("LEFT", "RIGHT"))
_BONES = (("HIP", "KNEE"), ("KNEE", "ANKLE"))


@dataclass(frozen=True, slots=True, eq=False)
class Posture:
    """A body at rest, as it is drawn.

    Attributes
    ----------
    xyz_m : (16, 3) float64
        The joints in the order of `posecheck.skeleton.centres.JOINTS`: forward (from the hips), to the person's left, up
        against gravity, in metres. NaN where missing.
    """

    xyz_m: NDArray[np.float64]

    def __call__(self, mark: Landmark) -> NDArray[np.float64]:
        """(3,) position of a joint."""
        return np.asarray(self.xyz_m[joint_index(mark)])

    @property
    def mid_hip(self) -> NDArray[np.float64]:
        """(3,) middle of the hips."""
        return (self(Landmark.LEFT_HIP) + self(Landmark.RIGHT_HIP)) / 2

    @property
    def trunk(self) -> NDArray[np.float64]:
        """(3,) line from mid-hip to mid-shoulder."""
        return (self(Landmark.LEFT_SHOULDER) + self(Landmark.RIGHT_SHOULDER)) / 2 - self.mid_hip

    @property
    def size_m(self) -> float:
        """Length of trunk, thigh and shank, the legs averaged: what two drawings are brought to one size by."""
        bones = [
            np.linalg.norm(self(Landmark[f"{side}_{lower}"]) - self(Landmark[f"{side}_{upper}"]))
            for side in ("LEFT", "RIGHT")
            for upper, lower in _BONES
        ]
        return float(np.linalg.norm(self.trunk) + 2 * np.nanmean(bones))

    @property
    def lying(self) -> bool:
        """Whether the body lies."""
        length = float(np.linalg.norm(self.trunk))
        ankles = np.array([self(mark)[2] for mark in (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)])
        near_hips = bool(np.nanmax(ankles) > self.mid_hip[2] - LYING_FEET_M)
        return near_hips and float(abs(self.trunk[2])) < LYING_TRUNK_UP * length


def posture_of(centres: JointCentres, start_s: float, end_s: float) -> Posture | None:
    """The median posture in a stretch of time, such as a hold.

    Parameters
    ----------
    centres : JointCentres
        The fitted joints of a recording.
    start_s, end_s : float

    Returns
    -------
    Posture or None
        About the middle of the hips; None where hips and shoulders were not found, or the body is too unlike what the joints
        were learnt from.
    """
    inside = (centres.time_s >= start_s) & (centres.time_s <= end_s)
    if not inside.any():
        inside = np.abs(centres.time_s - (start_s + end_s) / 2) <= np.nanmin(
            np.abs(centres.time_s - (start_s + end_s) / 2)
        )
    own = own_axes(centres.pictures(inside))
    found = np.isfinite(own[:, [joint_index(mark) for mark in _TORSO]]).all(axis=(1, 2))
    found &= centres.depth[inside] <= MAX_DEPTH
    if not found.any():
        return None
    return Posture(_median(own[found]))


def own_axes(centres: JointCentres) -> NDArray[np.float64]:
    """(n, 16, 3) joints in the person's own axes: forward, left, up; about the middle of the hips.

    Forward is level, and across the line between the hips as it lies in that moment.
    """
    up = centres.up
    across = centres(Landmark.LEFT_HIP) - centres(Landmark.RIGHT_HIP)
    left = unit(across - np.sum(across * up, axis=1, keepdims=True) * up)
    axes = np.stack([np.cross(left, up), left, up], axis=1)
    middle = (centres(Landmark.LEFT_HIP) + centres(Landmark.RIGHT_HIP)) / 2
    return np.asarray(np.einsum("nak,njk->nja", axes, centres.xyz_m - middle[:, None]))


def laid_together(postures: Sequence[Posture]) -> tuple[Posture, ...]:
    """The postures at one size, on one floor, and with the feet that stand on it at one place.

    Their size is that of the first: one camera does not tell it apart from the distance. Of somebody who lies, the hips are
    at one place.
    """
    if not postures:
        return ()
    size_m = postures[0].size_m
    same = [Posture(item.xyz_m * size_m / item.size_m) for item in postures]
    if any(item.lying for item in same):
        return tuple(_moved(item, item.mid_hip) for item in same)
    feet = [standing_feet(item) for item in same]
    common = [name for name in feet[0] if all(name in others for others in feet)]
    return tuple(_moved(item, _place_of(item, common or own, own)) for item, own in zip(same, feet, strict=True))


def standing_feet(posture: Posture) -> tuple[str, ...]:
    """LEFT, RIGHT or both: the feet on the floor."""
    lowest = {side: _lowest_m(posture, side) for side in ("LEFT", "RIGHT")}
    floor = np.nanmin(list(lowest.values()))
    return tuple(side for side, height in lowest.items() if height <= floor + ON_FLOOR_M)


def _lowest_m(posture: Posture, side: str) -> float:
    parts = ("HEEL", "FOOT_INDEX", "ANKLE")
    heights = np.array([posture(Landmark[f"{side}_{part}"])[2] for part in parts])
    return float(np.nanmin(heights)) if np.isfinite(heights).any() else float("inf")


def _place_of(posture: Posture, feet: Sequence[str], own: Sequence[str]) -> NDArray[np.float64]:
    """The point of the floor that the feet stand round."""
    middle = np.nanmean([posture(Landmark[f"{side}_ANKLE"]) for side in feet], axis=0)
    floor = min(_lowest_m(posture, side) for side in own)
    return np.array([middle[0], middle[1], floor])


def _moved(posture: Posture, origin: NDArray[np.float64]) -> Posture:
    return replace(posture, xyz_m=posture.xyz_m - origin)


def _median(xyz_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """(16, 3) median over time; NaN for a joint that was never found."""
    ever = np.isfinite(xyz_m).all(axis=2).any(axis=0)
    result = np.full((len(JOINTS), 3), np.nan)
    result[ever] = np.nanmedian(xyz_m[:, ever], axis=0)
    return result
