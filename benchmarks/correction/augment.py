"""Alters rendered examples at random, so that nothing is learnt that only rendering has."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import torch

from posecheck.pose.landmarks import SWAPPED_ORDER, Landmark
from posecheck.skeleton.centres import SWAPPED_JOINTS
from posecheck.skeleton.features import MIRROR_ORDER, MIRROR_SIGN, PLACE_SIGN, USED, VALUES_PER_POINT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.correction.examples import Examples


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """How much of each; all chosen by us from what real recordings showed, none tuned on them. Lengths in legs."""

    roll_deg: float = 5.0
    """Standard deviation of the camera's turn about its line of sight, beyond what was rendered."""
    noise: float = 0.015
    """Standard deviation of each point, once for the whole window and once for each picture."""
    size: float = 0.04
    """Standard deviation of the logarithm of the scale of picture and of space, each by itself."""
    place: float = 0.05
    """Standard deviation of the hips' place in the picture, and twice that of the logarithm of the size there."""
    blind: float = 0.2
    """Share of examples that are not told where in the picture they are."""
    group: float = 0.08
    """Share of examples in which a group of points (face, hands, feet, a limb) was not seen, for each group."""
    point: float = 0.02
    """Share of single points not seen."""
    unseen: float = 0.5
    """Share of examples in which points of visibility under a half are missing, as after cleaning."""
    crossed: float = 0.04
    """Share of examples, and of single pictures about them, whose legs the model took for one another."""
    still: float = 0.1
    """Share of examples that see one picture only."""
    past: float = 0.15
    """Share of examples that do not see what comes next, as with a live camera."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Features ((n, w, 150), NaN where not seen), place (n, 4), true joints (n, 16, 3) and vertical (n, 3)."""

    pictures: torch.Tensor
    place: torch.Tensor
    joints: torch.Tensor
    up: torch.Tensor


def _points(*marks: Landmark) -> list[int]:
    return [USED.index(mark) for mark in marks]


def _limb(*parts: str) -> list[list[int]]:
    return [_points(*(Landmark[f"{side}_{part}"] for part in parts)) for side in ("LEFT", "RIGHT")]


GROUPS: tuple[list[int], ...] = (
    _points(Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR),
    list(chain(*_limb("PINKY", "INDEX", "THUMB"))),
    list(chain(*_limb("HEEL", "FOOT_INDEX"))),
    *_limb("ELBOW", "WRIST", "PINKY", "INDEX", "THUMB"),
    *_limb("ANKLE", "HEEL", "FOOT_INDEX"),
)
_LEG_ORDER = np.array(
    [USED.index(Landmark(SWAPPED_ORDER[mark])) if mark >= Landmark.LEFT_KNEE else k for k, mark in enumerate(USED)]
)


def plain_batch(examples: Examples, rows: NDArray[np.intp], offsets_s: NDArray[np.float64]) -> Batch:
    """Examples as they are."""
    pictures = examples.moments(rows, offsets_s).read(examples.values)
    arrays = (pictures, examples.place[rows], examples.joints[rows], examples.up[rows])
    return Batch(*(torch.from_numpy(array) for array in arrays))


def augmented_batch(
    examples: Examples,
    rows: NDArray[np.intp],
    offsets_s: NDArray[np.float64],
    how: Augmentation,
    rng: np.random.Generator,
) -> Batch:
    """Examples, altered at random."""
    n = len(rows)
    offsets = offsets_s * rng.uniform(0.8, 1.25, (n, 1))
    offsets = np.where(rng.random((n, 1)) < how.past, np.minimum(offsets, 0), offsets)
    offsets = np.where(rng.random((n, 1)) < how.still, 0, offsets)
    batch = plain_batch(examples, rows, offsets)
    points = batch.pictures.reshape(n, -1, len(USED), VALUES_PER_POINT)
    points = _cross_legs(points, how, rng)
    batch = Batch(points.flatten(2), batch.place, batch.joints, batch.up)
    batch = _mirror(batch, torch.from_numpy(rng.random(n) < 0.5))
    batch = _roll(batch, rng.normal(0, np.radians(how.roll_deg), n))
    points = batch.pictures.reshape(n, -1, len(USED), VALUES_PER_POINT)
    points = _hide(_disturb(points, how, rng), how, rng)
    return Batch(points.flatten(2), _disturb_place(batch.place, how, rng), batch.joints, batch.up)


def _normal(rng: np.random.Generator, sd: float, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.standard_normal(shape, dtype=np.float32) * np.float32(sd))


def _chosen(rng: np.random.Generator, share: float, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.random(shape, dtype=np.float32) < share)


def _cross_legs(points: torch.Tensor, how: Augmentation, rng: np.random.Generator) -> torch.Tensor:
    n, w = points.shape[:2]
    crossed = _chosen(rng, how.crossed, n, 1) ^ _chosen(rng, how.crossed, n, w)
    return torch.where(crossed[:, :, None, None], points[:, :, _LEG_ORDER], points)


def _mirror(batch: Batch, which: torch.Tensor) -> Batch:
    flip = torch.tensor([-1.0, 1.0, 1.0])
    pictures = batch.pictures[..., MIRROR_ORDER.copy()] * torch.tensor(MIRROR_SIGN.copy())
    return Batch(
        torch.where(which[:, None, None], pictures, batch.pictures),
        torch.where(which[:, None], batch.place * torch.tensor(PLACE_SIGN.copy()), batch.place),
        torch.where(which[:, None, None], batch.joints[:, SWAPPED_JOINTS.copy()] * flip, batch.joints),
        torch.where(which[:, None], batch.up * flip, batch.up),
    )


def _roll(batch: Batch, angle: NDArray[np.float64]) -> Batch:
    cos, sin = (torch.from_numpy(part.astype(np.float32)) for part in (np.cos(angle), np.sin(angle)))

    def turned(xy: torch.Tensor) -> torch.Tensor:
        c, s = (part.reshape(-1, *[1] * (xy.ndim - 2)) for part in (cos, sin))
        return torch.stack([c * xy[..., 0] - s * xy[..., 1], s * xy[..., 0] + c * xy[..., 1]], -1)

    def with_turned(vectors: torch.Tensor) -> torch.Tensor:
        return torch.cat([turned(vectors[..., :2]), vectors[..., 2:]], -1)

    points = batch.pictures.reshape(*batch.pictures.shape[:2], len(USED), VALUES_PER_POINT)
    points = torch.cat([turned(points[..., :2]), with_turned(points[..., 2:5]), points[..., 5:]], -1)
    return Batch(points.flatten(2), with_turned(batch.place), with_turned(batch.joints), with_turned(batch.up))


def _disturb(points: torch.Tensor, how: Augmentation, rng: np.random.Generator) -> torch.Tensor:
    n, w, p, _ = points.shape
    flat = points[..., :2] * torch.exp(_normal(rng, how.size, n, 1, 1, 1))
    space = points[..., 2:5] * torch.exp(_normal(rng, how.size, n, 1, 1, 1))
    # Some examples are noisier than others, as some recordings are.
    amount = torch.exp(_normal(rng, 0.7, n, 1, 1, 1)) * how.noise
    noise = [amount * (_normal(rng, 1, n, 1, p, k) + _normal(rng, 1, n, w, p, k)) for k in (2, 3)]
    sight = torch.clamp(points[..., 5:] + _normal(rng, 0.05, n, w, p, 1), 0, 1)
    return torch.cat([flat + noise[0], space + noise[1], sight], -1)


def _hide(points: torch.Tensor, how: Augmentation, rng: np.random.Generator) -> torch.Tensor:
    n, w, p, _ = points.shape
    hidden = _chosen(rng, how.point, n, 1, p).expand(n, w, p).clone()
    for group in GROUPS:
        hidden[:, :, group] |= _chosen(rng, how.group, n, 1, 1)
    hidden |= _chosen(rng, how.unseen, n, 1, 1) & (points[..., 5] < 0.5)
    hidden[:, :, _points(Landmark.LEFT_HIP, Landmark.RIGHT_HIP)] = False
    hidden |= ~torch.isfinite(points[..., 0])
    return torch.cat(
        [
            torch.where(hidden[..., None], torch.nan, points[..., :5]),
            torch.where(hidden[..., None], 0.0, points[..., 5:]),
        ],
        -1,
    )


def _disturb_place(place: torch.Tensor, how: Augmentation, rng: np.random.Generator) -> torch.Tensor:
    n = len(place)
    moved = place + _normal(rng, how.place, n, 4) * torch.tensor([1.0, 1.0, 2.0, 0.5])
    return torch.where(_chosen(rng, how.blind, n, 1), torch.nan, moved)
