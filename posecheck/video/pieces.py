"""Where a long video is cut, so that several pieces of it can be read at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECE_S: Final = 8.0
"""About the length of a piece. Each has its run-up to pay, so that shorter ones would cost more in all (chosen by us)."""
RUN_UP_S: Final = 0.5
"""A piece begins so long before the one before it ends: the tracker needs 3 to 6 pictures to be as near as ever, and
these are compared (chosen by us on the sample videos)."""
SNAP_S: Final = 0.5
"""A keyframe this near to the wished place is cut at: nothing has to be decoded in vain (chosen by us)."""
MOST_LEAD_S: Final = 10.0
"""With the keyframe further back a piece would cost too much before it begins (chosen by us)."""
SAME_TIME_S: Final = 1e-6
"""The time of a picture before and after it is decoded differs by no more than this: it is rounded in different ways."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a video, both ends included; the first and the last one are open where the video itself begins and ends.

    Attributes
    ----------
    start_s : float or None
        The first `RUN_UP_S` of it lies in the piece before, but for the first piece.
    end_s : float or None
    """

    start_s: float | None
    end_s: float | None


def cut_into_pieces(
    times_s: NDArray[np.float64],
    keys_s: NDArray[np.float64],
    start_s: float | None = None,
    end_s: float | None = None,
) -> tuple[Piece, ...]:
    """Pieces of about equal length, which together are the wished part of a video.

    They depend on the video alone, never on the machine, so that every machine measures the same.

    Parameters
    ----------
    times_s : (n,) float64
        Of the pictures that are delivered, in order. Each piece but the first one begins with one of them.
    keys_s : (m,) float64
        Of those that can be decoded without others. Without any, the video stays whole.
    start_s, end_s : float, optional
        The part that is wished. Default: all of it.

    Returns
    -------
    tuple of Piece
        One alone where it is too short to be cut.
    """
    inside = times_s[(times_s >= (start_s or 0.0)) & (times_s <= (math.inf if end_s is None else end_s))]
    if len(inside) < 2 or not len(keys_s):
        return (Piece(start_s, end_s),)
    first_s, last_s = float(inside[0]), float(inside[-1])
    count = max(1, round((last_s - first_s) / PIECE_S))
    wished = first_s + (last_s - first_s) * np.arange(1, count) / count - RUN_UP_S / 2
    near = [cut for cut in (_cut_near(float(place), keys_s) for place in wished) if cut is not None]
    cuts = {float(inside[np.searchsorted(inside, cut)]): cut + RUN_UP_S for cut in near}
    starts: list[float | None] = [start_s, *cuts]
    ends: list[float | None] = [*cuts.values(), end_s]
    return tuple(Piece(start, end) for start, end in zip(starts, ends, strict=True))


def _cut_near(place_s: float, keys_s: NDArray[np.float64]) -> float | None:
    """Where to cut about there; None where it would cost too much."""
    nearest = float(keys_s[np.abs(keys_s - place_s).argmin()])
    if abs(nearest - place_s) <= SNAP_S:
        return nearest
    before = keys_s[keys_s <= place_s]
    return place_s if len(before) and place_s - before[-1] <= MOST_LEAD_S else None
