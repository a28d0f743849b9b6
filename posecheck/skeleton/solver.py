"""Least squares over a whole recording: each picture is tied to its neighbours only, and all to a few shared numbers.

The unknowns are points in space for each picture (u) and lengths that are the same in all of them (L). The matrix of u has
its entries in a narrow band about the diagonal, so that its factors take time and memory in proportion to the number of
pictures; the few L are eliminated by what is left of their own matrix once u has followed them (the Schur complement).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from posecheck.skeleton.one_thread import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

REACH = 2
"""An acceleration ties a picture to the two before it."""


class BandedMatrix:
    """A symmetric matrix over pictures and the points of each, of which only the band below the diagonal is kept.

    Parameters
    ----------
    pictures, points : int
        Unknowns are numbered by picture, then by point, then by axis.
    """

    def __init__(self, pictures: int, points: int) -> None:
        self._size = 3 * points
        # The bands of one unknown lie side by side, as LAPACK wants them: a copy would be as large as all the rest.
        self._bands = np.zeros((pictures, self._size, REACH * self._size + 1))

    def add(self, lag: int, row: int, column: int, values: NDArray[np.float64]) -> None:
        """Add (pictures - lag, 3, 3) blocks that tie point ``row`` of each picture to ``column`` of the one ``lag`` before.

        Within a picture both triangles may be given; the upper one is left out.
        """
        count = values.shape[0]
        for axis in range(3):
            for other in range(3):
                band = lag * self._size + 3 * (row - column) + axis - other
                if band >= 0:
                    self._bands[:count, 3 * column + other, band] += values[:, axis, other]

    def add_alike(self, lag: int, row: int, column: int, values: NDArray[np.float64]) -> None:
        """Add (pictures - lag,) the same number on each of the three axes."""
        band = lag * self._size + 3 * (row - column)
        if band >= 0:
            self._bands[: len(values), 3 * column : 3 * column + 3, band] += values[:, None]

    def damped(self, share: float) -> NDArray[np.float64]:
        """(bands, unknowns) in the lower form of LAPACK, the diagonal enlarged by a share of itself.

        No copy, as it may be large: the matrix is used up.
        """
        bands = self._bands.reshape(-1, self._bands.shape[2])
        bands[:, 0] *= 1.0 + share
        return bands.T


@dataclass(frozen=True, slots=True, eq=False)
class Linearised:
    """A problem near one guess: its cost, slope and curvature.

    Attributes
    ----------
    cost : float
    slope : (n, points, 3) float64
        Derivative of the cost by the points.
    shared_slope : (m,) float64
        By the shared numbers.
    curvature : BandedMatrix
        Gauss-Newton's second derivative by the points.
    border : (n, points, 3, m) float64
        By points and shared numbers.
    corner : (m, m) float64
        By the shared numbers.
    """

    cost: float
    slope: NDArray[np.float64]
    shared_slope: NDArray[np.float64]
    curvature: BandedMatrix
    border: NDArray[np.float64]
    corner: NDArray[np.float64]


class Problem(Protocol):
    """What is minimised."""

    def cost(self, points: NDArray[np.float64], shared: NDArray[np.float64]) -> float:
        """Half the sum of all squares (or of what a robust loss makes of them)."""
        ...

    def linearise(self, points: NDArray[np.float64], shared: NDArray[np.float64]) -> Linearised:
        """Slope and curvature at a guess."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Where the cost is smallest.

    Attributes
    ----------
    points : (n, points, 3) float64
    shared : (m,) float64
    steps : int
        Linear systems solved.
    converged : bool
        Whether the last step was short enough, rather than the last one allowed.
    """

    points: NDArray[np.float64]
    shared: NDArray[np.float64]
    steps: int
    converged: bool


FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING = 1e-4, 1e-8, 1e6
"""Of Levenberg and Marquardt, as a share of the diagonal: nearly Gauss-Newton's own step to begin with (chosen by us)."""

ENOUGH = 1e-5
"""A step that lowers the cost by less than this share of it is the last one (chosen by us): what still moves then is a joint
that nothing holds, in some picture."""


def minimise(
    problem: Problem,
    points: NDArray[np.float64],
    shared: NDArray[np.float64],
    *,
    enough_m: float = 5e-4,
    most_steps: int = 30,
) -> Solution:
    """Levenberg-Marquardt from a first guess.

    Parameters
    ----------
    problem : Problem
    points : (n, points, 3) float64
    shared : (m,) float64
    enough_m : float
        Stop when no point moves further. Default: a twentieth of what the best joint is known to.
    most_steps : int
        Default: three times what a bad start needs.
    """
    with one_thread():
        return _minimise(problem, points, shared, enough_m, most_steps)


def _minimise(
    problem: Problem, points: NDArray[np.float64], shared: NDArray[np.float64], enough_m: float, most_steps: int
) -> Solution:
    damping, steps, converged = FIRST_DAMPING, 0, False
    here = problem.linearise(points, shared)
    while steps < most_steps and not converged and damping < MOST_DAMPING:
        step, shared_step = _step(here, damping)
        steps += 1
        longest_m = float(np.abs(step).max())
        there = points + step, shared + shared_step
        if problem.cost(*there) <= here.cost:
            points, shared = there
            before, here = here.cost, problem.linearise(points, shared)
            converged = longest_m < enough_m or before - here.cost < ENOUGH * before
            damping = max(damping / 10.0, LEAST_DAMPING)
        else:
            # Within rounding of the lowest place a step may seem to climb.
            damping, converged = damping * 10.0, longest_m < enough_m
            here = here if converged else problem.linearise(points, shared)  # the step used its matrix up
    return Solution(points, shared, steps, converged)


def _step(here: Linearised, damping: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The step by points and by shared numbers.

    With the factor of the curvature, K = F F^T, what is left of the shared numbers' own matrix is C - (F^-1 B)^T (F^-1 B), B
    being the border: so all but one right-hand side go through the factor once, not twice.
    """
    from scipy.linalg import cholesky_banded  # loaded late, as SciPy takes its time
    from scipy.linalg.lapack import dtbtrs

    shape, shared_count = here.slope.shape, len(here.shared_slope)
    factor = cholesky_banded(here.curvature.damped(damping), overwrite_ab=True, lower=True, check_finite=False)
    known = np.empty((here.slope.size, 1 + shared_count), order="F")
    known[:, 0], known[:, 1:] = -here.slope.ravel(), here.border.reshape(-1, shared_count)
    half, _ = dtbtrs(factor, known, uplo="L", overwrite_b=True)
    alone, border = half[:, 0], half[:, 1:]
    left_over = here.corner * (1.0 + damping * np.eye(shared_count)) - border.T @ border
    shared_step = np.asarray(np.linalg.solve(left_over, -here.shared_slope - border.T @ alone))
    step, _ = dtbtrs(factor, (alone - border @ shared_step)[:, None], uplo="L", trans="T", overwrite_b=True)
    return np.asarray(step[:, 0]).reshape(shape), shared_step
