from __future__ import annotations

import cv2
import numpy as np
import pytest
from room_picture import SIZE_PX, room

from posecheck.pose.capture import CaptureReport, CaptureWatcher, roll_from_lines_deg
from posecheck.video.reader import Frame


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


def textured(shift_px: tuple[int, int] = (0, 0)) -> np.ndarray:
    """A wall with soft blotches, moved by whole pixels."""
    noise = np.random.default_rng(5).uniform(0, 255, (SIZE_PX[1] + 200, SIZE_PX[0] + 200)).astype(np.float32)
    wall = cv2.GaussianBlur(noise, (0, 0), 6)
    wall = 120 + 40 * (wall - wall.mean()) / wall.std()
    x, y = 100 - shift_px[0], 100 - shift_px[1]
    part = np.clip(wall[y : y + SIZE_PX[1], x : x + SIZE_PX[0]], 0, 255).astype(np.uint8)
    return np.repeat(part[:, :, None], 3, axis=2)


def report_on(images: list[np.ndarray], every_s: float = 0.5) -> CaptureReport:
    watcher = CaptureWatcher()
    for k, image in enumerate(images):
        watcher.look(Frame(k, k * every_s, image))
    return watcher.report()


def test_a_still_camera_has_no_shift() -> None:
    assert report_on([textured()] * 4).camera_shift == pytest.approx(0.0, abs=0.001)


@pytest.mark.parametrize("shift_px", [(16, 0), (0, 16), (-20, 10)])
def test_a_moved_camera_shifts_the_background_by_a_share_of_the_width(shift_px: tuple[int, int]) -> None:
    report = report_on([textured(), *[textured(shift_px)] * 6])
    assert report.camera_shift == pytest.approx(np.hypot(*shift_px) / SIZE_PX[0], abs=0.003)  # 1 pixel of 320


def test_a_person_who_moves_in_the_middle_is_no_camera_movement() -> None:
    images = [textured() for _ in range(6)]
    for k, image in enumerate(images):
        image[100:440, 220 + 20 * k : 300 + 20 * k] = (180, 60, 60)
    assert report_on(images).camera_shift < 0.01  # the limit up to which the gate passes


def test_a_person_who_reaches_into_one_side_is_no_camera_movement() -> None:
    images = [textured() for _ in range(6)]
    for k, image in enumerate(images):
        image[50:440, 20 * k : 160] = (180, 60, 60)
    assert report_on(images).camera_shift < 0.01


def test_a_curtain_that_moves_on_one_side_is_no_camera_movement() -> None:
    blown = textured((16, 0))
    blown[:, 200:] = textured()[:, 200:]
    assert report_on([textured(), *[blown] * 6]).camera_shift < 0.01


@pytest.mark.parametrize("grey", [3, 40, 200])
def test_brightness_is_the_median_grey_level(grey: int) -> None:
    bright = np.full((90, 160, 3), 255, np.uint8)
    dull = np.full((90, 160, 3), grey, np.uint8)
    assert report_on([dull, dull, dull, bright]).brightness == pytest.approx(grey, abs=1.0)


def test_a_picture_is_looked_at_every_half_second() -> None:
    dark, bright = np.full((90, 160, 3), 10, np.uint8), np.full((90, 160, 3), 250, np.uint8)
    # 10 pictures a second: only each fifth one counts, and those are dark.
    images = [dark if k % 5 == 0 else bright for k in range(30)]
    assert report_on(images, every_s=0.1).brightness == pytest.approx(10.0, abs=1.0)


def test_without_pictures_nothing_is_known() -> None:
    report = CaptureWatcher().report()
    assert np.isnan([report.brightness, report.camera_shift, report.roll_deg]).all()


def test_the_report_holds_the_roll_of_the_room() -> None:
    assert report_on([room(6.0)] * 3).roll_deg == pytest.approx(6.0, abs=1.0)
    assert np.isnan(report_on([textured()] * 3).roll_deg)
