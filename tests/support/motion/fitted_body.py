"""A fitted body whose posture is known: built in its own axes, then seen from any direction by a tilted camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINT_COUNT, JointCentres, joint_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

STANDING_M: dict[str, tuple[float, float, float]] = {
    "SHOULDER": (0.0, 0.17, 0.50),
    "ELBOW": (0.02, 0.20, 0.22),
    "WRIST": (0.06, 0.21, -0.02),
    "HIP": (0.0, 0.09, 0.0),
    "KNEE": (0.0, 0.10, -0.42),
    "ANKLE": (-0.02, 0.10, -0.84),
    "HEEL": (-0.07, 0.10, -0.90),
    "FOOT_INDEX": (0.13, 0.12, -0.90),
}
"""Joints of the left side of somebody who stands: forward, to the left, up, about the middle of the hips."""


def standing(**moved: tuple[float, float, float]) -> NDArray[np.float64]:
    """(16, 3) joints of somebody who stands, some moved to another place: ``left_knee=(0.4, 0.1, 0.0)``."""
    own = np.empty((JOINT_COUNT, 3))
    for part, (forward, left, up) in STANDING_M.items():
        own[joint_index(Landmark[f"LEFT_{part}"])] = forward, left, up
        own[joint_index(Landmark[f"RIGHT_{part}"])] = forward, -left, up
    for name, place in moved.items():
        own[joint_index(Landmark[name.upper()])] = place
    return own


def turned(forward_deg: float) -> NDArray[np.float64]:
    """(3, 3) a body tipped forward over its hips: 90 lies on its front, -90 on its back."""
    angle = np.radians(forward_deg)
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, 0.0, sine], [0.0, 1.0, 0.0], [-sine, 0.0, cosine]])


def seen(
    own: NDArray[np.float64], *, yaw_deg: float = 0.0, pitch_deg: float = 0.0, roll_deg: float = 0.0, frames: int = 60
) -> JointCentres:
    """Joint centres that a camera sees of a body at rest.

    Parameters
    ----------
    own : (16, 3) float64
        In the person's own axes: forward, left, up.
    yaw_deg : float
        0: the camera looks at the front; 90: at the left side.
    pitch_deg, roll_deg : float
        How far the camera looks down, and is rolled.
    """
    to_camera = _about_z(roll_deg) @ _about_x(pitch_deg) @ _facing(yaw_deg)
    n = frames
    return JointCentres(
        np.arange(n) / 30.0,
        np.tile(own @ to_camera.T, (n, 1, 1)),
        np.full((n, JOINT_COUNT), 0.02),
        np.tile(to_camera @ np.array([0.0, 0.0, 1.0]), (n, 1)),
        np.full(n, 1.5),
        np.zeros(n),
    )


def _facing(yaw_deg: float) -> NDArray[np.float64]:
    """From forward, left, up to a level camera's right, down, away."""
    angle = np.radians(yaw_deg)
    right = np.array([-np.sin(angle), np.cos(angle), 0.0])
    away = np.array([-np.cos(angle), -np.sin(angle), 0.0])
    return np.array([right, [0.0, 0.0, -1.0], away])


def _about_x(angle_deg: float) -> NDArray[np.float64]:
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def _about_z(angle_deg: float) -> NDArray[np.float64]:
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
