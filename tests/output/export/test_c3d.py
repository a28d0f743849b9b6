"""C3D files are read back with ezc3d, and their missing points once more byte by byte."""

from __future__ import annotations

import builtins
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from fitted_body import seen, standing
from made_trial import RHYTHM, assess_series, made_result
from synthetic import toe_touch, with_hidden

from posecheck.errors import StorageError
from posecheck.output.export.c3d_export import write_c3d
from posecheck.output.export.formats import check_formats, write_format
from posecheck.output.export.markers import landmark_markers, skeleton_markers
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINTS

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.trial.result import TrialResult

ezc3d = pytest.importorskip("ezc3d", reason="ezc3d has no wheel for this machine")

FLOAT32 = {"rtol": 1e-6, "atol": 1e-3}  # C3D keeps single precision: a micrometre, a thousandth of a degree


def read(result: TrialResult, path: Path) -> Any:
    return ezc3d.c3d(str(write_c3d(result.table, landmark_markers(result.clean), path)))


def parameter(file: Any, name: str) -> Any:
    return file["parameters"]["POINT"][name]["value"]


def test_points_are_in_millimetres_with_y_up(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    file = read(result, tmp_path / "a.c3d")
    assert parameter(file, "UNITS") == ["mm"]
    assert (parameter(file, "X_SCREEN"), parameter(file, "Y_SCREEN")) == (["+X"], ["+Y"])
    labels = parameter(file, "LABELS")
    assert labels[:33] == [mark.label for mark in Landmark]
    nose = file["data"]["points"][:3, labels.index("nose")]
    np.testing.assert_allclose(nose.T, result.clean.landmarks.xyz_m[:, Landmark.NOSE] * [1000, -1000, -1000], **FLOAT32)
    assert nose[1, 0] > 300  # standing: the nose is above the hips


def test_rate_and_length_are_those_of_the_recording(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    file = read(result, tmp_path / "a.c3d")
    assert parameter(file, "RATE") == pytest.approx([result.clean.landmarks.rate_hz])
    assert file["header"]["points"]["frame_rate"] == pytest.approx(result.clean.landmarks.rate_hz)
    assert file["data"]["points"].shape[2] == len(result.clean.landmarks)


def test_the_angles_are_points_of_the_type_angle_in_degrees(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    file = read(result, tmp_path / "a.c3d")
    labels, angles = parameter(file, "LABELS"), parameter(file, "ANGLES")
    assert parameter(file, "ANGLE_UNITS") == ["deg"]
    assert labels[33:] == angles
    assert "left_hip_flexion" in angles
    assert not any("fingertip" in name or "abduction" in name for name in angles)  # no angle; not shown from the side
    hip = file["data"]["points"][:3, labels.index("left_hip_flexion")]
    np.testing.assert_allclose(hip[0], result.table.values["left_hip_flexion_deg"], **FLOAT32)
    assert not hip[1:].any()


def test_a_gap_is_an_invalid_point_and_nothing_is_invented(tmp_path: Path) -> None:
    series = with_hidden(toe_touch(RHYTHM.times(20.0), RHYTHM), [Landmark.LEFT_KNEE], 1.0, 2.0)
    result = assess_series(series, "toe-touch")
    file = read(result, tmp_path / "a.c3d")
    missing = result.table.values["left_knee_flexion_deg"].isna().to_numpy()
    assert missing.any()
    assert not missing.all()
    for name in ("left_knee", "left_knee_flexion"):
        place = parameter(file, "LABELS").index(name)
        assert (np.isnan(file["data"]["points"][0, place]) == missing).all(), name
    raw = raw_points(tmp_path / "a.c3d", file)[:, Landmark.LEFT_KNEE]
    assert (raw[missing, :3] == 0).all()
    assert (raw[missing, 3] == -1).all()
    assert (raw[~missing, 3] == 0).all()


def raw_points(path: Path, file: Any) -> np.ndarray:
    """(frames, points, 4) single precision numbers as they lie in the file: x, y, z and the word of the residual."""
    (start,) = file["parameters"]["POINT"]["DATA_START"]["value"]
    points = file["data"]["points"]
    values = np.frombuffer(path.read_bytes(), "<f4", offset=(int(start) - 1) * 512, count=points[0].size * 4)
    return values.reshape(points.shape[2], points.shape[1], 4)


def test_time_begins_where_the_video_was_read_from(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    kept = result.table.time_s >= 2.0
    series = result.clean.landmarks
    part = replace(
        series,
        time_s=series.time_s[kept],
        filled_in=series.filled_in[kept],
        xy_px=series.xy_px[kept],
        xyz_m=series.xyz_m[kept],
        visibility=series.visibility[kept],
    )
    table = replace(result.table, values=result.table.values[kept], states=result.table.states[kept])
    file = ezc3d.c3d(str(write_c3d(table, landmark_markers(replace(result.clean, landmarks=part)), tmp_path / "a.c3d")))
    assert file["parameters"]["POSECHECK"]["START_S"]["value"] == pytest.approx([series.time_s[kept][0]])


def test_without_ezc3d_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = builtins.__import__

    def without_ezc3d(name: str, *rest: Any) -> Any:
        if name == "ezc3d":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_ezc3d)
    result = made_result("toe-touch")
    with pytest.raises(StorageError, match=r"pip install ezc3d .*posecheck\[c3d\]"):
        write_c3d(result.table, landmark_markers(result.clean), tmp_path / "a.c3d")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StorageError, match="ezc3d"):
        check_formats(("trc", "c3d"))
    check_formats(("trc", "mot", "nc"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    with pytest.raises(StorageError, match="nowhere"):
        write_c3d(result.table, landmark_markers(result.clean), tmp_path / "nowhere" / "a.c3d")


def test_a_fitted_body_has_a_file_of_its_own_beside_the_body_points(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    centres = replace(seen(standing(), pitch_deg=15, frames=len(result.table.time_s)), time_s=result.table.time_s)
    centres.xyz_m[5, JOINTS.index(Landmark.LEFT_KNEE)] = np.nan
    table = replace(result.table, centres=centres)
    write_format("c3d", tmp_path / "recording.c3d", table, result.clean)
    assert {entry.name for entry in tmp_path.iterdir()} == {"recording.c3d", "skeleton.c3d"}
    assert parameter(ezc3d.c3d(str(tmp_path / "recording.c3d")), "LABELS")[:33] == [mark.label for mark in Landmark]
    file = ezc3d.c3d(str(tmp_path / "skeleton.c3d"))
    labels = parameter(file, "LABELS")
    assert labels[:16] == [joint.label for joint in JOINTS]
    assert labels[16:] == parameter(file, "ANGLES")
    expected = skeleton_markers(centres).xyz_m.transpose(2, 1, 0) * 1000
    np.testing.assert_allclose(file["data"]["points"][:3, :16], expected, **FLOAT32)
    assert np.isnan(file["data"]["points"][:3, JOINTS.index(Landmark.LEFT_KNEE), 5]).all()


def test_beside_a_file_of_another_name_the_fitted_body_takes_that_name(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    centres = replace(seen(standing(), frames=len(result.table.time_s)), time_s=result.table.time_s)
    for name in ("trc", "mot"):
        write_format(name, tmp_path / f"visit.{name}", replace(result.table, centres=centres), result.clean)
    assert {entry.name for entry in tmp_path.iterdir()} == {"visit.trc", "visit_skeleton.trc", "visit.mot"}
