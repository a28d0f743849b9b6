"""Runs the correction over rendered clips as over any recording, and lays its joints beside the true ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.correction.angles import MEASURED, angle_function
from benchmarks.correction.examples import clip_series, to_line_of_sight, true_leg_m
from posecheck.kinematics.joints import ANGLES, Side
from posecheck.skeleton.angle_sd import angle_sd_deg
from posecheck.skeleton.centres import JOINTS, JointCentres
from posecheck.skeleton.correction import apply_correction

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from benchmarks.synthetic.pictures import Pictures
    from posecheck.pose.landmarks import LandmarkSeries
    from posecheck.skeleton.correction_file import Correction


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Corrected, uncorrected and true joints of the same pictures, all as large as the corrected body.

    Attributes
    ----------
    said, world, true : JointCentres
        ``world``: the model's own points, for a level camera.
    clip : (n,) int64
    picture : (n,) int64
        Which of the pictures that were judged.
    """

    said: JointCentres
    world: JointCentres
    true: JointCentres
    clip: NDArray[np.int64]
    picture: NDArray[np.int64]

    def only(self, rows: NDArray[np.bool_]) -> Judged:
        """Some of the pictures."""
        return Judged(
            *(part.pictures(rows) for part in (self.said, self.world, self.true)), self.clip[rows], self.picture[rows]
        )


def judge(correction: Correction, pictures: Pictures) -> Judged:
    """Correct every clip; pictures without a body are left out."""
    parts = [_judge_clip(correction, pictures, rows, series) for _, rows, series in clip_series(pictures)]
    said, world, true = (_joined([part[k] for part in parts]) for k in range(3))
    judged = Judged(said, world, true, pictures.clip, np.arange(len(pictures)))
    return judged.only(np.isfinite(said.depth) & np.isfinite(true.xyz_m[:, [6, 7, 8, 9, 10, 11]]).all(axis=(1, 2)))


def _judge_clip(
    correction: Correction, pictures: Pictures, rows: NDArray[np.intp], series: LandmarkSeries
) -> tuple[JointCentres, JointCentres, JointCentres]:
    said = apply_correction(correction, series)
    leg_m = float(np.nanmedian(_leg_m(said.xyz_m)))
    sight = to_line_of_sight(pictures.hips_m[rows])
    joints = np.einsum("nij,nkj->nki", sight, pictures.joints_m[rows]) * leg_m / true_leg_m(pictures.joints_m[rows])
    true = replace(said, xyz_m=joints, up=np.einsum("nij,nj->ni", sight, pictures.up[rows]))
    hips = series.xyz_m[:, [23, 24]].mean(axis=1, keepdims=True)
    own = (series.xyz_m - hips)[:, list(JOINTS)]
    own *= leg_m / float(np.nanmedian(_leg_m(own)))
    return said, replace(said, xyz_m=own, up=np.tile([0.0, -1.0, 0.0], (len(said), 1))), true


def _leg_m(joints: NDArray[np.float64]) -> NDArray[np.float64]:
    legs = joints[:, 6:12].reshape(len(joints), 3, 2, 3)
    return np.asarray(np.linalg.norm(np.diff(legs, axis=1), axis=3).sum(axis=1).mean(axis=1))


def _joined(parts: Sequence[JointCentres]) -> JointCentres:
    names = ("time_s", "xyz_m", "sd_m", "up", "up_sd_deg", "depth")
    return JointCentres(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True, slots=True, eq=False)
class AngleErrors:
    """Errors of one angle, both sides after one another: (m,) degrees, their first-order standard deviation, and depth."""

    error_deg: NDArray[np.float64]
    world_error_deg: NDArray[np.float64]
    sd_deg: NDArray[np.float64]
    depth: NDArray[np.float64]
    clip: NDArray[np.int64]


def angle_errors(judged: Judged, name: str, correction: Correction | None = None) -> AngleErrors:
    """Errors of an angle; standard deviations only where a correction is given, NaN otherwise."""
    columns: list[list[NDArray[np.float64]]] = []
    for side in Side if ANGLES[name].sided else (Side.LEFT,):
        compute = angle_function(name, side)
        true = compute(judged.true)
        errors = [(compute(centres) - true + 180) % 360 - 180 for centres in (judged.said, judged.world)]
        sd = angle_sd_deg(judged.said, compute, correction, name=name) if correction else true * np.nan
        columns.append([*errors, sd, judged.said.depth, judged.clip])
    return AngleErrors(*(np.concatenate(each) for each in zip(*columns, strict=True)))


def angle_table(judged: Judged, clips: pd.DataFrame, names: Sequence[str] = MEASURED[:4]) -> list[dict[str, object]]:
    """Median and 95th percentile of the absolute error by angle and by how far from side or front the camera stood."""
    rows: list[dict[str, object]] = []
    turned = _from_nearest_view_deg(clips["yaw_deg"].to_numpy(dtype=np.float64))
    for name in names:
        errors = angle_errors(judged, name)
        off = turned[clips.index.get_indexer(errors.clip)]
        for low, high in ((0, 15), (15, 30), (30, 46)):
            inside = (off >= low) & (off < high) & np.isfinite(errors.error_deg)
            if inside.sum() < 20:
                continue
            said, world = abs(errors.error_deg[inside]), abs(errors.world_error_deg[inside])
            row = {"angle": name, "beside_deg": f"{low}-{high}", "pictures": int(inside.sum())}
            row |= {"median_deg": float(np.median(said)), "p95_deg": float(np.quantile(said, 0.95))}
            row |= {"world_median_deg": float(np.median(world)), "world_p95_deg": float(np.quantile(world, 0.95))}
            rows.append(row)
    return rows


def swapped_share(found: JointCentres, true: JointCentres) -> float:
    """Share of pictures whose knees and ankles fit the other leg's true ones better than their own."""
    legs, others = [8, 9, 10, 11], [9, 8, 11, 10]
    own, other = (
        np.linalg.norm(found.xyz_m[:, legs] - true.xyz_m[:, order], axis=2).sum(axis=1) for order in (legs, others)
    )
    return float((other < own).mean())


def _from_nearest_view_deg(yaw_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far from looking at the side, the front or the back."""
    return np.asarray(np.abs((yaw_deg + 45) % 90 - 45))
