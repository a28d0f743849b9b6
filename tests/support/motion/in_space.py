"""The made-up figure as joint centres in space, seen by a camera that may be turned, look down and be rolled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from synthetic import person

from posecheck.kinematics.body_plane import skeleton_points
from posecheck.kinematics.in_space import MAX_SD_DEG, joint_states
from posecheck.kinematics.sources import DEFAULT_SOURCE, AngleSource, SourceReading
from posecheck.skeleton.centres import JOINT_COUNT, JOINTS, JointCentres

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from posecheck.movements import Movement
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.trial.trial import Trial

    Floats = NDArray[np.float64]


def seen_in_space(
    time_s: Floats,
    *,
    turn_deg: float = 90.0,
    down_deg: float = 0.0,
    roll_deg: float = 0.0,
    lying: bool = False,
    **angles_deg: float | Floats,
) -> JointCentres:
    """Perfect joint centres of `synthetic.person`; the camera looks down and is rolled by so much."""
    centres = centres_of(person(time_s, turn_deg=turn_deg, lying=lying, **angles_deg))
    tilt = _about_x(down_deg) @ _about_z(roll_deg)
    return JointCentres(
        centres.time_s, centres.xyz_m @ tilt.T, centres.sd_m, centres.up @ tilt.T, centres.up_sd_deg, centres.depth
    )


def centres_of(series: LandmarkSeries, *, sd_m: float = 0.0, depth: float = 0.0) -> JointCentres:
    """The figure's own points as joint centres, with a standard deviation for each and a depth."""
    n = len(series)
    up = np.tile([0.0, -1.0, 0.0], (n, 1))
    spread, far = np.full((n, JOINT_COUNT), sd_m), np.full(n, depth)
    return JointCentres(series.time_s, series.xyz_m[:, list(JOINTS)], spread, up, np.zeros(n), far)


def perfect_source(
    name: str, centres: Callable[[LandmarkSeries], JointCentres] = centres_of, sd_deg: float = 2.0
) -> AngleSource:
    """A source that takes the figure's own points in space for its joints, and states one error for all angles."""

    def read(cleaned, _view):  # type: ignore[no-untyped-def]
        joints = centres(cleaned.landmarks)
        return SourceReading(
            lambda definition: skeleton_points(joints, definition),
            state=joint_states(cleaned, joints),
            sd_of=lambda _definition, _side: np.full(len(joints), sd_deg),
            most_sd=MAX_SD_DEG,
            centres=joints,
        )

    return AngleSource(name, "a figure that is known.", lambda *_: None, read, in_picture=False, whole_recording=True)


def in_picture(movement: Movement) -> Movement:
    """The test with every angle from the picture, as all tests were measured before there were joints in space."""

    def seen(rule):  # type: ignore[no-untyped-def]
        return replace(rule, ref=replace(rule.ref, source=DEFAULT_SOURCE))

    names = ("outcomes", "compensations", "still")
    return replace(movement, **{name: tuple(map(seen, getattr(movement, name))) for name in names})


def own_notes(trial: Trial) -> tuple[str, ...]:
    """What a trial of the made-up figure says besides that no model found its points."""
    return tuple(words for words in trial.notes if "another pose model" not in words)


def _about_x(deg: float) -> Floats:
    cosine, sine = np.cos(np.radians(deg)), np.sin(np.radians(deg))
    return np.array([[1.0, 0.0, 0.0], [0.0, cosine, -sine], [0.0, sine, cosine]])


def _about_z(deg: float) -> Floats:
    cosine, sine = np.cos(np.radians(deg)), np.sin(np.radians(deg))
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
