"""Frames at an even rate, as the formats of motion analysis expect them; a video's own frames need not be even."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import StorageError
from posecheck.language import phrase

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LONGEST_BRIDGE_S = 0.5
"""Frames further apart than this are not joined by a line: as in the cleaning, docs/method.md#section-4."""


def even_times(time_s: NDArray[np.float64], path: str | Path) -> tuple[NDArray[np.float64], float]:
    """Even times from the first frame to the last, at the median rate of the frames.

    Parameters
    ----------
    time_s : (n,) float64
    path
        The file that is to be written, for the error.

    Returns
    -------
    time_s : (m,) float64
    rate_hz : float

    Raises
    ------
    StorageError
        Fewer than two frames.
    """
    if len(time_s) < 2:
        raise StorageError(
            phrase(
                "{path}: this format needs two frames or more; this recording has {frames}.",
                path=path,
                frames=len(time_s),
            )
        )
    rate_hz = float(1.0 / np.median(np.diff(time_s)))
    count = int(np.floor((time_s[-1] - time_s[0]) * rate_hz + 1e-6)) + 1
    return time_s[0] + np.arange(count) / rate_hz, rate_hz


def resample(
    time_s: NDArray[np.float64], values: NDArray[np.float64], wanted_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(m, k) values at the wanted times, linear between the two frames around each; NaN if one of them is missing."""
    later = np.clip(np.searchsorted(time_s, wanted_s, side="left"), 1, len(time_s) - 1)
    span = time_s[later] - time_s[later - 1]
    share = np.clip((wanted_s - time_s[later - 1]) / span, 0.0, 1.0)
    share[share < 1e-3] = 0.0  # on a frame: its own value, whatever its neighbour
    share[share > 1 - 1e-3] = 1.0
    before, after = values[later - 1].copy(), values[later].copy()
    before[share == 1.0] = 0.0
    after[share == 0.0] = 0.0
    result = before * (1 - share)[:, None] + after * share[:, None]
    result[(span > LONGEST_BRIDGE_S) & (share > 0) & (share < 1)] = np.nan
    return np.asarray(result)
