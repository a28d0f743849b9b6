"""The pose model in front of rendered pictures: as it sees one alone, or as it follows somebody over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.landmarks import LANDMARK_COUNT
from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import Pose
    from posecheck.pose.model_files import ModelFile

    Picture = NDArray[np.uint8]

OTHER_PERSON = 0.25
"""Body points farther from the true joints, in the mean, than this part of the person's size are somebody else's (chosen by
us: with both legs exchanged it is 0.15)."""


class Observer:
    """One pose model; must be closed."""

    def __init__(self, model: ModelFile) -> None:
        self._estimator = MediaPipeEstimator(model)

    def __enter__(self) -> Observer:
        return self

    def __exit__(self, *_error: object) -> None:
        self._estimator.close()

    def watch(
        self, pictures: Iterable[tuple[Picture, NDArray[np.float64]]], *, follow: bool, step_s: float
    ) -> Iterator[Pose | None]:
        """What the model sees in each picture; None where it is not this person.

        Each picture comes with the true pixels of its joints, (16, 2).
        """
        for number, (picture, joints_px) in enumerate(pictures):
            if follow:
                found = self._estimator.follow(
                    picture, number * step_s
                )  # a time that is not after the last begins anew
                people = () if found is None else (found,)
            else:
                people = self._estimator.find_people(picture)
            yield nearest_person(people, joints_px)


def nearest_person(people: tuple[Pose, ...], joints_px: NDArray[np.float64]) -> Pose | None:
    """Whose joints these are; None where it is nobody's among them."""
    size_px = float(np.linalg.norm(np.ptp(joints_px, axis=0)))
    marks = list(JOINTS)
    far = [float(np.linalg.norm(pose.xy_px[marks] - joints_px, axis=1).mean()) / size_px for pose in people]
    return people[int(np.argmin(far))] if far and min(far) < OTHER_PERSON else None


def columns_of(pose: Pose | None) -> dict[str, NDArray[np.float32]]:
    """The model's part of a stored row; NaN where it did not find the person."""
    if pose is None:
        shapes = {"xy_px": (LANDMARK_COUNT, 2), "xyz_m": (LANDMARK_COUNT, 3), "visibility": (LANDMARK_COUNT,)}
        return {name: np.full(shape, np.nan, np.float32) for name, shape in shapes.items()}
    return {name: getattr(pose, name).astype(np.float32) for name in ("xy_px", "xyz_m", "visibility")}
