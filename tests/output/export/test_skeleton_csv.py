"""skeleton.csv gives back the fitted joints that were written."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from fitted_body import seen, standing

from posecheck.errors import StorageError
from posecheck.output.export import csv_export
from posecheck.output.export.columns import COLUMNS
from posecheck.output.export.skeleton_csv import read_skeleton_csv, skeleton_frame, write_skeleton_csv
from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    from pathlib import Path

ROUNDED = 5.1e-6
"""Half of the last digit that is written."""


def test_fitted_joints_come_back(tmp_path: Path) -> None:
    centres = seen(standing(), yaw_deg=40, pitch_deg=12)
    centres.xyz_m[7] = np.nan
    centres.sd_m[:, 3] = np.linspace(0.01, 0.2, len(centres))
    centres.depth[:] = 0.75
    back = read_skeleton_csv(write_skeleton_csv(centres, tmp_path / "skeleton.csv"))
    for name in ("time_s", "xyz_m", "sd_m", "up", "up_sd_deg", "depth"):
        np.testing.assert_allclose(getattr(back, name), getattr(centres, name), atol=ROUNDED)


def test_a_long_recording_gives_the_same_file_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = write_skeleton_csv(seen(standing()), tmp_path / "whole.csv").read_bytes()
    monkeypatch.setattr(csv_export, "TOGETHER", 4)
    assert write_skeleton_csv(seen(standing()), tmp_path / "parts.csv").read_bytes() == whole


def test_the_columns_are_those_that_are_documented(tmp_path: Path) -> None:
    file = write_skeleton_csv(seen(standing()), tmp_path / "skeleton.csv")
    written = next(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    promised = []
    for name in COLUMNS["skeleton.csv"]:
        if not name.startswith("<joint>"):
            promised.append(name)
        elif name == "<joint>_x_m":  # the columns of one joint stand together
            ends = [each.removeprefix("<joint>") for each in COLUMNS["skeleton.csv"] if each.startswith("<joint>")]
            promised += [f"{joint.label}{end}" for joint in JOINTS for end in ends]
    assert written == promised


def test_the_data_frame_has_the_columns_of_the_file(tmp_path: Path) -> None:
    centres = seen(standing(), pitch_deg=10)
    frame = skeleton_frame(centres)
    file = pd.read_csv(write_skeleton_csv(centres, tmp_path / "skeleton.csv"), index_col="time_s")
    pd.testing.assert_frame_equal(frame, file, atol=ROUNDED, check_index_type=False)


def test_what_is_missing_is_left_empty(tmp_path: Path) -> None:
    centres = seen(standing(), frames=2)
    centres.xyz_m[1] = np.nan
    rows = list(csv.DictReader((write_skeleton_csv(centres, tmp_path / "s.csv")).read_text("utf-8").splitlines()))
    assert rows[1]["left_knee_x_m"] == ""
    assert float(rows[0]["left_knee_x_m"]) == pytest.approx(0.10)


@pytest.mark.parametrize("text", ["", "time_s\n0.0\n", "time_s,left_hip_x_m\n0.0,here\n"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "skeleton.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StorageError, match=r"skeleton\.csv: not a table of fitted joints"):
        read_skeleton_csv(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"skeleton\.csv"):
        read_skeleton_csv(tmp_path / "skeleton.csv")
