"""The landmarks of a recording as a Parquet file, so that angles can be computed again without the video."""

from __future__ import annotations

import json
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.errors import StorageError
from posecheck.files import write_file_atomic
from posecheck.language import phrase
from posecheck.pose.background import CameraPlace
from posecheck.pose.capture import CaptureReport, Glance
from posecheck.pose.landmarks import Landmark, LandmarkSeries, PicturePart, SeriesSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FORMAT_VERSION = 1
_METADATA_KEY = b"posecheck"
TOGETHER = 16_384
"""Pictures that are written at once: bounds the memory of long recordings (chosen by us)."""
_NO_POINTS = (np.empty((0, 33, 2)), np.empty((0, 33, 3)), np.empty((0, 33)))
_SUMMED_UP = ("brightness", "camera_shift", "roll_deg")
"""What files hold of a capture report besides what was seen over time."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredLandmarks:
    """What a landmark file holds: the points as the estimator gave them, what the pictures told, how many people."""

    raw: LandmarkSeries
    capture: CaptureReport
    people: int


def write_landmarks(raw: LandmarkSeries, path: str | Path, *, capture: CaptureReport, people: int) -> Path:
    """Write landmarks as the estimator gave them; `read_landmarks` gives them back bit by bit.

    Columns: ``time_s``, then for each landmark ``x_px, y_px, x_m, y_m, z_m, visibility`` (float64), named
    ``left_hip_x_px`` and so on. Missing is NaN. Last comes ``filled_in`` (bool), as in `LandmarkSeries`; files of an older
    posecheck have none.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    points = dict(_columns(raw.xy_px, raw.xyz_m, raw.visibility))
    columns: dict[str, NDArray[Any]] = {"time_s": raw.time_s, **points, "filled_in": raw.filled_in}
    about = {
        "format": FORMAT_VERSION,
        "source": asdict(raw.source),
        "capture": {key: _plain(getattr(capture, key)) for key in _SUMMED_UP},
        "glances": [_glance_to_list(glance) for glance in capture.glances],
        "people": people,
    }
    metadata = {_METADATA_KEY: json.dumps(about, sort_keys=True).encode()}
    types = [(name, pa.from_numpy_dtype(values.dtype)) for name, values in columns.items()]
    schema = pa.schema(types, metadata=metadata)

    def write(partial: Path) -> None:
        with pq.ParquetWriter(partial, schema, compression="zstd", use_dictionary=False) as file:
            for first in range(0, max(len(raw), 1), TOGETHER):
                part = [np.ascontiguousarray(values[first : first + TOGETHER]) for values in columns.values()]
                # from_pandas=False: NaN stays NaN instead of becoming null.
                arrays = [pa.array(values, from_pandas=False) for values in part]
                file.write_table(pa.Table.from_arrays(arrays, schema=schema))

    return write_file_atomic(path, write)


def read_landmarks(path: str | Path) -> StoredLandmarks:
    """Read landmarks back.

    Raises
    ------
    StorageError
        No such file, damaged, or written by another version of posecheck.
    """
    import pyarrow.parquet as pq

    path = Path(path)
    if not path.is_file():
        raise StorageError(phrase("{path}: no such file. Analyse the video again.", path=path))
    try:
        table = pq.read_table(path, memory_map=False)
        about = json.loads((table.schema.metadata or {})[_METADATA_KEY])
    except (OSError, KeyError, ValueError, RecursionError) as error:  # pyarrow's own errors are among these
        raise StorageError(
            phrase("{path}: damaged, or not a landmark file. Analyse the video again.", path=path)
        ) from error
    if about.get("format") != FORMAT_VERSION:
        raise StorageError(
            phrase(
                "{path}: format {found} is not {known}: written by another version of posecheck. Analyse the video again "
                "with this version.",
                path=path,
                found=repr(about.get("format")),
                known=FORMAT_VERSION,
            )
        )
    return _stored(table, about, path)


def is_landmark_file(path: Path) -> bool:
    """Whether a file is one of landmarks, as far as its end says: that is where Parquet names its columns."""
    import pyarrow.parquet as pq

    try:
        return path.is_file() and {"time_s", *(name for name, _ in _columns(*_NO_POINTS))} <= set(
            pq.read_schema(path).names
        )
    except (OSError, ValueError):  # pyarrow's own errors are among these
        return False


def _stored(table: Any, about: dict[str, Any], path: Path) -> StoredLandmarks:
    try:
        read = {name: table.column(name).to_numpy() for name in table.column_names}
        n = len(table)
        xy, xyz, visibility = np.empty((n, 33, 2)), np.empty((n, 33, 3)), np.empty((n, 33))
        for name, place in _columns(xy, xyz, visibility):
            place[:] = read[name]
        filled_in = np.array(read.get("filled_in", np.zeros(n)), dtype=bool)
        raw = LandmarkSeries(np.array(read["time_s"]), xy, xyz, visibility, _source(about["source"]), filled_in)
        capture = _capture(about)
        return StoredLandmarks(raw, capture, int(about["people"]))
    except (KeyError, TypeError, ValueError) as error:
        raise StorageError(
            phrase("{path}: damaged ({reason}). Analyse the video again.", path=path, reason=error)
        ) from error


def _source(about: dict[str, Any]) -> SeriesSource:
    parts = tuple(PicturePart(**part) for part in about.get("parts", ()))
    return SeriesSource(**{**about, "parts": parts})


def _columns(
    xy_px: NDArray[np.float64], xyz_m: NDArray[np.float64], visibility: NDArray[np.float64]
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Every column's name and its (n,) place in the arrays."""
    for mark in Landmark:
        for axis, letter in enumerate("xy"):
            yield f"{mark.label}_{letter}_px", xy_px[:, mark, axis]
        for axis, letter in enumerate("xyz"):
            yield f"{mark.label}_{letter}_m", xyz_m[:, mark, axis]
        yield f"{mark.label}_visibility", visibility[:, mark]


def _capture(about: dict[str, Any]) -> CaptureReport:
    """What the pictures told: over time, or, in files of an older posecheck, in one number each."""
    glances = [_glance_from_list(values) for values in about.get("glances", ())]
    if glances:
        return CaptureReport.of_glances(glances)
    brightness, camera_shift, roll_deg = (_number(about["capture"][key]) for key in _SUMMED_UP)
    return CaptureReport(brightness, camera_shift, roll_deg)


def _glance_to_list(glance: Glance) -> list[float | None]:
    """A glance as ten numbers: its own, and the four of its place, null where unknown."""
    place = (None,) * 4 if glance.place is None else astuple(glance.place)
    own = (glance.time_s, glance.brightness, glance.scene, glance.roll_deg, glance.change, glance.changed_s)
    return [None if value is None else _plain(round(value, 5)) for value in (*own, *place)]


def _glance_from_list(values: list[float | None]) -> Glance:
    time_s, brightness, scene, roll_deg, change, changed_s, *place = (_number(value) for value in values)
    where = None if np.isnan(place[0]) else CameraPlace(*place)
    return Glance(time_s, brightness, int(scene), where, roll_deg, change, changed_s)


def _plain(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
