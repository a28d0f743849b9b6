"""How far a posture is from everything that the correction was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What the training data look like, in few numbers: the main directions of their features, and examples along these.

    Attributes
    ----------
    directions : (d, k) float32
        Main directions of a picture's features (about their mean, in units of their spread), orthonormal.
    examples : (m, k) float32
        Training pictures along them.
    near : (2,) float32
        Distance to the nearest example, and length of what the directions leave out: medians of held-out training bodies.
    edge : (2,) float32
        The same: what 99.5 % of these pictures stay under.
    """

    directions: Floats
    examples: Floats
    near: Floats
    edge: Floats

    def depth(self, entering: Floats) -> Floats:
        """(n,) how far out features (n, d) are: 0 as near as the middle of the held-out pictures, 1 at their edge.

        The larger of two: a posture that was not among the examples, and points that do not make a body as the examples do.
        """
        over = (self.distances(entering) - self.near) / (self.edge - self.near)
        return np.asarray(np.maximum(over.max(axis=1), np.float32(0)))

    def distances(self, entering: Floats) -> Floats:
        """(n, 2) distance to the nearest example, and length of what the directions leave out."""
        along = entering @ self.directions
        left_out = np.sqrt(np.maximum((entering**2).sum(axis=1) - (along**2).sum(axis=1), 0))
        return np.column_stack([_nearest(along, self.examples), left_out])


def learn_reach(examples: Floats, held_out: Floats, *, directions: int = 24, edge: float = 0.995) -> Reach:
    """The reach of some training pictures ((m, d) features), its edge measured on others of other bodies ((n, d)).

    Parameters
    ----------
    directions : int
        Default: keeps nine tenths of the variance of rendered pictures, and leaves distances that still tell near from far
        (chosen by us).
    edge : float
        Share of the held-out pictures that are inside. Default: one in 200 is an outlier even at home.
    """
    _, vectors = np.linalg.eigh(np.cov(examples, rowvar=False))
    main = vectors[:, ::-1][:, :directions].astype(np.float32)
    zero, one = np.zeros(2, dtype=np.float32), np.ones(2, dtype=np.float32)
    apart = Reach(main, examples @ main, zero, one).distances(held_out)
    near, far = np.quantile(apart, [0.5, edge], axis=0).astype(np.float32)
    return Reach(main, examples @ main, near, far)


def _nearest(points: Floats, examples: Floats) -> Floats:
    squares = (examples**2).sum(axis=1) - 2 * points @ examples.T
    nearest = squares.min(axis=1) + (points**2).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(nearest, 0)))
