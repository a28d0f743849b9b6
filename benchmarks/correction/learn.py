"""Teaches the network: first where the joints are, then, on bodies that it has not seen, how far it is off."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.correction.augment import Augmentation, Batch, augmented_batch, plain_batch
from benchmarks.correction.model import Learner
from posecheck.pose.landmarks import Landmark
from posecheck.skeleton.centres import JOINT_COUNT, JOINTS, joint_index
from posecheck.skeleton.network import LOG_SD_RANGE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.correction.examples import Examples


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """How it learns."""

    offsets_s: tuple[float, ...] = (-1 / 3, -1 / 6, 0.0, 1 / 6, 1 / 3)
    width: int = 512
    blocks: int = 3
    dropout: float = 0.1
    epochs: int = 40
    doubt_epochs: int = 8
    """Over the held-out bodies, which are a tenth."""
    batch: int = 256
    rate: float = 2e-3
    """Highest step of AdamW; rises for a tenth of the time, then falls (one cycle)."""
    decay: float = 0.02
    average: float = 0.999
    """Of the running mean of the weights, which is what is kept: less noisy than the last step's."""
    seed: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)


_BONES = [
    (joint_index(Landmark[f"{side}_{a}"]), joint_index(Landmark[f"{side}_{b}"]), weight)
    for side in ("LEFT", "RIGHT")
    for a, b, weight in (
        ("HIP", "KNEE", 1.0),
        ("KNEE", "ANKLE", 1.0),
        ("SHOULDER", "ELBOW", 0.3),
        ("ELBOW", "WRIST", 0.3),
        ("HEEL", "FOOT_INDEX", 0.4),
    )
]
_LINES = [
    (joint_index(Landmark[f"LEFT_{part}"]), joint_index(Landmark[f"RIGHT_{part}"]), 0.5) for part in ("HIP", "SHOULDER")
]
_TRUNK = [[joint_index(Landmark[f"{side}_{part}"]) for side in ("LEFT", "RIGHT")] for part in ("HIP", "SHOULDER")]
_TRUNK_WEIGHT = 1.0
_WEIGHT = torch.tensor(
    [{"ELBOW": 0.5, "WRIST": 0.5, "HEEL": 0.7, "INDEX": 0.7}.get(m.name.split("_")[-1], 1.0) for m in JOINTS]
)
"""Angles of the legs and the trunk are what tests are about; arms come along."""


def learn(
    examples: Examples,
    rows: NDArray[np.intp],
    held_out: NDArray[np.intp],
    how: Learning,
    checkpoint: Path | None = None,
) -> Learner:
    """A network that has learnt from some rows, and its doubts from others; goes on from the checkpoint if there is one."""
    torch.manual_seed(how.seed)
    learner = Learner(*_mean_and_spread(examples, rows, how), width=how.width, blocks=how.blocks, dropout=how.dropout)
    steps = how.epochs * max(1, len(rows) // how.batch)
    optimiser = torch.optim.AdamW(learner.parameters(), how.rate, weight_decay=how.decay)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, how.rate, total_steps=steps + 1, pct_start=0.1)
    mean = {name: value.clone() for name, value in learner.state_dict().items()}
    settings = f"{how} on {len(rows)} pictures"
    first = _resume(checkpoint, settings, learner, optimiser, plan, mean)
    began = time.monotonic()
    for epoch in range(first, how.epochs):
        loss = _epoch(learner, optimiser, plan, mean, examples, rows, how, epoch)
        print(f"epoch {epoch + 1}/{how.epochs}: loss {loss:.4f}, {time.monotonic() - began:.0f} s", flush=True)
        if checkpoint:
            state = {"learner": learner.state_dict(), "optimiser": optimiser.state_dict(), "plan": plan.state_dict()}
            torch.save(state | {"mean": mean, "epoch": epoch + 1, "settings": settings}, checkpoint)
    learner.load_state_dict(mean)
    _learn_doubt(learner, examples, held_out, how)
    return learner.eval()


def _resume(
    checkpoint: Path | None,
    settings: str,
    learner: Learner,
    optimiser: torch.optim.Optimizer,
    plan: torch.optim.lr_scheduler.LRScheduler,
    mean: dict[str, torch.Tensor],
) -> int:
    """The epoch to go on with; a checkpoint of other settings or other data is not gone on with."""
    if checkpoint is None or not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, weights_only=True)
    if state["settings"] != settings:
        return 0
    learner.load_state_dict(state["learner"])
    optimiser.load_state_dict(state["optimiser"])
    plan.load_state_dict(state["plan"])
    for name, value in state["mean"].items():
        mean[name].copy_(value)
    return int(state["epoch"])


def _epoch(
    learner: Learner,
    optimiser: torch.optim.Optimizer,
    plan: torch.optim.lr_scheduler.LRScheduler,
    mean: dict[str, torch.Tensor],
    examples: Examples,
    rows: NDArray[np.intp],
    how: Learning,
    epoch: int,
) -> float:
    # Each epoch has random numbers of its own, so that one that is gone on with is the one that was broken off.
    rng = np.random.default_rng([how.seed, epoch])
    torch.manual_seed(how.seed * 1000 + epoch)
    offsets_s = np.array(how.offsets_s)
    order, losses = rng.permutation(rows), []
    learner.train()
    for k in range(max(1, len(order) // how.batch)):
        some = order[k * how.batch : (k + 1) * how.batch]
        loss = joint_loss(learner, augmented_batch(examples, some, offsets_s, how.augmentation, rng))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        optimiser.step()
        plan.step()
        step = epoch * (len(order) // how.batch) + k
        # While there are few steps, the mean is over fewer: it must not remember the beginning.
        _follow(mean, learner, min(how.average, (1 + step) / (10 + step)))
        losses.append(loss.item())
    return float(np.mean(losses))


def _follow(mean: dict[str, torch.Tensor], learner: Learner, keep: float) -> None:
    with torch.no_grad():
        for name, value in learner.state_dict().items():
            mean[name].lerp_(value, 1 - keep)


def _mean_and_spread(examples: Examples, rows: NDArray[np.intp], how: Learning) -> tuple[np.ndarray, np.ndarray]:
    """Of every input; the same for all pictures of the window."""
    values, place = examples.values[rows], examples.place[rows]
    mean, spread = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    window = len(how.offsets_s)
    means = np.concatenate([np.tile(mean, window), np.nanmean(place, axis=0)])
    # At least 0.05: visibility hardly varies for some points, and must not become the loudest input.
    spreads = np.concatenate([np.tile(spread, window), np.nanstd(place, axis=0)])
    return means.astype(np.float32), np.maximum(spreads, 0.05).astype(np.float32)


def joint_loss(learner: Learner, batch: Batch) -> torch.Tensor:
    """Distance of the joints in legs, of the bones' directions, and of the vertical."""
    joints, up, _ = learner(batch.pictures, batch.place)
    return _distance(joints, batch.joints) * 2 + _misdirection(joints, batch.joints) + 0.3 * _norm(up - batch.up).mean()


def _norm(vectors: torch.Tensor) -> torch.Tensor:
    return torch.sqrt((vectors**2).sum(-1) + 1e-6)


def _distance(joints: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    known = torch.isfinite(true[..., 0])
    far = _norm(joints - torch.nan_to_num(true))
    weight = _WEIGHT * known
    return (far * weight).sum() / weight.sum()


def _misdirection(joints: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    off, weights = [], []
    for start, end, weight in (*_BONES, *_LINES):
        off.append((joints[:, end] - joints[:, start], true[:, end] - true[:, start]))
        weights.append(weight)
    hips, shoulders = _TRUNK
    off.append(tuple(points[:, shoulders].mean(1) - points[:, hips].mean(1) for points in (joints, true)))
    weights.append(_TRUNK_WEIGHT)
    said, right = (torch.stack([pair[k] for pair in off], 1) for k in (0, 1))
    known = torch.isfinite(right[..., 0])
    right = torch.nan_to_num(right)
    wrong = _norm(said / _norm(said)[..., None] - right / _norm(right)[..., None])
    weight = torch.tensor(weights) * known
    return (wrong * weight).sum() / weight.sum()


def _learn_doubt(learner: Learner, examples: Examples, rows: NDArray[np.intp], how: Learning) -> None:
    """Standard deviations by likelihood, everything else fixed."""
    rng, offsets_s = np.random.default_rng([how.seed, 10**6]), np.array(how.offsets_s)
    optimiser = torch.optim.AdamW(learner.doubt.parameters(), 1e-3, weight_decay=0.01)
    learner.eval()
    for epoch in range(how.doubt_epochs * 4):
        order, losses = rng.permutation(rows), []
        for k in range(max(1, len(order) // how.batch)):
            some = order[k * how.batch : (k + 1) * how.batch]
            # Half as they are, half altered: real recordings lie somewhere between.
            batch = (
                plain_batch(examples, some, offsets_s)
                if k % 2
                else augmented_batch(examples, some, offsets_s, how.augmentation, rng)
            )
            loss = _doubt_loss(learner, batch)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        if epoch % 8 == 7:
            print(f"doubt {epoch + 1}/{how.doubt_epochs * 4}: loss {np.mean(losses):.3f}", flush=True)


def _doubt_loss(learner: Learner, batch: Batch) -> torch.Tensor:
    with torch.no_grad():
        joints, up, last = learner(batch.pictures, batch.place)
    log_sd = torch.clamp(learner.doubt(last), *LOG_SD_RANGE)
    known = torch.isfinite(batch.joints[..., 0])
    squares = ((joints - torch.nan_to_num(batch.joints)) ** 2).sum(-1)
    of_joints = 3 * log_sd[:, :JOINT_COUNT] + squares / (2 * torch.exp(2 * log_sd[:, :JOINT_COUNT]))
    turn = ((up / _norm(up)[:, None] - batch.up) ** 2).sum(-1)
    of_up = 2 * log_sd[:, JOINT_COUNT] + turn / (2 * torch.exp(2 * log_sd[:, JOINT_COUNT]))
    return (of_joints * known).sum() / known.sum() + of_up.mean()
