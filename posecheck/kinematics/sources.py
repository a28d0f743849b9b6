"""Where angles come from: one entry for each way to get the points they are computed from.

The command, the movement files and the documentation read this table; a new source is one more entry. It is read at every
start of the command, so what takes time to import is imported by the sources themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.errors import AngleSourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.kinematics.joints import AngleDefinition, Plane, PlanePoints
    from posecheck.kinematics.view import View
    from posecheck.pose.landmarks import LandmarkSeries

    PointsOfAngle = Callable[[AngleDefinition], PlanePoints]


@dataclass(frozen=True, slots=True)
class AngleSource:
    """One way to get the points of an angle.

    Attributes
    ----------
    name : str
        As on the command line, in movement files and in `posecheck.kinematics.angles.AngleTable`.
    words : str
        For people: one sentence.
    why_not : callable
        (definition, plane) to the reason why this source cannot show an angle in a plane, None where it can.
    read : callable
        (cleaned landmarks, view) to a function that gives the points of each angle. Called once a recording: what rests
        on the whole of it, such as a fit of a skeleton, is done there.
    in_picture : bool
        Whether the angle is the one between the lines that are seen in the picture, so that it can be drawn there.
    """

    name: str
    words: str
    why_not: Callable[[AngleDefinition, Plane], str | None]
    read: Callable[[LandmarkSeries, View], PointsOfAngle]
    in_picture: bool


def find_source(name: str) -> AngleSource:
    """The source of that name.

    Raises
    ------
    AngleSourceError
        There is none.
    """
    if name not in SOURCES:
        raise AngleSourceError(f"unknown source of angles '{name}'; known: {', '.join(SOURCES)}.")
    return SOURCES[name]


def _not_in_this_view(definition: AngleDefinition, plane: Plane) -> str | None:
    return definition.why_not(plane)


def _always_shown(_definition: AngleDefinition, _plane: Plane) -> None:
    return None


def _image_points(series: LandmarkSeries, view: View) -> PointsOfAngle:
    from posecheck.kinematics.body_plane import picture_points

    points = picture_points(series, view)
    return lambda _definition: points


def _world_points(series: LandmarkSeries, _view: View) -> PointsOfAngle:
    from posecheck.kinematics.body_plane import world_points

    return lambda definition: world_points(series, definition)


DEFAULT_SOURCE = "image"
"""The other source compresses the range of every angle (docs/angles.md)."""

SOURCES: dict[str, AngleSource] = {
    source.name: source
    for source in (
        AngleSource("image", "angles in the picture's plane.", _not_in_this_view, _image_points, in_picture=True),
        AngleSource(
            "world",
            "the model's own 3D points (any view, compressed range).",
            _always_shown,
            _world_points,
            in_picture=False,
        ),
    )
}
"""Every source of angles by name."""
