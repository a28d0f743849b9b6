from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from clips import write_pictures
from made_trial import SIZE_PX, made_result, made_video

from posecheck.errors import StorageError, VideoError
from posecheck.output.draw.annotated_video import crop_box, write_annotated_video, write_end_range_picture
from posecheck.output.draw.face_blur import FaceBlur
from posecheck.output.draw.footage import Footage
from posecheck.pipeline import read_recording
from posecheck.pose.landmarks import Landmark
from posecheck.video.drawn import refuse_drawn
from posecheck.video.reader import VideoOptions, open_video

if TYPE_CHECKING:
    from pathlib import Path

TOE_TOUCH = made_result("toe-touch")


def _source(folder: Path, movement: str = "toe-touch") -> Footage:
    return Footage(made_video(folder / "source.mp4", made_result(movement).table.time_s))


def _frames(path: Path, options: VideoOptions | None = None) -> list[tuple[float, np.ndarray]]:
    with open_video(path, options) as reader:
        return [(frame.time_s, frame.image_rgb) for frame in reader]


def test_the_annotated_video_has_the_frames_and_times_of_its_source(tmp_path: Path) -> None:
    source, target = _source(tmp_path), tmp_path / "annotated.mp4"
    told: list[int] = []
    write_annotated_video(TOE_TOUCH, source, target, progress=lambda done, _total: told.append(done))
    before, after = _frames(source.path), _frames(target)
    assert [time_s for time_s, _ in after] == pytest.approx([time_s for time_s, _ in before], abs=1e-4)
    assert after[0][1].shape == (SIZE_PX[1], SIZE_PX[0], 3)
    assert told == list(range(1, len(before) + 1))
    assert not np.array_equal(after[30][1], before[30][1])
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["annotated.mp4", "source.mp4"]


def test_a_drawn_video_is_no_recording(tmp_path: Path) -> None:
    """What is drawn leads the pose model astray: a toe touch read 93 degrees in its drawn video, and 87 in itself."""
    source, target = _source(tmp_path), tmp_path / "annotated.mp4"
    write_annotated_video(TOE_TOUCH, source, target)
    refuse_drawn(source.path)
    with pytest.raises(VideoError, match=r"annotated\.mp4: posecheck has drawn on this video"):
        read_recording(target)


def test_frames_keep_their_own_landmarks_when_the_video_is_trimmed(tmp_path: Path) -> None:
    target = tmp_path / "annotated.mp4"
    source = replace(_source(tmp_path), options=VideoOptions(start_s=1.0, end_s=3.0))
    write_annotated_video(TOE_TOUCH, source, target)
    assert len(_frames(target)) == len(_frames(source.path, source.options)) == 21


def test_a_failure_on_the_way_leaves_no_video(tmp_path: Path) -> None:
    def stop(done: int, _total: int | None) -> None:
        if done == 10:
            raise KeyboardInterrupt

    source = _source(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        write_annotated_video(TOE_TOUCH, source, tmp_path / "a.mp4", progress=stop)
    assert [entry.name for entry in tmp_path.iterdir()] == ["source.mp4"]


def test_a_failure_of_the_encoder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StorageError("disk full")

    source = _source(tmp_path)
    monkeypatch.setattr("posecheck.video.sink.VideoSink.write", fail)
    with pytest.raises(StorageError, match="disk full"):
        write_annotated_video(TOE_TOUCH, source, tmp_path / "a.mp4")
    assert [entry.name for entry in tmp_path.iterdir()] == ["source.mp4"]


def test_a_large_video_is_annotated_smaller(tmp_path: Path) -> None:
    write_annotated_video(TOE_TOUCH, _source(tmp_path), tmp_path / "a.mp4", max_side_px=160)
    assert _frames(tmp_path / "a.mp4")[0][1].shape == (120, 160, 3)


@pytest.mark.parametrize("movement", ["toe-touch", "knee-to-chest"])
def test_the_end_range_picture_is_the_same_with_and_without_the_video(tmp_path: Path, movement: str) -> None:
    result, source = made_result(movement), _source(tmp_path, movement)
    write_annotated_video(result, source, tmp_path / "a.mp4", end_range_path=tmp_path / "a.jpg")
    assert write_end_range_picture(result, source, tmp_path / "b.jpg") == tmp_path / "b.jpg"
    assert (tmp_path / "a.jpg").read_bytes() == (tmp_path / "b.jpg").read_bytes()
    height, width = cv2.imread(str(tmp_path / "a.jpg")).shape[:2]
    assert height <= 900
    assert (width > height) == (movement == "knee-to-chest")


def test_without_a_used_repetition_there_is_no_picture(tmp_path: Path) -> None:
    unused = tuple(replace(item, used=False) for item in TOE_TOUCH.trial.repetitions)
    result = replace(TOE_TOUCH, trial=replace(TOE_TOUCH.trial, repetitions=unused))
    source, target = _source(tmp_path), tmp_path / "e.jpg"
    assert write_end_range_picture(result, source, target) is None
    write_annotated_video(result, source, tmp_path / "a.mp4", end_range_path=target)
    assert not target.exists()


def test_a_frame_that_the_video_does_not_hold_gives_no_picture(tmp_path: Path) -> None:
    times = made_result("toe-touch").table.time_s + 0.05
    source = Footage(made_video(tmp_path / "s.mp4", np.concatenate([[0.0], times])))
    assert write_end_range_picture(TOE_TOUCH, source, tmp_path / "e.jpg") is None


def _body(low: tuple[float, float], high: tuple[float, float]) -> np.ndarray:
    xy = np.full((33, 2), np.nan)
    xy[0], xy[32] = low, high
    return xy


def test_a_standing_person_is_cut_out_in_portrait() -> None:
    left, top, right, bottom = crop_box(_body((600, 100), (680, 500)), 1280, 720, lying=False)
    assert (right - left) / (bottom - top) == pytest.approx(4 / 5, abs=0.02)
    assert left < 600 < 680 < right
    assert top < 100 < 500 < bottom


def test_a_lying_person_is_cut_out_in_landscape() -> None:
    left, top, right, bottom = crop_box(_body((300, 400), (900, 500)), 1280, 720, lying=True)
    assert (right - left) / (bottom - top) == pytest.approx(3 / 2, abs=0.02)


@pytest.mark.parametrize("lying", [True, False])
@pytest.mark.parametrize(
    ("low", "high"), [((0, 0), (1279, 719)), ((0, 0), (50, 700)), ((10, 700), (1270, 710)), ((640, 360), (640, 360))]
)
def test_the_cut_stays_in_the_picture_and_around_the_person(
    low: tuple[float, float], high: tuple[float, float], lying: bool
) -> None:
    left, top, right, bottom = crop_box(_body(low, high), 1280, 720, lying=lying)
    assert 0 <= left <= low[0]
    assert high[0] <= right <= 1280
    assert 0 <= top <= low[1]
    assert high[1] <= bottom <= 720
    if low != high:
        assert right > left
        assert bottom > top


def test_without_a_person_the_whole_picture_is_kept() -> None:
    assert crop_box(np.full((33, 2), np.nan), 1280, 720, lying=False) == (0, 0, 1280, 720)


def test_faces_are_blurred_in_video_and_picture_and_the_body_is_drawn_on_top(tmp_path: Path) -> None:
    series = TOE_TOUCH.clean.landmarks
    noise = np.random.default_rng(4).integers(0, 256, (SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
    source = write_pictures(tmp_path / "source.mp4", list(series.time_s), [noise] * len(series))
    x, y = (round(float(value)) for value in series.xy_px[0, Landmark.NOSE])
    head = (slice(y - 3, y + 4), slice(x - 3, x + 4))
    plain, blurred = tmp_path / "plain.mp4", tmp_path / "blurred.mp4"
    write_annotated_video(TOE_TOUCH, Footage(source), plain, end_range_path=tmp_path / "plain.jpg")
    faceless = Footage(source, blur=FaceBlur.of(series))
    write_annotated_video(TOE_TOUCH, faceless, blurred, end_range_path=tmp_path / "b.jpg")
    assert _frames(blurred)[0][1][head].std() < 0.5 * _frames(plain)[0][1][head].std()
    assert write_end_range_picture(TOE_TOUCH, faceless, tmp_path / "alone.jpg") is not None
    assert (tmp_path / "alone.jpg").read_bytes() == (tmp_path / "b.jpg").read_bytes()
    assert (tmp_path / "b.jpg").read_bytes() != (tmp_path / "plain.jpg").read_bytes()
