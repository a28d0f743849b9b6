"""Angles as .mot and world landmarks as .trc, the text formats that OpenSim reads.

OpenSim expects an even sample rate, so both are resampled linearly to the recording's median frame rate.

What is missing is written as ``NaN``. For .trc, ``TRCFileAdapter`` and ``MarkerData`` of the graphical program both
read it, and inverse kinematics leaves such markers out; blank cells made releases that join neighbouring tabs refuse
the row. A .mot with ``NaN`` is read and plotted with gaps, but tools that fit splines turn a column with one ``NaN``
into nothing but ``NaN`` (opensim-core issue 2256): give those a part of the recording without gaps. No gap is closed
by invention.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import StorageError
from posecheck.files import write_text_atomic
from posecheck.output.export.columns import angle_order
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.pose.landmarks import CleanSeries

LONGEST_BRIDGE_S = 0.5
"""Frames further apart than this are not joined by a line: as the cleaning, MEASUREMENT section 4."""

_TO_OPENSIM = np.array([1.0, -1.0, -1.0])
"""x right, y down, z away from the camera -> x right, y up, z towards the camera (a half turn about x)."""


def write_mot(table: AngleTable, path: str | Path) -> Path:
    """Write the angles as an OpenSim motion file, in degrees.

    Columns are named as in angles.csv without ``_deg``; posecheck's signs and zeros hold (they are not those of a given
    OpenSim model, whose knee may be negative in flexion). Angles that the view cannot show, and measures that are not
    angles, are left out; gaps are ``NaN`` (see the module).

    Raises
    ------
    StorageError
        Fewer than two frames, no angle at all, or the file cannot be written.
    """
    columns = [c for c in angle_order(table.values.columns) if c.endswith("_deg") and table.values[c].notna().any()]
    if not columns:
        raise StorageError(f"{path}: no angle was measured, so there is no motion to write.")
    time_s, _ = _even_times(table.time_s, path)
    values = _resample(table.time_s, table.values[columns].to_numpy(dtype=np.float64), time_s)
    header = [
        "Coordinates",
        "version=1",
        f"nRows={len(time_s)}",
        f"nColumns={len(columns) + 1}",
        "inDegrees=yes",
        "endheader",
        "\t".join(["time", *(column.removesuffix("_deg") for column in columns)]),
    ]
    rows = (_row([f"{t:.6f}"], row, 4) for t, row in zip(time_s, values, strict=True))
    return _write_lines(path, [*header, *rows])


def write_trc(clean: CleanSeries, path: str | Path) -> Path:
    """Write the cleaned 3D landmarks as an OpenSim marker file, in metres.

    Axes: x to the right of the picture, y up, z towards the camera. The estimator gives positions about the mid-hip, so
    the pelvis stays at the origin and the body's way through the room is not in the file. Gaps are ``NaN``.

    Raises
    ------
    StorageError
        Fewer than two frames, or the file cannot be written.
    """
    series = clean.landmarks
    time_s, rate_hz = _even_times(series.time_s, path)
    flat = (series.xyz_m * _TO_OPENSIM).reshape(len(series), -1)
    values = _resample(series.time_s, flat, time_s)
    marks, count = list(Landmark), len(time_s)
    rate = f"{rate_hz:.6f}".rstrip("0").rstrip(".")
    header = [
        f"PathFileType\t4\t(X/Y/Z)\t{Path(path).name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{count}\t{len(marks)}\tm\t{rate}\t1\t{count}",
        "Frame#\tTime\t" + "\t\t\t".join(mark.label for mark in marks) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{number}" for number in range(1, len(marks) + 1) for axis in "XYZ"),
        "",
    ]
    rows = (
        _row([str(number), f"{t:.6f}"], row, 5) for number, (t, row) in enumerate(zip(time_s, values, strict=True), 1)
    )
    return _write_lines(path, [*header, *rows])


def _even_times(time_s: NDArray[np.float64], path: str | Path) -> tuple[NDArray[np.float64], float]:
    if len(time_s) < 2:
        raise StorageError(f"{path}: OpenSim files need two frames or more; this recording has {len(time_s)}.")
    rate_hz = float(1.0 / np.median(np.diff(time_s)))
    count = int(np.floor((time_s[-1] - time_s[0]) * rate_hz + 1e-6)) + 1
    return time_s[0] + np.arange(count) / rate_hz, rate_hz


def _resample(
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


def _row(lead: list[str], values: NDArray[np.float64], decimals: int) -> str:
    return "\t".join([*lead, *(f"{value:.{decimals}f}" if np.isfinite(value) else "NaN" for value in values)])


def _write_lines(path: str | Path, lines: Iterable[str]) -> Path:
    return write_text_atomic(path, "\n".join(lines) + "\n")
