"""The bones of one body: which joints each lies between, how long it is, and how much its length may vary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINT_COUNT, joint_index

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from posecheck.skeleton.centres import JointCentres


@dataclass(frozen=True, slots=True)
class Bone:
    """A line of the body whose length is the same throughout.

    Attributes
    ----------
    name : str
        ``thigh``, ``hip_width`` ...
    start, end : str
        Joints by their part: ``HIP``; ``HIPS`` is the point between both.
    sided : bool
        One on either side, of the same length. Otherwise the line runs from the left joint to the right one, or between
        two middles.
    tolerance : float
        Standard deviation of the length that comes on top, as a share of what its two joints are known to together: 1 takes
        out half of what left and right, or moment and moment, disagree by (chosen by us).
    shortens : float
        By how much of its length it may become shorter at no cost: a spine that bends.
    """

    name: str
    start: str
    end: str
    sided: bool = True
    tolerance: float = 1.0
    shortens: float = 0.0


BONES: tuple[Bone, ...] = (
    Bone("thigh", "HIP", "KNEE"),
    Bone("shank", "KNEE", "ANKLE"),
    Bone("upper_arm", "SHOULDER", "ELBOW", tolerance=3.0),
    Bone("forearm", "ELBOW", "WRIST", tolerance=3.0),
    # The foot is a triangle: with all three of its sides held, heel and ball turn about the ankle as one.
    Bone("foot", "HEEL", "FOOT_INDEX", tolerance=3.0),
    Bone("hindfoot", "ANKLE", "HEEL", tolerance=3.0),
    Bone("forefoot", "ANKLE", "FOOT_INDEX", tolerance=3.0),
    Bone("hip_width", "HIP", "HIP", sided=False),
    # Shoulders are carried forward and up with the arms.
    Bone("shoulder_width", "SHOULDER", "SHOULDER", sided=False, tolerance=3.0),
    # The line from hips to shoulders is a chord of the spine: bent by 60 degrees it is a tenth shorter.
    Bone("trunk", "HIPS", "SHOULDERS", sided=False, tolerance=3.0, shortens=0.15),
)
"""Every bone.

A bone does not change its length, but what a correction gets wrong about both of its ends does change it: held to 2 % of its
length, thigh and shank drew the change of the knee from 3.6 to 4.1 degrees of error on rendered recordings; held in
proportion to what their joints are known to, to 3.3. Arms, shoulders, feet and trunk are held loosely: held like the legs
they drew hips and trunk along, and made their angles worse (tolerances chosen by us, by that).
"""

BONE_INDEX: Mapping[str, int] = {bone.name: number for number, bone in enumerate(BONES)}

CONFIDENT_AFTER_S = 60.0
"""A recording counts for the length of bones by what it lasts, up to this: what is wrong in all its pictures does not get
better by more of them (chosen by us)."""


@dataclass(frozen=True, slots=True, eq=False)
class Bones:
    """Lengths of one body, equal left and right.

    Attributes
    ----------
    lengths_m : (bones,) float64
        In the order of `BONES`; NaN where never seen. Read-only.
    seen_s : float
        How long the body was seen.
    """

    lengths_m: NDArray[np.float64]
    seen_s: float

    def __post_init__(self) -> None:
        self.lengths_m.setflags(write=False)

    def __getitem__(self, name: str) -> float:
        """Length of a bone in metres."""
        return float(self.lengths_m[BONE_INDEX[name]])

    def joined(self, other: Bones) -> Bones:
        """The lengths of both, each counting by how long it was seen."""
        ours, theirs = (min(bones.seen_s, CONFIDENT_AFTER_S) for bones in (self, other))
        mixed = (ours * self.lengths_m + theirs * other.lengths_m) / max(ours + theirs, 1e-9)
        known = np.where(np.isfinite(self.lengths_m), self.lengths_m, other.lengths_m)
        return Bones(np.where(np.isfinite(mixed), mixed, known), ours + theirs)


@dataclass(frozen=True, slots=True, eq=False)
class BoneLines:
    """Every line whose length is fitted: a sided bone has two.

    Attributes
    ----------
    bone : (lines,) int64
        Which of `BONES`.
    joints : (lines, 16) float64
        The line as a sum of joints: +1 at its end, -1 at its start.
    """

    bone: NDArray[np.int64] = field(default_factory=lambda: _which_bone())
    joints: NDArray[np.float64] = field(default_factory=lambda: _as_sums())

    def lengths_m(self, xyz_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, lines) length of each in every picture."""
        lengths = [
            np.linalg.norm(np.einsum("j,njc->nc", line[line != 0], xyz_m[:, line != 0]), axis=1) for line in self.joints
        ]
        return np.stack(lengths, axis=1)


def line_of(start: Mapping[str, float] | str, end: Mapping[str, float] | str) -> NDArray[np.float64]:
    """(16,) the line between two joints as a sum of joints, for instance of ``LEFT_HIP`` and ``LEFT_KNEE``."""
    return _point(end) - _point(start)


def _point(parts: Mapping[str, float] | str) -> NDArray[np.float64]:
    shares = {parts: 1.0} if isinstance(parts, str) else parts
    point = np.zeros(JOINT_COUNT)
    for name, share in shares.items():
        point[joint_index(Landmark[name])] = share
    return point


def _lines_of(bone: Bone) -> list[NDArray[np.float64]]:
    if bone.sided:
        return [line_of(f"{side}_{bone.start}", f"{side}_{bone.end}") for side in ("LEFT", "RIGHT")]
    if bone.start.endswith("S"):
        middles = [{f"{side}_{part[:-1]}": 0.5 for side in ("LEFT", "RIGHT")} for part in (bone.start, bone.end)]
        return [line_of(*middles)]
    return [line_of(f"LEFT_{bone.start}", f"RIGHT_{bone.end}")]


def _which_bone() -> NDArray[np.int64]:
    return np.array([number for number, bone in enumerate(BONES) for _ in _lines_of(bone)])


def _as_sums() -> NDArray[np.float64]:
    return np.stack([line for bone in BONES for line in _lines_of(bone)])


def first_lengths(centres: JointCentres) -> NDArray[np.float64]:
    """(bones,) the usual length of each bone in a recording, both sides together; NaN where never seen.

    The trunk counts as long as it is when nothing bends it: its 90th percentile.
    """
    lines = BoneLines()
    lengths = lines.lengths_m(centres.xyz_m)
    usual = np.full(len(BONES), np.nan)
    for number, bone in enumerate(BONES):
        seen = lengths[:, lines.bone == number]
        seen = seen[np.isfinite(seen)]
        if seen.size:
            usual[number] = np.percentile(seen, 90.0 if bone.shortens else 50.0)
    return usual
