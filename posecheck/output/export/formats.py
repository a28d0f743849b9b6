"""The further formats in which a recording can be had, one entry each: its name, its file in a folder, its writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from posecheck.files import OwnEntry
from posecheck.output.export.c3d_export import require_ezc3d, write_c3d
from posecheck.output.export.opensim_export import write_mot, write_trc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from posecheck.kinematics.angles import AngleTable
    from posecheck.pose.landmarks import CleanSeries

OutputFormat = Literal["trc", "mot", "c3d", "nc"]

OUTPUT_FORMATS: tuple[OutputFormat, ...] = get_args(OutputFormat)

FORMAT_FILES: dict[OutputFormat, str] = {
    "trc": OwnEntry.TRC,
    "mot": OwnEntry.MOT,
    "c3d": OwnEntry.C3D,
    "nc": OwnEntry.MOVEMENT,
}
"""What a file of each format is called in a trial's folder."""


def write_format(name: OutputFormat, path: Path, table: AngleTable, clean: CleanSeries) -> Path:
    """Write one recording in one format.

    Raises
    ------
    StorageError
        As the writer of that format.
    """
    return _WRITERS[name](table, clean, path)


def check_formats(names: Iterable[OutputFormat]) -> None:
    """Refuse a format whose package is not installed before a video is read for minutes.

    Raises
    ------
    StorageError
    """
    if "c3d" in names:
        require_ezc3d(FORMAT_FILES["c3d"])


def _write_movement_dataset(table: AngleTable, clean: CleanSeries, path: Path) -> Path:
    from posecheck.output.export.movement_export import write_movement_dataset  # loaded late: scipy.io takes its time

    return write_movement_dataset(table, clean, path)


_WRITERS: dict[OutputFormat, Callable[[AngleTable, CleanSeries, Path], Path]] = {
    "trc": lambda _table, clean, path: write_trc(clean, path),
    "mot": lambda table, _clean, path: write_mot(table, path),
    "c3d": write_c3d,
    "nc": _write_movement_dataset,
}
