from __future__ import annotations

import json
import struct
import sys
from typing import TYPE_CHECKING

import pytest

from posecheck.video import camera_list
from posecheck.video.camera_list import (
    CameraInfo,
    cameras_of_linux,
    cameras_of_macos,
    cameras_of_windows,
    gives_pictures,
    has_video_capture,
    list_cameras,
)

if TYPE_CHECKING:
    from pathlib import Path

MACOS = """{
  "SPCameraDataType" : [
    {
      "_name" : "Logi C310 HD WebCam",
      "spcamera_model-id" : "UVC Camera VendorID_1133 ProductID_2075",
      "spcamera_unique-id" : "0x2110000046d081b"
    },
    {
      "_name" : "FaceTime HD Camera",
      "spcamera_model-id" : "FaceTime HD Camera",
      "spcamera_unique-id" : "3F45E80A-0176-46F7-B185-BB9E2C0E82E3"
    },
    {
      "_name" : "Live! Cam Sync 1080p",
      "spcamera_model-id" : "UVC Camera VendorID_1054 ProductID_16541",
      "spcamera_unique-id" : "0x1200000041e409d"
    }
  ]
}"""

WINDOWS = r"""[dshow @ 000001f0] "Integrated Webcam" (video)
[dshow @ 000001f0]   Alternative name "@device_pnp_\\?\usb#vid_0c45&pid_6448&mi_00#7&26&0&0000#{65e8}\global"
[dshow @ 000001f0] "Logitech HD (2nd)" (video, audio)
[dshow @ 000001f0]   Alternative name "@device_pnp_\\?\usb#vid_046d&pid_0825&mi_00#7&11&0&0000#{65e8}\global"
[dshow @ 000001f0] "OBS Virtual Camera" (none)
[dshow @ 000001f0]   Alternative name "@device_sw_{860BB310}\{A3FCE0F5}"
[dshow @ 000001f0] "Microphone (High Definition Audio)" (audio)
[dshow @ 000001f0]   Alternative name "@device_cm_{33D9A762}\wave_{E26AD2BE}"
"""


def node(root: Path, number: int, name: str, index: int | None) -> None:
    folder = root / f"video{number}"
    folder.mkdir(parents=True)
    (folder / "name").write_text(f"{name}\n", encoding="utf-8")
    if index is not None:
        (folder / "index").write_text(f"{index}\n", encoding="utf-8")


def capability(device_caps: int) -> bytes:
    """A ``struct v4l2_capability`` as the driver of a webcam answers: all nodes' abilities, then this node's own."""
    return struct.pack(
        "=16s32s32sIII12x", b"uvcvideo", b"Integrated Camera: Integrated C", b"usb-0000:00:14.0-8", 0x60800, 0x84A00001,
        device_caps,
    )  # fmt: skip


def test_linux_lists_each_camera_once_and_skips_its_metadata(tmp_path: Path) -> None:
    node(tmp_path, 10, "HD Pro Webcam C920", 0)
    node(tmp_path, 11, "HD Pro Webcam C920", 1)
    node(tmp_path, 0, "Integrated Camera: Integrated C", 0)
    node(tmp_path, 1, "Integrated Camera: Integrated C", 1)
    (tmp_path / "v4l-subdev0").mkdir()
    assert cameras_of_linux(tmp_path, lambda _device: None) == (
        CameraInfo(0, "Integrated Camera", "/dev/video0"),
        CameraInfo(10, "HD Pro Webcam C920", "/dev/video10"),
    )


def test_linux_believes_the_driver_more_than_the_order_of_nodes(tmp_path: Path) -> None:
    for number in range(4):
        node(tmp_path, number, "Depth camera", number)
    pictures = {"video0": False, "video1": False, "video2": True, "video3": None}
    found = cameras_of_linux(tmp_path, lambda device: pictures[device.name])
    assert [camera.number for camera in found] == [2]


def test_linux_names_a_node_that_has_no_name_and_no_index(tmp_path: Path) -> None:
    (tmp_path / "video3").mkdir()
    assert cameras_of_linux(tmp_path, lambda _device: None) == (CameraInfo(3, "video3", "/dev/video3"),)


def test_linux_without_any_camera_lists_none(tmp_path: Path) -> None:
    assert cameras_of_linux(tmp_path / "no such folder") == ()


def test_a_node_of_metadata_is_told_from_one_of_pictures() -> None:
    assert has_video_capture(capability(0x04200001))
    assert has_video_capture(capability(0x04201000))
    assert not has_video_capture(capability(0x04A00000))


def test_a_file_that_is_no_device_cannot_be_asked(tmp_path: Path) -> None:
    file = tmp_path / "video0"
    file.write_bytes(b"no camera")
    assert gives_pictures(file) is None
    assert gives_pictures(tmp_path / "nothing") is None


def test_macos_numbers_cameras_as_opencv_does() -> None:
    assert [(camera.number, camera.name) for camera in cameras_of_macos(MACOS)] == [
        (0, "Live! Cam Sync 1080p"),
        (1, "Logi C310 HD WebCam"),
        (2, "FaceTime HD Camera"),
    ]


@pytest.mark.parametrize("text", ["", "{}", "not json", json.dumps({"SPCameraDataType": [{"_name": "x"}]}), "[1]"])
def test_macos_text_that_says_nothing_lists_none(text: str) -> None:
    assert cameras_of_macos(text) == ()


def test_windows_lists_cameras_and_no_microphones() -> None:
    found = cameras_of_windows(WINDOWS)
    assert [(camera.number, camera.name) for camera in found] == [
        (0, "Integrated Webcam"),
        (1, "Logitech HD (2nd)"),
        (2, "OBS Virtual Camera"),
    ]
    assert all(camera.place.startswith("@device_") for camera in found)
    assert "046d" in found[1].place


def test_windows_text_that_says_nothing_lists_none() -> None:
    assert cameras_of_windows("Could not enumerate video devices (or none found).\n") == ()


@pytest.mark.parametrize(
    ("platform", "asked", "text", "expected"),
    [("darwin", "_macos_text", MACOS, 3), ("win32", "_windows_text", WINDOWS, 3)],
)
def test_each_system_is_asked_in_its_own_way(
    monkeypatch: pytest.MonkeyPatch, platform: str, asked: str, text: str, expected: int
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(camera_list, asked, lambda: text)
    assert len(list_cameras()) == expected


def test_where_ffmpeg_knows_no_directshow_the_list_is_empty_and_logging_stays_as_it_was() -> None:
    from av import logging

    before = logging.get_level()
    assert cameras_of_windows(camera_list._windows_text()) == ()
    assert logging.get_level() == before
