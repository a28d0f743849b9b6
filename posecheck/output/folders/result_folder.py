"""One trial's folder: written, measured again from its landmarks, written anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posecheck.files import new_folder
from posecheck.trial.assess import assess

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.kinematics.joints import Side
    from posecheck.movements import Movement
    from posecheck.output.export.formats import OutputFormat
    from posecheck.progress import Progress
    from posecheck.trial.corrections import Corrections
    from posecheck.trial.result import TrialOptions, TrialResult
    from posecheck.video.reader import VideoOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    """What a trial's folder holds besides the tables.

    Attributes
    ----------
    annotated : bool
        The video with skeleton, angles, repetitions and holds drawn on it.
    formats : tuple of OutputFormat
        Files for other programs: OpenSim, motion capture, the Python package movement.
    blur_faces : bool
        Blur the face of the followed person in the annotated video and the end range picture. Default: no.
    """

    annotated: bool = True
    formats: tuple[OutputFormat, ...] = ()
    blur_faces: bool = False


def write_result(result: TrialResult, folder: Path, output: OutputOptions, progress: Progress | None = None) -> None:
    """Write a trial's files into an existing folder."""
    write_files(result, folder, output, result.recording.info.path, progress=progress)


def reassess_folder(
    folder: Path,
    movement: Movement,
    side: Side | None,
    options: TrialOptions | None = None,
    *,
    corrections: Corrections | None = None,
    video: Path | None = None,
) -> TrialResult:
    """Measure a stored trial again from its landmarks, without finding the body points anew.

    Parameters
    ----------
    folder : Path
    movement : Movement
    side : Side or None
        The tested leg as declared; ``corrections`` may name another.
    options : TrialOptions, optional
        Person, felt scores and how the video was read.
    corrections : Corrections, optional
        What a person set right; they take the place of all earlier ones.
    video : Path, optional
        Where the video lies now, for messages and for drawing. Default: it is not needed.

    Raises
    ------
    StorageError
        The folder's landmarks cannot be read.
    RecordingError
        As `posecheck.trial.assess.assess`.
    """
    from posecheck.output.folders.recording_folder import read_recording_folder

    return assess(read_recording_folder(folder, video=video), movement, side, options, corrections)


def rewrite_folder(
    folder: Path, result: TrialResult, *, video: Path | None = None, output: OutputOptions | None = None
) -> None:
    """Replace a trial's folder by a new result of the same recording, whole or not at all.

    Parameters
    ----------
    folder : Path
        An earlier result; files that posecheck did not write must not lie in it.
    result : TrialResult
    video : Path, optional
        The video, to draw the end range picture. Without it the earlier picture, with the numbers of that result, stays.
    output : OutputOptions, optional
        Default: no annotated video, as drawing it takes long; the earlier one shows other repetitions and goes.

    Raises
    ------
    StorageError, VideoError
        Nothing is replaced.
    """
    from posecheck.output.folders.trial_folder import load_trial_folder

    earlier = load_trial_folder(folder)
    with new_folder(folder, overwrite=True) as partial_folder:
        chosen = output or OutputOptions(annotated=False)
        write_files(result, partial_folder, chosen, video, kept_picture=earlier.end_range_picture)


def write_files(
    result: TrialResult,
    folder: Path,
    output: OutputOptions,
    video: Path | None,
    *,
    video_options: VideoOptions | None = None,
    kept_picture: bytes | None = None,
    progress: Progress | None = None,
) -> None:
    """Write a trial's files into an existing folder.

    Parameters
    ----------
    result : TrialResult
    folder : Path
    output : OutputOptions
    video : Path or None
        The video to draw on; None where it is not at hand.
    video_options : VideoOptions, optional
        How it is read to be drawn on. Default: as it was read when the body points were found.
    kept_picture : bytes, optional
        The end range picture to keep where there is no video.
    progress : callable, optional
        Told how far the annotated video has come.

    Raises
    ------
    StorageError, VideoError
    """
    from posecheck.output.draw.face_blur import FaceBlur
    from posecheck.output.folders.trial_folder import write_trial_folder

    write_trial_folder(
        folder,
        trial=result.trial,
        table=result.table,
        clean=result.clean,
        recording=result.recording,
        movement=result.movement,
        source_path=video,
        video_options=video_options or result.options.video,
        formats=output.formats,
        annotated=output.annotated,
        kept_picture=kept_picture,
        blur=FaceBlur.of(result.recording.series) if output.blur_faces else None,
        progress=progress,
    )
