from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from posecheck.video.folder import VIDEO_SUFFIXES, look_through
from posecheck.video.reader import probe_video

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN = {
    ".mts": ("mpegts", "libx264"),
    ".m2ts": ("mpegts", "libx264"),
    ".ts": ("mpegts", "libx264"),
    ".wmv": ("asf", "wmv2"),
    ".asf": ("asf", "wmv2"),
    ".mpg": ("mpeg", "mpeg2video"),
    ".mpeg": ("mpeg", "mpeg1video"),
    ".vob": ("vob", "mpeg2video"),
    ".mod": ("mpeg", "mpeg2video"),
    ".m2v": ("mpeg2video", "mpeg2video"),
    ".flv": ("flv", "flv1"),
    ".f4v": ("mp4", "libx264"),
    ".mxf": ("mxf", "mpeg2video"),
    ".3gp": ("3gp", "libx264"),
    ".3g2": ("3g2", "mpeg4"),
    ".qt": ("mov", "mjpeg"),
    ".insv": ("mp4", "libx264"),
    ".h264": ("h264", "libx264"),
    ".dv": ("dv", "dvvideo"),
}
"""What such files hold: container and codec, as FFmpeg calls them."""


def folder_of(tmp_path: Path, *names: str, content: bytes = b"video") -> Path:
    for name in names:
        (tmp_path / name).write_bytes(content)
    return tmp_path


def found(folder: Path) -> list[str]:
    return [path.name for path in look_through(folder).videos]


@pytest.mark.parametrize("suffix", VIDEO_SUFFIXES)
def test_every_ending_is_found_in_small_and_large_letters(tmp_path: Path, suffix: str) -> None:
    names = [f"a{suffix}", f"b{suffix.upper()}", f"c{suffix.capitalize()}"]
    assert found(folder_of(tmp_path, *names)) == names


@pytest.mark.parametrize(
    "name",
    ["._lunge.mp4", ".DS_Store", ".lunge.mp4", "Thumbs.db", "THUMBS.DB", "desktop.ini", "~$notes.docx", ".nomedia"],
)
def test_what_systems_and_programs_put_there_is_passed_over_without_a_word(tmp_path: Path, name: str) -> None:
    contents = look_through(folder_of(tmp_path, "lunge.mp4", name))
    assert [path.name for path in contents.videos] == ["lunge.mp4"]
    assert contents.left_out_words == ()


def test_what_is_no_video_is_named_and_many_are_counted(tmp_path: Path) -> None:
    folder_of(tmp_path, "a.mp4", "notes.txt")
    assert look_through(tmp_path).left_out_words == ("One file is no video and was left out: notes.txt.",)
    folder_of(tmp_path, *(f"photo{number}.jpg" for number in range(7)))
    (words,) = look_through(tmp_path).left_out_words
    assert words.startswith("8 files are no videos and were left out: notes.txt, photo0.jpg, photo1.jpg")
    assert words.endswith("photo3.jpg and 3 more.")


@pytest.mark.parametrize(
    "name",
    [
        "lunge.mp4.crdownload",
        "lunge.mp4.part",
        "lunge.mov.download",
        "lunge.mp4~",
        "Lunge.MP4.PARTIAL",
        "lunge.mp4.tmp",
    ],
)
def test_a_video_that_is_still_on_its_way_is_left_out_and_said(tmp_path: Path, name: str) -> None:
    contents = look_through(folder_of(tmp_path, name))
    assert contents.videos == ()
    assert contents.left_out_words == (f"One video is not completely downloaded or copied and was left out: {name}.",)


def test_an_empty_video_is_left_out_and_said(tmp_path: Path) -> None:
    contents = look_through(folder_of(tmp_path, "lunge.mp4", content=b""))
    assert contents.videos == ()
    assert contents.left_out_words[0].startswith("One video is empty (0 bytes) and was left out: lunge.mp4. Copy")


def test_a_video_that_is_still_in_the_cloud_is_said_by_the_name_that_is_shown(tmp_path: Path) -> None:
    (words,) = look_through(folder_of(tmp_path, ".lunge.mp4.icloud", ".notes.txt.icloud")).left_out_words
    assert words == "One video is still in iCloud and was left out: lunge.mp4. Download it first."


def test_folders_are_not_looked_into_and_said_where_they_hold_videos(tmp_path: Path) -> None:
    for name in ("before", "after", "papers", "strange.mp4", "toe-touch"):
        (tmp_path / name).mkdir()
    folder_of(tmp_path / "before", "lunge.mp4")
    folder_of(tmp_path / "after", "lunge.mp4")
    folder_of(tmp_path / "papers", "notes.txt")
    folder_of(tmp_path / "toe-touch", "trial.json", "annotated.mp4")  # a result
    contents = look_through(tmp_path)
    assert contents.videos == ()
    assert contents.left_out_words == (
        "2 folders in it hold videos and were not looked into: after, before. Move them out of them.",
    )


@pytest.mark.parametrize("suffix", WRITTEN)
def test_what_is_found_can_be_read(tmp_path: Path, suffix: str) -> None:
    kind, codec = WRITTEN[suffix]
    clip = tmp_path / f"clip{suffix}"
    with av.open(str(clip), "w", format=kind) as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 720, 576, "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for shade in range(6):
            picture = np.full((576, 720, 3), 40 * shade, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    assert found(tmp_path) == [clip.name]
    assert probe_video(clip).height_px == 576
