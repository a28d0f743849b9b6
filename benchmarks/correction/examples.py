"""Rendered pictures as examples to learn from: features as at run time, and the true joints along the line of sight."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posecheck.pose.landmarks import Landmark, LandmarkSeries, SeriesSource
from posecheck.skeleton.centres import joint_index
from posecheck.skeleton.features import POINT_VALUES, Moments, between_pictures, read_features, stretch_ends_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from benchmarks.synthetic.pictures import Pictures

MODELS = {
    "full": "35916545c6996d1daf0f7bdd3aeb2fc41b84f2bd8acea1642685a851340f619a",
    "heavy": "46c2900a74c9d173e589c986009aa4e2b14b64712996d363b0e6315a46510dae",
}
"""sha256 of the pose models by the word of the data set's column ``model``."""

HELD_OUT_OF = 10
"""One of so many training bodies is kept for the uncertainties: errors on pictures learnt by heart are too small."""

APART_S = 1e4
"""Clips lie so far apart on the common time axis that none reads another's pictures."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Pictures of many clips, one after another.

    Attributes
    ----------
    values : (n, 150) float32
    place : (n, 4) float32
        As in `posecheck.skeleton.features.Features`.
    time_s, first_s, last_s : (n,) float64
        On a common time axis: of the picture, and the ends of what may be read about it.
    joints : (n, 16, 3) float32
        True joints about the middle of the hips, along the line of sight, in true legs; NaN where not stored.
    up : (n, 3) float32
    leg_ratio : (n,) float32
        True leg in legs of the model.
    readable : (n,) bool
    clip : (n,) int64
    """

    values: NDArray[np.float32]
    place: NDArray[np.float32]
    time_s: NDArray[np.float64]
    first_s: NDArray[np.float64]
    last_s: NDArray[np.float64]
    joints: NDArray[np.float32]
    up: NDArray[np.float32]
    leg_ratio: NDArray[np.float32]
    readable: NDArray[np.bool_]
    clip: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.values)

    def moments(self, rows: NDArray[np.intp], offsets_s: NDArray[np.float64]) -> Moments:
        """Where the pictures at offsets ((n, w) or (w,)) from some pictures lie."""
        known = np.flatnonzero(self.readable)
        wanted = np.clip(self.time_s[rows, None] + offsets_s, self.first_s[rows, None], self.last_s[rows, None])
        return between_pictures(self.time_s[known], known, wanted)


def clip_series(pictures: Pictures) -> Iterator[tuple[int, NDArray[np.intp], LandmarkSeries]]:
    """Each clip as a recording: its index, its rows and its landmarks."""
    starts = np.flatnonzero(np.diff(pictures.clip, prepend=-1))
    for rows in np.split(np.arange(len(pictures)), starts[1:]):
        clip = pictures.clips.loc[int(pictures.clip[rows[0]])]
        visibility = pictures.visibility[rows].astype(np.float64)
        source = SeriesSource(int(clip.width_px), int(clip.height_px), model_sha256=MODELS[clip.model])
        xy, xyz = pictures.xy_px[rows].astype(np.float64), pictures.xyz_m[rows].astype(np.float64)
        yield int(clip.name), rows, LandmarkSeries(pictures.time_s[rows], xy, xyz, visibility, source)


def make_examples(pictures: Pictures) -> Examples:
    """Examples of all pictures that hold a body and its truth, in their order."""
    n = len(pictures)
    values, place = np.full((n, POINT_VALUES), np.nan, np.float32), np.full((n, 4), np.nan, np.float32)
    time_s, first_s, last_s = (np.zeros(n) for _ in range(3))
    readable, ratio, leg_true = np.zeros(n, dtype=bool), np.ones(n, np.float32), np.ones(n, np.float32)
    for number, (_, rows, series) in enumerate(clip_series(pictures)):
        features = read_features(series)
        ready = features.readable & np.isfinite(pictures.joints_m[rows][:, _LEG]).all(axis=(1, 2))
        leg_true[rows] = true_leg_m(pictures.joints_m[rows])
        values[rows], place[rows], readable[rows] = features.values, features.place, ready
        ratio[rows] = leg_true[rows] / features.leg_m
        time_s[rows] = series.time_s + number * APART_S
        first_s[rows], last_s[rows] = stretch_ends_s(time_s[rows], ready)
    sight = to_line_of_sight(pictures.hips_m)
    joints = np.einsum("nij,nkj->nki", sight, pictures.joints_m) / leg_true[:, None, None]
    up = np.einsum("nij,nj->ni", sight, pictures.up)
    return Examples(
        values,
        place,
        time_s,
        first_s,
        last_s,
        joints.astype(np.float32),
        up.astype(np.float32),
        ratio,
        readable,
        pictures.clip,
    )


_LEG = [joint_index(Landmark[f"{side}_{part}"]) for side in ("LEFT", "RIGHT") for part in ("HIP", "KNEE", "ANKLE")]


def true_leg_m(joints_m: NDArray[np.float32]) -> float:
    """Mean length of thigh and shank of both legs ((n, 16, 3))."""
    legs = joints_m[:, _LEG].reshape(len(joints_m), 2, 3, 3)
    return float(np.nanmean(np.linalg.norm(np.diff(legs, axis=2), axis=3).sum(axis=2)))


def to_line_of_sight(hips_m: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, 3, 3) rotations by the shortest way from the camera's axes to those whose z points to the hips."""
    sight = hips_m / np.linalg.norm(hips_m, axis=1, keepdims=True)
    x, y, z = sight.T.astype(np.float64)
    # Rodrigues with axis sight x z and cosine z, written out.
    k = 1 / (1 + z)
    rows = [[1 - k * x * x, -k * x * y, -x], [-k * x * y, 1 - k * y * y, -y], [x, y, z]]
    return np.moveaxis(np.array(rows), 2, 0)


def held_out_bodies(clips: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether each clip is of a body kept for the uncertainties: a tenth of the bodies, in an order that has no meaning."""
    by_digest = sorted(clips["body"].unique(), key=lambda body: hashlib.sha256(str(body).encode()).hexdigest())
    return np.asarray(clips["body"].isin(by_digest[: -(-len(by_digest) // HELD_OUT_OF)]))


def rows_of(examples: Examples, clips: Sequence[int] | pd.Index) -> NDArray[np.intp]:
    """The readable pictures of some clips."""
    return np.flatnonzero(examples.readable & np.isin(examples.clip, np.asarray(clips)))
