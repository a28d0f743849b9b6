from __future__ import annotations

import numpy as np
import pytest
from made_correction import made_network

from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINT_COUNT, joint_index
from posecheck.skeleton.features import (
    MIRROR_ORDER,
    MIRROR_SIGN,
    PLACE_SIGN,
    PLACE_VALUES,
    POINT_VALUES,
    USED,
    VALUES_PER_POINT,
)
from posecheck.skeleton.network import DOUBTS, OUTPUTS, Network


def some_pictures(n: int = 5, window: int = 3, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(n, window, POINT_VALUES)).astype(np.float32),
        rng.normal(size=(n, PLACE_VALUES)).astype(np.float32),
    )


def test_one_unit_gives_what_is_computed_by_hand() -> None:
    inputs = POINT_VALUES + PLACE_VALUES
    entry, end, doubt = np.zeros((inputs, 1)), np.zeros((1, OUTPUTS)), np.zeros((1, DOUBTS))
    entry[0, 0], end[0, 0], doubt[0, 0] = 2.0, 0.5, -0.5
    one, zero = np.ones((1, 1), dtype=np.float32), np.zeros(1, dtype=np.float32)
    network = Network(
        mean=np.full(inputs, 1.0, dtype=np.float32),
        spread=np.full(inputs, 2.0, dtype=np.float32),
        entry=(entry.astype(np.float32), np.array([0.5], dtype=np.float32)),
        blocks=((one * 3, zero + 1, one * 0.1, zero),),
        exit=(end.astype(np.float32), np.zeros(OUTPUTS, dtype=np.float32)),
        doubt=(one, zero - 1, doubt.astype(np.float32), np.zeros(DOUBTS, dtype=np.float32)),
    )
    pictures = np.ones((1, 1, POINT_VALUES), dtype=np.float32)
    pictures[0, 0, 0] = 4.0
    said = network.predict_once(pictures, np.ones((1, PLACE_VALUES), dtype=np.float32))
    # In: (4 - 1) / 2 = 1.5. Entry: 1.5 x 2 + 0.5 = 3.5. Block: 3.5 + (3.5 x 3 + 1) x 0.1 = 4.65. Exit: 4.65 x 0.5.
    assert said.move[0, 0, 0] == pytest.approx(2.325)
    assert said.log_sd[0, 0] == pytest.approx((4.65 - 1) * -0.5)
    np.testing.assert_allclose(said.move[0].ravel()[1:], 0.0)
    np.testing.assert_allclose(said.up[0], [0, -1, 0])


def test_mirrored_pictures_give_the_mirrored_answer_exactly() -> None:
    network = made_network(size=1.0)
    pictures, place = some_pictures()
    seen = network.predict(pictures, place)
    other = network.predict(pictures[..., MIRROR_ORDER] * MIRROR_SIGN, place * PLACE_SIGN).mirrored()
    for name in ("start", "move", "log_sd", "up", "log_up_sd"):
        np.testing.assert_array_equal(getattr(other, name), getattr(seen, name))
    assert np.abs(seen.move).max() > 0.1


def test_start_is_the_models_own_joint_of_the_middle_picture() -> None:
    pictures, _ = some_pictures()
    start = made_network().start(pictures)
    first = USED.index(Landmark.RIGHT_KNEE) * VALUES_PER_POINT
    np.testing.assert_array_equal(start[:, joint_index(Landmark.RIGHT_KNEE)], pictures[:, 1, first + 2 : first + 5])


def test_a_joint_that_was_not_seen_starts_where_such_joints_usually_are() -> None:
    network, (pictures, place) = made_network(), some_pictures()
    pictures[:, 1, USED.index(Landmark.LEFT_ANKLE) * VALUES_PER_POINT :][:, :5] = np.nan
    said = network.predict(pictures, place)
    np.testing.assert_array_equal(said.start[:, joint_index(Landmark.LEFT_ANKLE)], 0.25)
    assert np.isfinite(said.move).all()


def test_pictures_do_not_depend_on_their_neighbours_in_the_batch() -> None:
    network, (pictures, place) = made_network(size=1.0), some_pictures(n=64)
    whole, one = network.predict(pictures, place), network.predict(pictures[:1], place[:1])
    # Sums in another order differ in the last digits of single precision.
    np.testing.assert_allclose(one.move[0], whole.move[0], atol=1e-5)


def test_the_same_pictures_give_the_same_answer() -> None:
    network, (pictures, place) = made_network(size=1.0), some_pictures()
    np.testing.assert_array_equal(network.predict(pictures, place).move, network.predict(pictures, place).move)


def test_every_joint_is_moved_and_doubted() -> None:
    said = made_network(size=1.0).predict(*some_pictures())
    assert said.move.shape == (5, JOINT_COUNT, 3)
    assert said.log_sd.shape == (5, JOINT_COUNT)
    assert (np.abs(said.move).max(axis=(0, 2)) > 0).all()
