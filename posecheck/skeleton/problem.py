"""The fit of a recording as a problem for the solver: how firmly each of its terms holds, and where to begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.bones import BONE_INDEX, BONES, CONFIDENT_AFTER_S, BoneLines, Bones, first_lengths, line_of
from posecheck.skeleton.centres import JOINT_COUNT, JointCentres, joint_index
from posecheck.skeleton.terms import (
    JOINTS_OF_POINTS,
    Body,
    ConstantBones,
    Measured,
    OneWayKnees,
    Smooth,
    Still,
    points_from,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOptions:
    """How firmly each term of the fit holds; all chosen by us, by what made rendered people's angles better."""

    passes_hz: float = 6.0
    """Movement of this frequency is halved by the smoothing. 3 Hz keeps 94 %, and what is slower more."""
    stands_hz: float = 0.1
    """A line between standing feet follows what is measured below this frequency: what drifts more slowly than in ten
    seconds may be true."""
    most_behind_deg: float = 10.0
    """How far a knee may bend backwards."""
    behind_sd_m: float = 0.01
    """Standard deviation beyond that."""
    unknown_length_sd: float = 0.1
    """Standard deviation of a bone's length beforehand, as a share of it."""
    firmness: float = 1.0
    """How many times as firmly bones keep their length as `BONES` says; more makes no angle better."""


NOT_SEEN_SD_M, LEAST_SD_M = 1.0, 0.003
"""A joint that is not seen is held this loosely to where it may be, so that the fit has one answer; none is held more firmly
than to this (chosen by us)."""


def first_guess(
    seen: JointCentres, stretches: list[tuple[int, int]], known: Bones | None, options: FitOptions
) -> tuple[Body, Array, Array]:
    """All terms of a recording in axes that do not turn, and where to begin: (n, 15, 3) points and (bones,) lengths."""
    start = filled(seen.time_s, seen.xyz_m)
    measured = _measured(start, seen)
    rate_hz = 1.0 / float(np.median(np.diff(seen.time_s)))
    bones, lengths_m = _bone_terms(seen, rate_hz, known, options)
    of_joint = np.median(measured.weight, axis=0).mean(axis=1)
    of_point = (JOINTS_OF_POINTS**2).T @ of_joint
    smooth = Smooth(seen.time_s, of_point * rate_hz / (2.0 * np.pi * options.passes_hz) ** 4)
    still = _still(seen.time_s, of_joint, stretches, rate_hz, options)
    body = Body(measured, smooth, still, bones, _knees(seen.xyz_m, lengths_m, options))
    return body, points_from(start), lengths_m


def filled(time_s: Array, xyz_m: Array) -> Array:
    """Joints with gaps bridged by straight lines; one that is never seen lies a little below the hips."""
    bridged = xyz_m.copy()
    for joint in range(JOINT_COUNT):
        known = np.isfinite(xyz_m[:, joint]).all(axis=1)
        if not known.any():
            bridged[:, joint] = (0.01 * joint, 0.1 + 0.01 * joint, 0.01)
            continue
        for axis in range(3):
            bridged[~known, joint, axis] = np.interp(time_s[~known], time_s[known], xyz_m[known, joint, axis])
    return bridged


def _measured(start: Array, seen: JointCentres) -> Measured:
    known = np.isfinite(seen.xyz_m).all(axis=2) & np.isfinite(seen.sd_m)
    sd = np.where(known, np.maximum(seen.sd_m, LEAST_SD_M), NOT_SEEN_SD_M)
    return Measured(start, np.repeat(1.0 / sd[:, :, None] ** 2, 3, axis=2))


def _bone_terms(
    seen: JointCentres, rate_hz: float, known: Bones | None, options: FitOptions
) -> tuple[ConstantBones, Array]:
    lines, usual = BoneLines(), first_lengths(seen)
    given = usual if known is None else np.where(np.isfinite(known.lengths_m), known.lengths_m, usual)
    sd_m = _tolerances_m(seen.sd_m, lines) * np.array([bone.tolerance for bone in BONES])
    sd_m = np.hypot(sd_m, BONE_SD * np.nan_to_num(given, nan=1.0)) / options.firmness
    pictures = 0.0 if known is None else min(known.seen_s, CONFIDENT_AFTER_S) * rate_hz
    expected_weight = 1.0 / (options.unknown_length_sd * np.nan_to_num(given, nan=1.0)) ** 2 + pictures / sd_m**2
    used = np.isfinite(given[lines.bone]) & np.isfinite(lines.lengths_m(seen.xyz_m)).any(axis=0)
    bone = lines.bone[used]
    shortens = np.array([BONES[k].shortens for k in bone])
    start = np.nan_to_num(given, nan=1.0)
    terms = ConstantBones(
        lines.joints[used] @ JOINTS_OF_POINTS, bone, 1.0 / sd_m[bone] ** 2, shortens, start, expected_weight
    )
    return terms, start


BONE_SD = 0.01
"""What a bone's length wanders by at least, as a share of it: the centre of a joint moves in the bone (chosen by us)."""


def _tolerances_m(sd_m: Array, lines: BoneLines) -> Array:
    """(bones,) what the length of each is known to in a usual picture."""
    of_joint = np.nanmedian(np.where(np.isfinite(sd_m).any(axis=0), sd_m, NOT_SEEN_SD_M), axis=0)
    of_line = np.sqrt(lines.joints**2 @ of_joint**2)
    return np.array([of_line[lines.bone == number].mean() for number in range(len(BONES))])


def _still(
    time_s: Array, of_joint: Array, stretches: list[tuple[int, int]], rate_hz: float, options: FitOptions
) -> Still:
    """Between the ankles, and from heel to ball of each foot."""
    lines = np.stack(
        [
            line_of("LEFT_ANKLE", "RIGHT_ANKLE"),
            line_of("LEFT_HEEL", "LEFT_FOOT_INDEX"),
            line_of("RIGHT_HEEL", "RIGHT_FOOT_INDEX"),
        ]
    )
    known = 1.0 / (np.abs(lines) @ (1.0 / of_joint))  # what is known of the line in one picture
    per_second = known * rate_hz / (2.0 * np.pi * options.stands_hz) ** 2
    holds = np.zeros(len(time_s) - 1)
    for first, last in stretches:
        holds[first : last - 1] = 1.0
    return Still(lines @ JOINTS_OF_POINTS, per_second[:, None] * (holds / np.diff(time_s))[None])


CLEARLY_OFF, MOST_BACKWARD_DEG = 0.7, 40.0
"""Sine of the angle between foot and leg from which the foot tells where forward is, and what no measurement has a knee bend
backwards by (chosen by us)."""


def _knees(steady: Array, lengths_m: Array, options: FitOptions) -> OneWayKnees:
    thigh_m = float(lengths_m[BONE_INDEX["thigh"]])
    least_m = -thigh_m * np.sin(np.radians(options.most_behind_deg / 2))
    lines = [line_of({f"{side}_HIP": 0.5, f"{side}_ANKLE": 0.5}, f"{side}_KNEE") for side in ("LEFT", "RIGHT")]
    forward = np.stack([_forward(steady, side, thigh_m) for side in ("LEFT", "RIGHT")])
    weight = 1.0 / options.behind_sd_m**2
    return OneWayKnees(np.stack(lines) @ JOINTS_OF_POINTS, forward, np.full(2, least_m), weight)


def _forward(steady: Array, side: str, thigh_m: float) -> Array:
    """(n, 3) where a knee may go to by the foot below it; 0 where the foot does not tell.

    Which way is forward a foot tells that stands off from the leg; and a knee that is far off its line is bent, not bent
    backwards, whatever the foot seems to say.
    """
    hip, knee, ankle, heel, ball = (
        steady[:, joint_index(Landmark[f"{side}_{part}"])] for part in ("HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
    )
    leg, foot = (
        line / np.maximum(np.linalg.norm(line, axis=1, keepdims=True), 1e-6) for line in (ankle - hip, ball - heel)
    )
    ahead = foot - (foot * leg).sum(axis=1, keepdims=True) * leg
    off_m = np.linalg.norm(knee - (hip + ankle) / 2, axis=1)
    nearly_straight = off_m < thigh_m * np.sin(np.radians(MOST_BACKWARD_DEG / 2))
    told = (np.linalg.norm(ahead, axis=1) > CLEARLY_OFF) & nearly_straight
    return np.where(told[:, None], ahead, 0.0)
