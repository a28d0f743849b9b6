from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import write_pictures
from made_trial import SIZE_PX, made_series
from synthetic import FakeEstimator, poses_of

from posecheck.errors import VideoError
from posecheck.output.draw.face_blur import FaceBlur
from posecheck.output.draw.footage import Footage
from posecheck.output.draw.poster import people_in_picture, write_poster
from posecheck.pose.landmarks import Pose
from posecheck.video.reader import VideoOptions

TIMES_S = [k / 10 for k in range(10)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ever brighter pictures, the left half dark."""
    pictures = [np.full((SIZE_PX[1], SIZE_PX[0], 3), 20 * k + 40, np.uint8) for k in range(10)]
    for picture in pictures:
        picture[:, : SIZE_PX[0] // 2] = 0
    return write_pictures(tmp_path_factory.mktemp("clip") / "clip.mp4", TIMES_S, pictures)


def read(path: Path) -> np.ndarray:
    image = cv2.imread(str(path))
    assert image is not None
    return image


@pytest.mark.parametrize(("time_s", "grey"), [(0.0, 40), (0.5, 140), (0.45, 140), (0.9, 220), (100.0, 220)])
def test_the_picture_of_a_moment_is_written(clip: Path, tmp_path: Path, time_s: float, grey: int) -> None:
    image = read(write_poster(Footage(clip), tmp_path / "poster.jpg", time_s))
    assert image.shape == (SIZE_PX[1], SIZE_PX[0], 3)
    assert image[:, -100:].mean() == pytest.approx(grey, abs=4)


def test_a_poster_is_no_larger_than_asked_and_mirrored_as_read(clip: Path, tmp_path: Path) -> None:
    mirrored = Footage(clip, VideoOptions(mirror=True, start_s=0.8))
    image = read(write_poster(mirrored, tmp_path / "p.jpg", 0.5, max_px=160))
    assert image.shape == (120, 160, 3)
    assert image[:, -60:].mean() < 10 < 100 < image[:, :60].mean()


def test_the_face_is_blurred_when_asked(tmp_path: Path) -> None:
    series = made_series("toe-touch")
    noise = np.random.default_rng(2).integers(0, 256, (SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
    clip = write_pictures(tmp_path / "a.mp4", TIMES_S, [noise] * 10)
    image = read(write_poster(Footage(clip, blur=FaceBlur.of(series)), tmp_path / "p.jpg"))
    x, y = (round(float(value)) for value in series.xy_px[0, 0])
    assert image[y - 5 : y + 6, x - 5 : x + 6].std() < 0.5 * noise[y - 5 : y + 6, x - 5 : x + 6].std()


def test_everybody_in_a_picture_is_found_from_left_to_right(clip: Path) -> None:
    first = poses_of(made_series("toe-touch"))[0]
    left, right = (Pose(first.xy_px * 0.5 + [shift, 10.0], first.xyz_m, first.visibility) for shift in (-20.0, 120.0))
    estimator = FakeEstimator([[right, left]])
    estimator.follow(np.zeros((SIZE_PX[1], SIZE_PX[0], 3), np.uint8), 0.0)
    boxes = people_in_picture(Footage(clip), 0.3, estimator)
    assert [box.centre for box in boxes] == [
        pytest.approx(tuple(pose.centre_px / SIZE_PX), abs=1e-9) for pose in (left, right)
    ]
    for box, pose in zip(boxes, (left, right), strict=True):
        assert 0 <= box.left < box.centre[0] < box.right <= 1
        assert 0 <= box.top < box.centre[1] < box.bottom <= 1
        assert box.right * SIZE_PX[0] >= pose.box_px[1][0] or box.right == 1


def test_a_video_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="no such file"):
        write_poster(Footage(tmp_path / "none.mp4"), tmp_path / "p.jpg")
