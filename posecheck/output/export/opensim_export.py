"""Angles as .mot and markers as .trc, the text formats that OpenSim reads.

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
from posecheck.language import phrase
from posecheck.output.export.columns import angle_order
from posecheck.output.export.even_rate import even_times, resample

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.output.export.markers import Markers


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
        raise StorageError(phrase("{path}: no angle was measured, so there is no motion to write.", path=path))
    time_s, _ = even_times(table.time_s, path)
    values = resample(table.time_s, table.values[columns].to_numpy(dtype=np.float64), time_s)
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


def write_trc(markers: Markers, path: str | Path) -> Path:
    """Write markers as an OpenSim marker file, in metres.

    Their positions are about the mid-hip, so the pelvis stays at the origin and the body's way through the room is not in
    the file. Gaps are ``NaN``.

    Raises
    ------
    StorageError
        Fewer than two frames, or the file cannot be written.
    """
    time_s, rate_hz = even_times(markers.time_s, path)
    values = resample(markers.time_s, markers.flat_m, time_s)
    names, count = markers.names, len(time_s)
    rate = f"{rate_hz:.6f}".rstrip("0").rstrip(".")
    header = [
        f"PathFileType\t4\t(X/Y/Z)\t{Path(path).name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{count}\t{len(names)}\tm\t{rate}\t1\t{count}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{number}" for number in range(1, len(names) + 1) for axis in "XYZ"),
        "",
    ]
    rows = (
        _row([str(number), f"{t:.6f}"], row, 5) for number, (t, row) in enumerate(zip(time_s, values, strict=True), 1)
    )
    return _write_lines(path, [*header, *rows])


def _row(lead: list[str], values: NDArray[np.float64], decimals: int) -> str:
    return "\t".join([*lead, *(f"{value:.{decimals}f}" if np.isfinite(value) else "NaN" for value in values)])


def _write_lines(path: str | Path, lines: Iterable[str]) -> Path:
    return write_text_atomic(path, "\n".join(lines) + "\n")
