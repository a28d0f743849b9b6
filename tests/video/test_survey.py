"""Clips joined byte by byte, clocks that jump, and what is told of a file before it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from numbered_videos import read, read_bars, write_video

from posecheck.video.container import open_picture_stream, read_packets
from posecheck.video.parameter_sets import size_rules
from posecheck.video.reader import open_video, probe_video
from posecheck.video.survey import survey_video

if TYPE_CHECKING:
    from pathlib import Path

TWO_S = [n / 25 for n in range(50)]


def joined(folder: Path, ending: str, *begins_s: float, movflags: str = "") -> Path:
    """Clips of two seconds, each with times from its own beginning on."""
    data, codec = b"", {"webm": "libvpx", "wmv": "wmv2"}.get(ending, "libx264")
    for number, begin_s in enumerate(begins_s):
        part = write_video(folder / f"{number}.{ending}", [begin_s + t for t in TWO_S], codec=codec, movflags=movflags)
        data += part.read_bytes()
    path = folder / f"joined.{ending}"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("ending", "clips"),
    [
        ("ts", 1),
        ("ts", 2),
        ("ts", 3),
        ("mkv", 2),
        ("mkv", 3),
        ("webm", 2),
        ("flv", 2),
        ("wmv", 2),
        ("mov", 2),
        ("h264", 1),
        ("h264", 3),
    ],
)
def test_all_clips_of_a_joined_file_are_read_on_one_clock(tmp_path: Path, ending: str, clips: int) -> None:
    path = joined(tmp_path, ending, *[0.0] * clips)
    frames = read(path)
    assert [read_bars(frame.image_rgb) for frame in frames] == list(range(50)) * clips
    if ending != "h264":  # a raw stream has no times
        assert np.diff([frame.time_s for frame in frames]) == pytest.approx(0.04, abs=2e-3)
    info = probe_video(path)
    assert info.frame_estimate == 50 * clips
    assert info.joined == (clips > 1 and ending != "h264")


def test_the_duration_is_that_of_all_clips_and_nothing_is_called_cut_off(tmp_path: Path) -> None:
    path = joined(tmp_path, "mkv", 0.0, 0.0)
    assert probe_video(path).duration_s == pytest.approx(4.0, abs=0.1)
    with open_video(path) as reader:
        list(reader)
    assert reader.warnings == (
        "The file holds 2 clips one after another, or its clock jumped: they were measured as one recording, without a "
        "pause between them.",
    )


@pytest.mark.parametrize("begin_s", [0.0, 0.5, 36_000.0])
def test_a_clock_that_jumps_goes_on(tmp_path: Path, begin_s: float) -> None:
    frames = read(joined(tmp_path, "ts", 0.0, begin_s))
    assert np.diff([frame.time_s for frame in frames]) == pytest.approx(0.04, abs=2e-3)
    assert len(frames) == 100


def test_a_part_of_a_joined_file_has_the_times_of_the_whole(tmp_path: Path) -> None:
    path = joined(tmp_path, "ts", 0.0, 0.0)
    whole = {frame.time_s: read_bars(frame.image_rgb) for frame in read(path)}
    part = {frame.time_s: read_bars(frame.image_rgb) for frame in read(path, start_s=2.5, end_s=3.0)}
    assert part == {time_s: number for time_s, number in whole.items() if 2.5 <= time_s <= 3.0}
    assert part


FRAGMENTS = "+frag_keyframe+empty_moov+default_base_moof"


@pytest.mark.parametrize("movflags", ["", FRAGMENTS], ids=["plain", "fragments"])
def test_all_mp4_videos_in_one_file_are_read(tmp_path: Path, movflags: str) -> None:
    """FFmpeg reads the first, and of a longer second one appends the last pictures to it."""
    longer = write_video(tmp_path / "longer.mp4", [n / 25 for n in range(70)], movflags=movflags)
    path = joined(tmp_path, "mp4", 0.0, movflags=movflags)
    path.write_bytes(path.read_bytes() + longer.read_bytes())
    frames = read(path)
    assert [read_bars(frame.image_rgb) for frame in frames] == [*range(50), *range(70)]
    assert np.diff([frame.time_s for frame in frames]) == pytest.approx(0.04, abs=2e-3)


def test_a_last_video_that_was_cut_off_is_said(tmp_path: Path) -> None:
    path = joined(tmp_path, "mp4", 0.0, 0.0)
    path.write_bytes(path.read_bytes()[:-1200])  # an MP4 has its index at the end
    with open_video(path) as reader:
        assert len(list(reader)) == 50
    assert reader.warnings == (
        "2 videos were put into this file, and 1 of them cannot be read: what is there of the others was used.",
    )


def test_settings_of_one_clip_are_not_used_for_another(tmp_path: Path) -> None:
    """In Matroska they stand in the header alone: pictures of the second clip would be grey, or another's."""
    path = joined(tmp_path, "mkv", 0.0)
    other = write_video(tmp_path / "other.mkv", TWO_S, options={"coder": "vlc", "refs": "1", "bf": "0"})
    path.write_bytes(path.read_bytes() + other.read_bytes())
    with open_video(path) as reader:
        assert [read_bars(frame.image_rgb) for frame in reader] == [*range(50), *range(50)]
    assert "damaged" not in " ".join(reader.warnings)


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "avi", "mov"])
def test_an_ordinary_file_is_one_clip_of_one_size_read_to_its_end(tmp_path: Path, ending: str) -> None:
    survey = survey_video(joined(tmp_path, ending, 0.0))
    assert (survey.clips, survey.sizes_px, survey.parts, survey.unread) == (1, ((128, 64),), (None,), 0)
    assert (
        survey.mean_fps == pytest.approx(25, rel=0.01) or ending == "avi"
    )  # which was written with 1000 ticks a second
    assert len(survey.times_s) == 50
    assert survey.notes() == ()


def test_a_duration_that_the_file_does_not_state_is_counted(tmp_path: Path) -> None:
    path = joined(tmp_path, "h264", 0.0)
    assert probe_video(path).duration_s == pytest.approx(
        50 / 25, abs=0.4
    )  # without times 25 or 30 a second are assumed


def test_the_rate_is_that_of_the_whole_recording(tmp_path: Path) -> None:
    times_s = [n / 240 for n in range(120)] + [0.5 + n / 30 for n in range(150)]
    path = write_video(tmp_path / "slow.mp4", times_s)
    info = probe_video(path)
    assert info.stride == 1
    assert info.average_fps == pytest.approx(270 / 5.5, rel=0.02)
    shown_s = np.array([frame.time_s for frame in read(path)])
    assert np.diff(shown_s[shown_s > 1.1]) == pytest.approx(1 / 30, abs=2e-3)
    assert info.frame_estimate == pytest.approx(len(shown_s), abs=5)


@pytest.mark.parametrize(
    ("ending", "codec"), [("mp4", "libx264"), ("ts", "libx264"), ("mp4", "libx265"), ("ts", "libx265")]
)
def test_size_rules_are_found_in_both_framings_and_change_with_the_size(
    tmp_path: Path, ending: str, codec: str
) -> None:
    def rules(width_px: int) -> set[tuple[bytes, ...]]:
        options = {"x265-params": "log-level=none:repeat-headers=1:keyint=10"} if codec == "libx265" else {"g": "10"}
        source = write_video(tmp_path / f"{width_px}.ts", TWO_S, size_px=(width_px, 64), codec=codec, options=options)
        path = tmp_path / f"copy{width_px}.{ending}"
        with av.open(str(source)) as whole, av.open(str(path), "w") as container:
            stream = container.add_stream_from_template(whole.streams.video[0])
            for packet in whole.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    container.mux(packet)
        with open_picture_stream(path) as (container, stream):
            packets = [packet for packet in read_packets(container, stream, []) if packet.is_keyframe]
            return {size_rules(packet, stream) for packet in packets} - {()}

    assert len(rules(128)) == 1
    assert rules(128) == rules(128)
    assert rules(128).isdisjoint(rules(96))
