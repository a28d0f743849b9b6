"""From joint centres of each picture by itself to one body that moves: the fit of a skeleton to a whole recording."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posecheck.skeleton.bones import BONES, CONFIDENT_AFTER_S, Bones, first_lengths
from posecheck.skeleton.centres import JOINT_COUNT, JointCentres
from posecheck.skeleton.feet import standing_stretches
from posecheck.skeleton.gravity import Gravity, find_up, standing_direction, up_of_pictures
from posecheck.skeleton.legs import LEFT_LEG, RIGHT_LEG, tell_legs_apart
from posecheck.skeleton.problem import FitOptions, filled, first_guess
from posecheck.skeleton.sight import hips_path, sight_turns, turned
from posecheck.skeleton.solver import minimise
from posecheck.skeleton.spread import fitted_sd_m
from posecheck.skeleton.terms import joints_from

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.skeleton.terms import Body

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """One body with constant bones, fitted to a recording.

    Attributes
    ----------
    centres : JointCentres
        Fitted joints, in the axes of the measured ones; NaN in the same pictures. ``up`` is half-way between one
        direction of the room and what each picture says.
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
    everybody = None if present.all() else centres
    seen, exchanged = _legs_told_apart(centres.pictures(present))
    del centres  # an hour of joints is 60 MB, so that as few copies as possible are there at a time
    gravity, turns, path_m = _steady_axes(seen, None if standing is None else standing[present])
    up = up_of_pictures(gravity, seen.time_s, turned(seen.up, turns))
    seen = replace(seen, xyz_m=turned(seen.xyz_m, turns))
    stretches = standing_stretches(seen.time_s, filled(seen.time_s, seen.xyz_m), gravity.up)
    never_seen = ~np.isfinite(first_lengths(seen))
    seen, lengths_m = _solved(seen, stretches, bones, options)
    back = np.swapaxes(turns, 1, 2)
    fitted = replace(
        seen, xyz_m=turned(seen.xyz_m, back), up=turned(up, back), up_sd_deg=np.full(len(seen), gravity.sd_deg)
    )
    return Skeleton(
        fitted if everybody is None else _put_back(everybody, present, fitted),
        _bones_of(lengths_m, never_seen, seen.time_s, bones),
        gravity,
        _spread(present, exchanged).astype(bool),
        _spread(present, _inside(stretches, len(fitted))).astype(bool),
        _spread(present, path_m),
    )


LEAST_PICTURES = 5
"""Fewer pictures show no movement (chosen by us)."""
UNSURE_TIMES = 5.0
"""While one leg turns into the other its joints are known so many times less (chosen by us)."""


def _legs_told_apart(seen: JointCentres) -> tuple[JointCentres, NDArray[np.bool_]]:
    """The joints with the legs told apart, and the pictures whose legs were exchanged."""
    legs = tell_legs_apart(seen.time_s, seen.xyz_m)
    sd_m = seen.sd_m.copy()
    both = np.append(LEFT_LEG, RIGHT_LEG)
    sd_m[np.ix_(legs.exchanged, both)] = sd_m[np.ix_(legs.exchanged, np.append(RIGHT_LEG, LEFT_LEG))]
    sd_m[np.ix_(legs.unsure, both)] *= UNSURE_TIMES
    return replace(seen, xyz_m=legs.xyz_m, sd_m=sd_m), legs.exchanged


AT_ONCE = 1200
"""Pictures fitted at once: forty seconds of 30 a second, and 0.1 GB of memory (chosen by us)."""
OVERLAP = 60
"""Pictures that parts of a longer recording share at either end, so that nothing shows where they meet (chosen by us)."""


def _solved(
    seen: JointCentres, stretches: list[tuple[int, int]], bones: Bones | None, options: FitOptions
) -> tuple[JointCentres, Array]:
    """The fitted joints and lengths. Of a long recording bones are learnt from some pictures, and then held in each part.

    Its joints take the place of the measured ones, each part once the next one has been cut out of these.
    """
    if len(seen) <= AT_ONCE:
        return _solved_at_once(seen, stretches, bones, options)
    some = np.zeros(len(seen), dtype=bool)
    some[:: -(-len(seen) // AT_ONCE)] = True
    lengths_m = _solved_at_once(seen.pictures(some), [], bones, options)[1]
    known = Bones(lengths_m.copy(), CONFIDENT_AFTER_S)
    solved: tuple[slice, Array, Array] | None = None
    for start in range(0, len(seen), AT_ONCE):
        end = min(start + AT_ONCE, len(seen))
        first, last = max(start - OVERLAP, 0), min(end + OVERLAP, len(seen))
        inside = [(max(a, first) - first, min(b, last) - first) for a, b in stretches if a < last and b > first]
        part = np.zeros(len(seen), dtype=bool)
        part[first:last] = True
        measured = seen.pictures(part)
        _put_in(seen, solved)
        fitted = _solved_at_once(measured, inside, known, options)[0]
        own = slice(start - first, end - first)
        solved = slice(start, end), fitted.xyz_m[own], fitted.sd_m[own]
    _put_in(seen, solved)
    return seen, lengths_m


def _put_in(seen: JointCentres, solved: tuple[slice, Array, Array] | None) -> None:
    if solved is not None:
        pictures, xyz_m, sd_m = solved
        seen.xyz_m[pictures], seen.sd_m[pictures] = xyz_m, sd_m


def _solved_at_once(
    seen: JointCentres, stretches: list[tuple[int, int]], bones: Bones | None, options: FitOptions
) -> tuple[JointCentres, Array]:
    body, points, lengths_m = first_guess(seen, stretches, bones, options)
    solution = minimise(body, points, lengths_m)
    return _fitted(seen, body, joints_from(solution.points), options), solution.shared


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
    path_m = hips_path(seen.time_s, filled(seen.time_s, seen.xyz_m), roughly.up)
    turns = sight_turns(path_m)
    upright = standing_direction(turned(seen.xyz_m, turns), roughly.up, standing)
    return find_up(turned(seen.up, turns), seen.up_sd_deg, upright=upright), turns, path_m


def _put_back(centres: JointCentres, present: NDArray[np.bool_], fitted: JointCentres) -> JointCentres:
    """The fitted pictures among all pictures of the recording; NaN in the others."""
    xyz_m, sd_m, up = np.full_like(centres.xyz_m, np.nan), np.full_like(centres.sd_m, np.nan), centres.up.copy()
    xyz_m[present], sd_m[present], up[present] = fitted.xyz_m, fitted.sd_m, fitted.up
    up_sd_deg = centres.up_sd_deg.copy()
    up_sd_deg[present] = fitted.up_sd_deg
    return replace(centres, xyz_m=xyz_m, sd_m=sd_m, up=up, up_sd_deg=up_sd_deg)


def _bones_of(lengths_m: Array, never_seen: NDArray[np.bool_], time_s: Array, known: Bones | None) -> Bones:
    if known is not None:
        never_seen = never_seen & ~np.isfinite(known.lengths_m)
    lasted_s = float(time_s[-1] - time_s[0])
    return Bones(np.where(never_seen, np.nan, lengths_m), lasted_s + (0.0 if known is None else known.seen_s))
