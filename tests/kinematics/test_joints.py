from __future__ import annotations

import numpy as np
import pytest

from posecheck.kinematics.joints import ANGLES, AngleDefinition, Plane, Side, mark_of, trunk_direction
from posecheck.pose.landmarks import LANDMARK_COUNT, LEFT_RIGHT_PAIRS, SWAPPED_ORDER, Landmark

EXACT_DEG = 1e-6  # hand-made points: nothing but rounding

STANDING = {
    "shoulder": (0.0, 1.5),
    "hip": (0.0, 1.0),
    "knee": (0.0, 0.5),
    "ankle": (0.0, 0.0),
    "heel": (-0.05, -0.05),
    "foot_index": (0.2, -0.05),
    "index": (0.0, 0.9),
}
"""Side view, x forward, y up: both sides in one place."""


class Points:
    """One frame of hand-placed points in body-plane coordinates, both sides alike unless one is named."""

    def __init__(self, **changed: tuple[float, float]) -> None:
        self._where = np.full((1, LANDMARK_COUNT, 2), np.nan)
        for part, where in STANDING.items():
            for side in Side:
                self._where[0, mark_of(part, side)] = where
        for name, where in changed.items():
            self._where[0, Landmark[name.upper()]] = where

    def __call__(self, mark: Landmark) -> np.ndarray:
        return self._where[:, mark]


FRONT = {  # x to the person's right
    "left_hip": (-0.1, 1.0),
    "right_hip": (0.1, 1.0),
    "left_knee": (-0.1, 0.5),
    "right_knee": (0.1, 0.5),
    "left_ankle": (-0.1, 0.0),
    "right_ankle": (0.1, 0.0),
    "left_shoulder": (-0.2, 1.5),
    "right_shoulder": (0.2, 1.5),
}


def degrees(name: str, points: Points, side: Side = Side.LEFT) -> float:
    return float(ANGLES[name].compute(points, side)[0])


SAGITTAL_ZERO = [
    "hip_flexion",
    "knee_flexion",
    "thigh_inclination",
    "shank_inclination",
    "trunk_flexion",
    "leg_inclination",
    "heel_raise",
    "thigh_out_of_plane",
]
FRONTAL_ZERO = [
    "hip_abduction",
    "leg_abduction",
    "pelvic_hip_abduction",
    "trunk_lateral_flexion",
    "pelvic_obliquity",
    "shoulder_rotation",
    "trunk_out_of_plane",
]


@pytest.mark.parametrize("name", SAGITTAL_ZERO)
@pytest.mark.parametrize("side", Side)
def test_upright_standing_is_zero_in_the_side_view(name: str, side: Side) -> None:
    assert degrees(name, Points(), side) == pytest.approx(0.0, abs=EXACT_DEG)


@pytest.mark.parametrize("name", FRONTAL_ZERO)
@pytest.mark.parametrize("side", Side)
def test_upright_standing_is_zero_in_the_front_view(name: str, side: Side) -> None:
    assert degrees(name, Points(**FRONT), side) == pytest.approx(0.0, abs=EXACT_DEG)


def test_every_angle_has_its_zero_tested() -> None:
    assert set(SAGITTAL_ZERO) | set(FRONTAL_ZERO) | {"fingertip_height", "foot_turn_out"} == set(ANGLES)


@pytest.mark.parametrize(("side", "to_the_right"), [(Side.LEFT, -1.0), (Side.RIGHT, 1.0)])
def test_a_foot_seen_from_above_is_turned_out_away_from_the_body(side: Side, to_the_right: float) -> None:
    straight = Points(**{f"{side}_heel": (0.1, 0.0), f"{side}_foot_index": (0.1, 0.2)})
    outward = Points(**{f"{side}_heel": (0.1, 0.0), f"{side}_foot_index": (0.1 + 0.2 * to_the_right, 0.2)})
    assert degrees("foot_turn_out", straight, side) == pytest.approx(0.0, abs=EXACT_DEG)
    assert degrees("foot_turn_out", outward, side) == pytest.approx(45.0, abs=EXACT_DEG)


@pytest.mark.parametrize(
    ("name", "changed", "expected_deg"),
    [
        ("hip_flexion", {"left_knee": (0.5, 1.0)}, 90.0),
        ("hip_flexion", {"left_knee": (-0.5, 0.5)}, -45.0),
        ("hip_flexion", {"left_shoulder": (0.5, 1.0), "right_shoulder": (0.5, 1.0)}, 90.0),
        ("knee_flexion", {"left_ankle": (-0.5, 0.5)}, 90.0),
        ("thigh_inclination", {"left_knee": (0.5, 0.5)}, 45.0),
        ("shank_inclination", {"left_ankle": (-0.5, 0.0)}, -45.0),
        ("leg_inclination", {"left_ankle": (0.1, 0.0)}, np.degrees(np.arctan(0.1))),
        ("trunk_flexion", {"left_shoulder": (0.5, 1.5), "right_shoulder": (0.5, 1.5)}, 45.0),
        ("trunk_flexion", {"left_shoulder": (-0.5, 1.5), "right_shoulder": (-0.5, 1.5)}, -45.0),
        ("heel_raise", {"left_heel": (-0.05, 0.2)}, 45.0),
    ],
)
def test_sagittal_angles_have_the_sign_that_their_words_give(
    name: str, changed: dict[str, tuple[float, float]], expected_deg: float
) -> None:
    assert degrees(name, Points(**changed)) == pytest.approx(expected_deg, abs=EXACT_DEG)


@pytest.mark.parametrize("name", ["hip_abduction", "leg_abduction", "pelvic_hip_abduction"])
@pytest.mark.parametrize(("side", "outward"), [(Side.LEFT, -1.0), (Side.RIGHT, 1.0)])
def test_abduction_is_positive_outward_on_both_sides(name: str, side: Side, outward: float) -> None:
    out = {f"{side}_knee": (outward * 0.6, 0.5), f"{side}_ankle": (outward * 1.1, 0.0)}
    across = {f"{side}_knee": (outward * -0.4, 0.5), f"{side}_ankle": (outward * -0.9, 0.0)}
    assert degrees(name, Points(**{**FRONT, **out}), side) == pytest.approx(45.0, abs=EXACT_DEG)
    assert degrees(name, Points(**{**FRONT, **across}), side) == pytest.approx(-45.0, abs=EXACT_DEG)


def test_trunk_lateral_flexion_is_positive_to_the_right() -> None:
    leaning = {**FRONT, "left_shoulder": (0.3, 1.5), "right_shoulder": (0.7, 1.5)}
    assert degrees("trunk_lateral_flexion", Points(**leaning)) == pytest.approx(45.0, abs=EXACT_DEG)


def test_pelvic_obliquity_is_positive_with_the_right_side_up() -> None:
    tilted = {**FRONT, "right_hip": (0.1, 1.2)}
    assert degrees("pelvic_obliquity", Points(**tilted)) == pytest.approx(45.0, abs=EXACT_DEG)


@pytest.mark.parametrize(("side", "expected_deg"), [(Side.LEFT, 10.0), (Side.RIGHT, -10.0)])
def test_abduction_against_the_pelvis_moves_with_a_tilted_pelvis(side: Side, expected_deg: float) -> None:
    """The right hip goes up by 10 degrees, both legs hang straight: the right one is adducted against the pelvis."""
    rise = 0.1 * np.tan(np.radians(10.0))
    hips = {"left_hip": (-0.1, 1.0 - rise), "right_hip": (0.1, 1.0 + rise)}
    assert degrees("pelvic_hip_abduction", Points(**{**FRONT, **hips}), side) == pytest.approx(expected_deg)
    assert degrees("hip_abduction", Points(**{**FRONT, **hips}), side) == pytest.approx(0.0, abs=EXACT_DEG)


def test_fingertip_height_is_zero_at_the_floor_and_in_percent_of_the_leg() -> None:
    assert degrees("fingertip_height", Points(left_index=(0.3, -0.05))) == pytest.approx(0.0, abs=1e-9)
    assert degrees("fingertip_height", Points(left_index=(0.3, 0.2))) == pytest.approx(25.0)


def test_out_of_plane_angle_comes_from_the_apparent_length() -> None:
    lengths = np.concatenate([np.full(19, 0.5), [0.5 * np.cos(np.radians(30.0))]])
    hip = np.zeros((20, 2))
    knee = np.stack([np.zeros(20), -lengths], axis=1)

    def points(mark: Landmark) -> np.ndarray:
        return hip if mark is Landmark.LEFT_HIP else knee

    angle = ANGLES["thigh_out_of_plane"].compute(points, Side.LEFT)
    assert angle[:19] == pytest.approx(np.zeros(19), abs=EXACT_DEG)
    assert angle[19] == pytest.approx(30.0)


@pytest.mark.parametrize("definition", ANGLES.values(), ids=ANGLES.keys())
@pytest.mark.parametrize("side", Side)
def test_an_angle_rests_on_the_landmarks_it_names_and_no_others(definition: AngleDefinition, side: Side) -> None:
    base = Points(**FRONT)
    asked: set[Landmark] = set()

    def watched(mark: Landmark) -> np.ndarray:
        asked.add(mark)
        return base(mark)

    definition.compute(watched, side)
    assert asked == set(definition.landmarks(side))


@pytest.mark.parametrize("definition", ANGLES.values(), ids=ANGLES.keys())
def test_an_angle_says_why_a_view_cannot_show_it(definition: AngleDefinition) -> None:
    for plane in Plane:
        reason = definition.why_not(plane)
        assert (reason is None) == (plane in definition.planes)
        if reason is not None and not definition.planes:
            assert definition.title in reason
            assert "only between points in space" in reason
        elif reason is not None:
            needed = "front" if plane is Plane.SAGITTAL else "side"
            assert definition.title in reason
            assert f"Film from the {needed}" in reason


def test_columns_name_side_and_unit() -> None:
    assert ANGLES["hip_flexion"].column(Side.LEFT) == "left_hip_flexion_deg"
    assert ANGLES["trunk_flexion"].column() == "trunk_flexion_deg"
    assert ANGLES["fingertip_height"].column(Side.RIGHT) == "right_fingertip_height_pct"


def test_the_trunk_goes_from_the_middle_of_the_hips_to_the_middle_of_the_shoulders() -> None:
    uneven = Points(**{**FRONT, "left_shoulder": (0.0, 1.7), "right_shoulder": (0.4, 1.5)})
    assert trunk_direction(uneven)[0] == pytest.approx([0.2, 0.6])


def test_sides_are_each_others_other() -> None:
    assert Side.LEFT.other is Side.RIGHT
    assert Side.RIGHT.other is Side.LEFT


def test_exchanging_left_and_right_twice_changes_nothing() -> None:
    assert SWAPPED_ORDER[SWAPPED_ORDER].tolist() == list(range(LANDMARK_COUNT))
    assert len(LEFT_RIGHT_PAIRS) == 16
    assert SWAPPED_ORDER[Landmark.NOSE] == Landmark.NOSE
    for left, right in LEFT_RIGHT_PAIRS:
        assert SWAPPED_ORDER[left] == right
