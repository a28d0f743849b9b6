"""Makes stated uncertainties true: on the tuning bodies, 95 % intervals of joints and of angles cover 95 %."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.correction.angles import MEASURED
from benchmarks.correction.judge import Judged, angle_errors, judge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.synthetic.pictures import Pictures
    from posecheck.skeleton.correction_file import Correction

COVERED = 0.95
IN_SD = 1.96
"""Half the width of a 95 % interval in standard deviations."""

DEPTH_EDGES = (0.0, 0.25, 0.5, 1.0, 1.5)
"""Bins in which doubt is compared with error; further out there are too few."""

WORST_Z = 5.0
"""Errors beyond so many standard deviations (exchanged legs) would decide correlations alone."""


def calibrate(correction: Correction, pictures: Pictures) -> Correction:
    """The correction with its uncertainties scaled to the errors on these pictures."""
    flat = replace(correction, sd_scale=np.ones(16), up_scale=1.0, growth=0.0, correlation=np.eye(48), angle_scale={})
    judged = judge(flat, pictures)
    z = _z(judged)
    growth = _growth(np.abs(z), judged.said.depth)
    doubt = 1 + growth * judged.said.depth
    z /= doubt[:, None, None]
    scale = np.array([_q(np.abs(z[:, joint])) / IN_SD for joint in range(16)])
    scale[~np.isfinite(scale)] = 1.0
    up_scale = _q(_up_off_deg(judged) / (judged.said.up_sd_deg * doubt)) / _IN_SD_OF_TWO
    scaled = replace(
        flat, sd_scale=scale, up_scale=up_scale, growth=growth, correlation=_correlation(z / scale[:, None])
    )
    return replace(scaled, angle_scale=_angle_scales(scaled, judge(scaled, pictures)))


_IN_SD_OF_TWO = float(np.sqrt(-2 * np.log(1 - COVERED)))
"""95 % of directions lie within 2.45 standard deviations (along one axis) of theirs."""


def coverage(correction: Correction, pictures: Pictures) -> Mapping[str, float]:
    """Share inside 95 % intervals: of joints, of angles, and of angles near to and far from the training data."""
    judged = judge(correction, pictures)
    z = np.abs(_z(judged))
    found = {"joints": float((z[np.isfinite(z)] < IN_SD).mean())}
    found["up"] = float((_up_off_deg(judged) <= _IN_SD_OF_TWO * judged.said.up_sd_deg).mean())
    for name in MEASURED:
        errors = angle_errors(judged, name, correction)
        inside = np.abs(errors.error_deg) / errors.sd_deg < IN_SD
        known = np.isfinite(errors.error_deg / errors.sd_deg)
        for words, which in (
            ("", known),
            (", depth < 0.5", errors.depth < 0.5),
            (", depth > 0.5", errors.depth >= 0.5),
        ):
            if (known & which).sum() >= 20:
                found[name + words] = float(inside[known & which].mean())
    return found


def _z(judged: Judged) -> NDArray[np.float64]:
    return (judged.said.xyz_m - judged.true.xyz_m) / judged.said.sd_m[..., None]


def _up_off_deg(judged: Judged) -> NDArray[np.float64]:
    cosine = (judged.said.up * judged.true.up).sum(axis=1)
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _q(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(np.quantile(known, COVERED)) if known.size else float("nan")


def _growth(z: NDArray[np.float64], depth: NDArray[np.float64]) -> float:
    """Slope of the error in standard deviations over depth, relative to its value inside; 0 where errors do not grow."""
    at, height, weight = [], [], []
    for low, high in pairwise(DEPTH_EDGES):
        inside = (depth >= low) & (depth < high)
        if inside.sum() >= 50:
            at.append(float(depth[inside].mean()))
            height.append(_q(z[inside]))
            weight.append(np.sqrt(inside.sum()))
    if len(at) < 2:
        return 0.0
    slope, base = np.polyfit(at, height, 1, w=weight)
    return max(0.0, float(slope / base)) if base > 0 else 0.0


def _correlation(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """(48, 48) mean products; 0 between joints never seen together, 1 of a joint with itself where it has no truth."""
    flat = np.clip(z.reshape(len(z), -1), -WORST_Z, WORST_Z)
    known = np.isfinite(flat).astype(np.float64)
    filled = np.nan_to_num(flat)
    pairs = known.T @ known
    product = filled.T @ filled / np.maximum(pairs, 1)
    return np.where(pairs > 0, product, np.eye(flat.shape[1]))


def _angle_scales(correction: Correction, judged: Judged) -> dict[str, float]:
    scales = {}
    for name in MEASURED:
        errors = angle_errors(judged, name, correction)
        scale = _q(np.abs(errors.error_deg) / errors.sd_deg) / IN_SD
        if np.isfinite(scale):
            scales[name] = scale
    return scales
