from __future__ import annotations

import numpy as np
import pytest
from moved_picture import wall_picture

from posecheck.pose.cuts import CutFinder

ROOM, OTHER = wall_picture(), wall_picture(seed=6)


def cuts(images: list[np.ndarray]) -> list[int]:
    """Numbers of the pictures that were cut to."""
    finder = CutFinder()
    return [k for k, image in enumerate(images) if finder.step(image)]


def test_a_cut_is_the_first_picture_of_another_place() -> None:
    assert cuts([ROOM] * 12 + [OTHER] * 12 + [ROOM] * 12) == [12, 24]


def test_somebody_who_moves_is_no_cut() -> None:
    images = [ROOM.copy() for _ in range(30)]
    for k, image in enumerate(images):
        image[50:450, 10 * k : 10 * k + 150] = (40, 120, 110)
    assert cuts(images) == []


def test_a_camera_that_is_carried_is_no_cut() -> None:
    assert cuts([wall_picture((9 * np.sin(k), 5 * np.cos(1.7 * k))) for k in range(30)]) == []


def test_a_light_that_flickers_is_no_cut() -> None:
    assert cuts([wall_picture(light=1 + 0.15 * np.sin(1.4 * k)) for k in range(30)]) == []


def test_a_fade_is_no_cut() -> None:
    assert cuts([wall_picture(light=min(1.0, k / 30)) for k in range(40)]) == []


@pytest.mark.parametrize("size_px", [(640, 480), (72, 128), (20, 10)])
def test_a_picture_of_another_size_is_compared_with_the_next_of_its_own(size_px: tuple[int, int]) -> None:
    assert cuts([wall_picture(size_px=(320, 180))] * 12 + [wall_picture(size_px=size_px)] * 12) == []
