"""From the model's body points to true joint centres, as learnt from rendered pictures."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from posecheck.settings import load_settings
from posecheck.skeleton.centres import HIPS, JOINT_COUNT, JointCentres
from posecheck.skeleton.correction_file import CORRECTION_NAME, Correction, read_correction
from posecheck.skeleton.features import MIRROR_ORDER, MIRROR_SIGN, Moments, find_moments, read_features
from posecheck.skeleton.one_thread import one_thread

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from posecheck.pose.landmarks import LandmarkSeries

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

TOGETHER = 1024
"""Pictures that go through the network at once: bounds the memory of long recordings (chosen by us)."""

GIVES_WAY_FROM = 1.5
GIVES_WAY_UNTIL = 3.0
"""Between these depths the correction gives way to the model's own points, evenly (chosen by us: at the edge, 1, it was
still right for bodies that it had not seen; of three times as far nothing is known)."""

UNKNOWN_MODEL_DEPTH = 1.0
"""What is added to the depth of points that come from a model which the correction never saw: the edge (chosen by us)."""


def correct(series: LandmarkSeries) -> JointCentres:
    """Joint centres of a recording, with their uncertainty.

    Parameters
    ----------
    series : LandmarkSeries
        Cleaned or as the model gave it; single points may be missing.

    Returns
    -------
    JointCentres
        One row a picture; NaN where no body was found, or too little of one.

    Raises
    ------
    ModelFileError
        The weights are missing, or are not the file they should be.

    Notes
    -----
    One camera cannot see size: metres are the model's own, times how much larger rendered bodies were on average. Angles do
    not depend on it, and ``sd_m`` leaves it out.
    """
    return apply_correction(load_correction(), series)


def load_correction() -> Correction:
    """The weights that posecheck carries, read and checked once.

    Raises
    ------
    ModelFileError
        They are missing, or are not the file they should be.
    """
    return _load(load_settings().models_dir / CORRECTION_NAME)


@cache
def _load(path: Path) -> Correction:
    return read_correction(path)


def apply_correction(correction: Correction, series: LandmarkSeries) -> JointCentres:
    """As `correct`, with weights of one's own."""
    features = read_features(series)
    moments = find_moments(features.time_s, features.readable, correction.offsets_s)
    further = 0.0 if _is_known(correction, series) else UNKNOWN_MODEL_DEPTH
    centres = _nothing(features.time_s)
    rows = np.flatnonzero(features.readable)
    for first in range(0, len(rows), TOGETHER):
        some = rows[first : first + TOGETHER]
        about = Moments(moments.lower[some], moments.upper[some], moments.share[some])
        pictures = about.read(features.values)
        with one_thread():
            depth = _depth(correction, pictures, features.place[some]) + further
            corrected = _corrected(correction, pictures, features.place[some], depth)
        _fill(centres, some, corrected, features.leg_m)
    return centres


def _is_known(correction: Correction, series: LandmarkSeries) -> bool:
    """Whether it learnt from this pose model; made-up points, which name none, count as known."""
    return series.source.model_sha256 in ("", *correction.models)


def _nothing(time_s: Doubles) -> JointCentres:
    n = len(time_s)
    shapes = ((n, JOINT_COUNT, 3), (n, JOINT_COUNT), (n, 3), (n,), (n,))
    return JointCentres(time_s, *(np.full(shape, np.nan) for shape in shapes))


def _fill(centres: JointCentres, rows: NDArray[np.intp], part: JointCentres, metres: float) -> None:
    centres.xyz_m[rows], centres.sd_m[rows] = part.xyz_m * metres, part.sd_m * metres
    centres.up[rows], centres.up_sd_deg[rows], centres.depth[rows] = part.up, part.up_sd_deg, part.depth


def _depth(correction: Correction, pictures: Floats, place: Floats) -> Doubles:
    """(n,) mean depth of the middle picture and of its mirror image, so that both have the same."""
    block = slice(pictures.shape[1] // 2 * pictures.shape[2], (pictures.shape[1] // 2 + 1) * pictures.shape[2])
    seen, mirrored = (
        correction.reach.depth(correction.network.entering(each, place)[:, block])
        for each in (pictures, pictures[..., MIRROR_ORDER] * MIRROR_SIGN)
    )
    return np.asarray((seen + mirrored) / 2, dtype=np.float64)


def _corrected(correction: Correction, pictures: Floats, place: Floats, depth: Doubles) -> JointCentres:
    """Joint centres of some moments; lengths in legs of the model, not metres."""
    said = correction.network.predict(pictures, place)
    doubt = 1 + correction.growth * depth
    trust = np.clip((GIVES_WAY_UNTIL - depth) / (GIVES_WAY_UNTIL - GIVES_WAY_FROM), 0, 1)
    move = _within(said.move.astype(np.float64), correction.move_limit)
    joints = said.start + trust[:, None, None] * move
    joints = (joints - joints[:, HIPS].mean(axis=1, keepdims=True)) * correction.leg_ratio
    # Where the move is held back, what is held back may be wrong, and is doubt.
    held_back = (1 - trust)[:, None] * np.linalg.norm(move, axis=2) / np.sqrt(3)
    sd = np.hypot(np.exp(said.log_sd) * correction.sd_scale * doubt[:, None], held_back) * correction.leg_ratio
    up = trust[:, None] * said.up + (1 - trust)[:, None] * np.array([0, -1, 0])
    up = up / np.linalg.norm(up, axis=1, keepdims=True)
    up_sd_deg = np.degrees(np.exp(said.log_up_sd.astype(np.float64)) * correction.up_scale * doubt)
    return JointCentres(np.empty(len(depth)), joints, sd, up, up_sd_deg, depth)


def _within(move: Doubles, limit: Doubles) -> Doubles:
    """Moves ((n, 16, 3)) no longer than any that was right in training ((16,))."""
    length = np.linalg.norm(move, axis=2, keepdims=True)
    return np.asarray(move * np.minimum(1, limit[:, None] / np.maximum(length, 1e-9)))
