from __future__ import annotations

import numpy as np
import pytest
from made_centres import ANKLE, KNEE, Squats, seen_by, squat_joints

from posecheck.skeleton.legs import LEFT_LEG, RIGHT_LEG, exchange, tell_legs_apart

TIME_S = np.arange(300) / 30.0


def lunge(sway_deg: np.ndarray | None = None) -> np.ndarray:
    """(n, 16, 3) somebody with one leg in front and one behind, who bends the knees."""
    bend = 30.0 + 20.0 * np.sin(2 * np.pi * 0.3 * TIME_S) if sway_deg is None else sway_deg
    joints = seen_by(TIME_S, squat_joints(Squats(bend, np.zeros_like(bend))), yaw_deg=90.0).xyz_m.copy()
    joints[:, LEFT_LEG, 0] += np.where(np.isin(LEFT_LEG, np.arange(KNEE.start, KNEE.stop)), 0.15, 0.3)
    joints[:, RIGHT_LEG, 0] -= np.where(np.isin(RIGHT_LEG, np.arange(KNEE.start, KNEE.stop)), 0.15, 0.3)
    return joints


def during(start_s: float, end_s: float) -> np.ndarray:
    return (start_s <= TIME_S) & (end_s > TIME_S)


def as_smoothed(joints: np.ndarray) -> np.ndarray:
    """Spread over three pictures to either side, as the smoothing of body points does."""
    weights = np.array([1, 2, 3, 4, 3, 2, 1]) / 16.0
    padded = np.concatenate([joints[:1]] * 3 + [joints] + [joints[-1:]] * 3)
    return sum(w * padded[k : k + len(joints)] for k, w in enumerate(weights))


@pytest.mark.parametrize("length_s", [0.5, 1.0, 3.0])
def test_a_passage_with_exchanged_legs_is_put_back(length_s: float) -> None:
    true, wrong = lunge(), during(4.0, 4.0 + length_s)
    told = tell_legs_apart(TIME_S, as_smoothed(exchange(true, wrong)))
    assert np.array_equal(told.exchanged[~told.unsure], wrong[~told.unsure])
    assert 0 < told.unsure.sum() <= 16
    assert np.abs(told.xyz_m - true)[~told.unsure][:, ANKLE].max() < 0.05  # the tail of the smoothing


def test_exchanging_twice_changes_nothing() -> None:
    true, chosen = lunge(), during(2.0, 6.0)
    assert np.allclose(exchange(exchange(true, chosen), chosen), true)


def test_an_exchanged_leg_hangs_on_its_own_hip() -> None:
    true, chosen = lunge(), during(0.0, 20.0)
    other = exchange(true, chosen)
    thighs = np.linalg.norm(other[:, KNEE] - other[:, 6:8], axis=2)
    assert np.allclose(thighs, np.linalg.norm(true[:, KNEE] - true[:, 6:8], axis=2)[:, ::-1])


@pytest.mark.parametrize("steps_per_s", [1.0, 1.5, 2.0])
def test_legs_that_pass_each_other_are_left_alone(steps_per_s: float) -> None:
    """As in walking: one swings forward while the other goes back."""
    true = lunge(np.full(len(TIME_S), 20.0))
    swing = np.cos(np.pi * steps_per_s * TIME_S)
    middle = (true[:, LEFT_LEG] + true[:, RIGHT_LEG]) / 2
    apart = (true[:, LEFT_LEG] - true[:, RIGHT_LEG]) / 2
    sideways = np.array([0.0, 0.0, 1.0])
    forth = apart * (1 - sideways) * swing[:, None, None] + apart * sideways
    true[:, LEFT_LEG], true[:, RIGHT_LEG] = middle + forth, middle - forth
    told = tell_legs_apart(TIME_S, true)
    assert not told.exchanged.any()
    assert np.array_equal(told.xyz_m, true)


def test_half_a_recording_is_never_exchanged() -> None:
    """Which half is right continuity cannot tell."""
    wrong = exchange(lunge(), during(5.0, 20.0))
    assert not tell_legs_apart(TIME_S, as_smoothed(wrong)).exchanged.any()


def test_a_clean_recording_is_not_touched() -> None:
    true = lunge()
    told = tell_legs_apart(TIME_S, true)
    assert not told.exchanged.any()
    assert not told.unsure.any()


def test_a_few_pictures_are_too_few_to_tell() -> None:
    assert not tell_legs_apart(TIME_S[:4], lunge()[:4]).exchanged.any()
