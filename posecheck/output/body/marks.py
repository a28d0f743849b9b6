"""Where a measured angle is marked on the drawn body: the line it is counted from, the body's own line, and an arc."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.angles import angle_columns
from posecheck.kinematics.joints import Plane, Side
from posecheck.output.draw.angle_marks import angle_mark
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from posecheck.output.body.outline import View
    from posecheck.output.body.posture import Posture

ARC_M, ARM_M, NEXT_M = 0.2, 0.34, 0.06
"""Radius of an arc, length of its lines, and how much further out the arc of a second angle is drawn (chosen by us)."""
_STEP_RAD = np.radians(4.0)


@dataclass(frozen=True, slots=True)
class MarkedAngle:
    """An angle to mark.

    Attributes
    ----------
    title : str
        ``Hip flexion, left``.
    angle : str
        Its name in `posecheck.kinematics.joints.ANGLES`.
    side : Side or None
    plane : Plane
        The plane of the body that it is seen in.
    values : tuple of str
        What was measured, for each body that is drawn: ``87°``.
    """

    title: str
    angle: str
    side: Side | None
    plane: Plane
    values: tuple[str, ...]


def plane_of(column: str) -> tuple[str, Plane] | None:
    """Name of the angle of a column, and the plane in which it is seen; None for what is no angle."""
    for definition, _, name in angle_columns():
        if name == column and definition.unit == "deg":
            plane = Plane.SAGITTAL if Plane.SAGITTAL in definition.planes else Plane.FRONTAL
            return definition.name, plane
    return None


def mark_lines(
    mark: MarkedAngle, posture: Posture, view: View, index: int = 0
) -> Iterator[tuple[bool, NDArray[np.float64]]]:
    """Lines (k, 2) in metres as the view shows them, y up, and whether each is dashed; none where a joint is missing."""
    flat = np.full((len(Landmark), 2), np.nan)
    flat[[int(joint) for joint in JOINTS]] = view.flat(posture.xyz_m)
    found = angle_mark(mark.angle, flat * [1, -1], mark.side)
    if found is None:
        return
    vertex, start, end = (np.array([1, -1]) * line for line in (found.vertex_px, found.from_px, found.to_px))
    yield True, np.array([vertex, vertex + ARM_M * start / np.linalg.norm(start)])
    yield False, np.array([vertex, vertex + ARM_M * end / np.linalg.norm(end)])
    first = np.arctan2(start[1], start[0])
    count = max(2, int(abs(found.turn_rad) / _STEP_RAD) + 1)
    around = first - np.linspace(0.0, found.turn_rad, count)
    radius_m = ARC_M + NEXT_M * index
    yield False, vertex + radius_m * np.stack([np.cos(around), np.sin(around)], axis=1)
