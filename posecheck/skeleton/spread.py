"""How well the joints of a fitted skeleton are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.skeleton.sight import smoothed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DISAGREE_S = 0.5
"""What a fit moves a joint by for this long is no noise: body and measurement disagree (chosen by us)."""


def fitted_sd_m(
    time_s: Array, measured_m: Array, fitted_m: Array, sd_m: Array, trust: Array, *, passes_hz: float
) -> Array:
    """(n, 16) standard deviation of the position of each fitted joint along one axis.

    Parameters
    ----------
    time_s : (n,) float64
    measured_m, fitted_m : (n, 16, 3) float64
    sd_m : (n, 16) float64
        As measured.
    trust : (n, 16) float64
        What the robust loss left of each measurement's weight, 0 to 1.
    passes_hz : float
        Frequency that the smoothing halves.

    Notes
    -----
    What the correction gets wrong in one picture it gets wrong in the next ones too. So smoothing takes away the noise
    alone: the measured standard deviation stays, to which comes what is left of the noise, and where body and measurement
    disagree for longer than a moment, how far apart they are.
    """
    rate_hz = 1.0 / float(np.median(np.diff(time_s)))
    pictures = rate_hz / (2.0 * passes_hz)
    moved_m = measured_m - fitted_m
    # Sums of squares over pictures that count: an outlier that was not believed says nothing of the noise.
    counted = np.maximum(smoothed(trust, pictures), 1e-3)
    noise = _noise_variance(moved_m, trust)
    left = noise / np.maximum(counted * pictures, 1e-3)
    apart = np.linalg.norm(smoothed(moved_m * trust[:, :, None], DISAGREE_S * rate_hz), axis=2)
    apart = apart / np.maximum(smoothed(trust, DISAGREE_S * rate_hz), 1e-3) / np.sqrt(3.0)
    return np.asarray(np.maximum(np.sqrt(sd_m**2 + left), apart))


def _noise_variance(moved_m: Array, trust: Array) -> Array:
    """(16,) variance along one axis of what changes from picture to picture and was smoothed away."""
    steps = np.diff(moved_m, axis=0) ** 2
    both = np.minimum(trust[1:], trust[:-1])[:, :, None]
    return np.asarray((both * steps).sum(axis=(0, 2)) / np.maximum(3.0 * both[:, :, 0].sum(axis=0), 1e-9) / 2.0)
