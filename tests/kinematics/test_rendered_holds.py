"""What the whole chain makes of rendered people whose joints are known: body points, correction, fit, angles, errors."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from rendered_hold import HOLDS, rendered_hold

from posecheck.kinematics.angles import AngleTable, compute_angles
from posecheck.kinematics.body_plane import skeleton_points
from posecheck.kinematics.cleaning import clean
from posecheck.kinematics.joints import ANGLES, Side
from posecheck.trial.reading import cleaning_options, view_of_test

NAMES = sorted(path.stem for path in HOLDS.glob("*.npz"))
SCORED = ("hip_flexion", "knee_flexion", "trunk_flexion", "trunk_lateral_flexion", "leg_abduction", "leg_inclination")
WORST_DEG = 8.0
"""No end range of these three may be off by more: of 95 in 100 recordings of the reporting set it is by less than 5.5
(docs/accuracy.md)."""


@lru_cache
def in_space(name: str) -> AngleTable:
    hold = rendered_hold(name)
    view = view_of_test(hold.series, hold.movement)
    cleaned = clean(hold.series, cleaning_options(hold.movement, hold.side, view))
    return compute_angles(cleaned, view, source="skeleton", only=SCORED)


def errors(name: str) -> list[tuple[str, float, float]]:
    """(column, median error over the hold, its stated 95 % either way) of each scored angle."""
    hold, table = rendered_hold(name), in_space(name)
    found = []
    for angle in SCORED:
        definition = ANGLES[angle]
        for side in tuple(Side) if definition.sided else (None,):
            true = definition.compute(skeleton_points(hold.truth, definition), side or Side.LEFT)[hold.held]
            column = definition.column(side)
            value = table.measured(column)[hold.held]
            if np.isfinite(value).any():
                stated = 1.96 * float(np.nanmedian(table.sd_of(column)[hold.held]))
                found.append((column, float(np.nanmedian(value - true)), stated))
    return found


@pytest.mark.parametrize("name", ["toe_touch_02", "side_lunge_03", "crossover_04"])
def test_what_a_test_measures_in_space_is_near_the_truth(name: str) -> None:
    hold = rendered_hold(name)
    columns = {item.ref.column(hold.side) for item in hold.movement.outcomes if item.ref.source == "skeleton"}
    off = {column: abs(error) for column, error, _ in errors(name) if column in columns}
    assert set(off) == columns
    assert max(off.values()) < WORST_DEG, off


def test_the_stated_errors_hold_what_they_promise() -> None:
    within = [abs(error) <= stated for name in NAMES for _, error, stated in errors(name)]
    assert np.mean(within) >= 0.9
