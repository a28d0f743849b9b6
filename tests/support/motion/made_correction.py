"""Corrections with weights made for a test: one that moves nothing, and one whose weights are random numbers."""

from __future__ import annotations

import numpy as np

from posecheck.skeleton.centres import JOINT_COUNT
from posecheck.skeleton.correction_file import Correction
from posecheck.skeleton.depth import Reach, learn_reach
from posecheck.skeleton.features import PLACE_VALUES, POINT_VALUES
from posecheck.skeleton.network import DOUBTS, OUTPUTS, Network

WIDTH = 24


def made_network(pictures: int = 3, *, size: float = 0.0, sd: float = 0.05, seed: int = 3) -> Network:
    """A network whose weights are random numbers of a size; with 0 it moves nothing and doubts all joints alike."""
    rng = np.random.default_rng(seed)

    def layer(inner: int, outer: int) -> tuple[np.ndarray, np.ndarray]:
        return (
            rng.normal(0, size / np.sqrt(inner), (inner, outer)).astype(np.float32),
            rng.normal(0, size / 10, outer).astype(np.float32),
        )

    inputs = pictures * POINT_VALUES + PLACE_VALUES
    doubt, doubt_bias = layer(WIDTH, DOUBTS)
    return Network(
        mean=np.full(inputs, 0.25, dtype=np.float32),
        spread=np.full(inputs, 0.5, dtype=np.float32),
        entry=layer(inputs, WIDTH),
        blocks=((*layer(WIDTH, WIDTH), *layer(WIDTH, WIDTH)),),
        exit=layer(WIDTH, OUTPUTS),
        doubt=(*layer(WIDTH, WIDTH), doubt, doubt_bias + np.float32(np.log(sd))),
    )


def made_reach(*, far: float = 1e6, seed: int = 5) -> Reach:
    """Examples at random; with so far an edge, every posture is inside."""
    rng = np.random.default_rng(seed)
    reach = learn_reach(*rng.normal(size=(2, 400, POINT_VALUES)).astype(np.float32), directions=8)
    return Reach(reach.directions, reach.examples, reach.near, reach.near + np.float32(far))


def made_correction(
    network: Network | None = None, *, reach: Reach | None = None, growth: float = 0.0, models: tuple[str, ...] = ()
) -> Correction:
    """A correction around a network; by default it moves nothing."""
    return Correction(
        network=network or made_network(),
        reach=reach or made_reach(),
        offsets_s=(-0.25, 0.0, 0.25),
        leg_ratio=1.0,
        move_limit=np.full(JOINT_COUNT, 1.0),
        sd_scale=np.ones(JOINT_COUNT),
        up_scale=1.0,
        growth=growth,
        correlation=np.eye(3 * JOINT_COUNT),
        angle_scale={"knee_flexion": 1.5},
        models=models,
    )
