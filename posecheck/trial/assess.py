"""Measures a test from the body points of its recording; needs no video."""

from __future__ import annotations

import platform
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import posecheck
from posecheck.errors import RecordingError
from posecheck.kinematics.angles import compute_angles, detect_view
from posecheck.kinematics.cleaning import clean
from posecheck.kinematics.joints import Side
from posecheck.pose.recording import Recording, cut_recording
from posecheck.trial.corrections import Corrections, correct_repetitions
from posecheck.trial.quality import Posture, check_quality, read_start
from posecheck.trial.reading import cleaning_options, needed_landmarks, tested_side
from posecheck.trial.repetitions import find_repetitions
from posecheck.trial.requirements import (
    rejections,
    require_side,
    require_tested_leg,
    require_usable,
    require_usable_repetition,
    require_view,
)
from posecheck.trial.result import TrialOptions, TrialResult
from posecheck.trial.trial import (
    Event,
    SetUp,
    Trial,
    repetition_notes,
    summarise_compensations,
    summarise_outcomes,
)

if TYPE_CHECKING:
    from posecheck.movements import Movement


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
        person=options.person,
    )
    return TrialResult(trial, movement, recording, cleaned, table, view, options)


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
