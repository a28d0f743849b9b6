"""Body points that the pose model found in rendered recordings of other bodies, with what is true of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Side
from posecheck.movements import load_movement
from posecheck.pose.landmarks import LANDMARK_COUNT, Landmark, LandmarkSeries, SeriesSource

if TYPE_CHECKING:
    from posecheck.movements import Movement

BODIES = Path(__file__).parents[2] / "trial" / "bodies"
WITH_DEPTH = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
"""The points whose 3D positions are stored: those that the view is told from."""


@dataclass(frozen=True, slots=True, eq=False)
class RenderedBody:
    """A rendered recording: its body points, and the true hold and end range of each repetition.

    ``truth_deg``: by outcome, in the plane of the picture.
    """

    series: LandmarkSeries
    movement: Movement
    side: Side
    holds_s: tuple[tuple[float, float], ...]
    truth_deg: dict[str, tuple[float, ...]]


@lru_cache
def rendered_body(name: str) -> RenderedBody:
    """Read a stored recording: steps from picture to picture in fifths of a pixel, half centimetres and hundredths."""
    with np.load(BODIES / f"{name}.npz") as stored:
        xy, depth, visibility = (
            np.cumsum(stored[key].astype(np.int64), axis=0) for key in ("xy", "depth", "visibility")
        )
        xyz_m = np.full((*xy.shape[:2], 3), np.nan)
        xyz_m[:, WITH_DEPTH] = depth / 200.0
        width, height = (int(size) for size in stored["size"])
        time_s, truth = stored["time_s"].astype(np.float64), stored["truth_deg"].T
        assert xy.shape[1] == LANDMARK_COUNT
        return RenderedBody(
            LandmarkSeries(time_s, xy / 5.0, xyz_m, visibility / 100.0, SeriesSource(width, height, "stored")),
            load_movement(str(stored["movement"])),
            Side(str(stored["side"])),
            tuple((float(start), float(end)) for start, end in stored["holds_s"]),
            {str(key): tuple(map(float, values)) for key, values in zip(stored["outcomes"], truth, strict=True)},
        )
