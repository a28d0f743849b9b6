"""The folder of one trial: its tables, its landmarks, its pictures; written, and read back for a comparison."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import Advice, StorageError
from posecheck.files import OwnEntry, storage_errors, write_bytes_atomic, write_text_atomic
from posecheck.output.draw.annotated_video import write_annotated_video, write_end_range_picture
from posecheck.output.export.csv_export import read_angles_csv, write_angles_csv, write_repetitions_csv
from posecheck.output.export.formats import FORMAT_FILES, write_format
from posecheck.output.folders.recording_folder import write_recording
from posecheck.trial.trial import trial_from_dict, trial_to_dict

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from posecheck.kinematics.angles import AngleTable
    from posecheck.movements import Movement
    from posecheck.output.draw.face_blur import FaceBlur
    from posecheck.output.export.formats import OutputFormat
    from posecheck.pose.landmarks import CleanSeries
    from posecheck.pose.recording import Recording
    from posecheck.trial.trial import Trial
    from posecheck.video.reader import VideoOptions

TRIAL_FILE = OwnEntry.TRIAL
ANGLES_FILE = OwnEntry.ANGLES
REPETITIONS_FILE = OwnEntry.REPETITIONS
CHART_FILE = OwnEntry.CHART
VIDEO_FILE = OwnEntry.VIDEO
PICTURE_FILE = OwnEntry.PICTURE
NO_TRIAL = Advice("no_trial", "Give the folder of a measured trial.")


@dataclass(frozen=True, slots=True, eq=False)
class StoredTrial:
    """A trial read back from its folder.

    Attributes
    ----------
    path : Path
        The folder.
    trial : Trial
    values, states : DataFrame
        Angles over time, as in `posecheck.kinematics.angles.AngleTable`.
    end_range_picture : bytes or None
        The JPEG of the end range, None where there was no usable repetition.
    """

    path: Path
    trial: Trial
    values: pd.DataFrame
    states: pd.DataFrame
    end_range_picture: bytes | None


def write_trial_folder(
    folder: Path,
    *,
    trial: Trial,
    table: AngleTable,
    clean: CleanSeries,
    recording: Recording,
    movement: Movement,
    source_path: Path | None,
    video_options: VideoOptions,
    formats: tuple[OutputFormat, ...] = (),
    annotated: bool = True,
    kept_picture: bytes | None = None,
    blur: FaceBlur | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> None:
    """Write everything that a trial gives into an existing folder.

    Parameters
    ----------
    folder : Path
        Must exist; making it appear whole or not at all is the caller's (`posecheck.files.new_folder`).
    trial, table, clean, movement
        The trial and what it rests on.
    recording : Recording
        Kept, the whole of it, so that the trial can be measured again without the video.
    source_path : Path or None
        The video; None where it is gone: then nothing can be drawn, and ``kept_picture`` stands for the end range.
    video_options : VideoOptions
        How it was read.
    formats : tuple of OutputFormat
        Files for other programs besides. Default: none.
    annotated : bool
        Write the annotated video. Default: yes; without it the end range picture is still written.
    kept_picture : bytes, optional
        End range picture of an earlier result, used where there is no video. It shows the numbers of that result.
    blur : FaceBlur, optional
        Blur the face in video and picture. Default: do not.
    progress : callable, optional
        Told how far the annotated video has come.

    Raises
    ------
    StorageError
        A file cannot be written.
    VideoError
        The video cannot be read a second time.
    """
    text = json.dumps(trial_to_dict(trial), indent=1, ensure_ascii=False, allow_nan=False)
    write_text_atomic(folder / TRIAL_FILE, text + "\n")
    draw = annotate_trial_folder if annotated else write_trial_picture
    with ThreadPoolExecutor(1) as pool:  # tables and chart while the video is drawn
        tables = pool.submit(_write_tables, folder, trial, table, clean, formats)
        write_recording(recording, folder)
        if source_path is not None:
            draw(
                folder,
                source_path=source_path,
                video_options=video_options,
                clean=clean,
                table=table,
                trial=trial,
                movement=movement,
                blur=blur,
                progress=progress,
            )
        elif kept_picture is not None:
            write_bytes_atomic(folder / PICTURE_FILE, kept_picture)
        tables.result()


def _write_tables(
    folder: Path, trial: Trial, table: AngleTable, clean: CleanSeries, formats: tuple[OutputFormat, ...]
) -> None:
    from posecheck.output.report.charts import angle_chart  # loaded late: Matplotlib takes half a second

    write_angles_csv(table, folder / ANGLES_FILE)
    write_repetitions_csv(trial, folder / REPETITIONS_FILE)
    write_bytes_atomic(folder / CHART_FILE, angle_chart(table, trial))
    for name in formats:
        write_format(name, folder / FORMAT_FILES[name], table, clean)


def write_trial_picture(
    folder: Path,
    *,
    source_path: Path,
    video_options: VideoOptions,
    clean: CleanSeries,
    table: AngleTable,
    trial: Trial,
    movement: Movement,
    blur: FaceBlur | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> None:
    """Write the end range picture alone; arguments and errors as `annotate_trial_folder`."""
    write_end_range_picture(
        source_path,
        video_options,
        folder / PICTURE_FILE,
        clean=clean,
        table=table,
        trial=trial,
        movement=movement,
        blur=blur,
    )


def annotate_trial_folder(
    folder: Path,
    *,
    source_path: Path,
    video_options: VideoOptions,
    clean: CleanSeries,
    table: AngleTable,
    trial: Trial,
    movement: Movement,
    blur: FaceBlur | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> None:
    """Write the annotated video into a trial's folder, and the end range picture unless it is there already.

    Raises
    ------
    StorageError, VideoError
        As `write_trial_folder`.
    """
    picture = folder / PICTURE_FILE
    write_annotated_video(
        source_path,
        video_options,
        folder / VIDEO_FILE,
        clean=clean,
        table=table,
        trial=trial,
        movement=movement,
        end_range_path=None if picture.exists() else picture,
        blur=blur,
        progress=progress,
    )


def load_trial_folder(path: str | Path) -> StoredTrial:
    """Read a trial's folder.

    Raises
    ------
    StorageError
        No such folder; not a trial's folder; a file in it is missing or damaged, or of another version of posecheck.
    """
    folder = Path(path)
    trial = load_trial(path)
    values, states = read_angles_csv(folder / ANGLES_FILE)
    picture = folder / PICTURE_FILE
    with storage_errors(picture):
        jpeg = picture.read_bytes() if picture.is_file() else None
    return StoredTrial(folder, trial, values, states, jpeg)


def load_trial(path: str | Path) -> Trial:
    """Read the trial alone of a trial's folder: no angles, no picture.

    Raises
    ------
    StorageError
        As `load_trial_folder`.
    """
    folder = Path(path)
    if not folder.exists():
        raise StorageError(f"{path}: no such folder. Check the path.")
    file = folder / TRIAL_FILE
    if not file.is_file():
        raise StorageError(f"{path} has no {TRIAL_FILE}.", NO_TRIAL)
    return _read_trial(file)


def _read_trial(file: Path) -> Trial:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StorageError(f"{file}: damaged ({error}). Analyse the video again.") from error
    if not isinstance(data, dict):
        raise StorageError(f"{file}: not a trial result. Analyse the video again.")
    return trial_from_dict(data, str(file))
