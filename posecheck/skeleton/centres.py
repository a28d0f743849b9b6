"""Joint centres in space: the value that the correction gives, the skeleton fits, and angles are computed from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

JOINTS: tuple[Landmark, ...] = tuple(
    Landmark[f"{side}_{part}"]
    for part in ("SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
    for side in ("LEFT", "RIGHT")
)
"""The joints by the landmark that stands for each; ``FOOT_INDEX`` is the ball of the foot, ``HEEL`` its lowest point."""

JOINT_COUNT = len(JOINTS)

SWAPPED_JOINTS: NDArray[np.intp] = np.arange(JOINT_COUNT).reshape(-1, 2)[:, ::-1].ravel()
"""Index that exchanges left and right."""
SWAPPED_JOINTS.setflags(write=False)


def joint_index(mark: Landmark) -> int:
    """Where a landmark's joint stands in `JOINTS`."""
    return JOINTS.index(mark)


HIPS: NDArray[np.intp] = np.array([joint_index(Landmark.LEFT_HIP), joint_index(Landmark.RIGHT_HIP)])
"""Where the hips stand in `JOINTS`."""
HIPS.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class JointCentres:
    """Joint centres over time, seen from the camera.

    Attributes
    ----------
    time_s : (n,) float64
    xyz_m : (n, 16, 3) float64
        About the middle of the hips; x right, y **down**, z away from the camera, turned so that z is the line of sight
        to the hips. NaN where the body was not found.
    sd_m : (n, 16) float64
        Standard deviation of the position of each joint along one axis, relative to the middle of the hips.
    up : (n, 3) float64
        Unit vector against gravity in the same axes; (0, -1, 0) for a level camera.
    up_sd_deg : (n,) float64
        Standard deviation of its direction.
    depth : (n,) float64
        How far from everything the correction was trained on: 0 inside, 1 at the edge, above 1 out of its depth.
    """

    time_s: NDArray[np.float64]
    xyz_m: NDArray[np.float64]
    sd_m: NDArray[np.float64]
    up: NDArray[np.float64]
    up_sd_deg: NDArray[np.float64]
    depth: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.time_s)

    def pictures(self, chosen: NDArray[np.bool_]) -> JointCentres:
        """Some of the pictures: those that are True in ``chosen``, (n,)."""
        return JointCentres(**{item.name: getattr(self, item.name)[chosen] for item in fields(self)})

    def __call__(self, mark: Landmark) -> NDArray[np.float64]:
        """(n, 3) position of a joint."""
        return np.asarray(self.xyz_m[:, joint_index(mark)])
