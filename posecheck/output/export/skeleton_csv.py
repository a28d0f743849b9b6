"""The fitted body over time as CSV: joints in metres, how sure each is, and which way is up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.output.export.csv_export import write_in_parts
from posecheck.skeleton.centres import JOINT_COUNT, JOINTS, JointCentres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

_DECIMALS = 5
"""A hundredth of a millimetre: nothing is lost by storing it."""


def write_skeleton_csv(centres: JointCentres, path: str | Path) -> Path:
    """Write the fitted joints, one row per picture; `read_skeleton_csv` gives them back.

    Raises
    ------
    StorageError
        The file cannot be written.
    """

    def part(some: slice) -> pd.DataFrame:
        return skeleton_frame(centres, some).round(_DECIMALS) + 0.0  # + 0.0: never "-0.0"

    return write_in_parts(path, len(centres), part)


def skeleton_frame(centres: JointCentres, some: slice = slice(None)) -> pd.DataFrame:
    """The fitted joints as a data frame: index ``time_s``, columns as in the file. Default: of all pictures."""
    import pandas as pd

    columns = {name: values[some] for name, values in _columns(centres)}
    return pd.DataFrame(columns, index=pd.Index(centres.time_s[some], name="time_s"))


def read_skeleton_csv(path: str | Path) -> JointCentres:
    """Read fitted joints back.

    Raises
    ------
    StorageError
        The file is missing or damaged.
    """
    import pandas as pd

    try:
        table = pd.read_csv(path, encoding="utf-8", dtype=np.float64)
        n = len(table)
        read = JointCentres(
            table["time_s"].to_numpy(),
            np.empty((n, JOINT_COUNT, 3)),
            np.empty((n, JOINT_COUNT)),
            np.empty((n, 3)),
            np.empty(n),
            np.empty(n),
        )
        for name, place in _columns(read):
            place[:] = table[name].to_numpy()
    except (OSError, ValueError, KeyError) as error:
        raise StorageError(
            phrase("{path}: not a table of fitted joints ({reason}). Analyse the video again.", path=path, reason=error)
        ) from error
    return read


def _columns(centres: JointCentres) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Every column's name and its (n,) place in the arrays."""
    for number, mark in enumerate(JOINTS):
        for axis, letter in enumerate("xyz"):
            yield f"{mark.label}_{letter}_m", centres.xyz_m[:, number, axis]
        yield f"{mark.label}_sd_m", centres.sd_m[:, number]
    for axis, letter in enumerate("xyz"):
        yield f"up_{letter}", centres.up[:, axis]
    yield "up_sd_deg", centres.up_sd_deg
    yield "unlike_training", centres.depth
