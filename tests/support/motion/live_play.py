"""Plays made-up landmarks to the live engine, as a camera would play pictures."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from synthetic import FakeEstimator, poses_of

from posecheck.live import LiveEngine
from posecheck.movements import load_movement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from posecheck.kinematics.joints import Side
    from posecheck.live import Framing, LiveAnswer, LiveState
    from posecheck.movements import Movement
    from posecheck.pose.landmarks import LandmarkSeries, Pose

SIZE_PX = (320, 180)
SMALL = {"size_px": SIZE_PX, "px_per_m": 85.0}
"""For `synthetic.person`: a small picture, most of whose height the standing person fills."""
LYING = {"size_px": SIZE_PX, "px_per_m": 120.0}
WALL = 120


def wall(size_px: tuple[int, int] = SIZE_PX, brightness: int = WALL) -> NDArray[np.uint8]:
    """A picture without anything in it: the fake estimator knows who is there."""
    return np.full((size_px[1], size_px[0], 3), brightness, np.uint8)


def live_engine(
    people: Sequence[Sequence[Pose]], movement: str | Movement, side: Side | None = None, **how: object
) -> LiveEngine:
    """An engine whose estimator finds these people, picture by picture."""
    test = load_movement(movement) if isinstance(movement, str) else movement
    return LiveEngine(test, side, FakeEstimator(people), **how)  # type: ignore[arg-type]


def play(
    series: LandmarkSeries,
    movement: str | Movement,
    side: Side | None = None,
    *,
    image: NDArray[np.uint8] | None = None,
    other: LandmarkSeries | None = None,
    framing: Framing | None = None,
    times: Callable[[float], float] = float,
    **how: object,
) -> list[LiveAnswer]:
    """All answers to a person's landmarks; frames without any are pictures in which nobody is found."""
    people = [[] if not np.isfinite(pose.xy_px).any() else [pose] for pose in poses_of(series)]
    if other is not None:
        people = [[*group, pose] for group, pose in zip(people, poses_of(other), strict=True)]
    shown = wall() if image is None else image
    with live_engine(people, movement, side, framing=framing, **how) as engine:
        return [engine.step(shown, times(float(time_s))) for time_s in series.time_s]


def states(answers: Sequence[LiveAnswer]) -> list[LiveState]:
    """The states in order, each once in a row."""
    found = [answer.state for answer in answers]
    return [found[0], *(after for before, after in pairwise(found) if after != before)]


def cues(answers: Sequence[LiveAnswer]) -> list[str]:
    """The cues in order, each once in a row."""
    found = [answer.cue for answer in answers]
    return [found[0], *(after for before, after in pairwise(found) if after != before)]


def spoken(answers: Sequence[LiveAnswer]) -> list[str]:
    """Everything that was said, in order."""
    return [answer.words for answer in answers if answer.speak]
