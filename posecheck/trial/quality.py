"""Can this recording be trusted? One gate per question, with its limit and what to do (docs/method.md#section-6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.joints import Plane, Side, mark_of
from posecheck.language import filled, joined, phrase, phrase_in
from posecheck.pose.landmarks import SampleState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.pose.capture import CaptureReport
    from posecheck.pose.landmarks import CleanSeries, Landmark, LandmarkSeries
    from posecheck.trial.start_position import Posture, StartPosition

WRONG_VIEW_DEG = 45.0
"""A yaw beyond this is another view altogether."""
SLOW_SHARE = 0.1
"""The frame rate is asked for in all but this share of the time: a repetition could lie in a larger one (chosen by us)."""
MIN_DURATION_S = 2.0
"""Shorter recordings hold no repetition with a hold."""


class GateStatus(StrEnum):
    """Pass; warn (used, with a word of caution); reject (no change is called real)."""

    PASS = "pass"
    WARN = "warn"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class QualityGate:
    """One question asked of a recording.

    Attributes
    ----------
    name, title : str
    status : GateStatus
    value : float
        What was found, NaN if it could not be told.
    unit : str
    words : str
        What was found and, unless passed, what to do.
    """

    name: str
    title: str
    status: GateStatus
    value: float
    unit: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityLimits:
    """Limits of the gates: up to the first number pass, up to the second warn, beyond it reject. All [J]."""

    yaw_deg: tuple[float, float] = (10.0, 20.0)
    yaw_in_space_deg: tuple[float, float] = (10.0, WRONG_VIEW_DEG)
    roll_deg: tuple[float, float] = (2.0, 5.0)
    roll_in_space_deg: tuple[float, float] = (2.0, 10.0)
    min_size: tuple[float, float] = (0.60, 0.30)
    off_centre: tuple[float, float] = (0.35, 0.45)
    min_rate_hz: tuple[float, float] = (23.5, 10.0)  # 23.976 counts as 24
    camera_shift: tuple[float, float] = (0.01, 0.05)
    cut_off_share: tuple[float, float] = (0.02, 0.20)
    min_brightness: tuple[float, float] = (40.0, 12.0)
    min_seen_share: tuple[float, float] = (0.90, 0.50)


def check_quality(
    clean: CleanSeries,
    posture: Posture,
    start: StartPosition,
    capture: CaptureReport,
    *,
    people: int = 1,
    chosen: bool = False,
    again: Sequence[str] = (),
    needed: Sequence[Landmark] = (),
    any_view: bool = False,
    limits: QualityLimits | None = None,
) -> tuple[QualityGate, ...]:
    """Ask every gate.

    Parameters
    ----------
    clean : CleanSeries
    posture : Posture
        What the test expects.
    start : StartPosition
        From `read_start`.
    capture : CaptureReport
        From the pictures.
    people : int
        Most people seen at once.
    chosen : bool
        The person to follow was chosen by the user.
    again : sequence of str
        Sentences that say when somebody was found again who may be another person.
    needed : sequence of Landmark
        The points that the primary outcomes rest on; the trunk and the better-seen leg by default.
    any_view : bool
        The primary outcomes are measured between joints in space, which a camera beside its place or a tilted one sees less
        well, but not wrong. Default: no.
    limits : QualityLimits, optional
    """
    limits = limits or QualityLimits()
    return (
        _yaw_gate(start, posture, limits, any_view=any_view),
        _roll_gate(start, limits, any_view=any_view),
        _size_gate(start, posture, limits),
        _centre_gate(start, limits),
        _rate_gate(clean.landmarks, limits),
        _static_camera_gate(capture, limits),
        _in_frame_gate(clean, limits),
        _seen_gate(clean, needed, limits),
        light_gate(capture, limits),
        _people_gate(people, chosen, again),
    )


def light_gate(capture: CaptureReport, limits: QualityLimits | None = None) -> QualityGate:
    """The one gate that needs no person."""
    return _at_least(
        "light",
        phrase_in("brightness", "Light"),
        capture.brightness,
        (limits or QualityLimits()).min_brightness,
        "grey level",
        phrase("The picture's mean brightness is {brightness:.0f} of 255.", brightness=capture.brightness),
        phrase("Switch on a light in front of you."),
    )


def _yaw_gate(start: StartPosition, posture: Posture, limits: QualityLimits, *, any_view: bool) -> QualityGate:
    found, advice = _YAW_WORDS[posture.plane]
    return _at_most(
        "yaw",
        phrase("Camera angle"),
        start.yaw_deg,
        limits.yaw_in_space_deg if any_view else limits.yaw_deg,
        "deg",
        filled(found, angle=start.yaw_deg),
        joined([phrase("The error is larger from there."), advice]) if any_view else advice,
    )


_YAW_WORDS = {
    Plane.SAGITTAL: (
        phrase("The person is turned {angle:.0f} degrees out of the side view."),
        phrase("Turn until the camera looks straight at your side."),
    ),
    Plane.FRONTAL: (
        phrase("The person is turned {angle:.0f} degrees out of the front view."),
        phrase("Turn until the camera looks straight at your front."),
    ),
}
"""What is found, and what to do, by the plane that the test needs to be seen."""


def _roll_gate(start: StartPosition, limits: QualityLimits, *, any_view: bool) -> QualityGate:
    """In space the vertical is that of gravity; but what finds repetitions is seen in the picture."""
    return _at_most(
        "roll",
        phrase("Camera level"),
        abs(start.roll_deg),
        limits.roll_in_space_deg if any_view else limits.roll_deg,
        "deg",
        phrase("The camera is tilted by {angle:.0f} degrees.", angle=abs(start.roll_deg)),
        phrase("Level the camera: the error is smaller then.")
        if any_view
        else phrase("Level the camera: angles against the vertical are off by that much."),
    )


def _size_gate(start: StartPosition, posture: Posture, limits: QualityLimits) -> QualityGate:
    return _at_least(
        "size",
        phrase("Person's size"),
        100 * start.extent,
        _percent(limits.min_size),
        "%",
        _size_words(start, posture),
        phrase("Go closer, or zoom in."),
    )


def _size_words(start: StartPosition, posture: Posture) -> str:
    if posture.lying:
        words = phrase("The person fills {share:.0f} % of the picture's width.")
    elif start.upright_picture:
        words = phrase("The person is as tall as {share:.0f} % of the picture's width.")
    else:
        words = phrase("The person fills {share:.0f} % of the picture's height.")
    return filled(words, share=100 * start.extent)


def _centre_gate(start: StartPosition, limits: QualityLimits) -> QualityGate:
    return _at_most(
        "centre",
        phrase("Person in the middle"),
        100 * start.off_centre,
        _percent(limits.off_centre),
        "%",
        phrase("The hips are {share:.0f} % of the width away from the middle.", share=100 * start.off_centre),
        phrase("Stand in the middle: lenses bend the edges."),
    )


def _rate_gate(series: LandmarkSeries, limits: QualityLimits) -> QualityGate:
    usual, slow = series.rate_kept_hz(0.5), series.rate_kept_hz(SLOW_SHARE)
    even = not slow < 0.8 * usual
    value = usual if even else slow
    good, usable = limits.min_rate_hz
    return _gate(
        "rate",
        phrase("Frame rate"),
        value,
        value >= good,
        usual >= usable,  # a slow part is worth a warning: the holds, where nothing moves, can well lie in it
        "frames/s",
        *_rate_words(usual, slow, even=even),
    )


def _rate_words(usual: float, slow: float, *, even: bool) -> tuple[str, str]:
    """What is found, and what to do."""
    if even:
        found = phrase("{usual:.0f} pictures a second.", usual=usual)
        return found, phrase("Film with 24 or more pictures a second.")
    found = phrase(
        "{usual:.0f} pictures a second, but only {slow:.0f} in a part of the recording.", usual=usual, slow=slow
    )
    return found, phrase("Film with 24 or more pictures a second; phones slow down in dim light.")


def _static_camera_gate(capture: CaptureReport, limits: QualityLimits) -> QualityGate:
    name, title, value = "static_camera", phrase("Camera stands still"), 100 * capture.camera_shift
    if np.isfinite(capture.cut_s):
        words = phrase(
            "At {time:.1f} s the picture changes to another place, by a cut or since the camera was moved: what was "
            "measured before and after it does not belong together. Film all repetitions in one piece from one place, or "
            "measure one part alone.",
            time=capture.cut_s,
        )
        return QualityGate(name, title, GateStatus.REJECT, value, "%", words)
    return _at_most(
        name,
        title,
        value,
        _percent(limits.camera_shift),
        "%",
        phrase(
            "The background moved by {share:.1f} % of the picture's longer side while you were measured.", share=value
        ),
        phrase("Put the camera on something firm."),
    )


def _in_frame_gate(clean: CleanSeries, limits: QualityLimits) -> QualityGate:
    cut_off_pct = 100 * clean.event_share("out_of_frame")
    head_pct = 100 * clean.event_share("head_out_of_frame")
    good_pct = _percent(limits.cut_off_share)[0]
    title, advice = (
        phrase("Whole body in the picture"),
        phrase("Move the camera back until the whole body stays in the picture."),
    )
    if cut_off_pct <= good_pct < head_pct:
        # No joint is lost; but without a head to go by the model places the shoulders less well, by some degrees.
        return _at_most(
            "in_frame",
            title,
            head_pct,
            (good_pct, 100.0),
            "%",
            phrase("The head left the picture for {share:.0f} % of the time.", share=head_pct),
            advice,
        )
    return _at_most(
        "in_frame",
        title,
        cut_off_pct,
        _percent(limits.cut_off_share),
        "%",
        phrase("Feet, knees, hips or shoulders left the picture for {share:.0f} % of the time.", share=cut_off_pct),
        advice,
    )


def _seen_gate(clean: CleanSeries, needed: Sequence[Landmark], limits: QualityLimits) -> QualityGate:
    seen_pct = 100 * _seen_share(clean, needed)
    return _at_least(
        "seen",
        phrase("Body points seen"),
        seen_pct,
        _percent(limits.min_seen_share),
        "%",
        phrase("The body points that matter were measured in {share:.0f} % of the pictures.", share=seen_pct),
        phrase("More light, tighter clothes and a plain background help."),
    )


def _percent(limits: tuple[float, float]) -> tuple[float, float]:
    return 100 * limits[0], 100 * limits[1]


def _seen_share(clean: CleanSeries, needed: Sequence[Landmark]) -> float:
    """Share of frames in which all needed points were measured, between the first and the last sight of the person."""
    found = np.flatnonzero((clean.state != SampleState.MISSING).any(axis=1))
    if not found.size:
        return 0.0
    measured = (clean.state == SampleState.MEASURED)[found[0] : found[-1] + 1]
    if needed:
        return float(measured[:, list(needed)].all(axis=1).mean())
    trunk = measured[:, [mark_of(part, side) for part in ("shoulder", "hip") for side in Side]].all(axis=1)
    legs = [measured[:, [mark_of(part, side) for part in ("hip", "knee", "ankle")]].all(axis=1) for side in Side]
    return max(float((trunk & leg).mean()) for leg in legs)


def _people_gate(people: int, chosen: bool, again: Sequence[str]) -> QualityGate:
    if people <= 1:
        found = phrase("One person in the picture.")
    elif chosen:
        found = phrase("{people} people were in the picture; the chosen one was followed.", people=people)
    else:
        found = phrase("{people} people were in the picture; the largest who is whole was followed.", people=people)
    check = phrase("Check the skeleton in the video, or choose the person.")
    status = GateStatus.WARN if again or (people > 1 and not chosen) else GateStatus.PASS
    words = joined([found, *again[:1], *([check] if status is GateStatus.WARN else [])])
    return QualityGate("one_person", phrase("One person"), status, people, "people", words)


def _at_most(
    name: str, title: str, value: float, limits: tuple[float, float], unit: str, found: str, advice: str
) -> QualityGate:
    return _gate(name, title, value, value <= limits[0], value <= limits[1], unit, found, advice)


def _at_least(
    name: str, title: str, value: float, limits: tuple[float, float], unit: str, found: str, advice: str
) -> QualityGate:
    return _gate(name, title, value, value >= limits[0], value >= limits[1], unit, found, advice)


def _gate(
    name: str, title: str, value: float, good: bool, usable: bool, unit: str, found: str, advice: str
) -> QualityGate:
    if np.isnan(value):
        return QualityGate(name, title, GateStatus.PASS, value, unit, phrase("Could not be told from this recording."))
    status = GateStatus.PASS if good else GateStatus.WARN if usable else GateStatus.REJECT
    words = found if good else joined([found, advice])
    return QualityGate(name, title, status, value, unit, words)
