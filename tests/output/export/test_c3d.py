"""C3D files are read back with ezc3d, and their missing points once more byte by byte."""

from __future__ import annotations

import builtins
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from made_trial import RHYTHM, assess_series, made_result
from synthetic import toe_touch, with_hidden

from posecheck.errors import StorageError
from posecheck.output.export.c3d_export import write_c3d
from posecheck.output.export.formats import check_formats
from posecheck.pose.landmarks import Landmark

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.trial.result import TrialResult

ezc3d = pytest.importorskip("ezc3d", reason="ezc3d has no wheel for this machine")

FLOAT32 = {"rtol": 1e-6, "atol": 1e-3}  # C3D keeps single precision: a micrometre, a thousandth of a degree


def read(result: TrialResult, path: Path) -> Any:
    return ezc3d.c3d(str(write_c3d(result.table, result.clean, path)))


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
        xy_px=series.xy_px[kept],
        xyz_m=series.xyz_m[kept],
        visibility=series.visibility[kept],
    )
    table = replace(result.table, values=result.table.values[kept], states=result.table.states[kept])
    file = ezc3d.c3d(str(write_c3d(table, replace(result.clean, landmarks=part), tmp_path / "a.c3d")))
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
        write_c3d(result.table, result.clean, tmp_path / "a.c3d")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StorageError, match="ezc3d"):
        check_formats(("trc", "c3d"))
    check_formats(("trc", "mot", "nc"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = made_result("toe-touch")
    with pytest.raises(StorageError, match="nowhere"):
        write_c3d(result.table, result.clean, tmp_path / "nowhere" / "a.c3d")
