"""What every column of every file means, and the order in which they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.kinematics.angles import angle_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST_ANGLES = (
    "left_knee_flexion_deg",
    "right_knee_flexion_deg",
    "left_hip_flexion_deg",
    "right_hip_flexion_deg",
    "left_hip_abduction_deg",
    "right_hip_abduction_deg",
    "trunk_flexion_deg",
    "trunk_lateral_flexion_deg",
)
"""The angles that most readers want, first in every angles.csv; the others follow in table order."""


def angle_order(columns: Iterable[str]) -> list[str]:
    """Columns of an angle table in the order in which they are written."""
    present = list(columns)
    first = [column for column in FIRST_ANGLES if column in present]
    return first + [column for column in present if column not in first]


def state_column(column: str) -> str:
    """Name of the column that labels an angle: ``left_hip_flexion_deg`` gives ``left_hip_flexion_state``."""
    return column.removesuffix("_deg").removesuffix("_pct") + "_state"


def _angle_meanings() -> dict[str, str]:
    meanings = {"time_s": "Time of the frame in the video, in seconds; strictly increasing."}
    words = {column: (definition, side) for definition, side, column in angle_columns()}
    for column in angle_order(words):
        definition, side = words[column]
        owner = f"{side} ".capitalize() if side else ""
        title = f"{owner}{definition.title.lower()}" if side else definition.title
        meanings[column] = f"{title}. {definition.words}"
    for column in angle_order(words):
        meanings[state_column(column)] = f"What `{column}` rests on: measured, interpolated (over a gap) or missing."
    return meanings


_JUDGEMENT = {
    "ci95_low_deg": "Lower end of the 95 % confidence interval of the difference.",
    "ci95_high_deg": "Upper end of the 95 % confidence interval of the difference.",
    "mdc95_deg": "Smallest difference that can be told from measurement error (95 %).",
    "verdict": "larger than measurement error, less than the limit either way, not distinguishable from measurement "
    "error, or not comparable.",
    "comparable": "Whether the recordings were made alike: yes, widened (camera moved: larger error), no.",
    "reasons": "Why the verdict is not simply \"larger\", joined with '; '.",
    "corrections": "What a person set right by hand, how often and in which recording, joined with '; '; else empty.",
    "chance_larger": "How probable it is, from 0 to 1, that the second number is larger than the first at all.",
    "takes_sd_deg": "Part of the standard error: person and camera put back in place.",
    "repetitions_sd_deg": "Part of the standard error: repetitions within a take.",
    "moved_sd_deg": "Part of the standard error: a camera that was seen to have moved.",
    "error_model": "Version of the error model: numbers of different versions have different errors.",
}

COLUMNS: dict[str, dict[str, str]] = {
    "angles.csv": _angle_meanings(),
    "repetitions.csv": {
        "movement": "Name of the test.",
        "side": "The tested leg; where both legs move together, the one nearer to the camera.",
        "take": "Which recording of the test it is in its block, from 1.",
        "repetition": "Number of the repetition, from 1.",
        "start_s": "When the movement leaves the start position.",
        "hold_start_s": "Start of the hold; without one, of the moments around the peak.",
        "hold_end_s": "End of the hold; without one, of the moments around the peak.",
        "end_s": "When the start position is reached again.",
        "held": "true with a hold; false where end range is the peak, which reads a little too large.",
        "used": "true if it counts for the mean.",
        "reason": "Why it was not used, empty otherwise.",
        "corrected": "excluded by hand, times set by hand, added by hand, or empty.",
        "<outcome>_deg": "End range of each outcome of the test, in degrees; more range is a larger number.",
        "<outcome>_pct": "End range of an outcome measured in percent of a body length.",
        "<compensation>_deg": "Each compensation of the test, in degrees.",
    },
    "outcomes": {
        "movement": "Name of the test.",
        "side": "Whose angle it is: the front hip of a lunge belongs to the other leg; empty for the trunk.",
        "take": "Which recording of the test it is in its block, from 1.",
        "outcome": "Name of the outcome.",
        "title": "Its name in words.",
        "role": "primary, secondary, or context (shown, never compared).",
        "unit": "Unit of `mean` and `sd`: deg (degrees) or pct (percent of a body length).",
        "mean": "Mean end range over the used repetitions; more range is a larger number. NaN where none could be measured.",
        "sd": "Standard deviation over them, NaN with a single one.",
        "repetitions": "How many repetitions the mean rests on.",
        "angle": "Column of the angles that it is read from.",
        "visibility": "How sure the model was, during the holds, that the point it saw least of is in sight: 0 to 1.",
        "source": "Where the angle comes from: image (the plane of the picture), or another source of angles.",
        "error95_deg": "How far the mean may be off either way, with 95 % certainty; NaN where the source does not know.",
        "missing": "Why there is no value, empty where there is one.",
    },
    "changes.csv": {
        "movement": "Name of the test.",
        "side": "Whose angle it is: the front hip of a lunge belongs to the other leg, the trunk to the tested one.",
        "outcome": "Name of the outcome.",
        "role": "primary (named before the re-test) or secondary (corrected by Holm's method).",
        "pre_mean_deg": "Mean end range of the pre-test.",
        "pre_sd_deg": "Standard deviation over its repetitions, empty with a single one.",
        "pre_repetitions": "How many repetitions the pre-test's mean rests on.",
        "retest_mean_deg": "Mean end range of the re-test.",
        "retest_sd_deg": "Standard deviation over its repetitions, empty with a single one.",
        "retest_repetitions": "How many repetitions the re-test's mean rests on.",
        "change_deg": "Re-test less pre-test: positive is more range.",
        **_JUDGEMENT,
        "headline": "Whether it may be told before all others: a main measure that stands out among all main measures.",
        "limit_deg": "What the verdict 'less than the limit either way' is about.",
        "pre_takes": "How many takes the pre-test's mean rests on; takes.csv lists each.",
        "retest_takes": "How many takes the re-test's mean rests on.",
    },
    "sides.csv": {
        "movement": "Name of the test.",
        "phase": "Which recordings are compared: pre-test, baseline or re-test.",
        "outcome": "Name of the outcome.",
        "role": "primary or secondary.",
        "left_deg": "Mean end range of the left side.",
        "right_deg": "Mean end range of the right side.",
        "difference_deg": "Right less left: positive is more range on the right.",
        **_JUDGEMENT,
        "left_takes": "How many takes the left side's mean rests on; takes.csv lists each.",
        "right_takes": "How many takes the right side's mean rests on.",
    },
    "takes.csv": {
        "movement": "Name of the test.",
        "side": "The tested leg; empty for a test that is not done once per side.",
        "phase": "The block: pre, baseline or retest.",
        "take": "Which recording of the test it is in its block, from 1.",
        "file": "Name of the video.",
        "counts": "true if it counts; false for a take that was left out, which has one row without numbers.",
        "left_out": "Why it was left out, empty otherwise.",
        "outcome": "Name of the outcome.",
        "unit": "Unit of `mean` and `sd`: deg (degrees) or pct (percent of a body length).",
        "mean": "Mean end range over the take's used repetitions. That of the block is the mean of its takes.",
        "sd": "Standard deviation over the take's used repetitions, empty with a single one.",
        "repetitions": "How many repetitions the mean rests on.",
        "missing": "Why there is no value, empty where there is one.",
    },
    "landmarks.parquet": {
        "time_s": "Time of the frame in the video, in seconds.",
        "<landmark>_x_px": "Position in the upright picture, to the right, in pixels; NaN where not found.",
        "<landmark>_y_px": "Position in the upright picture, downwards, in pixels.",
        "<landmark>_x_m": "Estimator's own 3D position about the mid-hip, to the right, in metres.",
        "<landmark>_y_m": "Estimator's own 3D position about the mid-hip, downwards, in metres.",
        "<landmark>_z_m": "Estimator's own 3D position about the mid-hip, away from the camera, in metres.",
        "<landmark>_visibility": "0 to 1: how sure the estimator is that the point is in sight.",
        "filled_in": "True where the picture was not read because the person moved slowly: its points lie between those of "
        "the pictures before and after.",
    },
    "skeleton.csv": {
        "time_s": "Time of the frame in the video, in seconds.",
        "<joint>_x_m": "Position about the mid-hip, to the right as the camera sees it, in metres; empty where not found.",
        "<joint>_y_m": "Position about the mid-hip, downwards as the camera sees it, in metres.",
        "<joint>_z_m": "Position about the mid-hip, away from the camera along its line of sight to the hips, in metres.",
        "<joint>_sd_m": "Standard deviation of that position along one axis, in metres.",
        "up_x": "Direction against gravity on the same axes: a vector of length 1. A level camera has 0, -1, 0.",
        "up_y": "Its second part.",
        "up_z": "Its third part.",
        "up_sd_deg": "Standard deviation of that direction, in degrees.",
        "unlike_training": "How unlike everything that the correction was trained on: 0 within, 1 at its edge, more beyond.",
    },
}
"""Meaning of every column of every file and data frame, in their order. ``<...>`` stands for each name of that kind."""
