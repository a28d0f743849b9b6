from __future__ import annotations

import numpy as np
import pytest

from posecheck.skeleton.depth import Reach, learn_reach


@pytest.fixture(scope="module")
def reach() -> Reach:
    return learn_reach(postures(1000, seed=1), postures(1000, seed=2), directions=3)


def postures(n: int, *, seed: int) -> np.ndarray:
    """Points on a sheet of three directions in twelve, a little off it."""
    rng = np.random.default_rng(seed)
    sheet = rng.normal(size=(n, 3)) @ np.eye(3, 12) * 3
    return (sheet + rng.normal(0, 0.1, (n, 12))).astype(np.float32)


def test_a_training_posture_is_inside(reach: Reach) -> None:
    assert np.median(reach.depth(postures(1000, seed=1))) < 0.3


def test_half_a_percent_of_new_bodies_is_beyond_the_edge(reach: Reach) -> None:
    beyond = (reach.distances(postures(1000, seed=2)) > reach.edge).mean(axis=0)
    np.testing.assert_allclose(beyond, 0.005, atol=0.001)


def test_a_posture_far_along_a_known_direction_is_out_of_depth(reach: Reach) -> None:
    far = np.zeros((1, 12), dtype=np.float32)
    far[0, 0] = 40.0
    assert reach.depth(far)[0] > 3


def test_a_posture_off_all_known_directions_is_out_of_depth(reach: Reach) -> None:
    off = postures(1, seed=1)
    off[0, 7] = 3.0
    assert reach.depth(off)[0] > 3


def test_the_further_away_the_deeper(reach: Reach) -> None:
    away = np.outer(np.linspace(15, 60, 10), np.eye(12)[1]).astype(np.float32)
    assert (np.diff(reach.depth(away)) > 0).all()
