from __future__ import annotations

import contextlib
import gc
import hashlib
import math
import struct
import threading
import wave
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from numbered_videos import BLUE, GREEN, RED, WHITE, bars, four_corners, read, read_bars, write_video

from posecheck.errors import StorageError, VideoError
from posecheck.video.reader import VideoOptions, iter_video, open_video, probe_video, sha256_of
from posecheck.video.shape import View
from posecheck.video.sink import VideoSink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

CLOCKWISE_90 = (0, 1, -1, 0)  # what a phone held upright writes: (x, y) goes to (a x + c y, b x + d y)
CLOCKWISE_180 = (-1, 0, 0, -1)
CLOCKWISE_270 = (0, -1, 1, 0)
MIRROR = (-1, 0, 0, 1)


def turn(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Write a display matrix into the track header of an MP4 (ISO/IEC 14496-12, 8.3.2, version 0)."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 44
    a, b, c, d = (value << 16 for value in matrix)
    data[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


def cut(path: Path, part: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    return path


def corners(image: NDArray[np.uint8]) -> list[tuple[int, ...]]:
    """Colours in the middle of the quarters, rounded to full or none: compression shifts them."""
    height_px, width_px = image.shape[:2]
    return [
        tuple(int(v > 127) * 255 for v in image[y * height_px // 4, x * width_px // 4]) for y in (1, 3) for x in (1, 3)
    ]


@contextlib.contextmanager
def no_new_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


STEADY_S = [n / 25 for n in range(50)]
UNEVEN_S = [0.0, 0.03, 0.1, 0.101, 0.2, 0.5, 0.51, 0.52, 0.53, 0.9]


# Times


@pytest.mark.parametrize("name", ["uneven.mp4", "uneven.mov", "uneven.mkv", "uneven.ts"])
def test_times_of_a_variable_rate_are_the_containers(tmp_path: Path, name: str) -> None:
    frames = read(write_video(tmp_path / name, UNEVEN_S))
    assert [frame.time_s for frame in frames] == pytest.approx(UNEVEN_S, abs=1e-4)
    assert [read_bars(frame.image_rgb) for frame in frames] == list(range(10))
    assert [frame.index for frame in frames] == list(range(10))


@pytest.mark.parametrize("name", ["late.mp4", "late.mkv", "late.flv"])
def test_a_stream_that_starts_late_starts_at_zero(tmp_path: Path, name: str) -> None:
    path = write_video(tmp_path / name, [5 + time_s for time_s in UNEVEN_S], options={"bf": "0"})
    assert [frame.time_s for frame in read(path)] == pytest.approx(UNEVEN_S, abs=1e-3)
    assert probe_video(path).duration_s == pytest.approx(0.93, abs=0.05)


def trim_start(source: Path, path: Path, trimmed_s: float) -> Path:
    """Copy packets with their times moved back: the MP4 writer makes an edit list that hides those before zero."""
    with av.open(str(source)) as whole, av.open(str(path), "w") as container:
        stream = container.add_stream_from_template(whole.streams.video[0])
        for packet in whole.demux(video=0):
            if packet.dts is not None and packet.pts is not None and packet.time_base is not None:
                packet.pts -= int(trimmed_s / packet.time_base)
                packet.dts -= int(trimmed_s / packet.time_base)
                packet.stream = stream
                container.mux(packet)
    return path


def test_an_edit_list_that_trims_the_start_is_honoured(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "whole.mp4", STEADY_S)
    trimmed = trim_start(whole, tmp_path / "trimmed.mp4", 0.4)
    assert b"elst" in trimmed.read_bytes()
    frames = read(trimmed)
    assert [read_bars(frame.image_rgb) for frame in frames] == list(range(10, 50))
    assert [frame.time_s for frame in frames] == pytest.approx(STEADY_S[:40], abs=1e-3)
    assert probe_video(trimmed).duration_s == pytest.approx(1.6, abs=0.01)


def test_an_edit_list_that_starts_between_frames_keeps_their_distance(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "whole.mp4", STEADY_S)
    frames = read(trim_start(whole, tmp_path / "trimmed.mp4", 0.425))
    assert np.diff([frame.time_s for frame in frames]) == pytest.approx(0.04, abs=1e-3)
    assert [read_bars(frame.image_rgb) for frame in frames] == list(range(11, 50))
    assert 0 <= frames[0].time_s < 0.04


def test_a_raw_stream_without_times_is_counted_with_a_warning(tmp_path: Path) -> None:
    path = write_video(tmp_path / "raw.h264", [n / 30 for n in range(20)], tick_s=Fraction(1, 30))
    with open_video(path) as reader:
        times_s = [frame.time_s for frame in reader]
    assert times_s == pytest.approx([n / 30 for n in range(20)], abs=1e-6)
    assert reader.warnings == (
        "The file gives no times: 30 pictures a second were assumed. If it was filmed at another rate, times and speeds "
        "are wrong, but angles are not.",
    )


def test_avi_with_reordered_frames_keeps_every_frame_in_order(tmp_path: Path) -> None:
    path = write_video(tmp_path / "old.avi", [n / 30 for n in range(30)], tick_s=Fraction(1, 30))
    frames = read(path)
    assert [read_bars(frame.image_rgb) for frame in frames] == list(range(30))
    assert [frame.time_s for frame in frames] == pytest.approx([n / 30 for n in range(30)])


def test_frames_whose_time_repeats_are_left_out(tmp_path: Path) -> None:
    path = write_video(tmp_path / "raw.mkv", STEADY_S[:10], options={"bf": "0"})
    with av.open(str(path)) as whole, av.open(str(tmp_path / "twice.mkv"), "w") as container:
        stream = container.add_stream_from_template(whole.streams.video[0])
        for packet in whole.demux(video=0):
            if packet.pts is not None:
                packet.pts = packet.dts = min(packet.pts, 280)
                packet.stream = stream
                container.mux(packet)
    with open_video(tmp_path / "twice.mkv") as reader:
        times_s = [frame.time_s for frame in reader]
    assert times_s == pytest.approx(STEADY_S[:8])
    assert reader.warnings == (
        "2 of 10 pictures have the same time as another one and were left out, so fewer pictures a second were measured.",
    )


# Picture


@pytest.mark.parametrize(
    ("matrix", "expected", "rotation_deg"),
    [
        (CLOCKWISE_90, [BLUE, RED, WHITE, GREEN], 90),
        (CLOCKWISE_180, [WHITE, BLUE, GREEN, RED], 180),
        (CLOCKWISE_270, [GREEN, WHITE, RED, BLUE], 270),
    ],
)
def test_rotation_metadata_gives_upright_frames(
    tmp_path: Path, matrix: tuple[int, int, int, int], expected: list[tuple[int, ...]], rotation_deg: int
) -> None:
    path = turn(write_video(tmp_path / "phone.mp4", STEADY_S[:3], picture=four_corners(128, 64)), matrix)
    info, frame = probe_video(path), read(path)[0]
    assert corners(frame.image_rgb) == expected
    assert info.rotation_deg == rotation_deg
    assert frame.image_rgb.shape == (info.height_px, info.width_px, 3)
    assert (info.width_px > info.height_px) == (rotation_deg == 180)


def test_a_mirror_in_the_metadata_is_undone(tmp_path: Path) -> None:
    path = turn(write_video(tmp_path / "selfie.mp4", STEADY_S[:3], picture=four_corners(128, 64)), MIRROR)
    assert corners(read(path)[0].image_rgb) == [GREEN, RED, WHITE, BLUE]


def test_mirror_option_flips_the_upright_picture(tmp_path: Path) -> None:
    path = write_video(tmp_path / "mirror.mp4", STEADY_S[:3], picture=four_corners(128, 64))
    assert corners(read(path)[0].image_rgb) == [RED, GREEN, BLUE, WHITE]
    assert corners(read(path, mirror=True)[0].image_rgb) == [GREEN, RED, WHITE, BLUE]
    turn(path, CLOCKWISE_90)
    assert corners(read(path, mirror=True)[0].image_rgb) == [RED, BLUE, GREEN, WHITE]


@pytest.mark.parametrize(
    ("rotate_deg", "expected"),
    [
        (None, [RED, GREEN, BLUE, WHITE]),
        (0, [RED, GREEN, BLUE, WHITE]),
        (90, [BLUE, RED, WHITE, GREEN]),
        (180, [WHITE, BLUE, GREEN, RED]),
        (270, [GREEN, WHITE, RED, BLUE]),
    ],
)
def test_rotate_turns_the_picture_clockwise(
    tmp_path: Path, rotate_deg: int | None, expected: list[tuple[int, ...]]
) -> None:
    path = write_video(tmp_path / "on-its-side.mp4", STEADY_S[:3], picture=four_corners(128, 64))
    info, frame = probe_video(path, VideoOptions(rotate_deg=rotate_deg)), read(path, rotate_deg=rotate_deg)[0]
    assert corners(frame.image_rgb) == expected
    assert frame.image_rgb.shape == (info.height_px, info.width_px, 3)
    assert info.rotation_deg == 0  # the file itself asked for none


def test_rotate_comes_after_the_turn_of_the_file_and_before_the_mirror(tmp_path: Path) -> None:
    path = turn(write_video(tmp_path / "phone.mp4", STEADY_S[:3], picture=four_corners(128, 64)), CLOCKWISE_90)
    assert corners(read(path, rotate_deg=90)[0].image_rgb) == [WHITE, BLUE, GREEN, RED]
    assert corners(read(path, rotate_deg=90, mirror=True)[0].image_rgb) == [BLUE, WHITE, RED, GREEN]


def test_only_quarter_turns_can_be_asked_for() -> None:
    with pytest.raises(ValueError, match="rotate_deg is 45, expected one of"):
        VideoOptions(rotate_deg=45)


@pytest.mark.parametrize("matrix", [None, CLOCKWISE_90])
@pytest.mark.parametrize("width_px", [98, 100, 126])
def test_pictures_are_contiguous_at_every_width(
    tmp_path: Path, width_px: int, matrix: tuple[int, int, int, int] | None
) -> None:
    path = write_video(tmp_path / "odd.mp4", STEADY_S[:2], size_px=(width_px, 66))
    if matrix:
        turn(path, matrix)
    image = read(path)[0].image_rgb
    assert image.flags.c_contiguous
    assert not image.flags.writeable
    assert sorted(image.shape[:2]) == [66, width_px]


def test_odd_sizes_are_delivered_whole(tmp_path: Path) -> None:
    path = write_video(tmp_path / "odd.mkv", STEADY_S[:2], size_px=(99, 67), codec="ffv1", pixel_format="bgr0")
    image = read(path)[0].image_rgb
    assert image.shape == (67, 99, 3)
    assert image.flags.c_contiguous


def test_oblong_pixels_are_made_square(tmp_path: Path) -> None:
    path = write_video(tmp_path / "wide.mp4", STEADY_S[:2], pixel_aspect=Fraction(3, 2))
    assert read(path)[0].image_rgb.shape == (64, 192, 3)


def test_a_huge_picture_is_scaled_down(tmp_path: Path) -> None:
    huge = np.zeros((6000, 8000, 3), np.uint8)
    huge[:3000] = 255
    path = write_video(
        tmp_path / "huge.mkv", [0.0], size_px=(8000, 6000), codec="mjpeg", pixel_format="yuvj420p", picture=huge
    )
    info, frame = probe_video(path), read(path)[0]
    assert (info.width_px, info.height_px) == (1920, 1440)
    assert frame.image_rgb.shape == (1440, 1920, 3)
    assert frame.image_rgb[300, 900].min() > 250
    assert frame.image_rgb[1200, 900].max() < 5


def test_max_side_holds_for_an_upright_phone(tmp_path: Path) -> None:
    path = turn(write_video(tmp_path / "phone.mp4", STEADY_S[:2], size_px=(320, 180)), CLOCKWISE_90)
    assert read(path, max_side_px=160)[0].image_rgb.shape == (160, 90, 3)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("ten_bit.mp4", "libx264", "yuv420p10le"),
        ("hevc.mp4", "libx265", "yuv420p"),
        ("hevc10.mov", "libx265", "yuv420p10le"),
        ("vp9.webm", "libvpx-vp9", "yuv420p"),
        ("av1.mp4", "libsvtav1", "yuv420p"),
        ("av1.webm", "libsvtav1", "yuv420p10le"),
        ("motion_jpeg.avi", "mjpeg", "yuvj420p"),
        ("mpeg4.avi", "mpeg4", "yuv420p"),
    ],
)
def test_common_codecs_and_depths_are_read(tmp_path: Path, name: str, codec: str, pixel_format: str) -> None:
    options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    picture = four_corners(128, 64)
    path = write_video(
        tmp_path / name,
        [n / 25 for n in range(8)],
        codec=codec,
        pixel_format=pixel_format,
        picture=picture,
        tick_s=Fraction(1, 25),
        options=options,
    )
    info, frames = probe_video(path), read(path)
    assert [frame.time_s for frame in frames] == pytest.approx([n / 25 for n in range(8)], abs=1e-3)
    assert corners(frames[-1].image_rgb) == [RED, GREEN, BLUE, WHITE]
    assert info.pixel_format == pixel_format


# Choice of frames


@pytest.mark.parametrize("name", ["part.mp4", "part.mkv", "part.ts"])
@pytest.mark.parametrize(("start_s", "end_s"), [(0.0, 0.5), (1.5, None), (2.2, 2.6), (3.96, None)])
def test_start_and_end_choose_frames_without_moving_their_times(
    tmp_path: Path, name: str, start_s: float, end_s: float | None
) -> None:
    times_s = [n / 25 for n in range(100)]
    path = write_video(tmp_path / name, times_s, tick_s=Fraction(1, 25), options={"g": "30"})
    whole = {frame.time_s: read_bars(frame.image_rgb) for frame in read(path)}
    with open_video(path, VideoOptions(start_s=start_s, end_s=end_s)) as reader:
        part = {frame.time_s: read_bars(frame.image_rgb) for frame in reader}
    assert reader.warnings == ()
    assert part == {t: n for t, n in whole.items() if start_s <= t <= (math.inf if end_s is None else end_s)}
    assert part


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"start_s": 1.0, "end_s": 0.5}, "is not after the start"),
        ({"start_s": -1.0}, "before the video"),
        ({"start_s": 9.0}, "lasts 2.0 s"),
        ({"end_s": 60.0}, "lasts 2.0 s"),
        ({"start_s": 1.001, "end_s": 1.002}, "no frame from 1.001 s to 1.002 s"),
    ],
)
def test_impossible_start_and_end_are_refused_in_words(tmp_path: Path, options: dict[str, float], words: str) -> None:
    path = write_video(tmp_path / "short.mp4", STEADY_S)
    with pytest.raises(VideoError, match=words):
        read(path, **options)


@pytest.mark.parametrize(("fps", "stride"), [(30, 1), (60, 1), (120, 2), (240, 4)])
def test_automatic_stride_keeps_under_sixty_a_second(tmp_path: Path, fps: int, stride: int) -> None:
    path = write_video(tmp_path / "slow.mp4", [n / fps for n in range(48)], tick_s=Fraction(1, fps))
    info, frames = probe_video(path), read(path)
    assert info.average_fps == pytest.approx(fps, rel=0.01)
    assert info.stride == stride
    assert [read_bars(frame.image_rgb) for frame in frames] == list(range(0, 48, stride))
    assert [frame.time_s for frame in frames] == pytest.approx([n / fps for n in range(0, 48, stride)], abs=1e-4)
    assert info.frame_estimate == pytest.approx(len(frames), abs=2)  # the stated length of the last frame varies


def test_the_rate_of_a_long_video_with_reordered_frames_is_exact(tmp_path: Path) -> None:
    path = write_video(tmp_path / "long.mp4", [n / 30 for n in range(200)], tick_s=Fraction(1, 30))
    assert probe_video(path).average_fps == pytest.approx(30)


def test_a_given_stride_wins(tmp_path: Path) -> None:
    path = write_video(tmp_path / "slow.mp4", STEADY_S)
    assert [read_bars(frame.image_rgb) for frame in read(path, stride=7)] == list(range(0, 50, 7))


def test_a_slow_movement_spares_every_second_picture_but_none_that_was_asked_for(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [n / 30 for n in range(12)], tick_s=Fraction(1, 30))
    assert [frame.to_spare for frame in read(path)] == [False, True] * 5 + [False, False]
    assert not any(frame.to_spare for frame in read(path, stride=1))
    assert not any(frame.to_spare for frame in read(path, stride=2))


def test_a_picture_to_spare_gets_its_colours_only_when_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_video(tmp_path / "a.mp4", [n / 30 for n in range(12)], tick_s=Fraction(1, 30))
    render, made = View.render, []
    monkeypatch.setattr(View, "render", lambda *args: made.append(render(*args)) or made[-1])
    frames = read(path)
    assert [frame.size_px for frame in frames] == [frames[0].size_px] * 12
    assert len(made) == sum(not frame.to_spare for frame in frames) == 7
    assert [read_bars(frame.image_rgb) for frame in frames] == list(range(12))
    assert frames[1].image_rgb is frames[1].image_rgb
    assert len(made) == 12
    with open_video(path, to_draw=True) as reader:
        assert not any(frame.to_spare for frame in reader)


@pytest.mark.parametrize("options", [{"stride": 0}, {"max_side_px": 1}])
def test_senseless_options_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="expected"):
        VideoOptions(**options)  # type: ignore[arg-type]


# Bad input


def test_a_missing_file_a_folder_and_an_empty_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    for name, words in [("missing.mp4", "no such file"), ("", "is a folder"), ("empty.mp4", "is empty")]:
        with pytest.raises(VideoError, match=words) as caught:
            open_video(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)


@pytest.mark.parametrize("name", ["notes.txt", "notes.mp4"])
def test_text_is_not_a_video(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("hip flexion 112 degrees\n" * 50)
    with pytest.raises(VideoError, match="not a video"):
        open_video(tmp_path / name)


def test_a_playlist_of_other_files_is_not_opened(tmp_path: Path) -> None:
    write_video(tmp_path / "part.ts", STEADY_S)
    (tmp_path / "list.mp4").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\npart.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(VideoError, match="not a video"):
        open_video(tmp_path / "list.mp4")


def test_a_photo_is_not_a_video(tmp_path: Path) -> None:
    frame = av.VideoFrame.from_ndarray(four_corners(64, 64), format="rgb24")
    frame.save(str(tmp_path / "photo.png"))
    with pytest.raises(VideoError, match="not a video"):
        open_video(tmp_path / "photo.png")


def test_sound_without_picture_is_named(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    with pytest.raises(VideoError, match="has sound but no picture"):
        open_video(tmp_path / "sound.wav")


def test_an_mp4_without_its_index_is_called_cut_off(tmp_path: Path) -> None:
    path = cut(write_video(tmp_path / "cut.mp4", STEADY_S), 0.6)
    with pytest.raises(VideoError, match=r"cut\.mp4: is cut off.*index"):
        open_video(path)


def test_a_video_without_one_decodable_picture_is_refused(tmp_path: Path) -> None:
    path = write_video(tmp_path / "noise.mp4", STEADY_S, movflags="+faststart")
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    path.write_bytes(data[:start])
    with pytest.raises(VideoError, match="no picture of its h264 video can be decoded"):
        open_video(path)


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mkv"])
def test_what_is_there_of_a_cut_file_is_used_with_a_warning(tmp_path: Path, name: str) -> None:
    times_s = [n / 25 for n in range(100)]
    path = cut(write_video(tmp_path / name, times_s, options={"g": "10"}, movflags="+faststart"), 0.7)
    with open_video(path) as reader:
        frames = list(reader)
    assert 5 < len(frames) < 90
    assert [frame.time_s for frame in frames] == pytest.approx([read_bars(f.image_rgb) / 25 for f in frames], abs=1e-3)
    assert any("cut off" in sentence for sentence in reader.warnings)


def test_damage_in_the_middle_is_left_out_with_a_warning(tmp_path: Path) -> None:
    path = write_video(tmp_path / "hurt.mp4", STEADY_S, options={"g": "10", "bf": "0"}, movflags="+faststart")
    data = bytearray(path.read_bytes())
    middle = (data.index(b"mdat") + len(data)) // 2
    data[middle : middle + 300] = bytes(300)
    path.write_bytes(data)
    with open_video(path) as reader:
        frames = list(reader)
    assert 20 < len(frames) < 50
    assert any("damaged" in sentence for sentence in reader.warnings)


def test_a_whole_file_gives_no_warning(tmp_path: Path) -> None:
    with open_video(write_video(tmp_path / "whole.mp4", STEADY_S)) as reader:
        assert len(list(reader)) == 50
    assert reader.warnings == ()


# The thread


def fail_while_reading(path: Path) -> None:
    with open_video(path) as reader:
        next(reader)
        raise RuntimeError("the consumer fails")


def test_no_thread_is_left_after_the_end_an_early_stop_or_an_error(tmp_path: Path) -> None:
    path = write_video(tmp_path / "long.mp4", STEADY_S)
    with no_new_threads():
        read(path)
        with open_video(path) as reader:
            next(reader)
        with open_video(path):
            pass
        for frame in iter_video(path):
            if frame.index == 2:
                break
        del frame
        with pytest.raises(VideoError):
            read(path, start_s=1.001, end_s=1.002)
        with pytest.raises(RuntimeError, match="the consumer fails"):
            fail_while_reading(path)


def test_a_closed_reader_gives_no_more_frames(tmp_path: Path) -> None:
    reader = open_video(write_video(tmp_path / "long.mp4", STEADY_S))
    next(reader)
    reader.close()
    reader.close()
    assert list(reader) == []


def test_an_error_of_the_thread_reaches_the_consumer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_video(tmp_path / "long.mp4", STEADY_S)

    def fail(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr("posecheck.video.shape.View.render", fail)
    with pytest.raises(MemoryError, match="no room"), no_new_threads():
        read(path)


def test_decoded_pictures_are_let_go_of_at_once(tmp_path: Path) -> None:
    """A phone's picture takes 12 MB, so that nothing may wait for the garbage collector."""
    path = turn(write_video(tmp_path / "long.mp4", [n / 25 for n in range(200)]), CLOCKWISE_90)
    gc.collect()
    gc.disable()
    try:
        with open_video(path) as reader:
            for frame in reader:
                if frame.index == 150:
                    kept = sum(isinstance(thing, av.VideoFrame) for thing in gc.get_objects())
    finally:
        gc.enable()
    assert kept < 40  # those in the decoder's threads, and the first


# Writing


def test_a_written_video_reads_back_with_its_times(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "out.mp4", 128, 64) as sink:
        for number, time_s in enumerate(UNEVEN_S):
            sink.write(bars(number, 128, 64), time_s + 3.7)
    info, frames = probe_video(tmp_path / "out.mp4"), read(tmp_path / "out.mp4")
    assert [frame.time_s for frame in frames] == pytest.approx(UNEVEN_S, abs=1e-4)
    assert [read_bars(frame.image_rgb) for frame in frames] == list(range(10))
    assert (info.codec, info.pixel_format) == ("h264", "yuv420p")
    assert info.duration_s == pytest.approx(0.9, abs=0.1)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_a_written_video_keeps_its_colours_and_starts_with_its_index(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "out.mp4", 64, 64) as sink:
        for number in range(3):
            sink.write(np.full((64, 64, 3), (180, 90, 40), np.uint8), number / 30)
    image = read(tmp_path / "out.mp4")[0].image_rgb
    assert image.reshape(-1, 3).mean(axis=0) == pytest.approx((180, 90, 40), abs=4)
    data = (tmp_path / "out.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_an_odd_last_row_and_column_are_left_out(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "out.mp4", 99, 67) as sink:
        sink.write(four_corners(99, 67), 0.0)
    assert read(tmp_path / "out.mp4")[0].image_rgb.shape == (66, 98, 3)


def fail_while_writing(path: Path) -> None:
    with VideoSink(path, 64, 64) as sink:
        sink.write(four_corners(64, 64), 0.0)
        raise RuntimeError("the drawing fails")


def test_an_error_while_writing_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the drawing fails"):
        fail_while_writing(tmp_path / "out.mp4")
    with pytest.raises(StorageError, match="no picture"), VideoSink(tmp_path / "out.mp4", 64, 64):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_picture_or_time_is_refused(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "out.mp4", 64, 64) as sink:
        sink.write(four_corners(64, 64), 1.0)
        with pytest.raises(ValueError, match="expected"):
            sink.write(four_corners(64, 32), 2.0)
        with pytest.raises(ValueError, match="not after"):
            sink.write(four_corners(64, 64), 1.0)


def test_writing_into_a_missing_folder_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"), VideoSink(tmp_path / "no" / "out.mp4", 64, 64):
        pass


def test_checksum_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "some.bin").write_bytes(b"posecheck" * 100_000)
    assert sha256_of(tmp_path / "some.bin") == hashlib.sha256(b"posecheck" * 100_000).hexdigest()
