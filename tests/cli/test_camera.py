from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from clips import TOE_PRE, Ran, call, command, empty_room, environment, run, sample_clip, tree
from needs import needs_display

from posecheck.cli import camera_commands
from posecheck.cli.camera_commands import FRAMING_SUFFIX, recording_path
from posecheck.kinematics.joints import Side
from posecheck.live import Framing
from posecheck.movements import load_movement
from posecheck.pipeline import analyze_video
from posecheck.session_draft import draft_session
from posecheck.video.camera_list import CameraInfo
from posecheck.video.reader import probe_video

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NO_SCREEN = {"DISPLAY": "", "WAYLAND_DISPLAY": ""}
TOE = ("record", "--movement", "toe-touch", "--phase", "pre")
ONE_BEND_S = 7.0
"""One bend of the sample, the way back and the second after it."""
WAIT_S = 60.0


@pytest.fixture
def any_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a window could be opened, for what fails before one is."""
    monkeypatch.setattr("posecheck.cli.live_window.require_display", lambda: None)


# --- posecheck cameras


def listed(monkeypatch: pytest.MonkeyPatch, *cameras: CameraInfo) -> None:
    monkeypatch.setattr("posecheck.video.camera_list.list_cameras", lambda: cameras)


def test_cameras_are_listed_by_number_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch, CameraInfo(0, "Integrated [HD]", "/dev/video0"), CameraInfo(2, "Logitech C920"))
    done = call("cameras")
    assert done.code == 0
    assert "Integrated [HD]" in done.out
    assert "2" in done.out.split("Logitech")[0].splitlines()[-1]


def test_cameras_are_listed_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch, CameraInfo(2, "Logitech C920", "/dev/video2"))
    assert json.loads(call("cameras", "--json").out) == [{"number": 2, "name": "Logitech C920", "place": "/dev/video2"}]


def test_a_computer_without_cameras_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch)
    assert "No camera was found. Plug one in" in call("cameras").out
    assert json.loads(call("cameras", "--json").out) == []


# --- posecheck record, where it cannot begin


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname != "Linux", reason="screens of Linux")
@pytest.mark.parametrize("display", ["", ":987"], ids=["none", "one that is not there"])
def test_without_a_screen_it_says_so_and_does_not_crash(tmp_path: Path, display: str) -> None:
    done = run(*TOE, "-o", tmp_path, cwd=tmp_path, variables={**NO_SCREEN, "DISPLAY": display})
    assert done.code == 3
    assert "needs a screen" in done.words
    assert "posecheck analyze" in done.words
    assert "qt" not in done.err.lower()
    assert tree(tmp_path) == []


def test_the_side_must_be_said_where_there_are_two(tmp_path: Path) -> None:
    done = call("record", "--movement", "runners-lunge", "--phase", "pre", "-o", tmp_path)
    assert done.code == 2
    assert "is done once per side" in done.words


def test_an_unknown_movement_is_answered_with_those_there_are(tmp_path: Path) -> None:
    done = call("record", "--movement", "toe-tuch", "--phase", "pre", "-o", tmp_path)
    assert done.code == 3
    assert "toe-touch" in done.words


def test_an_earlier_recording_is_not_replaced_by_accident(tmp_path: Path) -> None:
    (tmp_path / "toe_touch_pre.mp4").write_bytes(b"mine")
    done = call(*TOE, "-o", tmp_path)
    assert done.code == 5
    assert "toe_touch_pre.mp4 exists already; choose another -o, or add --overwrite" in done.words
    assert (tmp_path / "toe_touch_pre.mp4").read_bytes() == b"mine"


@pytest.mark.usefixtures("any_screen")
def test_a_missing_camera_and_a_wrong_name_are_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posecheck.video.camera.list_cameras", lambda: ())
    done = call(*TOE, "-o", tmp_path / "new")
    assert (done.code, "No camera was found" in done.words) == (3, True)
    monkeypatch.setattr("posecheck.video.camera.list_cameras", lambda: (CameraInfo(0, "Logitech C920"),))
    done = call(*TOE, "-o", tmp_path / "new", "--camera", "logitek c92")
    assert (done.code, "Did you mean 'Logitech C920'?" in done.words) == (3, True)
    assert tree(tmp_path) == []


@pytest.mark.usefixtures("any_screen")
def test_an_unfinished_recording_of_before_is_named(tmp_path: Path) -> None:
    (tmp_path / "toe_touch_pre.unfinished.mp4").write_bytes(b"half")
    done = call(*TOE, "-o", tmp_path, "--camera", tmp_path / "nothing.mp4")
    assert "toe_touch_pre.unfinished.mp4 was not finished, but can be analysed as it is." in done.out
    assert done.code == 3
    assert "nothing.mp4: no such file" in done.words


# --- names and the place of the pre-test


@pytest.mark.parametrize(
    ("movement", "side", "phase"),
    [("toe-touch", None, "pre"), ("runners-lunge", Side.LEFT, "retest"), ("crossover", Side.RIGHT, "pre")],
)
def test_a_session_draft_reads_test_side_and_phase_from_the_name(
    tmp_path: Path, movement: str, side: Side | None, phase: str
) -> None:
    recording_path(tmp_path, load_movement(movement), side, phase).write_bytes(b"video")
    draft = draft_session(tmp_path).text
    assert f'movement = "{movement}"' in draft
    assert f'phase = "{phase}"' in draft
    assert side is None or f'side = "{side}"' in draft


def test_a_file_of_ones_own_name_is_written_where_it_was_asked(tmp_path: Path) -> None:
    assert recording_path(tmp_path / "x.mp4", load_movement("toe-touch"), None, "pre") == tmp_path / "x.mp4"


def test_the_retest_finds_the_place_of_its_pre_test(tmp_path: Path) -> None:
    outline = tuple((0.5, k / 33) for k in range(33))
    framing = Framing((0.5, 0.5), 0.7, outline, 16 / 9, 90.0, 0.0, 1)
    said: list[str] = []
    retest = tmp_path / "toe_touch_retest.mp4"
    place = tmp_path / f"toe_touch_pre{FRAMING_SUFFIX}"
    assert camera_commands._framing_of_pre_test(retest, said.append) is None
    place.write_text(json.dumps(framing.to_dict()), encoding="utf-8")
    found = camera_commands._framing_of_pre_test(retest, said.append)
    assert found is not None
    assert (found.hip_xy, found.facing, said) == (framing.hip_xy, 1, [])
    place.write_text('{"hip_xy": 1}', encoding="utf-8")
    assert camera_commands._framing_of_pre_test(retest, said.append) is None
    assert "cannot be read: the place of the pre-test is not shown" in said[0]
    assert camera_commands._framing_of_pre_test(tmp_path / "own name.mp4", said.append) is None


# --- the window, in real time


@pytest.fixture(scope="module")
def screen() -> Iterator[dict[str, str]]:
    """A virtual screen; the variables that show it to a program."""
    needs_display()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1366x800x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    number = process.stdout.readline().strip()
    yield {**NO_SCREEN, "DISPLAY": f":{number}"}
    process.terminate()
    process.communicate()


def xdotool(screen: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        ["xdotool", *words], env=environment(screen), capture_output=True, text=True, check=False, timeout=WAIT_S
    )
    return done.stdout.strip()


@contextlib.contextmanager
def started(screen: dict[str, str], *words: object) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, which is ended at the latest when the test ends."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command(*words), env=environment(screen), text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()


def window_of(screen: dict[str, str], process: subprocess.Popen[str]) -> str:
    """The window's number, once it is there."""
    until_s = time.monotonic() + WAIT_S
    while process.poll() is None and time.monotonic() < until_s:
        if found := xdotool(screen, "search", "--onlyvisible", "--name", "Toe touch · pre-test"):
            return found.splitlines()[0]
        time.sleep(0.2)
    pytest.fail(f"no window: {process.communicate()}")


def ended(process: subprocess.Popen[str]) -> Ran:
    out, err = process.communicate(timeout=WAIT_S)
    return Ran(process.returncode, out, err)


def end_ranges(path: Path) -> Sequence[float]:
    trial = analyze_video(path, load_movement("toe-touch")).trial
    return [item.mean for item in trial.outcomes if item.unit == "deg"]


CLOSES = """
import cv2, numpy as np
from posecheck.cli.live_window import LiveWindow
picture = np.zeros((90, 160, 3), np.uint8)
with LiveWindow("closed") as window:
    for _ in range(5):
        assert window.show(picture) is None
    cv2.destroyWindow("closed")
    print(window.show(picture))
"""


def test_a_window_that_was_closed_asks_to_stop_and_stays_closed(screen: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CLOSES], env=environment(screen), capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("Key.STOP", "")


@pytest.mark.alone
@pytest.mark.model
@pytest.mark.slow
def test_a_recording_of_a_sample_measures_as_the_sample_itself(tmp_path: Path, screen: dict[str, str]) -> None:
    clip = sample_clip(tmp_path / "clip.mp4", TOE_PRE, end_s=ONE_BEND_S, every=1)
    out = tmp_path / "visit 1"
    with started(screen, *TOE, "-o", out, "--camera", clip, "--repetitions", "1") as process:
        window_of(screen, process)
        done = ended(process)
    assert done.code == 0, done
    assert "Done. Well done." in done.out
    assert "toe_touch_pre.mp4" in done.out
    assert "Analyse it: posecheck analyze" in done.out
    assert "qt" not in done.err.lower()
    assert tree(out) == [f"toe_touch_pre{FRAMING_SUFFIX}", "toe_touch_pre.mp4"]
    recorded = out / "toe_touch_pre.mp4"
    assert probe_video(recorded).average_fps == pytest.approx(30, abs=0.5)
    assert end_ranges(recorded) == pytest.approx(end_ranges(clip), abs=1.5)


@pytest.mark.alone
@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize("how", ["q", "Ctrl-C"])
def test_when_nobody_enters_it_ends_as_asked_and_leaves_nothing(
    tmp_path: Path, screen: dict[str, str], how: str
) -> None:
    out = tmp_path / "out"
    room = empty_room(tmp_path / "room.mp4", duration_s=90, fps=2)
    with started(screen, *TOE, "-o", out, "--camera", room) as process:
        window_of(screen, process)
        assert process.stdout is not None
        assert "Step into the picture." in process.stdout.readline()
        if how == "q":
            xdotool(screen, "mousemove", "300", "300", "key", "q")
        else:
            process.send_signal(signal.SIGINT)
        done = ended(process)
    assert done.code == 130, done
    assert "Nothing was recorded." in done.out
    assert "Stopped." in done.words
    assert not out.exists() or tree(out) == []
