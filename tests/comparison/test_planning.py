from __future__ import annotations

import math

import pytest
from synthetic import trial_of

from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.planning import chance_to_find, detectable_change_deg, plan_words, planned_difference
from posecheck.kinematics.joints import Side
from posecheck.movements import load_movement

TEST = ("toe-touch", "hip_flexion")


def test_a_plan_is_what_a_session_then_gets() -> None:
    """With repetitions that differ just as expected, the same error as after filming."""
    from posecheck.comparison.priors import priors_of

    spread = priors_of(*TEST).repetition.sd_deg
    take = trial_of("toe-touch", Side.LEFT, {"hip_flexion": [80.0 - spread, 80.0, 80.0 + spread]})
    change = next(item for item in compare_blocks([take], [take]) if item.outcome == "hip_flexion")
    assert detectable_change_deg(*TEST) == pytest.approx(change.difference.mdc95_deg)


def test_more_takes_and_repetitions_detect_less_and_takes_bring_more() -> None:
    one, two = detectable_change_deg(*TEST), detectable_change_deg(*TEST, 2, 2)
    assert two < one
    assert two < detectable_change_deg(*TEST, 1, 2) < one
    assert two < detectable_change_deg(*TEST, repetitions=6) < one


@pytest.mark.parametrize("numbers", [(0, 1, 3), (1, 0, 3), (1, 1, 0)])
def test_a_plan_without_takes_or_repetitions_is_refused(numbers: tuple[int, int, int]) -> None:
    before, after, repetitions = numbers
    with pytest.raises(ValueError, match="at least one take"):
        planned_difference(*TEST, before, after, repetitions=repetitions)


def test_half_of_all_changes_as_large_as_the_smallest_detectable_one_are_found() -> None:
    plan = planned_difference(*TEST)
    assert chance_to_find(plan.mdc95_deg, plan) == pytest.approx(0.5, abs=0.01)
    assert chance_to_find(0.0, plan) == pytest.approx(0.05, abs=0.001)
    assert chance_to_find(-3 * plan.mdc95_deg, plan) > 0.99


def test_a_test_says_what_it_can_tell_and_what_one_more_take_brings() -> None:
    one, two = (math.ceil(2 * detectable_change_deg(*TEST, takes, takes)) / 2 for takes in (1, 2))
    words = plan_words(load_movement("toe-touch"), 1, 1)
    assert words == f"With one take before and after, changes of {one:g}° or more show; with two, {two:g}°."
    assert plan_words(load_movement("toe-touch"), 2, 1).startswith("With two takes before and one after, changes of ")
