"""The reporting set's scorer gives no error where there is none, and the right one where it is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reported import RHYTHM, SMOOTHED_DEG, clip_of, poses_of, scored
from synthetic import FACING_RIGHT, frame_times, toe_touch

from benchmarks.accuracy import report_of, reporting_set
from benchmarks.joint_score import CoverageRow, SwapRow, coverage_rows, swap_row
from benchmarks.report_changes import change_rows, verdict_table
from benchmarks.report_coverage import coverage_table
from benchmarks.report_score import RecordingScore, frame_of
from benchmarks.report_summary import (
    LINES,
    change_errors,
    changes,
    end_errors,
    promise_table,
    reads_of_8,
    side_differences,
)
from benchmarks.synthetic.report_set import Phase
from benchmarks.synthetic.report_truth import TruePoses
from posecheck.skeleton.centres import JOINTS, SWAPPED_JOINTS, JointCentres


def rows_of(*scores: RecordingScore) -> pd.DataFrame:
    return frame_of([row for score in scores for row in score.angles])


def test_a_perfect_recording_has_no_error_at_either_level(tmp_path: Path) -> None:
    rows = rows_of(scored(tmp_path, clip_of(0, Phase.PRE), 80.0))
    primary = rows[(rows["role"] == "primary") & (rows["moment"] == "held")]
    assert set(primary["source"]) == {"image", "world", "result"}
    assert np.abs(end_errors(primary).values_deg).max() < SMOOTHED_DEG
    assert primary["truth_deg"].to_numpy() == pytest.approx(80.0)


def test_what_is_read_5_degrees_too_small_is_an_error_of_5_and_of_no_change(tmp_path: Path) -> None:
    pre = scored(tmp_path, clip_of(0, Phase.PRE), 75.0, 80.0)
    retest = scored(tmp_path, clip_of(0, Phase.RETEST), 83.0, 88.0)
    rows = rows_of(pre, retest)
    primary = rows[(rows["role"] == "primary") & (rows["moment"] == "held")]
    assert end_errors(primary).values_deg == pytest.approx(-5.0, abs=SMOOTHED_DEG)
    assert np.abs(change_errors(primary).values_deg).max() < SMOOTHED_DEG
    told = change_rows([pre, retest], changes(rows[rows["source"] == "result"]))
    assert {(row.outcome, round(row.true_deg)) for row in told} == {("hip_flexion", 8), ("trunk_flexion", 8)}
    assert all(row.inside for row in told)
    assert "| recommended | 0 of 0 |" in verdict_table(told)


def test_half_of_each_change_reads_as_4_of_8(tmp_path: Path) -> None:
    scores = []
    for pair, change in enumerate((0.0, 6.0, 12.0)):
        scores.append(scored(tmp_path, clip_of(pair, Phase.PRE), 70.0))
        scores.append(scored(tmp_path, clip_of(pair, Phase.RETEST), 70.0 + change / 2, 70.0 + change))
    rows = rows_of(*scores)
    primary = rows[(rows["role"] == "primary") & (rows["source"] == "result")]
    assert reads_of_8(primary) == pytest.approx(4.0, abs=SMOOTHED_DEG)


def test_a_symmetric_body_has_no_difference_of_sides(tmp_path: Path) -> None:
    found = side_differences(rows_of(scored(tmp_path, clip_of(0, Phase.PRE), 80.0)))
    world = found[found["source"] == "world"]
    assert {"hip_flexion_deg", "knee_flexion_deg"} <= set(world["angle"])
    assert np.abs(world["difference_deg"]).max() < SMOOTHED_DEG


def test_a_refused_recording_counts_as_not_measured(tmp_path: Path) -> None:
    pre = scored(tmp_path, clip_of(0, Phase.PRE), 8.0, 80.0)
    assert pre.trial is None
    assert "bend" in pre.refused.lower() or "repetition" in pre.refused.lower()
    result = rows_of(pre).query("source == 'result'")
    assert result["value_deg"].isna().all()
    assert end_errors(result).words == "-"


def centres_of(poses: TruePoses, noise_m: float = 0.0, depth: float = 0.0) -> JointCentres:
    rng = np.random.default_rng(3)
    n = len(poses)
    xyz = 1.1 * poses.joints_m + rng.normal(0, noise_m, poses.joints_m.shape) if noise_m else 1.1 * poses.joints_m
    sd = np.full((n, len(JOINTS)), max(noise_m, 1e-3))
    return JointCentres(poses.time_s, xyz, sd, poses.up, np.zeros(n), np.full(n, depth))


@pytest.fixture
def poses() -> TruePoses:
    return poses_of(toe_touch(frame_times(6.0), RHYTHM, turn_deg=FACING_RIGHT))


def test_exchanged_legs_are_counted_picture_by_picture(poses: TruePoses) -> None:
    centres = centres_of(poses)
    assert swap_row(0, "pre", "skeleton", centres, poses).swapped == 0
    mixed = centres.xyz_m.copy()
    mixed[:10] = mixed[:10, SWAPPED_JOINTS]
    row = swap_row(0, "pre", "skeleton", replace(centres, xyz_m=mixed), poses)
    assert (row.swapped, row.pictures) == (10, len(poses))


def test_an_honest_uncertainty_covers_95_percent_whatever_the_size_of_the_body(poses: TruePoses) -> None:
    rows = coverage_rows(0, "pre", "skeleton", centres_of(poses, 0.02), poses)
    share = sum(row.inside for row in rows) / sum(row.known for row in rows)
    assert share == pytest.approx(0.95, abs=0.01)


def test_coverage_is_told_apart_near_and_far(poses: TruePoses) -> None:
    near = coverage_rows(0, "pre", "skeleton", centres_of(poses, 0.02, depth=0.3), poses)
    far = [
        replace(row, inside=0) for row in coverage_rows(0, "pre", "skeleton", centres_of(poses, 0.02, depth=1.7), poses)
    ]
    assert [row.from_depth for row in near] == [0.25]
    assert [row.from_depth for row in far] == [1.5]
    table = coverage_table(frame_of([*near, *far], CoverageRow), frame_of([]), [])
    line = next(line for line in table.splitlines() if "skeleton" in line)
    assert " 0.0 % of " in line.split("|")[3]
    assert "95." in line.split("|")[2] or "94." in line.split("|")[2]


def test_the_table_has_a_line_for_each_promise(tmp_path: Path) -> None:
    score = scored(tmp_path, clip_of(0, Phase.PRE), 80.0)
    table = promise_table(rows_of(score), frame_of(list(score.swaps), SwapRow))
    assert len(table.splitlines()) == 2 + len(LINES) + 2
    assert "legs exchanged | - | 0.00 %" in table


def test_the_report_has_all_its_tables_of_whatever_was_rendered(tmp_path: Path) -> None:
    scores = [scored(tmp_path, clip_of(0, phase), 80.0) for phase in (Phase.PRE, Phase.RETEST)]
    text = report_of(scores, [], plots=False)
    assert text.startswith("2 recordings of 1 pairs, 1 bodies.")
    assert "| toe-touch: hip flexion | primary | " in text
    assert "| toe-touch | 0 of 2 | - | - |" in text


def test_an_empty_folder_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="Render it first"):
        reporting_set(tmp_path, 1)
