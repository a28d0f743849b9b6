from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import cv2_enumerate_cameras
import pytest
from cv2_enumerate_cameras import CameraInfo as Found

from posecheck.video.camera_list import CameraInfo, capture_interface, list_cameras

if TYPE_CHECKING:
    from collections.abc import Callable

    See = Callable[..., None]


@pytest.fixture
def see(monkeypatch: pytest.MonkeyPatch) -> See:
    """Make the system tell of cameras: (number, name, place), in its order."""

    def tell(*cameras: tuple[int, str, str | None], platform: str = "linux", readable: bool = True) -> None:
        def enumerate_cameras(interface: int) -> list[Found]:
            assert interface == capture_interface()
            return [Found(number, name, place, None, None, interface) for number, name, place in cameras]

        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setattr(os, "access", lambda _path, _mode: readable)
        monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", enumerate_cameras)

    return tell


def test_cameras_come_by_number_and_under_one_name(see: See) -> None:
    see((10, "HD Pro Webcam C920", "/dev/video10"), (0, "Integrated Camera: Integrated C", "/dev/video0"))
    assert list_cameras() == (
        CameraInfo(0, "Integrated Camera", "/dev/video0"),
        CameraInfo(10, "HD Pro Webcam C920", "/dev/video10"),
    )


def test_two_cameras_of_one_name_are_both_listed(see: See) -> None:
    see((0, "Webcam", "/dev/video0"), (2, "Webcam", "/dev/video2"))
    assert [camera.number for camera in list_cameras()] == [0, 2]


def test_a_camera_that_may_not_be_asked_is_listed_once(see: See) -> None:
    see((1, "Webcam: Webcam", "/dev/video1"), (0, "Webcam: Webcam", "/dev/video0"), readable=False)
    assert list_cameras() == (CameraInfo(0, "Webcam", "/dev/video0"),)


def test_a_camera_without_name_or_place_is_listed(see: See) -> None:
    see((0, "OBS Virtual Camera", None), (1, "Integrated Webcam", r"\\?\usb#vid_0c45"), platform="win32")
    assert list_cameras() == (
        CameraInfo(0, "OBS Virtual Camera"),
        CameraInfo(1, "Integrated Webcam", r"\\?\usb#vid_0c45"),
    )
    see((3, None, "/dev/video3"))  # type: ignore[arg-type]
    assert list_cameras()[0].name == "/dev/video3"


@pytest.mark.parametrize(
    ("platform", "interface"),
    [("linux", cv2.CAP_V4L2), ("darwin", cv2.CAP_AVFOUNDATION), ("win32", cv2.CAP_DSHOW)],
)
def test_cameras_are_numbered_as_they_are_opened(
    monkeypatch: pytest.MonkeyPatch, platform: str, interface: int
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert capture_interface() == interface


@pytest.mark.skipif(sys.platform != "linux", reason="device files")
def test_this_machine_lists_its_own_cameras_and_no_others() -> None:
    assert all(Path(camera.place).exists() and camera.name for camera in list_cameras())


def test_without_opencv_no_camera_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2_enumerate_cameras", None)
    assert list_cameras() == ()
