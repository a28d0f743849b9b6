"""Smoothing without lag: a Butterworth low-pass, run forwards and backwards over evenly spaced samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LowPass:
    """A Butterworth filter of second order.

    Attributes
    ----------
    gain : float
        Of the newest and the last but one sample; the one between them counts twice.
    back_1, back_2 : float
        By how much the last two results are taken off the next one.

    Notes
    -----
    ``y[n] = gain (x[n] + 2 x[n-1] + x[n-2]) - back_1 y[n-1] - back_2 y[n-2]`` is a system of equations with three diagonals,
    which LAPACK solves. SciPy's own filters do the same, but to import them takes longer than all smoothing of a recording.
    """

    gain: float
    back_1: float
    back_2: float

    @classmethod
    def at(cls, cutoff_hz: float, rate_hz: float) -> LowPass:
        """The filter that halves the power at a frequency, by the bilinear transform of the analogue one."""
        warped = math.tan(math.pi * cutoff_hz / rate_hz)
        scale = 1.0 / (1.0 + math.sqrt(2.0) * warped + warped**2)
        return cls(
            warped**2 * scale, 2.0 * (warped**2 - 1.0) * scale, (1.0 - math.sqrt(2.0) * warped + warped**2) * scale
        )

    def both_ways(self, values: Array, *, padding: int) -> Array:
        """Run it forwards and backwards.

        Parameters
        ----------
        values : (n, k) float64
            Columns of evenly spaced samples; finite.
        padding : int
            So many samples, fewer than n, are added at either end, mirrored at the first and last one, so that the filter
            has settled where the values begin.
        """
        before = 2.0 * values[:1] - values[padding:0:-1]
        after = 2.0 * values[-1:] - values[-2 : -padding - 2 : -1]
        padded = np.concatenate([before, values, after])
        smoothed = self._forwards(self._forwards(padded)[::-1])[::-1]
        return np.asarray(smoothed[padding : padding + len(values)])

    def _forwards(self, values: Array) -> Array:
        """What comes out if the first sample had been there for ever."""
        from scipy.linalg.lapack import dtbtrs  # loaded late, as SciPy takes its time

        first = values[:1]
        told = np.asfortranarray(values - first)
        told[2:] = self.gain * (told[2:] + 2.0 * told[1:-1] + told[:-2])
        told[1] *= self.gain  # the sample before it is 0, and so is all before that
        diagonals = np.repeat([[1.0], [self.back_1], [self.back_2]], len(values), axis=1)
        solved, _ = dtbtrs(np.asfortranarray(diagonals), told, uplo="L", diag="U", overwrite_b=True)
        return np.asarray(solved + first)
