from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from live_play import SIZE_PX
from moved_picture import wall_picture
from synthetic import FakeEstimator

from posecheck.live.gates import LiveGates
from posecheck.movements import load_movement
from posecheck.video.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Callable

FPS = 10.0
BEGIN_S = 2.0


def shift_at_the_end(where: Callable[[float], float], duration_s: float) -> float:
    """What is said of the camera at the end of a trial that began at 2 s, when its picture moved so by the time."""
    gates = LiveGates(load_movement("toe-touch"), None, FakeEstimator([]))
    try:
        for k in range(round(duration_s * FPS)):
            time_s = k / FPS
            frame = Frame(k, time_s, wall_picture((where(time_s), 0.0), size_px=SIZE_PX))
            gates.look(frame, None)
            if k == round(BEGIN_S * FPS):
                gates.begin((), frame)
        return gates.capture.camera_shift
    finally:
        gates.close()


def test_a_camera_that_is_levelled_before_the_trial_has_not_moved_in_it() -> None:
    assert shift_at_the_end(lambda t: 20.0 if t < 1.5 else 0.0, 6.0) < 0.002


def test_a_camera_that_was_moved_in_the_trial_is_found() -> None:
    moved = shift_at_the_end(lambda t: 20.0 if t > 4.0 else 0.0, 8.0)
    assert moved == pytest.approx(20.0 / SIZE_PX[0], abs=0.003)


def test_a_knock_in_the_trial_that_came_back_is_no_longer_held_against_it() -> None:
    assert shift_at_the_end(lambda t: 20.0 if 4.0 < t < 5.0 else 0.0, 8.0) < 0.002
