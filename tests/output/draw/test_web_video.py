from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import write_pictures
from made_trial import SIZE_PX, made_series

from posecheck.errors import VideoError
from posecheck.output.draw.face_blur import FaceBlur
from posecheck.output.draw.footage import Footage
from posecheck.output.draw.web_video import needs_web_copy, write_web_copy
from posecheck.video.reader import VideoInfo, VideoOptions, iter_video, probe_video

PLAYED = VideoInfo(Path("a"), 640, 360, 0, "h264", "yuv420p", "mov,mp4,m4a,3gp,3g2,mj2", 10.0, 30.0, 1, 300)
WEBM = replace(PLAYED, container="matroska,webm", codec="vp9")


@pytest.mark.parametrize(
    "info",
    [PLAYED, WEBM, replace(WEBM, codec="vp8"), replace(WEBM, codec="av1"), replace(PLAYED, pixel_format="yuvj420p")],
)
def test_what_browsers_play_needs_no_copy(info: VideoInfo) -> None:
    assert not needs_web_copy(info)


@pytest.mark.parametrize(
    "changed",
    [
        {"codec": "hevc"},
        {"pixel_format": "yuv420p10le"},
        {"pixel_format": "yuv444p"},
        {"rotation_deg": 90},
        {"container": "avi"},
        {"container": "matroska,webm"},
        {"codec": "vp9"},
        {"codec": "mpeg4"},
        {"joined": True},
    ],
)
def test_everything_else_needs_one(changed: dict[str, Any]) -> None:
    assert needs_web_copy(replace(PLAYED, **changed))


TIMES_S = [0.0, 0.1, 0.25, 0.3, 0.55, 0.6, 0.8]


def phone_video(path: Path, size_px: tuple[int, int] = (90, 61)) -> Path:
    """Uneven times, an odd height and a codec that browsers do not play; the left half bright, the right half dark."""
    picture = np.zeros((size_px[1], size_px[0], 3), np.uint8)
    picture[:, : size_px[0] // 2] = 220
    return write_pictures(path, TIMES_S, [picture] * len(TIMES_S), codec="mpeg4", options={})


def test_a_copy_is_played_by_browsers_and_keeps_its_times(tmp_path: Path) -> None:
    told: list[int] = []
    source = phone_video(tmp_path / "phone.avi.mkv")
    assert needs_web_copy(probe_video(source))
    target = write_web_copy(Footage(source), tmp_path / "web.mp4", progress=lambda done, _total: told.append(done))
    info = probe_video(target)
    assert not needs_web_copy(info)
    assert (info.width_px % 2, info.height_px % 2) == (0, 0)
    assert [frame.time_s for frame in iter_video(target)] == pytest.approx(TIMES_S, abs=1e-3)
    assert told == list(range(1, len(TIMES_S) + 1))
    data = target.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # plays before it is whole


def test_a_copy_keeps_the_whole_video_and_mirrors_as_it_was_read(tmp_path: Path) -> None:
    options = VideoOptions(start_s=0.2, end_s=0.4, mirror=True)
    target = write_web_copy(Footage(phone_video(tmp_path / "a.mkv"), options), tmp_path / "web.mp4")
    frames = list(iter_video(target))
    assert len(frames) == len(TIMES_S)
    assert frames[0].image_rgb[:, :20].mean() < 60 < 160 < frames[0].image_rgb[:, -20:].mean()


def test_a_large_video_becomes_smaller(tmp_path: Path) -> None:
    source = phone_video(tmp_path / "large.mkv", (1920, 1080))
    info = probe_video(write_web_copy(Footage(source), tmp_path / "web.mp4"))
    assert (info.width_px, info.height_px) == (1280, 720)


def test_faces_are_blurred_in_the_copy(tmp_path: Path) -> None:
    series = made_series("toe-touch")
    noise = np.random.default_rng(2).integers(0, 256, (SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
    source = write_pictures(tmp_path / "a.mp4", [0.0, 0.1, 0.2], [noise] * 3)
    plain = next(iter_video(write_web_copy(Footage(source), tmp_path / "plain.mp4"))).image_rgb
    blur = FaceBlur.of(series)
    blurred = next(iter_video(write_web_copy(Footage(source, blur=blur), tmp_path / "blurred.mp4"))).image_rgb
    x, y = (round(float(value)) for value in series.xy_px[0, 0])
    head = (slice(y - 5, y + 6), slice(x - 5, x + 6))
    assert blurred[head].std() < 0.5 * plain[head].std()


def test_a_copy_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    def stop(_done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    source = phone_video(tmp_path / "a.mkv")
    with pytest.raises(KeyboardInterrupt):
        write_web_copy(Footage(source), tmp_path / "web.mp4", progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mkv"]


def test_a_video_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="no such file"):
        write_web_copy(Footage(tmp_path / "none.mp4"), tmp_path / "web.mp4")
    assert not list(tmp_path.iterdir())
