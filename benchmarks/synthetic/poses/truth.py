"""True angles from true joint centres, by the definitions of posecheck's angles in space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import joint_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

UP = np.array([0.0, 0.0, 1.0])


def angles(joints_m: Array) -> dict[str, Array]:
    """True angles in degrees.

    Parameters
    ----------
    joints_m : (..., 16, 3) float64
        Joint centres in the world, z up, in the order of `posecheck.skeleton.centres.JOINTS`.

    Returns
    -------
    dict
        ``trunk_flexion_deg`` and ``trunk_lean_left_deg`` (from the vertical, forwards and towards the person's left). With
        ``left_`` or ``right_`` before it: ``hip_flexion_deg`` (of the thigh against the trunk, in the plane across the line
        of the hips; extension negative), ``hip_abduction_deg`` (outwards), ``knee_flexion_deg`` (0 is straight).
    """
    hips, shoulders = _pair(joints_m, "HIP"), _pair(joints_m, "SHOULDER")
    found = trunk_angles(*hips, *shoulders)
    across, up, front = _body_axes(hips, shoulders)
    for side, sign, hip in zip(("left", "right"), (1, -1), hips, strict=True):
        knee, ankle = (joints_m[..., joint_index(Landmark[f"{side.upper()}_{part}"]), :] for part in ("KNEE", "ANKLE"))
        thigh, shank = knee - hip, ankle - knee
        found[f"{side}_hip_flexion_deg"] = _atan2_deg(_dot(thigh, front), -_dot(thigh, up))
        found[f"{side}_hip_abduction_deg"] = _atan2_deg(sign * _dot(thigh, across), -_dot(thigh, up))
        found[f"{side}_knee_flexion_deg"] = _between_deg(thigh, shank)
    return found


def trunk_angles(left_hip: Array, right_hip: Array, left_shoulder: Array, right_shoulder: Array) -> dict[str, Array]:
    """Inclination of the trunk, from the middle of the hips to that of the shoulders, against the vertical."""
    left = _unit(left_hip - right_hip)
    trunk = (left_shoulder + right_shoulder - left_hip - right_hip) / 2
    level_front = _unit(np.cross(left, UP))
    level_left = _unit(left - UP * left[..., 2:])
    return {
        "trunk_flexion_deg": _atan2_deg(_dot(trunk, level_front), trunk[..., 2]),
        "trunk_lean_left_deg": _atan2_deg(_dot(trunk, level_left), trunk[..., 2]),
    }


def _pair(joints_m: Array, part: str) -> tuple[Array, Array]:
    left, right = (joints_m[..., joint_index(Landmark[f"{side}_{part}"]), :] for side in ("LEFT", "RIGHT"))
    return left, right


def _body_axes(hips: tuple[Array, Array], shoulders: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """Towards the left hip, up the trunk at right angles to it, and to the front."""
    across = _unit(hips[0] - hips[1])
    trunk = shoulders[0] + shoulders[1] - hips[0] - hips[1]
    up = _unit(trunk - across * _dot(trunk, across)[..., None])
    return across, up, np.cross(across, up)


def _between_deg(a: Array, b: Array) -> Array:
    """Angle between two vectors; by the arc tangent, which stays exact near 0."""
    return _atan2_deg(np.linalg.norm(np.cross(a, b), axis=-1), _dot(a, b))


def _dot(a: Array, b: Array) -> Array:
    return np.asarray((a * b).sum(axis=-1))


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.linalg.norm(vector, axis=-1, keepdims=True))


def _atan2_deg(y: Array, x: Array) -> Array:
    return np.asarray(np.degrees(np.arctan2(y, x)))
