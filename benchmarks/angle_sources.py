"""The angles of one recording from each source that is judged: the picture, the model, the correction, the skeleton."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.joint_angles import SCORED, centre_angles
from posecheck.kinematics.angles import compute_angles
from posecheck.skeleton.centres import HIPS, JOINTS, JointCentres

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from posecheck.kinematics.view import View
    from posecheck.pose.landmarks import CleanSeries, LandmarkSeries

CENTRES = ("corrected", "skeleton")
SOURCES = ("image", "world", *CENTRES)
"""Where angles come from: the picture, the model's own points in space, these corrected, and with the skeleton's fit."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceAngles:
    """What one source says of a recording.

    Attributes
    ----------
    values : DataFrame
        The scored angles in degrees, index ``time_s``; NaN where the source does not show one.
    centres : JointCentres or None
        The joints in space that they are computed from, where there are any.
    sd : DataFrame or None
        Standard deviations of the angles, in degrees, where the source states them.
    """

    values: pd.DataFrame
    centres: JointCentres | None = None
    sd: pd.DataFrame | None = None


def angles_by_source(clean: CleanSeries, view: View, sources: Collection[str] = SOURCES) -> dict[str, SourceAngles]:
    """The scored angles of a recording from each source.

    Parameters
    ----------
    clean : CleanSeries
        With all points as they came, for the sources that make use of hidden ones.
    view : View
    sources : collection of str
        Default: all.
    """
    whole = clean.landmarks if clean.whole is None else clean.whole
    makers = {
        "image": lambda: SourceAngles(compute_angles(clean, view, source="image", only=SCORED).values),
        "world": lambda: _of_centres(world_centres(whole)),
        "corrected": lambda: _of_centres(_corrected(whole)),
        "skeleton": lambda: _of_skeleton(clean, view),
    }
    return {source: makers[source]() for source in SOURCES if source in sources}


def world_centres(series: LandmarkSeries) -> JointCentres:
    """The model's points without any correction; they come without a standard deviation, and the camera counts as level."""
    xyz = series.xyz_m[:, list(JOINTS)]
    nothing = np.full(len(series), np.nan)
    return JointCentres(
        series.time_s,
        xyz - xyz[:, HIPS].mean(axis=1, keepdims=True),
        np.full(xyz.shape[:2], np.nan),
        np.tile([0.0, -1.0, 0.0], (len(series), 1)),
        nothing,
        nothing,
    )


def _of_centres(centres: JointCentres) -> SourceAngles:
    return SourceAngles(centre_angles(centres.time_s, centres.xyz_m, centres.up), centres)


def _corrected(series: LandmarkSeries) -> JointCentres:
    from posecheck.skeleton.correction import correct

    return correct(series)


def _of_skeleton(clean: CleanSeries, view: View) -> SourceAngles:
    """As the product has it: angles out of its depth are withheld."""
    table = compute_angles(clean, view, source="skeleton", only=SCORED)
    return SourceAngles(table.values, table.centres, table.sd)
