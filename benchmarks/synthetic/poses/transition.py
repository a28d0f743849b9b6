"""From one pose to any other: every joint turns the shortest way, and the body stays on the floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.synthetic.poses.motion import CLOTH_M, on_floor
from benchmarks.synthetic.poses.vectors import mixed_rotations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.synthetic.rig import Pose, Rig

    Array = NDArray[np.float64]


def between(rig: Rig, start: Pose, end: Pose, weight: float) -> Pose:
    """The pose between two: ``weight`` 0 is the first, 1 the second."""
    local = mixed_rotations(_local(rig, start), _local(rig, end), weight)
    rotations = np.empty_like(local)
    for bone, parent in enumerate(rig.parents):
        rotations[bone] = local[bone] if parent < 0 else rotations[parent] @ local[bone]
    root = start.positions_m[0] * (1 - weight) + end.positions_m[0] * weight
    return on_floor(rig, rig.posed(rotations, root), CLOTH_M * 0.5)


def _local(rig: Rig, pose: Pose) -> Array:
    """Rotation of each bone against its parent; of the root, in the world."""
    above = pose.rotations[list(rig.parents)].copy()
    above[[parent < 0 for parent in rig.parents]] = np.eye(3)
    return np.asarray(np.swapaxes(above, 1, 2) @ pose.rotations)
