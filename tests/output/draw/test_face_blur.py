from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_trial import SIZE_PX, made_series
from synthetic import during, without_person

from posecheck.output.draw.face_blur import HEAD, FaceBlur
from posecheck.pose.landmarks import Landmark

WIDTH, HEIGHT = SIZE_PX
NOISE = np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
SERIES = made_series("toe-touch")


def changed(blur: FaceBlur, time_s: float, image: np.ndarray = NOISE) -> np.ndarray:
    """(h, w) which pixels the blur alters."""
    return (blur.apply(image, time_s) != image).any(axis=2)


def at(mask: np.ndarray, point: np.ndarray) -> bool:
    return bool(mask[round(float(point[1])), round(float(point[0]))])


@pytest.mark.parametrize("movement", ["toe-touch", "knee-to-chest", "side-lunge"])
def test_every_point_of_the_head_is_covered_in_every_picture_and_no_hip(movement: str) -> None:
    series = made_series(movement)
    blur = FaceBlur.of(series)
    for row, time_s in enumerate(series.time_s):
        mask = changed(blur, float(time_s))
        inside = [mark for mark in HEAD if (series.xy_px[row, mark] >= 0).all() and series.xy_px[row, mark, 1] < HEIGHT]
        assert inside
        assert all(at(mask, series.xy_px[row, mark]) for mark in inside)
        assert not at(mask, series.xy_px[row, Landmark.LEFT_HIP])


def test_the_picture_given_is_not_changed() -> None:
    before = NOISE.copy()
    FaceBlur.of(SERIES).apply(NOISE, 0.0)
    assert np.array_equal(NOISE, before)


def test_what_was_there_leaves_only_coarse_means() -> None:
    """Two different faces of the same mean colours give nearly the same blurred picture."""
    blur = FaceBlur.of(SERIES)
    fine = np.indices((HEIGHT, WIDTH)).sum(axis=0) % 2 * 255
    first, second = (np.repeat(layer[..., None], 3, axis=2).astype(np.uint8) for layer in (fine, 255 - fine))
    mask = changed(blur, 0.0, first) & changed(blur, 0.0, second)
    assert mask.sum() > 300
    difference = np.abs(blur.apply(first, 0.0).astype(int) - blur.apply(second, 0.0))[mask]
    assert difference.max() <= 32  # of 255 before; odd blocks hold one more bright pixel


def test_while_the_person_is_lost_the_last_place_stays_covered_and_grows() -> None:
    lost = without_person(SERIES, 2.0, 1000.0)
    blur = FaceBlur.of(lost)
    last = changed(blur, 1.9)
    later = changed(blur, 4.0)
    assert later.sum() > 1.5 * last.sum()
    assert not (last & ~later)[1:-1, 1:-1].any()
    assert changed(blur, 60.0).sum() < WIDTH * HEIGHT  # it does not grow for ever


def test_between_two_places_the_way_is_covered() -> None:
    gap = without_person(SERIES, 0.9, 1.25)
    blur = FaceBlur.of(gap)
    for row in np.flatnonzero(during(SERIES, 0.9, 1.25)):
        mask = changed(blur, float(SERIES.time_s[row]))
        assert at(mask, SERIES.xy_px[row, Landmark.NOSE])


def test_a_larger_picture_is_blurred_at_the_same_place() -> None:
    blur, image = FaceBlur.of(SERIES), np.tile(NOISE, (2, 2, 1))
    mask = changed(blur, 0.0, image)
    assert at(mask, 2 * SERIES.xy_px[0, Landmark.NOSE])
    assert mask.sum() == pytest.approx(4 * changed(blur, 0.0).sum(), rel=0.1)


def test_without_any_head_the_whole_picture_is_blurred() -> None:
    nowhere = replace(SERIES, xy_px=np.full_like(SERIES.xy_px, np.nan))
    assert changed(FaceBlur.of(nowhere), 0.0).mean() > 0.95


def test_a_head_outside_the_picture_changes_nothing() -> None:
    away = replace(SERIES, xy_px=SERIES.xy_px + 10_000.0)
    assert not changed(FaceBlur.of(away), 0.0).any()
