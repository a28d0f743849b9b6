"""Faces in a picture, whoever they belong to, found by MediaPipe so that they can be made unrecognisable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from posecheck.errors import ModelFileError
from posecheck.language import phrase
from posecheck.pose.estimator import close_task, keep_to_this_machine, picture_of, quiet_stderr
from posecheck.pose.model_files import verify_checksum

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from numpy.typing import NDArray

    from posecheck.settings import Settings

    FindFaces = Callable[[NDArray[np.uint8]], Sequence["Face"]]

FACE_MODEL_NAME = "face_detection_full_range_sparse.tflite"
MIN_SCORE, LARGE_SCORE = 0.5, 0.7
"""How sure the model must be of a face that is small in the picture, and of a large one, which it sees well. Low for a
detector, as a spot blurred for nothing costs less than a face that shows; a bare chest is taken for a large face with up to
0.6 (both chosen by us, on a few recordings of real people)."""
LARGE = 0.1
"""A face is large from this share of the picture's shorter side on (chosen by us)."""
PARTS_OF_SIDE = 0.5
"""The picture is also looked at in squares of this share of its shorter side: the model sees each look at 192 pixels, where
the face of somebody who fills half of a picture's height has four (chosen by us)."""
STEP = 2 / 3
"""From square to square, as a share of their side: a face of up to a third of it is whole in one of them (chosen by us)."""
MIN_PART_PX = 64
"""Smaller parts would hold no face that can be recognised (chosen by us)."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a picture: middle and side of its box, in pixels, and how sure the model is of it, 0 to 1."""

    x: float
    y: float
    side: float
    score: float = 1.0


class FaceDetector:
    """MediaPipe's `FaceDetector` with the model for faces up to some metres away. Must be closed (use ``with``).

    Raises
    ------
    ModelFileError
        The model is missing, altered, or cannot be loaded.
    """

    def __init__(self, settings: Settings) -> None:
        keep_to_this_machine()
        from mediapipe.tasks.python import BaseOptions, vision

        model = verify_checksum(settings.models_dir / FACE_MODEL_NAME)
        options = vision.FaceDetectorOptions(
            base_options=BaseOptions(model_asset_path=str(model.path)), min_detection_confidence=MIN_SCORE
        )
        try:
            with quiet_stderr():
                self._task: Any = vision.FaceDetector.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            raise ModelFileError(
                phrase("{file}: MediaPipe cannot load this model. Install posecheck again.", file=model.path)
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        close_task(self._task)

    def find(self, image_rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        """The faces in a picture that are large enough in it; `find_faces` finds smaller ones too."""
        with quiet_stderr():  # it writes lines for the first picture
            found = self._task.detect(picture_of(image_rgb)).detections
        return tuple(_face(item.bounding_box, item.categories[0].score) for item in found)


def _face(box: Any, score: float) -> Face:
    return Face(box.origin_x + box.width / 2, box.origin_y + box.height / 2, max(box.width, box.height), score)


def find_faces(image_rgb: NDArray[np.uint8], find: FindFaces) -> tuple[Face, ...]:
    """The faces in a picture, also small ones: looked for in the whole of it, and in squares of it.

    Returns
    -------
    tuple of Face
        In the picture's own pixels; a face that was found in several squares is there several times.
    """
    height, width = image_rgb.shape[:2]
    found = list(find(image_rgb))
    for share in (1.0, PARTS_OF_SIDE):
        side = round(share * min(width, height))
        if side < MIN_PART_PX:
            continue
        for left in _starts(width, side):
            for top in _starts(height, side):
                part = np.ascontiguousarray(image_rgb[top : top + side, left : left + side])
                found += [replace(face, x=left + face.x, y=top + face.y) for face in find(part)]
    large = LARGE * min(width, height)
    return tuple(face for face in found if face.side < large or face.score >= LARGE_SCORE)


def _starts(length: int, side: int) -> list[int]:
    """Where squares begin that cover a length."""
    rest = length - side
    steps = int(np.ceil(rest / (STEP * side)))
    return [round(rest * k / steps) for k in range(steps + 1)] if steps else [0]
