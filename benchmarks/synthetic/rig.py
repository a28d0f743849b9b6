"""The skeleton of a rendered body: its bones are turned, and joints and skin follow.

World axes: x towards the person's left, y backwards (the person looks along -y), z up, the floor at z = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from scipy.spatial.transform import Rotation

from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SIDES: dict[str, int] = {"L": 1, "R": -1}
"""The person's left and right, with the sign of x on that side."""

REFERENCE_STATURE_M = 1.72
"""Lengths of poses (where a hand rests, how far feet stand apart) are given for this stature and scaled."""

HIP_HALF_WIDTH = 0.0515
"""Hip joint centre off the midline, as a part of stature: MakeHuman's pivot lies 10 to 12 cm off, a real one 8 to 9."""

HIP_DEPTH = 0.46
"""Hip joint centre between the skin in front (0) and the buttock's (1)."""

PELVIS_FOLLOWS = 0.25
"""Part of the thigh's rotation that the flesh of buttock and groin takes on (chosen by us: creases look right)."""

JOINT_BONES: dict[str, str] = {
    "SHOULDER": "upperarm01",
    "ELBOW": "lowerarm01",
    "WRIST": "wrist",
    "HIP": "upperleg01",
    "KNEE": "lowerleg01",
    "ANKLE": "foot",
    "HEEL": "foot",
    "FOOT_INDEX": "toe2-1",
}
"""The bone whose head is the joint; the heel is a point that moves with the foot."""

SEGMENTS: dict[str, tuple[str, str]] = {
    "thigh": ("upperleg01", "lowerleg01"),
    "shank": ("lowerleg01", "foot"),
    "upper_arm": ("upperarm01", "lowerarm01"),
    "forearm": ("lowerarm01", "wrist"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Where every bone is.

    Attributes
    ----------
    rotations : (bones, 3, 3) float64
        Rotation of each bone from the rest position, in the world.
    positions_m : (bones, 3) float64
        Head of each bone.
    """

    rotations: Array
    positions_m: Array

    def moved(self, by_m: Array) -> Pose:
        """The same pose elsewhere."""
        return Pose(self.rotations, self.positions_m + by_m)

    def turned(self, rotation: Array) -> Pose:
        """The same pose turned about the origin."""
        return Pose(rotation @ self.rotations, self.positions_m @ rotation.T)


class Rig:
    """Bones and skin of one body.

    Parameters
    ----------
    shape : mapping of arrays
        ``rest`` (vertices, 3), ``heads`` (bones, 3), ``labels``, ``parents``, skinning weights ``W`` and their bones ``I``,
        ``stature`` in metres and ``F_body``, the triangles of the skin; z up, in metres.
    """

    def __init__(self, shape: Mapping[str, NDArray[Any]]) -> None:
        self.labels = tuple(str(label) for label in shape["labels"])
        self.index = {label: bone for bone, label in enumerate(self.labels)}
        self.parents = tuple(int(parent) for parent in shape["parents"])
        self.stature_m = float(shape["stature"])
        self.scale = self.stature_m / REFERENCE_STATURE_M
        self.skin_rows = np.unique(shape["F_body"])
        floor = np.array([0.0, 0.0, shape["rest"][self.skin_rows, 2].min()])
        self.rest_m: Array = shape["rest"] - floor
        self.heads_m: Array = self._with_anatomical_hips(shape["heads"] - floor)
        self.weights = _weights(shape["W"], shape["I"], len(self.labels))
        self.lengths = {
            f"{name}.{side}": float(np.linalg.norm(self.head(f"{end}.{side}") - self.head(f"{start}.{side}")))
            for name, (start, end) in SEGMENTS.items()
            for side in SIDES
        }
        """Metres of each segment: ``thigh.L``, ``shank.R``, ``upper_arm.L``, ``forearm.R``."""
        self.ankle_height_m = float(self.head("foot.L")[2])
        self.ball_height_m = float(self.head("toe2-1.L")[2])
        self._offsets = np.array(
            [
                np.zeros(3) if parent < 0 else self.heads_m[bone] - self.heads_m[parent]
                for bone, parent in enumerate(self.parents)
            ]
        )
        self.dominant = np.asarray(self.weights.argmax(axis=1)).ravel()
        self.heels_m = {side: self._heel(side) for side in SIDES}
        self.contact_rows = self._contact_rows()
        self.contact_bones = self.dominant[self.contact_rows]
        self._contact_weights = self.weights[self.contact_rows].toarray()

    def head(self, bone: str) -> Array:
        """Where a bone begins at rest, in metres."""
        return self.heads_m[self.index[bone]]

    def forward(
        self,
        absolute: Mapping[str, Array],
        local: Mapping[str, Array],
        root_m: Array,
        bones: Iterable[int] | None = None,
    ) -> Pose:
        """Forward kinematics.

        Parameters
        ----------
        absolute : bone name to rotation
            Rotation in the world, from rest.
        local : bone name to rotation
            Rotation against the parent; a bone in neither follows its parent.
        root_m : (3,) float64
            Where the root is.
        bones : indices, optional
            Only these, parents before children and with none left out. Default: all.
        """
        count = len(self.labels)
        rotations, positions = np.full((count, 3, 3), np.nan), np.full((count, 3), np.nan)
        for bone in range(count) if bones is None else bones:
            parent, name = self.parents[bone], self.labels[bone]
            above = rotations[parent] if parent >= 0 else np.eye(3)
            if name in absolute:
                rotations[bone] = absolute[name]
            else:
                rotations[bone] = above @ local[name] if name in local else above
            positions[bone] = root_m if parent < 0 else positions[parent] + above @ self._offsets[bone]
        return Pose(rotations, positions)

    def posed(self, rotations: Array, root_m: Array) -> Pose:
        """A pose from the rotation of every bone in the world, (bones, 3, 3)."""
        steps = np.einsum("bij,bj->bi", rotations[list(self.parents)], self._offsets)
        positions = np.empty((len(self.labels), 3))
        for bone, parent in enumerate(self.parents):
            positions[bone] = root_m if parent < 0 else positions[parent] + steps[bone]
        return Pose(rotations, positions)

    def ancestors(self, *bones: str) -> tuple[int, ...]:
        """Bones and all that they hang on, parents first."""
        found: set[int] = set()
        for name in bones:
            bone = self.index[name]
            while bone >= 0:
                found.add(bone)
                bone = self.parents[bone]
        return tuple(sorted(found))

    def transforms(self, pose: Pose) -> Array:
        """How each bone moves the skin: (bones, 12), a 3 by 3 matrix and a shift in metres.

        The flesh of the pelvis follows a part of the thigh, or buttock and groin would tear.
        """
        rotations, positions = pose.rotations.copy(), pose.positions_m.copy()
        for side in SIDES:
            flesh, thigh = self.index[f"pelvis.{side}"], self.index[f"upperleg01.{side}"]
            turn = Rotation.from_matrix(rotations[0].T @ rotations[thigh]).as_rotvec() * PELVIS_FOLLOWS
            rotations[flesh] = rotations[0] @ Rotation.from_rotvec(turn).as_matrix()
            positions[flesh] = positions[thigh] + rotations[flesh] @ (self.heads_m[flesh] - self.heads_m[thigh])
        shifts = positions - np.einsum("bij,bj->bi", rotations, self.heads_m)
        return np.concatenate([rotations.reshape(-1, 9), shifts], axis=1)

    def skin(self, pose: Pose, rows: NDArray[np.intp] | None = None) -> Array:
        """Where vertices are, (vertices, 3) in metres, by linear blend skinning. Default rows: all."""
        if rows is None:
            return blend(self.transforms(pose), self.rest_m, self.weights)
        return blend(self.transforms(pose), self.rest_m[rows], self.weights[rows])

    def contact_m(self, pose: Pose) -> Array:
        """Where the skin's outermost points are, `contact_rows`: few, and enough to find what touches the floor."""
        return blend(self.transforms(pose), self.rest_m[self.contact_rows], self._contact_weights)

    def contact_of(self, *starts: str) -> NDArray[np.bool_]:
        """Which of `contact_rows` belong to bones whose names start so."""
        bones = [bone for bone, label in enumerate(self.labels) if label.startswith(starts)]
        return np.isin(self.contact_bones, bones)

    def joint_centres(self, pose: Pose) -> Array:
        """Joint centres (16, 3) in metres, in the order of `posecheck.skeleton.centres.JOINTS`."""
        return np.array([self._joint(pose, *mark.name.split("_", 1)) for mark in JOINTS])

    def _joint(self, pose: Pose, side: str, part: str) -> Array:
        bone = self.index[f"{JOINT_BONES[part]}.{side[0]}"]
        if part != "HEEL":
            return pose.positions_m[bone]
        return pose.positions_m[bone] + pose.rotations[bone] @ (self.heels_m[side[0]] - self.heads_m[bone])

    def _with_anatomical_hips(self, heads_m: Array) -> Array:
        """Thigh pivots moved to where a hip joint is."""
        moved, skin = heads_m.copy(), self.rest_m[self.skin_rows]
        for side, sign in SIDES.items():
            hip = moved[self.index[f"upperleg01.{side}"]]
            hip[0] = sign * HIP_HALF_WIDTH * self.stature_m
            near = skin[(np.abs(skin[:, 2] - hip[2]) < 0.015) & (np.abs(skin[:, 0] - hip[0]) < 0.05)]
            hip[1] = near[:, 1].min() + HIP_DEPTH * np.ptp(near[:, 1])
        return moved

    def _heel(self, side: str) -> Array:
        """The rearmost point of the sole at rest: of the skin within 1.5 cm of the floor (chosen by us)."""
        foot = self.skin_rows[self.dominant[self.skin_rows] == self.index[f"foot.{side}"]]
        sole = self.rest_m[foot]
        sole = sole[sole[:, 2] < sole[:, 2].min() + 0.015]
        return sole[sole[:, 1].argmax()]

    def _contact_rows(self) -> NDArray[np.intp]:
        """Of every bone's skin, what lies furthest out in 26 directions."""
        grid = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if x or y or z], float)
        rows: set[int] = set()
        for bone in np.unique(self.dominant[self.skin_rows]):
            own = self.skin_rows[self.dominant[self.skin_rows] == bone]
            rows.update(own[(self.rest_m[own] @ grid.T).argmax(axis=0)].tolist())
        return np.array(sorted(rows))


def blend(transforms: Array, rest_m: Array, weights: sp.csr_matrix | Array) -> Array:
    """Vertices (vertices, 3) moved by the bones they hang on; ``weights`` is (vertices, bones)."""
    mixed = weights @ transforms
    return np.einsum("vij,vj->vi", mixed[:, :9].reshape(-1, 3, 3), rest_m) + mixed[:, 9:]


def _weights(weights: Array, bones: NDArray[np.intp], count: int) -> sp.csr_matrix:
    """Weights of each vertex as a (vertices, bones) matrix whose rows add up to 1."""
    rows = np.repeat(np.arange(len(weights)), weights.shape[1])
    matrix = sp.csr_matrix((weights.ravel().astype(float), (rows, bones.ravel())), shape=(len(weights), count))
    return sp.csr_matrix(sp.diags(1 / np.asarray(matrix.sum(axis=1)).ravel()) @ matrix)
