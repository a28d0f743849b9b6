from __future__ import annotations

import base64
import threading
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from browser import chromium, page_of
from clips import write_pictures
from firefox import firefox

from posecheck import cores
from posecheck.language import language, language_set
from posecheck.output.draw.footage import Footage
from posecheck.output.draw.redrawing import redraw
from posecheck.video.parts import top_level_boxes
from posecheck.video.reader import VideoOptions, iter_video, open_video

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser

    from posecheck.video.frame import Frame

SECONDS = 20.0
UNEVEN_S = np.cumsum([0.0, *np.tile([0.1, 0.05, 0.15], 66)])
"""As phones write them: 19.8 s, with uneven steps."""
KEYS_EVERY = {"g": "25", "bf": "2"}
LEVEL_STEP = 16


@pytest.fixture(autouse=True)
def _all_cores_afterwards() -> Iterator[None]:
    yield
    cores.use_cores(cores.all_cores())


def level_at(time_s: float) -> int:
    """Grey of the picture at a time: another one each second."""
    return 40 + LEVEL_STEP * (int(time_s + 1e-6) % 11)


def long_video(path: Path, size_px: tuple[int, int] = (128, 96), options: Mapping[str, str] = KEYS_EVERY) -> Path:
    """Grey pictures that tell their second, a white column in the left half."""
    pictures = []
    for time_s in UNEVEN_S:
        picture = np.full((size_px[1], size_px[0], 3), level_at(time_s), np.uint8)
        picture[:, 8:24] = 235
        pictures.append(picture)
    return write_pictures(path, UNEVEN_S, pictures, options=options)


def as_it_is(frame: Frame) -> np.ndarray:
    return frame.image_rgb


class Drawer:
    """Draws nothing, and knows whether it was asked in one pass, which goes on in the thread of whoever wants the video."""

    def __init__(self) -> None:
        self.threads: set[threading.Thread] = set()

    def __call__(self, frame: Frame) -> np.ndarray:
        self.threads.add(threading.current_thread())
        return frame.image_rgb

    @property
    def in_one_pass(self) -> bool:
        return threading.current_thread() in self.threads


def pieces_of(footage: Footage) -> int:
    with open_video(footage.path, footage.options) as reader:
        return len(reader.pieces)


def in_one_pass(footage: Footage) -> list[tuple[float, np.ndarray]]:
    return [(frame.time_s, frame.image_rgb) for frame in iter_video(footage.path, footage.options)]


def assert_same_video(target: Path, footage: Footage) -> None:
    """As many pictures as one pass over the source gives, at their times, each with what is in it."""
    written, wanted = in_one_pass(Footage(target)), in_one_pass(footage)
    zero_s = wanted[0][0]
    assert [time_s for time_s, _ in written] == pytest.approx([time_s - zero_s for time_s, _ in wanted], abs=2e-5)
    for (_, picture), (_, source) in zip(written, wanted, strict=True):
        height_px, width_px = picture.shape[:2]
        assert np.abs(picture.astype(int) - source[:height_px, :width_px]).mean() < 4


@pytest.mark.parametrize(
    "options",
    [
        VideoOptions(),
        VideoOptions(mirror=True),
        VideoOptions(rotate_deg=90),
        VideoOptions(start_s=1.03, end_s=18.9),
        VideoOptions(stride=2),
        VideoOptions(stride=3, mirror=True),
    ],
)
def test_a_video_in_pieces_has_the_pictures_and_times_of_one_pass(tmp_path: Path, options: VideoOptions) -> None:
    footage = Footage(long_video(tmp_path / "a.mp4"), options)
    assert pieces_of(footage) == 2
    draw = Drawer()
    assert_same_video(redraw(footage, tmp_path / "b.mp4", draw), footage)
    assert not draw.in_one_pass


@pytest.mark.parametrize("name", ["a.mkv", "a.ts", "a.mov"])
def test_other_containers_and_odd_sizes_are_joined_too(tmp_path: Path, name: str) -> None:
    footage = Footage(long_video(tmp_path / name, (126, 94)), VideoOptions(max_side_px=85))
    draw = Drawer()
    assert_same_video(redraw(footage, tmp_path / "b.mp4", draw), footage)
    assert not draw.in_one_pass


def test_another_codec_and_a_video_that_cannot_be_cut(tmp_path: Path) -> None:
    avi = write_pictures(
        tmp_path / "a.avi", np.arange(300) / 15, [np.full((64, 64, 3), 90, np.uint8)] * 300, codec="mpeg4", options={}
    )
    assert pieces_of(Footage(avi)) == 1
    assert_same_video(redraw(Footage(avi), tmp_path / "b.mp4", as_it_is), Footage(avi))


def test_a_very_short_video(tmp_path: Path) -> None:
    short = Footage(write_pictures(tmp_path / "a.mp4", [0.0], [np.full((64, 64, 3), 90, np.uint8)]))
    assert_same_video(redraw(short, tmp_path / "b.mp4", as_it_is), short)


def test_the_file_is_the_same_whatever_the_number_of_cores(tmp_path: Path) -> None:
    footage = Footage(long_video(tmp_path / "a.mp4"))
    files = []
    for count in (1, 2, 8):
        cores.use_cores(count)
        files.append(redraw(footage, tmp_path / f"{count}.mp4", as_it_is).read_bytes())
    assert files[0] == files[1] == files[2]


def test_it_is_one_ordinary_file_that_starts_to_play_before_it_is_whole(tmp_path: Path) -> None:
    target = redraw(Footage(long_video(tmp_path / "a.mp4")), tmp_path / "b.mp4", as_it_is, comment="drawn")
    kinds = [kind for _, kind in top_level_boxes(target)]
    assert kinds.count(b"moov") == 1
    assert kinds.index(b"moov") < kinds.index(b"mdat")
    with av.open(str(target)) as container:
        assert container.metadata["comment"] == "drawn"
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert all(packet.pts == packet.dts for packet in packets)
    assert max(np.diff([k for k, packet in enumerate(packets) if packet.is_keyframe])) <= 30


def test_a_piece_that_cannot_be_read_from_its_beginning_leads_to_one_pass(tmp_path: Path) -> None:
    source = long_video(tmp_path / "a.mp4", options={"g": "25", "bf": "0"})
    with open_video(source) as reader:
        cut_s = reader.pieces[1].start_s
    with av.open(str(source)) as container:
        key = next(p for p in container.demux(video=0) if float(p.pts * p.time_base) == pytest.approx(cut_s, abs=1e-3))
        place, size = key.pos, key.size
    data = bytearray(source.read_bytes())
    data[place + 12 : place + size] = bytes(size - 12)  # its head, which tells that it is a key, stays
    source.write_bytes(data)
    draw = Drawer()
    assert_same_video(redraw(Footage(source), tmp_path / "b.mp4", draw), Footage(source))
    assert draw.in_one_pass


def test_progress_rises_to_all_pictures_on_the_thread_that_asked(tmp_path: Path) -> None:
    told: list[tuple[int, threading.Thread]] = []

    def tell(done: int, total: int | None) -> None:
        assert total == len(UNEVEN_S)
        told.append((done, threading.current_thread()))

    redraw(Footage(long_video(tmp_path / "a.mp4")), tmp_path / "b.mp4", as_it_is, progress=tell)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == len(UNEVEN_S)
    assert {thread for _, thread in told} == {threading.current_thread()}


def test_what_stops_it_leaves_nothing_behind(tmp_path: Path) -> None:
    source = long_video(tmp_path / "a.mp4")
    before = threading.active_count()
    drawn = threading.Event()

    def draw(frame: Frame) -> np.ndarray:
        if frame.time_s > 2:
            drawn.set()
        return frame.image_rgb

    def stop(_done: int, _total: int | None) -> None:
        if drawn.is_set():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        redraw(Footage(source), tmp_path / "b.mp4", draw, progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    assert threading.active_count() == before


def test_what_goes_wrong_while_drawing_is_raised(tmp_path: Path) -> None:
    def draw(frame: Frame) -> np.ndarray:
        if frame.time_s > 12:
            raise ZeroDivisionError
        return frame.image_rgb

    with pytest.raises(ZeroDivisionError):
        redraw(Footage(long_video(tmp_path / "a.mp4")), tmp_path / "b.mp4", draw)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_all_pieces_are_drawn_in_the_language_that_is_set(tmp_path: Path) -> None:
    spoken: set[tuple[str, str]] = set()

    def draw(frame: Frame) -> np.ndarray:
        spoken.add((threading.current_thread().name, language()))
        return frame.image_rgb

    with language_set("de"):
        redraw(Footage(long_video(tmp_path / "a.mp4")), tmp_path / "b.mp4", draw)
    assert {code for _, code in spoken} == {"de"}
    assert threading.current_thread().name not in {name for name, _ in spoken}


def levels_shown(browser: Browser, video: Path, times_s: list[float]) -> list[float]:
    """Grey in the middle of the picture that a browser shows at each of some times, in the order of asking."""
    address = "data:video/mp4;base64," + base64.b64encode(video.read_bytes()).decode()
    with page_of(browser, "http://127.0.0.1") as page:
        page.set_content("<video muted preload=auto></video>")
        page.evaluate("(src) => { document.querySelector('video').src = src; }", address)
        return page.evaluate(
            """async (times) => {
                const video = document.querySelector("video");
                if (video.readyState < 1) await new Promise((done, fail) => {
                    video.onloadedmetadata = done; video.onerror = () => fail(video.error.message); });
                const paper = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext("2d");
                const levels = [];
                for (const time of times) {
                    const seeked = new Promise((done) => { video.onseeked = done; });
                    video.currentTime = time;
                    await seeked;
                    paper.drawImage(video, 0, 0);
                    levels.push(paper.getImageData(80, 48, 1, 1).data[1]);
                }
                return levels;
            }""",
            times_s,
        )


def assert_plays(browser: Browser, folder: Path) -> None:
    footage = Footage(long_video(folder / "a.mp4"))
    with open_video(footage.path) as reader:
        cut_s = reader.pieces[1].start_s
    assert cut_s is not None
    target = redraw(footage, folder / "b.mp4", as_it_is)
    times_s = [0.02, 5.5, cut_s - 1.0, cut_s - 0.02, cut_s + 0.02, cut_s + 1.0, 18.5, 3.5]
    shown = [UNEVEN_S[time_s >= UNEVEN_S][-1] for time_s in times_s]
    assert levels_shown(browser, target, times_s) == pytest.approx([level_at(time_s) for time_s in shown], abs=6)


def test_chromium_plays_it_across_the_cut(tmp_path: Path) -> None:
    with chromium() as browser:
        assert_plays(browser, tmp_path)


def test_firefox_plays_it_across_the_cut(tmp_path: Path) -> None:
    with firefox() as browser:
        assert_plays(browser, tmp_path)


@pytest.mark.parametrize(
    ("codec", "pixel_format", "options"),
    [
        ("libx264", "yuv420p", {"crf": "10", "colorspace": "bt709"}),
        ("libx264", "yuvj420p", {"crf": "10"}),
        ("libx264", "yuv420p10le", {"crf": "10"}),
        ("mpeg4", "yuv420p", {"qmin": "1", "qmax": "2"}),
    ],
)
def test_a_picture_that_is_drawn_on_looks_like_the_measured_one(
    tmp_path: Path, codec: str, pixel_format: str, options: dict[str, str]
) -> None:
    rows, columns = np.mgrid[0:270, 0:480]
    picture = np.stack([columns // 2, rows * 9 // 10, 255 - columns // 2], axis=2).astype(np.uint8)
    picture[60:200, 100:300] = (230, 40, 30)
    how = {"codec": codec, "pixel_format": pixel_format, "options": options}
    video = write_pictures(tmp_path / "a.mkv", [0.0, 0.1], [picture] * 2, **how)
    smaller = VideoOptions(max_side_px=320, mirror=True)
    measured = next(iter_video(video, smaller)).image_rgb
    with open_video(video, smaller, to_draw=True) as reader:
        drawn = next(reader).image_rgb
    apart = np.abs(drawn.astype(int) - measured)
    assert drawn.shape == measured.shape
    assert apart.mean() < 2
    assert np.percentile(apart, 99) < 24  # at edges between colours
