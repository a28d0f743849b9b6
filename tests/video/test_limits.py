from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import cut_off, sound_only, write_pictures

from posecheck.errors import VideoError
from posecheck.video.limits import VideoLimits, check_video

SIZE_PX = (64, 48)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds, ten pictures a second."""
    pictures = [np.full((SIZE_PX[1], SIZE_PX[0], 3), 10 * k, np.uint8) for k in range(20)]
    return write_pictures(tmp_path_factory.mktemp("clip") / "clip.mp4", [k / 10 for k in range(20)], pictures)


def test_an_ordinary_video_is_accepted(clip: Path) -> None:
    info = check_video(clip)
    assert (info.width_px, info.height_px, info.codec) == (*SIZE_PX, "h264")


def test_limits_that_are_just_met_are_kept(clip: Path) -> None:
    size = clip.stat().st_size
    check_video(clip, VideoLimits(max_bytes=size, max_frames=20, max_pixels=64 * 48, max_duration_s=2.0))


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"max_bytes": 100}, "GB are accepted; cut it to the test"),
        ({"max_duration_s": 1.5}, "lasts more than 0 minutes, and at most 0.025 are accepted"),
        ({"max_pixels": 3000}, "its picture of 64x48 is too large; export it at 1920x1080"),
        ({"max_frames": 19}, "holds more than 19 pictures; cut it to the test"),
    ],
)
def test_too_much_is_refused_in_words(clip: Path, limit: dict[str, Any], words: str) -> None:
    with pytest.raises(VideoError, match=f"clip.mp4: .*{words}"):
        check_video(clip, VideoLimits(**limit))


def test_a_duration_that_the_file_does_not_state_is_counted(clip: Path, tmp_path: Path) -> None:
    pictures = [np.full((SIZE_PX[1], SIZE_PX[0], 3), 10 * k, np.uint8) for k in range(20)]
    raw = write_pictures(tmp_path / "live.ts", [k / 10 for k in range(20)], pictures)
    with pytest.raises(VideoError, match="lasts more than"):
        check_video(raw, VideoLimits(max_duration_s=1.0))


def test_the_clips_of_a_joined_file_count_together(clip: Path, tmp_path: Path) -> None:
    pictures = [np.full((SIZE_PX[1], SIZE_PX[0], 3), 10 * k, np.uint8) for k in range(20)]
    part = write_pictures(tmp_path / "part.ts", [k / 10 for k in range(20)], pictures)
    (tmp_path / "whole.ts").write_bytes(3 * part.read_bytes())
    assert check_video(tmp_path / "whole.ts", VideoLimits(max_duration_s=6.1, max_frames=60)).duration_s > 5.8
    with pytest.raises(VideoError, match="lasts more than"):
        check_video(tmp_path / "whole.ts", VideoLimits(max_duration_s=5.0))


def test_a_picture_that_grows_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    data = b""
    for width_px, height_px in ((64, 48), (640, 480)):
        picture = np.full((height_px, width_px, 3), 90, np.uint8)
        data += write_pictures(tmp_path / "part.ts", [k / 10 for k in range(20)], [picture] * 20).read_bytes()
    (tmp_path / "grows.ts").write_bytes(data)
    with pytest.raises(VideoError, match="640x480 is too large"):
        check_video(tmp_path / "grows.ts", VideoLimits(max_pixels=100_000))


def test_what_is_no_video_is_refused_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("hello " * 1000)
    sound_only(tmp_path / "sound.wav").rename(tmp_path / "sound.mp4")
    for name, words in (
        ("empty", "0 bytes"),
        ("text", "not a video"),
        ("sound", "no picture"),
        ("none", "no such file"),
    ):
        with pytest.raises(VideoError, match=words):
            check_video(tmp_path / f"{name}.mp4")


def test_a_video_whose_copy_was_cut_off_is_refused(clip: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.mp4"
    part.write_bytes(clip.read_bytes())
    with pytest.raises(VideoError, match="is cut off"):
        check_video(cut_off(part, 0.5))
