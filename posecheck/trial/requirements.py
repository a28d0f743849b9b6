"""What a recording must have for a test to be measured from it; refusals say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.errors import Advice, NoPersonError, RecordingError
from posecheck.kinematics.angles import AngleTable
from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.view import body_yaw_deg
from posecheck.language import filled, joined, listed, phrase
from posecheck.movements import Role
from posecheck.trial.proposal import propose_instead
from posecheck.trial.quality import MIN_DURATION_S, WRONG_VIEW_DEG, GateStatus, QualityGate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.movements import AngleRef, Movement
    from posecheck.pose.capture import CaptureReport
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.pose.recording import Recording
    from posecheck.trial.repetitions import Repetition

MIN_BRIGHTNESS = 12.0
"""Darker pictures on average hold nothing to measure (chosen by us)."""
MIN_FOUND_SHARE = 0.2
"""The person must be found in at least this share of the pictures (chosen by us)."""
MIN_RATE_HZ = 9.0
"""Slower recordings cannot be smoothed at 3 Hz, nor show a movement (chosen by us)."""


def require_side(movement: Movement, side: Side | None) -> None:
    """Refuse a missing side.

    Raises
    ------
    RecordingError
        The test is done once per side, and none was given.
    """
    if movement.sides and side is not None and side not in movement.sides:
        raise RecordingError(
            phrase(
                "“{test}” is only done on the {sides} side, not the {side}.",
                test=movement.title,
                sides=listed([known.words for known in movement.sides]),
                side=side.words,
            )
        )
    if movement.sides and side is None:
        raise RecordingError(
            phrase("“{test}” is done once per side ({meaning}).", test=movement.title, meaning=movement.side_meaning),
            Advice("which_side", phrase("Say which leg is tested, left or right.")),
        )


def require_usable(series: LandmarkSeries, capture: CaptureReport) -> None:
    """Refuse a recording that is too dark, too short, too slow, or without a person.

    Raises
    ------
    RecordingError
    """
    dark = dark_words(capture)
    if dark:
        raise RecordingError(dark)
    if len(series) < 2 or series.time_s[-1] - series.time_s[0] < MIN_DURATION_S:
        length = series.time_s[-1] - series.time_s[0] if len(series) else 0.0
        raise RecordingError(
            phrase(
                "only {length:.1f} s long: a test needs at least {least:.0f} s, with the start position, the movement and a "
                "hold of 2 to 3 seconds.",
                length=length,
                least=MIN_DURATION_S,
            )
        )
    if series.rate_hz < MIN_RATE_HZ:
        raise RecordingError(
            phrase(
                "only {rate:.1f} pictures a second: too few to follow a movement. Film with 24 or more.",
                rate=series.rate_hz,
            )
        )
    if series.found.mean() < MIN_FOUND_SHARE:
        raise NoPersonError(
            phrase(
                "the person was found in only {share:.0f} % of the pictures. Film one person from head to feet, in good "
                "light.",
                share=100 * series.found.mean(),
            )
        )


def require_usable_repetition(repetitions: Sequence[Repetition], movement: Movement) -> None:
    """Refuse a recording of whose repetitions none gives a primary outcome.

    Raises
    ------
    RecordingError
    """
    primary = [outcome.name for outcome in movement.outcomes if outcome.role is Role.PRIMARY]
    if any(item.used and np.isfinite([item.end_range[name] for name in primary]).any() for item in repetitions):
        return
    reasons = [
        phrase("in repetition {number} {reason}", number=item.number, reason=item.reason)
        for item in repetitions
        if item.reason
    ]
    why = joined(reasons, "; ") or phrase(
        "at the end of the movement the body points were hidden or outside the picture"
    )
    raise RecordingError(phrase("no repetition could be measured: {reason}.", reason=why))


def rejections(gates: Sequence[QualityGate]) -> list[str]:
    """What the gates rejected, in words: the likely cause of a refusal."""
    return [gate.words for gate in gates if gate.status is GateStatus.REJECT]


def dark_words(capture: CaptureReport) -> str:
    """Why the pictures are too dark, empty where they are not."""
    if not capture.brightness < MIN_BRIGHTNESS:
        return ""
    return phrase(
        "far too dark (mean brightness {brightness:.0f} of 255): nothing can be measured. Switch on a light in front of the "
        "person.",
        brightness=capture.brightness,
    )


def require_view(series: LandmarkSeries, movement: Movement) -> None:
    """Refuse a recording from another view than the test needs.

    Raises
    ------
    RecordingError
    """
    yaw = body_yaw_deg(series)
    turned = float(np.nanmedian(yaw))
    off = abs(turned - (90.0 if movement.plane is Plane.SAGITTAL else 0.0))
    if off > WRONG_VIEW_DEG:
        words = filled(_VIEW_WORDS[movement.plane], test=movement.title, angle=off)
        raise RecordingError(joined([words, movement.instructions.camera]))


_VIEW_WORDS = {
    Plane.SAGITTAL: phrase(
        "filmed from the front, but “{test}” needs the side view: turn by about {angle:.0f} degrees."
    ),
    Plane.FRONTAL: phrase(
        "filmed from the side, but “{test}” needs the front view: turn by about {angle:.0f} degrees."
    ),
}
"""By the plane that the test needs to be seen."""


def require_this_test(recording: Recording, movement: Movement) -> None:
    """Refuse a recording that clearly shows another test, as a wrong name of the file brings it about.

    Raises
    ------
    RecordingError
    """
    shown = propose_instead(recording, movement)
    if shown is not None:
        raise RecordingError(
            phrase("this is not the test “{test}”. It shows: {shown}", test=movement.title, shown=shown.words),
            Advice(
                "other_test",
                phrase("Choose that test, or check whether it is the right recording."),
                {"movement": shown.movement},
            ),
        )


def require_tested_leg(table: AngleTable, movement: Movement, tested: Side) -> None:
    """Refuse when the other leg did what the tested one should have done: wrong side, or a mirrored file."""
    ref = movement.repetition.ref
    values = table.of(ref.source).values
    if ref.leg == "none":
        mine = _reach(values[ref.column(tested)] * ref.factor(tested), ref)
        other = _reach(values[ref.column(tested)] * -ref.factor(tested), ref)
    elif movement.rear_leg_tested or not movement.sides:
        return
    else:
        mine = _excursion(values[ref.column(tested)] * ref.factor(tested))
        other = _excursion(values[ref.column(tested.other)] * ref.factor(tested.other))
    if other > 2.0 * mine and other > movement.repetition.min_excursion_deg:
        raise RecordingError(
            phrase(
                "the {other} side did the movement, not the {tested} one.",
                other=tested.other.words,
                tested=tested.words,
            ),
            Advice(
                "other_side",
                phrase(
                    "Choose the {side} side; or, if the file is a mirror image (as selfie cameras make), have it read as "
                    "one.",
                    side=tested.other.words,
                ),
                {"side": tested.other.words},
            ),
        )


def _excursion(values: Any) -> float:
    """How far a signal goes, spikes left out, wherever its rest is: the beginning may not have been seen."""
    array = np.asarray(values, dtype=np.float64)
    finite = array[np.isfinite(array)]
    return float(np.percentile(finite, 97) - np.percentile(finite, 3)) if finite.size else 0.0


def _reach(values: Any, ref: AngleRef) -> float:
    """How far a signal of the trunk rises above rest: zero for a lean to either side, else where the recording begins."""
    array = np.asarray(values, dtype=np.float64)
    finite = array[np.isfinite(array)]
    if not finite.size:
        return 0.0
    to_a_side = ref.sign in ("towards_tested", "away_from_tested")
    rest = 0.0 if to_a_side else np.median(finite[: max(5, finite.size // 20)])
    return float(np.percentile(finite, 97) - rest)
