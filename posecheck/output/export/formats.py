"""The further formats in which a recording can be had, one entry each: its words, its file in a folder, its writer.

The command, trial folders and Python's ``save`` read this table. It is read at every start of the command, so the writers
are imported when they write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from posecheck.files import OwnEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from posecheck.kinematics.angles import AngleTable
    from posecheck.pose.landmarks import CleanSeries

OutputFormat = Literal["trc", "mot", "c3d", "nc"]
"""Every format by name, which is also the ending of its files."""

OUTPUT_FORMATS: tuple[OutputFormat, ...] = get_args(OutputFormat)


@dataclass(frozen=True, slots=True)
class FormatEntry:
    """One format.

    Attributes
    ----------
    words : str
        What it holds, or who reads it, for people.
    file : str
        What it is called in a trial's folder.
    write : callable
        (angles, cleaned body points, path) to the path of the file it wrote.
    """

    words: str
    file: str
    write: Callable[[AngleTable, CleanSeries, Path], Path]


def write_format(name: OutputFormat, path: Path, table: AngleTable, clean: CleanSeries) -> Path:
    """Write one recording in one format.

    Raises
    ------
    StorageError
        As the writer of that format.
    """
    return FORMATS[name].write(table, clean, path)


def check_formats(names: Iterable[OutputFormat]) -> None:
    """Refuse a format whose package is not installed before a video is read for minutes.

    Raises
    ------
    StorageError
    """
    if "c3d" in names:
        from posecheck.output.export.c3d_export import require_ezc3d

        require_ezc3d(FORMATS["c3d"].file)


def _write_trc(_table: AngleTable, clean: CleanSeries, path: Path) -> Path:
    from posecheck.output.export.opensim_export import write_trc

    return write_trc(clean, path)


def _write_mot(table: AngleTable, _clean: CleanSeries, path: Path) -> Path:
    from posecheck.output.export.opensim_export import write_mot

    return write_mot(table, path)


def _write_c3d(table: AngleTable, clean: CleanSeries, path: Path) -> Path:
    from posecheck.output.export.c3d_export import write_c3d

    return write_c3d(table, clean, path)


def _write_movement_dataset(table: AngleTable, clean: CleanSeries, path: Path) -> Path:
    from posecheck.output.export.movement_export import write_movement_dataset

    return write_movement_dataset(table, clean, path)


FORMATS: dict[OutputFormat, FormatEntry] = {
    "trc": FormatEntry("body points, OpenSim", OwnEntry.TRC, _write_trc),
    "mot": FormatEntry("angles, OpenSim", OwnEntry.MOT, _write_mot),
    "c3d": FormatEntry("motion capture", OwnEntry.C3D, _write_c3d),
    "nc": FormatEntry("the Python package movement", OwnEntry.MOVEMENT, _write_movement_dataset),
}
