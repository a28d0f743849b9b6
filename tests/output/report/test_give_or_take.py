"""How far an end range may be off is said in plain words, never as less than it is, and never with ±."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made_report import made

from posecheck.cli.console import print_trial
from posecheck.comparison.sides import compare_sides
from posecheck.kinematics.joints import Side
from posecheck.output.report.data import ReportData, ReportTrial
from posecheck.output.report.give_or_take import any_error, error_text, errors_sentence, measured_text
from posecheck.output.report.html import render_report
from posecheck.output.report.rows import side_rows

if TYPE_CHECKING:
    from posecheck.trial.trial import OutcomeResult


def outcome(mean: float = 87.4, error95_deg: float | None = None) -> OutcomeResult:
    return replace(made("toe-touch", Side.LEFT, 80).trial.outcomes[0], mean=mean, error95_deg=error95_deg)


def with_error(item: ReportTrial, error95_deg: float) -> ReportTrial:
    outcomes = tuple(replace(each, error95_deg=error95_deg) for each in item.trial.outcomes)
    return replace(item, trial=replace(item.trial, outcomes=outcomes))


@pytest.mark.parametrize(
    ("error95_deg", "text"), [(4.2, "5°"), (5.0, "5°"), (0.3, "1°"), (None, ""), (float("nan"), "")]
)
def test_an_error_is_never_said_to_be_less_than_it_is(error95_deg: float | None, text: str) -> None:
    assert error_text(outcome(error95_deg=error95_deg)) == text


@pytest.mark.parametrize(
    ("mean", "error95_deg", "text"),
    [
        (87.4, 4.2, "87°, give or take 5°"),
        (87.4, None, "87°"),
        (-3.6, 2.0, "−4°, give or take 2°"),
        (-0.2, 2.0, "0°, give or take 2°"),
        (float("nan"), 4.0, "–"),
    ],
)
def test_a_number_has_the_digits_that_its_error_allows(mean: float, error95_deg: float | None, text: str) -> None:
    assert measured_text(outcome(mean, error95_deg)) == text


def test_both_recordings_are_said_in_one_sentence() -> None:
    named = [("Pre-test", outcome(87.4, 4.2)), ("Re-test", outcome(96.2, 3.0))]
    assert errors_sentence(named) == "Pre-test 87°, give or take 5°; re-test 96°, give or take 3°."
    assert errors_sentence([("Pre-test", outcome()), named[1]]) == "Re-test 96°, give or take 3°."
    assert errors_sentence([("Pre-test", outcome())]) == ""


def test_the_report_says_the_error_where_it_is_known_and_explains_it() -> None:
    plain = made("toe-touch", Side.LEFT, 80)
    without, known = (render_report(ReportData(pre=(item,))) for item in (plain, with_error(plain, 4.2)))
    assert "give or take" not in without.lower().replace("often given: 99, give or take 6", "")
    assert '<th scope="col" class="num">Give or take</th>' in known
    assert "Pre-test 80°, give or take 5°." in known
    assert known.count("95 times in 100, as found on rendered bodies") == 1
    assert not any_error([plain.trial])


def test_a_bar_of_a_side_gives_its_likely_range_and_no_plus_minus() -> None:
    """± stands before the SD over the repetitions and before nothing else."""
    items = (made("runners-lunge", Side.LEFT, 20), made("runners-lunge", Side.RIGHT, 30))
    rows = side_rows(compare_sides([item.trial for item in items], "pre-test"), (), items, "Pre-test")
    texts = [bar.text for row in rows for bar in row.bars]
    assert texts
    assert all("±" not in text and " to " in text for text in texts)


def test_the_command_says_the_error_where_it_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    plain = made("toe-touch", Side.LEFT, 80)
    print_trial(plain.trial)
    assert "give or take" not in capsys.readouterr().out.replace("\n", " ")
    print_trial(with_error(plain, 4.2).trial)
    out = capsys.readouterr().out
    assert "5°" in out
    assert "take" in out
