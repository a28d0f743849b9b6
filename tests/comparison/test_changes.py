from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import BAD_GATE, GOOD_SET_UP, from_source, trial_of

from posecheck.comparison.changes import Change, compare_blocks
from posecheck.comparison.comparability import Comparable, check_same_test, check_set_up
from posecheck.comparison.error_model import ErrorModel, OwnRepeats
from posecheck.comparison.planning import detectable_change_deg
from posecheck.comparison.verdict import Verdict
from posecheck.errors import ComparisonError
from posecheck.kinematics.joints import Side
from posecheck.language import language_set, restored, translated, with_messages
from posecheck.movements import Role
from posecheck.trial.keys import MeasureKey
from posecheck.trial.trial import SetUp, Trial

LEFT, RIGHT = Side.LEFT, Side.RIGHT
BEYOND_ONE_DEG = 1.02 * detectable_change_deg("runners-lunge", "trunk_flexion")
"""Barely more than the smallest change that one outcome can show, and less than that of three after Holm."""


def toe_touch(*hip_deg: float, **how: object) -> Trial:
    return trial_of("toe-touch", LEFT, {"hip_flexion": hip_deg}, **how)  # type: ignore[arg-type]


def lunge(side: Side, /, *, version: int | None = None, **values: float) -> Trial:
    """Three equal repetitions of each named outcome."""
    return trial_of("runners-lunge", side, {name: [value] * 3 for name, value in values.items()}, version=version)


def only(changes: tuple[Change, ...], outcome: str) -> Change:
    (found,) = [change for change in changes if change.outcome == outcome]
    return found


# Set-ups.


@pytest.mark.parametrize(
    ("other", "expected", "words"),
    [
        (GOOD_SET_UP, Comparable.YES, ""),
        (replace(GOOD_SET_UP, yaw_deg=4.9, body_size=0.62), Comparable.YES, ""),
        (replace(GOOD_SET_UP, yaw_deg=8.0), Comparable.WIDENED, "turned 8 degrees"),
        (replace(GOOD_SET_UP, body_size=0.66), Comparable.WIDENED, "size 10 % different"),
        (replace(GOOD_SET_UP, yaw_deg=25.0), Comparable.NO, "film again from the same place"),
        (replace(GOOD_SET_UP, body_size=0.35), Comparable.NO, "film again from the same place"),
        (replace(GOOD_SET_UP, facing=-1), Comparable.NO, "faces the other way"),
        (replace(GOOD_SET_UP, view="front"), Comparable.NO, "one was filmed from the side, the other from the front"),
        (replace(GOOD_SET_UP, yaw_deg=float("nan")), Comparable.WIDENED, "could not be told"),
        (replace(GOOD_SET_UP, roll_deg=1.5), Comparable.YES, ""),
        (replace(GOOD_SET_UP, roll_deg=6.0), Comparable.WIDENED, "tilted"),
        (replace(GOOD_SET_UP, roll_deg=14.0), Comparable.NO, "film again from the same place"),
        (replace(GOOD_SET_UP, roll_deg=float("nan")), Comparable.YES, ""),
    ],
)
def test_set_ups_agree_are_widened_or_refused(other: SetUp, expected: Comparable, words: str) -> None:
    comparable, reasons = check_set_up(toe_touch(80.0), toe_touch(80.0, set_up=other))
    assert comparable is expected
    assert words in "; ".join(reasons)
    assert bool(reasons) == (expected is not Comparable.YES)


LANDSCAPE, PORTRAIT = {"width_px": 1280, "height_px": 720}, {"width_px": 720, "height_px": 1280}


@pytest.mark.parametrize(
    ("size", "provenance", "expected"),
    [
        (0.6 * 720 / 1280, PORTRAIT, Comparable.YES),
        (0.6 * 720 / 1280 * 1.1, PORTRAIT, Comparable.WIDENED),
        (0.6, PORTRAIT, Comparable.NO),
        (0.6, {}, Comparable.YES),
        (0.6 * 1280 / 720 * 9 / 16, {"width_px": 1440, "height_px": 1080}, Comparable.NO),
    ],
    ids=["same place", "nearer", "much nearer", "shape not known", "4:3, zoomed in"],
)
def test_size_is_compared_relative_to_the_lens(size: float, provenance: dict[str, int], expected: Comparable) -> None:
    """A phone that is turned from landscape to portrait shows the same in other proportions."""
    first = replace(toe_touch(80.0), provenance=LANDSCAPE)
    other = replace(toe_touch(80.0, set_up=replace(GOOD_SET_UP, body_size=size)), provenance=provenance)
    assert check_set_up(first, other)[0] is expected


def test_a_moved_camera_widens_the_error_the_further_it_moved() -> None:
    per_degree = ErrorModel().of("toe-touch", "hip_flexion").per_yaw
    reaches = []
    for yaw_deg in (5.5, 8.0, 16.0):
        moved = replace(GOOD_SET_UP, yaw_deg=GOOD_SET_UP.yaw_deg + yaw_deg)
        (change,) = compare_blocks([toe_touch(80.0, 81.0)], [toe_touch(91.0, 92.0, set_up=moved)])[:1]
        assert change.difference.moved_sd_deg == pytest.approx(per_degree * (yaw_deg - 5))
        reaches.append(change.difference.mdc95_deg)
    assert sorted(reaches) == reaches
    assert len(set(reaches)) == len(reaches)
    assert change.comparable is Comparable.WIDENED
    assert "a larger error is assumed" in change.reasons[0]


@pytest.mark.parametrize("yaw_deg", [4.9, math.nan])
def test_a_camera_that_was_put_back_by_hand_or_is_not_known_adds_nothing(yaw_deg: float) -> None:
    other = replace(GOOD_SET_UP, yaw_deg=GOOD_SET_UP.yaw_deg + yaw_deg)
    (change,) = compare_blocks([toe_touch(80.0)], [toe_touch(91.0, set_up=other)])[:1]
    assert change.difference.moved_sd_deg == 0.0


def test_a_refused_set_up_gives_no_verdict_and_says_why() -> None:
    far = replace(GOOD_SET_UP, yaw_deg=30.0)
    change = only(compare_blocks([toe_touch(60.0)], [toe_touch(90.0, set_up=far)]), "hip_flexion")
    assert change.verdict is Verdict.NOT_COMPARABLE
    assert change.sentence.startswith("Toe touch: hip flexion (trunk to thigh) cannot be compared: the camera moved")


# Verdicts.


def test_a_change_beyond_the_error_is_called_larger_and_no_cause_is_named() -> None:
    change = only(compare_blocks([toe_touch(80.0, 81.0, 82.0)], [toe_touch(95.0, 96.0, 97.0)]), "hip_flexion")
    assert change.verdict is Verdict.LARGER
    assert change.difference.difference_deg == pytest.approx(15.0)
    assert not change.reasons
    assert "showed 15° more" in change.sentence
    assert "probably more than measurement error" in change.sentence
    assert "It cannot tell whether the belly pull, ordinary stretching or warming up did it." in change.sentence


def test_a_loss_beyond_the_error_is_called_larger_too() -> None:
    change = only(compare_blocks([toe_touch(96.0)], [toe_touch(76.0)]), "hip_flexion")
    assert change.verdict is Verdict.LARGER
    assert "showed 20° less" in change.sentence


def test_a_change_within_the_error_cannot_be_told_from_it() -> None:
    change = only(compare_blocks([toe_touch(80.0, 81.0, 82.0)], [toe_touch(83.0, 84.0, 85.0)]), "hip_flexion")
    assert change.verdict is Verdict.NOT_DISTINGUISHABLE
    assert "cannot be told from measurement error. That the range grew at all is likely (" in change.sentence
    assert 0.66 < change.difference.chance_larger < 0.975


def test_a_change_that_surely_is_small_is_called_small_and_not_none() -> None:
    """Many takes, so that the whole interval lies within 5 degrees."""
    change = only(compare_blocks([toe_touch(80.0, 81.0)] * 8, [toe_touch(81.0, 82.0)] * 8), "hip_flexion")
    assert change.verdict is Verdict.SMALL
    assert change.sentence.endswith("Whatever it did, it changed by less than 5° either way.")
    narrower = only(
        compare_blocks([toe_touch(80.0, 81.0)] * 8, [toe_touch(81.0, 82.0)] * 8, limit_deg=1.5), "hip_flexion"
    )
    assert narrower.verdict is Verdict.NOT_DISTINGUISHABLE


def test_nothing_is_called_small_where_something_stands_against_it() -> None:
    rejected = [toe_touch(81.0, 82.0)] * 7 + [toe_touch(81.0, 82.0, gates=(BAD_GATE,))]
    change = only(compare_blocks([toe_touch(80.0, 81.0)] * 8, rejected), "hip_flexion")
    assert change.verdict is Verdict.NOT_DISTINGUISHABLE
    assert "re-test, take 8: Turned by 30 degrees." in change.reasons


@given(st.floats(20, 140), st.floats(-60, 60))
def test_nobody_is_ever_told_that_nothing_changed(start_deg: float, change_deg: float) -> None:
    (change,) = [
        item
        for item in compare_blocks([toe_touch(start_deg)], [toe_touch(start_deg + change_deg)])
        if item.outcome == "hip_flexion"
    ]
    assert "no change" not in change.sentence.lower()
    assert "nan" not in change.sentence.lower()
    assert (change.verdict is Verdict.LARGER) == (abs(change_deg) > change.difference.mdc95_deg)


def test_no_verdict_is_called_no_change() -> None:
    assert not any("no change" in verdict for verdict in Verdict)


def test_a_value_and_its_limit_never_look_equal_in_words() -> None:
    limit = detectable_change_deg("toe-touch", "hip_flexion", repetitions=1)
    for more in (0.12, 0.3, 0.6):
        change = only(compare_blocks([toe_touch(80.0)], [toe_touch(80.0 + limit + more)]), "hip_flexion")
        assert change.verdict is Verdict.LARGER
        digits = 1 if round(limit) == round(limit + more) else 0
        said, smallest = f"{limit + more:.{digits}f}", f"{limit:.{digits}f}"
        assert said != smallest
        assert f"{said}° more" in change.sentence
        assert f"set-up can detect is {smallest}°" in change.sentence


@pytest.mark.parametrize(
    ("yaw_deg", "words"), [(0.0, "putting you and the camera back in place"), (19.0, "the camera moved")]
)
def test_the_sentence_says_where_most_of_the_error_comes_from(yaw_deg: float, words: str) -> None:
    moved = replace(GOOD_SET_UP, yaw_deg=GOOD_SET_UP.yaw_deg + yaw_deg)
    change = only(compare_blocks([toe_touch(80.0)], [toe_touch(83.0, set_up=moved)]), "hip_flexion")
    assert words in change.sentence


@pytest.mark.parametrize("block", ["pre-test", "re-test"])
def test_a_rejected_recording_in_either_block_is_no_real_change(block: str) -> None:
    before = toe_touch(70.0, gates=(BAD_GATE,)) if block == "pre-test" else toe_touch(70.0)
    after = toe_touch(95.0, gates=(BAD_GATE,)) if block == "re-test" else toe_touch(95.0)
    change = only(compare_blocks([before], [after]), "hip_flexion")
    assert change.verdict is Verdict.NOT_DISTINGUISHABLE
    assert change.reasons == (f"{block}: Turned by 30 degrees.",)
    assert "but it does not count" in change.sentence


@pytest.mark.parametrize(("after_deg", "verdict"), [(4.0, Verdict.LARGER), (8.0, Verdict.NOT_DISTINGUISHABLE)])
def test_a_different_technique_is_no_real_change(after_deg: float, verdict: Verdict) -> None:
    before = toe_touch(70.0, compensation={"knee_bend": 0.0})
    after = toe_touch(95.0, compensation={"knee_bend": after_deg})
    change = only(compare_blocks([before], [after]), "hip_flexion")
    assert change.verdict is verdict
    if verdict is not Verdict.LARGER:
        assert change.reasons == ("done differently: bent knee 8 degrees more in the re-test",)


def test_a_compensation_that_need_not_match_does_not_stop_a_change() -> None:
    before = toe_touch(70.0, compensation={"heel_lift": 0.0})
    after = toe_touch(95.0, compensation={"heel_lift": 14.0})
    assert only(compare_blocks([before], [after]), "hip_flexion").verdict is Verdict.LARGER


def test_drift_from_pre_test_to_baseline_is_no_real_change() -> None:
    """The own repeats of earlier sessions were close, so that one drift does not simply make this person a noisy one."""
    close = OwnRepeats(20, 20.0)
    changes = compare_blocks([toe_touch(70.0)], [toe_touch(105.0)], baseline=[toe_touch(85.0)], earlier=close)
    change = only(changes, "hip_flexion")
    assert change.verdict is Verdict.NOT_DISTINGUISHABLE
    assert "changed by +15 degrees from pre-test to baseline with nothing done in between" in change.reasons[0]


def test_with_a_baseline_the_change_is_counted_from_the_baseline() -> None:
    change = only(compare_blocks([toe_touch(80.0)], [toe_touch(100.0)], baseline=[toe_touch(84.0)]), "hip_flexion")
    assert change.difference.difference_deg == pytest.approx(16.0)
    assert change.pre.mean_deg == 84.0
    assert change.verdict is Verdict.LARGER


def test_an_outcome_that_was_not_measured_is_not_comparable() -> None:
    trunk = only(compare_blocks([toe_touch(80.0)], [toe_touch(95.0)]), "trunk_flexion")
    assert trunk.verdict is Verdict.NOT_COMPARABLE
    assert trunk.reasons == ("it could not be measured in both recordings",)
    assert math.isnan(trunk.difference.difference_deg)
    assert "nan" not in trunk.sentence.replace("trunk", "")


def test_context_outcomes_are_never_judged() -> None:
    values = {"hip_flexion": [80.0], "fingertip_to_floor": [30.0]}
    before, after = (trial_of("toe-touch", LEFT, values) for _ in range(2))
    assert {change.outcome for change in compare_blocks([before], [after])} == {"hip_flexion", "trunk_flexion"}


def test_holm_corrects_secondary_outcomes_and_leaves_primary_ones() -> None:
    still = {"hip_flexion": 95.0, "front_knee_flexion": 80.0, "rear_knee_flexion": 10.0}
    before = lunge(LEFT, hip_extension=10.0, trunk_flexion=10.0, **still)
    after = lunge(LEFT, hip_extension=10.0 + BEYOND_ONE_DEG, trunk_flexion=10.0 + BEYOND_ONE_DEG, **still)
    changes = compare_blocks([before], [after])
    assert only(changes, "hip_extension").verdict is Verdict.LARGER
    trunk = only(changes, "trunk_flexion")
    assert trunk.role is Role.SECONDARY
    assert trunk.difference.p_value < 0.05
    assert trunk.verdict is Verdict.NOT_DISTINGUISHABLE
    assert trunk.reasons == ("one of 3 secondary outcomes: not beyond error after Holm's correction",)


def test_a_secondary_outcome_alone_needs_no_correction() -> None:
    before, after = lunge(LEFT, trunk_flexion=10.0), lunge(LEFT, trunk_flexion=10.0 + BEYOND_ONE_DEG)
    assert only(compare_blocks([before], [after]), "trunk_flexion").verdict is Verdict.LARGER


def test_naming_one_primary_outcome_makes_all_others_secondary() -> None:
    before = lunge(LEFT, hip_extension=10.0, hip_flexion=90.0)
    after = lunge(LEFT, hip_extension=10.0 + BEYOND_ONE_DEG, hip_flexion=90.0 + BEYOND_ONE_DEG)
    others = (lunge(RIGHT, hip_extension=10.0, hip_flexion=90.0),) * 2
    primary = MeasureKey("runners-lunge", LEFT, "hip_extension")
    changes = compare_blocks([before, others[0]], [after, others[1]], primary=primary)
    roles = {(item.tested_side, item.outcome): item.role for item in changes if item.pre.repetitions}
    assert [key for key, role in roles.items() if role is Role.PRIMARY] == [(LEFT, "hip_extension")]
    named = next(item for item in changes if item.role is Role.PRIMARY)
    assert named.verdict is Verdict.LARGER
    assert named.headline
    other = next(item for item in changes if (item.tested_side, item.outcome) == (LEFT, "hip_flexion"))
    assert other.verdict is Verdict.NOT_DISTINGUISHABLE


def test_the_front_hip_is_named_after_the_other_side() -> None:
    changes = compare_blocks([lunge(LEFT, hip_flexion=90.0)], [lunge(LEFT, hip_flexion=120.0)])
    front = only(changes, "hip_flexion")
    assert (front.tested_side, front.side) == (LEFT, RIGHT)
    assert front.sentence.startswith("Runner's lunge, right: hip flexion, front leg showed 30° more")


# What is refused.


def test_another_movement_version_side_or_person_is_refused() -> None:
    one = lunge(LEFT, hip_extension=10.0)
    with pytest.raises(ComparisonError, match="'runners-lunge' and re-test is 'toe-touch'"):
        check_same_test(one, toe_touch(80.0))
    with pytest.raises(ComparisonError, match=r"version 8 of the test and 9.*again"):
        check_same_test(lunge(LEFT, version=8, hip_extension=10.0), lunge(LEFT, version=9, hip_extension=10.0))
    with pytest.raises(ComparisonError, match="of the left side, the re-test of the right side"):
        check_same_test(one, lunge(RIGHT, hip_extension=10.0))
    with pytest.raises(ComparisonError, match=r"'Ann' and re-test of 'Bob'"):
        check_same_test(toe_touch(80.0, person_name="Ann"), toe_touch(80.0, person_name="Bob"))


def test_an_unnamed_person_compares_with_a_named_one() -> None:
    check_same_test(toe_touch(80.0, person_name="Ann"), toe_touch(80.0))
    check_same_test(toe_touch(80.0, person_name="Ann"), toe_touch(80.0, person_name="Ann"))


def test_blocks_of_different_people_or_versions_are_refused() -> None:
    with pytest.raises(ComparisonError, match="compared within one person only"):
        compare_blocks([toe_touch(80.0, person_name="Ann")], [toe_touch(80.0, person_name="Bob")])
    with pytest.raises(ComparisonError, match="version"):
        compare_blocks([toe_touch(80.0)], [toe_touch(80.0, version=9)])


def test_blocks_with_nothing_in_common_say_what_is_in_each() -> None:
    with pytest.raises(ComparisonError, match=r"Before: Runner's lunge, left\. Re-test: Runner's lunge, right\."):
        compare_blocks([lunge(LEFT, hip_extension=10.0)], [lunge(RIGHT, hip_extension=10.0)])


def test_takes_of_different_versions_in_one_block_are_refused() -> None:
    with pytest.raises(
        ComparisonError, match="the re-test holds takes of 'Toe touch' that were measured with versions"
    ):
        compare_blocks([toe_touch(80.0)], [toe_touch(80.0), toe_touch(81.0, version=9)])


def test_one_recording_cannot_count_as_two_takes_but_two_parts_of_a_video_can() -> None:
    first = replace(toe_touch(80.0), provenance={"video_sha256": "a1"})
    with pytest.raises(ComparisonError, match="the re-test holds the same recording of 'Toe touch' twice"):
        compare_blocks([toe_touch(80.0)], [first, first])
    later = replace(first, repetitions=tuple(replace(item, start_s=item.start_s + 60) for item in first.repetitions))
    assert compare_blocks([toe_touch(80.0)], [first, later])[0].retest.repetitions == 2


def test_only_tests_in_both_blocks_are_compared() -> None:
    changes = compare_blocks([toe_touch(80.0), lunge(LEFT, hip_extension=10.0)], [toe_touch(80.0)])
    assert {change.movement for change in changes} == {"toe-touch"}


def test_what_was_measured_from_different_sources_is_not_compared() -> None:
    pre, retest = from_source(toe_touch(80.0, 80.0, 80.0), "image"), from_source(toe_touch(95.0, 95.0, 95.0), "world")
    changes = compare_blocks([pre], [retest])
    assert {change.verdict for change in changes if change.pre.repetitions} == {Verdict.NOT_COMPARABLE}
    assert "one was measured from the source 'image', the other from 'world'" in changes[0].sentence


# Several takes.


def test_all_takes_of_a_block_count_each_alike() -> None:
    change = only(compare_blocks([toe_touch(80.0, 82.0), toe_touch(85.0)], [toe_touch(95.0)]), "hip_flexion")
    assert change.pre.mean_deg == pytest.approx((81.0 + 85.0) / 2)
    assert [take.mean_deg for take in change.pre.takes] == [81.0, 85.0]
    assert change.pre.repetitions == 3
    assert change.difference.difference_deg == pytest.approx(12.0)


def test_a_take_in_which_the_outcome_was_not_measured_does_not_count() -> None:
    trunk_only = trial_of("toe-touch", LEFT, {"trunk_flexion": [50.0]})
    change = only(compare_blocks([toe_touch(80.0), trunk_only], [toe_touch(95.0)]), "hip_flexion")
    assert len(change.pre.takes) == 1
    assert change.difference.difference_deg == pytest.approx(15.0)


def test_more_takes_detect_a_smaller_change() -> None:
    one = only(compare_blocks([toe_touch(80.0, 81.0)], [toe_touch(85.0, 86.0)]), "hip_flexion")
    two = only(compare_blocks([toe_touch(80.0, 81.0)] * 2, [toe_touch(85.0, 86.0)] * 2), "hip_flexion")
    assert two.difference.mdc95_deg < one.difference.mdc95_deg / 1.3


def test_takes_that_disagree_are_named_with_the_likely_cause() -> None:
    moved = replace(GOOD_SET_UP, yaw_deg=GOOD_SET_UP.yaw_deg + 9.0)
    apart = [toe_touch(80.0), toe_touch(95.0, set_up=moved)]
    change = only(compare_blocks(apart, [toe_touch(85.0)]), "hip_flexion")
    (words,) = [reason for reason in change.reasons if "apart" in reason]
    assert words.startswith("the 2 takes of the pre-test lie 15 degrees apart, more than is expected: the camera moved")
    assert words.endswith("If one of them is wrong, leave it out")
    assert not any(
        "apart" in reason for item in compare_blocks([toe_touch(80.0)] * 2, apart[:1]) for reason in item.reasons
    )


def test_takes_from_another_place_within_a_block_are_not_compared() -> None:
    front = toe_touch(80.0, set_up=replace(GOOD_SET_UP, view="front"))
    change = only(compare_blocks([toe_touch(80.0), front], [toe_touch(95.0)]), "hip_flexion")
    assert change.verdict is Verdict.NOT_COMPARABLE
    assert "one was filmed from the front, the other from the side" in change.sentence


# Many measures at once.


def two_lunges(change_deg: float) -> tuple[list[Trial], list[Trial]]:
    """Four main measures of which one changes."""
    still = lunge(RIGHT, hip_extension=10.0, hip_flexion=90.0)
    before = [lunge(LEFT, hip_extension=10.0, hip_flexion=90.0), still]
    return before, [lunge(LEFT, hip_extension=10.0 + change_deg, hip_flexion=90.0), still]


def test_one_of_many_main_measures_just_beyond_its_error_is_no_headline_unless_it_was_named() -> None:
    limit = detectable_change_deg("runners-lunge", "hip_extension")
    before, after = two_lunges(1.05 * limit)
    among = next(item for item in compare_blocks(before, after) if item.outcome == "hip_extension")
    assert among.verdict is Verdict.LARGER
    assert not among.headline
    assert not among.stands_out
    assert "one of 4 main measures, none of which was named before" in among.reasons[0]
    assert "by itself it is more than measurement error" in among.sentence
    named = compare_blocks(before, after, primary=MeasureKey("runners-lunge", LEFT, "hip_extension"))
    assert next(item for item in named if item.role is Role.PRIMARY).headline


def test_one_of_many_main_measures_far_beyond_its_error_is_the_headline() -> None:
    changes = compare_blocks(*two_lunges(2 * detectable_change_deg("runners-lunge", "hip_extension")))
    assert [item.outcome for item in changes if item.headline] == ["hip_extension"]


# A person's own repeats.


def test_a_baseline_that_differs_widens_the_error_and_one_that_agrees_narrows_it() -> None:
    def reach(baseline_deg: float) -> float:
        changes = compare_blocks([toe_touch(80.0)], [toe_touch(90.0)], baseline=[toe_touch(baseline_deg)])
        return only(changes, "hip_flexion").difference.mdc95_deg

    alone = only(compare_blocks([toe_touch(80.0)], [toe_touch(90.0)]), "hip_flexion").difference.mdc95_deg
    assert reach(80.0) < alone < reach(88.0)


def test_repeats_of_earlier_sessions_count_too() -> None:
    def reach(earlier: OwnRepeats) -> float:
        return compare_blocks([toe_touch(80.0)], [toe_touch(90.0)], earlier=earlier)[0].difference.mdc95_deg

    assert reach(OwnRepeats(10, 2.0)) < reach(OwnRepeats()) < reach(OwnRepeats(10, 40.0))


# In another language.


def test_a_change_that_was_stored_is_said_in_the_readers_language() -> None:
    change = only(compare_blocks([toe_touch(80.0, 81, 82)], [toe_touch(95.5, 96, 97)]), "hip_flexion")
    stored = json.loads(json.dumps(with_messages({"sentence": change.sentence})))
    with language_set("de"):
        said = translated(restored(stored)["sentence"])
    assert said.startswith("Vorbeuge: Hüftbeugung (Rumpf zum Oberschenkel) zeigte 15° mehr (wahrscheinlich ")
    assert "Die kleinste Änderung" in said


def test_a_side_stands_in_the_sentence_as_the_language_has_it() -> None:
    changes = compare_blocks([lunge(LEFT, hip_extension=5.0)], [lunge(LEFT, hip_extension=25.0)])
    sentence = only(changes, "hip_extension").sentence
    for code, start in (
        ("de", "Läufer-Ausfallschritt, links: Hüftstreckung"),
        ("es", "Zancada de corredor, lado izquierdo: extensión"),
        ("fr", "Fente du coureur, côté gauche\N{NARROW NO-BREAK SPACE}: extension"),
    ):
        with language_set(code):
            assert translated(sentence).startswith(start)
