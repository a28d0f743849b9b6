"""Where angles come from: one entry for each way to get the points they are computed from.

The command, the movement files and the documentation read this table; a new source is one more entry. It is read at every
start of the command, so what takes time to import is imported by the sources themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.errors import AngleSourceError, ModelFileError
from posecheck.language import phrase, without_stop

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from posecheck.kinematics.joints import AngleDefinition, Plane, PlanePoints, Side
    from posecheck.kinematics.view import View
    from posecheck.pose.landmarks import CleanSeries, LandmarkSeries
    from posecheck.skeleton.centres import JointCentres


@dataclass(frozen=True, slots=True, eq=False)
class SourceReading:
    """What a source makes of one recording.

    Attributes
    ----------
    points_of : callable
        An angle's definition to its points.
    state : (n, 33) int8 or None
        A `posecheck.pose.landmarks.SampleState` for each point and picture. None: that of the cleaned points.
    sd_of : callable or None
        (definition, side) to the (n,) standard deviation of the angle. None: nothing is known of it.
    most_sd : float
        What is known less well than this is withheld. Default: nothing is.
    centres : JointCentres or None
        The joints in space that the angles are computed from. None: there are none.
    """

    points_of: Callable[[AngleDefinition], PlanePoints]
    state: NDArray[np.int8] | None = None
    sd_of: Callable[[AngleDefinition, Side], NDArray[np.float64]] | None = None
    most_sd: float = math.inf
    centres: JointCentres | None = None


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
        (cleaned body points, view) to a `SourceReading`. Called once a recording: what rests on the whole of it, such as a
        fit of a skeleton, is done there.
    in_picture : bool
        Whether the angle is the one between the lines that are seen in the picture, so that it can be drawn there, and is
        wrong where the camera stands beside its place.
    whole_recording : bool
        Whether it takes the whole of a recording, and time: then nothing live is measured by it. Default: no.
    refuses : callable
        Body points to the reason why it can make nothing of points from their estimator, empty where it can. Default: it
        always can.
    """

    name: str
    words: str
    why_not: Callable[[AngleDefinition, Plane], str | None]
    read: Callable[[CleanSeries, View], SourceReading]
    in_picture: bool
    whole_recording: bool = False
    refuses: Callable[[LandmarkSeries], str] = lambda _series: ""


def find_source(name: str) -> AngleSource:
    """The source of that name.

    Raises
    ------
    AngleSourceError
        There is none.
    """
    if name not in SOURCES:
        raise AngleSourceError(
            phrase("unknown source of angles '{source}'; known: {known}.", source=name, known=", ".join(SOURCES))
        )
    return SOURCES[name]


def _not_in_this_view(definition: AngleDefinition, plane: Plane) -> str | None:
    return definition.why_not(plane)


def _always_shown(_definition: AngleDefinition, _plane: Plane) -> None:
    return None


def _between_joints(definition: AngleDefinition, _plane: Plane) -> str | None:
    from posecheck.kinematics.joints import Side
    from posecheck.skeleton.centres import JOINTS

    if set(definition.landmarks(Side.LEFT)) <= set(JOINTS):
        return None
    return phrase("{angle} cannot be measured between joints: the skeleton has no fingers.", angle=definition.title)


def _image(clean: CleanSeries, view: View) -> SourceReading:
    from posecheck.kinematics.body_plane import picture_points

    points = picture_points(clean.landmarks, view)
    return SourceReading(lambda _definition: points)


def _world(clean: CleanSeries, _view: View) -> SourceReading:
    from posecheck.kinematics.body_plane import world_points

    return SourceReading(lambda definition: world_points(clean.landmarks, definition))


def _no_correction(series: LandmarkSeries) -> str:
    from posecheck.kinematics.in_space import learnt_from

    try:
        known = learnt_from(series)
    except ModelFileError as error:
        return phrase("joints in space cannot be found ({reason})", reason=without_stop(error.said({})))
    return "" if known else phrase("the body points come from another pose model than joints in space were learnt from")


def _skeleton(clean: CleanSeries, _view: View) -> SourceReading:
    from posecheck.kinematics.body_plane import skeleton_points
    from posecheck.kinematics.in_space import MAX_SD_DEG, angle_sd, joint_centres, joint_states

    centres = joint_centres(clean)
    return SourceReading(
        lambda definition: skeleton_points(centres, definition),
        joint_states(clean, centres),
        lambda definition, side: angle_sd(centres, definition, side),
        MAX_SD_DEG,
        centres,
    )


DEFAULT_SOURCE = "image"
"""Needs nothing but the picture; each movement file says which of its numbers another source shows better."""

SOURCES: dict[str, AngleSource] = {
    source.name: source
    for source in (
        AngleSource("image", phrase("angles in the picture's plane."), _not_in_this_view, _image, in_picture=True),
        AngleSource(
            "world",
            phrase("the model's own 3D points (any view, compressed range)."),
            _always_shown,
            _world,
            in_picture=False,
        ),
        AngleSource(
            "skeleton",
            phrase(
                "joints in space: the model's points corrected by what rendered bodies taught, and one body with constant "
                "bones fitted to them (any view, with an error for each angle)."
            ),
            _between_joints,
            _skeleton,
            in_picture=False,
            whole_recording=True,
            refuses=_no_correction,
        ),
    )
}
"""Every source of angles by name."""
