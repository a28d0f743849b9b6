"""The body as a solid: balls round the joints, and what is stretched between them.

A ball looks the same from every side, so that the three views show one body. Widths are percent of body height, chosen by
us, as in the drawings of the tests. Head, hands and toes, of which no joint is fitted, are drawn where they would be: in
line with trunk, forearm and foot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.kinematics.geometry import unit
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from posecheck.output.body.posture import Posture

SIZE_OF_HEIGHT = 0.79
"""Trunk, thigh and shank as a share of body height: 0.30, 0.245 and 0.246 (Winter, Biomechanics and Motor Control of Human
Movement, table 4.1)."""

Ball = tuple["NDArray[np.float64]", float]
"""Centre (3,) in metres, and radius in metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A convex piece of the body: the hull of some balls.

    ``limb`` says which part of the body it belongs to: ``left_leg``, ``right_arm``, ``trunk``, ``head``.
    """

    limb: str
    balls: tuple[Ball, ...]

    @property
    def found(self) -> bool:
        """Whether all its joints are there."""
        return all(np.isfinite(centre).all() for centre, _ in self.balls)

    @property
    def middle(self) -> NDArray[np.float64]:
        """(3,) its centre: what tells which of two pieces is in front."""
        return np.asarray(np.mean([centre for centre, _ in self.balls], axis=0))


def solid(posture: Posture) -> tuple[Piece, ...]:
    """All pieces of a body; those whose joints are missing are left out."""
    percent_m = posture.size_m / SIZE_OF_HEIGHT / 100
    pieces = [*_trunk(posture, percent_m), *_head(posture, percent_m)]
    for side in ("LEFT", "RIGHT"):
        pieces += [*_leg(posture, side, percent_m), *_arm(posture, side, percent_m)]
    return tuple(piece for piece in pieces if piece.found)


def _trunk(posture: Posture, percent_m: float) -> Iterator[Piece]:
    hips = [posture(Landmark.LEFT_HIP), posture(Landmark.RIGHT_HIP)]
    shoulders = [posture(Landmark.LEFT_SHOULDER), posture(Landmark.RIGHT_SHOULDER)]
    pelvis = _pair(hips, 0.75, 0.05 * posture.trunk, 6.6 * percent_m)
    waist = _pair(hips, 0.55, 0.42 * posture.trunk, 6.0 * percent_m)
    chest = _pair(shoulders, 0.5, -0.22 * posture.trunk, 6.8 * percent_m)
    yoke = _pair(shoulders, 0.8, -0.06 * posture.trunk, 4.0 * percent_m)
    neck = (_neck(posture, percent_m), 3.2 * percent_m)
    for lower, upper in ((pelvis, waist), (waist, chest), (chest, yoke)):
        yield Piece("trunk", (*lower, *upper))
    yield Piece("trunk", (*yoke, neck))


def _pair(ends: list[NDArray[np.float64]], share: float, shift: NDArray[np.float64], radius_m: float) -> list[Ball]:
    """Two balls on a line between joints, drawn in to a share of its length."""
    middle = (ends[0] + ends[1]) / 2
    return [(middle + share * (end - middle) + shift, radius_m) for end in ends]


def _neck(posture: Posture, percent_m: float) -> NDArray[np.float64]:
    return posture.mid_hip + posture.trunk + 1.5 * percent_m * unit(posture.trunk)


def _head(posture: Posture, percent_m: float) -> Iterator[Piece]:
    up = unit(posture.trunk)
    across = posture(Landmark.LEFT_SHOULDER) - posture(Landmark.RIGHT_SHOULDER)
    face = unit(np.cross(across - (across @ up) * up, up))
    base, centre = _neck(posture, percent_m), _neck(posture, percent_m) + 10.0 * percent_m * up
    skull, chin = (
        (centre + 1.0 * percent_m * up, 5.7 * percent_m),
        (centre + (2.0 * face - 3.4 * up) * percent_m, 3.2 * percent_m),
    )
    nose = (centre + (6.2 * face - 0.8 * up) * percent_m, 0.7 * percent_m)
    yield Piece("head", ((base, 2.9 * percent_m), (centre - 2.5 * percent_m * up, 2.9 * percent_m)))
    yield Piece("head", (skull, chin))
    yield Piece("head", (nose, (centre + (3.0 * face + 1.5 * up) * percent_m, 1.5 * percent_m)))


def _leg(posture: Posture, side: str, percent_m: float) -> Iterator[Piece]:
    hip, knee, ankle, heel, ball = (
        posture(Landmark[f"{side}_{part}"]) for part in ("HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
    )
    limb = f"{side.lower()}_leg"
    yield Piece(limb, ((hip, 6.2 * percent_m), (_between(hip, knee, 0.3), 5.9 * percent_m)))
    yield Piece(limb, ((_between(hip, knee, 0.3), 5.9 * percent_m), (knee, 3.7 * percent_m)))
    yield Piece(limb, ((knee, 3.7 * percent_m), (_between(knee, ankle, 0.3), 3.9 * percent_m)))
    yield Piece(limb, ((_between(knee, ankle, 0.3), 3.9 * percent_m), (ankle, 2.4 * percent_m)))
    sole = 1.6 * percent_m
    toes = ball + 4.0 * percent_m * unit(ball - heel)
    raised_heel, raised_ball = (_towards(point, ankle, sole) for point in (heel, ball))
    yield Piece(
        limb, ((ankle, 2.4 * percent_m), (raised_heel, 2.2 * percent_m), (raised_ball, sole), (toes, 1.2 * percent_m))
    )


def _arm(posture: Posture, side: str, percent_m: float) -> Iterator[Piece]:
    shoulder, elbow, wrist = (posture(Landmark[f"{side}_{part}"]) for part in ("SHOULDER", "ELBOW", "WRIST"))
    limb = f"{side.lower()}_arm"
    hand = wrist + 6.0 * percent_m * unit(wrist - elbow)
    yield Piece(limb, ((shoulder, 3.7 * percent_m), (elbow, 2.4 * percent_m)))
    yield Piece(limb, ((elbow, 2.5 * percent_m), (wrist, 1.7 * percent_m)))
    yield Piece(
        limb, ((wrist, 1.7 * percent_m), (_between(wrist, hand, 0.5), 2.1 * percent_m), (hand, 1.4 * percent_m))
    )


def _between(start: NDArray[np.float64], end: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    return start + share * (end - start)


def _towards(start: NDArray[np.float64], end: NDArray[np.float64], step_m: float) -> NDArray[np.float64]:
    return start + step_m * unit(end - start)
