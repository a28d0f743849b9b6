"""What a recording must have for a test to be measured from it; refusals say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.errors import Advice, NoPersonError, RecordingError
from posecheck.kinematics.angles import AngleTable
from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.view import body_yaw_deg
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
            f"“{movement.title}” is only done on the {' and '.join(movement.sides)} side, not the {side}."
        )
    if movement.sides and side is None:
        raise RecordingError(
            f"“{movement.title}” is done once per side ({movement.side_meaning}).",
            Advice("which_side", "Say which leg is tested, left or right."),
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
            f"only {length:.1f} s long: a test needs at least {MIN_DURATION_S:.0f} s, with the start position, the "
            "movement and a hold of 2 to 3 seconds."
        )
    if series.rate_hz < MIN_RATE_HZ:
        raise RecordingError(
            f"only {series.rate_hz:.1f} pictures a second: too few to follow a movement. Film with 24 or more."
        )
    if series.found.mean() < MIN_FOUND_SHARE:
        raise NoPersonError(
            f"the person was found in only {100 * series.found.mean():.0f} % of the pictures. Film one person from head "
            "to feet, in good light."
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
    reasons = [f"in repetition {item.number} {item.reason}" for item in repetitions if item.reason]
    why = "; ".join(reasons) or "at the end of the movement the body points were hidden or outside the picture"
    raise RecordingError(f"no repetition could be measured: {why}.")


def rejections(gates: Sequence[QualityGate]) -> list[str]:
    """What the gates rejected, in words: the likely cause of a refusal."""
    return [gate.words for gate in gates if gate.status is GateStatus.REJECT]


def dark_words(capture: CaptureReport) -> str:
    """Why the pictures are too dark, empty where they are not."""
    if not capture.brightness < MIN_BRIGHTNESS:
        return ""
    return (
        f"far too dark (mean brightness {capture.brightness:.0f} of 255): nothing can be measured. Switch on a light in "
        "front of the person."
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
        seen = "front" if movement.plane is Plane.SAGITTAL else "side"
        raise RecordingError(
            f"filmed from the {seen}, but “{movement.title}” needs the {movement.view_name} view: turn by about "
            f"{off:.0f} degrees. {movement.instructions.camera}"
        )


def require_this_test(recording: Recording, movement: Movement) -> None:
    """Refuse a recording that clearly shows another test, as a wrong name of the file brings it about.

    Raises
    ------
    RecordingError
    """
    shown = propose_instead(recording, movement)
    if shown is not None:
        raise RecordingError(
            f"this is not the test “{movement.title}”. It shows: {shown.words}",
            Advice(
                "other_test",
                "Choose that test, or check whether it is the right recording.",
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
            f"the {tested.other} side did the movement, not the {tested} one.",
            Advice(
                "other_side",
                f"Choose the {tested.other} side; or, if the file is a mirror image (as selfie cameras make), have it "
                "read as one.",
                {"side": str(tested.other)},
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
