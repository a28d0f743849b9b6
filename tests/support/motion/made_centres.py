"""Joint centres of made-up people whose angles are known, as a perfect correction would give them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from posecheck.skeleton.centres import JOINT_COUNT, JointCentres

SHOULDER, ELBOW, WRIST, HIP, KNEE, ANKLE, HEEL, BALL = (slice(2 * k, 2 * k + 2) for k in range(8))
THIGH_M, SHANK_M, TRUNK_M, HIP_WIDTH_M, SHOULDER_WIDTH_M = 0.42, 0.40, 0.50, 0.19, 0.36
UPPER_ARM_M, FOREARM_M = 0.30, 0.25
ANKLE_HEIGHT_M = 0.08
SD_M = np.repeat([0.03, 0.04, 0.05, 0.01, 0.03, 0.04, 0.05, 0.05], 2)  # as a correction may state them
SIDES = np.array([-1.0, 1.0])


@dataclass(frozen=True)
class Squats:
    """Somebody who bends knees and trunk with both feet on the floor; every angle over time in degrees."""

    knee_deg: np.ndarray
    trunk_deg: np.ndarray
    stance_m: float = 0.2


def squat_joints(motion: Squats) -> np.ndarray:
    """(n, 16, 3) in the room: x to the person's right, y forward, z up; feet where they stand."""
    knee, trunk = np.radians(motion.knee_deg), np.radians(motion.trunk_deg)
    n = len(knee)
    xyz = np.zeros((n, JOINT_COUNT, 3))
    across = SIDES * motion.stance_m / 2
    xyz[:, ANKLE] = np.stack([across, np.zeros(2), np.full(2, ANKLE_HEIGHT_M)], axis=1)
    xyz[:, HEEL] = np.stack([across, np.full(2, -0.05), np.zeros(2)], axis=1)
    xyz[:, BALL] = np.stack([across, np.full(2, 0.14), np.zeros(2)], axis=1)
    # Shank and thigh turn by the same angle each, so that the hips stay above the ankles but for the difference in length.
    reach = np.sqrt(THIGH_M**2 + SHANK_M**2 + 2 * THIGH_M * SHANK_M * np.cos(knee))
    hip_across = SIDES * HIP_WIDTH_M / 2
    height = np.sqrt(reach[:, None] ** 2 - (hip_across - across) ** 2)
    xyz[:, HIP] = np.stack([np.tile(hip_across, (n, 1)), np.zeros((n, 2)), ANKLE_HEIGHT_M + height], axis=2)
    xyz[:, KNEE] = _knees(xyz[:, HIP], xyz[:, ANKLE])
    lean = np.stack([np.zeros(n), np.sin(trunk), np.cos(trunk)], axis=1)
    middle = xyz[:, HIP].mean(axis=1) + TRUNK_M * lean
    xyz[:, SHOULDER] = middle[:, None] + np.outer(SIDES * SHOULDER_WIDTH_M / 2, [1.0, 0.0, 0.0])
    xyz[:, ELBOW] = xyz[:, SHOULDER] - [0.0, 0.0, UPPER_ARM_M]
    xyz[:, WRIST] = xyz[:, ELBOW] - [0.0, 0.0, FOREARM_M]
    return xyz


def _knees(hips: np.ndarray, ankles: np.ndarray) -> np.ndarray:
    line = ankles - hips
    length = np.linalg.norm(line, axis=2, keepdims=True)
    along = (THIGH_M**2 - SHANK_M**2 + length**2) / (2 * length)
    ahead = np.sqrt(np.maximum(THIGH_M**2 - along**2, 0.0))
    forward = np.array([0.0, 1.0, 0.0]) - line / length * (line / length)[..., 1:2]
    forward /= np.linalg.norm(forward, axis=2, keepdims=True)
    return hips + along * line / length + ahead * forward


def seen_by(
    time_s: np.ndarray, room: np.ndarray, *, yaw_deg: float = 90.0, away_m: float = 3.0, height_m: float = 1.0
) -> JointCentres:
    """What a perfect correction says of joints in the room: about the hips, in the axes of the line of sight.

    ``yaw_deg``: 0 from the front, 90 from the person's right side. The camera is level.
    """
    yaw = np.radians(yaw_deg)
    to_camera = np.array([np.sin(yaw), np.cos(yaw), 0.0])
    right = np.array([-np.cos(yaw), np.sin(yaw), 0.0])
    camera = away_m * to_camera + [0.0, 0.0, height_m]
    axes = np.stack([right, [0.0, 0.0, -1.0], -to_camera])
    hips = (room[:, HIP].mean(axis=1) - camera) @ axes.T
    about = (room - room[:, HIP].mean(axis=1, keepdims=True)) @ axes.T
    turns = np.stack([_turn_to_ahead(place / np.linalg.norm(place)) for place in hips])
    n = len(time_s)
    return JointCentres(
        np.asarray(time_s, dtype=float),
        np.einsum("nij,nkj->nki", turns, about),
        np.tile(SD_M, (n, 1)),
        np.einsum("nij,j->ni", turns, [0.0, -1.0, 0.0]),
        np.full(n, 4.0),
        np.zeros(n),
    )


def _turn_to_ahead(sight: np.ndarray) -> np.ndarray:
    axis = np.cross(sight, [0.0, 0.0, 1.0])
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + cross + cross @ cross / (1.0 + sight[2])


def with_jitter(centres: JointCentres, sd_m: float, seed: int = 0) -> JointCentres:
    """Each picture's joints off by something else."""
    noise = np.random.default_rng(seed).normal(0.0, sd_m, centres.xyz_m.shape)
    return about_the_hips(replace(centres, xyz_m=centres.xyz_m + noise))


def about_the_hips(centres: JointCentres) -> JointCentres:
    """With the middle of the hips as the origin again."""
    return replace(centres, xyz_m=centres.xyz_m - centres.xyz_m[:, HIP].mean(axis=1, keepdims=True))


def knee_flexion_deg(centres: JointCentres) -> np.ndarray:
    """(n, 2) of both knees in space."""
    thigh = centres.xyz_m[:, KNEE] - centres.xyz_m[:, HIP]
    shank = centres.xyz_m[:, ANKLE] - centres.xyz_m[:, KNEE]
    return between_deg(thigh, shank)


def trunk_inclination_deg(centres: JointCentres) -> np.ndarray:
    """(n,) of the line from hips to shoulders against the vertical."""
    trunk = centres.xyz_m[:, SHOULDER].mean(axis=1) - centres.xyz_m[:, HIP].mean(axis=1)
    return between_deg(trunk, centres.up)


def between_deg(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Angle between directions."""
    cosine = (a * b).sum(axis=-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
