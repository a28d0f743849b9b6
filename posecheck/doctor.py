"""What works on this machine, in words: system libraries, model, video formats, disk, cameras."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import posecheck
from posecheck.errors import CameraError, PosecheckError
from posecheck.language import filled, joined, phrase
from posecheck.pose.system_libraries import explain_missing_libraries, find_missing_libraries
from posecheck.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.video.camera_list import CameraInfo

DECODERS = {"h264": "H.264", "hevc": phrase("HEVC (newer phones)"), "vp9": "VP9", "av1": "AV1"}
MIN_FREE_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried: whether it works, and what to do if not.

    ``needed`` is False for what posecheck can do without.
    """

    title: str
    works: bool
    words: str
    needed: bool = True


def examine() -> tuple[Check, ...]:
    """Try everything; never raises."""
    libraries = _libraries()
    if not libraries.works:
        return _python(), libraries
    return tuple(_guarded(check) for check in (_python, _libraries, _model, _decoders, _encoder, _disk, _cameras))


def _guarded(check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:
        title = check.__name__.strip("_").capitalize()
        return Check(title, False, f"{type(error).__name__}: {error}", check is not _cameras)


def _tried(title: str, attempt: Callable[[], str], *, needed: bool = True) -> Check:
    try:
        return Check(title, True, attempt(), needed)
    except PosecheckError as error:
        return Check(title, False, error.said({}), needed)
    except Exception as error:
        return Check(title, False, f"{type(error).__name__}: {error}", needed)


def _python() -> Check:
    machine = f"{platform.system()} {platform.machine()}"
    words = f"posecheck {posecheck.__version__}, Python {platform.python_version()}, {machine}."
    return Check(phrase("Program"), sys.version_info >= (3, 11), words)


def _libraries() -> Check:
    missing = find_missing_libraries()
    words = explain_missing_libraries(missing) if missing else phrase("All system libraries are there.")
    return Check(phrase("System libraries"), not missing, words)


def _model() -> Check:
    def attempt() -> str:
        from posecheck.pose.estimator import MediaPipeEstimator
        from posecheck.pose.model_files import choose_model

        model = choose_model(load_settings())
        with MediaPipeEstimator(model) as estimator:
            estimator.find_people(np.zeros((256, 256, 3), dtype=np.uint8))
            return phrase(
                "{file} loads and runs ({estimator}, checksum {state}).",
                file=model.name,
                estimator=estimator.name,
                state=model.state,
            )

    return _tried(phrase("Pose model"), attempt)


def _decoders() -> Check:
    import av

    missing = [words for name, words in DECODERS.items() if name not in av.codecs_available]
    words = (
        phrase("Cannot read {formats}: install PyAV again.", formats=joined(missing, ", "))
        if missing
        else phrase("Reads {formats}.", formats=joined(DECODERS.values(), ", "))
    )
    return Check(phrase("Video formats"), not missing, words)


def _encoder() -> Check:
    def attempt() -> str:
        from posecheck.video.sink import VideoSink

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "try.mp4"
            with VideoSink(path, 64, 64) as sink:
                for k in range(3):
                    sink.write(np.zeros((64, 64, 3), dtype=np.uint8), k / 30)
            return phrase("Writes annotated videos (H.264).")

    return _tried(phrase("Annotated video"), attempt)


def _disk() -> Check:
    free = shutil.disk_usage(Path.cwd()).free
    enough = free >= MIN_FREE_BYTES
    words = phrase("{size:.1f} GB free in {folder}.", size=free / 1e9, folder=Path.cwd())
    return Check(phrase("Disk"), enough, words if enough else joined([words, phrase("Make room: videos are large.")]))


def _cameras() -> Check:
    from posecheck.video.camera_list import list_cameras

    cameras = list_cameras()
    if not cameras:
        words = phrase("None found. Video files work without one. If there is one, is it plugged in?")
        return Check(phrase("Cameras"), False, words, needed=False)
    troubles = {camera: _camera_trouble(camera) for camera in cameras}
    fine = phrase("{number} ({name}) gives pictures.")
    said = [trouble or filled(fine, number=camera.number, name=camera.name) for camera, trouble in troubles.items()]
    return Check(phrase("Cameras"), not all(troubles.values()), joined(said), needed=False)


def _camera_trouble(camera: CameraInfo) -> str:
    """Why a camera gives no picture, in words; empty when it does."""
    from posecheck.video.camera import open_camera

    try:
        with open_camera(camera.number) as opened:
            opened.newest()
    except CameraError as error:
        return error.said({})
    return ""
