from __future__ import annotations

import json
import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from clips import call
from made_trial import made_video

from posecheck import doctor
from posecheck.doctor import Check, examine
from posecheck.errors import CameraError, StorageError
from posecheck.pose.system_libraries import LINUX_LIBRARIES
from posecheck.video.camera import Camera, FilePlayer
from posecheck.video.camera_list import CameraInfo
from posecheck.video.reader import open_video

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSECHECK_MODELS_DIR", str(tmp_path))
    return tmp_path


def check(title: str) -> Check:
    (found,) = (item for item in examine() if item.title == title)
    return found


@pytest.mark.model
def test_everything_needed_works_here() -> None:
    checks = examine()
    assert [item.title for item in checks] == [
        "Program",
        "System libraries",
        "Pose model",
        "Video formats",
        "Annotated video",
        "Disk",
        "Cameras",
    ]
    assert [item.title for item in checks if item.needed and not item.works] == []
    assert "pose_landmarker_full.task loads and runs" in checks[2].words


def test_a_missing_model_is_said_and_everything_else_is_still_tried(no_model: Path) -> None:
    model = check("Pose model")
    assert not model.works
    assert f"{no_model / 'pose_landmarker_full.task'}: no such model file" in model.words
    assert len(examine()) == 7


def test_the_command_ends_with_1_when_something_needed_is_missing(no_model: Path) -> None:
    done = call("doctor", "--json")
    assert done.code == 1
    states = {item["title"]: item["works"] for item in json.loads(done.out)}
    assert states["Pose model"] is False
    assert states["Video formats"] is True
    table = call("doctor")
    assert table.code == 1
    assert "missing" in table.out
    assert "no such model file" in " ".join(table.out.split())


def test_missing_libraries_end_the_search_since_nothing_else_can_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_missing_libraries", lambda: LINUX_LIBRARIES[:1])
    checks = examine()
    assert [item.title for item in checks] == ["Program", "System libraries"]
    assert not checks[1].works
    assert "libGL.so.1" in checks[1].words


def test_a_codec_that_ffmpeg_lacks_is_named(no_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import av

    monkeypatch.setattr(av, "codecs_available", {"h264", "vp9", "av1"})
    formats = check("Video formats")
    assert not formats.works
    assert formats.words == "Cannot read HEVC (newer phones): install PyAV again."


def test_a_lacking_encoder_is_said_in_its_words(no_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def enter(_sink: object) -> None:
        raise StorageError("this FFmpeg cannot write H.264; install the 'av' wheel from PyPI.")

    monkeypatch.setattr("posecheck.video.sink.VideoSink.__enter__", enter)
    assert check("Annotated video") == Check(
        "Annotated video", False, "this FFmpeg cannot write H.264; install the 'av' wheel from PyPI."
    )


def test_an_unexpected_failure_is_a_finding_not_a_crash(no_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def enter(_sink: object) -> None:
        raise RuntimeError("the codec is ill")

    monkeypatch.setattr("posecheck.video.sink.VideoSink.__enter__", enter)
    assert check("Annotated video").words == "RuntimeError: the codec is ill"


@pytest.mark.parametrize(("free", "works"), [(499_999_999, False), (500_000_000, True)])
def test_little_room_on_the_disk_is_said(
    no_model: Path, monkeypatch: pytest.MonkeyPatch, free: int, works: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**12 - free, free))
    disk = check("Disk")
    assert disk.works is works
    assert ("Make room" in disk.words) is not works


def test_cameras_are_tried_and_named(no_model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clip = made_video(tmp_path / "clip.mp4", np.array([0.0, 0.1]))

    def opened(number: int) -> Camera:
        if number:
            raise CameraError(f"Camera {number} is in use by another program.")
        return Camera(FilePlayer(open_video(clip)), "clip")

    cameras = (CameraInfo(0, "Integrated"), CameraInfo(1, "Logitech"))
    monkeypatch.setattr("posecheck.video.camera_list.list_cameras", lambda: cameras)
    monkeypatch.setattr("posecheck.video.camera.open_camera", opened)
    words = "0 (Integrated) gives pictures. Camera 1 is in use by another program."
    assert check("Cameras") == Check("Cameras", True, words, needed=False)
    monkeypatch.setattr("posecheck.video.camera_list.list_cameras", lambda: cameras[1:])
    assert not check("Cameras").works


def test_without_a_camera_videos_still_work(no_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posecheck.video.camera_list.list_cameras", tuple)
    cameras = check("Cameras")
    assert not cameras.works
    assert not cameras.needed
    assert "Video files work without one" in cameras.words
