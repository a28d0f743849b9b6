"""The further formats in which a recording can be had, one entry each: its words, its file in a folder, its writer.

The command, trial folders and Python's ``save`` read this table. It is read at every start of the command, so the writers
are imported when they write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from posecheck.files import OwnEntry
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from posecheck.kinematics.angles import AngleTable
    from posecheck.pose.landmarks import CleanSeries
    from posecheck.skeleton.centres import JointCentres

OutputFormat = Literal["trc", "mot", "c3d", "nc"]
"""Every format by name, which is also the ending of its files."""

SKELETON = "skeleton"
"""What the files of the fitted body are called."""

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
    skeleton_file : str
        What the file of the fitted body is called there, which is written besides; empty where the format has none.
    write_skeleton : callable, optional
        (angles, fitted joints, path) to the path of that file.
    """

    words: str
    file: str
    write: Callable[[AngleTable, CleanSeries, Path], Path]
    skeleton_file: str = ""
    write_skeleton: Callable[[AngleTable, JointCentres, Path], Path] | None = None


def write_format(name: OutputFormat, path: Path, table: AngleTable, clean: CleanSeries) -> tuple[Path, ...]:
    """Write one recording in one format, and beside it the fitted body where there is one.

    Returns
    -------
    tuple of Path
        The files that were written, that of ``path`` first.

    Raises
    ------
    StorageError
        As the writer of that format.
    """
    entry, beside = FORMATS[name], skeleton_path(name, path)
    written = entry.write(table, clean, path)
    if table.centres is None or entry.write_skeleton is None or beside is None:
        return (written,)
    return written, entry.write_skeleton(table, table.centres, beside)


def skeleton_path(name: OutputFormat, path: Path) -> Path | None:
    """Where the fitted body is written beside ``path``; None for a format without one.

    Beside ``landmarks.trc`` that is ``skeleton.trc``, beside any other ``name.trc`` it is ``name_skeleton.trc``.
    """
    entry = FORMATS[name]
    if entry.write_skeleton is None:
        return None
    own = path.name == entry.file
    return path.with_name(str(entry.skeleton_file) if own else f"{path.stem}_{SKELETON}{path.suffix}")


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
    from posecheck.output.export.markers import landmark_markers
    from posecheck.output.export.opensim_export import write_trc

    return write_trc(landmark_markers(clean), path)


def _write_skeleton_trc(_table: AngleTable, centres: JointCentres, path: Path) -> Path:
    from posecheck.output.export.markers import skeleton_markers
    from posecheck.output.export.opensim_export import write_trc

    return write_trc(skeleton_markers(centres), path)


def _write_mot(table: AngleTable, _clean: CleanSeries, path: Path) -> Path:
    from posecheck.output.export.opensim_export import write_mot

    return write_mot(table, path)


def _write_c3d(table: AngleTable, clean: CleanSeries, path: Path) -> Path:
    from posecheck.output.export.c3d_export import write_c3d
    from posecheck.output.export.markers import landmark_markers

    return write_c3d(table, landmark_markers(clean), path)


def _write_skeleton_c3d(table: AngleTable, centres: JointCentres, path: Path) -> Path:
    from posecheck.output.export.c3d_export import write_c3d
    from posecheck.output.export.markers import skeleton_markers

    return write_c3d(table, skeleton_markers(centres), path)


def _write_movement_dataset(table: AngleTable, clean: CleanSeries, path: Path) -> Path:
    from posecheck.output.export.movement_export import write_movement_dataset

    return write_movement_dataset(table, clean, path)


FORMATS: dict[OutputFormat, FormatEntry] = {
    "trc": FormatEntry(
        phrase("body points, OpenSim"), OwnEntry.TRC, _write_trc, OwnEntry.SKELETON_TRC, _write_skeleton_trc
    ),
    "mot": FormatEntry(phrase("angles, OpenSim"), OwnEntry.MOT, _write_mot),
    "c3d": FormatEntry(phrase("motion capture"), OwnEntry.C3D, _write_c3d, OwnEntry.SKELETON_C3D, _write_skeleton_c3d),
    "nc": FormatEntry(phrase("the Python package movement"), OwnEntry.MOVEMENT, _write_movement_dataset),
}
