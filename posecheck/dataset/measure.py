"""Measures one recording of a data set: fetched, read, its tables written, and noted as done. Runs on a worker."""

from __future__ import annotations

import socket
import tempfile
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import posecheck
from posecheck.dataset.ledger import Settings, mark_of, write_measured, write_refused
from posecheck.errors import ABOUT_THE_VIDEO, ClusterError, PosecheckError, RecordingError
from posecheck.kinematics.joints import Side
from posecheck.language import mapped, phrase
from posecheck.places import local_copy, place, put_bytes, put_tree, stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.dataset.sources import Source
    from posecheck.movements import Movement
    from posecheck.places import Place
    from posecheck.pose.recording import Recording
    from posecheck.trial.result import TrialResult


def version_words(worker: str, theirs: str, mine: str) -> str:
    """Why a worker of another version is not used."""
    return phrase(
        "The worker {worker} has posecheck {theirs}, and this is {mine}: results of two versions are not "
        "mixed. Install the same version on all.",
        worker=worker,
        theirs=theirs,
        mine=mine,
    )


class State(StrEnum):
    """What has become of a recording: measured; refused for good; or failed for now, to be tried again by the next run."""

    MEASURED = "measured"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs to measure one recording.

    Attributes
    ----------
    source : Source
    movements : tuple of Movement
        The test, or all that it may be: then it is recognised.
    result : str
        Address of the data set.
    settings : Settings
    version : str
        Of posecheck. Default: that of whoever hands the job out.
    """

    source: Source
    movements: tuple[Movement, ...]
    result: str
    settings: Settings
    version: str = posecheck.__version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a job ended; ``reason`` in words unless it was measured."""

    key: str
    state: State
    reason: str = ""
    seconds: float = 0.0


def measure(job: Job) -> Ended:
    """Measure a recording and write what it gives into the data set.

    Never raises for what is wrong with a recording: that is its answer.

    Raises
    ------
    ClusterError
        This worker, which may have come later, has another version of posecheck.
    """
    if job.version != posecheck.__version__:
        raise ClusterError(version_words(socket.gethostname(), posecheck.__version__, job.version))
    began = time.perf_counter()
    try:
        reason = _measured_or_refused(job, place(job.result), began)
    except PosecheckError as error:
        return Ended(key=job.source.key, state=State.FAILED, reason=error.said({}))
    except Exception as error:
        where = "".join(traceback.format_exception(error)[-2:]).strip()
        reason = phrase("posecheck failed unexpectedly, please report it: {where}", where=where)
        return Ended(key=job.source.key, state=State.FAILED, reason=reason)
    state = State.REFUSED if reason else State.MEASURED
    return Ended(key=job.source.key, state=state, reason=reason, seconds=time.perf_counter() - began)


def _measured_or_refused(job: Job, result: Place, began: float) -> str:
    """Measure a recording, or note that it cannot be; why it cannot, in words."""
    stamp = stamp_of(place(job.source.address))
    mark = mark_of(stamp, job.movements)
    try:
        _measure(job, result, began, stamp, mark)
    except ABOUT_THE_VIDEO as error:
        write_refused(result, job.source, error.said({}), mark)
        return error.said({})
    return ""


def _measure(job: Job, result: Place, began: float, stamp: str, mark: str) -> None:
    from posecheck.dataset.tables import angles_parquet
    from posecheck.trial.trial import trial_to_dict

    video = place(job.source.address)
    with _unchanged(video, stamp, job.source.name), local_copy(video) as file:
        measured = _result(job, file)
        if job.settings.folders:
            _put_folder(measured, result.inside("trials", folder_name(job.source)))
    source = replace(job.source, movement=measured.movement.name, side=_side_word(measured))
    angles = f"angles/movement={measured.movement.name}/{job.source.key}.parquet"
    put_bytes(result.inside(*angles.split("/")), angles_parquet(measured.table, source, job.source.key))
    seconds = time.perf_counter() - began
    write_measured(result, job.source, trial_to_dict(measured.trial), angles=angles, seconds=seconds, mark=mark)


@contextmanager
def _unchanged(video: Place, stamp: str, name: str) -> Iterator[None]:
    """Half a video, which is still being copied there, fails in many ways: that it changed is the reason then."""
    try:
        yield
    finally:
        if stamp_of(video) != stamp:
            raise ChangedError(phrase("{name} changed while it was read. Start again when it is whole.", name=name))


class ChangedError(PosecheckError):
    """A video was replaced while it was read."""


def folder_name(source: Source) -> str:
    """Of a recording's result folder: the video's name, and the key that tells it from others of that name."""
    return f"{Path(source.name).stem}-{source.key}"


def _result(job: Job, file: Path) -> TrialResult:
    from posecheck.pipeline import read_recording
    from posecheck.trial.assess import assess
    from posecheck.trial.requirements import require_side
    from posecheck.trial.result import TrialOptions
    from posecheck.video.reader import VideoOptions

    source = job.source
    options = TrialOptions(
        video=VideoOptions(start_s=source.start_s, end_s=source.end_s, stride=job.settings.stride),
        person=source.person,
    )
    try:
        if len(job.movements) == 1:
            require_side(job.movements[0], _side(source))  # before the long work
        recording = read_recording(file, options)
        movement, side = _test(job, recording)
        require_side(movement, side)
        return assess(recording, movement, side, options)
    except PosecheckError as error:  # a copy's path on a worker tells nobody anything
        raise error.reworded(mapped(error.words, lambda text: text.replace(str(file), source.name))) from error


def _test(job: Job, recording: Recording) -> tuple[Movement, Side | None]:
    """The test and side that were told, or that the recording shows."""
    from posecheck.trial.proposal import propose_test

    if len(job.movements) == 1:
        return job.movements[0], _side(job.source)
    known = {movement.name: movement for movement in job.movements}
    proposal = propose_test(recording, job.movements)
    if not proposal.movement or not proposal.sure:
        raise RecordingError(
            phrase(
                "It cannot be told for sure which test this is. Name it in a table of the recordings. {words}",
                words=proposal.words,
            )
        )
    movement = known[proposal.movement]
    return movement, (_side(job.source) or proposal.side) if movement.sides else None  # a name told a leg all the same


def _side(source: Source) -> Side | None:
    return Side(source.side) if source.side else None


def _side_word(measured: TrialResult) -> str:
    return str(measured.trial.side) if measured.trial.sided else ""


def _put_folder(measured: TrialResult, where: Place) -> None:
    from posecheck.output.draw.footage import Footage
    from posecheck.output.folders.trial_folder import write_trial_folder
    from posecheck.output.options import OutputOptions

    with tempfile.TemporaryDirectory(prefix="posecheck-", ignore_cleanup_errors=True) as folder:
        write_trial_folder(Path(folder), measured, OutputOptions(annotated=False), Footage.of(measured))
        put_tree(Path(folder), where)
