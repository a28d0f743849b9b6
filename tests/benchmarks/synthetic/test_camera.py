"""The rendered camera: where it stands, and where points appear in its picture."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.synthetic.camera import Stand, put_up

BODY_M = np.array([[x, y, z] for x in (-0.4, 0.4) for y in (-0.2, 0.2) for z in (0.0, 1.75)])
SIZE = 640, 360


@pytest.mark.parametrize("azimuth_deg", [0.0, 90.0, -135.0])
@pytest.mark.parametrize("roll_deg", [0.0, 20.0])
def test_everything_is_in_the_picture(azimuth_deg: float, roll_deg: float) -> None:
    camera = put_up(Stand(azimuth_deg, 1.0, 60.0, roll_deg), BODY_M, *SIZE)
    pixels = camera.project(BODY_M)
    assert np.all(pixels > 0)
    assert np.all(pixels < SIZE)


def test_a_camera_at_the_left_sees_the_front_of_the_body_on_its_left() -> None:
    camera = put_up(Stand(90.0, 1.0, 60.0), BODY_M, *SIZE)
    front, back = camera.project(np.array([[0.0, -0.2, 1.0], [0.0, 0.2, 1.0]]))
    assert front[0] < back[0]


def test_the_persons_left_is_right_in_a_picture_from_the_front() -> None:
    left, right = put_up(Stand(0.0, 1.0, 60.0), BODY_M, *SIZE).project(np.array([[0.2, 0.0, 1.0], [-0.2, 0.0, 1.0]]))
    assert left[0] > right[0]


def test_up_is_up_for_a_level_camera_and_turns_with_its_roll() -> None:
    middle_m = float(BODY_M[:, 2].mean())
    level = put_up(Stand(30.0, middle_m, 60.0), BODY_M, *SIZE)
    assert level.up == pytest.approx([0.0, -1.0, 0.0], abs=1e-9)
    rolled = put_up(Stand(30.0, middle_m, 60.0, roll_deg=10.0), BODY_M, *SIZE)
    assert np.degrees(np.arctan2(-rolled.up[0], -rolled.up[1])) == pytest.approx(10.0, abs=1e-6)


def test_opengl_and_the_camera_agree_on_where_a_point_is() -> None:
    camera = put_up(Stand(47.0, 1.4, 70.0, roll_deg=-8.0), BODY_M, *SIZE)
    clip = np.column_stack([BODY_M, np.ones(len(BODY_M))]) @ camera.clip_matrix().T
    seen = clip[:, :2] / clip[:, 3:]
    pixels = np.column_stack([(seen[:, 0] + 1) / 2 * SIZE[0], (1 - seen[:, 1]) / 2 * SIZE[1]])
    assert pixels == pytest.approx(camera.project(BODY_M), abs=1e-6)


def test_a_distorted_picture_is_taken_from_where_the_pinhole_sees_it() -> None:
    camera = put_up(Stand(0.0, 1.0, 80.0), BODY_M, *SIZE, distortion=-0.08)
    straight = camera.scaled(1.0)
    columns, rows = camera.undistorted_grid()
    point = np.array([[0.3, 0.0, 1.5]])
    x, y = np.round(camera.project(point)[0] - 0.5).astype(int)
    # A pixel is as near as a grid of pixels can say.
    assert [columns[y, x], rows[y, x]] == pytest.approx(straight.project(point)[0] - 0.5, abs=0.8)
