"""A whole trial of the made-up figure, and a small video that belongs to it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import synthetic

from posecheck.kinematics.joints import Side
from posecheck.movements import load_movement
from posecheck.trial.assess import assess
from posecheck.trial.result import TrialResult
from posecheck.video.sink import VideoSink

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.pose.landmarks import LandmarkSeries

RHYTHM = synthetic.Rhythm(count=2, start_s=0.6, move_s=0.8, hold_s=1.8, pause_s=0.4)
SIZE_PX = (320, 240)


def made_series(movement: str, fps: float = 10.0) -> LandmarkSeries:
    """Landmarks of two repetitions at a low frame rate, in a small picture."""
    time_s = RHYTHM.times(fps)
    how = {"size_px": SIZE_PX, "px_per_m": 110.0}
    if movement == "toe-touch":
        return synthetic.toe_touch(time_s, RHYTHM, **how)
    figure = {
        "knee-to-chest": synthetic.knee_to_chest,
        "runners-lunge": synthetic.runners_lunge,
        "side-lunge": synthetic.side_lunge,
        "crossover": synthetic.crossover,
        "active-straight-leg-raise": synthetic.straight_leg_raise,
        "modified-thomas-test": synthetic.thomas_test,
    }[movement]
    return figure(time_s, RHYTHM, Side.LEFT, **how)


@lru_cache(maxsize=8)
def made_result(movement: str = "runners-lunge") -> TrialResult:
    """The trial, measured."""
    return assess_series(made_series(movement), movement)


def assess_series(series: LandmarkSeries, movement: str) -> TrialResult:
    test = load_movement(movement)
    return assess(synthetic.recording_of(series), test, Side.LEFT if test.sides else None)


def made_video(path: Path, times_s: np.ndarray, size_px: tuple[int, int] = SIZE_PX) -> Path:
    """Grey pictures with a block that moves, at the given times."""
    width, height = size_px
    with VideoSink(path, width, height) as sink:
        for k, time_s in enumerate(times_s):
            picture = np.full((height, width, 3), 120, np.uint8)
            picture[:, (2 * k) % width] = 200
            sink.write(picture, float(time_s))
    return path
