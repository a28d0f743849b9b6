"""Other looks at a picture: what the real model finds in a crop lies where it lies in the whole picture."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from clips import SAMPLES, TOE_PRE

from benchmarks.synthetic.make_looks import LARGER, NARROW, OUTLINE, WIDE, Eyes, look_at_crop, outline_about
from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.model_files import choose_model
from posecheck.settings import load_settings
from posecheck.skeleton.centres import JOINTS
from posecheck.video.reader import VideoOptions, iter_video

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.pose.landmarks import Pose


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[Eyes, np.ndarray, Pose, np.ndarray]]:
    """The model, a large picture, and who is in it with their outline, in pixels of the usual size."""
    large = next(iter(iter_video(SAMPLES / f"{TOE_PRE}.mp4", VideoOptions(end_s=0.5)))).image_rgb
    small = cv2.resize(large, None, fx=1 / LARGER, fy=1 / LARGER, interpolation=cv2.INTER_AREA)
    model = choose_model(load_settings())
    with MediaPipeEstimator(model) as estimator:
        (person,) = estimator.find_people(small)
    with closing(Eyes(model.path)) as eyes:
        pose, mask = eyes.look(small, person.xy_px[list(JOINTS)])
        assert pose is not None
        assert mask is not None
        yield eyes, large, pose, mask


@pytest.mark.parametrize("sides", [NARROW, WIDE])
def test_a_crop_shows_the_same_points_in_the_same_places(
    seen: tuple[Eyes, np.ndarray, Pose, np.ndarray], sides: float
) -> None:
    eyes, large, pose, _ = seen
    found = look_at_crop(eyes, large, pose.xy_px[list(JOINTS)], pose, LARGER, sides)
    assert found is not None
    size_px = float(np.ptp(pose.xy_px[:, 1]))
    assert np.median(np.linalg.norm(found.xy_px - pose.xy_px, axis=1)) < 0.02 * size_px


def test_somebody_else_s_joints_are_nobody_s(seen: tuple[Eyes, np.ndarray, Pose, np.ndarray]) -> None:
    eyes, large, pose, _ = seen
    elsewhere = pose.xy_px[list(JOINTS)] + (400.0, 0.0)
    assert look_at_crop(eyes, large, elsewhere, pose, LARGER, NARROW) is None


def test_the_outline_holds_the_middle_of_the_person_and_not_its_corners(
    seen: tuple[Eyes, np.ndarray, Pose, np.ndarray],
) -> None:
    _, _, pose, mask = seen
    outline = outline_about(mask, pose)
    middle = OUTLINE // 2
    assert outline[middle - 1 : middle + 2, middle - 1 : middle + 2].min() > 200
    assert outline[[0, 0, -1, -1], [0, -1, 0, -1]].max() < 50
    assert 0.02 < (outline > 127).mean() < 0.5
    assert not outline_about(None, None).any()
