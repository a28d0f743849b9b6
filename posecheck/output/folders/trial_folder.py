"""The folder of one trial: its tables, its landmarks, its pictures; written, and read back for a comparison."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import Advice, StorageError
from posecheck.files import OwnEntry, storage_errors, write_bytes_atomic, write_text_atomic
from posecheck.language import phrase
from posecheck.output.body.fitted import fitted_joints
from posecheck.output.body.recordings import body_picture
from posecheck.output.body.svg import body_file
from posecheck.output.export.csv_export import read_angles_csv, write_angles_csv, write_repetitions_csv
from posecheck.output.export.formats import FORMATS, write_format
from posecheck.output.export.skeleton_csv import read_skeleton_csv, write_skeleton_csv
from posecheck.output.folders.recording_folder import damaged_words, write_recording
from posecheck.trial.trial import trial_from_dict, trial_to_dict

if TYPE_CHECKING:
    import pandas as pd

    from posecheck.output.draw.footage import Footage
    from posecheck.output.export.formats import OutputFormat
    from posecheck.output.options import OutputOptions
    from posecheck.progress import Progress
    from posecheck.skeleton.centres import JointCentres
    from posecheck.trial.result import TrialResult
    from posecheck.trial.trial import Trial

TRIAL_FILE = OwnEntry.TRIAL
ANGLES_FILE = OwnEntry.ANGLES
REPETITIONS_FILE = OwnEntry.REPETITIONS
CHART_FILE = OwnEntry.CHART
SKELETON_FILE = OwnEntry.SKELETON
BODY_FILE = OwnEntry.BODY
VIDEO_FILE = OwnEntry.VIDEO
PICTURE_FILE = OwnEntry.PICTURE
NO_TRIAL = Advice("no_trial", phrase("Give the folder of a measured trial."))


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
        The JPEG of the end range, None where there was no usable repetition, and where the file is damaged.
    skeleton : JointCentres or None
        The fitted joints over time; None where no body was fitted, and in folders of an older posecheck.
    """

    path: Path
    trial: Trial
    values: pd.DataFrame
    states: pd.DataFrame
    end_range_picture: bytes | None
    skeleton: JointCentres | None = None


def write_trial_folder(
    folder: Path,
    result: TrialResult,
    output: OutputOptions,
    footage: Footage | None,
    *,
    kept_picture: bytes | None = None,
    progress: Progress | None = None,
) -> None:
    """Write everything that a trial gives into an existing folder.

    Parameters
    ----------
    folder : Path
        Must exist; making it appear whole or not at all is the caller's (`posecheck.files.new_folder`).
    result : TrialResult
        Its recording is kept, the whole of it, so that the trial can be measured again without the video.
    output : OutputOptions
        Without the annotated video the end range picture is still written.
    footage : Footage or None
        None where the video is gone: then nothing can be drawn, and ``kept_picture`` stands for the end range.
    kept_picture : bytes, optional
        End range picture of an earlier result, used where there is no video. It shows the numbers of that result.
    progress : callable, optional
        Told how far the annotated video has come.

    Raises
    ------
    StorageError
        A file cannot be written.
    VideoError
        The video cannot be read a second time.
    """
    from posecheck.output.draw.annotated_video import write_end_range_picture

    text = json.dumps(trial_to_dict(result.trial), indent=1, ensure_ascii=False, allow_nan=False)
    write_text_atomic(folder / TRIAL_FILE, text + "\n")
    with ThreadPoolExecutor(1) as pool:  # tables and chart while the video is drawn
        here = copy_context()  # with the language of the chart
        tables = pool.submit(here.run, _write_tables, folder, result, output.formats)
        write_recording(result.recording, folder)
        if footage is None:
            _keep_picture(folder, kept_picture)
        elif output.annotated:
            annotate_trial_folder(folder, result, footage, progress=progress)
        else:
            write_end_range_picture(result, footage, folder / PICTURE_FILE)
        tables.result()


def _write_tables(folder: Path, result: TrialResult, formats: tuple[OutputFormat, ...]) -> None:
    from posecheck.output.report.charts import angle_chart  # loaded late: Matplotlib takes half a second

    write_angles_csv(result.table, folder / ANGLES_FILE)
    write_repetitions_csv(result.trial, folder / REPETITIONS_FILE)
    write_bytes_atomic(folder / CHART_FILE, angle_chart(result.table, result.trial))
    centres = fitted_joints(result)
    _write_body(folder, result, centres)
    table = replace(result.table, centres=centres)
    for name in formats:
        write_format(name, folder / FORMATS[name].file, table, result.clean)


def _write_body(folder: Path, result: TrialResult, centres: JointCentres | None) -> None:
    """The fitted joints, and the body at end range; nothing where no body was fitted."""
    if centres is None:
        return
    write_skeleton_csv(centres, folder / SKELETON_FILE)
    picture = body_picture([(phrase("End range"), result.trial, centres)])
    if picture is not None:
        write_bytes_atomic(folder / BODY_FILE, body_file(picture))


def _keep_picture(folder: Path, picture: bytes | None) -> None:
    if picture is not None:
        write_bytes_atomic(folder / PICTURE_FILE, picture)


def annotate_trial_folder(
    folder: Path, result: TrialResult, footage: Footage, *, progress: Progress | None = None
) -> None:
    """Write the annotated video into a trial's folder, and the end range picture unless it is there already.

    Raises
    ------
    StorageError, VideoError
        As `write_trial_folder`.
    """
    from posecheck.output.draw.annotated_video import write_annotated_video

    picture = folder / PICTURE_FILE
    missing = None if picture.exists() else picture
    write_annotated_video(result, footage, folder / VIDEO_FILE, end_range_path=missing, progress=progress)


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
        jpeg = picture.read_bytes() if picture.is_file() else b""
    return StoredTrial(folder, trial, values, states, jpeg if is_whole_jpeg(jpeg) else None, load_skeleton(folder))


def is_whole_jpeg(data: bytes) -> bool:
    """Whether a picture has its beginning and its end: half of one spoils a whole report."""
    return data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")


def load_skeleton(folder: Path) -> JointCentres | None:
    """The fitted joints alone of a trial's folder; None where it has none.

    Raises
    ------
    StorageError
        Their file is damaged.
    """
    file = folder / SKELETON_FILE
    return read_skeleton_csv(file) if file.is_file() else None


def load_trial(path: str | Path) -> Trial:
    """Read the trial alone of a trial's folder: no angles, no picture.

    Raises
    ------
    StorageError
        As `load_trial_folder`.
    """
    folder = Path(path)
    if not folder.exists():
        raise StorageError(phrase("{path}: no such folder. Check the path.", path=path))
    file = folder / TRIAL_FILE
    if not file.is_file():
        raise StorageError(phrase("{path} has no {file}.", path=path, file=str(TRIAL_FILE)), NO_TRIAL)
    return _read_trial(file)


def _read_trial(file: Path) -> Trial:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise StorageError(damaged_words(file, error)) from error
    if not isinstance(data, dict):
        raise StorageError(phrase("{file}: not a trial result. Analyse the video again.", file=file))
    return trial_from_dict(data, str(file))
