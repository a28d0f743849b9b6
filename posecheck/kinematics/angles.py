"""Cleaned landmarks in, a table of joint angles out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import AngleSourceError
from posecheck.kinematics.joints import ANGLES, AngleDefinition, Side
from posecheck.kinematics.sources import DEFAULT_SOURCE, find_source
from posecheck.language import phrase
from posecheck.pose.landmarks import CleanSeries, SampleState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from posecheck.kinematics.sources import SourceReading
    from posecheck.kinematics.view import View
    from posecheck.skeleton.centres import JointCentres


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
    sd : DataFrame or None
        Standard deviation of each value, of the columns for which the source knows it; also of a value that was withheld
        because it is too large. None: it knows of none.
    centres : JointCentres or None
        The joints in space that a source computed angles from. None: no source did.
    column_sources : mapping of str to str
        The source of each column that comes from another one than ``source``.
    others : mapping of str to AngleTable
        The same recording from each source alone, where a test uses several; empty where there is but one.
    instead_since : str
        Why it stands among ``others`` for a source that it does not come from; empty where it does not.
    """

    values: pd.DataFrame
    states: pd.DataFrame
    reasons: dict[str, str]
    source: str
    view: View
    sd: pd.DataFrame | None = None
    centres: JointCentres | None = None
    column_sources: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, AngleTable] = field(default_factory=dict)
    instead_since: str = ""

    @property
    def time_s(self) -> NDArray[np.float64]:
        """(n,) time of each row."""
        return self.values.index.to_numpy(dtype=np.float64)

    def measured(self, column: str) -> NDArray[np.float64]:
        """(n,) one angle with everything but measured samples set to NaN."""
        values: NDArray[np.float64] = self.values[column].to_numpy(dtype=np.float64).copy()
        values[self.states[column].to_numpy() != SampleState.MEASURED] = np.nan
        return values

    def sd_of(self, column: str) -> NDArray[np.float64]:
        """(n,) standard deviation of one angle, NaN where it is not known."""
        if self.sd is None or column not in self.sd:
            return np.full(len(self.values), np.nan)
        return self.sd[column].to_numpy(dtype=np.float64)

    def unsure(self, columns: Iterable[str]) -> NDArray[np.bool_]:
        """(n,) where an angle was withheld because its error is too large."""
        unsure = np.zeros(len(self.values), dtype=bool)
        for column in columns:
            unsure |= np.isfinite(self.sd_of(column)) & (self.states[column].to_numpy() == SampleState.MISSING)
        return unsure

    def source_of(self, column: str) -> str:
        """The source that a column comes from."""
        return self.column_sources.get(column, self.source)

    def of(self, source: str = "") -> AngleTable:
        """The same recording from one source alone; by default from that of the table.

        Raises
        ------
        AngleSourceError
            It was not read from that source.
        """
        wanted = source or self.source
        if wanted in self.others:
            return self.others[wanted]
        if wanted != self.source:
            raise AngleSourceError(
                phrase("the recording was not read from the source of angles '{source}'.", source=wanted)
            )
        return self

    def in_place_of(self, sources: Iterable[str]) -> AngleTable:
        """The table, which also stands for other sources: of a made-up recording there is but one."""
        return replace(self, others=dict.fromkeys(sources, self))

    def with_columns(self, source: str, columns: Collection[str]) -> AngleTable:
        """The table with some columns from another source of `others`."""
        other = self.others[source]
        wanted = [name for name in map(str, self.values.columns) if name in columns]
        # Not copied as a whole: what stays the same is shared with `others`.
        values, states = (
            mine.assign(**{name: theirs[name] for name in wanted})
            for mine, theirs in ((self.values, other.values), (self.states, other.states))
        )
        reasons = {name: why for name, why in self.reasons.items() if name not in columns}
        return replace(
            self,
            values=values,
            states=states,
            reasons=reasons | {name: why for name, why in other.reasons.items() if name in columns},
            sd=_beside(self.sd, other.sd, wanted),
            centres=other.centres if self.centres is None else self.centres,
            column_sources={**self.column_sources, **dict.fromkeys(wanted, other.source)},
        )


def _beside(mine: pd.DataFrame | None, other: pd.DataFrame | None, columns: list[str]) -> pd.DataFrame | None:
    if other is None:
        return mine
    taken = other[[name for name in columns if name in other]]
    return taken if mine is None else mine.drop(columns=columns, errors="ignore").join(taken)


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
    chosen = find_source(source)
    read = chosen.read(clean, view)
    state = clean.state if read.state is None else read.state
    columns: dict[str, _Column] = {}
    reasons: dict[str, str] = {}
    for definition, side, column in angle_columns():
        if only is not None and definition.name not in only:
            continue
        reason = chosen.why_not(definition, view.plane)
        if reason is None:
            columns[column] = _computed(definition, side or Side.LEFT, read, state)
        else:
            columns[column], reasons[column] = _missing(len(clean.landmarks)), reason
    time_s = clean.landmarks.time_s
    values, states, sd = (
        _frame({name: getattr(each, part) for name, each in columns.items()}, time_s)
        for part in ("values", "states", "sd")
    )
    return AngleTable(values, states, reasons, source, view, sd if read.sd_of else None, read.centres)


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """(n,) each."""

    values: NDArray[np.float64]
    states: NDArray[np.int8]
    sd: NDArray[np.float64] | None = None


def _frame(columns: dict[str, NDArray[np.float64] | None], time_s: NDArray[np.float64]) -> pd.DataFrame:
    import pandas as pd  # loaded late: half a second

    known = {name: column for name, column in columns.items() if column is not None}
    return pd.DataFrame(known, index=pd.Index(time_s, name="time_s"))


def _computed(definition: AngleDefinition, side: Side, read: SourceReading, state: NDArray[np.int8]) -> _Column:
    degrees = definition.compute(read.points_of(definition), side)
    worst = state[:, list(definition.landmarks(side))].max(axis=1)
    worst[~np.isfinite(degrees)] = SampleState.MISSING
    if read.sd_of is None:
        return _Column(degrees, worst)
    # What a source withholds has no value: a number that is there is a number that will be read.
    sd = np.where(worst == SampleState.MISSING, np.nan, read.sd_of(definition, side))
    worst[sd > read.most_sd] = SampleState.MISSING
    return _Column(np.where(worst == SampleState.MISSING, np.nan, degrees), worst, sd)


def _missing(count: int) -> _Column:
    return _Column(np.full(count, np.nan), np.full(count, SampleState.MISSING, dtype=np.int8))
