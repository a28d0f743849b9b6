"""Body points and angles as the data set of the Python package `movement`, in a netCDF file.

The layout is that of movement's "poses" data set: dimensions time, space, keypoints and individuals, variables position and
confidence. `movement` opens it with ``xarray.open_dataset``; so do MATLAB, R and everything else that reads netCDF.

The classic form of netCDF is written with scipy, which posecheck needs anyway: `movement` itself brings a second OpenCV
that overwrites posecheck's, so it belongs into an environment of its own, and must not be needed to write its files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.io import netcdf_file

from posecheck.files import write_file_atomic
from posecheck.output.export.columns import angle_order
from posecheck.output.export.even_rate import even_times, resample
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from scipy.io import netcdf_variable

    from posecheck.kinematics.angles import AngleTable
    from posecheck.pose.landmarks import CleanSeries

INDIVIDUAL = "person"
"""The one individual: the followed person. Never a name, as such files are passed on."""

_OFFSET_64_BIT = 2


def write_movement_dataset(table: AngleTable, clean: CleanSeries, path: str | Path) -> Path:
    """Write the cleaned body points and the angles as a movement data set.

    Parameters
    ----------
    table : AngleTable
    clean : CleanSeries
    path
        The ``.nc`` file to write.

    Raises
    ------
    StorageError
        Fewer than two frames, or the file cannot be written.

    Notes
    -----
    ``position`` is in pixels of the upright picture, x to the right, y down, as movement has it, so that the points lie on
    the video; ``confidence`` is the model's visibility, 0 to 1. ``angle`` has every column of angles.csv that was measured,
    in the unit of its name. Time is the video's own, made even at its median rate; missing is NaN.
    """
    series = clean.landmarks
    time_s, rate_hz = even_times(series.time_s, path)
    count, marks = len(time_s), list(Landmark)
    position = resample(series.time_s, series.xy_px.reshape(len(series), -1), time_s).reshape(count, len(marks), 2)
    confidence = resample(series.time_s, series.visibility, time_s)
    names = [name for name in angle_order(table.values.columns) if table.values[name].notna().any()]
    angles = resample(table.time_s, table.values[names].to_numpy(dtype=np.float64), time_s)

    def write(partial: Path) -> None:
        with netcdf_file(partial, "w", version=_OFFSET_64_BIT) as file:
            _coordinate(file, "time", time_s)
            _labels(file, "space", ("x", "y"))
            _labels(file, "keypoints", [mark.label for mark in marks])
            _labels(file, "individuals", (INDIVIDUAL,))
            _labels(file, "angles", names)
            over_points = ("keypoints", "individuals")
            _variable(file, "position", ("time", "space", *over_points), position.transpose(0, 2, 1)[..., None], "px")
            _variable(file, "confidence", ("time", *over_points), confidence[..., None], "1")
            _variable(file, "angle", ("time", "angles", "individuals"), angles[..., None], "in the name: deg or pct")
            about = {"ds_type": "poses", "source_software": "posecheck", "time_unit": "seconds"}
            # fps is not a plain float, which scipy writes in single precision.
            _describe(file, **about, fps=np.float64(rate_hz), estimator=series.source.estimator or "unknown")

    return write_file_atomic(path, write)


def _coordinate(file: netcdf_file, name: str, values: NDArray[np.float64]) -> None:
    file.createDimension(name, len(values))
    file.createVariable(name, "f8", (name,))[:] = values


def _labels(file: netcdf_file, name: str, labels: Sequence[str]) -> None:
    """A dimension with a name for each place; classic netCDF has no texts, only rows of characters."""
    width = max((len(label) for label in labels), default=1)
    file.createDimension(name, len(labels))
    file.createDimension(f"{name}_characters", width)
    variable = file.createVariable(name, "S1", (name, f"{name}_characters"))
    for place, label in enumerate(labels):
        variable[place] = np.frombuffer(label.encode("ascii").ljust(width, b"\0"), "S1")
    _describe(variable, _Encoding="utf-8")  # how xarray knows that the characters are a text


def _variable(file: netcdf_file, name: str, dimensions: Sequence[str], values: NDArray[np.float64], units: str) -> None:
    variable = file.createVariable(name, "f8", tuple(dimensions))
    variable[:] = values
    _describe(variable, units=units)


def _describe(target: netcdf_file | netcdf_variable[Any, Any], **attributes: str | np.float64) -> None:
    """Give the file or a variable of it its netCDF attributes."""
    for name, value in attributes.items():
        setattr(target, name, value)
