"""Measures a test from the body points of its recording; needs no video."""

from __future__ import annotations

import math
import platform
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import posecheck
from posecheck.errors import RecordingError
from posecheck.language import joined, phrase
from posecheck.pose.follow import AGAIN
from posecheck.pose.frozen import blank_frozen
from posecheck.pose.left_out import leave_out_cards
from posecheck.pose.recording import Recording, cut_recording
from posecheck.trial.agreement import agreement_gate
from posecheck.trial.corrections import Corrections, correct_repetitions
from posecheck.trial.notes import outcome_notes, repetition_notes
from posecheck.trial.person import doubted, half_seen_words, require_nearest, require_plain_person
from posecheck.trial.quality import QualityGate, check_quality
from posecheck.trial.reading import TrialMotion, needed_landmarks, read_trial_motion
from posecheck.trial.rear_leg import rear_leg_gate
from posecheck.trial.repetitions import Repetition, find_repetitions
from posecheck.trial.requirements import (
    rejections,
    require_side,
    require_tested_leg,
    require_this_test,
    require_usable,
    require_usable_repetition,
    require_view,
)
from posecheck.trial.result import TrialOptions, TrialResult
from posecheck.trial.sight import sights
from posecheck.trial.signal import choose_signal
from posecheck.trial.sources import in_any_view, outcome_sources, source_notes
from posecheck.trial.start_position import Posture, StartPosition, read_start
from posecheck.trial.still import judge_stillness
from posecheck.trial.summary import summarise_compensations, summarise_outcomes
from posecheck.trial.trial import (
    Event,
    SetUp,
    Trial,
)
from posecheck.trial.turned import require_upright

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.kinematics.joints import Side
    from posecheck.movements import Movement

BEFORE_S = 0.5
"""The position just before a repetition counts as measured (chosen by us)."""


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
        part, left_out = leave_out_cards(cut_recording(recording, corrections.start_s, corrections.end_s))
        part, frozen = blank_frozen(part)
        assessment = _Assessment(part, movement, corrections.side or side, options, corrections, (*left_out, *frozen))
        return replace(assessment.result(), recording=recording)
    except RecordingError as error:
        raise error.reworded(phrase("{file}: {words}", file=where, words=error.words)) from error


@dataclass(frozen=True, slots=True, eq=False)
class _Assessment:
    """What is to be measured, and the steps of measuring it."""

    recording: Recording
    movement: Movement
    side: Side | None
    options: TrialOptions
    corrections: Corrections
    left_out: tuple[str, ...]
    """Sentences about parts of the video that show no recording of the person."""

    def result(self) -> TrialResult:
        self.require_measurable()
        try:
            return self.measured()
        except RecordingError as error:
            raise doubted(error, self.recording.people, chosen=self.chosen) from error

    def measured(self) -> TrialResult:
        """The result; what is refused from here on may be somebody else's doing."""
        require_nearest(self.recording, chosen=self.chosen)
        require_view(self.recording.series, self.movement)
        require_upright(self.recording.series, self.movement)
        require_this_test(self.recording, self.movement)
        motion = read_trial_motion(self.recording.series, self.movement, self.side)
        require_plain_person(self.recording, motion.clean, chosen=self.chosen)
        self.require_tested_leg(motion)
        repetitions = self.repetitions(motion)
        start, gates = self.judge(motion, repetitions)
        trial = self.trial(motion, start, gates, repetitions)
        return TrialResult(trial, self.movement, self.recording, motion.clean, motion.table, motion.view, self.options)

    @property
    def chosen(self) -> bool:
        """Whether the user said whom to follow."""
        return self.options.person_at is not None

    @property
    def posture(self) -> Posture:
        return Posture(self.movement.plane, self.movement.lying)

    def require_measurable(self) -> None:
        """Refuse what need not be measured to see that it cannot be."""
        self.corrections.check_side(self.movement)
        require_side(self.movement, self.side)
        require_usable(self.recording.series, self.recording.capture)

    def require_tested_leg(self, motion: TrialMotion) -> None:
        """A mirror image is suspected only where the body was in sight; half out of sight its points were guessed."""
        try:
            require_tested_leg(motion.table, self.movement, motion.tested)
        except RecordingError as error:
            half_seen = half_seen_words(self.judge(motion)[1])
            if not half_seen:
                raise
            raise RecordingError(joined([error.words, half_seen])) from error

    def judge(
        self, motion: TrialMotion, repetitions: tuple[Repetition, ...] = ()
    ) -> tuple[StartPosition, tuple[QualityGate, ...]]:
        """The start position and every gate; light and camera as they were while the repetitions were measured."""
        capture = self.recording.capture
        spans = measured_spans(repetitions)
        measured = capture.during(spans) if spans else capture
        first_s = next((item.start_s for item in repetitions if item.used), math.nan)
        start = read_start(motion.clean, self.posture, measured, first_s=first_s)
        gates = check_quality(
            motion.clean,
            self.posture,
            start,
            measured,
            people=self.recording.people,
            chosen=self.chosen,
            again=[event.words for event in self.recording.events if event.kind == AGAIN],
            needed=needed_landmarks(self.movement, motion.tested),
            any_view=in_any_view(motion.table, self.movement),
        )
        return start, gates

    def repetitions(self, motion: TrialMotion) -> tuple[Repetition, ...]:
        """The repetitions as found and set right by hand; where none can be used, the gates say the likely cause."""
        try:
            times, added = self.corrections.times, self.corrections.added
            found = find_repetitions(motion.table, self.movement, motion.tested, times=times, added=added)
            found = judge_stillness(found, motion.table, self.movement, motion.tested)
            repetitions = correct_repetitions(found, self.corrections)
            require_usable_repetition(repetitions, self.movement)
        except RecordingError as error:
            _, gates = self.judge(motion)
            words = (error.words, *self.left_out, *self.recording.warnings, *rejections(gates))
            raise error.reworded(joined(words)) from error
        return repetitions

    def trial(
        self,
        motion: TrialMotion,
        start: StartPosition,
        gates: tuple[QualityGate, ...],
        repetitions: tuple[Repetition, ...],
    ) -> Trial:
        movement = self.movement
        seen = sights(movement, motion.tested, repetitions, motion.clean, motion.table)
        outcomes = summarise_outcomes(
            movement, motion.tested, repetitions, seen, outcome_sources(motion.table, movement)
        )
        asked = (rear_leg_gate(movement, motion), agreement_gate(movement, repetitions))
        return Trial(
            movement=movement.name,
            movement_title=movement.title,
            movement_version=movement.version,
            side=motion.tested,
            sided=bool(movement.sides),
            outcomes=outcomes,
            repetitions=repetitions,
            gates=(*gates, *(gate for gate in asked if gate is not None)),
            compensations=summarise_compensations(movement, repetitions),
            set_up=SetUp(movement.view_name, motion.view.facing, start.yaw_deg, start.roll_deg, start.body_size),
            events=self.events(motion),
            felt=self.options.felt,
            caution=movement.caution,
            stretch=movement.stretch,
            notes=(*self.notes(motion, repetitions), *outcome_notes(outcomes, seen)),
            corrections=self.corrections.phrases(),
            provenance=provenance(self.recording, self.options) | self.corrections.provenance(),
            person=self.options.person,
            take=self.options.take,
        )

    def events(self, motion: TrialMotion) -> tuple[Event, ...]:
        """What happened while reading and while cleaning, in the order of time."""
        events = sorted((*self.recording.events, *motion.clean.events), key=lambda event: event.start_s)
        return tuple(Event(event.kind, event.start_s, event.end_s, event.words) for event in events)

    def notes(self, motion: TrialMotion, repetitions: tuple[Repetition, ...]) -> tuple[str, ...]:
        return (
            *self.recording.warnings,
            *self.left_out,
            *_side_notes(self.movement, self.side, motion.tested),
            *choose_signal(motion.table, self.movement, motion.tested).notes(),
            *repetition_notes(repetitions),
            *self.corrections.notes(),
            *source_notes(motion.table, self.movement),
        )


def measured_spans(repetitions: Sequence[Repetition]) -> list[tuple[float, float]]:
    """What the result rests on: of each repetition that counts, from shortly before it to the end of its hold."""
    return [(item.start_s - BEFORE_S, item.hold_end_s) for item in repetitions if item.used]


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
        "frames_read": int((~recording.series.filled_in).sum()),
        "rate_hz": recording.series.rate_hz,
        "options": {
            "start_s": options.video.start_s,
            "end_s": options.video.end_s,
            "mirror": options.video.mirror,
            "rotate_deg": options.video.rotate_deg,
            "stride": options.video.stride,
            "person_at": list(options.person_at) if options.person_at else None,
        },
    }


def _side_notes(movement: Movement, side: Side | None, tested: Side) -> tuple[str, ...]:
    if movement.sides or side is None or side is tested:
        return ()
    return (
        phrase(
            "You said the {said} side, but the {nearer} leg is nearer to the camera, so that one was measured. If the file "
            "is a mirror image, have it read as one.",
            said=side.words,
            nearer=tested.words,
        ),
    )
