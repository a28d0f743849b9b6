"""Reads a TRC file, the table of marker positions that motion laboratories write, as joint centres."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from posecheck.skeleton.centres import JOINT_COUNT, JOINTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

METRES = {"m": 1.0, "mm": 0.001, "cm": 0.01}
PARTS = {
    "SHOULDER": "Shoulder",
    "ELBOW": "Elbow",
    "WRIST": "Wrist",
    "HIP": "Hip",
    "KNEE": "Knee",
    "ANKLE": "Ankle",
    "HEEL": "Heel",
    "FOOT_INDEX": "BigToe",
}
BODY_25: dict[str, list[str]] = {mark.name: [mark.name[0] + PARTS[mark.name.split("_", 1)[1]]] for mark in JOINTS}
"""Which markers' middle each joint is, by the names of Pose2Sim and OpenPose: ``LEFT_HIP`` is ``LHip``."""


@dataclass(frozen=True, slots=True, eq=False)
class MarkerTruth:
    """Joint centres from markers.

    Attributes
    ----------
    time_s : (n,) float64
        From the first row on.
    joints_m : (n, 16, 3) float64
        `posecheck.skeleton.centres.JOINTS`; y down, so that gravity is (0, 1, 0). NaN for joints without a marker.
    """

    time_s: NDArray[np.float64]
    joints_m: NDArray[np.float64]


def read_trc(path: Path, markers: Mapping[str, list[str]] | None = None) -> MarkerTruth:
    """Read joint centres from a TRC file with y up.

    Parameters
    ----------
    path : Path
    markers : mapping of str to list of str, optional
        For each joint the markers whose middle it is. Default: names as Pose2Sim writes them.

    Raises
    ------
    SystemExit
        The file has none of the markers.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    about = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
    names = [name.strip() for name in lines[3].split("\t")[2:] if name.strip()]
    table = pd.DataFrame([line.split("\t") for line in lines[5:] if line.strip()]).iloc[:, 1 : 2 + 3 * len(names)]
    numbers = table.apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    places = numbers[:, 1:].reshape(len(numbers), len(names), 3) * METRES[about["Units"].strip()]
    joints = _joints(places, names, markers or BODY_25)
    if not np.isfinite(joints).any():
        raise SystemExit(f"{path}: has none of the wanted markers; it has {', '.join(names)}. Name them in a file.")
    return MarkerTruth(numbers[:, 0] - numbers[0, 0], joints * np.array([1.0, -1.0, -1.0]))


def read_markers(path: Path) -> dict[str, list[str]]:
    """A JSON file that names for each joint its markers: ``{"LEFT_KNEE": ["L_knee", "L_mknee"], ...}``."""
    markers: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return markers


def _joints(places_m: NDArray[np.float64], names: list[str], markers: Mapping[str, list[str]]) -> NDArray[np.float64]:
    joints = np.full((len(places_m), JOINT_COUNT, 3), np.nan)
    for index, mark in enumerate(JOINTS):
        wanted = markers.get(mark.name, [])
        if wanted and all(name in names for name in wanted):
            joints[:, index] = places_m[:, [names.index(name) for name in wanted]].mean(axis=1)
    return joints
