"""The one chain from landmarks to angles: how the camera sees the person, cleaned landmarks, angle table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.kinematics.angles import AngleTable, compute_angles
from posecheck.kinematics.cleaning import CleaningOptions, clean
from posecheck.kinematics.sources import DEFAULT_SOURCE
from posecheck.kinematics.view import View, detect_view

if TYPE_CHECKING:
    from collections.abc import Collection

    from posecheck.pose.landmarks import CleanSeries, LandmarkSeries


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How somebody moved.

    Attributes
    ----------
    view : View
    clean : CleanSeries
    table : AngleTable
        The angles of ``clean``, seen in ``view``.
    """

    view: View
    clean: CleanSeries
    table: AngleTable


def read_motion(
    series: LandmarkSeries,
    *,
    view: View | None = None,
    cleaning: CleaningOptions | None = None,
    source: str = DEFAULT_SOURCE,
    only: Collection[str] | None = None,
) -> Motion:
    """Landmarks as the model gives them in, angles out; used for files, cameras and proposals alike.

    Parameters
    ----------
    series : LandmarkSeries
    view : View, optional
        Told from the landmarks when left out.
    cleaning : CleaningOptions, optional
        Default: nothing is known of how the person moves.
    source : str
        Where angles come from, as `posecheck.kinematics.angles.compute_angles`.
    only : collection of str, optional
        Names of the angles to compute; all by default.
    """
    view = view or detect_view(series)
    cleaned = clean(series, cleaning or CleaningOptions(facing=view.facing))
    return Motion(view, cleaned, compute_angles(cleaned, view, source=source, only=only))
