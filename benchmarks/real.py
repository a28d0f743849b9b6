"""Error of joint angles on a video of a real person, with markers as the truth.

    python -m benchmarks.real VIDEO TRC [--markers FILE] [--points FOLDER] [--sources image world corrected skeleton]

The markers' clock may be shifted against the video's by up to half a second; the shift is found from the picture, and is the
same for all sources. Nothing is ever trained or tuned on such videos.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.angle_sources import SOURCES, angles_by_source
from benchmarks.joint_angles import centre_angles
from benchmarks.stored_points import recording_of
from benchmarks.trc import MarkerTruth, read_markers, read_trc
from posecheck.kinematics.geometry import angle_between_deg
from posecheck.kinematics.joints import Plane
from posecheck.kinematics.motion import read_motion
from posecheck.kinematics.view import detect_view
from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.pose.recording import Recording

MAX_SHIFT_S = 0.5
COLUMNS = (
    "left_knee_flexion_deg",
    "right_knee_flexion_deg",
    "left_hip_flexion_deg",
    "right_hip_flexion_deg",
    "trunk_flexion_deg",
)
LEAN = "trunk to the vertical"
MEASURED = "measured, %"
DIFFERENCES = {"knee, right less left": COLUMNS[1::-1], "hip, right less left": COLUMNS[3:1:-1]}


def score_video(
    recording: Recording, truth: MarkerTruth, *, sources: Collection[str] = SOURCES
) -> tuple[pd.DataFrame, float]:
    """Median absolute error of each angle by source, in degrees, and the shift of the markers' clock, in seconds."""
    view = replace(detect_view(recording.series), plane=Plane.SAGITTAL)
    clean = read_motion(recording.series).clean
    said = angles_by_source(clean, view, sources)
    shift_s = find_shift_s(recording.series, truth)
    joints = joints_at(truth, recording.series.time_s + shift_s)
    up = np.tile([0.0, -1.0, 0.0], (len(joints), 1))
    true = centre_angles(recording.series.time_s, joints, up)
    errors = {source: _errors_deg(item.values, true) for source, item in said.items()}
    for source, item in said.items():
        if item.centres is not None:
            off = lean_deg(item.centres.xyz_m, item.centres.up) - lean_deg(joints, up)
            errors[source][LEAN] = float(np.nanmedian(np.abs(off)))
    table = pd.DataFrame(errors)
    last = [LEAN, MEASURED]
    return table.loc[
        [*table.index.difference(last, sort=False), *(word for word in last if word in table.index)]
    ], shift_s


def lean_deg(joints_m: NDArray[np.float64], up: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) angle of the trunk to the vertical, whichever way it leans."""
    shoulders, hips = (
        joints_m[:, [JOINTS.index(mark) for mark in JOINTS if mark.name.endswith(part)]].mean(axis=1)
        for part in ("SHOULDER", "HIP")
    )
    return angle_between_deg(shoulders - hips, up)


def find_shift_s(series: LandmarkSeries, truth: MarkerTruth) -> float:
    """What is to be added to the video's time for the markers' time.

    The camera is not known. But at the right shift one camera turns the markers into the points seen in the picture; the
    simplest one, which maps straight lines to straight lines, is fitted at each shift, and the best shift wins.
    """
    step_s = float(np.median(np.diff(truth.time_s)))
    most = round(MAX_SHIFT_S / step_s)
    shifts = np.arange(-most, most + 1) * step_s
    return float(min(shifts, key=lambda shift: (round(_off_px(series, truth, shift), 3), abs(shift))))


def _off_px(series: LandmarkSeries, truth: MarkerTruth, shift_s: float) -> float:
    """Median distance between markers and points in the picture, by the best affine camera; infinite with few markers."""
    joints = joints_at(truth, series.time_s + shift_s).reshape(-1, 3)
    points = series.xy_px[:, list(JOINTS)].reshape(-1, 2)
    known = np.isfinite(joints).all(axis=1) & np.isfinite(points).all(axis=1)
    if known.sum() < len(known) / 4:
        return float("inf")
    places = np.column_stack([joints[known], np.ones(known.sum())])
    camera = np.linalg.lstsq(places, points[known], rcond=None)[0]
    return float(np.median(np.linalg.norm(places @ camera - points[known], axis=1)))


def joints_at(truth: MarkerTruth, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 16, 3) true joint centres at other times; NaN outside the markers' own."""
    flat = truth.joints_m.reshape(len(truth.time_s), -1)
    between = [np.interp(time_s, truth.time_s, column, left=np.nan, right=np.nan) for column in flat.T]
    return np.stack(between, axis=1).reshape(len(time_s), -1, 3)


def _errors_deg(table: pd.DataFrame, true: pd.DataFrame) -> dict[str, float]:
    off = pd.DataFrame({column: table[column].to_numpy() - true[column].to_numpy() for column in COLUMNS})
    errors = {column.removesuffix("_deg").replace("_", " "): off[column].abs().median() for column in COLUMNS}
    errors[MEASURED] = 100 * off.notna().to_numpy().sum() / max(true[list(COLUMNS)].notna().to_numpy().sum(), 1)
    return errors | {words: (off[right] - off[left]).abs().median() for words, (right, left) in DIFFERENCES.items()}


def real_table(name: str, errors: pd.DataFrame, shift_s: float) -> str:
    """One video's errors as Markdown."""
    lines = [
        f"| {name}, median absolute error, degrees (clock shifted by {shift_s:+.2f} s) | {' | '.join(errors.columns)} |",
        "|" + "---|" * (len(errors.columns) + 1),
    ]
    for angle, row in errors.iterrows():
        cells = ["-" if np.isnan(value) else f"{value:.1f}" for value in row]
        lines.append(f"| {angle} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("trc", type=Path)
    parser.add_argument("--markers", type=Path, help="JSON file that names the markers of each joint")
    parser.add_argument("--points", type=Path, help="folder in which body points are kept, to be read once only")
    parser.add_argument("--sources", nargs="+", choices=SOURCES, default=SOURCES)
    options = parser.parse_args()
    truth = read_trc(options.trc, read_markers(options.markers) if options.markers else None)
    print(
        real_table(
            options.video.name,
            *score_video(recording_of(options.video, options.points), truth, sources=options.sources),
        )
    )


if __name__ == "__main__":
    main()
