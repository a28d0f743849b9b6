"""Error of end range and of the pre-test to re-test change on the sample videos, whose true angles are known.

Two truths are scored:

- *joint*: the three-dimensional joint angle of the rendered body (truth files, ``truth_end_range_mean_deg``);
- *planar*: posecheck's own definition applied to the true joint positions in the picture. The difference between the two
  is what one camera cannot see; the rest is the pose model's error.
"""

from __future__ import annotations

import csv
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.stored_points import recording_of
from benchmarks.synthetic.report_truth import HOLD_PHASE
from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.verdict import Verdict
from posecheck.kinematics.angles import compute_angles
from posecheck.kinematics.joints import Side, mark_of
from posecheck.kinematics.view import detect_view
from posecheck.movements import Movement, Role
from posecheck.pose.landmarks import LANDMARK_COUNT, CleanSeries, LandmarkSeries, SeriesSource
from posecheck.session import PlannedTrial, read_session
from posecheck.settings import find_samples_dir
from posecheck.trial.assess import assess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.comparison.changes import Change
    from posecheck.trial.trial import OutcomeResult, Trial

TRUTH_KEYS = {
    "hip_flexion": "hip_flex",
    "knee_flexion": "knee_flex",
    "leg_abduction": "hip_abd",
    "trunk_flexion": "trunk_flex",
}
"""posecheck's angle to the truth files' key; lateral flexion is positive to the left there."""


@dataclass(frozen=True, slots=True)
class Truth:
    """True end range of one outcome: as joint angle, and as the planar angle that one camera could show at best."""

    joint_deg: float
    planar_deg: float


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome of one test, pre-test and re-test."""

    change: Change
    pre: Truth
    retest: Truth

    @property
    def errors_deg(self) -> tuple[float, float]:
        """Error of both end ranges against the joint angle."""
        return self.change.pre.mean_deg - self.pre.joint_deg, self.change.retest.mean_deg - self.retest.joint_deg

    @property
    def planar_errors_deg(self) -> tuple[float, float]:
        """Error of both end ranges against the planar angle."""
        return self.change.pre.mean_deg - self.pre.planar_deg, self.change.retest.mean_deg - self.retest.planar_deg

    @property
    def true_change_deg(self) -> float:
        """True change of the joint angle."""
        return self.retest.joint_deg - self.pre.joint_deg

    @property
    def change_error_deg(self) -> float:
        """Measured change less true change."""
        return self.change.difference.difference_deg - self.true_change_deg


def samples_report(jobs: int, points: Path | None = None) -> str:
    """Measure the sample videos, some at once; the tables, as Markdown.

    Parameters
    ----------
    jobs : int
        How many at once.
    points : Path, optional
        Folder in which their body points are kept. Default: nowhere, every video is read.
    """
    measured = measured_samples(jobs, points)
    return report(tuple(plan for plan, _ in measured), [trial for _, trial in measured])


def measured_samples(jobs: int, points: Path | None = None) -> list[tuple[PlannedTrial, Trial]]:
    """The sample videos with what was measured in each; parameters as `samples_report`."""
    planned = read_session(find_samples_dir()).trials
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(zip(planned, pool.map(partial(_measure, points), planned), strict=True))


def _measure(points: Path | None, planned: PlannedTrial) -> Trial:
    return assess(recording_of(planned.file, points), planned.movement, planned.side).trial


def report(planned: tuple[PlannedTrial, ...], trials: list[Trial]) -> str:
    """The tables, as Markdown."""
    rows = rows_of(planned, trials)
    return "\n\n".join(
        [_outcome_table(rows), _summary(rows), _repetition_table(list(zip(planned, trials, strict=True)))]
    )


def rows_of(planned: Sequence[PlannedTrial], trials: Sequence[Trial]) -> list[Row]:
    """Each outcome, measured and true."""
    pairs = list(zip(planned, trials, strict=True))
    pre = [trial for plan, trial in pairs if plan.phase == "pre"]
    retest = [trial for plan, trial in pairs if plan.phase == "retest"]
    truths = {
        (plan.movement.name, trial.side if trial.sided else None, str(plan.phase), outcome.name): _truth(
            plan, trial, outcome
        )
        for plan, trial in pairs
        for outcome in trial.outcomes
        if outcome.role is not Role.CONTEXT
    }
    rows = []
    for change in compare_blocks(pre, retest):
        key = (change.movement, change.tested_side if change.sided else None)
        rows.append(Row(change, truths[*key, "pre", change.outcome], truths[*key, "retest", change.outcome]))
    return rows


def _truth(plan: PlannedTrial, trial: Trial, outcome: OutcomeResult) -> Truth:
    about = json.loads(plan.file.with_suffix(".json").read_text(encoding="utf-8"))
    ref = plan.movement.outcome(outcome.name).ref
    factor = ref.factor(trial.side)
    means = about["truth_end_range_mean_deg"]
    if ref.angle == "trunk_lateral_flexion":
        joint = -means["trunk_lat"]
    else:
        key = TRUTH_KEYS[ref.angle]
        joint = means[key if ref.leg == "none" else f"{key}_{'L' if outcome.side is Side.LEFT else 'R'}"]
    return Truth(factor * joint, factor * _planar_truth(plan.file, about, plan.movement, outcome.column))


def _planar_truth(video: Path, about: dict[str, Any], movement: Movement, column: str) -> float:
    with video.with_suffix(".csv").open(encoding="utf-8", newline="") as lines:
        table = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(lines)]
    series = _true_series(table, about)
    view = detect_view(series, plane=movement.plane, lying=movement.lying)
    facing = {"L": -1, "R": 1, "front": 1}[about["camera"]["subject_side_filmed"]]
    view = type(view)(view.plane, facing)
    state = np.zeros((len(series), LANDMARK_COUNT), dtype=np.int8)
    angles = compute_angles(CleanSeries(series, state, np.zeros(len(series), dtype=bool)), view)
    return float(np.nanmedian(angles.values[column].to_numpy()[_held(table)]))


def _true_series(table: list[dict[str, float]], about: dict[str, Any]) -> LandmarkSeries:
    n = len(table)
    xy = np.full((n, LANDMARK_COUNT, 2), np.nan)
    for part in ("shoulder", "hip", "knee", "ankle"):
        for side in Side:
            letter = side[0].upper()
            xy[:, mark_of(part, side)] = [(row[f"{part}_{letter}_px"], row[f"{part}_{letter}_py"]) for row in table]
    width, height = about["resolution"]
    time_s = np.array([row["time_s"] for row in table])
    nothing = np.full((n, LANDMARK_COUNT, 3), np.nan)
    return LandmarkSeries(time_s, xy, nothing, np.ones((n, LANDMARK_COUNT)), SeriesSource(width, height))


def _held(table: list[dict[str, float]]) -> np.ndarray[Any, Any]:
    repetition, phase = np.array([row["rep"] for row in table]), np.array([row["phase"] for row in table])
    held = np.zeros(len(table), dtype=bool)
    for number in range(1, int(repetition.max()) + 1):
        inside = repetition == number
        held |= inside & (phase >= HOLD_PHASE * phase[inside].max())
    return held


def _outcome_table(rows: list[Row]) -> str:
    lines = [
        "| test | leg | outcome | role | true pre, re-test | measured | error | planar error | true change | measured "
        "| error | verdict |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        change = row.change
        cells = (
            change.movement,
            str(change.side),
            change.outcome.replace("_", " "),
            str(change.role),
            f"{row.pre.joint_deg:.1f}, {row.retest.joint_deg:.1f}",
            f"{change.pre.mean_deg:.1f}, {change.retest.mean_deg:.1f}",
            "{:+.1f}, {:+.1f}".format(*row.errors_deg),
            "{:+.1f}, {:+.1f}".format(*row.planar_errors_deg),
            f"{row.true_change_deg:+.1f}",
            f"{change.difference.difference_deg:+.1f}",
            f"{row.change_error_deg:+.1f}",
            _short_verdict(change),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _short_verdict(change: Change) -> str:
    return SHORT_VERDICTS[change.verdict].format(limit=f"{change.limit_deg:g}")


SHORT_VERDICTS = {
    Verdict.LARGER: "larger",
    Verdict.SMALL: "less than {limit} either way",
    Verdict.NOT_DISTINGUISHABLE: "not distinguishable",
    Verdict.NOT_COMPARABLE: "not comparable",
}


def _summary(rows: list[Row]) -> str:
    lines = [
        "| outcomes | median absolute error of end range | the same, planar | largest | median absolute error of change "
        "| largest |",
        "|---|---|---|---|---|---|",
    ]
    for role in (Role.PRIMARY, Role.SECONDARY):
        chosen = [row for row in rows if row.change.role is role]
        end = np.abs([error for row in chosen for error in row.errors_deg])
        planar = np.abs([error for row in chosen for error in row.planar_errors_deg])
        change = np.abs([row.change_error_deg for row in chosen])
        lines.append(
            f"| {role} ({len(chosen)}) | {np.median(end):.1f}° | {np.median(planar):.1f}° | {end.max():.1f}° | "
            f"{np.median(change):.1f}° | {change.max():.1f}° |"
        )
    still = [row for row in rows if row.change.role is Role.PRIMARY and abs(row.true_change_deg) < 1.0]
    moved = [row for row in rows if row.change.role is Role.PRIMARY and abs(row.true_change_deg) >= 1.0]
    called = [sum(row.change.verdict is Verdict.LARGER for row in chosen) for chosen in (moved, still)]
    told = sum(row.change.headline for row in rows)
    lines += [
        "",
        f"Of {len(moved)} primary outcomes that truly changed by 8 degrees {called[0]} are called larger, each judged by "
        f"itself as if it had been named; of {len(still)} that did not change, {called[1]}. With none named, {told} of the "
        f"{len(moved) + len(still)} make the headline.",
    ]
    return "\n".join(lines)


def _repetition_table(pairs: list[tuple[PlannedTrial, Trial]]) -> str:
    lines = ["| video | repetitions, true | found | held for (true 2.0 s) |", "|---|---|---|---|"]
    for plan, trial in pairs:
        about = json.loads(plan.file.with_suffix(".json").read_text(encoding="utf-8"))
        true = len(next(iter(about["truth_end_range_per_rep_deg"].values())))
        holds = ", ".join(f"{item.hold_s:.1f}" for item in trial.repetitions)
        lines.append(f"| {plan.file.name} | {true} | {len(trial.repetitions)} | {holds} s |")
    return "\n".join(lines)
