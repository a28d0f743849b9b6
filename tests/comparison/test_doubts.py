"""A hold that was nearly all filled in gives no verdict, and an angle that may be wrong is told with its change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_report import JPEG, made
from synthetic import trial_of

from posecheck.comparison.changes import Change, compare_blocks
from posecheck.comparison.doubts import NEARLY_ALL_FILLED
from posecheck.comparison.sides import compare_sides
from posecheck.comparison.verdict import Verdict
from posecheck.kinematics.joints import Side
from posecheck.output.report.data import ReportData, ReportTrial
from posecheck.output.report.sections import summarise
from posecheck.trial.quality import GateStatus, QualityGate
from posecheck.trial.trial import Trial, trial_from_dict, trial_to_dict

TURNED = QualityGate("yaw", "Camera angle", GateStatus.WARN, 24.0, "deg", "The person is turned 24 degrees.")
DARK = QualityGate("light", "Light", GateStatus.WARN, 40.0, "grey level", "It is dark.")


def toe_touch(hip_deg: float, **outcome: object) -> Trial:
    trial = trial_of("toe-touch", Side.LEFT, {"hip_flexion": [hip_deg] * 3})
    return replace(trial, outcomes=tuple(replace(item, **outcome) for item in trial.outcomes))  # type: ignore[arg-type]


def hip_flexion(pre: Trial, retest: Trial) -> Change:
    return next(change for change in compare_blocks([pre], [retest]) if change.outcome == "hip_flexion")


@pytest.mark.parametrize(
    ("share", "verdict"),
    [
        (0.1, Verdict.NOT_DISTINGUISHABLE),
        (NEARLY_ALL_FILLED, Verdict.LARGER),
        (1.0, Verdict.LARGER),
        (float("nan"), Verdict.LARGER),
    ],
)
def test_a_hold_that_was_nearly_all_filled_in_gives_no_verdict(share: float, verdict: Verdict) -> None:
    change = hip_flexion(toe_touch(70.0), toe_touch(95.0, measured_share=share))
    assert change.verdict is verdict
    assert change.headline == (verdict is Verdict.LARGER)
    if verdict is not Verdict.LARGER:
        assert "it does not count: re-test: nearly all of the hold was filled in, only 10 %" in change.sentence


def test_two_sides_of_which_one_was_filled_in_are_not_told_apart() -> None:
    left = trial_of("runners-lunge", Side.LEFT, {"hip_extension": [10.0] * 3})
    right = trial_of("runners-lunge", Side.RIGHT, {"hip_extension": [40.0] * 3})
    assert (
        next(item for item in compare_sides([left, right], "pre") if item.outcome == "hip_extension").verdict
        == "larger than measurement error"
    )
    filled = replace(right, outcomes=tuple(replace(item, measured_share=0.1) for item in right.outcomes))
    found = next(item for item in compare_sides([left, filled], "pre") if item.outcome == "hip_extension")
    assert found.verdict is Verdict.NOT_DISTINGUISHABLE
    assert "nearly all of the hold was filled in" in found.reasons[-1]


@pytest.mark.parametrize(("gate", "doubtful"), [(TURNED, True), (DARK, False)])
def test_a_warning_about_the_angle_is_told_with_its_change(gate: QualityGate, doubtful: bool) -> None:
    change = hip_flexion(toe_touch(70.0), replace(toe_touch(95.0), gates=(gate,)))
    assert change.verdict is Verdict.LARGER
    assert bool(change.doubts) == doubtful
    assert ("Read it with care: re-test: the angle may be wrong. The person is turned" in change.sentence) == doubtful


def test_points_that_were_poorly_seen_are_told_with_their_change() -> None:
    change = hip_flexion(toe_touch(70.0, visibility=0.5), toe_touch(95.0, visibility=0.9))
    assert change.doubts == (
        "pre-test: body points of this angle were poorly seen, so that it rests partly on a guess",
    )
    assert set(change.doubts) <= set(change.reasons)


def headline(*retests: Trial) -> str:
    pre = [made(item.movement, item.side, 60.0) for item in retests]
    changes = compare_blocks([item.trial for item in pre], retests)
    after = tuple(ReportTrial(item, "retest.mp4", None, JPEG) for item in retests)
    return summarise(ReportData(pre=tuple(pre), retest=after, changes=changes)).headline


def test_a_headline_says_that_its_angle_may_be_wrong() -> None:
    good = made("toe-touch", Side.LEFT, 90.0).trial
    assert headline(good).endswith("probably changed by more than measurement error")
    poor = replace(good, gates=(TURNED,))
    assert headline(poor).endswith("; read it with care, since its angle may be wrong")
    lunge = made("crossover", Side.LEFT, 90.0).trial
    assert "; read 1 of the main ones with care, since the angle may be wrong" in headline(poor, lunge)


def test_a_headline_counts_every_measure_that_has_a_card() -> None:
    retest = made("toe-touch", Side.LEFT, 90.0).trial
    pre = made("toe-touch", Side.LEFT, 60.0)
    data = ReportData(
        pre=(pre,),
        retest=(ReportTrial(retest, "retest.mp4", None, JPEG),),
        changes=compare_blocks([pre.trial], [retest]),
    )
    summary = summarise(data)
    main = sum(change.role == "primary" for _, change in summary.larger)
    others = len(summary.larger) - main
    assert (main, others) == (1, 1)
    assert summary.headline == (
        "The main measure and 1 secondary measure probably changed by more than measurement error"
    )


def test_how_much_was_measured_survives_the_file_and_is_left_out_where_all_was() -> None:
    for share, kept in ((0.4, True), (1.0, False), (float("nan"), False)):
        written = trial_to_dict(toe_touch(80.0, measured_share=share))
        assert ("measured_share" in written["outcomes"][0]) == kept
    assert trial_from_dict(trial_to_dict(toe_touch(80.0, measured_share=0.4)), "x").outcomes[0].measured_share == 0.4
