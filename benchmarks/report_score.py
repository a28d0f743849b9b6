"""Measures one recording of the reporting set and compares it with the truth, source by source.

Two levels. *Angles*: at the pictures that are truly held, whatever the repetition finder does, from each source. *Result*:
what a user gets, with repetitions found and recordings refused.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.angle_sources import SOURCES, SourceAngles, angles_by_source
from benchmarks.joint_angles import centre_angles
from benchmarks.joint_score import NORMAL_95, CoverageRow, SwapRow, coverage_rows, swap_row
from benchmarks.synthetic.report_truth import read_truth
from posecheck.errors import PosecheckError
from posecheck.movements import Role, load_movement
from posecheck.output.folders.recording_folder import read_recording_folder
from posecheck.trial.assess import assess
from posecheck.trial.reading import read_trial_motion

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.synthetic.report_set import ReportClip
    from benchmarks.synthetic.report_truth import TruePoses
    from posecheck.movements import Movement
    from posecheck.pose.recording import Recording
    from posecheck.trial.trial import Trial

RESULT = "result"
"""What stands for the source of what a user gets."""
HELD, REST = "held", "rest"
"""At end range, and before the first repetition."""


@dataclass(frozen=True, slots=True)
class AngleRow:
    """One angle of one recording by one source.

    Attributes
    ----------
    moment : {"held", "rest"}
    column : str
        As in the table of angles.
    outcome, role : str
        The outcome that it is, empty where the test has none of this angle.
    factor : float
        What the angle is multiplied by so that more range is a larger number.
    value_deg, truth_deg : float
        Of the angle as defined; ``value_deg`` is NaN where it was not measured.
    reach_deg : float
        How far off it may be with 95 % certainty, as stated; NaN where nothing is.
    depth : float
        How far from the training data, NaN where the source has none.
    """

    pair: int
    phase: str
    place: str
    test: str
    side: str
    body: int
    yaw_deg: float
    source: str
    moment: str
    column: str
    outcome: str
    role: str
    factor: float
    value_deg: float
    truth_deg: float
    reach_deg: float
    depth: float


@dataclass(frozen=True, slots=True, eq=False)
class RecordingScore:
    """Everything about one recording; ``refused`` says why a user gets no ``trial``."""

    clip: ReportClip
    angles: tuple[AngleRow, ...]
    swaps: tuple[SwapRow, ...]
    coverage: tuple[CoverageRow, ...]
    trial: Trial | None
    refused: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """A recording's plan, test and truth."""

    clip: ReportClip
    movement: Movement
    poses: TruePoses
    angles: pd.DataFrame

    def moments(self) -> dict[str, NDArray[np.bool_]]:
        return {HELD: self.poses.held, REST: self.poses.repetition == 0}


def score_recording(clip: ReportClip, folder: Path, *, sources: Collection[str] = SOURCES) -> RecordingScore:
    """Score one recording of the reporting set from its folder."""
    recording, poses = read_recording_folder(folder), read_truth(folder)
    movement = load_movement(clip.test)
    known = _Known(clip, movement, poses, centre_angles(poses.time_s, poses.joints_m, poses.up))
    motion = read_trial_motion(recording.series, movement, clip.side)
    said = angles_by_source(motion.clean, motion.view, sources)
    trial, refused = _trial(recording, known)
    about = (clip.pair, str(clip.phase))
    found = {source: item.centres for source, item in said.items() if item.centres is not None}
    return RecordingScore(
        clip,
        (
            *(row for source, item in said.items() for row in _angle_rows(known, source, item)),
            *_result_rows(known, trial),
        ),
        tuple(swap_row(*about, source, centres, poses) for source, centres in found.items()),
        tuple(row for source, centres in found.items() for row in coverage_rows(*about, source, centres, poses)),
        trial,
        refused,
    )


def frame_of(rows: list[Any], kind: type[Any] = AngleRow) -> pd.DataFrame:
    """Rows of one kind as a table, which has its columns without any row, too."""
    names = [field.name for field in fields(kind)]
    return pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names)


def _trial(recording: Recording, known: _Known) -> tuple[Trial | None, str]:
    try:
        return assess(recording, known.movement, known.clip.side).trial, ""
    except PosecheckError as error:
        return None, str(error)


def _angle_rows(known: _Known, source: str, said: SourceAngles) -> list[AngleRow]:
    """Medians over the held pictures and over those before the first repetition."""
    rows = []
    for moment, chosen in known.moments().items():
        depth = median_of(said.centres.depth[chosen]) if said.centres is not None else float("nan")
        for column in said.values.columns:
            value = median_of(said.values[column].to_numpy()[chosen])
            sd = said.sd[column].to_numpy()[chosen] if said.sd is not None and column in said.sd else np.array([])
            rows.append(_row(known, source, moment, column, value, NORMAL_95 * median_of(sd), depth))
    return rows


def _result_rows(known: _Known, trial: Trial | None) -> list[AngleRow]:
    """The outcomes as a user gets them, NaN where there is no number."""
    rows = []
    for outcome in known.movement.outcomes:
        if outcome.role is not Role.CONTEXT:
            found = trial.outcome(outcome.name) if trial else None
            column, factor = outcome.ref.column(known.clip.side), outcome.ref.factor(known.clip.side)
            value = factor * found.mean if found else float("nan")
            reach = found.error95_deg if found and found.error95_deg is not None else float("nan")
            rows.append(_row(known, RESULT, HELD, column, value, reach, float("nan")))
    return rows


def _row(
    known: _Known, source: str, moment: str, column: str, value_deg: float, reach_deg: float, depth: float
) -> AngleRow:
    clip = known.clip
    outcomes = [item for item in known.movement.outcomes if item.role is not Role.CONTEXT]
    outcome = next((item for item in outcomes if item.ref.column(clip.side) == column), None)
    return AngleRow(
        pair=clip.pair,
        phase=str(clip.phase),
        place=str(clip.place),
        test=clip.test,
        side=str(clip.side),
        body=clip.body,
        yaw_deg=clip.camera.yaw_deg,
        source=source,
        moment=moment,
        column=column,
        outcome=outcome.name if outcome else "",
        role=str(outcome.role) if outcome else "",
        factor=outcome.ref.factor(clip.side) if outcome else 1.0,
        value_deg=value_deg,
        truth_deg=median_of(known.angles[column].to_numpy()[known.moments()[moment]]),
        reach_deg=reach_deg,
        depth=depth,
    )


def median_of(values: NDArray[np.float64]) -> float:
    """Median of what is there, NaN where nothing is."""
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")
