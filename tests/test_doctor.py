from __future__ import annotations

import json
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from clips import call

from posecheck import doctor
from posecheck.doctor import Check, examine
from posecheck.errors import StorageError
from posecheck.system_libraries import LINUX_LIBRARIES

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

    monkeypatch.setattr("posecheck.video_sink.VideoSink.__enter__", enter)
    assert check("Annotated video") == Check(
        "Annotated video", False, "this FFmpeg cannot write H.264; install the 'av' wheel from PyPI."
    )


def test_an_unexpected_failure_is_a_finding_not_a_crash(no_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def enter(_sink: object) -> None:
        raise RuntimeError("the codec is ill")

    monkeypatch.setattr("posecheck.video_sink.VideoSink.__enter__", enter)
    assert check("Annotated video").words == "RuntimeError: the codec is ill"


@pytest.mark.parametrize(("free", "works"), [(499_999_999, False), (500_000_000, True)])
def test_little_room_on_the_disk_is_said(
    no_model: Path, monkeypatch: pytest.MonkeyPatch, free: int, works: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**12 - free, free))
    disk = check("Disk")
    assert disk.works is works
    assert ("Make room" in disk.words) is not works


class FakeCamera:
    """Number 0 gives pictures, number 1 opens but gives none, the others do not open."""

    released: list[int] = []  # noqa: RUF012

    def __init__(self, number: int) -> None:
        self.number = number

    def isOpened(self) -> bool:  # noqa: N802
        return self.number < 2

    def read(self) -> tuple[bool, None]:
        return self.number == 0, None

    def release(self) -> None:
        FakeCamera.released.append(self.number)


def test_only_cameras_that_give_pictures_count_and_all_are_released(
    no_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import cv2

    monkeypatch.setattr(FakeCamera, "released", [])
    monkeypatch.setattr(cv2, "VideoCapture", FakeCamera)
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    assert check("Cameras") == Check("Cameras", True, "Found: number 0.", needed=False)
    assert FakeCamera.released == [0, 1, 2, 3]


def test_without_a_camera_videos_still_work(no_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_open_cameras", list)
    cameras = check("Cameras")
    assert not cameras.works
    assert not cameras.needed
    assert "Video files work without one" in cameras.words
