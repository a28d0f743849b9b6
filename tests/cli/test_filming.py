from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from synthetic import Rhythm, person, poses_of, toe_touch, without_person

from posecheck.cli import filming
from posecheck.cli.filming import TrialToFilm, film
from posecheck.cli.live_window import Key
from posecheck.errors import CameraError, StorageError
from posecheck.live import Framing
from posecheck.movements import load_movement
from posecheck.video import growing as growing_video
from posecheck.video.camera import Camera
from posecheck.video.frame import Frame
from posecheck.video.reader import iter_video
from posecheck.video.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.cli.filming import Filmed
    from posecheck.pose.landmarks import LandmarkSeries, Pose

pytestmark = pytest.mark.slow

FPS = 10.0
SIZE_PX = (320, 180)
RHYTHM = Rhythm(count=1, start_s=2.5, move_s=1.0, hold_s=2.4, pause_s=3.0)
TEST = load_movement("toe-touch")


def one_bend() -> LandmarkSeries:
    return toe_touch(RHYTHM.times(FPS), RHYTHM, size_px=SIZE_PX, px_per_m=85.0)


class Stage:
    """A camera, a pose model and a screen that go in step: the screen lets the camera give its next frame.

    Parameters
    ----------
    series
        Who is there, frame by frame.
    act
        Told each frame's time when it is shown; may answer with a key, or raise.
    unplugged_s
        When the camera stops.
    """

    name = "fake 1"
    model_sha256 = "f" * 64

    def __init__(
        self,
        series: LandmarkSeries,
        act: Callable[[float], Key | None] = lambda _time_s: None,
        unplugged_s: float = float("inf"),
    ) -> None:
        self._times_s, self._poses = series.time_s, poses_of(series)
        self._act, self._unplugged_s = act, unplugged_s
        self._next = 0
        self._turn = threading.Semaphore(1)
        self._seen_s = self.shown_s = 0.0
        self.shown: list[np.ndarray] = []

    def read(self) -> Frame | None:
        self._turn.acquire()
        if self._next >= len(self._times_s):
            return None
        time_s = float(self._times_s[self._next])
        if time_s > self._unplugged_s:
            raise CameraError("Fake: stopped giving pictures.")
        self._next += 1
        return Frame(self._next - 1, time_s, picture())

    def stop(self) -> None:
        self._next = len(self._times_s)
        self._turn.release()

    def close(self) -> None:
        pass

    def follow(self, _image_rgb: np.ndarray, time_s: float) -> Pose | None:
        self._seen_s = time_s
        return next(iter(self.find_people(_image_rgb)), None)

    def find_people(self, _image_rgb: np.ndarray) -> tuple[Pose, ...]:
        pose = self._poses[int(np.argmin(np.abs(self._times_s - self._seen_s)))]
        return (pose,) if np.isfinite(pose.xy_px).any() else ()

    def show(self, image_rgb: np.ndarray) -> Key | None:
        self.shown.append(image_rgb)
        if len(self.shown) == 1:  # the picture that stands while the model is loaded
            return None
        self.shown_s = float(self._times_s[self._next - 1])
        key = self._act(self.shown_s)
        self._turn.release()
        return key


def picture() -> np.ndarray:
    """Grey, and darker on the left."""
    image = np.full((SIZE_PX[1], SIZE_PX[0], 3), 150, np.uint8)
    image[:, :40] = 40
    return image


def filmed(stage: Stage, folder: Path, said: list[str] | None = None, **how: object) -> Filmed:
    trial = replace(TrialToFilm(movement=TEST, side=None, title="Toe touch", repetitions=1), **how)  # type: ignore[arg-type]
    with Camera(stage, "Fake") as camera:
        say = [].append if said is None else said.append
        return film(camera, stage, Recorder(folder / "a.mp4"), stage, trial, say=say)


def times_of(path: Path) -> list[float]:
    return [frame.time_s for frame in iter_video(path)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_trial_begins_and_ends_by_itself_and_is_recorded_with_its_true_times(tmp_path: Path) -> None:
    said: list[str] = []
    stage = Stage(one_bend())
    done = filmed(stage, tmp_path, said)
    assert done.recorded is not None
    assert (done.repetitions, done.stopped) == (1, False)
    assert done.framing is not None
    assert said[0] == "Step into the picture."
    assert said[-1] == done.last_words == "Done. Well done."
    assert names(tmp_path) == ["a.mp4"]
    times_s = times_of(done.recorded.path)
    assert np.diff(times_s) == pytest.approx(1 / FPS, abs=1e-4)
    assert len(stage.shown) - 1 < len(RHYTHM.times(FPS)), "it ended before the camera did"
    assert times_s[-1] > RHYTHM.start_s + 2 * RHYTHM.move_s + RHYTHM.hold_s + filming.AFTER_S - 1.0


def test_the_preview_is_mirrored_and_the_recording_is_not(tmp_path: Path) -> None:
    stage = Stage(one_bend())
    done = filmed(stage, tmp_path)
    middle = stage.shown[-1].shape[0] // 2
    assert stage.shown[-1][middle, -5, 0] < 60
    assert done.recorded is not None
    recorded = next(iter_video(done.recorded.path)).image_rgb
    assert recorded[90, 5, 0] < 60
    assert recorded[90, -5, 0] > 130


def test_the_preview_can_be_shown_unmirrored(tmp_path: Path) -> None:
    stage = Stage(person(np.arange(3) / FPS, size_px=SIZE_PX, px_per_m=85.0))
    filmed(stage, tmp_path, mirror=False)
    assert stage.shown[-1][stage.shown[-1].shape[0] // 2, 5, 0] < 60


def test_when_nobody_enters_nothing_is_recorded(tmp_path: Path) -> None:
    nobody = without_person(person(np.arange(30) / FPS, size_px=SIZE_PX), 0.0, 99.0)
    done = filmed(Stage(nobody), tmp_path)
    assert (done.recorded, done.repetitions, done.last_words) == (None, 0, "Step into the picture.")
    assert names(tmp_path) == []


def test_stopping_at_the_keyboard_keeps_what_was_recorded(tmp_path: Path) -> None:
    done = filmed(Stage(one_bend(), lambda time_s: Key.STOP if time_s > 4.0 else None), tmp_path)
    assert done.stopped
    assert done.recorded is not None
    assert times_of(done.recorded.path)[-1] == pytest.approx(4.1, abs=0.15)


def test_stopping_before_anybody_is_ready_leaves_nothing(tmp_path: Path) -> None:
    done = filmed(Stage(one_bend(), lambda _time_s: Key.STOP), tmp_path)
    assert done.stopped
    assert done.recorded is None
    assert names(tmp_path) == []


def test_starting_again_throws_away_what_was_recorded(tmp_path: Path) -> None:
    restarted: list[float] = []

    def act(time_s: float) -> Key | None:
        if time_s > 1.5 and not restarted:
            restarted.append(time_s)
            return Key.RESTART
        return None

    stage = Stage(one_bend(), act)
    done = filmed(stage, tmp_path)
    assert done.recorded is not None
    assert done.repetitions == 1
    assert names(tmp_path) == ["a.mp4"]
    assert done.recorded.duration_s <= stage.shown_s - restarted[0] + 1e-6


def test_who_walks_away_before_moving_is_recorded_anew(tmp_path: Path) -> None:
    series = without_person(person(np.arange(90) / FPS, size_px=SIZE_PX, px_per_m=85.0), 2.0, 7.0)
    running: list[bool] = []
    stage = Stage(series, lambda _time_s: running.append((tmp_path / "a.unfinished.mp4").exists()))  # type: ignore[func-returns-value]
    done = filmed(stage, tmp_path)
    assert done.recorded is not None
    assert done.recorded.duration_s < 4.0
    begun = np.flatnonzero(np.diff(np.array(running, int)) == 1)
    assert len(begun) == 2, "it began, was thrown away, and began again"


def test_a_camera_that_is_unplugged_says_where_the_recording_is(tmp_path: Path) -> None:
    with pytest.raises(
        CameraError, match=r"stopped giving pictures\. What was recorded until then, 5 s, is kept: .*a\.mp4"
    ):
        filmed(Stage(one_bend(), unplugged_s=5.0), tmp_path)
    assert times_of(tmp_path / "a.mp4")[-1] > 4.0


def test_a_camera_that_is_unplugged_before_the_start_says_so(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="Nothing was recorded yet"):
        filmed(Stage(one_bend(), unplugged_s=0.1), tmp_path)
    assert names(tmp_path) == []


def test_an_interrupted_recording_is_kept(tmp_path: Path) -> None:
    def interrupt(time_s: float) -> None:
        if time_s > 4.0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filmed(Stage(one_bend(), interrupt), tmp_path)
    assert times_of(tmp_path / "a.mp4")[-1] > 3.0


def test_a_full_disk_ends_the_recording_in_words_and_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def act(time_s: float) -> None:
        if time_s > 5.0:
            monkeypatch.setattr(growing_video, "_write_all", full)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    stage = Stage(one_bend(), act)
    with pytest.raises(StorageError, match=r"the disk is full; what was recorded until then"):
        filmed(stage, tmp_path)
    assert times_of(tmp_path / "a.unfinished.mp4")[-1] > 3.0
    assert len(stage.shown) - 1 < len(RHYTHM.times(FPS)), "it ended at once"


def test_the_place_of_the_pre_test_is_shown_until_the_trial_begins(tmp_path: Path) -> None:
    def shown(before: Framing | None, folder: Path) -> list[np.ndarray]:
        folder.mkdir()
        stage = Stage(one_bend(), lambda time_s: Key.STOP if time_s > 2.0 else None)
        assert filmed(stage, folder, before=before).recorded is not None
        return stage.shown

    before = Framing.of_series(one_bend(), TEST)
    with_ghost, without = shown(before, tmp_path / "a"), shown(None, tmp_path / "b")
    assert (with_ghost[2] != without[2]).any()
    assert (with_ghost[-1] == without[-1]).all()
