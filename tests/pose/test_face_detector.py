from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posecheck.errors import ModelFileError
from posecheck.pose.face_detector import FACE_MODEL_NAME, Face, FaceDetector, find_faces
from posecheck.pose.model_files import list_models
from posecheck.settings import load_settings

SEEN_AT_PX = 192
"""The model sees each look so large."""
SMALLEST_SEEN_PX = 8


def spots(image: np.ndarray) -> tuple[Face, ...]:
    """A detector that finds white squares, if they are large enough in what it is shown."""
    rows, columns = np.nonzero(image[..., 0] > 200)
    if not len(rows):
        return ()
    side = int(max(np.ptp(rows), np.ptp(columns))) + 1
    if side * SEEN_AT_PX / max(image.shape[:2]) < SMALLEST_SEEN_PX:
        return ()
    return (Face(float(columns.mean()), float(rows.mean()), float(side)),)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 1280), (640, 640)])
@pytest.mark.parametrize(("x", "y"), [(0.02, 0.02), (0.5, 0.5), (0.31, 0.66), (0.93, 0.9)])
def test_a_small_face_is_found_where_it_is_wherever_that_is(width: int, height: int, x: float, y: float) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    left, top = round(x * width), round(y * height)
    image[top : top + 20, left : left + 20] = 255
    found = [face for face in find_faces(image, spots) if face.side == 20]
    assert found
    assert {(face.x, face.y) for face in found} == {(left + 9.5, top + 9.5)}


def test_a_picture_too_small_for_parts_is_looked_at_as_a_whole() -> None:
    image = np.zeros((60, 60, 3), np.uint8)
    image[10:40, 10:40] = 255
    assert find_faces(image, spots) == (Face(24.5, 24.5, 30.0),)


def test_of_a_large_face_the_model_must_be_surer_than_of_a_small_one() -> None:
    """A bare chest is taken for a large face now and then."""

    def find(side: float, score: float) -> tuple[Face, ...]:
        image = np.zeros((240, 240, 3), np.uint8)
        return find_faces(image, lambda part: (Face(9.0, 9.0, side, score),) if part.shape == image.shape else ())

    assert [len(find(side, score)) > 0 for side, score in ((10, 0.55), (100, 0.55), (100, 0.75))] == [True, False, True]


def test_the_model_is_listed_with_its_licence_and_is_what_it_should_be() -> None:
    (model,) = (item for item in list_models(load_settings().models_dir) if item.name == FACE_MODEL_NAME)
    assert (model.state, model.licence) == ("ok", "Apache-2.0")


def test_a_missing_model_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no such model file"):
        FaceDetector(replace(load_settings(), models_dir=tmp_path))


@pytest.mark.model
def test_an_empty_picture_has_no_face() -> None:
    with FaceDetector(load_settings()) as detector:
        assert find_faces(np.full((240, 320, 3), 120, np.uint8), detector.find) == ()
