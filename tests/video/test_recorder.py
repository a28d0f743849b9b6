from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from clips import environment

from posecheck.errors import StorageError
from posecheck.video import growing as growing_video
from posecheck.video.frame import Frame
from posecheck.video.growing import GrowingVideo, unfinished_beside
from posecheck.video.reader import iter_video, probe_video
from posecheck.video.recorder import Recorder

SIZE_PX = (320, 180)
posix_only = pytest.mark.skipif(os.name != "posix", reason="limits and signals of Unix")

FILM = """
import sys
import numpy as np
from posecheck.errors import StorageError
from posecheck.video.growing import GrowingVideo

noise = np.random.default_rng(1).integers(0, 255, (90, 160, 3), dtype=np.uint8)
video = GrowingVideo(sys.argv[1], 160, 90)
try:
    for k in range(int(sys.argv[2])):
        video.write(np.roll(noise, k, axis=1), k / 30)
        print(k / 30, flush=True)
    if sys.argv[3] == "wait":
        sys.stdin.read()
    video.finish()
except StorageError as error:
    print(error, file=sys.stderr)
    sys.exit(5)
"""


def picture(k: int) -> np.ndarray:
    image = np.full((SIZE_PX[1], SIZE_PX[0], 3), 120, np.uint8)
    image[:, (3 * k) % SIZE_PX[0]] = 220
    image.setflags(write=False)
    return image


def frames(times_s: np.ndarray) -> list[Frame]:
    return [Frame(k, float(time_s), picture(k)) for k, time_s in enumerate(times_s)]


def times_of(path: Path) -> list[float]:
    return [frame.time_s for frame in iter_video(path)]


def film(*words: object, **how: object) -> subprocess.Popen[str]:
    """Write noise to a growing video in another process."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-c", FILM, *map(str, words)]
    return subprocess.Popen(command, env=environment(), text=True, **pipes, **how)  # type: ignore[call-overload]


# --- the growing video


def test_a_finished_recording_is_an_ordinary_seekable_mp4_with_true_times(tmp_path: Path) -> None:
    times_s = np.cumsum([0.0, 0.03, 0.04, 0.1, 0.033, 0.5, 0.02, 1.0, 0.03, 0.03])
    with GrowingVideo(tmp_path / "a.mp4", *SIZE_PX) as video:
        for frame in frames(times_s + 7.0):
            video.write(frame.image_rgb, frame.time_s)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    assert times_of(tmp_path / "a.mp4") == pytest.approx(times_s, abs=1e-4)
    assert b"moof" not in (tmp_path / "a.mp4").read_bytes()[:100]
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.video[0].frames == len(times_s)
    assert probe_video(tmp_path / "a.mp4").codec == "h264"


def test_a_recording_can_be_read_while_it_grows(tmp_path: Path) -> None:
    with GrowingVideo(tmp_path / "a.mp4", *SIZE_PX) as video:
        for frame in frames(np.arange(90) / 30):
            video.write(frame.image_rgb, frame.time_s)
        assert times_of(video.unfinished)[-1] > 90 / 30 - 1.0


def test_an_empty_recording_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no picture was written"):
        GrowingVideo(tmp_path / "a.mp4", *SIZE_PX).finish()
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_recording_is_finished(tmp_path: Path) -> None:
    with contextlib.suppress(KeyboardInterrupt), GrowingVideo(tmp_path / "a.mp4", *SIZE_PX) as video:
        video.write(picture(0), 0.0)
        raise KeyboardInterrupt
    assert times_of(tmp_path / "a.mp4") == [0.0]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"a\.mp4: cannot be written"):
        GrowingVideo(tmp_path / "nowhere" / "a.mp4", *SIZE_PX)


@posix_only
def test_a_killed_recording_loses_less_than_two_seconds_and_the_next_one_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with film(path, 180, "wait") as process:
        assert process.stdout is not None
        last_s = max(float(next(process.stdout)) for _ in range(180))
        process.send_signal(signal.SIGKILL)
    assert not path.exists()
    (left,) = unfinished_beside(path)
    kept = times_of(left)
    assert kept[-1] > last_s - 2.0
    assert np.diff(kept) == pytest.approx(1 / 30, abs=1e-4)
    with GrowingVideo(path, *SIZE_PX) as video:
        video.write(picture(0), 0.0)
    assert times_of(path) == [0.0]
    assert times_of(left) == kept


def _limit_files(size_bytes: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, size_bytes))


@posix_only
@pytest.mark.parametrize("short_by", [0.5, 400], ids=["in the middle", "at the very end"])
def test_on_a_full_disk_what_was_recorded_is_kept_and_can_be_read(tmp_path: Path, short_by: float) -> None:
    with film(tmp_path / "whole.mp4", 90, "end") as process:
        process.communicate()
    whole = (tmp_path / "whole.mp4").stat().st_size
    limit = int(whole * short_by if short_by < 1 else whole - short_by)
    with film(tmp_path / "a.mp4", 90, "end", preexec_fn=partial(_limit_files, limit)) as process:
        _, words = process.communicate()
    assert process.returncode == 5
    assert "the disk is full; what was recorded until then" in words
    assert "is kept in a.unfinished.mp4 beside it" in words
    assert not (tmp_path / "a.mp4").exists()
    kept = times_of(tmp_path / "a.unfinished.mp4")
    assert len(kept) == 90 if short_by > 1 else 30 < len(kept) < 60


# --- the recorder


def record(recorder: Recorder, taken: list[Frame], begin_s: float) -> None:
    for frame in taken:
        if frame.time_s >= begin_s:
            recorder.begin()
        recorder.take(frame)


def test_the_recorder_keeps_what_comes_after_the_start_and_a_little_before(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mp4", before_s=0.5)
    times_s = np.arange(40) / 20
    record(recorder, frames(times_s), 1.0)
    assert recorder.running
    done = recorder.finish()
    assert done is not None
    expected = times_s[times_s >= 0.45 - 1e-9]
    assert (done.frames, done.left_out) == (len(expected), 0)
    assert done.duration_s == pytest.approx(expected[-1] - expected[0])
    assert times_of(done.path) == pytest.approx(expected - expected[0], abs=1e-4)


def test_the_recorder_writes_on_a_thread_of_its_own(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mp4")
    record(recorder, frames(np.arange(5) / 20), 0.0)
    assert "record a.mp4" in {thread.name for thread in threading.enumerate()}
    recorder.finish()
    assert "record a.mp4" not in {thread.name for thread in threading.enumerate()}


def test_without_a_start_nothing_is_recorded(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mp4")
    record(recorder, frames(np.arange(5) / 20), 9.0)
    assert not recorder.running
    assert recorder.finish() is None
    assert list(tmp_path.iterdir()) == []


def test_a_discarded_recording_leaves_nothing_and_the_next_one_can_begin(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mp4", before_s=0.0)
    first, second = frames(np.arange(10) / 20), frames(np.arange(10, 15) / 20)
    record(recorder, first, 0.0)
    recorder.discard()
    assert list(tmp_path.iterdir()) == []
    record(recorder, second, 0.0)
    done = recorder.finish()
    assert done is not None
    assert done.frames == len(second)


def test_a_recording_that_begins_before_the_first_picture_and_gets_none_says_so(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mp4")
    recorder.begin()
    with pytest.raises(StorageError, match="the camera gave no picture"):
        recorder.finish()
    assert list(tmp_path.iterdir()) == []


def test_frames_that_the_disk_is_too_slow_for_are_counted_and_the_others_keep_their_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, write = threading.Event(), GrowingVideo.write

    def slow(video: GrowingVideo, image_rgb: np.ndarray, time_s: float) -> None:
        gate.wait()
        write(video, image_rgb, time_s)

    monkeypatch.setattr(GrowingVideo, "write", slow)
    recorder = Recorder(tmp_path / "a.mp4")
    taken = frames(np.arange(100) / 20)
    record(recorder, taken, 0.0)
    gate.set()
    done = recorder.finish()
    assert done is not None
    assert done.left_out > 0
    assert done.frames + done.left_out == len(taken)
    assert times_of(done.path) == pytest.approx(np.arange(done.frames) / 20, abs=1e-4)


def test_a_failure_of_the_disk_is_told_while_recording_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    recorder = Recorder(tmp_path / "a.mp4")
    record(recorder, frames(np.arange(40) / 20), 0.0)
    while recorder.written_s < 1.0:
        time.sleep(0.01)
    monkeypatch.setattr(growing_video, "_write_all", fail)
    while recorder.failure is None:
        recorder.take(Frame(99, recorder.written_s + 9.0, picture(9)))
        time.sleep(0.01)
    with pytest.raises(StorageError, match="the disk is full; what was recorded until then"):
        recorder.finish()
    assert times_of(tmp_path / "a.unfinished.mp4")[-1] > 0.4
