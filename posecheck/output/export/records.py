"""Rows of every table as plain values, one dictionary per row: written as text to CSV, handed out as data frames."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from posecheck.comparison.error_model import ERROR_MODEL_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.comparison.changes import Change
    from posecheck.comparison.sides import SideDifference
    from posecheck.output.report.data import LeftOut, ReportData
    from posecheck.trial.trial import Trial

Record = dict[str, "str | int | float | bool"]


def repetition_columns(trial: Trial) -> list[str]:
    """Columns of `repetition_records` that depend on the test: its outcomes, then its compensations."""
    outcomes = [f"{outcome.name}_{outcome.unit}" for outcome in trial.outcomes]
    return outcomes + [f"{item.name}_deg" for item in trial.compensations]


def repetition_records(trial: Trial) -> list[Record]:
    """One row per repetition: its times, each outcome's end range, each compensation."""
    values = [(item.end_range, item.compensation) for item in trial.repetitions]
    fixed: list[Record] = [
        {
            "movement": trial.movement,
            "side": str(trial.side),
            "take": trial.take,
            "repetition": item.number,
            "start_s": item.start_s,
            "hold_start_s": item.hold_start_s,
            "hold_end_s": item.hold_end_s,
            "end_s": item.end_s,
            "held": item.held,
            "used": item.used,
            "reason": item.reason,
            "corrected": item.corrected,
        }
        for item in trial.repetitions
    ]
    outcomes, compensations = trial.outcomes, trial.compensations
    return [
        {
            **row,
            **{f"{item.name}_{item.unit}": end_range.get(item.name, math.nan) for item in outcomes},
            **{f"{item.name}_deg": compensation.get(item.name, math.nan) for item in compensations},
        }
        for row, (end_range, compensation) in zip(fixed, values, strict=True)
    ]


def outcome_records(trial: Trial) -> list[Record]:
    """One row per outcome of a trial: mean end range over its repetitions."""
    return [
        {
            "movement": trial.movement,
            "side": str(outcome.side or ""),
            "take": trial.take,
            "outcome": outcome.name,
            "title": outcome.title,
            "role": str(outcome.role),
            "unit": outcome.unit,
            "mean": outcome.mean,
            "sd": outcome.sd,
            "repetitions": outcome.repetitions,
            "angle": outcome.column,
            "visibility": outcome.visibility,
            "source": outcome.source,
            "error95_deg": float("nan") if outcome.error95_deg is None else outcome.error95_deg,
            "missing": outcome.missing,
        }
        for outcome in trial.outcomes
    ]


def change_records(changes: Sequence[Change]) -> list[Record]:
    """One row per outcome: pre-test, re-test, change, and how sure that is."""
    return [
        {
            "movement": change.movement,
            "side": str(change.side),
            "outcome": change.outcome,
            "role": str(change.role),
            "pre_mean_deg": change.pre.mean_deg,
            "pre_sd_deg": change.pre.sd_deg,
            "pre_repetitions": change.pre.repetitions,
            "retest_mean_deg": change.retest.mean_deg,
            "retest_sd_deg": change.retest.sd_deg,
            "retest_repetitions": change.retest.repetitions,
            "change_deg": change.difference.difference_deg,
            **_judgement(change),
            "headline": change.headline,
            "limit_deg": change.limit_deg,
            "pre_takes": len(change.pre.takes),
            "retest_takes": len(change.retest.takes),
        }
        for change in changes
    ]


def take_records(phase: str, file: str, trial: Trial) -> list[Record]:
    """One row per outcome of a take that counts."""
    side = str(trial.side) if trial.sided else ""
    about: Record = {"movement": trial.movement, "side": side, "phase": phase, "take": trial.take, "file": file}
    return [
        about
        | {
            "counts": True,
            "left_out": "",
            "outcome": outcome.name,
            "unit": outcome.unit,
            "mean": outcome.mean,
            "sd": outcome.sd,
            "repetitions": outcome.repetitions,
            "missing": outcome.missing,
        }
        for outcome in trial.outcomes
    ]


def all_take_records(data: ReportData) -> list[Record]:
    """Every take of a session, block by block; those that do not count come last."""
    counting = [
        record
        for phase, block in data.phases
        for item in block
        for record in take_records(phase, item.name, item.trial)
    ]
    return counting + [left_out_record(item) for item in data.left_out]


def left_out_record(item: LeftOut) -> Record:
    """The row of a take that does not count: who it is, and why; no numbers."""
    numbers: Record = {"mean": math.nan, "sd": math.nan, "repetitions": 0}
    return {
        "movement": item.movement,
        "side": item.side,
        "phase": item.phase,
        "take": item.take,
        "file": item.file,
        "counts": False,
        "left_out": item.reason,
        "outcome": "",
        "unit": "",
        **numbers,
        "missing": "",
    }


def side_records(sides: Sequence[SideDifference]) -> list[Record]:
    """One row per outcome and block: left, right, their difference, and how sure that is."""
    return [
        {
            "movement": item.movement,
            "phase": item.phase,
            "outcome": item.outcome,
            "role": str(item.role),
            "left_deg": item.left.mean_deg,
            "right_deg": item.right.mean_deg,
            "difference_deg": item.difference.difference_deg,
            **_judgement(item),
            "left_takes": len(item.left.takes),
            "right_takes": len(item.right.takes),
        }
        for item in sides
    ]


def _judgement(item: Change | SideDifference) -> Record:
    return {
        "ci95_low_deg": item.difference.ci95_low_deg,
        "ci95_high_deg": item.difference.ci95_high_deg,
        "mdc95_deg": item.difference.mdc95_deg,
        "verdict": str(item.verdict),
        "comparable": str(item.comparable),
        "reasons": "; ".join(item.reasons),
        "corrections": "; ".join(item.corrections),
        "chance_larger": item.difference.chance_larger,
        "takes_sd_deg": item.difference.takes_sd_deg,
        "repetitions_sd_deg": item.difference.repetitions_sd_deg,
        "moved_sd_deg": item.difference.moved_sd_deg,
        "error_model": ERROR_MODEL_VERSION,
    }
