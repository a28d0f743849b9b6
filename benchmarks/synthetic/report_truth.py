"""What is true of one recording of the reporting set, picture by picture: a Parquet file beside its landmarks.

A recording of the reporting set is a folder: what `posecheck.output.folders.recording_folder` writes (the model's body
points) and ``truth.parquet``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from posecheck.skeleton.centres import JOINT_COUNT

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TRUTH_FILE = "truth.parquet"
HOLD_PHASE = 0.999
"""A repetition counts as held above this share of its largest phase."""


@dataclass(frozen=True, slots=True, eq=False)
class TruePoses:
    """True joint centres of each picture of a recording.

    Attributes
    ----------
    time_s : (n,) float64
        As the recording's own times.
    phase : (n,) float64
        0 at rest, 1 at end range.
    repetition : (n,) int64
        From 1 on; 0 before the first.
    joints_m : (n, 16, 3) float64
        `posecheck.skeleton.centres.JOINTS` about the middle of the hips, in the camera's axes: x right, y down, z away.
    hips_m : (n, 3) float64
        Middle of the hips from the camera, same axes.
    up : (n, 3) float64
        Against gravity, same axes.
    """

    time_s: NDArray[np.float64]
    phase: NDArray[np.float64]
    repetition: NDArray[np.int64]
    joints_m: NDArray[np.float64]
    hips_m: NDArray[np.float64]
    up: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def held(self) -> NDArray[np.bool_]:
        """(n,) pictures in which a repetition is held at end range."""
        held = np.zeros(len(self), dtype=bool)
        for number in range(1, int(self.repetition.max(initial=0)) + 1):
            inside = self.repetition == number
            held |= inside & (self.phase >= HOLD_PHASE * self.phase[inside].max())
        return held


def write_truth(poses: TruePoses, folder: Path) -> None:
    """Write ``truth.parquet`` into an existing folder."""
    arrays = {"joints_m": poses.joints_m, "hips_m": poses.hips_m, "up": poses.up}
    columns = {name: list(array.reshape(len(poses), -1)) for name, array in arrays.items()}
    table = {"time_s": poses.time_s, "phase": poses.phase, "repetition": poses.repetition, **columns}
    pd.DataFrame(table).to_parquet(folder / TRUTH_FILE, index=False)


def read_truth(folder: Path) -> TruePoses:
    """Read ``truth.parquet`` back."""
    table = pd.read_parquet(folder / TRUTH_FILE)
    joints_m, hips_m, up = (np.stack(table[name].to_list()).astype(float) for name in ("joints_m", "hips_m", "up"))
    return TruePoses(
        table["time_s"].to_numpy(np.float64),
        table["phase"].to_numpy(np.float64),
        table["repetition"].to_numpy(np.int64),
        joints_m.reshape(len(table), JOINT_COUNT, 3),
        hips_m,
        up,
    )
