"""Body points of several recordings in one small file, rounded far below what can be measured: for samples that are shipped.

A step of `XY_PX` in the picture turns a limb of 200 pixels by 0.03 degrees.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.errors import StorageError
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import LandmarkSeries

XY_PX, XYZ_M, VISIBILITY = 0.1, 0.001, 0.01
"""Steps in which points are stored (chosen by us: below the model's own scatter from picture to picture)."""
MISSING = -(2**15)


def write_compact(points: Mapping[str, tuple[LandmarkSeries, dict[str, Any]]], target: Path) -> None:
    """Write the points of each recording, with what else is known of it as JSON values.

    Raises
    ------
    StorageError
        A point lies further outside than 16 bits hold.
    """
    packed: dict[str, NDArray[Any]] = {}
    for name, (series, about) in points.items():
        packed[f"{name}.times"] = series.time_s
        packed[f"{name}.points"] = np.diff(_steps(series, name), axis=0, prepend=np.int16(0))
        packed[f"{name}.about"] = np.frombuffer(json.dumps(about, sort_keys=True).encode(), np.uint8)
    np.savez_compressed(target, allow_pickle=False, **packed)


def read_compact(
    source: Path, name: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], dict[str, Any]]:
    """Times (n,), xy_px (n, 33, 2), xyz_m (n, 33, 3), visibility (n, 33), and what else is known, of one recording.

    Raises
    ------
    StorageError
        There is no such file or recording.
    """
    try:
        with np.load(source, allow_pickle=False) as packed:
            times, deltas = packed[f"{name}.times"], packed[f"{name}.points"]
            about = json.loads(packed[f"{name}.about"].tobytes())
    except (OSError, KeyError, ValueError) as error:
        raise StorageError(
            phrase("{file}: the points of {name} are not there; install posecheck again.", file=source.name, name=name)
        ) from error
    steps = np.cumsum(deltas, axis=0, dtype=np.int16)
    values = np.where(steps == MISSING, np.nan, steps)
    xy, xyz, visibility = values[..., :2] * XY_PX, values[..., 2:5] * XYZ_M, values[..., 5] * VISIBILITY
    return times, xy, xyz, visibility, about


def _steps(series: LandmarkSeries, name: str) -> NDArray[np.int16]:
    """(n, 33, 6) whole steps."""
    values = np.concatenate(
        (series.xy_px / XY_PX, series.xyz_m / XYZ_M, series.visibility[..., None] / VISIBILITY), axis=-1
    ).round()
    if np.nanmax(np.abs(values), initial=0.0) >= -MISSING:
        raise StorageError(phrase("{name}: a point lies too far outside of the picture to be stored so.", name=name))
    return np.where(np.isnan(values), MISSING, values).astype(np.int16)
