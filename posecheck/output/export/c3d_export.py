"""Markers and angles as C3D, the file format of motion capture; written with `ezc3d`, an extra of posecheck."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.errors import StorageError
from posecheck.files import storage_errors, write_bytes_atomic
from posecheck.language import phrase
from posecheck.output.export.columns import angle_order
from posecheck.output.export.even_rate import even_times, resample

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from posecheck.kinematics.angles import AngleTable
    from posecheck.output.export.markers import Markers

MM_PER_M = 1000.0
MISSING_RESIDUAL = -1.0
"""What C3D calls an invalid point: its coordinates are zeros that no reader takes for numbers."""


def write_c3d(table: AngleTable, markers: Markers, path: str | Path) -> Path:
    """Write markers in millimetres and the angles in degrees as one C3D file.

    Parameters
    ----------
    table : AngleTable
    markers : Markers
        At the times of the table.
    path
        The ``.c3d`` file to write.

    Raises
    ------
    StorageError
        `ezc3d` is not installed; fewer than two frames; or the file cannot be written.

    Notes
    -----
    Axes as in the .trc file: x to the right of the picture, y up, z towards the camera, about the mid-hip. The angles are
    points as well, named in ``POINT:ANGLES`` with their unit in ``POINT:ANGLE_UNITS``, the place where motion capture
    programs keep and look for them: a gap there is an invalid point, while an analogue channel has no word for "missing".
    Each angle is the first of its point's three numbers, the others are 0. Frame 1 is at ``POSECHECK:START_S`` of the video.
    """
    ezc3d = require_ezc3d(path)
    time_s, rate_hz = even_times(markers.time_s, path)
    marks = list(markers.names)
    points_mm = resample(markers.time_s, markers.flat_m * MM_PER_M, time_s).reshape(len(time_s), len(marks), 3)
    columns = [c for c in angle_order(table.values.columns) if c.endswith("_deg") and table.values[c].notna().any()]
    angles_deg = resample(table.time_s, table.values[columns].to_numpy(dtype=np.float64), time_s)
    angles = [column.removesuffix("_deg") for column in columns]

    file = ezc3d.c3d()
    point = file["parameters"]["POINT"]
    point["RATE"]["value"] = [rate_hz]
    point["UNITS"]["value"] = ["mm"]
    point["LABELS"]["value"] = [*marks, *angles]
    point["DESCRIPTIONS"]["value"] = [name.replace("_", " ") for name in (*marks, *angles)]
    for name, value in (("X_SCREEN", "+X"), ("Y_SCREEN", "+Y"), ("ANGLES", angles), ("ANGLE_UNITS", "deg")):
        file.add_parameter("POINT", name, value)
    file.add_parameter("POSECHECK", "START_S", [float(time_s[0])])
    file["data"]["points"], residuals = _with_residuals(points_mm, angles_deg)
    file["data"]["meta_points"]["residuals"] = residuals
    return write_bytes_atomic(path, _bytes_of(file, path))


def require_ezc3d(path: str | Path) -> ModuleType:
    """The package that writes C3D.

    Raises
    ------
    StorageError
        It is not installed: says how to install it.
    """
    try:
        import ezc3d
    except ImportError as error:
        raise StorageError(
            phrase(
                "{path}: C3D files need the package ezc3d, which is not installed. Install it: pip install ezc3d (posecheck "
                "brings it when it is installed with its extra: posecheck[c3d]).",
                path=path,
            )
        ) from error
    module: ModuleType = ezc3d
    return module


def _bytes_of(file: Any, path: str | Path) -> bytes:
    """What ezc3d writes. It insists on a name that ends in .c3d, which the hidden name of an unfinished file does not."""
    with storage_errors(path), TemporaryDirectory() as folder:
        written = Path(folder) / "recording.c3d"
        file.write(str(written))
        return written.read_bytes()


def _with_residuals(
    points_mm: NDArray[np.float64], angles_deg: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(4, points + angles, frames) numbers and (1, points + angles, frames) residuals, as ezc3d takes them."""
    first = np.zeros((*angles_deg.shape, 3))
    first[..., 0] = angles_deg
    values = np.concatenate([points_mm, first], axis=1)
    missing = ~np.isfinite(values).all(axis=2)
    values[missing] = 0.0
    homogeneous = np.concatenate([values, np.ones((*missing.shape, 1))], axis=2)
    return homogeneous.transpose(2, 1, 0), np.where(missing, MISSING_RESIDUAL, 0.0).T[None]
