"""Where an angle is drawn in the picture: its vertex, the line it is counted from, and the line it is counted to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Side, mark_of, trunk_direction
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from posecheck.kinematics.joints import PlanePoints

    _Lines = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

_DOWN, _UP = np.array([0.0, 1.0]), np.array([0.0, -1.0])  # of the picture, whose y points down


@dataclass(frozen=True, slots=True, eq=False)
class AngleMark:
    """An angle as lines in the picture.

    Attributes
    ----------
    vertex_px : (2,) float64
    from_px, to_px : (2,) float64
        Directions from the vertex, y down: the line at which the angle is 0, and the body's own line.
    opens : float
        +1 if the angle opens clockwise in this recording, -1 if the other way: the value is written on that side
        throughout, so that it does not jump when the angle passes 0.
    """

    vertex_px: NDArray[np.float64]
    from_px: NDArray[np.float64]
    to_px: NDArray[np.float64]
    opens: float = 1.0

    @property
    def turn_rad(self) -> float:
        """Turn from the first line to the second, short way, clockwise in the picture positive."""
        cross = self.from_px[0] * self.to_px[1] - self.from_px[1] * self.to_px[0]
        return float(np.arctan2(cross, self.from_px @ self.to_px))


def angle_mark(
    angle: str, xy_px: NDArray[np.float64], side: Side | None, *, opens: float | None = None
) -> AngleMark | None:
    """The lines of an angle in one picture.

    Parameters
    ----------
    angle : str
        Name in `posecheck.kinematics.joints.ANGLES`.
    xy_px : (33, 2)
        The points; NaN where missing.
    side : Side or None
        Whose angle; None for trunk and pelvis.
    opens : float, optional
        See `AngleMark`. Default: as the angle is open now.

    Returns
    -------
    AngleMark or None
        None where a point is missing, or where the angle is not one between two lines of the picture.
    """
    lines = _LINES.get(angle)
    if lines is None:
        return None
    vertex, start, end = lines(lambda mark: xy_px[mark], side or Side.LEFT)
    if not np.isfinite([vertex, start, end]).all() or not start.any() or not end.any():
        return None
    mark = AngleMark(vertex, start, end)
    return replace(mark, opens=(1.0 if mark.turn_rad >= 0 else -1.0) if opens is None else opens)


def _between(vertex: str, end: str, start: NDArray[np.float64] | None) -> Callable[[PlanePoints, Side], _Lines]:
    """Lines of a limb against a fixed direction; None: against the trunk, drawn on beyond the hip."""

    def lines(points: PlanePoints, side: Side) -> _Lines:
        at = points(mark_of(vertex, side))
        return at, -trunk_direction(points) if start is None else start, points(mark_of(end, side)) - at

    return lines


def _knee(points: PlanePoints, side: Side) -> _Lines:
    hip, knee, ankle = (points(mark_of(part, side)) for part in ("hip", "knee", "ankle"))
    return knee, knee - hip, ankle - knee


def _trunk(points: PlanePoints, _side: Side) -> _Lines:
    return _mid_hip(points), _UP, trunk_direction(points)


def _pelvis(points: PlanePoints, _side: Side) -> _Lines:
    line = points(Landmark.RIGHT_HIP) - points(Landmark.LEFT_HIP)
    return _mid_hip(points), np.array([np.sign(line[0]), 0.0]), line


def _against_pelvis(points: PlanePoints, side: Side) -> _Lines:
    line = points(Landmark.RIGHT_HIP) - points(Landmark.LEFT_HIP)
    across = np.array([-line[1], line[0]])
    at = points(mark_of("hip", side))
    return at, across * (np.sign(across[1]) or 1.0), points(mark_of("knee", side)) - at


def _heel(points: PlanePoints, side: Side) -> _Lines:
    toes = points(mark_of("foot_index", side))
    line = points(mark_of("heel", side)) - toes
    return toes, np.array([np.sign(line[0]), 0.0]), line


def _mid_hip(points: PlanePoints) -> NDArray[np.float64]:
    return (points(Landmark.LEFT_HIP) + points(Landmark.RIGHT_HIP)) / 2


_LINES: Mapping[str, Callable[[PlanePoints, Side], _Lines]] = {
    "hip_flexion": _between("hip", "knee", None),
    "knee_flexion": _knee,
    "hip_abduction": _between("hip", "knee", _DOWN),
    "leg_abduction": _between("hip", "ankle", _DOWN),
    "pelvic_hip_abduction": _against_pelvis,
    "thigh_inclination": _between("hip", "knee", _DOWN),
    "shank_inclination": _between("knee", "ankle", _DOWN),
    "leg_inclination": _between("hip", "ankle", _DOWN),
    "trunk_flexion": _trunk,
    "trunk_lateral_flexion": _trunk,
    "pelvic_obliquity": _pelvis,
    "heel_raise": _heel,
}
