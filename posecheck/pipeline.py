"""Chains the stages: a video in, one trial's result out. Shared by every command and, later, by the web and the camera."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

import posecheck
from posecheck.angles import View, compute_angles, detect_view
from posecheck.capture import CaptureWatcher
from posecheck.cleaning import CleaningOptions, clean
from posecheck.corrections import Corrections, correct_repetitions
from posecheck.errors import NoPersonError, RecordingError
from posecheck.estimator import MediaPipeEstimator, track
from posecheck.joints import Plane, Side
from posecheck.model_files import choose_model
from posecheck.quality import Posture, check_quality, read_start
from posecheck.reading import cleaning_options, needed_landmarks, tested_side
from posecheck.recording import Recording, cut_recording
from posecheck.repetitions import find_repetitions
from posecheck.requirements import (
    dark_words,
    rejections,
    require_side,
    require_tested_leg,
    require_usable,
    require_usable_repetition,
    require_view,
)
from posecheck.settings import load_settings
from posecheck.trial import (
    Event,
    Felt,
    SetUp,
    Trial,
    repetition_notes,
    summarise_compensations,
    summarise_outcomes,
)
from posecheck.video import VideoOptions, open_video, sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.angles import AngleSource, AngleTable
    from posecheck.landmarks import CleanSeries
    from posecheck.movements import Movement
    from posecheck.video import Frame


class Progress(Protocol):
    """Told how far a long step has come."""

    def __call__(self, done: int, total: int | None) -> None:
        """``done`` frames of about ``total`` (None where unknown)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOptions:
    """How one recording is read.

    Attributes
    ----------
    video : VideoOptions
        Part of the video, mirroring, stride.
    model_path : Path, optional
        Another pose model bundle.
    person_at : (x, y), optional
        Whom to follow, as fractions of the picture.
    person : str
        Name or code of the person, so that results of different people are not compared.
    felt : Felt
        What the person felt.
    """

    video: VideoOptions = field(default_factory=VideoOptions)
    model_path: Path | None = None
    person_at: tuple[float, float] | None = None
    person: str = ""
    felt: Felt = field(default_factory=Felt)


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


def read_recording(path: Path, options: TrialOptions | None = None, *, progress: Progress | None = None) -> Recording:
    """Find the body points in a video.

    Raises
    ------
    VideoError
        The file cannot be read.
    ModelFileError
        The model is missing or altered.
    NoPersonError
        Nobody is in the picture.
    """
    options = options or TrialOptions()
    model = choose_model(load_settings(), options.model_path)
    watcher = CaptureWatcher()
    done = 0
    with open_video(path, options.video) as reader, MediaPipeEstimator(model) as estimator:

        def on_frame(frame: Frame) -> None:
            nonlocal done
            done += 1
            watcher.look(frame)
            if progress is not None:
                progress(done, reader.info.frame_estimate)

        try:
            tracking = track(
                reader, estimator, person_at=options.person_at, mirrored=options.video.mirror, on_frame=on_frame
            )
        except NoPersonError as error:
            raise NoPersonError(f"{path}: {dark_words(watcher.report()) or error}") from error
    return Recording(
        tracking.series,
        watcher.report(),
        tracking.people,
        tracking.events,
        reader.warnings,
        reader.info,
        sha256_of(path),
    )


def analyze_video(
    path: Path,
    movement: Movement,
    side: Side | None = None,
    options: TrialOptions | None = None,
    *,
    progress: Progress | None = None,
) -> TrialResult:
    """Analyse one recording of one test.

    Parameters
    ----------
    path : Path
        The video.
    movement : Movement
    side : Side, optional
        The tested leg; may be left out for a test that is not done once per side.
    options : TrialOptions, optional
    progress : callable, optional

    Raises
    ------
    PosecheckError
        The video or the model cannot be read, or the test cannot be measured from it; the message says what to do.
    """
    options = options or TrialOptions()
    require_side(movement, side)
    return assess(read_recording(path, options, progress=progress), movement, side, options)


def assess(
    recording: Recording,
    movement: Movement,
    side: Side | None = None,
    options: TrialOptions | None = None,
    corrections: Corrections | None = None,
) -> TrialResult:
    """Measure a test from a recording's landmarks; needs no video.

    Parameters
    ----------
    recording : Recording
        The whole of it, also where ``corrections`` use a part.
    movement : Movement
    side : Side, optional
        The tested leg, unless corrected.
    options : TrialOptions, optional
    corrections : Corrections, optional
        What a person set right by hand.

    Raises
    ------
    RecordingError
        Too short, wrong view, wrong side, or no repetition; or the corrections leave nothing to measure.
    """
    options, corrections = options or TrialOptions(), corrections or Corrections()
    where = recording.info.path
    try:
        part = cut_recording(recording, corrections.start_s, corrections.end_s)
        result = _assess(part, movement, corrections.side or side, options, corrections)
        return replace(result, recording=recording)
    except RecordingError as error:
        raise type(error)(f"{where}: {error}") from error


def _assess(
    recording: Recording, movement: Movement, side: Side | None, options: TrialOptions, corrections: Corrections
) -> TrialResult:
    series = recording.series
    corrections.check_side(movement)
    require_side(movement, side)
    require_usable(series, recording.capture)
    require_view(series, movement)
    view = detect_view(series, plane=movement.plane, lying=movement.lying)
    tested = tested_side(movement, side, view)
    cleaned = clean(series, cleaning_options(movement, tested, view))
    table = compute_angles(cleaned, view, source=movement.angle_source)
    posture = Posture(movement.plane, movement.lying)
    start = read_start(cleaned, posture, recording.capture)
    gates = check_quality(
        cleaned,
        posture,
        start,
        recording.capture,
        people=recording.people,
        chosen=options.person_at is not None,
        needed=needed_landmarks(movement, tested),
    )
    require_tested_leg(table, movement, tested)
    try:
        found = find_repetitions(table, movement, tested, times=corrections.times)
        repetitions = correct_repetitions(found, corrections)
        require_usable_repetition(repetitions, movement)
    except RecordingError as error:
        raise RecordingError(" ".join([str(error), *rejections(gates)])) from error
    events = sorted((*recording.events, *cleaned.events), key=lambda event: event.start_s)
    trial = Trial(
        movement=movement.name,
        movement_title=movement.title,
        movement_version=movement.version,
        side=tested,
        sided=bool(movement.sides),
        outcomes=summarise_outcomes(movement, tested, repetitions),
        repetitions=repetitions,
        gates=gates,
        compensations=summarise_compensations(movement, repetitions),
        set_up=SetUp(movement.view_name, view.facing, start.yaw_deg, start.roll_deg, start.body_size),
        events=tuple(Event(event.kind, event.start_s, event.end_s, event.words) for event in events),
        felt=options.felt,
        caution=movement.caution,
        stretch=movement.stretch,
        notes=(
            *recording.warnings,
            *_side_notes(movement, side, tested),
            *repetition_notes(repetitions),
            *corrections.notes(),
        ),
        corrections=corrections.phrases(),
        provenance=provenance(recording, options) | corrections.provenance(),
    )
    return TrialResult(trial, movement, recording, cleaned, table, view, options)


def measure_angles(recording: Recording, *, plane: Plane | None = None, source: AngleSource = "image") -> AngleResult:
    """All angles of any recording, without a test.

    Parameters
    ----------
    recording : Recording
    plane : Plane, optional
        Side or front view; told from the landmarks when left out.
    source : {"image", "world"}
    """
    view = detect_view(recording.series, plane=plane)
    cleaned = clean(recording.series, CleaningOptions(facing=view.facing))
    events = tuple(sorted((*recording.events, *cleaned.events), key=lambda event: event.start_s))
    cleaned = replace(cleaned, events=events)
    return AngleResult(recording, cleaned, compute_angles(cleaned, view, source=source), view)


def provenance(recording: Recording, options: TrialOptions) -> dict[str, Any]:
    """Everything needed to repeat the analysis."""
    source = recording.series.source
    return {
        "posecheck": posecheck.__version__,
        "python": platform.python_version(),
        "mediapipe": source.estimator,
        "numpy": version("numpy"),
        "scipy": version("scipy"),
        "av": version("av"),
        "opencv": version("opencv-contrib-python"),
        "model_sha256": source.model_sha256,
        "video": recording.info.path.name,
        "video_sha256": recording.video_sha256,
        "video_codec": recording.info.codec,
        "width_px": source.width_px,
        "height_px": source.height_px,
        "frames": len(recording.series),
        "rate_hz": recording.series.rate_hz,
        "person": options.person,
        "options": {
            "start_s": options.video.start_s,
            "end_s": options.video.end_s,
            "mirror": options.video.mirror,
            "stride": options.video.stride,
            "person_at": list(options.person_at) if options.person_at else None,
        },
    }


def _side_notes(movement: Movement, side: Side | None, tested: Side) -> tuple[str, ...]:
    if movement.sides or side is None or side is tested:
        return ()
    return (
        f"You said the {side} side, but the {tested} leg is nearer to the camera, so that one was measured. If the file "
        "is a mirror image, add --mirror.",
    )
