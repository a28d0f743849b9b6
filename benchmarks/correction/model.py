"""The network while it learns (torch), and its weights as they run (numpy)."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from posecheck.skeleton.centres import HIPS, JOINT_COUNT
from posecheck.skeleton.network import DOUBTS, OUTPUTS, START, Network

_HIPS = list(HIPS)


class Learner(nn.Module):
    """`posecheck.skeleton.network.Network`, with gradients and dropout."""

    def __init__(self, mean: np.ndarray, spread: np.ndarray, *, width: int, blocks: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("spread", torch.tensor(spread))
        self.entry = nn.Linear(len(mean), width)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.ReLU(),
                nn.Dropout(dropout),
                nn.Linear(width, width),
                nn.ReLU(),
                nn.Dropout(dropout),
                nn.Linear(width, width),
            )
            for _ in range(blocks)
        )
        self.exit = nn.Linear(width, OUTPUTS)
        self.doubt = nn.Sequential(nn.Linear(width, 128), nn.ReLU(), nn.Linear(128, DOUBTS))
        # At first it moves nothing and doubts everything alike: the model's own points are the place to begin.
        nn.init.zeros_(self.exit.weight)
        nn.init.zeros_(self.exit.bias)
        nn.init.zeros_(self.doubt[2].weight)
        nn.init.constant_(self.doubt[2].bias, float(np.log(0.06)))

    def forward(self, pictures: torch.Tensor, place: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(n, 16, 3) joints about the middle of the hips, (n, 3) vertical, and (n, h) what the doubts are read from."""
        entering = torch.cat([pictures.flatten(1), place], 1)
        entering = torch.nan_to_num((entering - self.mean) / self.spread)
        stream = self.entry(entering)
        for block in self.blocks:
            stream = stream + block(stream)
        last = torch.relu(stream)
        out = self.exit(last)
        joints = self._start(pictures) + out[:, : JOINT_COUNT * 3].reshape(-1, JOINT_COUNT, 3)
        joints = joints - joints[:, _HIPS].mean(1, keepdim=True)
        return joints, out[:, JOINT_COUNT * 3 :] + torch.tensor([0.0, -1.0, 0.0]), last

    def _start(self, pictures: torch.Tensor) -> torch.Tensor:
        middle = pictures.shape[1] // 2
        start = pictures[:, middle][:, START.ravel().tolist()].reshape(-1, JOINT_COUNT, 3)
        usual = self.mean[(middle * pictures.shape[2] + START).ravel().tolist()].reshape(1, JOINT_COUNT, 3)
        return torch.where(torch.isfinite(start), start, usual)


def export(learner: Learner) -> Network:
    """The weights for numpy, rounded as the file stores them."""

    def layer(linear: nn.Linear) -> tuple[np.ndarray, np.ndarray]:
        weight, bias = linear.weight.detach().numpy().T, linear.bias.detach().numpy()
        return weight.astype(np.float16).astype(np.float32), bias.astype(np.float16).astype(np.float32)

    return Network(
        mean=learner.mean.numpy(),
        spread=learner.spread.numpy(),
        entry=layer(learner.entry),
        blocks=tuple((*layer(block[2]), *layer(block[5])) for block in learner.blocks),
        exit=layer(learner.exit),
        doubt=(*layer(learner.doubt[0]), *layer(learner.doubt[2])),
    )
