from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic import Rhythm, frame_times, mirrored, person, toe_touch, with_hidden, without_person

from posecheck.pose.landmarks import Landmark, LandmarkSeries
from posecheck.skeleton.features import (
    MIRROR_ORDER,
    MIRROR_SIGN,
    PLACE_SIGN,
    USED,
    VALUES_PER_POINT,
    find_moments,
    leg_length_m,
    read_features,
)

OFFSETS_S = (-0.25, 0.0, 0.25)


@pytest.fixture(scope="module")
def bending() -> LandmarkSeries:
    rhythm = Rhythm(count=1)
    return toe_touch(rhythm.times(), rhythm)


def scaled(series: LandmarkSeries, times: float) -> LandmarkSeries:
    """The same filmed with more pixels."""
    source = replace(
        series.source,
        width_px=round(series.source.width_px * times),
        height_px=round(series.source.height_px * times),
    )
    return replace(series, xy_px=series.xy_px * times, source=source)


def point(features_values: np.ndarray, mark: Landmark) -> np.ndarray:
    first = USED.index(mark) * VALUES_PER_POINT
    return features_values[:, first : first + VALUES_PER_POINT]


def test_a_leg_is_one_long_in_picture_and_space() -> None:
    standing = read_features(person(frame_times(1.0)))
    ankle = point(standing.values, Landmark.LEFT_ANKLE) - point(standing.values, Landmark.LEFT_HIP)
    # A side view at a level camera, where the leg hangs straight down: both lengths are the leg.
    assert ankle[:, 1] == pytest.approx(1.0, abs=1e-5)
    assert ankle[:, 3] == pytest.approx(1.0, abs=1e-5)


def test_more_pixels_change_nothing(bending: LandmarkSeries) -> None:
    once, twice = read_features(bending), read_features(scaled(bending, 2.0))
    np.testing.assert_allclose(twice.values, once.values, atol=1e-5)
    np.testing.assert_allclose(twice.place, once.place, atol=1e-5)


def test_a_single_picture_is_enough(bending: LandmarkSeries) -> None:
    alone = LandmarkSeries(
        bending.time_s[:1], bending.xy_px[:1], bending.xyz_m[:1], bending.visibility[:1], bending.source
    )
    features = read_features(alone)
    assert features.readable.all()
    np.testing.assert_allclose(features.values[0], read_features(bending).values[0], atol=0.01)


def test_mirror_order_gives_the_features_of_the_mirror_image(bending: LandmarkSeries) -> None:
    seen, other = read_features(bending), read_features(mirrored(bending))
    np.testing.assert_allclose(seen.values[:, MIRROR_ORDER] * MIRROR_SIGN, other.values, atol=1e-5)
    np.testing.assert_allclose(seen.place * PLACE_SIGN, other.place, atol=1e-5)


def test_a_point_that_is_missing_has_no_place_and_no_visibility(bending: LandmarkSeries) -> None:
    xy = bending.xy_px.copy()
    xy[5, Landmark.LEFT_KNEE] = np.nan
    features = read_features(replace(bending, xy_px=xy, xyz_m=np.where(np.isnan(xy[..., :1]), np.nan, bending.xyz_m)))
    knee = point(features.values, Landmark.LEFT_KNEE)
    assert np.isnan(knee[5, :5]).all()
    assert knee[5, 5] == 0.0
    assert np.isfinite(knee[6]).all()


def test_an_unsure_point_keeps_its_place_and_its_visibility(bending: LandmarkSeries) -> None:
    features = read_features(with_hidden(bending, [Landmark.LEFT_KNEE], 0.0, 0.5))
    knee = point(features.values, Landmark.LEFT_KNEE)
    assert np.isfinite(knee).all()
    assert knee[0, 5] == pytest.approx(0.1)


def test_pictures_without_a_body_are_not_readable(bending: LandmarkSeries) -> None:
    features = read_features(without_person(bending, 1.0, 2.0))
    inside = (bending.time_s >= 1.0) & (bending.time_s < 2.0)
    assert not features.readable[inside].any()
    assert features.readable[~inside].all()


def test_without_legs_a_usual_leg_is_taken() -> None:
    assert leg_length_m(np.full((3, 33, 3), np.nan)) == pytest.approx(0.8)


def test_moments_are_read_at_true_times_whatever_the_rate() -> None:
    for time_s in (frame_times(3.0, 30.0), frame_times(3.0, 12.0), frame_times(3.0, 20.0, jitter=0.5)):
        values = np.column_stack([time_s, time_s**0]).astype(np.float32)
        read = find_moments(time_s, np.ones(len(time_s), dtype=bool), OFFSETS_S).read(values)
        # A straight line over time is read without error between pictures, and at its end past the ends.
        wanted = np.clip(time_s[:, None] + OFFSETS_S, time_s[0], time_s[-1])
        np.testing.assert_allclose(read[..., 0], wanted, atol=1e-5)


def test_nothing_is_read_across_a_pause() -> None:
    time_s = np.concatenate([np.arange(10) * 0.1, 5.0 + np.arange(10) * 0.1])
    moments = find_moments(time_s, np.ones(20, dtype=bool), OFFSETS_S)
    assert moments.lower[9].max() == 9
    assert moments.upper[9].max() == 9
    assert moments.lower[10].min() == 10


def test_a_picture_does_not_inherit_what_its_neighbour_lacks() -> None:
    values = np.array([[1.0], [np.nan]], dtype=np.float32)
    read = find_moments(np.array([0.0, 0.1]), np.ones(2, dtype=bool), (0.0,)).read(values)
    assert read[0, 0, 0] == 1.0


def test_no_readable_picture_gives_moments_of_nothing() -> None:
    moments = find_moments(np.arange(3.0), np.zeros(3, dtype=bool), OFFSETS_S)
    assert moments.lower.shape == (3, 3)
