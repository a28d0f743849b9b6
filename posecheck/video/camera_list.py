"""Which cameras this machine has, by name, under the numbers that open them."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

VIDEO4LINUX: Final = Path("/sys/class/video4linux")
PATIENCE_S: Final = 15.0
"""How long macOS may take to describe its cameras; usually one second (chosen by us)."""

# linux/videodev2.h: _IOR('V', 0, struct v4l2_capability); device_caps is its last word but three reserved ones.
_QUERY_CAPABILITIES, _CAPABILITY_BYTES, _DEVICE_CAPS_AT = 0x80685600, 104, 88
_VIDEO_CAPTURE = 0x00000001 | 0x00001000  # single- and multi-planar


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """One camera.

    Attributes
    ----------
    number : int
        What opens it: ``posecheck record --camera NUMBER``.
    name : str
        As the system calls it.
    place : str
        The device file on Linux, the system's own identifier elsewhere; empty where unknown.
    """

    number: int
    name: str
    place: str = ""


def list_cameras() -> tuple[CameraInfo, ...]:
    """The cameras of this machine, by number; empty where there are none, or the system does not say."""
    if sys.platform == "darwin":
        return cameras_of_macos(_macos_text())
    if sys.platform == "win32":
        return cameras_of_windows(_windows_text())
    return cameras_of_linux(VIDEO4LINUX)


def cameras_of_linux(root: Path, captures: Callable[[Path], bool | None] | None = None) -> tuple[CameraInfo, ...]:
    """Cameras from the folder ``/sys/class/video4linux``.

    A camera usually has several nodes, of which one gives pictures and the others describe them.

    Parameters
    ----------
    root : Path
    captures : callable, optional
        Whether a device file gives pictures; None where it cannot be asked, and then the first node of a device is
        taken for the one that does. Default: ask the driver.
    """
    asked = captures or gives_pictures
    found = []
    for node in root.glob("video*"):
        number = node.name.removeprefix("video")
        if not number.isdecimal():
            continue
        device = Path("/dev") / node.name
        answer = asked(device)
        if _first_node(node) if answer is None else answer:
            name = _text(node / "name") or node.name
            found.append(CameraInfo(int(number), name.split(": ")[0], str(device)))
    return tuple(sorted(found, key=lambda camera: camera.number))


def gives_pictures(device: Path) -> bool | None:
    """Ask a Linux device file whether pictures come out of it; None where it may not be opened."""
    try:
        import fcntl

        with device.open("rb", buffering=0) as file:
            answer = fcntl.ioctl(file, _QUERY_CAPABILITIES, bytes(_CAPABILITY_BYTES))
    except (OSError, ImportError):
        return None
    return has_video_capture(answer)


def has_video_capture(capabilities: bytes) -> bool:
    """Whether a ``struct v4l2_capability`` (104 bytes) is that of a node that gives pictures."""
    (device_caps,) = struct.unpack_from("=I", capabilities, _DEVICE_CAPS_AT)
    return bool(device_caps & _VIDEO_CAPTURE)


def cameras_of_macos(text: str) -> tuple[CameraInfo, ...]:
    """Cameras from ``system_profiler SPCameraDataType -json``.

    OpenCV numbers them in the order of their identifiers (opencv/opencv, pull request 22946); the system lists them in
    another.
    """
    try:
        items = json.loads(text)["SPCameraDataType"]
        pairs = sorted((str(item["spcamera_unique-id"]), str(item["_name"])) for item in items)
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(CameraInfo(number, name, place) for number, (place, name) in enumerate(pairs))


def cameras_of_windows(text: str) -> tuple[CameraInfo, ...]:
    """Cameras from FFmpeg's list of the DirectShow devices, which OpenCV numbers in the same order."""
    names: list[str] = []
    places: dict[int, str] = {}
    is_camera = False
    for line in text.splitlines():
        if match := re.search(r'"(?P<place>@device.*)"', line):
            if is_camera:
                places[len(names) - 1] = match["place"]
        elif match := re.search(r'"(?P<name>.+)" \((?P<kinds>[^)]*)\)', line):
            is_camera = "audio" not in match["kinds"] or "video" in match["kinds"]  # "none": told once it is opened
            names += [match["name"]] if is_camera else []
    return tuple(CameraInfo(number, name, places.get(number, "")) for number, name in enumerate(names))


def _first_node(node: Path) -> bool:
    return _text(node / "index") in ("0", "")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _macos_text() -> str:
    try:
        done = subprocess.run(
            ["/usr/sbin/system_profiler", "SPCameraDataType", "-json"],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _windows_text() -> str:
    import contextlib

    import av
    from av import logging

    before = logging.get_level()
    logging.set_level(logging.INFO)
    try:
        with logging.Capture() as messages, contextlib.suppress(av.FFmpegError, OSError, ValueError):
            av.open("dummy", format="dshow", options={"list_devices": "true"})
    finally:
        logging.set_level(before)
    return "".join(message for _, _, message in messages)  # a line comes in pieces
