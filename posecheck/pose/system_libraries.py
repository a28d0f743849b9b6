"""Shared libraries of the operating system that Python packages cannot bring along."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass

from posecheck.language import filled, joined, phrase


@dataclass(frozen=True, slots=True)
class SharedLibrary:
    """A shared library, who needs it, and the Debian or Ubuntu package that holds it."""

    file_name: str
    needed_by: str
    debian_package: str


LINUX_LIBRARIES = (
    SharedLibrary("libGL.so.1", "OpenCV", "libgl1"),
    SharedLibrary("libglib-2.0.so.0", "OpenCV", "libglib2.0-0"),
    SharedLibrary("libgthread-2.0.so.0", "OpenCV", "libglib2.0-0"),
    SharedLibrary("libxcb.so.1", "OpenCV", "libxcb1"),
    SharedLibrary("libEGL.so.1", "MediaPipe", "libegl1"),
    SharedLibrary("libGLESv2.so.2", "MediaPipe", "libgles2"),
)
"""What the Linux wheels of OpenCV and MediaPipe link to but do not hold (``ldd`` on mediapipe 1.2.2, OpenCV 5.0)."""


def find_missing_libraries(platform: str = sys.platform) -> tuple[SharedLibrary, ...]:
    """Return the needed libraries that this machine cannot load; macOS and Windows wheels need none."""
    if not platform.startswith("linux"):
        return ()
    return tuple(library for library in LINUX_LIBRARIES if not _can_load(library.file_name))


def explain_missing_libraries(missing: tuple[SharedLibrary, ...]) -> str:
    """Return what is missing and how to install it, in words; empty where nothing is missing."""
    if not missing:
        return ""
    needed = phrase("{file} (needed by {package})")
    files = joined((filled(needed, file=item.file_name, package=item.needed_by) for item in missing), ", ")
    packages = " ".join(dict.fromkeys(library.debian_package for library in missing))
    return joined(
        (
            phrase("This machine lacks shared libraries: {files}.", files=files),
            phrase("On Debian and Ubuntu: {command}", command=f"sudo apt-get install {packages}"),
            phrase("On other systems, install the packages that hold these files."),
        ),
        "\n",
    )


def _can_load(file_name: str) -> bool:
    try:
        ctypes.CDLL(file_name)
    except OSError:
        return False
    return True
