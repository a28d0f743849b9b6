from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from fitted_body import seen, standing
from made_trial import RHYTHM, assess_series, made_result
from synthetic import toe_touch, with_hidden

from posecheck.errors import StorageError
from posecheck.output.export.markers import landmark_markers, skeleton_markers
from posecheck.output.export.opensim_export import write_mot, write_trc
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    from pathlib import Path


def _read_mot(path: Path) -> tuple[dict[str, str], pd.DataFrame]:
    lines = path.read_text(encoding="utf-8").split("\n")
    end = lines.index("endheader")
    header = dict(line.split("=") for line in lines[1:end])
    return header, pd.read_csv(path, sep="\t", skiprows=end + 1)


def _read_trc(path: Path) -> tuple[dict[str, str], list[str], np.ndarray]:
    lines = path.read_text(encoding="utf-8").split("\n")
    about = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    names = [name for name in lines[3].split("\t") if name]
    rows = [line.split("\t") for line in lines[6:] if line]
    return about, names, np.array(rows, dtype=float)


def test_mot_header_counts_time_as_a_column(tmp_path: Path) -> None:
    path = write_mot(made_result("toe-touch").table, tmp_path / "a.mot")
    assert path.read_text().startswith("Coordinates\nversion=1\nnRows=")
    header, data = _read_mot(path)
    assert header["inDegrees"] == "yes"
    assert (int(header["nRows"]), int(header["nColumns"])) == data.shape
    assert data.columns[0] == "time"


def test_mot_holds_the_angles_of_the_table(tmp_path: Path) -> None:
    table = made_result("toe-touch").table
    _, data = _read_mot(write_mot(table, tmp_path / "a.mot"))
    np.testing.assert_allclose(data["time"], table.time_s, atol=1e-5)
    np.testing.assert_allclose(data["left_hip_flexion"], table.values["left_hip_flexion_deg"], atol=1e-3)


def test_mot_leaves_out_what_was_never_measured_and_what_is_no_angle(tmp_path: Path) -> None:
    _, data = _read_mot(write_mot(made_result("toe-touch").table, tmp_path / "a.mot"))
    assert "left_hip_abduction" not in data.columns
    assert not any("fingertip" in name for name in data.columns)


def test_a_gap_is_written_as_nan_and_nothing_is_invented(tmp_path: Path) -> None:
    series = with_hidden(toe_touch(RHYTHM.times(20.0), RHYTHM), [Landmark.LEFT_KNEE], 1.0, 2.0)
    result = assess_series(series, "toe-touch")
    _, data = _read_mot(write_mot(result.table, tmp_path / "a.mot"))
    missing = result.table.values["left_knee_flexion_deg"].isna().to_numpy()
    assert missing.any()
    assert (data["left_knee_flexion"].isna().to_numpy() == missing).all()
    _, names, rows = _read_trc(write_trc(landmark_markers(result.clean), tmp_path / "a.trc"))
    knee = 2 + 3 * (names.index("left_knee") - 2)
    assert (np.isnan(rows[:, knee]) == missing).all()


def test_uneven_frames_are_resampled_to_the_median_rate(tmp_path: Path) -> None:
    time_s = RHYTHM.times(20.0, jitter=0.3)
    result = assess_series(toe_touch(time_s, RHYTHM), "toe-touch")
    _, data = _read_mot(write_mot(result.table, tmp_path / "a.mot"))
    assert np.ptp(np.diff(data["time"])) < 2e-6
    assert data["time"].iloc[-1] <= time_s[-1]
    direct = np.interp(data["time"], time_s, result.table.values["left_hip_flexion_deg"])
    np.testing.assert_allclose(data["left_hip_flexion"], direct, atol=0.2)  # on a frame its own value is kept
    about, _, rows = _read_trc(write_trc(landmark_markers(result.clean), tmp_path / "a.trc"))
    assert float(about["DataRate"]) == pytest.approx(1 / np.median(np.diff(time_s)), abs=1e-5)
    assert int(about["NumFrames"]) == len(rows)


def test_a_hole_in_time_is_not_bridged(tmp_path: Path) -> None:
    table = made_result("toe-touch").table
    kept = (table.time_s < 2.0) | (table.time_s > 3.5)
    cut = replace(table, values=table.values[kept], states=table.states[kept])
    _, data = _read_mot(write_mot(cut, tmp_path / "a.mot"))
    inside = (data["time"] > 2.05) & (data["time"] < 3.45)
    assert data.loc[inside, "left_hip_flexion"].isna().all()
    outside = (data["time"] < 1.85) | (data["time"] > 3.65)
    assert data.loc[outside, "left_hip_flexion"].notna().all()


def test_trc_header_has_names_units_and_labels_in_order(tmp_path: Path) -> None:
    path = write_trc(landmark_markers(made_result("toe-touch").clean), tmp_path / "a.trc")
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines[0] == "PathFileType\t4\t(X/Y/Z)\ta.trc"
    about, names, rows = _read_trc(path)
    assert list(about) == [
        "DataRate",
        "CameraRate",
        "NumFrames",
        "NumMarkers",
        "Units",
        "OrigDataRate",
        "OrigDataStartFrame",
        "OrigNumFrames",
    ]
    assert (about["Units"], about["NumMarkers"]) == ("m", "33")
    assert names == ["Frame#", "Time", *(mark.label for mark in Landmark)]
    labels = [label for label in lines[4].split("\t") if label]
    assert labels == [f"{axis}{k}" for k in range(1, 34) for axis in "XYZ"]
    assert len(lines[3].split("\t")) == len(lines[4].split("\t")) == rows.shape[1] == 2 + 3 * 33
    assert lines[5] == ""


def test_trc_is_in_metres_with_y_up_and_keeps_its_handedness(tmp_path: Path) -> None:
    series = made_result("toe-touch").clean.landmarks
    _, names, rows = _read_trc(write_trc(landmark_markers(made_result("toe-touch").clean), tmp_path / "a.trc"))
    nose = 2 + 3 * (names.index("nose") - 2)
    np.testing.assert_allclose(rows[:, nose : nose + 3], series.xyz_m[:, Landmark.NOSE] * [1, -1, -1], atol=1e-5)
    assert rows[0, nose + 1] > 0.3  # standing: the nose is above the hips
    assert list(rows[:3, 0]) == [1, 2, 3]


def test_too_few_frames_are_refused(tmp_path: Path) -> None:
    table = made_result("toe-touch").table
    one = replace(table, values=table.values.iloc[:1], states=table.states.iloc[:1])
    with pytest.raises(StorageError, match="two frames or more"):
        write_mot(one, tmp_path / "a.mot")


def test_a_table_without_any_angle_is_refused(tmp_path: Path) -> None:
    table = made_result("toe-touch").table
    with pytest.raises(StorageError, match="no angle was measured"):
        write_mot(replace(table, values=table.values * np.nan), tmp_path / "a.mot")


def test_a_fitted_body_stands_upright_however_the_camera_is_tilted(tmp_path: Path) -> None:
    centres = seen(standing(), yaw_deg=35, pitch_deg=20, roll_deg=-12)
    about, names, rows = _read_trc(write_trc(skeleton_markers(centres), tmp_path / "skeleton.trc"))
    assert (about["Units"], about["NumMarkers"]) == ("m", "16")
    assert names[2:] == [joint.label for joint in JOINTS]
    joints = rows[0, 2:].reshape(-1, 3)
    np.testing.assert_allclose(joints[:, 1], standing()[:, 2], atol=1e-5)  # heights, to the digits that are written
    between = np.linalg.norm(joints[:, None] - joints, axis=2)
    np.testing.assert_allclose(between, np.linalg.norm(standing()[:, None] - standing(), axis=2), atol=2e-5)


def test_the_axes_of_a_fitted_body_are_those_of_the_picture_for_a_level_camera(tmp_path: Path) -> None:
    centres = seen(standing())
    np.testing.assert_allclose(skeleton_markers(centres).xyz_m, centres.xyz_m * [1, -1, -1], atol=1e-12)
    left, right = (JOINTS.index(mark) for mark in (Landmark.LEFT_HIP, Landmark.RIGHT_HIP))
    x_m = skeleton_markers(centres).xyz_m[0, :, 0]
    assert x_m[left] > x_m[right]  # seen from the front, the person's left is on the right of the picture
