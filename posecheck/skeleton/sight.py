"""How the line of sight to the hips turns while a person moves: joints are given in axes that turn with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import joint_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FEET = tuple(
    tuple(joint_index(Landmark[f"{side}_{part}"]) for part in ("ANKLE", "HEEL", "FOOT_INDEX"))
    for side in ("LEFT", "RIGHT")
)
CAMERA_AWAY_M = 3.0
"""How far a camera stands away, for want of knowing: the tests ask for 2.5 to 3.5 m (chosen by us). A hip that sinks by 40
cm turns the line of sight by 8 degrees there; at 2 or 4.5 m it would be 11 or 5."""
MOST_TURNED = 0.3
"""Tangent beyond which no turn is believed (chosen by us): nobody who is measured standing goes that far sideways."""
STEP_WINDOW_S = 0.2
"""Speeds of feet are taken over this long, since points tremble (chosen by us)."""
SUPPORT_M = 0.03
"""A foot lower than the other one by this much carries most of the weight (chosen by us)."""
CARRIED_M = 0.25
"""Hips lower than this above the lowest foot are not carried by it: somebody lies or sits on the floor and stays where they
are (chosen by us)."""


def hips_path(time_s: Array, xyz_m: Array, up: Array) -> Array:
    """(n, 3) where the middle of the hips goes, in metres from its usual place, seen from the foot that carries.

    Parameters
    ----------
    time_s : (n,) float64
    xyz_m : (n, 16, 3) float64
        Joints about the middle of the hips; finite.
    up : (3,) float64
    """
    if len(time_s) < 3:
        return np.zeros((len(time_s), 3))
    feet = np.stack([xyz_m[:, list(foot)].mean(axis=1) for foot in FEET], axis=1)
    lowest = np.stack([(xyz_m[:, list(foot)] @ up).min(axis=1) for foot in FEET], axis=1)
    step_s = float(np.median(np.diff(time_s)))
    feet = smoothed(feet, STEP_WINDOW_S / step_s)
    carries = 1.0 / (1.0 + np.exp(np.clip((lowest - lowest[:, ::-1]) / SUPPORT_M, -50.0, 50.0)))
    carries = smoothed(carries[:, :, None], STEP_WINDOW_S / step_s)[:-1]
    carried = lowest.min(axis=1)[:-1] < -CARRIED_M
    steps = -(carries * np.diff(feet, axis=0)).sum(axis=1) * carried[:, None]
    path = np.concatenate([np.zeros((1, 3)), np.cumsum(steps, axis=0)])
    return np.asarray(path - np.median(path, axis=0))


def smoothed(values: Array, pictures: float) -> Array:
    """Moving mean over a number of pictures, along the first axis; the ends are held."""
    half = int(pictures / 2)
    if half < 1:
        return values
    padded = np.concatenate([np.repeat(values[:1], half, axis=0), values, np.repeat(values[-1:], half, axis=0)])
    sums = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(padded, axis=0)])
    return np.asarray((sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1))


def sight_turns(path_m: Array) -> Array:
    """(n, 3, 3) matrices that turn the axes of each picture into those of the usual place of the hips."""
    sideways = np.clip(path_m[:, :2] / CAMERA_AWAY_M, -MOST_TURNED, MOST_TURNED)
    sight = np.column_stack([sideways, np.ones(len(path_m))])
    sight = sight / np.linalg.norm(sight, axis=1, keepdims=True)
    return _turn_to(sight)


def _turn_to(sight: Array) -> Array:
    """(n, 3, 3) the smallest turns that take straight ahead to each unit vector (Rodrigues)."""
    x, y, z = sight.T
    zero = np.zeros_like(x)
    cross = np.stack([np.stack([zero, zero, x], 1), np.stack([zero, zero, y], 1), np.stack([-x, -y, zero], 1)], axis=1)
    return np.asarray(np.eye(3) + cross + cross @ cross / (1.0 + z)[:, None, None])


def turned(vectors: Array, turns: Array) -> Array:
    """(n, ..., 3) vectors of each picture turned by its own matrix."""
    return np.asarray(np.einsum("nij,n...j->n...i", turns, vectors))
