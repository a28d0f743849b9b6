"""From joint centres of each picture by itself to one body that moves: the fit of a skeleton to a whole recording."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.bones import BONES, BoneLines, Bones, first_lengths, line_of
from posecheck.skeleton.centres import JOINT_COUNT, JointCentres, joint_index
from posecheck.skeleton.feet import standing_stretches
from posecheck.skeleton.gravity import Gravity, find_up, standing_direction
from posecheck.skeleton.legs import LEFT_LEG, RIGHT_LEG, Legs, tell_legs_apart
from posecheck.skeleton.sight import hips_path, sight_turns, turned
from posecheck.skeleton.solver import minimise
from posecheck.skeleton.spread import fitted_sd_m
from posecheck.skeleton.terms import (
    JOINTS_OF_POINTS,
    Body,
    ConstantBones,
    Measured,
    OneWayKnees,
    Smooth,
    Still,
    joints_from,
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


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """One body with constant bones, fitted to a recording.

    Attributes
    ----------
    centres : JointCentres
        Fitted joints, in the axes of the measured ones; NaN in the same pictures. ``up`` is one direction of the room, seen
        in the axes of each picture.
    bones : Bones
        To be given to the fit of another recording of the same person.
    gravity : Gravity
        Up in the axes of the usual place of the hips.
    exchanged : (n,) bool
        Pictures whose legs were taken for each other and exchanged.
    stands : (n,) bool
        Pictures in which both feet were found standing.
    hips_m : (n, 3) float64
        Where the middle of the hips went from its usual place, as the standing feet tell; 0 in missing pictures.
    """

    centres: JointCentres
    bones: Bones
    gravity: Gravity
    exchanged: NDArray[np.bool_]
    stands: NDArray[np.bool_]
    hips_m: Array


def fit_skeleton(
    centres: JointCentres,
    *,
    bones: Bones | None = None,
    standing: NDArray[np.bool_] | None = None,
    options: FitOptions | None = None,
) -> Skeleton:
    """Fit one body to the joint centres of a recording.

    Parameters
    ----------
    centres : JointCentres
        Corrected joints of each picture; NaN where the body was not found.
    bones : Bones, optional
        Lengths learnt from another recording of the same person. Default: learnt from this one alone.
    standing : (n,) bool, optional
        Pictures in which the person is known to stand upright, which tells where up is. Default: found by straight legs
        below a straight trunk.
    options : FitOptions, optional

    Notes
    -----
    What is wrong in the same way in all pictures is not repaired, and the standard deviations do not claim it.
    """
    options = options or FitOptions()
    present: NDArray[np.bool_] = np.isfinite(centres.xyz_m).all(axis=2).sum(axis=1) >= JOINT_COUNT // 2
    if present.sum() < LEAST_PICTURES:
        return _nobody(centres, bones)
    seen, legs = _legs_told_apart(_pictures(centres, present))
    gravity, turns, path_m = _steady_axes(seen, None if standing is None else standing[present])
    seen = replace(seen, xyz_m=turned(seen.xyz_m, turns))
    stretches = standing_stretches(seen.time_s, _filled(seen.time_s, seen.xyz_m), gravity.up)
    body, points, lengths_m = first_guess(seen, stretches, bones, options)
    solution = minimise(body, points, lengths_m)
    steady = _fitted(seen, body, joints_from(solution.points), options)
    back = np.swapaxes(turns, 1, 2)
    fitted = replace(steady, xyz_m=turned(steady.xyz_m, back), up=turned(np.tile(gravity.up, (len(seen), 1)), back))
    return Skeleton(
        _put_back(centres, present, replace(fitted, up_sd_deg=np.full(len(seen), gravity.sd_deg))),
        _bones_of(solution.shared, seen, bones),
        gravity,
        _spread(present, legs.exchanged).astype(bool),
        _spread(present, _inside(stretches, len(seen))).astype(bool),
        _spread(present, path_m),
    )


LEAST_PICTURES = 5
"""Fewer pictures show no movement (chosen by us)."""
UNSURE_TIMES = 5.0
"""While one leg turns into the other its joints are known so many times less (chosen by us)."""


def _legs_told_apart(seen: JointCentres) -> tuple[JointCentres, Legs]:
    legs = tell_legs_apart(seen.time_s, seen.xyz_m)
    sd_m = seen.sd_m.copy()
    both = np.append(LEFT_LEG, RIGHT_LEG)
    sd_m[np.ix_(legs.exchanged, both)] = sd_m[np.ix_(legs.exchanged, np.append(RIGHT_LEG, LEFT_LEG))]
    sd_m[np.ix_(legs.unsure, both)] *= UNSURE_TIMES
    return replace(seen, xyz_m=legs.xyz_m, sd_m=sd_m), legs


def _fitted(seen: JointCentres, body: Body, joints: Array, options: FitOptions) -> JointCentres:
    """The fitted joints where they were measured, with what they are known to."""
    known = np.asarray(np.isfinite(seen.xyz_m).all(axis=2))
    trust = np.where(known, body.measured.trust(joints), 0.0)
    sd_m = fitted_sd_m(seen.time_s, body.measured.xyz_m, joints, seen.sd_m, trust, passes_hz=options.passes_hz)
    return replace(seen, xyz_m=np.where(known[:, :, None], joints, np.nan), sd_m=np.where(known, sd_m, np.nan))


def _nobody(centres: JointCentres, bones: Bones | None) -> Skeleton:
    none = np.zeros(len(centres), dtype=bool)
    bones = bones or Bones(np.full(len(BONES), np.nan), 0.0)
    gravity = find_up(centres.up, centres.up_sd_deg)
    return Skeleton(centres, bones, gravity, none, none, np.zeros((len(centres), 3)))


def _pictures(centres: JointCentres, chosen: NDArray[np.bool_]) -> JointCentres:
    names = ("time_s", "xyz_m", "sd_m", "up", "up_sd_deg", "depth")
    return JointCentres(**{name: getattr(centres, name)[chosen] for name in names})


def _spread(present: NDArray[np.bool_], values: NDArray[np.generic]) -> Array:
    out = np.zeros((len(present), *values.shape[1:]))
    out[present] = values
    return out


def _inside(stretches: list[tuple[int, int]], count: int) -> NDArray[np.bool_]:
    inside = np.zeros(count, dtype=bool)
    for first, last in stretches:
        inside[first:last] = True
    return inside


def _steady_axes(seen: JointCentres, standing: NDArray[np.bool_] | None) -> tuple[Gravity, Array, Array]:
    """Up, (n, 3, 3) turns into axes that stand still in the room, and (n, 3) path of the hips.

    How the line of sight turns follows from how the hips move against the feet, for which up must be known roughly.
    """
    roughly = find_up(seen.up, seen.up_sd_deg)
    path_m = hips_path(seen.time_s, seen.xyz_m, roughly.up)
    turns = sight_turns(path_m)
    upright = standing_direction(turned(seen.xyz_m, turns), roughly.up, standing)
    return find_up(turned(seen.up, turns), seen.up_sd_deg, upright=upright), turns, path_m


def _filled(time_s: Array, xyz_m: Array) -> Array:
    """Joints with gaps bridged by straight lines; one that is never seen lies a little below the hips."""
    filled = xyz_m.copy()
    for joint in range(JOINT_COUNT):
        known = np.isfinite(xyz_m[:, joint]).all(axis=1)
        if not known.any():
            filled[:, joint] = (0.01 * joint, 0.1 + 0.01 * joint, 0.01)
            continue
        for axis in range(3):
            filled[~known, joint, axis] = np.interp(time_s[~known], time_s[known], xyz_m[known, joint, axis])
    return filled


NOT_SEEN_SD_M, LEAST_SD_M = 1.0, 0.003
"""A joint that is not seen is held this loosely to where it may be, so that the fit has one answer; none is held more firmly
than to this (chosen by us)."""


def first_guess(
    seen: JointCentres, stretches: list[tuple[int, int]], known: Bones | None, options: FitOptions
) -> tuple[Body, Array, Array]:
    """All terms of a recording in axes that do not turn, and where to begin: (n, 15, 3) points and (bones,) lengths."""
    start = _filled(seen.time_s, seen.xyz_m)
    measured = _measured(start, seen)
    rate_hz = 1.0 / float(np.median(np.diff(seen.time_s)))
    bones, lengths_m = _bone_terms(seen, rate_hz, known, options)
    of_joint = np.median(measured.weight, axis=0).mean(axis=1)
    of_point = (JOINTS_OF_POINTS**2).T @ of_joint
    smooth = Smooth(seen.time_s, of_point * rate_hz / (2.0 * np.pi * options.passes_hz) ** 4)
    still = _still(seen.time_s, of_joint, stretches, rate_hz, options)
    body = Body(measured, smooth, still, bones, _knees(seen.xyz_m, lengths_m, options))
    return body, points_from(start), lengths_m


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
    sd_m = np.hypot(sd_m, BONE_SD * np.nan_to_num(given, nan=1.0))
    pictures = 0.0 if known is None else min(known.seen_s, 60.0) * rate_hz
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
    lines, forward, least = [], [], []
    thigh_m = lengths_m[0]
    for side in ("LEFT", "RIGHT"):
        hip, knee, ankle, heel, ball = (
            steady[:, joint_index(Landmark[f"{side}_{part}"])]
            for part in ("HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
        )
        leg, foot = (
            line / np.maximum(np.linalg.norm(line, axis=1, keepdims=True), 1e-6) for line in (ankle - hip, ball - heel)
        )
        ahead = foot - (foot * leg).sum(axis=1, keepdims=True) * leg
        # Which way is forward a foot tells that stands off from the leg; and a knee that is far off its line is bent, not
        # bent backwards, whatever the foot seems to say.
        off_m = np.linalg.norm(knee - (hip + ankle) / 2, axis=1)
        told = (np.linalg.norm(ahead, axis=1) > CLEARLY_OFF) & (
            off_m < thigh_m * np.sin(np.radians(MOST_BACKWARD_DEG / 2))
        )
        forward.append(np.where(told[:, None], ahead, 0.0))
        lines.append(line_of({f"{side}_HIP": 0.5, f"{side}_ANKLE": 0.5}, f"{side}_KNEE"))
        least.append(-thigh_m * np.sin(np.radians(options.most_behind_deg / 2)))
    return OneWayKnees(
        np.stack(lines) @ JOINTS_OF_POINTS, np.stack(forward), np.array(least), 1.0 / options.behind_sd_m**2
    )


def _put_back(centres: JointCentres, present: NDArray[np.bool_], fitted: JointCentres) -> JointCentres:
    """The fitted pictures among all pictures of the recording; NaN in the others."""
    xyz_m, sd_m, up = np.full_like(centres.xyz_m, np.nan), np.full_like(centres.sd_m, np.nan), centres.up.copy()
    xyz_m[present], sd_m[present], up[present] = fitted.xyz_m, fitted.sd_m, fitted.up
    up_sd_deg = centres.up_sd_deg.copy()
    up_sd_deg[present] = fitted.up_sd_deg
    return replace(centres, xyz_m=xyz_m, sd_m=sd_m, up=up, up_sd_deg=up_sd_deg)


def _bones_of(lengths_m: Array, seen: JointCentres, known: Bones | None) -> Bones:
    never = ~np.isfinite(first_lengths(seen))
    if known is not None:
        never &= ~np.isfinite(known.lengths_m)
    lasted_s = float(seen.time_s[-1] - seen.time_s[0])
    return Bones(np.where(never, np.nan, lengths_m), lasted_s + (0.0 if known is None else known.seen_s))
