"""What the trial page plays: the cleaned body points of every picture and the angles over time, from stored landmarks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.errors import RecordingError
from posecheck.kinematics.angles import angle_columns
from posecheck.kinematics.joints import Side, title_with_side
from posecheck.output.folders.recording_folder import LANDMARKS_FILE, read_recording_folder
from posecheck.pose.landmarks import Landmark, SampleState
from posecheck.pose.recording import cut_recording
from posecheck.trial.corrections import Corrections
from posecheck.trial.result import TrialOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.movements import AngleRef, Movement
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.storage.tables import Take
    from posecheck.trial.result import TrialResult

_SIDED = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
SHOWN: tuple[Landmark, ...] = (
    Landmark.NOSE,
    *(mark for name in _SIDED for mark in (Landmark[f"LEFT_{name.upper()}"], Landmark[f"RIGHT_{name.upper()}"])),
)
"""The body points that are drawn."""
KEPT = 4
"""So many trials are kept ready between the requests of a page, which shows two at most (chosen by us)."""


@dataclass(frozen=True, slots=True, eq=False)
class Playback:
    """A recording ready to be played: cleaned landmarks, angle table, the test and the tested side.

    ``result`` is None where it could not be measured.
    """

    series: LandmarkSeries
    table: AngleTable
    movement: Movement
    side: Side
    result: TrialResult | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """Which take is played, in plain values: it is made ready at the desk.

    Attributes
    ----------
    folder : Path
        Of the upload that the take was confirmed from.
    movement : Movement
        Its test, in the version that it was measured with.
    side : str
    corrections : str
        As JSON.
    """

    folder: Path
    movement: Movement
    side: str
    corrections: str

    @classmethod
    def of(cls, folder: Path, take: Take, movement: Movement) -> Played:
        """A take that was confirmed from the upload in a folder."""
        return cls(folder, movement, take.side, json.dumps(take.corrections, sort_keys=True))


def points_of(played: Played) -> dict[str, Any]:
    """Body points as plain values: of each picture, x and y of every point in pixels; null where hidden."""
    return points_json(load_playback(played))


def curves_of(played: Played) -> dict[str, Any]:
    """Angles over time, the test's own outcomes first, each as the person reads it (more range is larger)."""
    return curves_json(load_playback(played))


def load_playback(played: Played) -> Playback:
    """The recording of a take, cleaned as its trial was; a refused one as far as it goes.

    Raises
    ------
    StorageError
        The landmarks cannot be read.
    """
    landmarks = played.folder / LANDMARKS_FILE
    return _playback(played, landmarks.stat().st_mtime_ns if landmarks.exists() else 0)


@lru_cache(maxsize=KEPT)
def _playback(played: Played, _stamp: int) -> Playback:
    from posecheck.pipeline import measure_angles
    from posecheck.trial.assess import assess

    recording, movement = read_recording_folder(played.folder), played.movement
    corrections = Corrections.from_dict(json.loads(played.corrections))
    declared = Side(played.side) if played.side else None
    try:
        result = assess(recording, movement, declared, TrialOptions(), corrections)
    except RecordingError:
        part = cut_recording(recording, corrections.start_s, corrections.end_s)
        seen = measure_angles(part, plane=movement.plane)
        tested = corrections.side or declared or seen.view.near_side or Side.LEFT
        return Playback(seen.clean.landmarks, seen.table, movement, tested)
    return Playback(result.clean.landmarks, result.table, movement, result.trial.side, result)


def points_json(playback: Playback) -> dict[str, Any]:
    """Body points as plain values: of each picture, x and y of every point in pixels; null where hidden."""
    series = playback.series
    xy = np.round(series.xy_px[:, list(SHOWN)], 1).reshape(len(series), -1)
    return {
        "width_px": series.source.width_px,
        "height_px": series.source.height_px,
        "points": [mark.label for mark in SHOWN],
        "time_s": np.round(series.time_s, 4).tolist(),
        "xy_px": [[None if value != value else value for value in row] for row in xy.tolist()],
    }


def curves_json(playback: Playback) -> dict[str, Any]:
    """Angles over time, the test's own outcomes first, each as the person reads it (more range is larger)."""
    return {
        "time_s": np.round(playback.table.time_s, 4).tolist(),
        "curves": [_curve(playback, *item) for item in _wanted(playback)],
    }


def _wanted(playback: Playback) -> list[tuple[str, str, float, str]]:
    """(column, title, factor, role) of each curve, without repetition."""
    movement, side = playback.movement, playback.side
    found: dict[str, tuple[str, str, float, str]] = {}

    def add(ref: AngleRef, title: str, role: str) -> None:
        column = ref.column(side)
        found.setdefault(column, (column, title, ref.factor(side), role))

    for outcome in movement.outcomes:
        add(outcome.ref, outcome.title, str(outcome.role))
    for item in movement.compensations:
        add(item.ref, item.title, "compensation")
    for definition, own_side, column in angle_columns():
        if column not in playback.table.reasons:
            title = title_with_side(definition.title, own_side)
            found.setdefault(column, (column, title, 1.0, "other"))
    return list(found.values())


def _curve(playback: Playback, column: str, title: str, factor: float, role: str) -> dict[str, Any]:
    values = factor * playback.table.values[column].to_numpy(dtype=np.float64)
    filled = playback.table.states[column].to_numpy() == SampleState.INTERPOLATED
    return {
        "column": column,
        "title": title,
        "role": role,
        "unit": column.rsplit("_", 1)[-1],
        "values": _rounded(values),
        "filled": np.flatnonzero(filled).tolist(),
    }


def _rounded(values: NDArray[np.float64]) -> list[float | None]:
    return [None if value != value else value for value in np.round(values, 2).tolist()]
