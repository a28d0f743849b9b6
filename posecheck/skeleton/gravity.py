"""Which way is up: one direction for a whole recording, from what each picture says and from how cameras are put up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import joint_index
from posecheck.skeleton.sight import smoothed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CAMERA_UP: Array = np.array([0.0, -1.0, 0.0])
CAMERA_UP.setflags(write=False)

ROLL_SD_DEG, PITCH_SD_DEG = 2.5, 8.0
"""How far most cameras are from level: tilted in the plane of the picture, and looking up or down at the hips. A tripod is
put up by eye to within a few degrees; a phone on the floor looks up by 10 to 20 (chosen by us)."""
CROOKED_SHARE, CROOKED_SD_DEG = 0.1, 15.0
"""One camera in ten leans on something and has any tilt (chosen by us)."""
STANDING_SD_DEG = 4.0
"""How far the line from the ankles to the shoulders of somebody who stands upright is from the vertical: rendered people who
stand are 1 to 2.6 degrees off; real ones sway and lean a little more (chosen by us)."""
LEAST_SD_DEG = 1.5
"""No direction is better known than this (chosen by us): people stand still to within a degree, and floors are not level."""
UNSTEADY_DEG = 6.0
"""Pictures whose directions spread by more than this disagree (chosen by us): a camera that moves, or points that are not to
be trusted."""
AGREE_DEG = 15.0
"""Who seems to lean by more than this does not stand upright, or the direction is wrong (chosen by us)."""


@dataclass(frozen=True, slots=True, eq=False)
class Gravity:
    """The direction against gravity.

    Attributes
    ----------
    up : (3,) float64
        Unit vector; x right, y down, z away from the camera.
    sd_deg : float
        Standard deviation of its direction.
    spread_deg : float
        By how much the pictures disagree about it: median distance from ``up`` as each of them said it.
    steady : bool
        Whether they agree well enough for one camera that stood still.
    """

    up: Array
    sd_deg: float
    spread_deg: float
    steady: bool


def find_up(up: Array, up_sd_deg: Array, *, upright: Array | None = None) -> Gravity:
    """One direction for a camera that stands still.

    Parameters
    ----------
    up : (n, 3) float64
        What each picture says; NaN where it says nothing.
    up_sd_deg : (n,) float64
        Its standard deviation. What is wrong in one picture is wrong in the next one too, so that many pictures are no
        better than a typical one.
    upright : (3,) float64, optional
        Direction of a person who stands upright, if there was one.
    """
    known = np.isfinite(up).all(axis=1) & np.isfinite(up_sd_deg)
    if not known.any():
        return Gravity(CAMERA_UP, float(np.hypot(ROLL_SD_DEG, PITCH_SD_DEG)), float("nan"), steady=False)
    middle, spread_deg = _robust_middle(up[known], up_sd_deg[known])
    tilt = _tilt_deg(middle)
    variance = np.full(2, max(float(np.median(up_sd_deg[known])), LEAST_SD_DEG) ** 2)
    if upright is not None and _apart_deg(upright[None], middle)[0] < AGREE_DEG:
        tilt, variance = _fused(tilt, variance, _tilt_deg(upright), np.full(2, STANDING_SD_DEG**2))
    tilt, variance = _level_prior(tilt, variance)
    sd_deg = max(float(np.sqrt(variance.mean())), LEAST_SD_DEG)
    steady = spread_deg <= UNSTEADY_DEG
    return Gravity(_from_tilt(tilt), sd_deg if steady else max(sd_deg, spread_deg), spread_deg, steady)


def _robust_middle(up: Array, sd_deg: Array) -> tuple[Array, float]:
    """Unit vector in the middle of directions, the better known ones and those near it counting more; median distance."""
    middle = np.median(up, axis=0)
    for _ in range(10):
        middle = middle / np.linalg.norm(middle)
        away = _apart_deg(up, middle) / np.maximum(sd_deg, LEAST_SD_DEG)
        weight = 1.0 / np.maximum(sd_deg, LEAST_SD_DEG) ** 2 / (1.0 + away**2 / 4.0)
        middle = weight @ up
    middle = middle / np.linalg.norm(middle)
    return middle, float(np.median(_apart_deg(up, middle)))


def _apart_deg(directions: Array, middle: Array) -> Array:
    return np.asarray(np.degrees(np.arccos(np.clip(directions @ middle, -1.0, 1.0))))


def _tilt_deg(up: Array) -> Array:
    """(2,) roll (in the plane of the picture) and pitch (towards or away from the camera) of a direction."""
    return np.degrees([np.arctan2(up[0], -up[1]), np.arcsin(np.clip(up[2], -1.0, 1.0))])


def _from_tilt(tilt_deg: Array) -> Array:
    roll, pitch = np.radians(tilt_deg)
    return np.array([np.sin(roll) * np.cos(pitch), -np.cos(roll) * np.cos(pitch), np.sin(pitch)])


def _fused(first: Array, its_variance: Array, second: Array, other_variance: Array) -> tuple[Array, Array]:
    share = its_variance / (its_variance + other_variance)
    return first + share * (second - first), its_variance * (1.0 - share)


def _level_prior(tilt: Array, variance: Array) -> tuple[Array, Array]:
    """Draw a direction towards level, by as much as it may well come from a level camera."""
    results = []
    for share, roll_sd in ((1.0 - CROOKED_SHARE, ROLL_SD_DEG), (CROOKED_SHARE, CROOKED_SD_DEG)):
        prior = np.array([roll_sd, max(PITCH_SD_DEG, roll_sd)]) ** 2
        odds = share * float(np.prod(np.exp(-0.5 * tilt**2 / (prior + variance)) / np.sqrt(prior + variance)))
        results.append((odds, *_fused(tilt, variance, np.zeros(2), prior)))
    likely = np.array([result[0] for result in results]) + 1e-300
    tilts, variances = (np.stack([result[k] for result in results]) for k in (1, 2))
    share = (likely / likely.sum())[:, None]
    mean = (share * tilts).sum(axis=0)
    return mean, (share * (variances + (tilts - mean) ** 2)).sum(axis=0)


OWN_SHARE, OWN_DEG, OWN_S = 0.5, 10.0, 1.0
"""How much of its own direction, over a second, a picture keeps; less where that is further away than so many degrees.

A camera that stands still has one up, but where a correction sees the whole body turned, it sees up turned with it, and the
trunk against it is right. On rendered recordings with two early corrections the change of the trunk's inclination was off by
3.3 and 2.0 degrees (mean) with each picture's own up, by 2.7 and 3.0 with one up, and by 2.5 and 2.2 half-way (chosen by us,
by that).
"""


def up_of_pictures(gravity: Gravity, time_s: Array, up: Array) -> Array:
    """(n, 3) up as angles are taken against it: half-way from the one direction to what each picture says."""
    known = np.isfinite(up).all(axis=1, keepdims=True)
    pictures = OWN_S / float(np.median(np.diff(time_s)))
    own = _unit(smoothed(np.where(known, up, gravity.up), pictures))
    share = OWN_SHARE / (1.0 + (_apart_deg(own, gravity.up) / OWN_DEG) ** 2)
    return _unit(gravity.up + share[:, None] * (own - gravity.up))


MOST_BENT_DEG = 25.0
"""Whose legs and trunk are in line to within this stands straight, if the whole points up (chosen by us)."""


def standing_direction(xyz_m: Array, up: Array, standing: NDArray[np.bool_] | None = None) -> Array | None:
    """(3,) the way from the ankles to the shoulders while somebody stands upright; None where nobody does.

    Parameters
    ----------
    xyz_m : (n, 16, 3) float64
    up : (3,) float64
        Roughly against gravity.
    standing : (n,) bool, optional
        Pictures in which the person is known to stand upright. Default: found by straight legs below a straight trunk.
    """
    hips, knees, ankles, shoulders = (_middle_of(xyz_m, part) for part in ("HIP", "KNEE", "ANKLE", "SHOULDER"))
    body = _unit(shoulders - ankles)
    with np.errstate(invalid="ignore"):
        if standing is None:
            straight = np.cos(np.radians(MOST_BENT_DEG))
            trunk, thigh, shank = _unit(shoulders - hips), _unit(hips - knees), _unit(knees - ankles)
            standing = ((trunk * thigh).sum(axis=1) > straight) & ((thigh * shank).sum(axis=1) > straight)
        chosen = standing & (body @ up > np.cos(np.radians(AGREE_DEG)))
    if chosen.sum() < 3:
        return None
    return np.asarray(_unit(np.median(body[chosen], axis=0)[None])[0])


def _middle_of(xyz_m: Array, part: str) -> Array:
    left, right = (xyz_m[:, joint_index(Landmark[f"{side}_{part}"])] for side in ("LEFT", "RIGHT"))
    return np.asarray((left + right) / 2)


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))
