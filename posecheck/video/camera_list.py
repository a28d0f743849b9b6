"""Which cameras this machine has, by name, under the numbers that open them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """One camera.

    Attributes
    ----------
    number : int
        What opens it.
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
    try:
        from cv2_enumerate_cameras import enumerate_cameras
    except ImportError:  # OpenCV lacks a library of the system, which `posecheck doctor` names
        return ()
    found = sorted(enumerate_cameras(capture_interface()), key=lambda camera: camera.index)
    # Linux names a webcam twice, "Integrated Camera: Integrated C".
    cameras = [CameraInfo(item.index, (item.name or item.path or "").split(": ")[0], item.path or "") for item in found]
    return tuple(camera for at, camera in enumerate(cameras) if not _is_other_node(camera, cameras[:at]))


def capture_interface() -> int:
    """OpenCV's number of the interface in whose order cameras are numbered, and by which they are opened."""
    import cv2

    return {"darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_DSHOW}.get(sys.platform, cv2.CAP_V4L2)


def _is_other_node(camera: CameraInfo, earlier: list[CameraInfo]) -> bool:
    """Whether this is a further device file of a camera, which gives no pictures.

    Linux has several for each camera. Those that give none are left out by asking the driver; where this account may not
    ask it, the first one of a name is taken for the one that does.
    """
    if sys.platform != "linux" or os.access(camera.place, os.R_OK):
        return False
    return any(camera.name == other.name for other in earlier)
