"""Markers of real people are read from their file, and their clock is found from the picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic import FACING_RIGHT, Rhythm, frame_times, recording_of, toe_touch

from benchmarks.real import MEASURED, find_shift_s, lean_deg, real_table, score_video
from benchmarks.trc import BODY_25, MarkerTruth, read_trc
from posecheck.pose.landmarks import LandmarkSeries
from posecheck.skeleton.centres import JOINTS

RATE_HZ = 50.0


def bend(fps: float = RATE_HZ) -> LandmarkSeries:
    return toe_touch(frame_times(6.0, fps), Rhythm(count=1, move_s=1.2), turn_deg=FACING_RIGHT, bend_deg=70.0)


def truth_of(series: LandmarkSeries) -> MarkerTruth:
    return MarkerTruth(series.time_s, series.xyz_m[:, list(JOINTS)])


def write_trc(path: Path, series: LandmarkSeries, scale: float, units: str) -> Path:
    """Markers as a laboratory writes them: y up, which turns z about, too."""
    names = [BODY_25[mark.name][0] for mark in JOINTS]
    places = series.xyz_m[:, list(JOINTS)] * [scale, -scale, -scale]
    head = [
        "PathFileType\t4\t(X/Y/Z)\tmade.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits",
        f"{RATE_HZ:.0f}\t{RATE_HZ:.0f}\t{len(series)}\t{len(names)}\t{units}",
        "Frame#\tTime\t" + "\t\t\t".join(names),
        "\t\t" + "\t".join(f"{axis}{k}" for k in range(1, len(names) + 1) for axis in "XYZ"),
    ]
    rows = [
        "\t".join([str(k + 1), f"{time:.5f}", *(f"{value:.7f}" for value in row.ravel())])
        for k, (time, row) in enumerate(zip(series.time_s, places, strict=True))
    ]
    path.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("scale", "units"), [(1.0, "m"), (1000.0, "mm")])
def test_markers_are_read_in_metres_with_y_down(tmp_path: Path, scale: float, units: str) -> None:
    series = bend()
    truth = read_trc(write_trc(tmp_path / "made.trc", series, scale, units))
    np.testing.assert_allclose(truth.joints_m, series.xyz_m[:, list(JOINTS)], atol=1e-5)


def test_joints_may_be_the_middle_of_several_markers(tmp_path: Path) -> None:
    path = write_trc(tmp_path / "made.trc", bend(), 1.0, "m")
    names = {"LEFT_KNEE": ["LHip", "LAnkle"]}
    truth = read_trc(path, names)
    both = read_trc(path).joints_m[:, [JOINTS.index(m) for m in JOINTS if m.name in ("LEFT_HIP", "LEFT_ANKLE")]]
    knee = [mark.name for mark in JOINTS].index("LEFT_KNEE")
    np.testing.assert_allclose(truth.joints_m[:, knee], both.mean(axis=1))
    assert np.isnan(np.delete(truth.joints_m, knee, axis=1)).all()


def test_a_file_without_the_markers_is_refused_by_their_names(tmp_path: Path) -> None:
    path = write_trc(tmp_path / "made.trc", bend(), 1.0, "m")
    with pytest.raises(SystemExit, match="LKnee"):
        read_trc(path, {"LEFT_KNEE": ["L_KJC"]})


@pytest.mark.parametrize("late_s", [-0.2, 0.0, 0.3])
def test_the_markers_clock_is_found_from_the_picture(late_s: float) -> None:
    series = bend()
    truth = truth_of(series)
    assert find_shift_s(series, replace(truth, time_s=truth.time_s + late_s)) == pytest.approx(late_s, abs=1 / RATE_HZ)


def test_a_perfect_video_has_no_error() -> None:
    series = bend()
    errors, shift_s = score_video(recording_of(series), truth_of(series), sources=("image", "world"))
    assert shift_s == pytest.approx(0.0, abs=1 / RATE_HZ)
    assert errors["world"].drop(MEASURED).max() < 0.5  # degrees: one sample of shift while the body moves
    assert errors.loc[MEASURED, "world"] == 100
    assert "| trunk to the vertical | - | 0.0 |" in real_table("made.mp4", errors, shift_s)


def test_a_rolled_camera_is_an_error_of_the_trunk_but_not_of_the_knee() -> None:
    series = bend()
    roll = np.radians(15.0)
    turn = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    rolled = replace(series, xyz_m=series.xyz_m @ turn.T)
    errors, _ = score_video(recording_of(rolled), truth_of(series), sources=("image", "world"))
    assert errors.loc["trunk flexion", "world"] == pytest.approx(15.0, abs=1.0)
    assert errors.loc["left knee flexion", "world"] < 0.5


def test_the_trunks_lean_is_measured_against_gravity() -> None:
    series = bend()
    up = np.tile([0.0, -1.0, 0.0], (len(series), 1))
    assert lean_deg(series.xyz_m[:, list(JOINTS)], up).max() == pytest.approx(75.0, abs=0.1)  # 5 beyond the hip
