"""The network at run time, in numpy: features of a moment in, the way from the model's points to the joint centres out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.skeleton.centres import JOINT_COUNT, JOINTS, SWAPPED_JOINTS
from posecheck.skeleton.features import (
    MIRROR_ORDER,
    MIRROR_SIGN,
    PLACE_SIGN,
    USED,
    VALUES_PER_POINT,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

OUTPUTS = JOINT_COUNT * 3 + 3
"""Where to move each joint, and the direction against gravity."""
DOUBTS = JOINT_COUNT + 1
"""Logarithm of the standard deviation of each joint, and of that direction."""

LOG_SD_RANGE = (-6.0, 1.0)
"""Standard deviations stay between 0.0025 and 2.7 (legs, radians), in training and at run time (chosen by us)."""

START = np.array([[USED.index(mark) * VALUES_PER_POINT + axis for axis in (2, 3, 4)] for mark in JOINTS])
"""(16, 3) which of a picture's values are the model's own place of each joint."""
START.setflags(write=False)

_FLIP = np.array([-1, 1, 1], dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network says of each moment; lengths in legs.

    Attributes
    ----------
    start : (n, 16, 3) float32
        The model's own joints about the middle of the hips; where it saw none, the place where such joints usually are.
    move : (n, 16, 3) float32
        What to add to it.
    log_sd : (n, 16) float32
        Natural logarithm of the standard deviation along one axis.
    up : (n, 3) float32
        Against gravity, not of unit length.
    log_up_sd : (n,) float32
        Natural logarithm of its standard deviation in radians.
    """

    start: Floats
    move: Floats
    log_sd: Floats
    up: Floats
    log_up_sd: Floats

    def mirrored(self) -> Prediction:
        """The same in the mirror: x the other way round, left and right exchanged."""
        return Prediction(
            self.start[:, SWAPPED_JOINTS] * _FLIP,
            self.move[:, SWAPPED_JOINTS] * _FLIP,
            self.log_sd[:, SWAPPED_JOINTS],
            self.up * _FLIP,
            self.log_up_sd,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Weights of a residual network; every layer multiplies from the right.

    Attributes
    ----------
    mean, spread : (d,) float32
        What an input is made free of before it enters; d = w x 150 + 4. The middle picture's block is the w // 2-th.
    entry : (weight (d, h), bias (h,))
    blocks : tuple of (weight, bias, weight, bias)
        Each adds to what goes through it.
    exit : (weight (h, 51), bias (51,))
    doubt : (weight (h, k), bias (k,), weight (k, 17), bias (17,))
    """

    mean: Floats
    spread: Floats
    entry: tuple[Floats, Floats]
    blocks: tuple[tuple[Floats, Floats, Floats, Floats], ...]
    exit: tuple[Floats, Floats]
    doubt: tuple[Floats, Floats, Floats, Floats]

    def predict(self, pictures: Floats, place: Floats) -> Prediction:
        """Mean of what it says of the pictures and of their mirror image.

        Parameters
        ----------
        pictures : (n, w, 150)
            Features of the w pictures about each moment; NaN where a point was not seen.
        place : (n, 4)
        """
        seen = self.predict_once(pictures, place)
        mirrored = self.predict_once(pictures[..., MIRROR_ORDER] * MIRROR_SIGN, place * PLACE_SIGN).mirrored()
        return Prediction(
            seen.start,
            _mean(seen.move, mirrored.move),
            _mean(seen.log_sd, mirrored.log_sd),
            _mean(seen.up, mirrored.up),
            _mean(seen.log_up_sd, mirrored.log_up_sd),
        )

    def predict_once(self, pictures: Floats, place: Floats) -> Prediction:
        """What it says of the pictures as they are."""
        values, doubts = self._run(self.entering(pictures, place))
        doubts = np.clip(doubts, *LOG_SD_RANGE)
        moves = values[:, : JOINT_COUNT * 3].reshape(-1, JOINT_COUNT, 3)
        up = values[:, JOINT_COUNT * 3 :] + np.array([0, -1, 0], dtype=np.float32)
        return Prediction(self.start(pictures), moves, doubts[:, :JOINT_COUNT], up, doubts[:, JOINT_COUNT])

    def entering(self, pictures: Floats, place: Floats) -> Floats:
        """(n, d) the inputs about their mean, in units of their spread; what was not seen is the mean, 0."""
        flat = np.concatenate([pictures.reshape(len(pictures), -1), place], axis=1)
        return np.asarray(np.nan_to_num((flat - self.mean) / self.spread))

    def start(self, pictures: Floats) -> Floats:
        """(n, 16, 3) the model's own joints in the middle picture, in legs."""
        middle = pictures.shape[1] // 2
        start = pictures[:, middle, START]
        usual = self.mean[middle * pictures.shape[2] + START]
        return np.where(np.isfinite(start), start, usual)

    def _run(self, entering: Floats) -> tuple[Floats, Floats]:
        weight, bias = self.entry
        stream = entering @ weight + bias
        for first, first_bias, second, second_bias in self.blocks:
            stream = stream + _relu(_relu(stream) @ first + first_bias) @ second + second_bias
        last = _relu(stream)
        weight, bias = self.exit
        hidden, hidden_bias, doubt, doubt_bias = self.doubt
        return last @ weight + bias, _relu(last @ hidden + hidden_bias) @ doubt + doubt_bias


def _mean(one: Floats, other: Floats) -> Floats:
    return np.asarray((one + other) / np.float32(2))


def _relu(values: Floats) -> Floats:
    return np.maximum(values, np.float32(0))
