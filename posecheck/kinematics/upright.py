"""Which way up the picture is, told from the body alone: phones that lose their rotation tag lay people on their side.

Gravity leaves two traces in a body. Who stands has the feet below the hips nearly all of the time. Who lies on the back has
a level trunk with its front up, and shoulders that stay where they are, since they carry the body. Both are looked for in
all four turns of the picture (docs/method.md#section-2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from posecheck.kinematics.geometry import angle_between_deg
from posecheck.kinematics.joints import Plane, Side, mark_of
from posecheck.kinematics.view import clear_front, detect_plane, middle_of
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from posecheck.pose.landmarks import LandmarkSeries

MOST_OF_THE_TIME: Final = 0.6
"""A direction holds if it is that of this share of the pictures: in the sample and rendered recordings, in all turns, it is
that of at least 0.88 of them (chosen by us)."""
NOW_AND_THEN: Final = 0.2
"""Who obeys gravity in the picture as it is for more than this share of the pictures is not in a turned one, but stands
up, or lies down, in the same recording (chosen by us)."""
RESTS_WITHIN: Final = 0.06
"""Shoulders that stay within this many body lengths carry the body: 0.03 at most in people who lie, 0.09 at least in people
who stand and move (measured in samples, rendered bodies and real videos; chosen by us between them)."""
MOVES_BEYOND: Final = 0.15
"""Ankles or hips that go further than this, in body lengths, move (chosen by us)."""
IN_LINE_DEG: Final = 30.0
"""Trunk and legs within this of one line are stretched out (chosen by us)."""
STRETCHED_SHARE: Final = 0.1
"""Who stands or lies is stretched out in at least this share of the pictures; who sits or kneels is not, and may well have
level legs in an upright picture (chosen by us)."""
MIN_PICTURES: Final = 10
"""Fewer pictures with a person tell nothing (chosen by us)."""


@dataclass(frozen=True, slots=True)
class BodyTurns:
    """The clockwise turns of the picture, 0, 90, 180 or 270 degrees, after which the body obeys gravity.

    Attributes
    ----------
    standing_deg : int or None
        After this turn the feet are below the hips; None where that cannot be told.
    lying_deg : int or None
        After this turn the person lies on the back; None where that cannot be told.
    stretched : bool
        Trunk and legs are in one line now and then, as of somebody who stands or lies, and not of somebody who sits.
    rests : bool
        The shoulders stay where they are, as those of somebody who lies.
    moves : bool
        A leg or the hips move.
    """

    standing_deg: int | None = None
    lying_deg: int | None = None
    stretched: bool = False
    rests: bool = False
    moves: bool = False

    @property
    def lies(self) -> bool:
        """Whether the person lies on the back, in whichever turn, rather than stands."""
        return self.lying_deg is not None and self.rests and (self.standing_deg != 0 or self.lying_deg == 0)

    def needed_deg(self, lying: bool | None = None) -> int:
        """The turn that the picture needs, 0 where none is evident.

        Parameters
        ----------
        lying : bool, optional
            Whether the person is known to lie on the back, or to stand; told from the body when left out.
        """
        lies = self.lies if lying is None else lying
        return ((self.lying_deg if lies else self.standing_deg) or 0) if self.stretched else 0

    @property
    def doubtful_deg(self) -> int:
        """The turn that is needed if somebody who seems to stand lay on the back; 0 where there is no doubt.

        One leg that moves while the shoulders rest is more often that of somebody lying than of somebody standing.
        """
        doubtful = self.stretched and self.standing_deg == 0 and self.rests and self.moves
        return (self.lying_deg or 0) if doubtful else 0


def read_turns(series: LandmarkSeries) -> BodyTurns:
    """Tell from the body points which turns of the picture make sense.

    Parameters
    ----------
    series : LandmarkSeries
        As the model gave them.

    Returns
    -------
    BodyTurns
        Nothing is told where somebody said that the picture is right as it is, or where too little of a person was found.

    Notes
    -----
    The model finds the same body in a turned picture: its angles differ by less than a degree, so nothing in the points
    but their direction tells a turned picture from an upright one.
    """
    if series.source.rotated_deg == 0 or int(series.found.sum()) < MIN_PICTURES:
        return BodyTurns()
    shoulders, hips, ankles = (middle_of(series, part) for part in ("shoulder", "hip", "ankle"))
    length_px = _median_length(shoulders - hips) + _median_length(hips - ankles)
    seen, stretched = _stretched(series, hips - shoulders)
    each_ankle = (series.xy_px[:, mark] for mark in (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE))
    return BodyTurns(
        _usual_turn(_turn_shares(ankles - hips), upright_deg=0),
        _turn_to_lie(series, (hips - shoulders)[stretched]),
        bool(seen.any()) and float(stretched[seen].mean()) >= STRETCHED_SHARE,
        _reach_px(shoulders) <= RESTS_WITHIN * length_px,
        max(_reach_px(points) for points in (hips, *each_ankle)) > MOVES_BEYOND * length_px,
    )


def _turn_shares(down: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4,) share of the pictures in which (n, 2) lines point down after no turn, one, two and three clockwise quarters.

    Notes
    -----
    A clockwise quarter sends what points right to down, and what points left to up.
    """
    finite = down[np.isfinite(down).all(axis=1)]
    from_down_deg = np.degrees(np.arctan2(finite[:, 0], finite[:, 1]))  # 0 down, 90 right, y being down
    quarters = np.round(from_down_deg / 90).astype(int) % 4
    return np.bincount(quarters, minlength=4) / max(len(finite), 1)


def _usual_turn(shares: NDArray[np.float64], *, upright_deg: int) -> int | None:
    """The turn of most pictures; None where there is none, or where ``upright_deg``, that of a right picture, occurs too."""
    usual_deg = 90 * int(shares.argmax())
    if shares.max() < MOST_OF_THE_TIME:
        return None
    return usual_deg if usual_deg == upright_deg or shares[upright_deg // 90] <= NOW_AND_THEN else None


def _turn_to_lie(series: LandmarkSeries, trunk_down: NDArray[np.float64]) -> int | None:
    """The turn after which the trunk, stretched out, is level with its front up; only a side view shows it.

    Bent forward, as in a toe touch, a trunk is level too, with its front down.
    """
    front = clear_front(series)
    if not front or detect_plane(series) is not Plane.SAGITTAL:
        return None
    # Once the trunk hangs, its front points right or left: a quarter to the other side sends it up.
    to_hang_deg = _usual_turn(_turn_shares(trunk_down), upright_deg=90 if front > 0 else 270)
    return None if to_hang_deg is None else (to_hang_deg + (270 if front > 0 else 90)) % 360


def _stretched(series: LandmarkSeries, trunk_down: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) where it can be told, and (n,) where a thigh, or the line from a hip to its ankle, goes on from the trunk."""
    legs = [(mark_of("hip", side), mark_of(part, side)) for side in Side for part in ("knee", "ankle")]
    lines = (series.xy_px[:, lower] - series.xy_px[:, upper] for upper, lower in legs)
    angle_deg = np.stack([angle_between_deg(trunk_down, line) for line in lines])
    return np.asarray(np.isfinite(angle_deg).any(axis=0)), np.asarray((angle_deg < IN_LINE_DEG).any(axis=0))


def _median_length(lines: NDArray[np.float64]) -> float:
    lengths = np.linalg.norm(lines, axis=1)
    finite = lengths[np.isfinite(lengths)]
    return float(np.median(finite)) if finite.size else float("nan")


def _reach_px(points: NDArray[np.float64]) -> float:
    """How far (n, 2) points go in x or y, whichever is more, strays left out; 0 where they are never seen."""
    finite = points[np.isfinite(points).all(axis=1)]
    if not len(finite):
        return 0.0
    low, high = np.percentile(finite, (5, 95), axis=0)
    return float((high - low).max())
