"""Rendered pictures as they are stored: what the pose model saw in each, and where the joints truly were.

A data set is a folder: ``part-00000.parquet`` (one row a picture) and ``clips-00000.parquet`` (one row a clip), and so on.
The pictures themselves are not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ARRAYS: dict[str, tuple[int, ...]] = {
    "xy_px": (33, 2),
    "xyz_m": (33, 3),
    "visibility": (33,),
    "joints_m": (16, 3),
    "hips_m": (3,),
    "up": (3,),
}
"""Columns that hold an array each, flattened, with the shape of one row."""


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Pictures in the order of clip and time.

    Attributes
    ----------
    clip : (n,) int64
        Which clip each belongs to: the index of ``clips``.
    time_s : (n,) float64
    xy_px : (n, 33, 2) float32
        The model's landmarks; NaN where it found nobody.
    xyz_m : (n, 33, 3) float32
        The model's world landmarks: x right, y down, z away from the camera.
    visibility : (n, 33) float32
    joints_m : (n, 16, 3) float32
        True joint centres (`posecheck.skeleton.centres.JOINTS`) about the true middle of the hips, in the camera's axes: x
        right, y down, z away.
    hips_m : (n, 3) float32
        True middle of the hips from the camera, same axes.
    up : (n, 3) float32
        Against gravity, same axes.
    clips : DataFrame
        Index ``clip``; ``kind``, ``body``, ``room``, ``split`` ("train", "tune" or "report"), ``yaw_deg``, ``pitch_deg``,
        ``roll_deg``, ``focal_px``, ``width_px``, ``height_px``, ``mode`` ("IMAGE" or "VIDEO"), ``model`` ("full", "heavy"),
        ``rate_hz``, and what else its kind has.
    """

    clip: NDArray[np.int64]
    time_s: NDArray[np.float64]
    xy_px: NDArray[np.float32]
    xyz_m: NDArray[np.float32]
    visibility: NDArray[np.float32]
    joints_m: NDArray[np.float32]
    hips_m: NDArray[np.float32]
    up: NDArray[np.float32]
    clips: pd.DataFrame

    def __len__(self) -> int:
        return len(self.clip)

    def only(self, clips: pd.Index) -> Pictures:
        """The pictures of some clips."""
        keep = np.isin(self.clip, clips.to_numpy())
        arrays = {name: getattr(self, name)[keep] for name in ("clip", "time_s", *ARRAYS)}
        return Pictures(**arrays, clips=self.clips.loc[clips])


def read_pictures(folder: Path) -> Pictures:
    """Everything in a data set's folder."""
    rows = pd.concat([pd.read_parquet(path) for path in sorted(folder.glob("part-*.parquet"))], ignore_index=True)
    clips = pd.concat([pd.read_parquet(path) for path in sorted(folder.glob("clips-*.parquet"))])
    rows = rows.sort_values(["clip", "time_s"], kind="stable")
    arrays = {name: np.stack(rows[name].to_list()).reshape(-1, *shape) for name, shape in ARRAYS.items()}
    return Pictures(rows["clip"].to_numpy(np.int64), rows["time_s"].to_numpy(np.float64), **arrays, clips=clips)
