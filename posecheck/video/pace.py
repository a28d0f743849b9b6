"""Which pictures are delivered of a video that has more of them than a slow movement needs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

HIGHEST_AUTOMATIC_FPS: Final = 60.0
"""Automatic stride keeps at or under this: joint angles in slow movement hold nothing above 30 Hz (chosen by us)."""
WINDOW_S: Final = 1.0
"""Rates are measured over a second: phones in dim light stretch single pictures (chosen by us)."""
HOLE_S: Final = 1.0
"""A longer time between two pictures is a pause, not a rate (chosen by us)."""
ANOTHER_RATE: Final = 1.5
"""A part of the video is thinned out in its own way where its rate differs by this factor (chosen by us)."""

LONGEST_STEP_S: Final = 0.081
"""Pictures that a slow movement needs lie no further apart: 12.3 a second. 30 a second becomes 15, 25 become 12.5, and of 24
all are needed (docs/speed.md has the evidence)."""
MOST_BETWEEN: Final = 2
"""So many are left out one after the other at most: 60 a second becomes 20 (chosen by us)."""
SAME_TIME_S: Final = 1e-4
"""Times that differ by less are of one picture: far less than from one to the next."""
TOGETHER: Final = 6
"""So many pictures are taken together to tell how far apart they are: pairs and threes fit into it (chosen by us)."""


class Pace:
    """Every how many pictures one is delivered, at each time of a video.

    Parameters
    ----------
    times_s : (n,) float64
        Times of all pictures, in order.
    stride : int or None
        Fixed by the caller. Default: the smallest that leaves at most 60 pictures a second, part by part: cameras switch
        from slow motion to normal and back.
    """

    def __init__(self, times_s: NDArray[np.float64], stride: int | None = None) -> None:
        self._times_s = times_s
        rates = local_rates_hz(times_s)
        usual = _usual(times_s, rates)
        self.stride = stride or _stride(usual)
        self._strides = np.full(len(times_s), self.stride)
        if stride is None and rates.size:
            odd = np.maximum(rates / usual, usual / rates) > ANOTHER_RATE
            self._strides[:-1][odd] = [_stride(rate) for rate in rates[odd]]
        self._since = 0

    def wants(self, time_s: float) -> bool:
        """Whether the next picture is delivered; asked once for each, in order."""
        self._since -= 1
        if self._since > 0:
            return False
        self._since = self._at(time_s)
        return True

    def wanted_s(self, start_s: float, end_s: float) -> NDArray[np.float64]:
        """Times of the pictures that are delivered between two times, as far as times are known; for a fresh one."""
        inside = self._times_s[(self._times_s >= start_s) & (self._times_s <= end_s)]
        if (self._strides == 1).all():
            return inside
        return np.array([time_s for time_s in inside.tolist() if self.wants(time_s)])

    def estimate(self, start_s: float, end_s: float) -> int | None:
        """About how many pictures are delivered between two times; None where no time is known."""
        inside = (self._times_s >= start_s) & (self._times_s <= end_s)
        return max(1, round(float((1 / self._strides[inside]).sum()))) if len(self._times_s) else None

    def _at(self, time_s: float) -> int:
        if not len(self._times_s):
            return self.stride
        place = int(np.searchsorted(self._times_s, time_s + 1e-6, side="right")) - 1
        return int(self._strides[max(0, place)])


class SparePictures:
    """Which of the pictures that are delivered a slow movement does not need.

    Parameters
    ----------
    times_s : (n,) float64
        Of all pictures of the video, in order. Without any, none is to spare.
    stride : int or None
        As `Pace`; of what a caller thins out none is to spare.
    start_s, end_s : float, optional
        The part that is delivered. Default: all of it.
    """

    def __init__(
        self,
        times_s: NDArray[np.float64],
        stride: int | None = None,
        start_s: float | None = None,
        end_s: float | None = None,
    ) -> None:
        self._spare_s = np.empty(0)
        if stride is None:
            delivered_s = Pace(times_s).wanted_s(start_s or 0.0, math.inf if end_s is None else end_s)
            self._spare_s = delivered_s[pictures_between(delivered_s)]

    def has(self, time_s: float) -> bool:
        """Whether the picture at this time is one of them."""
        place = int(np.searchsorted(self._spare_s, time_s - SAME_TIME_S))
        return place < len(self._spare_s) and bool(abs(self._spare_s[place] - time_s) <= SAME_TIME_S)


def pictures_between(times_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) pictures that a slow movement does not need, since those before and after them lie near enough to each other.

    Parameters
    ----------
    times_s : (n,) float64
        Of the pictures that are delivered, in order. The first and the last one are always needed.
    """
    between = np.ones(len(times_s), dtype=bool)
    reach = np.searchsorted(times_s, times_s + LONGEST_STEP_S, side="right") - 1
    k = 0
    while k < len(times_s):
        between[k] = False
        k = max(k + 1, min(int(reach[k]), k + 1 + MOST_BETWEEN))
    between[-1:] = False
    return between


def typical_step_s(times_s: NDArray[np.float64]) -> float:
    """From one picture to the next, most of the time, in seconds; NaN with fewer than two.

    Measured over several pictures: some phones and recorders store them in pairs, a thousandth of a second apart.
    """
    several = min(TOGETHER, len(times_s) - 1)
    return float(np.median(times_s[several:] - times_s[:-several]) / several) if several > 0 else math.nan


def local_rates_hz(times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rate around each step from one picture to the next, measured over a second: (n - 1,) frames/s."""
    n = len(times_s)
    if n < 2:
        return np.empty(0)
    middle_s = (times_s[:-1] + times_s[1:]) / 2
    first = np.searchsorted(times_s, middle_s - WINDOW_S / 2, side="right") - 1
    last = np.searchsorted(times_s, middle_s + WINDOW_S / 2, side="left")
    first, last = np.clip(first, 0, n - 1), np.clip(last, 0, n - 1)
    return np.asarray((last - first) / (times_s[last] - times_s[first]))


def _usual(times_s: NDArray[np.float64], rates: NDArray[np.float64]) -> float:
    """The rate that holds for half of the time."""
    if not rates.size:
        return math.nan
    order = np.argsort(rates)
    passed_s = np.cumsum(np.diff(times_s)[order])
    return float(rates[order][np.searchsorted(passed_s, passed_s[-1] / 2)])


def _stride(fps: float) -> int:
    # A twentieth of tolerance: phones that promise 60 or 240 deliver 60.02 or 240.3.
    return 1 if math.isnan(fps) else max(1, math.ceil(fps / HIGHEST_AUTOMATIC_FPS - 0.05))
