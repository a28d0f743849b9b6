from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest
from made_trial import made_series
from synthetic import without_person

from posecheck.errors import StorageError
from posecheck.output.export import landmark_store
from posecheck.output.export.columns import COLUMNS
from posecheck.output.export.landmark_store import read_landmarks, write_landmarks
from posecheck.pose.background import CameraPlace
from posecheck.pose.capture import CaptureReport, Glance
from posecheck.pose.landmarks import LandmarkSeries, PicturePart, SeriesSource
from posecheck.pose.scenes import NO_SCENE

if TYPE_CHECKING:
    from pathlib import Path

CAPTURE = CaptureReport(brightness=101.5, camera_shift=0.004)


def _series() -> LandmarkSeries:
    parts = (PicturePart(0.5, 40, 0, 280, 240), PicturePart(1.0, 0, 0, 320, 240))
    source = SeriesSource(320, 240, "mediapipe 1.2.2", "a" * 64, mirrored=True, rotated_deg=270, parts=parts)
    series = without_person(made_series("toe-touch"), 1.0, 1.5)
    return replace(series, source=source, filled_in=np.arange(len(series)) % 2 == 1)


def test_landmarks_come_back_bit_by_bit(tmp_path: Path) -> None:
    series = _series()
    stored = read_landmarks(write_landmarks(series, tmp_path / "l.parquet", capture=CAPTURE, people=2))
    for name in ("time_s", "xy_px", "xyz_m", "visibility", "filled_in"):
        before, after = getattr(series, name), getattr(stored.raw, name)
        assert before.dtype == after.dtype
        assert np.array_equal(before, after, equal_nan=True)
    assert stored.raw.source == series.source
    assert stored.people == 2
    assert (stored.capture.brightness, stored.capture.camera_shift) == (101.5, 0.004)
    assert np.isnan(stored.capture.roll_deg)


def test_a_long_recording_is_written_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    series = _series()
    monkeypatch.setattr(landmark_store, "TOGETHER", len(series) // 3)
    path = write_landmarks(series, tmp_path / "landmarks.parquet", capture=CaptureReport(118.0, 0.001, 0.0), people=1)
    assert pq.ParquetFile(path).num_row_groups == 4
    np.testing.assert_array_equal(read_landmarks(path).raw.xyz_m, series.xyz_m)


def test_what_the_pictures_told_over_time_comes_back(tmp_path: Path) -> None:
    """To five decimals, a thousandth of what matters."""
    glances = (
        Glance(0.0, 3.25, NO_SCENE),
        *(Glance(0.25 * k, 120.5, 0, CameraPlace(0.002 * k, -0.001, 1.01, 0.25), 1.5, 2.25, 0.2) for k in range(1, 9)),
    )
    capture = CaptureReport.of_glances(glances)
    stored = read_landmarks(write_landmarks(_series(), tmp_path / "l.parquet", capture=capture, people=1)).capture
    assert stored.glances[1:] == glances[1:]
    assert (stored.glances[0].scene, stored.glances[0].place) == (NO_SCENE, None)
    assert stored.camera_shift == pytest.approx(capture.camera_shift)
    assert stored.during([(0.6, 1.1)]).camera_shift == pytest.approx(0.002, abs=1e-5)


def test_other_programs_find_documented_columns(tmp_path: Path) -> None:
    path = write_landmarks(_series(), tmp_path / "l.parquet", capture=CAPTURE, people=1)
    names = pq.read_table(path).column_names
    assert names[:7] == [
        "time_s",
        "nose_x_px",
        "nose_y_px",
        "nose_x_m",
        "nose_y_m",
        "nose_z_m",
        "nose_visibility",
    ]
    patterns = [pattern.replace("<landmark>", "nose") for pattern in COLUMNS["landmarks.parquet"]]
    assert [*names[:7], names[-1]] == patterns
    assert len(names) == 1 + 33 * 6 + 1


def test_in_a_file_of_an_older_posecheck_every_picture_was_read(tmp_path: Path) -> None:
    path = write_landmarks(_series(), tmp_path / "l.parquet", capture=CAPTURE, people=1)
    pq.write_table(pq.read_table(path).drop_columns(["filled_in"]), path)
    assert not read_landmarks(path).raw.filled_in.any()


def test_an_empty_recording_can_be_stored(tmp_path: Path) -> None:
    empty = LandmarkSeries(
        np.empty(0), np.empty((0, 33, 2)), np.empty((0, 33, 3)), np.empty((0, 33)), SeriesSource(320, 240)
    )
    assert len(read_landmarks(write_landmarks(empty, tmp_path / "l.parquet", capture=CAPTURE, people=0)).raw) == 0


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = write_landmarks(_series(), tmp_path / "l.parquet", capture=CAPTURE, people=1)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(StorageError, match=r"l\.parquet: damaged"):
        read_landmarks(path)


def test_a_parquet_file_of_another_program_is_refused(tmp_path: Path) -> None:
    path = write_landmarks(_series(), tmp_path / "l.parquet", capture=CAPTURE, people=1)
    pq.write_table(pq.read_table(path).replace_schema_metadata({}), path)
    with pytest.raises(StorageError, match="not a landmark file"):
        read_landmarks(path)


def test_a_file_without_one_of_its_columns_is_refused(tmp_path: Path) -> None:
    path = write_landmarks(_series(), tmp_path / "l.parquet", capture=CAPTURE, people=1)
    pq.write_table(pq.read_table(path).drop_columns(["nose_x_px"]), path)
    with pytest.raises(StorageError, match="damaged"):
        read_landmarks(path)


def test_a_file_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landmark_store, "FORMAT_VERSION", 99)
    path = write_landmarks(_series(), tmp_path / "l.parquet", capture=CAPTURE, people=1)
    monkeypatch.undo()
    with pytest.raises(StorageError, match="another version of posecheck"):
        read_landmarks(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such file"):
        read_landmarks(tmp_path / "none.parquet")
