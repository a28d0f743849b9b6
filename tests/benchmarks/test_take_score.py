"""What is scored of told changes is what was told: shares, what is made 8 degrees, and what people add to their takes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from reported import clip_of, scored

from benchmarks.report_score import RecordingScore
from benchmarks.synthetic.report_set import Phase
from benchmarks.takes.measured import take_table
from benchmarks.takes.repetition import PERSON_SD_DEG
from benchmarks.takes.told import CLEAR_DEG, Person, Told, told_of_changes
from benchmarks.takes.told_tables import change_table, outcome_table, side_table, source_lines
from posecheck.comparison.planning import detectable_change_deg
from posecheck.comparison.priors import priors_of

ROW = Told(
    0, "recommended", "toe-touch", "hip_flexion", "primary", 1, False, 0.0, 1.0, -5.0, 7.0, 6.0, False, False, True
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> list[RecordingScore]:
    """Two takes before and two after a change of 5 degrees, each read 1 degree off in a way of its own."""
    folder = Path(tmp_path_factory.mktemp("pair"))
    clips = [(replace(clip_of(0, phase), take=take), phase) for phase in Phase for take in (1, 2)]
    return [
        scored(
            folder, clip, 75.0 + 5.0 * (phase is Phase.RETEST) + 1.0 * clip.take, 75.0 + 5.0 * (phase is Phase.RETEST)
        )
        for clip, phase in clips
    ]


def test_a_take_table_says_of_each_take_what_it_is_off_by(pair: list[RecordingScore]) -> None:
    hips = take_table(pair).query("outcome == 'hip_flexion'")
    assert hips["error_deg"].to_list() == pytest.approx([1.0, 2.0, 1.0, 2.0], abs=0.3)
    assert set(hips["near"]) == {"near"}
    assert (hips["repetitions"] == 1).all()


def test_each_pair_is_told_with_one_take_and_with_two_as_rendered_and_as_8_degrees(pair: list[RecordingScore]) -> None:
    rows = told_of_changes(pair, draws=30)
    hips = [row for row in rows if row.outcome == "hip_flexion"]
    assert len(hips) == 30 * 2 * 2
    for takes in (1, 2):
        for made, true in ((False, 5.0), (True, CLEAR_DEG)):
            mine = [row for row in hips if (row.takes, row.made) == (takes, made)]
            assert {round(row.true_deg, 1) for row in mine} == {true}
            assert np.mean([row.said_deg for row in mine]) == pytest.approx(true, abs=2.0)
    one, two = (np.median([row.mdc95_deg for row in hips if row.takes == takes]) for takes in (1, 2))
    assert two < 0.8 * one
    assert told_of_changes(pair, draws=2) == told_of_changes(pair, draws=2)


def test_one_take_before_is_not_told_with_two(pair: list[RecordingScore]) -> None:
    assert {row.takes for row in told_of_changes(pair[1:], draws=1)} == {1}


def test_a_person_adds_the_spread_of_the_table_and_three_repetitions(pair: list[RecordingScore]) -> None:
    trial = pair[0].trial
    assert trial
    prior = priors_of("toe-touch", "hip_flexion").person
    done = [Person(np.random.default_rng(seed)).does(trial).outcome("hip_flexion") for seed in range(4000)]
    off = np.array([item.mean for item in done]) - trial.outcome("hip_flexion").mean
    assert {item.repetitions for item in done} == {3}
    assert np.mean([item.sd**2 for item in done]) == pytest.approx(PERSON_SD_DEG**2, rel=0.05)
    # Student's t with few degrees of freedom is wider than its scale.
    variance = prior.sd_deg**2 * prior.freedom / (prior.freedom - 2) + PERSON_SD_DEG**2 / 3
    assert off.std() == pytest.approx(np.sqrt(variance), rel=0.15)
    assert Person(np.random.default_rng(1)).does(trial).outcome("fingertip_to_floor") == trial.outcome(
        "fingertip_to_floor"
    )


def test_shares_are_counted_where_they_belong() -> None:
    still = [replace(ROW, pair=k, larger=k == 0, low_deg=0.5 if k < 2 else -5.0) for k in range(10)]
    clear = [replace(ROW, pair=k, made=True, true_deg=8.0, said_deg=9.0, larger=k < 4) for k in range(5)]
    far = [replace(ROW, pair=99, compared=False, larger=True)]
    table = change_table([*still, *clear, *far])
    assert "| 95 % interval holds the true change | 80.0 % of 10 | 80.0 % of 10 | - | - | 92 to 98 % |" in table
    assert "| true change below 1°, called | 10.0 % of 10 |" in table
    assert "| every pair, its true change made 8°, called | 80.0 % of 5 |" in table
    assert "| the same, beyond the smallest detectable change | 100.0 % of 5 |" in table
    assert "| median smallest detectable change, degrees | 6.0 |" in table
    assert "| toe-touch: hip flexion | primary | 10 | 80 %, - | 6.0, - | 80 %, - | 100 %, - |" in outcome_table(
        [*still, *clear]
    )
    assert "| all primary outcomes | 10 | 10 % | 80 % | 6.0 |" in side_table(still)


def test_the_shares_of_the_sources_make_a_whole_and_steady_people_detect_less() -> None:
    words = source_lines([ROW])
    shares = [int(share) for share in re.findall(r"(\d+) %", words)]
    assert sum(shares) == pytest.approx(100, abs=1)
    one, two = (float(found) for found in re.findall(r"([\d.]+) (?:degrees with one|with two)", words))
    assert two < one < detectable_change_deg("toe-touch", "hip_flexion")
