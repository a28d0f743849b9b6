"""A trial with all that it rests on, and how its recording was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from posecheck.trial.trial import Felt
from posecheck.video.reader import VideoOptions

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.kinematics.angles import AngleTable
    from posecheck.kinematics.view import View
    from posecheck.movements import Movement
    from posecheck.pose.landmarks import CleanSeries
    from posecheck.pose.recording import Recording
    from posecheck.trial.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOptions:
    """How one recording is read.

    Attributes
    ----------
    video : VideoOptions
        Part of the video, mirroring, turn of the picture, stride.
    model_path : Path, optional
        Another pose model bundle.
    person_at : (x, y), optional
        The person to follow, as fractions of the picture.
    person : str
        Name or code of the person, so that results of different people are not compared.
    felt : Felt
        What the person felt.
    take : int
        Which recording of the test and side it is in its block, from 1.
    """

    video: VideoOptions = field(default_factory=VideoOptions)
    model_path: Path | None = None
    person_at: tuple[float, float] | None = None
    person: str = ""
    felt: Felt = field(default_factory=Felt)
    take: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class TrialResult:
    """A trial with all that it rests on; ``recording`` is the whole of it, also where corrections use a part."""

    trial: Trial
    movement: Movement
    recording: Recording
    clean: CleanSeries
    table: AngleTable
    view: View
    options: TrialOptions


@dataclass(frozen=True, slots=True, eq=False)
class AngleResult:
    """All angles of a recording that is no test."""

    recording: Recording
    clean: CleanSeries
    table: AngleTable
    view: View
