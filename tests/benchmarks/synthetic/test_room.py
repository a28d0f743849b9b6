"""Rooms and films of the rendered pictures."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.synthetic.camera import Stand, put_up
from benchmarks.synthetic.film import Film, Laboratory, random_film
from benchmarks.synthetic.room import Box, random_light, random_room

BODY_M = np.array([[x, y, z] for x in (-0.4, 0.4) for y in (-0.2, 0.2) for z in (0.0, 1.75)])


def _nearest_hit_m(corners_m: np.ndarray, eye_m: np.ndarray, target_m: np.ndarray) -> float:
    """Where the line from the eye meets the first rectangle, as a share of the way to the target."""
    hits = [1.0]
    for quad in corners_m.reshape(-1, 4, 3):
        u, v = quad[1] - quad[0], quad[3] - quad[0]
        matrix = np.stack([target_m - eye_m, -u, -v], axis=1)
        if abs(np.linalg.det(matrix)) < 1e-12:
            continue
        way, a, b = np.linalg.solve(matrix, quad[0] - eye_m)
        if way > 0.02 and 0 <= a <= 1 and 0 <= b <= 1:
            hits.append(float(way))
    return min(hits)


@pytest.mark.parametrize("seed", range(40))
def test_no_wall_stands_between_camera_and_person(seed: int) -> None:
    rng = np.random.default_rng(seed)
    azimuth_deg = float(rng.uniform(0, 360))
    camera = put_up(Stand(azimuth_deg, 1.0, 50.0), BODY_M, 640, 360)
    room = random_room(rng, azimuth_deg, camera.eye_m)
    assert _nearest_hit_m(room.corners_m, camera.eye_m, np.array([0.0, 0.0, 0.9])) == 1.0


def test_a_seat_is_part_of_the_room() -> None:
    seat = Box((0.0, 0.3, 0.22), (0.4, 0.4, 0.44))
    plain = random_room(np.random.default_rng(3), 0.0, np.array([0.0, -3.0, 1.0]))
    with_seat = random_room(np.random.default_rng(3), 0.0, np.array([0.0, -3.0, 1.0]), [seat])
    assert len(with_seat.faces) - len(plain.faces) == 6 * 2
    assert with_seat.corners_m[-24:].min(axis=0) == pytest.approx([-0.2, 0.1, 0.0])


def test_light_comes_from_above() -> None:
    assert all(random_light(np.random.default_rng(seed)).key_dir[2] > 0.2 for seed in range(50))


def test_the_same_numbers_develop_the_same_picture() -> None:
    camera = put_up(Stand(0.0, 1.0, 60.0), BODY_M, 120, 80, distortion=-0.05)
    drawn = np.random.default_rng(0).integers(0, 255, (120, 180, 3), dtype=np.uint8)
    film = Film(blur_px=0.5, shake_px=4.0, noise=3.0, quality=60)
    first, second = (Laboratory(camera, film, np.random.default_rng(9)).develop(drawn) for _ in range(2))
    assert first.shape == (80, 120, 3)
    assert np.array_equal(first, second)
    assert random_film(np.random.default_rng(1)) == random_film(np.random.default_rng(1))
