"""Cleaned landmarks in, a table of joint angles out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import ANGLES, AngleDefinition, Side
from posecheck.kinematics.sources import DEFAULT_SOURCE, find_source
from posecheck.pose.landmarks import CleanSeries, SampleState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from posecheck.kinematics.joints import PlanePoints
    from posecheck.kinematics.view import View


@dataclass(frozen=True, slots=True, eq=False)
class AngleTable:
    """Joint angles over time.

    Attributes
    ----------
    values : DataFrame
        Index ``time_s``; one column an angle (``left_hip_flexion_deg`` ...), degrees, NaN where missing.
    states : DataFrame
        Same index and columns; int8 `SampleState` of each value.
    reasons : dict of str to str
        For each column that this view or source cannot show: why.
    source : str
        Where they come from: a name in `posecheck.kinematics.sources.SOURCES`.
    view : View
    """

    values: pd.DataFrame
    states: pd.DataFrame
    reasons: dict[str, str]
    source: str
    view: View

    @property
    def time_s(self) -> NDArray[np.float64]:
        """(n,) time of each row."""
        return self.values.index.to_numpy(dtype=np.float64)

    def measured(self, column: str) -> NDArray[np.float64]:
        """(n,) one angle with everything but measured samples set to NaN."""
        values: NDArray[np.float64] = self.values[column].to_numpy(dtype=np.float64).copy()
        values[self.states[column].to_numpy() != SampleState.MEASURED] = np.nan
        return values


def angle_columns() -> Iterator[tuple[AngleDefinition, Side | None, str]]:
    """Every (definition, side, column name), left before right, in table order."""
    for definition in ANGLES.values():
        for side in tuple(Side) if definition.sided else (None,):
            yield definition, side, definition.column(side)


def compute_angles(
    clean: CleanSeries, view: View, *, source: str = DEFAULT_SOURCE, only: Collection[str] | None = None
) -> AngleTable:
    """Compute every angle that the source can show in this view.

    Parameters
    ----------
    clean : CleanSeries
        Cleaned landmarks; the state of an angle is the worst state of the points it rests on.
    view : View
        Plane and facing, frozen for the recording.
    source : str
        Name of an entry of `posecheck.kinematics.sources.SOURCES`. Default: the picture's plane.
    only : collection of str, optional
        Names of the angles to compute, for both sides; all by default.

    Raises
    ------
    AngleSourceError
        There is no such source.

    Notes
    -----
    In the picture's plane a limb that points towards the lens reads wrong (a knee seen from the front by 26 to 30
    degrees), so such angles are NaN there, with the reason in `AngleTable.reasons`.
    """
    import pandas as pd  # loaded late: half a second

    chosen = find_source(source)
    points_of = chosen.read(clean.landmarks, view)
    columns: dict[str, tuple[NDArray[np.float64], NDArray[np.int8]]] = {}
    reasons: dict[str, str] = {}
    for definition, side, column in angle_columns():
        if only is not None and definition.name not in only:
            continue
        reason = chosen.why_not(definition, view.plane)
        if reason is None:
            columns[column] = _computed(definition, side or Side.LEFT, points_of(definition), clean)
        else:
            columns[column], reasons[column] = _missing(len(clean.landmarks)), reason
    index = pd.Index(clean.landmarks.time_s, name="time_s")
    values, states = (
        pd.DataFrame({name: both[part] for name, both in columns.items()}, index=index) for part in (0, 1)
    )
    return AngleTable(values, states, reasons, source, view)


def _computed(
    definition: AngleDefinition, side: Side, points: PlanePoints, clean: CleanSeries
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """(n,) degrees and (n,) states of one angle."""
    degrees = definition.compute(points, side)
    state = clean.state[:, list(definition.landmarks(side))].max(axis=1)
    state[~np.isfinite(degrees)] = SampleState.MISSING
    return degrees, state


def _missing(count: int) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    return np.full(count, np.nan), np.full(count, SampleState.MISSING, dtype=np.int8)
