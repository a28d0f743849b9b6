"""Pictures of several shapes in one recording: none is squeezed, and a person keeps one size."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import pytest
from numbered_videos import read, write_video

from posecheck.video.reader import VideoOptions, open_video, probe_video
from posecheck.video.shape import Canvas

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from posecheck.video.frame import Frame

HALF_S = [n / 25 for n in range(12)]


def disc(width_px: int, height_px: int, radius: float = 0.3) -> NDArray[np.uint8]:
    """A white disc on grey; its radius is a share of the shorter side."""
    image = np.full((height_px, width_px, 3), 90, np.uint8)
    shorter = min(width_px, height_px)
    return cv2.circle(image, (width_px // 2, height_px // 2), round(radius * shorter), (255, 255, 255), -1)


def disc_px(frame: Frame) -> tuple[int, int]:
    """Width and height of the disc in a delivered picture."""
    white = frame.image_rgb[..., 1] > 180
    return int(white.any(axis=0).sum()), int(white.any(axis=1).sum())


def joined(folder: Path, *sizes: tuple[int, int], name: str = "joined.ts", codec: str = "libx264") -> Path:
    """Half a second in each size, one after another in one file."""
    path = folder / name
    data = b""
    for number, (width_px, height_px) in enumerate(sizes):
        part = folder / f"{number}{path.suffix}"
        write_video(
            part,
            HALF_S,
            size_px=(width_px, height_px),
            codec=codec,
            picture=disc(width_px, height_px),
            tick_s=Fraction(1, 25),
            options={"x265-params": "log-level=none"} if codec == "libx265" else {},
        )
        data += part.read_bytes()
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "sizes",
    [
        ((320, 240), (640, 360)),
        ((640, 360), (320, 240)),
        ((320, 180), (640, 360)),
        ((360, 640), (640, 360)),
        ((640, 360), (360, 640), (320, 240)),
    ],
)
def test_each_picture_keeps_its_proportions_in_one_common_scale(
    tmp_path: Path, sizes: tuple[tuple[int, int], ...]
) -> None:
    path = joined(tmp_path, *sizes)
    info = probe_video(path)
    with open_video(path) as reader:
        frames = list(reader)
    assert len(frames) == 12 * len(sizes)
    assert {frame.image_rgb.shape for frame in frames} == {(info.height_px, info.width_px, 3)}
    shorter_px = max(min(size) for size in sizes)
    for frame in frames:
        assert disc_px(frame) == pytest.approx((0.6 * shorter_px, 0.6 * shorter_px), abs=0.02 * shorter_px)
    assert info.joined
    changes = "{}x{}, then {}x{} from 0.5 s on".format(*sizes[0], *sizes[1])
    assert f"The picture changes its size: {changes}" in " ".join(reader.warnings)


def test_a_recording_that_grows_is_measured_in_full_size(tmp_path: Path) -> None:
    info = probe_video(joined(tmp_path, (160, 90), (640, 360)))
    assert (info.width_px, info.height_px) == (640, 360)
    assert info.frame_estimate == 24


def test_around_a_smaller_shape_the_canvas_is_black_and_said_to_be_no_picture(tmp_path: Path) -> None:
    frames = read(joined(tmp_path, (320, 240), (640, 360)))
    assert frames[0].inside_px == (80, 0, 560, 360)
    assert frames[0].image_rgb[:, :78].max() < 5
    assert frames[0].image_rgb[:, 84:556].min() > 60
    assert frames[-1].inside_px is None


def test_a_change_at_the_very_last_picture_is_seen(tmp_path: Path) -> None:
    path = joined(tmp_path, (320, 180))
    last = write_video(tmp_path / "last.ts", [0.0], size_px=(180, 320), picture=disc(180, 320))
    path.write_bytes(path.read_bytes() + last.read_bytes())
    frames = read(path)
    assert len(frames) == 13
    assert [frame.inside_px for frame in frames[-2:]] == [(0, 70, 320, 250), (70, 0, 250, 320)]
    assert {disc_px(frame) for frame in frames} <= {(n, m) for n in range(106, 112) for m in range(106, 112)}


@pytest.mark.parametrize(
    ("ending", "codec"),
    [
        ("webm", "libvpx"),
        ("webm", "libvpx-vp9"),
        ("mkv", "libsvtav1"),
        ("ts", "libx265"),
        ("ts", "mpeg2video"),
        ("h264", "libx264"),
        ("mkv", "libx264"),
    ],
)
def test_a_picture_that_grows_is_known_ahead_in_every_codec(tmp_path: Path, ending: str, codec: str) -> None:
    path = joined(tmp_path, (160, 120), (640, 360), name=f"grows.{ending}", codec=codec)
    frames = read(path)
    assert {frame.image_rgb.shape for frame in frames} == {(360, 640, 3)}
    assert disc_px(frames[3]) == pytest.approx((216, 216), abs=8)
    assert disc_px(frames[-1]) == pytest.approx((216, 216), abs=8)


def test_an_mp4_with_two_sample_descriptions_or_sizes_in_its_pictures(tmp_path: Path) -> None:
    """As remuxing a transport stream makes it: the header tells of the first size only."""
    source = joined(tmp_path, (320, 240), (640, 360))
    path = tmp_path / "remuxed.mp4"
    with av.open(str(source)) as whole, av.open(str(path), "w") as container:
        stream = container.add_stream_from_template(whole.streams.video[0])
        for number, packet in enumerate(packet for packet in whole.demux(video=0) if packet.size):
            packet.pts = packet.dts = number * 3600
            packet.stream = stream
            container.mux(packet)
    info = probe_video(path)
    assert (info.width_px, info.height_px) == (640, 360)
    assert disc_px(read(path)[2]) == pytest.approx((216, 216), abs=8)


def test_pixels_that_become_oblong_in_the_middle_stay_true(tmp_path: Path) -> None:
    """Digital television changes between 4:3 and 16:9 without another number of pixels."""
    square = write_video(tmp_path / "a.ts", HALF_S, size_px=(320, 240), picture=disc(320, 240))
    oblong = cv2.resize(disc(480, 240), (320, 240), interpolation=cv2.INTER_AREA)
    wide = write_video(
        tmp_path / "b.ts", HALF_S, size_px=(320, 240), picture=oblong.astype(np.uint8), pixel_aspect=Fraction(3, 2)
    )
    path = tmp_path / "both.ts"
    path.write_bytes(square.read_bytes() + wide.read_bytes())
    frames = read(path)
    assert {frame.image_rgb.shape for frame in frames} == {(240, 480, 3)}
    for frame in (frames[2], frames[15]):
        assert disc_px(frame) == pytest.approx((144, 144), abs=6)


def test_a_size_that_no_one_announced_is_made_smaller_rather_than_squeezed() -> None:
    canvas = Canvas.of([(640, 360)], 1920)
    assert canvas.size_of((360, 640)) == (202, 360)
    assert canvas.size_of((1280, 720)) == (640, 360)


def test_the_longer_side_of_the_common_canvas_is_limited() -> None:
    canvas = Canvas.of([(1080, 1920), (1920, 1080)], 960)
    assert (canvas.width_px, canvas.height_px) == (960, 960)
    assert canvas.size_of((1080, 1920)) == (540, 960)


def test_one_shape_gives_no_border_whatever_the_rounding() -> None:
    for width in range(90, 130):
        canvas = Canvas.of([(width * 1.0926, 67)], 100)
        assert canvas.size_of((width * 1.0926, 67)) == (canvas.width_px, canvas.height_px)


def test_a_turned_file_with_two_shapes_is_upright_in_both(tmp_path: Path) -> None:
    source = joined(tmp_path, (240, 320), (360, 640))
    path = tmp_path / "phone.mp4"
    with av.open(str(source)) as whole, av.open(str(path), "w") as container:
        stream = container.add_stream_from_template(whole.streams.video[0])
        for number, packet in enumerate(packet for packet in whole.demux(video=0) if packet.size):
            packet.pts = packet.dts = number * 3600
            packet.stream = stream
            container.mux(packet)
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 44
    data[start : start + 36] = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    info = probe_video(path, VideoOptions())
    assert (info.width_px, info.height_px, info.rotation_deg) == (640, 360, 90)
    assert disc_px(read(path)[3]) == pytest.approx((216, 216), abs=8)
