from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from moved_picture import black, card, wall_picture
from room_picture import SIZE_PX, room

from posecheck.pose.capture import CaptureReport, CaptureWatcher
from posecheck.pose.scenes import NO_SCENE
from posecheck.video.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Callable


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


def test_a_picture_is_looked_at_four_times_a_second() -> None:
    dark, bright = np.full((90, 160, 3), 10, np.uint8), np.full((90, 160, 3), 250, np.uint8)
    # 20 pictures a second: only each fifth one counts, and those are dark.
    images = [dark if k % 5 == 0 else bright for k in range(30)]
    assert report_on(images, every_s=0.05).brightness == pytest.approx(10.0, abs=1.0)


def at_each(count: int, where: Callable[[float], tuple[float, float]], **how: float) -> list[np.ndarray]:
    """Pictures of a wall, four a second, each moved by ``where`` of its time."""
    return [wall_picture(where(k / 4), **how) for k in range(count)]  # type: ignore[arg-type]


def seen(images: list[np.ndarray]) -> CaptureReport:
    return report_on(images, every_s=0.26)


def test_a_knock_when_recording_starts_is_no_movement_of_what_is_measured_later() -> None:
    report = seen(at_each(24, lambda t: (45 * np.exp(-6 * t), 20 * np.exp(-6 * t))))
    assert report.camera_shift > 0.05
    assert report.during([(1.5, 3.0), (4.0, 6.0)]).camera_shift < 0.002


def test_a_knock_in_what_is_measured_is_found_also_if_it_comes_back() -> None:
    report = seen(at_each(24, lambda t: (40.0 if 2.0 <= t < 2.8 else 0.0, 0.0)))
    assert report.during([(1.0, 3.5)]).camera_shift == pytest.approx(40 / 640, abs=0.002)
    assert report.during([(0.0, 1.5), (3.5, 6.0)]).camera_shift < 0.002


def test_a_camera_that_was_moved_between_two_repetitions_is_found() -> None:
    report = seen(at_each(24, lambda t: (0.0, 20.0 if t > 2.9 else 0.0)))
    assert report.during([(0.5, 2.0), (4.0, 5.5)]).camera_shift == pytest.approx(20 / 640, abs=0.002)
    assert np.isnan(report.cut_s)


def test_a_slow_drift_is_found_over_the_measured_time() -> None:
    report = seen(at_each(40, lambda t: (6.4 * t, 0.0)))
    # 1 % of the width a second, from 1.04 s to 8.84 s; the first and the last are calmed by nothing that lies apart.
    assert report.during([(1.0, 9.0)]).camera_shift == pytest.approx(0.075, abs=0.003)


def test_a_slow_pan_to_a_wall_that_was_not_in_sight_at_first_is_one_place() -> None:
    report = seen([wall_picture((-10 * k, 0)) for k in range(20)])
    assert np.isnan(report.cut_s)
    assert report.camera_shift == pytest.approx(190 / 640, abs=0.005)


def test_one_mistaken_picture_says_nothing() -> None:
    images = at_each(12, lambda _: (0.0, 0.0))
    images[6] = wall_picture((60, 0))
    assert seen(images).camera_shift < 0.002


@pytest.mark.parametrize(("how", "share"), [({"zoom": 1.06}, 0.02), ({"turn_deg": 2.0}, 0.02)])
def test_zoom_and_turn_count_as_movement(how: dict[str, float], share: float) -> None:
    """A third of the zoom, as points in a wide picture move by it on average; a hundredth for each degree of turn."""
    report = seen([wall_picture()] * 6 + [wall_picture(**how)] * 6)
    assert report.camera_shift == pytest.approx(share, abs=0.002)


def test_a_fade_is_no_movement() -> None:
    images = [wall_picture(light=min(1.0, 0.05 + k / 6)) for k in range(16)]
    assert seen(images).camera_shift < 0.003
    assert np.isnan(seen(images).cut_s)


def test_a_light_that_is_switched_on_is_no_movement() -> None:
    report = seen([wall_picture(light=0.3)] * 8 + [wall_picture()] * 8)
    assert report.camera_shift < 0.002
    assert np.isnan(report.cut_s)


def test_a_cut_to_another_place_is_dated_by_its_picture() -> None:
    watcher = CaptureWatcher()
    for k in range(60):
        watcher.look(Frame(k, k / 10, wall_picture(seed=5 if k < 33 else 6)))
    report = watcher.report()
    assert report.cut_s == pytest.approx(3.3)
    assert report.camera_shift < 0.002
    assert np.isnan(report.during([(0.0, 3.2)]).cut_s)


def test_the_same_place_after_a_card_is_known_again() -> None:
    images = at_each(10, lambda _: (0.0, 0.0)) + [card()] * 8 + at_each(10, lambda _: (32.0, 0.0))
    report = seen(images)
    scenes = [glance.scene for glance in report.glances]
    assert scenes[0] == scenes[-1] != scenes[12]
    assert report.during([(0.0, 2.0), (5.0, 7.0)]).camera_shift == pytest.approx(32 / 640, abs=0.002)


def test_black_pictures_are_no_place() -> None:
    report = seen([black()] * 5 + at_each(10, lambda _: (0.0, 0.0)))
    assert [glance.scene for glance in report.glances] == [NO_SCENE] * 5 + [0] * 10
    assert np.isnan(report.cut_s)


def test_brightness_is_that_of_the_time_that_is_asked_for() -> None:
    report = seen([wall_picture(light=0.5)] * 12 + [wall_picture()] * 8)
    assert report.during([(3.3, 6.0)]).brightness == pytest.approx(float(wall_picture().mean()), abs=1.0)


def test_a_card_before_the_room_neither_sets_nor_loses_the_roll() -> None:
    """The camera of the card would be tilted by 12 degrees."""
    report = seen([room(12.0, upright=9, level=0)] * 12 + [wall_picture()] * 5 + [room(3.0)] * 8)
    assert report.during([(4.6, 7.0)]).roll_deg == pytest.approx(3.0, abs=1.0)


def test_a_camera_that_turns_later_has_the_roll_of_the_time_that_is_asked_for() -> None:
    def turned(turn_deg: float) -> np.ndarray:
        return np.minimum(room(-turn_deg), wall_picture(turn_deg=turn_deg, light=1.4))

    report = seen([turned(0.0)] * 10 + [turned(4.0)] * 10)
    assert report.during([(0.0, 2.0)]).roll_deg == pytest.approx(0.0, abs=1.0)
    assert report.during([(3.0, 5.0)]).roll_deg == pytest.approx(-4.0, abs=1.0)


def test_a_report_without_a_course_over_time_stays_as_it_is() -> None:
    old = CaptureReport(101.0, 0.02, 1.5)
    assert old.during([(1.0, 2.0)]) == old


def test_without_pictures_nothing_is_known() -> None:
    report = CaptureWatcher().report()
    assert np.isnan([report.brightness, report.camera_shift, report.roll_deg]).all()


def test_the_report_holds_the_roll_of_the_room() -> None:
    assert report_on([room(6.0)] * 3).roll_deg == pytest.approx(6.0, abs=1.0)
    assert np.isnan(report_on([textured()] * 3).roll_deg)


def test_a_picture_of_another_shape_is_no_movement_of_the_camera_and_its_border_not_dark() -> None:
    wall = textured()
    height, width = wall.shape[:2]
    narrow = wall.copy()
    narrow[:, :120] = narrow[:, -120:] = 0
    watcher = CaptureWatcher()
    for number in range(12):
        inside = (120, 0, width - 120, height) if number < 5 else None
        watcher.look(Frame(number, number * 0.5, narrow if inside else wall, inside))
    report = watcher.report()
    assert report.camera_shift == pytest.approx(0.0, abs=0.002)
    assert report.brightness == pytest.approx(float(wall.mean()), abs=4)
