"""Rendered people on their way into a hold: the pose model's points, and where the joints truly were."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Side, mark_of
from posecheck.movements import load_movement
from posecheck.pose.landmarks import LandmarkSeries, SeriesSource
from posecheck.skeleton.centres import JOINT_COUNT, JointCentres, joint_index
from posecheck.skeleton.correction import load_correction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.movements import Movement

HOLDS = Path(__file__).resolve().parents[2] / "kinematics" / "holds"
_TRUE = tuple(mark_of(part, side) for part in ("shoulder", "hip", "knee", "ankle") for side in Side)


@dataclass(frozen=True, slots=True, eq=False)
class RenderedHold:
    """``held``: (n,) pictures of the hold. ``truth``: true joint centres about the hips; no elbows, wrists, and feet."""

    series: LandmarkSeries
    truth: JointCentres
    held: NDArray[np.bool_]
    movement: Movement
    side: Side


@lru_cache
def rendered_hold(name: str) -> RenderedHold:
    """Read a stored hold: steps from picture to picture in tenths of a pixel, millimetres and hundredths."""
    with np.load(HOLDS / f"{name}.npz") as stored:
        xy, xyz, visibility, true = (
            np.cumsum(stored[key].astype(np.int64), axis=0) for key in ("xy", "xyz", "visibility", "true")
        )
        time_s, (width, height) = stored["time_s"].astype(np.float64), stored["size"].tolist()
        source = SeriesSource(width, height, "stored", load_correction().models[0])
        n = len(time_s)
        joints = np.full((n, JOINT_COUNT, 3), np.nan)
        joints[:, [joint_index(mark) for mark in _TRUE]] = true / 1000.0
        up, nothing = np.tile(stored["up"].astype(np.float64), (n, 1)), np.zeros(n)
        return RenderedHold(
            LandmarkSeries(time_s, xy / 10.0, xyz / 1000.0, visibility / 100.0, source),
            JointCentres(time_s, joints, np.zeros((n, JOINT_COUNT)), up, nothing, nothing),
            stored["held"],
            load_movement(str(stored["movement"])),
            Side(str(stored["side"])),
        )
