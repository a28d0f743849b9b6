from __future__ import annotations

from dataclasses import replace

import pytest
from synthetic import BAD_GATE, GOOD_SET_UP, from_source, trial_of

from posecheck.comparison.comparability import Comparable
from posecheck.comparison.sides import compare_sides
from posecheck.comparison.verdict import Verdict
from posecheck.kinematics.joints import Side
from posecheck.trial.trial import Trial

LEFT, RIGHT = Side.LEFT, Side.RIGHT


def lunge(side: Side, **values: float) -> Trial:
    """Three equal repetitions of each named outcome."""
    return trial_of("runners-lunge", side, {name: [value] * 3 for name, value in values.items()})


def test_a_side_difference_is_right_minus_left() -> None:
    trials = [lunge(RIGHT, hip_extension=24.0), lunge(LEFT, hip_extension=10.0)]
    (difference,) = compare_sides(trials, "pre-test")
    assert difference.difference.difference_deg == pytest.approx(14.0)
    assert (difference.left.mean_deg, difference.right.mean_deg) == (10.0, 24.0)
    assert difference.phase == "pre-test"
    assert difference.verdict is Verdict.LARGER
    assert "14° larger on the right" in difference.sentence
    assert "no cause for concern" in difference.sentence


def test_a_smaller_right_side_is_a_negative_difference() -> None:
    (difference,) = compare_sides([lunge(LEFT, hip_extension=14.0), lunge(RIGHT, hip_extension=10.0)], "re-test")
    assert difference.difference.difference_deg == pytest.approx(-4.0)
    assert difference.verdict is Verdict.NOT_DISTINGUISHABLE
    assert "4° larger on the left" in difference.sentence
    assert difference.sentence.endswith("not distinguishable from measurement error.")


def test_the_front_hips_of_two_lunges_are_compared_under_their_own_side() -> None:
    """With the left leg behind, the front hip is the right one."""
    (difference,) = compare_sides([lunge(LEFT, hip_flexion=100.0), lunge(RIGHT, hip_flexion=90.0)], "pre-test")
    assert (difference.left.mean_deg, difference.right.mean_deg) == (90.0, 100.0)
    assert difference.difference.difference_deg == pytest.approx(10.0)


def test_the_trunk_is_compared_under_the_tested_side() -> None:
    trials = [
        trial_of("crossover", side, {"trunk_lateral_flexion": [deg]}) for side, deg in ((LEFT, 18.0), (RIGHT, 22.0))
    ]
    (difference,) = compare_sides(trials, "pre-test")
    assert difference.difference.difference_deg == pytest.approx(4.0)


def test_sides_may_be_filmed_facing_either_way() -> None:
    other_way = replace(lunge(RIGHT, hip_extension=30.0), set_up=replace(GOOD_SET_UP, facing=-1))
    (difference,) = compare_sides([lunge(LEFT, hip_extension=10.0), other_way], "pre-test")
    assert difference.comparable is Comparable.YES
    assert difference.verdict is Verdict.LARGER


def test_a_rejected_side_is_no_real_difference() -> None:
    rejected = replace(lunge(RIGHT, hip_extension=40.0), gates=(BAD_GATE,))
    (difference,) = compare_sides([lunge(LEFT, hip_extension=10.0), rejected], "pre-test")
    assert difference.verdict is Verdict.NOT_DISTINGUISHABLE
    assert difference.reasons == ("right side: Turned by 30 degrees.",)


def test_one_side_alone_and_tests_without_sides_give_no_side_difference() -> None:
    assert (
        compare_sides(
            [lunge(LEFT, hip_extension=10.0), trial_of("toe-touch", LEFT, {"hip_flexion": [80.0]})], "pre-test"
        )
        == ()
    )


def test_sides_that_are_not_comparable_say_so_and_why() -> None:
    far = replace(lunge(RIGHT, hip_extension=30.0), set_up=replace(GOOD_SET_UP, yaw_deg=40.0))
    (difference,) = compare_sides([lunge(LEFT, hip_extension=10.0), far], "pre-test")
    assert difference.verdict is Verdict.NOT_COMPARABLE
    assert "cannot be compared" in difference.sentence
    assert "the camera moved" in difference.sentence


def test_sides_that_were_measured_from_different_sources_are_not_compared() -> None:
    left = from_source(lunge(LEFT, hip_extension=10.0), "image")
    right = from_source(lunge(RIGHT, hip_extension=24.0), "world")
    (difference,) = compare_sides([left, right], "pre-test")
    assert difference.verdict is Verdict.NOT_COMPARABLE
    assert "one was measured from the source 'image', the other from 'world'" in difference.sentence
