"""Which source each angle of a test comes from in a recording: the one that the test names, unless that cannot show it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.angles import compute_angles
from posecheck.kinematics.body_plane import skeleton_points
from posecheck.kinematics.in_space import MAX_DEPTH
from posecheck.kinematics.joints import ANGLES
from posecheck.kinematics.sources import DEFAULT_SOURCE, find_source
from posecheck.language import phrase
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.kinematics.joints import Side
    from posecheck.kinematics.motion import Motion
    from posecheck.movements import AngleRef, Movement
    from posecheck.skeleton.centres import JointCentres

MAX_STRANGE_SHARE = 0.1
"""From this share of the pictures on in which the body is strange to a source, the recording is measured in the picture
alone: a hold could lie in them (chosen by us)."""


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """The sources of one test.

    Attributes
    ----------
    movement : Movement
    tested : Side
    quick : bool
        The picture stands in for each source that takes a whole recording and time.
    """

    movement: Movement
    tested: Side
    quick: bool = False

    @property
    def main(self) -> str:
        """The source of all angles that no outcome takes from elsewhere."""
        return self._possible(self.movement.angle_source)

    def complete(self, motion: Motion) -> AngleTable:
        """The angles of a test: its main table, in which each outcome's column comes from the outcome's own source.

        Each source by itself stands in ``others``, under the name by which the test asks for it.
        """
        names = {self.movement.source_of(ref) for ref in self.movement.measured_refs} | {self.movement.angle_source}
        if names == {motion.table.source}:
            return motion.table
        alone = {name: motion.table for name in (motion.table.source, *names)}
        for name in sorted({self._possible(name) for name in names} - {motion.table.source}):
            alone[name] = self._possible_table(motion, name)
        table = replace(motion.table, others={name: alone[self._possible(name)] for name in names})
        for name in sorted(names):
            own = self._columns(name)
            table = table.with_columns(name, own) if table.others[name].source != table.source else table
        return table

    def _possible(self, source: str) -> str:
        return DEFAULT_SOURCE if self.quick and find_source(source).whole_recording else source

    def _asks(self, ref: AngleRef, source: str) -> bool:
        return self.movement.source_of(ref) == source

    def _read(self, motion: Motion, source: str) -> AngleTable:
        used = {ref.angle for ref in self.movement.measured_refs if self._asks(ref, source)}
        return compute_angles(motion.clean, motion.view, source=source, only=used)

    def _columns(self, source: str) -> list[str]:
        return [item.ref.column(self.tested) for item in self.movement.outcomes if self._asks(item.ref, source)]

    def _possible_table(self, motion: Motion, source: str) -> AngleTable:
        """The table of a source, or the main one where the source refuses it or knows its outcomes too little."""
        since = find_source(source).refuses(motion.clean.landmarks)
        if since:
            return replace(motion.table, instead_since=since)
        table = self._read(motion, source)
        strange = strange_to_source(table, self._columns(source))
        found = np.ones(len(strange), bool) if table.centres is None else np.isfinite(table.centres.depth)
        if found.any() and float(strange[found].mean()) > MAX_STRANGE_SHARE:
            return replace(motion.table, instead_since=STRANGE_WORDS)
        if self.movement.rear_leg_tested and _mostly_in_front(table.centres, self.tested):
            return replace(motion.table, instead_since=LEGS_WORDS)
        return table


def strange_to_source(table: AngleTable, columns: Iterable[str]) -> NDArray[np.bool_]:
    """(n,) where the body is unlike all that a source has learnt from, or some angles are too uncertain to be given."""
    strange = table.unsure(columns)
    return strange if table.centres is None else strange | (table.centres.depth > MAX_DEPTH)


def _mostly_in_front(centres: JointCentres | None, side: Side) -> bool:
    """Whether the leg that was said to be behind leans further forward than the other one, most of the time."""
    if centres is None:
        return False
    leg = ANGLES["leg_inclination"]
    points = skeleton_points(centres, leg)
    ahead_deg = leg.compute(points, side) - leg.compute(points, side.other)
    known = ahead_deg[np.isfinite(ahead_deg)]
    return known.size > 0 and float(np.median(known)) > 0


LEGS_WORDS = phrase("in space the leg that you named was found in front and not behind")
STRANGE_WORDS = phrase("the joints could not be placed well enough in space for a part of the recording")


def outcome_sources(table: AngleTable, movement: Movement) -> dict[str, str]:
    """Where each outcome comes from in a recording, by its name."""
    return {outcome.name: table.of(outcome.ref.source).source for outcome in movement.outcomes}


def in_any_view(table: AngleTable, movement: Movement) -> bool:
    """Whether no primary outcome depends on how far the camera stands beside its place."""
    sources = outcome_sources(table, movement)
    primary = [sources[outcome.name] for outcome in movement.outcomes if outcome.role is Role.PRIMARY]
    return not any(find_source(source).in_picture for source in primary)


def source_notes(table: AngleTable, movement: Movement) -> tuple[str, ...]:
    """What must be said where an outcome's own source could not be used."""
    reasons = dict.fromkeys(table.of(outcome.ref.source).instead_since for outcome in movement.outcomes)
    return tuple(
        phrase(
            "All angles were measured in the picture's plane, since {reason}. They do not compare with angles between "
            "joints in space.",
            reason=since,
        )
        for since in reasons
        if since
    )
