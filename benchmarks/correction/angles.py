"""Angles of joint centres, by the package's own definitions, for true and for corrected joints alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.kinematics.body_plane import skeleton_points
from posecheck.kinematics.joints import ANGLES, Side

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from posecheck.skeleton.centres import JointCentres

MEASURED = (
    "knee_flexion",
    "hip_flexion",
    "trunk_flexion",
    "hip_abduction",
    "pelvic_hip_abduction",
    "leg_abduction",
    "trunk_lateral_flexion",
    "thigh_inclination",
    "shank_inclination",
    "leg_inclination",
    "pelvic_obliquity",
    "heel_raise",
)
"""Angles that joint centres show from anywhere."""


def angle_function(name: str, side: Side) -> Callable[[JointCentres], NDArray[np.float64]]:
    """From joint centres to one angle in degrees."""
    definition = ANGLES[name]
    return lambda centres: definition.compute(skeleton_points(centres, definition), side)
