"""Which leg is which: finds passages in which the legs were taken for each other, and puts them back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import joint_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_PARTS = ("KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
LEFT_LEG, RIGHT_LEG = (
    np.array([joint_index(Landmark[f"{side}_{part}"]) for part in _PARTS]) for side in ("LEFT", "RIGHT")
)
"""Everything below the hips. The hips themselves are told apart by the trunk, in every picture."""
LEFT_HIP, RIGHT_HIP = (joint_index(Landmark[f"{side}_HIP"]) for side in ("LEFT", "RIGHT"))

RAMP_S = 0.1
"""An exchange is smeared over this long on either side, by the smoothing of the points (chosen by us)."""
SEEN_S = 0.3
"""How the legs move is read from this long before and after (chosen by us): a quarter of a step."""
CALM_S, SUDDEN_TIMES = 0.6, 2.0
"""Legs that are exchanged travel so many times further within the time of a ramp than in all of these seconds before, or
after it (chosen by us): longer than a step takes, so that walking never looks like it."""
LEAST_JUMP_M = 0.12
"""Legs that are apart by less need no exchange: the angles would hardly differ (chosen by us)."""
RENAMING_COST_M = 0.06
"""What it costs to take the legs for exchanged from some moment on, in metres that a joint would jump otherwise: more than
the points of a leg that is kicked out leave its path by (chosen by us)."""
CLEARLY_BETTER = 0.5
"""An exchange is believed where it halves the jump (chosen by us)."""
DOUBT_COST_M_PER_S = 0.1
"""What each second of it costs (chosen by us): a passage is exchanged if it has two clear ends and is over in a few seconds.
Which part of a recording is right cannot be told from one end alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """Joints with the legs told apart.

    Attributes
    ----------
    xyz_m : (n, 16, 3) float64
    exchanged : (n,) bool
        Pictures whose legs were exchanged.
    unsure : (n,) bool
        Pictures in which one leg turns into the other: the legs are where neither is.
    """

    xyz_m: Array
    exchanged: NDArray[np.bool_]
    unsure: NDArray[np.bool_]


def tell_legs_apart(time_s: Array, xyz_m: Array) -> Legs:
    """Put back the legs wherever they suddenly change places and change back.

    Parameters
    ----------
    time_s : (n,) float64
    xyz_m : (n, 16, 3) float64

    Notes
    -----
    Legs that pass each other, as in walking, go on as they came; legs that were exchanged jump to where the other one was,
    and stay. So the way before and the way after each moment are drawn out to that moment, and compared with each other
    as they are and exchanged. Of all ways to name the legs the one is taken in which they jump least, names change as
    seldom as possible, and the names given hold for most of the time.
    """
    none = np.zeros(len(time_s), dtype=bool)
    moments, as_is_m, exchanged_m = _jumps(time_s, _along_the_body(xyz_m))
    if not moments:
        return Legs(xyz_m, none, none)
    exchanged = _cheapest(time_s, moments, as_is_m, exchanged_m)
    changes = time_s[np.flatnonzero(np.diff(exchanged)) + 1]
    return Legs(exchange(xyz_m, exchanged), exchanged, _near(time_s, changes))


def _near(time_s: Array, moments_s: Array) -> NDArray[np.bool_]:
    """(n,) pictures within `RAMP_S` of any of some moments, which are in order."""
    if not moments_s.size:
        return np.zeros(len(time_s), dtype=bool)
    after = np.searchsorted(moments_s, time_s)
    beside = moments_s[np.clip([after - 1, after], 0, len(moments_s) - 1)]
    return np.asarray((np.abs(time_s - beside) <= RAMP_S).any(axis=0))


def exchange(xyz_m: Array, pictures: NDArray[np.bool_]) -> Array:
    """Give each leg the other one's posture in some pictures.

    It is mirrored at the plane between the hips, so that it hangs on its own hip.
    """
    right = _rightward(xyz_m[pictures])
    out, before = xyz_m.copy(), xyz_m[pictures]
    for own, other in ((LEFT_LEG, RIGHT_LEG), (RIGHT_LEG, LEFT_LEG)):
        leg = before[:, other]
        sideways = np.einsum("njc,nc->nj", leg, right)[:, :, None] * right[:, None]
        out[np.ix_(pictures, own)] = leg - 2.0 * sideways
    return out


def _rightward(xyz_m: Array) -> Array:
    line = xyz_m[:, RIGHT_HIP] - xyz_m[:, LEFT_HIP]
    return np.asarray(line / np.maximum(np.linalg.norm(line, axis=1, keepdims=True), 1e-6))


def _along_the_body(xyz_m: Array) -> Array:
    """(n, 2, joints, 3) both legs without what lies sideways, where left and right are mirror images."""
    right = _rightward(xyz_m)
    legs = xyz_m[:, np.stack([LEFT_LEG, RIGHT_LEG])]
    sideways = np.einsum("nsjc,nc->nsj", legs, right)
    return np.asarray(legs - sideways[..., None] * right[:, None, None])


def _jumps(time_s: Array, legs: Array) -> tuple[list[int], list[float], list[float]]:
    """Moments at which the legs may have been exchanged; how far they jump there, and how far if they were exchanged."""
    found: list[tuple[float, int, float, float]] = []
    for k in _sudden(time_s, legs):
        before, after = (_drawn_out(time_s, legs, time_s[k], side) for side in (-1, 1))
        if before is None or after is None:
            continue
        as_is, other = (float(_apart(before, way).mean()) for way in (after, after[::-1]))
        if as_is > LEAST_JUMP_M and other < CLEARLY_BETTER * as_is:
            found.append((as_is - other, k, as_is, other))
    return _strongest(time_s, found)


def _sudden(time_s: Array, legs: Array) -> list[int]:
    """Pictures in which the legs travel suddenly: far, and after or before a calm moment. A step follows upon a step."""
    reach = max(1, round(RAMP_S / float(np.median(np.diff(time_s)))))
    if len(time_s) <= 2 * reach:
        return []
    travelled_m = np.zeros(len(time_s))
    travelled_m[reach:-reach] = _apart(legs[2 * reach :], legs[: -2 * reach]).mean(axis=1)
    far = np.flatnonzero(travelled_m > LEAST_JUMP_M / 2)
    calm_m = [
        min(_most(time_s, travelled_m, time_s[k] + side * 2 * RAMP_S, time_s[k] + side * CALM_S) for side in (-1, 1))
        for k in far
    ]
    return [int(k) for k, calm in zip(far, calm_m, strict=True) if travelled_m[k] > SUDDEN_TIMES * calm]


def _most(time_s: Array, travelled_m: Array, one_s: float, other_s: float) -> float:
    first, last = np.searchsorted(time_s, sorted((one_s, other_s)))
    return float(travelled_m[first:last].max(initial=0.0))


def _strongest(
    time_s: Array, found: list[tuple[float, int, float, float]]
) -> tuple[list[int], list[float], list[float]]:
    """Of moments close together, the one at which an exchange explains most."""
    chosen: list[tuple[float, int, float, float]] = []
    for candidate in sorted(found, key=lambda jump: (-jump[0], jump[1])):
        if all(abs(time_s[candidate[1]] - time_s[other[1]]) > 2.0 * RAMP_S for other in chosen):
            chosen.append(candidate)
    chosen.sort(key=lambda jump: jump[1])
    return [jump[1] for jump in chosen], [jump[2] for jump in chosen], [jump[3] for jump in chosen]


def _apart(one: Array, other: Array) -> Array:
    """(...) mean distance of the known joints of two legs."""
    distances = np.linalg.norm(one - other, axis=-1)
    known = np.isfinite(distances)
    return np.asarray(np.where(known, distances, 0.0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1))


def _drawn_out(time_s: Array, legs: Array, moment_s: float, side: int) -> Array | None:
    """(2, joints, 3) where the legs are at a moment by how they move before (-1) or after it (+1); None if unknown."""
    window_s = sorted((moment_s + side * RAMP_S, moment_s + side * (RAMP_S + SEEN_S)))
    near = slice(int(np.searchsorted(time_s, window_s[0])), int(np.searchsorted(time_s, window_s[1], side="right")))
    when = time_s[near] - moment_s
    if len(when) < 3:
        return None
    # A straight line through them, by least squares: speed, and with it the place at the moment itself.
    centred = when - when.mean()
    speed = np.einsum("n,nsjc->sjc", centred, legs[near]) / (centred @ centred)
    return np.asarray(legs[near].mean(axis=0) - when.mean() * speed)


def _cheapest(time_s: Array, moments: list[int], as_is_m: list[float], exchanged_m: list[float]) -> NDArray[np.bool_]:
    """(n,) the names of the legs that cost least, given where they may change."""
    edges = [0, *moments, len(time_s)]
    lasts_s = np.diff(time_s[np.minimum(edges, len(time_s) - 1)])
    doubt_m = DOUBT_COST_M_PER_S * lasts_s
    doubt_m[[0, -1]] = np.inf
    cost, came_from = np.array([0.0, doubt_m[0]]), []
    for as_is, other, doubt in zip(as_is_m, exchanged_m, doubt_m[1:], strict=True):
        # Rows: named as given or exchanged from here on; columns: until here.
        change = other + RENAMING_COST_M
        steps = cost[None] + np.array([[as_is, change], [change, as_is]])
        came_from.append(steps.argmin(axis=1))
        cost = steps.min(axis=1) + np.array([0.0, doubt])
    exchanged = np.zeros(len(time_s), dtype=bool)
    way = int(cost.argmin())
    for number in range(len(edges) - 2, -1, -1):
        exchanged[edges[number] : edges[number + 1]] = bool(way)
        way = int(came_from[number - 1][way]) if number else way
    return exchanged
