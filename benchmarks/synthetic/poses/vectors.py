"""Directions and rotations in the axes of the rig."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

X, Y, Z = np.eye(3)
FORWARD, DOWN = -Y, -Z


def vec(x: float, y: float, z: float) -> Array:
    """A vector of three numbers."""
    return np.array([x, y, z], float)


def unit(vector: Array) -> Array:
    """The direction of a vector."""
    return np.asarray(vector / np.sqrt(vector @ vector))


def across(vector: Array, axis: Array) -> Array:
    """The part of a vector at right angles to a unit axis, as a direction."""
    return unit(vector - axis * (vector @ axis))


def cross(a: Array, b: Array) -> Array:
    """Cross product; NumPy's own takes ten times as long for two vectors."""
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def turn(axis: Array, angle_deg: float) -> Array:
    """Rotation about a unit axis (Rodrigues' formula)."""
    x, y, z = axis
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(angle_deg)
    return np.asarray(np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew)


def frame_turn(from_direction: Array, from_hinge: Array, direction: Array, hinge: Array) -> Array:
    """Rotation that takes one direction to another, and its hinge (made perpendicular) to the other's."""
    return _frame(direction, hinge) @ _frame(from_direction, from_hinge).T


def _frame(direction: Array, hinge: Array) -> Array:
    along = unit(direction)
    side = across(hinge, along)
    return np.stack([along, side, cross(along, side)], axis=1)


def mixed_direction(start: Array, end: Array, weight: float) -> Array:
    """A direction between two: at ``weight`` 0 the first, at 1 the second."""
    return unit(unit(start) * (1 - weight) + unit(end) * weight)


def mixed_rotations(start: Array, end: Array, weight: float) -> Array:
    """Rotations between two sets (n, 3, 3), each along its shortest way."""
    way = Rotation.from_matrix(np.swapaxes(start, 1, 2) @ end).as_rotvec()
    return np.asarray(start @ Rotation.from_rotvec(way * weight).as_matrix())


def smooth_step(value: float, start: float = 0.0, end: float = 1.0) -> float:
    """0 before ``start``, 1 after ``end``, in between without a jerk (fifth order: minimum jerk, Flash and Hogan 1985)."""
    t = min(max((value - start) / (end - start), 0.0), 1.0)
    return t * t * t * (t * (6 * t - 15) + 10)
