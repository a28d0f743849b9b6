from __future__ import annotations

import cv2
import numpy as np
import pytest
from room_picture import SIZE_PX, room

from posecheck.pose.roll import roll_from_lines_deg


def leaning_left(image: np.ndarray) -> bool:
    """Whether the upper end of the one line in a picture lies further left than its lower end."""
    dark = np.argwhere(image[..., 0] < 100)
    return bool(dark[dark[:, 0].argmin(), 1] < dark[dark[:, 0].argmax(), 1])


@pytest.mark.parametrize("roll_deg", [0.0, 3.0, -7.0, 20.0])
@pytest.mark.parametrize("size_px", [SIZE_PX, (1280, 720), (720, 1280)])
def test_roll_is_found_within_a_degree_with_the_right_sign(roll_deg: float, size_px: tuple[int, int]) -> None:
    image = room(roll_deg, size_px=size_px)
    assert roll_from_lines_deg(image) == pytest.approx(roll_deg, abs=1.0)
    if roll_deg:
        assert leaning_left(room(roll_deg, upright=1, level=0)) == (roll_deg > 0)


@pytest.mark.parametrize("shape", [(2, 16000, 3), (16000, 2, 3), (1, 16000, 3), (1, 1, 3)])
def test_a_picture_like_a_line_has_no_roll(shape: tuple[int, int, int]) -> None:
    assert np.isnan(roll_from_lines_deg(np.zeros(shape, np.uint8)))


def test_furniture_and_limbs_at_odd_angles_count_little() -> None:
    image = room(-4.0)
    for x in (100, 250, 400):
        cv2.line(image, (x, 300), (x + 60, 200), (40, 40, 40), 4, cv2.LINE_AA)
    assert roll_from_lines_deg(image) == pytest.approx(-4.0, abs=1.0)


def test_lines_that_converge_upwards_do_not_read_as_roll() -> None:
    """A level camera that looks up: the lines lean towards the middle on both sides."""
    image = np.full((480, 640, 3), 190, np.uint8)
    for x in np.linspace(-250, 250, 8):
        cv2.line(image, (int(320 + x), 440), (int(320 + 0.8 * x), 40), (60, 60, 60), 3, cv2.LINE_AA)
    assert roll_from_lines_deg(image) == pytest.approx(0.0, abs=1.0)


def test_level_lines_such_as_subtitles_and_borders_do_not_hide_the_roll() -> None:
    image = room(5.0, upright=4, level=0)
    for y in range(20, 470, 25):
        cv2.line(image, (20, y), (620, y), (60, 60, 60), 2)
    assert roll_from_lines_deg(image) == pytest.approx(5.0, abs=1.0)


@pytest.mark.parametrize(
    "image",
    [
        np.full((480, 640, 3), 128, np.uint8),
        room(5.0, upright=1, level=0),
        pytest.param(room(0.0, upright=0, level=8)),
    ],
    ids=["plain", "one line", "level lines only"],
)
def test_too_few_upright_lines_give_nan(image: np.ndarray) -> None:
    assert np.isnan(roll_from_lines_deg(image))
