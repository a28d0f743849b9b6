from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from posecheck.kinematics.geometry import (
    angle_at_vertex_deg,
    angle_between_deg,
    hanging_angle_deg,
    inclination_deg,
    signed_angle_deg,
    true_runs,
    unit,
)

ROUNDING_DEG = 1e-4  # arccos near 0 and 180 degrees loses half of the digits of a double

coordinate = st.floats(-2000.0, 2000.0)
angle = st.floats(-360.0, 360.0)


@st.composite
def directions(draw: st.DrawFn, dimensions: int = 2) -> np.ndarray:
    vector = np.array([draw(coordinate) for _ in range(dimensions)])
    assume(np.linalg.norm(vector) > 1.0)  # landmarks closer than a pixel have no direction
    return vector


def rotated(vector: np.ndarray, degrees: float) -> np.ndarray:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cosine, -sine], [sine, cosine]]) @ vector


def same_direction_deg(a: float, b: float) -> float:
    """Distance of two angles around the circle."""
    return abs((a - b + 180.0) % 360.0 - 180.0)


@pytest.mark.parametrize(
    ("start", "end", "expected_deg"),
    [
        ((1, 0), (0, 1), 90.0),
        ((0, 1), (1, 0), -90.0),
        ((1, 0), (-1, 0), 180.0),
        ((2, 0), (5, 0), 0.0),
        ((1, 0), (-1, -1), -135.0),
    ],
)
def test_signed_angle_is_counter_clockwise_positive(
    start: tuple[int, int], end: tuple[int, int], expected_deg: float
) -> None:
    assert signed_angle_deg(np.array(start, float), np.array(end, float)) == pytest.approx(expected_deg)


@given(directions(), directions())
def test_signed_angle_stays_within_180_degrees(a: np.ndarray, b: np.ndarray) -> None:
    assert -180.0 <= signed_angle_deg(a, b) <= 180.0


def test_an_exact_reversal_is_plus_180_degrees() -> None:
    left, right = np.array([-1.0, 0.0]), np.array([1.0, 0.0])
    assert signed_angle_deg(right, left) == 180.0
    assert signed_angle_deg(left, right) == 180.0


@given(directions(), directions(), angle)
def test_rotating_both_directions_keeps_the_signed_angle(a: np.ndarray, b: np.ndarray, turn: float) -> None:
    before, after = signed_angle_deg(a, b), signed_angle_deg(rotated(a, turn), rotated(b, turn))
    assert same_direction_deg(before, after) < ROUNDING_DEG


@given(directions(), directions(), st.floats(0.01, 100.0), st.floats(0.01, 100.0))
def test_length_does_not_matter(a: np.ndarray, b: np.ndarray, p: float, q: float) -> None:
    assert same_direction_deg(signed_angle_deg(a, b), signed_angle_deg(p * a, q * b)) < ROUNDING_DEG
    assert angle_between_deg(a, b) == pytest.approx(angle_between_deg(p * a, q * b), abs=ROUNDING_DEG)


@given(directions(), directions())
def test_a_mirror_flips_the_sign(a: np.ndarray, b: np.ndarray) -> None:
    mirror = np.array([-1.0, 1.0])
    assert same_direction_deg(signed_angle_deg(a * mirror, b * mirror), -signed_angle_deg(a, b)) < ROUNDING_DEG


@given(directions(), directions())
def test_signed_angle_has_the_size_of_the_unsigned_one(a: np.ndarray, b: np.ndarray) -> None:
    assert abs(signed_angle_deg(a, b)) == pytest.approx(angle_between_deg(a, b), abs=ROUNDING_DEG)


@given(directions(3), directions(3))
def test_unsigned_angle_is_symmetric_and_within_0_to_180(a: np.ndarray, b: np.ndarray) -> None:
    assert angle_between_deg(a, b) == pytest.approx(angle_between_deg(b, a), abs=ROUNDING_DEG)
    assert 0.0 <= angle_between_deg(a, b) <= 180.0


@given(directions(), directions(), directions())
def test_moving_all_points_keeps_the_angle_at_the_vertex(a: np.ndarray, b: np.ndarray, shift: np.ndarray) -> None:
    origin = np.zeros(2)
    before = angle_at_vertex_deg(a, origin, b)
    assert angle_at_vertex_deg(a + shift, shift, b + shift) == pytest.approx(before, abs=ROUNDING_DEG)


@given(directions(), directions())
def test_halves_of_a_straight_line_add_up_to_180_degrees(a: np.ndarray, b: np.ndarray) -> None:
    assert angle_between_deg(a, b) + angle_between_deg(-a, b) == pytest.approx(180.0, abs=ROUNDING_DEG)


def test_inclination_is_zero_upright_and_positive_towards_x() -> None:
    leaning = np.array([[0.0, 1.0], [1.0, 1.0], [-1.0, 1.0], [1.0, 0.0]])
    assert inclination_deg(leaning) == pytest.approx([0.0, 45.0, -45.0, 90.0])


def test_hanging_angle_is_zero_straight_down_and_positive_towards_x() -> None:
    hanging = np.array([[0.0, -1.0], [1.0, -1.0], [-1.0, -1.0], [1.0, 0.0]])
    assert hanging_angle_deg(hanging) == pytest.approx([0.0, 45.0, -45.0, 90.0])


@pytest.mark.parametrize("bad", [(0.0, 0.0), (np.nan, 1.0)])
def test_a_direction_without_length_or_missing_gives_nan(bad: tuple[float, float]) -> None:
    good, bad_direction = np.array([1.0, 0.0]), np.array(bad)
    for function in (angle_between_deg, signed_angle_deg):
        assert np.isnan(function(good, bad_direction))
        assert np.isnan(function(bad_direction, good))
    assert np.isnan(unit(bad_direction)).any()


@given(directions(3))
def test_unit_has_length_one_and_the_same_direction(vector: np.ndarray) -> None:
    assert np.linalg.norm(unit(vector)) == pytest.approx(1.0)
    assert angle_between_deg(unit(vector), vector) == pytest.approx(0.0, abs=ROUNDING_DEG)


@given(st.lists(st.booleans(), max_size=40))
def test_runs_cover_exactly_the_true_samples(mask: list[bool]) -> None:
    rebuilt = np.zeros(len(mask), dtype=bool)
    runs = true_runs(np.array(mask, dtype=bool))
    for first, last in runs:
        assert last > first
        rebuilt[first:last] = True
    assert rebuilt.tolist() == mask
    assert all(before[1] < after[0] for before, after in pairwise(runs))
