"""From the uncertainty of joints to that of an angle between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from posecheck.skeleton.centres import JointCentres
    from posecheck.skeleton.correction_file import Correction

    Doubles = NDArray[np.float64]
    AngleOf = Callable[[JointCentres], Doubles]

STEP_M = 1e-3
STEP_RAD = 1e-3
"""So far each joint is moved, and the vertical turned, to see what the angle does: small against any limb (chosen by us)."""


NOTHING_KNOWN_DEG = 180.0 / 3**0.5
"""Standard deviation of an angle of which nothing is known: all from -180 to 180 degrees is alike."""


def angle_sd_deg(
    centres: JointCentres, angle_deg: AngleOf, correction: Correction, *, name: str | None = None
) -> Doubles:
    """Standard deviation of an angle, picture by picture.

    Parameters
    ----------
    centres : JointCentres
    angle_deg : callable
        Joint centres to the (n,) angle, in degrees.
    correction : Correction
        Knows how the errors of joints go together, and by how much each angle's errors differ from what follows from that.
    name : str, optional
        Of the angle, as in `posecheck.kinematics.joints.ANGLES`. Default: one that was not calibrated by itself.

    Returns
    -------
    (n,) float64
        Degrees; NaN where the angle is.

    Notes
    -----
    First order: variance = J C J^T, with J the change of the angle with each coordinate, and C the covariance of all
    coordinates: standard deviations from ``centres``, correlations from training. Joints are wrong together (a trunk turned
    as a whole turns no knee), so that independent errors would give too much for some angles and too little for others.
    """
    by_joints = joint_slopes(centres, angle_deg) * np.repeat(centres.sd_m, 3, axis=1)
    by_up = _up_slopes(centres, angle_deg) * centres.up_sd_deg[:, None]
    variance = np.einsum("ni,ij,nj->n", by_joints, correction.correlation, by_joints) + (by_up**2).sum(axis=1)
    sd_deg = np.sqrt(np.maximum(variance, 0)) * angle_scale(correction, name)
    # Where a limb points along the axis of its angle, slopes have no bound.
    return np.asarray(np.minimum(sd_deg, NOTHING_KNOWN_DEG))


def angle_scale(correction: Correction, name: str | None) -> float:
    """By what an angle's first-order standard deviation is to be multiplied; the largest of all for one without its own."""
    known = correction.angle_scale
    return known[name] if name is not None and name in known else max(known.values(), default=1.0)


def joint_slopes(centres: JointCentres, angle_deg: AngleOf) -> Doubles:
    """(n, 48) degrees by which the angle changes with each coordinate, per metre; 0 where it does not depend on it."""
    n, joints, axes = centres.xyz_m.shape
    middle = angle_deg(centres)
    slopes = np.zeros((n, joints * axes))
    for column in range(joints * axes):
        moved = centres.xyz_m.copy()
        moved.reshape(n, -1)[:, column] += STEP_M
        slopes[:, column] = _turn(middle, angle_deg(replace(centres, xyz_m=moved))) / STEP_M
    return slopes


def _up_slopes(centres: JointCentres, angle_deg: AngleOf) -> Doubles:
    """(n, 2) degrees by which the angle changes with each degree that the vertical turns, about two axes across it."""
    middle = angle_deg(centres)
    aside = np.cross(centres.up, [0.0, 0.0, 1.0])
    aside = aside / np.linalg.norm(aside, axis=1, keepdims=True)
    axes = (aside, np.cross(centres.up, aside))
    turned = (_unit(centres.up + STEP_RAD * axis) for axis in axes)
    return np.column_stack([_turn(middle, angle_deg(replace(centres, up=up))) / np.degrees(STEP_RAD) for up in turned])


def _unit(vectors: Doubles) -> Doubles:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _turn(start_deg: Doubles, end_deg: Doubles) -> Doubles:
    """The shorter way from one angle to the other."""
    return np.asarray((end_deg - start_deg + 180.0) % 360.0 - 180.0)
