from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moved_picture import WALL_PX, black, card, wall_picture
from synthetic import person, poses_of

from posecheck.pose.background import LONGER_SIDE_PX, Background, CameraPlace, largest_distance

SCALE = LONGER_SIDE_PX / max(WALL_PX)
PLACES = st.builds(CameraPlace, st.floats(-1, 1), st.floats(-1, 1), st.floats(0.5, 2), st.floats(-40, 40))


def background(image: np.ndarray, **how: object) -> Background:
    size = (round(image.shape[1] * SCALE), round(image.shape[0] * SCALE))
    small = cv2.resize(image[..., 0], size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return Background(small, **how)  # type: ignore[arg-type]


def moved(**how: object) -> CameraPlace:
    match = background(wall_picture()).find(background(wall_picture(**how)), CameraPlace())  # type: ignore[arg-type]
    assert match.same_place
    return match.place


def numbers(place: CameraPlace) -> tuple[float, float, float, float]:
    return place.x, place.y, place.zoom, place.turn_deg


@given(PLACES, PLACES)
def test_what_has_moved_since_undoes_what_moved_after(a: CameraPlace, b: CameraPlace) -> None:
    assert numbers(a.after(b).since(b)) == pytest.approx(numbers(a), abs=1e-6)


@pytest.mark.parametrize("shift_px", [(0, 0), (2, 0), (0, 10), (-30, 12), (80, -40)])
def test_a_shift_is_found_to_a_thousandth_of_the_longer_side(shift_px: tuple[int, int]) -> None:
    place = moved(shift_px=shift_px)
    assert (place.x, place.y) == pytest.approx(np.array(shift_px) / WALL_PX[0], abs=0.001)
    assert place.zoom == pytest.approx(1.0, abs=0.002)
    assert place.turn_deg == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("zoom", [0.95, 1.02, 1.05])
def test_a_zoom_is_found(zoom: float) -> None:
    assert moved(zoom=zoom).zoom == pytest.approx(zoom, abs=0.002)


@pytest.mark.parametrize("turn_deg", [-2.0, 1.0, 3.0])
def test_a_turn_is_found_with_its_sign(turn_deg: float) -> None:
    assert moved(turn_deg=turn_deg).turn_deg == pytest.approx(turn_deg, abs=0.1)


@pytest.mark.parametrize("light", [0.35, 0.7, 1.5])
def test_other_light_is_no_movement(light: float) -> None:
    place = moved(light=light)
    assert largest_distance([place, CameraPlace()]) < 0.001


def test_light_from_one_side_is_no_movement() -> None:
    lit = wall_picture().astype(float) * np.linspace(0.4, 1.6, WALL_PX[0])[None, :, None]
    match = background(wall_picture()).find(background(np.clip(lit, 0, 255).astype(np.uint8)), CameraPlace())
    assert match.same_place
    assert largest_distance([match.place, CameraPlace()]) < 0.001


def test_who_covers_a_third_of_the_picture_and_moves_is_not_followed() -> None:
    """Somebody in patterned clothes who walks by: their pattern moves as one, the wall behind stays."""
    pictures = [wall_picture(), wall_picture()]
    pattern = wall_picture(seed=9)[:, :200]
    for image, x in zip(pictures, (60, 90), strict=True):
        image[:, x : x + 200] = pattern
    match = background(pictures[0]).find(background(pictures[1]), CameraPlace())
    assert match.same_place
    assert largest_distance([match.place, CameraPlace()]) < 0.001


def test_a_camera_that_moves_behind_a_logo_that_stays_is_found() -> None:
    pictures = [wall_picture(), wall_picture((40, 0))]
    for image in pictures:
        cv2.putText(image, "CAMERA 7  12:34", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 2, (255, 255, 255), 5)
    match = background(pictures[0]).find(background(pictures[1]), CameraPlace())
    assert match.place.x == pytest.approx(40 / WALL_PX[0], abs=0.001)


@pytest.mark.parametrize(
    "other", [wall_picture(seed=8), card(), wall_picture(zoom=1.6, shift_px=(60, 30))], ids=["wall", "card", "closer"]
)
def test_another_place_is_another_place(other: np.ndarray) -> None:
    assert not background(wall_picture()).find(background(other), CameraPlace()).same_place


@pytest.mark.parametrize("noise_grey", [10.0, 25.0])
def test_the_noise_of_a_small_sensor_neither_hides_the_place_nor_makes_one(noise_grey: float) -> None:
    """A room with few things in it: on its plain wall there is nothing but noise, another in every picture."""
    random = np.random.default_rng(1)

    def grainy(shift_px: float) -> np.ndarray:
        image = np.full((480, 640, 3), 150.0)
        for x, y in ((60, 40), (430, 60), (90, 300), (470, 330)):
            cv2.rectangle(image, (x + int(shift_px), y), (x + int(shift_px) + 110, y + 90), (70, 70, 70), -1)
        noisy = image + random.normal(0, noise_grey, image.shape[:2])[:, :, None]
        return np.clip(noisy, 0, 255).astype(np.uint8)

    still = background(grainy(0)).find(background(grainy(0)), CameraPlace())
    assert still.same_place
    assert largest_distance([still.place, CameraPlace()]) < 0.003
    moved_on = background(grainy(0)).find(background(grainy(16)), CameraPlace())
    assert moved_on.place.x == pytest.approx(16 / 640, abs=0.003)
    assert not background(np.clip(grainy(0) * 0 + random.normal(150, noise_grey, (480, 640, 3)), 0, 255)).recognisable


def test_a_picture_without_detail_cannot_be_recognised() -> None:
    assert not background(black()).recognisable
    assert not background(np.full_like(black(), 180)).recognisable
    assert background(wall_picture()).recognisable


def test_a_wall_without_detail_is_told_from_black_by_its_light() -> None:
    white, grey = np.full_like(black(), 200), np.full_like(black(), 195)
    assert background(white).same_shades(background(grey))
    assert not background(white).same_shades(background(black()))


def test_what_is_behind_the_person_is_not_compared() -> None:
    pose = poses_of(person(np.array([0.0]), size_px=WALL_PX, px_per_m=200.0))[0]
    seen = background(wall_picture(), pose=pose, pose_scale=SCALE)
    hip = (pose.xy_px[23] * SCALE).astype(int)
    assert seen.open[hip[1], hip[0]] == 0.0
    assert seen.open[:, 0].all()
    assert 0.5 < seen.open.mean() < 0.95
