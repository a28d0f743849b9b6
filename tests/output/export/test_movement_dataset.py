"""The netCDF file is read back with xarray, as movement does it, and put before movement's own validator and functions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import xarray as xr
from made_trial import RHYTHM, assess_series, made_result
from needs import needs_movement
from synthetic import toe_touch, with_hidden

from posecheck.errors import StorageError
from posecheck.output.export.movement_export import write_movement_dataset
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.trial.result import TrialResult

IN_MOVEMENT = """
import json, sys
import xarray as xr
from movement.filtering import filter_by_confidence
from movement.kinematics import compute_velocity
from movement.validators.datasets import ValidPosesInputs

with xr.open_dataset(sys.argv[1]) as data:
    ValidPosesInputs.validate(data)
    velocity = compute_velocity(data.position).sel(keypoints="nose", individuals="person")
    kept = filter_by_confidence(data.position, data.confidence, threshold=0.5)
    print(json.dumps({
        "nose_px_per_s": float(abs(velocity.sel(space="y")).max()),
        "kept": float(kept.notnull().mean()),
    }))
"""


def read(result: TrialResult, path: Path) -> xr.Dataset:
    return xr.load_dataset(write_movement_dataset(result.table, result.clean, path))


def test_dimensions_and_names_are_those_of_a_poses_data_set(tmp_path: Path) -> None:
    data = read(made_result("toe-touch"), tmp_path / "a.nc")
    assert data.position.dims == ("time", "space", "keypoints", "individuals")
    assert data.confidence.dims == ("time", "keypoints", "individuals")
    assert list(data.space.values) == ["x", "y"]
    assert list(data.keypoints.values) == [mark.label for mark in Landmark]
    assert list(data.individuals.values) == ["person"]
    assert (data.attrs["ds_type"], data.attrs["source_software"]) == ("poses", "posecheck")


def test_time_is_in_seconds_at_the_rate_that_is_named(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    data = read(result, tmp_path / "a.nc")
    assert data.attrs["time_unit"] == "seconds"
    assert data.attrs["fps"] == pytest.approx(result.clean.landmarks.rate_hz, rel=1e-12)
    np.testing.assert_allclose(data.time, result.clean.landmarks.time_s, atol=1e-9)


def test_points_are_in_pixels_of_the_picture_with_y_down(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    data = read(result, tmp_path / "a.nc")
    assert data.position.attrs["units"] == "px"
    nose = data.position.sel(keypoints="nose", individuals="person").transpose("time", "space")
    np.testing.assert_allclose(nose, result.clean.landmarks.xy_px[:, Landmark.NOSE])
    confidence = data.confidence.sel(keypoints="nose", individuals="person")
    np.testing.assert_allclose(confidence, result.clean.landmarks.visibility[:, Landmark.NOSE])


def test_angles_keep_their_columns_and_their_unit_in_the_name(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    data = read(result, tmp_path / "a.nc")
    assert data.angle.dims == ("time", "angles", "individuals")
    hip = data.angle.sel(angles="left_hip_flexion_deg", individuals="person")
    np.testing.assert_allclose(hip, result.table.values["left_hip_flexion_deg"])
    assert "left_hip_abduction_deg" not in data.angles.values  # the view from the side cannot show it


def test_a_gap_is_nan_and_nothing_is_invented(tmp_path: Path) -> None:
    series = with_hidden(toe_touch(RHYTHM.times(20.0), RHYTHM), [Landmark.LEFT_KNEE], 1.0, 2.0)
    result = assess_series(series, "toe-touch")
    data = read(result, tmp_path / "a.nc")
    missing = result.table.values["left_knee_flexion_deg"].isna().to_numpy()
    assert missing.any()
    knee = data.position.sel(keypoints="left_knee", space="x", individuals="person")
    assert (np.isnan(knee.to_numpy()) == missing).all()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    with pytest.raises(StorageError, match="nowhere"):
        write_movement_dataset(result.table, result.clean, tmp_path / "nowhere" / "a.nc")


def test_movement_takes_the_file_for_one_of_its_own(tmp_path: Path) -> None:
    needs_movement()
    result = made_result("toe-touch")
    path = write_movement_dataset(result.table, result.clean, tmp_path / "a.nc")
    # A process of its own: movement keeps a log in the home folder, and sets options of xarray for all.
    environ = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", IN_MOVEMENT, str(path)], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    series = result.clean.landmarks
    fastest = np.abs(np.gradient(series.xy_px[:, Landmark.NOSE, 1], series.time_s)).max()
    assert said["nose_px_per_s"] == pytest.approx(fastest, rel=1e-6)
    assert said["kept"] == 1.0
