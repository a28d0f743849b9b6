"""What a user asks for, from files to folders: one trial, a comparison, a whole session. Shared by command and web."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

from posecheck.batch import Done, run_jobs
from posecheck.comparison.verdict import SMALL_DEG
from posecheck.errors import PosecheckError, RecordingError, StorageError, VideoError
from posecheck.files import ANOTHER_PLACE, OwnEntry, new_folder
from posecheck.heaps import share_heaps
from posecheck.language import counted, joined, phrase, without_lead
from posecheck.output.draw.footage import Footage
from posecheck.output.options import OutputOptions
from posecheck.output.report.data import LeftOut, Refused, ReportData
from posecheck.pipeline import analyze_video
from posecheck.pose.estimator import load_library
from posecheck.session import ADVICE, SESSION_FILE, Phase
from posecheck.trial.assess import assess
from posecheck.trial.result import TrialOptions, TrialResult
from posecheck.video.reader import VideoOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from posecheck.batch import JobProgress
    from posecheck.comparison.changes import Change
    from posecheck.comparison.sides import SideDifference
    from posecheck.kinematics.joints import Side
    from posecheck.movements import Movement
    from posecheck.output.folders.trial_folder import StoredTrial
    from posecheck.progress import Progress
    from posecheck.session import PlannedTrial, SessionFile
    from posecheck.trial.keys import MeasureKey

TRIALS_FOLDER = OwnEntry.TRIALS
LATE_LIBRARIES = (
    "pandas",
    "posecheck.output.folders.trial_folder",
    "posecheck.skeleton.fit",
    "scipy.linalg",
    "scipy.ndimage",
    "posecheck.output.report.charts",
)
"""What only the stages after the pose model need; loaded while the model runs, after its own library."""


@dataclass(frozen=True, slots=True)
class SessionResult:
    """A session, analysed: its folder, what changed, how the sides differ, what was refused or left out."""

    folder: Path
    trials: tuple[StoredTrial, ...]
    changes: tuple[Change, ...]
    sides: tuple[SideDifference, ...]
    refused: tuple[Refused, ...]
    report: Path
    left_out: tuple[LeftOut, ...] = ()

    @property
    def cautions(self) -> tuple[str, ...]:
        """What to keep in mind about each test, once."""
        from posecheck.output.report.words import trial_cautions

        return trial_cautions(stored.trial for stored in self.trials)


def analyze_to_folder(
    video: Path,
    movement: Movement,
    side: Side | None,
    folder: Path,
    *,
    options: TrialOptions | None = None,
    output: OutputOptions | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> TrialResult:
    """Analyse one recording and write its folder, whole or not at all.

    Parameters
    ----------
    video : Path
    movement : Movement
    side : Side or None
    folder : Path
        Made by this call.
    options : TrialOptions, optional
    output : OutputOptions, optional
    overwrite : bool
        Replace an earlier result of posecheck.
    progress : callable, optional
        Told frames done and in all; drawing the annotated video counts as a second pass.

    Raises
    ------
    PosecheckError
        What went wrong, where, and what to do; nothing is left behind.
    """
    output = output or OutputOptions()
    refuse_source_inside(video, folder)
    share_heaps()
    Thread(target=_load_all, daemon=True).start()
    with new_folder(folder, overwrite=overwrite) as partial_folder:
        result = analyze_video(video, movement, side, options, progress=_pass(progress, 0, 1 + output.annotated))
        _write_trial(partial_folder, result, output, _pass(progress, 1, 2))
    return result


def _write_trial(folder: Path, result: TrialResult, output: OutputOptions, progress: Progress | None = None) -> None:
    from posecheck.output.folders.trial_folder import write_trial_folder  # loaded in the background meanwhile

    write_trial_folder(folder, result, output, Footage.of(result), progress=progress)


def refuse_source_inside(source: Path, folder: Path) -> None:
    """Refuse to replace a folder that holds the recordings themselves.

    Raises
    ------
    StorageError
    """
    if source.absolute().resolve().is_relative_to(folder.absolute().resolve()):
        words = phrase("{folder} holds the recordings themselves ({source}).", folder=folder, source=source)
        raise StorageError(words, ANOTHER_PLACE)


def _load_all() -> None:
    load_library()  # first: the model waits for it
    for name in LATE_LIBRARIES:
        import_module(name)


def _pass(progress: Progress | None, number: int, passes: int) -> Progress | None:
    """Progress of one of several passes over the same frames."""
    if progress is None:
        return None

    def passed_on(done: int, total: int | None) -> None:
        progress(done + number * (total or 0), None if total is None else passes * total)

    return passed_on


def compare_folders(
    pre: Sequence[Path],
    retest: Sequence[Path],
    folder: Path,
    *,
    baseline: Sequence[Path] = (),
    primary: MeasureKey | None = None,
    earlier: Sequence[Path] = (),
    limit_deg: float = SMALL_DEG,
    overwrite: bool = False,
) -> SessionResult:
    """Compare stored trials and write changes.csv, sides.csv, takes.csv, comparison.json and report.html.

    ``earlier`` are result folders of earlier sessions of the same person, whose repeats count for the error; ``limit_deg``
    is what `posecheck.comparison.verdict.Verdict.SMALL` is about.

    Raises
    ------
    ComparisonError
        Nothing in common, or different versions or people.
    StorageError
        A trial cannot be read, or the result not written.
    """
    from posecheck.compared import comparison_data, repeats_in
    from posecheck.output.folders.comparison_folder import write_comparison_folder
    from posecheck.output.folders.stored_takes import check_different
    from posecheck.output.folders.trial_folder import load_trial_folder

    check_different([*pre, *baseline, *retest])
    blocks = [[load_trial_folder(path) for path in paths] for paths in (pre, baseline, retest)]
    repeats = repeats_in(earlier, but_not=[stored for block in blocks for stored in block])
    data = comparison_data(*blocks, primary=primary, earlier=repeats, limit_deg=limit_deg)
    with new_folder(folder, overwrite=overwrite) as partial_folder:
        write_comparison_folder(partial_folder, data)
    return _result(folder, [trial for block in blocks for trial in block], data)


def _result(folder: Path, trials: Sequence[StoredTrial], data: ReportData) -> SessionResult:
    return SessionResult(
        folder,
        tuple(trials),
        data.changes,
        (*data.pre_sides, *data.retest_sides),
        data.refused,
        folder / OwnEntry.REPORT,
        data.left_out,
    )


@dataclass(frozen=True, slots=True)
class _Job:
    plan: PlannedTrial
    folder: Path
    options: TrialOptions
    output: OutputOptions


def run_session(
    session: SessionFile,
    source: Path,
    folder: Path,
    *,
    model_path: Path | None = None,
    output: OutputOptions | None = None,
    workers: int | None = None,
    overwrite: bool = False,
    progress: JobProgress | None = None,
    on_done: Callable[[int, Done[str]], None] | None = None,
    on_result: Callable[[SessionResult], None] | None = None,
) -> SessionResult:
    """Analyse every video of a session in parallel, compare, and write one folder, whole or not at all.

    Parameters
    ----------
    session : SessionFile
    source : Path
        The folder of the session file.
    folder : Path
        Made by this call: ``trials/``, tables, report.
    model_path, output, workers, overwrite
        As for one trial; ``workers`` processes at once.
    progress, on_done : callable, optional
        As `posecheck.batch.run_jobs`; job numbers count the session's trials that are not left out.
    on_result : callable, optional
        Told the result as soon as it is known, before the annotated videos are drawn.

    Raises
    ------
    RecordingError
        No recording could be measured.
    StorageError
        The folder cannot be written.
    """
    from posecheck.output.folders.comparison_folder import (
        write_comparison_folder,  # loaded late: Matplotlib takes its time
    )
    from posecheck.output.folders.trial_folder import load_trial_folder

    output = output or OutputOptions()
    refuse_source_inside(source, folder)
    first = replace(output, annotated=False)
    with new_folder(folder, overwrite=overwrite) as partial_folder:
        jobs = [_job(plan, session, partial_folder, model_path, first) for plan in session.counting]
        done = run_jobs(_analyze_job, jobs, workers=workers, progress=progress, on_done=on_done)
        measured = [
            (job.plan, load_trial_folder(job.folder)) for job, end in zip(jobs, done, strict=True) if not end.reason
        ]
        data = _session_data(session, measured, _refused(jobs, done))
        write_comparison_folder(partial_folder, data)
        shutil.copyfile(source / SESSION_FILE, partial_folder / SESSION_FILE)
    moved = [_job(plan, session, folder, model_path, output) for plan, _ in measured]
    trials = [replace(stored, path=job.folder) for job, (_, stored) in zip(moved, measured, strict=True)]
    result = _result(folder, trials, data)
    if on_result is not None:
        on_result(result)
    if output.annotated:
        _annotate(moved, workers, progress)
    return result


def _annotate(jobs: Sequence[_Job], workers: int | None, progress: JobProgress | None) -> None:
    """Draw the annotated videos into a finished session: each appears whole, and a stop loses nothing that is there."""
    failed = [end.reason for end in run_jobs(_annotate_job, jobs, workers=workers, progress=progress) if end.reason]
    if failed:
        raise VideoError(
            counted(
                "the report is done, but {count} annotated video could not be written: {reason}",
                "the report is done, but {count} annotated videos could not be written: {reason}",
                count=len(failed),
                reason=failed[0],
            )
        )


def _job(
    plan: PlannedTrial, session: SessionFile, folder: Path, model_path: Path | None, output: OutputOptions
) -> _Job:
    options = TrialOptions(
        video=VideoOptions(start_s=plan.start_s, end_s=plan.end_s, mirror=plan.mirror, rotate_deg=plan.rotate_deg),
        model_path=model_path,
        person_at=plan.person_at,
        person=session.person,
        felt=plan.felt,
        take=plan.take,
    )
    return _Job(plan, folder / TRIALS_FOLDER / plan.folder_name, options, output)


def _analyze_job(job: _Job, progress: Progress) -> str:
    try:
        result = analyze_video(job.plan.file, job.plan.movement, job.plan.side, job.options, progress=progress)
    except PosecheckError as error:
        raise type(error)(error.said(ADVICE)) from error
    with new_folder(job.folder, overwrite=True) as partial_folder:  # again after a crashed process
        _write_trial(partial_folder, result, job.output)
    return job.plan.folder_name


def _annotate_job(job: _Job, progress: Progress) -> None:
    """Draw from the stored body points: what was measured from them once comes out again."""
    from posecheck.output.folders.recording_folder import read_recording_folder
    from posecheck.output.folders.trial_folder import annotate_trial_folder

    recording = read_recording_folder(job.folder, video=job.plan.file)
    result = assess(recording, job.plan.movement, job.plan.side, job.options)
    annotate_trial_folder(job.folder, result, Footage.of(result), progress=progress)


def _refused(jobs: Sequence[_Job], done: Sequence[Done[str]]) -> tuple[Refused, ...]:
    return tuple(
        Refused(job.plan.file.name, without_lead(end.reason, str(job.plan.file)))
        for job, end in zip(jobs, done, strict=True)
        if end.reason
    )


def _session_data(
    session: SessionFile, measured: Sequence[tuple[PlannedTrial, StoredTrial]], refused: Sequence[Refused]
) -> ReportData:
    from posecheck.compared import comparison_or_rest, repeats_in

    if not measured:
        none = counted(
            "the only recording could not be measured:",
            "none of the {count} recordings could be measured:",
            count=len(refused),
        )
        reasons = (phrase("{name}: {words}", name=item.file, words=item.reason) for item in refused)
        raise RecordingError(joined([none, *reasons], "\n  "))
    blocks = ([stored for plan, stored in measured if plan.phase is phase] for phase in Phase)
    return comparison_or_rest(
        *blocks,
        primary=session.primary,
        refused=refused,
        session=session,
        earlier=repeats_in(session.earlier, but_not=[stored for _, stored in measured]),
        limit_deg=session.limit_deg,
    )
