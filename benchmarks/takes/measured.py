"""Every take of a rendered set, measured by posecheck itself: one row an outcome, beside what is true of it."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.report_score import RESULT, frame_of, score_recording
from benchmarks.synthetic.report_truth import TRUTH_FILE
from posecheck.kinematics.joints import Side
from posecheck.movements import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from benchmarks.report_score import RecordingScore
    from benchmarks.synthetic.report_set import ReportClip


@dataclass(frozen=True, slots=True)
class TakeRow:
    """One outcome of one take.

    Attributes
    ----------
    pair : int
        Of which person-test; phase and side say the rest: takes that share all three show the same thing.
    whose : str
        The side of the outcome's leg; of the trunk that of the tested leg.
    near : str
        Whether the outcome's leg is the near or the far one to the camera; empty for the trunk and in front views.
    value_deg, truth_deg : float
        End range, more range a larger number; ``value_deg`` is NaN where the take was refused or it was not measured.
    sd_deg : float
        Of the repetitions within the take; NaN with one.
    yaw_deg, roll_deg, lens_size : float
        Where the camera stood, as the take itself says: `posecheck.trial.trial.SetUp`, `Trial.lens_size`.
    """

    pair: int
    test: str
    outcome: str
    role: str
    phase: str
    place: str
    side: str
    take: int
    body: int
    whose: str
    near: str
    value_deg: float
    truth_deg: float
    sd_deg: float
    repetitions: int
    yaw_deg: float
    roll_deg: float
    lens_size: float

    @property
    def error_deg(self) -> float:
        """Measured less true."""
        return self.value_deg - self.truth_deg


def measured_takes(folder: Path, clips: Iterable[ReportClip], jobs: int) -> list[RecordingScore]:
    """Measure the takes of a plan that a folder holds, some at once.

    Raises
    ------
    SystemExit
        It holds none.
    """
    there = [clip for clip in clips if (folder / clip.name / TRUTH_FILE).is_file()]
    if not there:
        raise SystemExit(f"{folder}: holds none of the takes. Render them first.")
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(partial(_score, folder), there, chunksize=8))


def _score(folder: Path, clip: ReportClip) -> RecordingScore:
    return score_recording(clip, folder / clip.name, sources=())


def take_table(scores: Iterable[RecordingScore]) -> pd.DataFrame:
    """The rows of many takes, with ``error_deg``."""
    table = frame_of([row for score in scores for row in take_rows(score)], TakeRow)
    return table.assign(error_deg=table["value_deg"] - table["truth_deg"])


def take_rows(score: RecordingScore) -> Iterator[TakeRow]:
    """The outcomes of one take."""
    clip, trial = score.clip, score.trial
    nothing = float("nan")
    for row in score.angles:
        if row.source != RESULT or row.role == Role.CONTEXT:
            continue
        found = trial.outcome(row.outcome) if trial else None
        yield TakeRow(
            pair=clip.pair,
            test=clip.test,
            outcome=row.outcome,
            role=row.role,
            phase=str(clip.phase),
            place=str(clip.place),
            side=str(clip.side),
            take=clip.take,
            body=clip.body,
            whose=str(_leg(row.column) or clip.side),
            near=_near(clip, row.column),
            value_deg=row.factor * row.value_deg,
            truth_deg=row.factor * row.truth_deg,
            sd_deg=found.sd if found else nothing,
            repetitions=found.repetitions if found else 0,
            yaw_deg=trial.set_up.yaw_deg if trial else nothing,
            roll_deg=trial.set_up.roll_deg if trial else nothing,
            lens_size=trial.lens_size if trial else nothing,
        )


def _leg(column: str) -> Side | None:
    """Whose leg an angle's column is."""
    return next((side for side in Side if column.startswith(f"{side}_")), None)


def _near(clip: ReportClip, column: str) -> str:
    """Where that leg is, seen from the camera."""
    leg = _leg(column)
    if leg is None or clip.filmed_from is None:
        return ""
    return "near" if leg is clip.filmed_from else "far"
