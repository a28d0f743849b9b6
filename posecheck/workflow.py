"""What a user asks for, from files to folders: one trial, a comparison, a whole session. Shared by command and web."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import chain
from threading import Thread
from typing import TYPE_CHECKING, Any

import posecheck
from posecheck.batch import Done, run_jobs
from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.error_model import ErrorModel, OwnRepeats
from posecheck.comparison.repeats import own_repeats
from posecheck.comparison.sides import compare_sides
from posecheck.comparison.verdict import SMALL_DEG
from posecheck.errors import ComparisonError, PosecheckError, RecordingError, StorageError, VideoError
from posecheck.files import ANOTHER_PLACE, OwnEntry, new_folder
from posecheck.movements import builtin_movements
from posecheck.output.draw.footage import Footage
from posecheck.output.folders.stored_takes import check_different, each_once, numbered, video_name
from posecheck.output.options import OutputOptions
from posecheck.output.report.data import LeftOut, Refused, ReportData, ReportStretch, ReportTrial
from posecheck.pipeline import analyze_video
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
    "scipy.signal",
    "posecheck.output.report.charts",
)
"""What only the stages after the pose model need; loaded while the model runs, they cost nothing."""


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
    load_in_background(LATE_LIBRARIES)
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
        raise StorageError(f"{folder} holds the recordings themselves ({source}).", ANOTHER_PLACE)


def load_in_background(modules: Sequence[str]) -> None:
    """Import modules on another thread; whoever needs one earlier just waits for it."""
    Thread(target=lambda: [import_module(name) for name in modules], daemon=True).start()


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
    from posecheck.output.folders.comparison_folder import write_comparison_folder
    from posecheck.output.folders.trial_folder import load_trial_folder

    check_different([*pre, *baseline, *retest])
    blocks = [[load_trial_folder(path) for path in paths] for paths in (pre, baseline, retest)]
    data = comparison_data(*blocks, primary=primary, earlier=repeats_in(earlier), limit_deg=limit_deg)
    with new_folder(folder, overwrite=overwrite) as partial_folder:
        write_comparison_folder(partial_folder, data)
    return _result(folder, [trial for block in blocks for trial in block], data)


def repeats_in(folders: Sequence[Path]) -> OwnRepeats:
    """The repeats of earlier sessions together."""
    from posecheck.output.folders.comparison_folder import read_repeats

    return sum((read_repeats(folder) for folder in dict.fromkeys(folders)), OwnRepeats())


def comparison_data(
    pre: Sequence[StoredTrial],
    baseline: Sequence[StoredTrial],
    retest: Sequence[StoredTrial],
    *,
    primary: MeasureKey | None = None,
    refused: Sequence[Refused] = (),
    session: SessionFile | None = None,
    earlier: OwnRepeats | None = None,
    limit_deg: float = SMALL_DEG,
) -> ReportData:
    """Everything that the report shows.

    ``earlier`` are the person's own repeats of earlier sessions; ``limit_deg`` as in `compare_folders`.

    Raises
    ------
    ComparisonError
        As `posecheck.comparison.changes.compare_blocks`.
    """
    names = list(builtin_movements())  # reads the movement files: once
    pre, baseline, retest = (
        sorted(numbered(block), key=lambda stored: _protocol_order(stored, names)) for block in (pre, baseline, retest)
    )
    a, b, c = ([stored.trial for stored in block] for block in (pre, baseline, retest))
    earlier = earlier or OwnRepeats()
    own = own_repeats(a, b, c)
    model = ErrorModel(earlier + own)
    repeated, filmed_again = {trial.key for trial in b}, {trial.key for trial in c}
    before = [*b, *(trial for trial in a if trial.key not in repeated)]
    comparable = any(trial.key in filmed_again for trial in before)
    asked = c and (comparable or session is None)
    changes = compare_blocks(a, c, baseline=b, primary=primary, earlier=earlier, limit_deg=limit_deg) if asked else ()
    still = any(trial.key in repeated for trial in a)
    people = {trial.person for trial in (*a, *b, *c)} - {""}
    data = ReportData(
        person=session.person if session else ", ".join(sorted(people)),
        pre_date=session.date if session else "",
        retest_date=session.date if session and retest else "",
        pre=tuple(map(_report_trial, pre)),
        baseline=tuple(map(_report_trial, baseline)),
        retest=tuple(map(_report_trial, retest)),
        changes=changes,
        baseline_changes=compare_blocks(a, b, earlier=earlier, limit_deg=limit_deg) if still else (),
        pre_sides=compare_sides(before, "baseline" if b else "pre", model=model),
        retest_sides=compare_sides(c, "retest", model=model),
        stretches=tuple(
            ReportStretch(item.stretch, item.grip, item.side, item.note)
            for item in (session.stretches if session else ())
        ),
        refused=tuple(refused),
        left_out=tuple(_left_out(plan) for plan in (session.trials if session else ()) if plan.leave_out),
        error_model=model,
        own_repeats=own,
        provenance=_provenance((*pre, *baseline, *retest)),
    )
    return replace(data, title=session.title) if session and session.title else data


def comparison_or_rest(
    pre: Sequence[StoredTrial],
    baseline: Sequence[StoredTrial],
    retest: Sequence[StoredTrial],
    *,
    primary: MeasureKey | None = None,
    refused: Sequence[Refused] = (),
    session: SessionFile | None = None,
    earlier: OwnRepeats | None = None,
    limit_deg: float = SMALL_DEG,
) -> ReportData:
    """As `comparison_data`, but what cannot be compared costs the comparison alone, and is said among the refused.

    A recording that came in twice counts once: its second take is among those that were left out.
    """
    blocks = [each_once(phase, block) for phase, block in zip(Phase, (pre, baseline, retest), strict=True)]
    (first, second, last), twice = zip(*blocks, strict=True)
    try:
        data = comparison_data(
            first,
            second,
            last,
            primary=primary,
            refused=refused,
            session=session,
            earlier=earlier,
            limit_deg=limit_deg,
        )
    except ComparisonError as error:
        said = (*refused, Refused("comparison", str(error)))
        data = comparison_data(first, second, [], refused=said, session=session, earlier=earlier)
    return replace(data, left_out=(*data.left_out, *chain.from_iterable(twice)))


def _protocol_order(stored: StoredTrial, names: Sequence[str]) -> tuple[int, str]:
    name = stored.trial.movement
    return (names.index(name) if name in names else len(names)), f"{name} {stored.trial.side}"


def _left_out(plan: PlannedTrial) -> LeftOut:
    side = plan.key.side or ""
    return LeftOut(plan.file.name, plan.movement.name, side, plan.phase, plan.label, plan.take, plan.leave_out)


def _report_trial(stored: StoredTrial) -> ReportTrial:
    return ReportTrial(stored.trial, video_name(stored), stored, stored.end_range_picture, stored.skeleton)


def _provenance(trials: Sequence[StoredTrial]) -> dict[str, Any]:
    shared: dict[str, Any] = {"posecheck": posecheck.__version__}
    for key in ("python", "mediapipe", "numpy", "opencv", "model_sha256"):
        values = sorted({str(stored.trial.provenance.get(key, "")) for stored in trials} - {""})
        shared[key] = values[0] if len(values) == 1 else values
    shared["videos"] = [
        {key: stored.trial.provenance.get(key, "") for key in ("video", "video_sha256")} for stored in trials
    ]
    return shared


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
        raise VideoError(f"the report is done, but {len(failed)} annotated videos could not be written: {failed[0]}")


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
        Refused(job.plan.file.name, end.reason.removeprefix(f"{job.plan.file}: "))
        for job, end in zip(jobs, done, strict=True)
        if end.reason
    )


def _session_data(
    session: SessionFile, measured: Sequence[tuple[PlannedTrial, StoredTrial]], refused: Sequence[Refused]
) -> ReportData:
    if not measured:
        reasons = "\n".join(f"  {item.file}: {item.reason}" for item in refused)
        raise RecordingError(f"none of the {len(refused)} recordings could be measured:\n{reasons}")
    blocks = ([stored for plan, stored in measured if plan.phase is phase] for phase in Phase)
    return comparison_or_rest(
        *blocks,
        primary=session.primary,
        refused=refused,
        session=session,
        earlier=repeats_in(session.earlier),
        limit_deg=session.limit_deg,
    )
