from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from made_trial import made_video

from posecheck.errors import CameraError, VideoError
from posecheck.video import camera as camera_module
from posecheck.video.camera import Camera, CameraOptions, Webcam, find_camera, open_camera
from posecheck.video.camera_list import CameraInfo
from posecheck.video.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Iterator

CAMERAS = (
    CameraInfo(0, "Integrated Camera", "/dev/video0"),
    CameraInfo(2, "Logitech C920", "/dev/video2"),
    CameraInfo(4, "Logitech Brio", "/dev/video4"),
)
UNEVEN_S = np.array([0.0, 0.04, 0.07, 0.15, 0.16, 0.3, 0.33])


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return made_video(tmp_path / "clip.mp4", UNEVEN_S)


def all_frames(camera: Camera) -> list[Frame]:
    """Every frame a camera gave, whether somebody looked or not."""
    frames: list[Frame] = []
    camera.listen(frames.append)
    with camera:
        for _ in camera:
            pass
    return frames


# --- which camera


@pytest.mark.parametrize(
    ("which", "number"),
    [(0, 0), ("2", 2), ("/dev/video4", 4), ("Logitech C920", 2), ("logitech c920", 2), ("brio", 4), ("integrated", 0)],
)
def test_a_camera_is_found_by_number_device_and_name(which: int | str, number: int) -> None:
    assert find_camera(which, CAMERAS).number == number


def test_a_wrong_name_is_answered_with_a_suggestion() -> None:
    with pytest.raises(
        CameraError, match=r"no camera 'logitec c92'. Did you mean 'Logitech C920'\? There is: 0 \(Integ"
    ):
        find_camera("logitec c92", CAMERAS)


def test_a_name_that_fits_several_cameras_is_answered_with_their_numbers() -> None:
    with pytest.raises(
        CameraError, match=r"Several cameras match 'logitech': 2 \(Logitech C920\), 4 \(Logitech Brio\)"
    ):
        find_camera("logitech", CAMERAS)


def test_a_number_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(CameraError, match=r"There is no camera '7'. There is: 0 \(Integrated Camera\), 2"):
        find_camera(7, CAMERAS)


def test_a_computer_without_a_camera_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "list_cameras", tuple)
    with pytest.raises(CameraError, match=r"No camera was found on this computer. Plug one in"):
        open_camera(0)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"nothing\.mp4: no such file"):
        open_camera(str(tmp_path / "nothing.mp4"))


# --- a camera that does not open


def refused(monkeypatch: pytest.MonkeyPatch, platform: str, device: Path) -> str:
    monkeypatch.setattr("sys.platform", platform)
    return str(camera_module._refusal(0, device))


def test_each_reason_why_a_camera_does_not_open_is_told_apart_on_linux(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    device = tmp_path / "video0"
    assert "There is no camera 0" in refused(monkeypatch, "linux", device)
    device.touch()
    assert "is in use by another program. Close it" in refused(monkeypatch, "linux", device)
    monkeypatch.setattr("os.access", lambda *_args: False)
    assert "may not be used by this account. Add yourself to its group" in refused(monkeypatch, "linux", device)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_permission_and_use_are_named_together(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    words = refused(monkeypatch, platform, Path("x"))
    assert "Allow" in words
    assert "close other programs" in words


def test_a_camera_that_does_not_open_is_an_error_in_words_without_opencvs_own(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(camera_module, "list_cameras", lambda: (CameraInfo(63, "Ghost"),))
    with pytest.raises(CameraError, match="camera 63"):
        open_camera("ghost")
    assert capfd.readouterr().err == ""


# --- a webcam, of which a file read as fast as it goes stands for the device


def webcam(path: Path) -> Webcam:
    return Webcam(cv2.VideoCapture(str(path)), "Fake")


def test_webcam_frames_are_rgb_contiguous_and_numbered(clip: Path) -> None:
    source = webcam(clip)
    frames = [source.read() for _ in range(3)]
    source.close()
    assert all(frame is not None for frame in frames)
    assert [frame.index for frame in frames if frame] == [0, 1, 2]
    image = frames[0].image_rgb if frames[0] else np.empty(0)
    assert image.shape == (240, 320, 3)
    assert image.flags.c_contiguous
    assert not image.flags.writeable


def test_webcam_times_come_from_a_clock_that_setting_the_time_does_not_move(
    monkeypatch: pytest.MonkeyPatch, clip: Path
) -> None:
    wall, steady = itertools.count(1e9, -3600.0), iter([100.0, 100.033, 100.033, 100.1])
    monkeypatch.setattr(time, "time", lambda: next(wall))
    monkeypatch.setattr(time, "monotonic", lambda: next(steady))
    source = webcam(clip)
    times_s = [frame.time_s for frame in (source.read() for _ in range(4)) if frame]
    source.close()
    assert times_s == pytest.approx([0.0, 0.033, 0.0331, 0.1])


def test_a_webcam_that_is_unplugged_says_when_after_its_last_frame(clip: Path) -> None:
    frames: list[Frame] = []
    with Camera(webcam(clip), "Fake") as camera:
        camera.listen(frames.append)
        with pytest.raises(CameraError, match=r"Fake: stopped giving pictures after \d+ s. Was it unplugged\?"):
            all(camera)
    assert len(frames) == len(UNEVEN_S)


def test_a_webcam_that_opens_without_a_picture_is_said_to_be_in_use(tmp_path: Path) -> None:
    with (
        Camera(webcam(tmp_path / "none.mp4"), "Fake") as camera,
        pytest.raises(CameraError, match=r"gives no picture\. Another program may be using it"),
    ):
        camera.newest()


def test_a_camera_that_falls_silent_is_an_error() -> None:
    class Silent:
        def __init__(self) -> None:
            self.closed = threading.Event()

        def read(self) -> Frame | None:
            self.closed.wait()
            return None

        def stop(self) -> None:
            self.closed.set()

        def close(self) -> None:
            assert self.closed.is_set()

    with Camera(Silent(), "Fake") as camera, pytest.raises(CameraError, match="given no picture for 0 s"):
        camera.newest(timeout_s=0.01)


# --- a file as the camera


def test_a_file_plays_with_its_own_times_and_in_real_time(clip: Path) -> None:
    began_s = time.monotonic()
    frames = all_frames(open_camera(clip))
    assert time.monotonic() - began_s >= UNEVEN_S[-1]
    assert [frame.time_s for frame in frames] == pytest.approx(UNEVEN_S, abs=1e-4)


def test_who_looks_late_sees_the_newest_frame_and_the_listener_every_one(clip: Path) -> None:
    frames: list[Frame] = []
    camera = open_camera(str(clip))
    camera.listen(frames.append)
    with camera:
        first = camera.newest()
        while len(frames) < len(UNEVEN_S):
            time.sleep(0.01)
        newest = camera.newest()
        assert camera.newest() is None
    assert first is not None
    assert newest is not None
    assert (first.index, newest.index) == (0, len(UNEVEN_S) - 1)


def test_a_file_is_scaled_down_to_what_was_asked(clip: Path) -> None:
    (frame, *_) = all_frames(open_camera(clip, CameraOptions(width_px=160, height_px=120)))
    assert frame.image_rgb.shape == (120, 160, 3)


def test_a_camera_that_is_closed_while_it_plays_ends_at_once(tmp_path: Path) -> None:
    camera = open_camera(made_video(tmp_path / "long pause.mp4", np.array([0.0, 0.1, 600.0])))
    with camera:
        assert camera.newest() is not None
    camera.close()
    assert not any(thread.name.startswith("camera long") for thread in threading.enumerate())


def test_an_error_of_a_listener_reaches_the_one_who_looks(clip: Path) -> None:
    def fail(_frame: Frame) -> None:
        raise VideoError("listener failed")

    def look() -> Iterator[Any]:
        with open_camera(clip) as camera:
            camera.listen(fail)
            yield from camera

    with pytest.raises(VideoError, match="listener failed"):
        all(look())
