from __future__ import annotations

import numpy as np
import pytest
from made_centres import Squats, seen_by, squat_joints, with_jitter
from threadpoolctl import threadpool_info, threadpool_limits

from posecheck.skeleton.problem import FitOptions, first_guess
from posecheck.skeleton.solver import BandedMatrix, Linearised, minimise
from posecheck.skeleton.terms import Body

TIME_S = np.arange(40) / 30.0


def a_problem(seed: int = 1, count: int = 40) -> tuple[Body, np.ndarray, np.ndarray]:
    """All terms at work: standing feet, bones, limits and smoothing, for somebody measured with 3 cm of noise."""
    time_s = np.arange(count) / 30.0
    bend = np.sin(np.pi * time_s / time_s[-1])
    centres = with_jitter(seen_by(time_s, squat_joints(Squats(5 + 60 * bend, 40 * bend))), 0.03, seed)
    return first_guess(centres, [(2, count - 3)], None, FitOptions())


def test_the_slope_is_the_one_that_small_differences_give() -> None:
    body, points, lengths = a_problem()
    rng = np.random.default_rng(0)
    points = points + rng.normal(0.0, 0.05, points.shape)
    lengths = lengths * rng.uniform(0.9, 1.1, lengths.shape)
    here = body.linearise(points, lengths)
    for _ in range(20):
        way, length_way = rng.normal(size=points.shape), rng.normal(size=lengths.shape)
        step = 1e-6
        ahead = body.cost(points + step * way, lengths + step * length_way)
        behind = body.cost(points - step * way, lengths - step * length_way)
        expected = (here.slope * way).sum() + here.shared_slope @ length_way
        assert (ahead - behind) / (2 * step) == pytest.approx(expected, rel=1e-5)


def test_the_curvature_is_that_of_the_terms_that_are_squares() -> None:
    """Away from bones and robust loss the cost is a square, so that its second difference is the matrix itself."""
    body, points, lengths = a_problem()
    rng = np.random.default_rng(3)
    way = rng.normal(size=points.shape)
    for term in (body.smooth, body.still):
        twice = term.cost(points + way) + term.cost(points - way) - 2 * term.cost(points)
        assert twice == pytest.approx(2 * term.cost(way), rel=1e-9)
    # The whole matrix, which the solver keeps as bands, against the slope it must explain.
    matrix = BandedMatrix(*points.shape[:2])
    slope = body.smooth.linearise(way, matrix) + body.still.linearise(way, matrix)
    dense = _dense(matrix.damped(0.0))
    assert np.allclose(dense @ way.ravel(), slope.ravel(), rtol=1e-9, atol=1e-6 * np.abs(slope).max())
    assert lengths.shape == (10,)


def _dense(bands: np.ndarray) -> np.ndarray:
    size = bands.shape[1]
    dense = np.zeros((size, size))
    for offset, band in enumerate(bands):
        values = band[: size - offset]
        dense[np.arange(offset, size), np.arange(size - offset)] = values
        dense[np.arange(size - offset), np.arange(offset, size)] = values
    return dense


def test_bad_starts_end_at_the_same_place() -> None:
    body, points, lengths = a_problem()
    best = minimise(body, points, lengths, enough_m=1e-6, most_steps=100)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        bad = minimise(
            body,
            points + rng.normal(0.0, 0.06, points.shape),
            lengths * rng.uniform(0.8, 1.2, lengths.shape),
            enough_m=1e-6,
            most_steps=100,
        )
        assert bad.converged
        # Where the cost hardly changes any more: a tenth of what the joints were measured to.
        assert np.abs(bad.points - best.points).max() < 3e-3
        assert np.abs(bad.shared - best.shared).max() < 1e-3
        assert body.cost(bad.points, bad.shared) == pytest.approx(body.cost(best.points, best.shared), rel=1e-4)


def test_every_step_that_is_taken_lowers_the_cost() -> None:
    body, points, lengths = a_problem()
    costs = [
        body.cost(solution.points, solution.shared)
        for most in range(6)
        for solution in [minimise(body, points, lengths, most_steps=most)]
    ]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < 0.9 * costs[0]


class Watched:
    """A problem that notes how many threads linear algebra may use while it is solved."""

    def __init__(self, problem: Body) -> None:
        self.problem = problem
        self.threads: set[int] = set()

    def cost(self, points: np.ndarray, shared: np.ndarray) -> float:
        return self.problem.cost(points, shared)

    def linearise(self, points: np.ndarray, shared: np.ndarray) -> Linearised:
        self.threads |= {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
        return self.problem.linearise(points, shared)


def test_one_thread_solves_and_others_get_theirs_back() -> None:
    body, points, lengths = a_problem()
    watched = Watched(body)
    with threadpool_limits(limits=2, user_api="blas"):
        minimise(watched, points, lengths)
        after = {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
    assert watched.threads == {1}
    assert after == {2}


def test_work_grows_in_proportion_to_the_pictures() -> None:
    """Entries kept, and linear systems solved: what the time is made of."""
    kept, steps = [], []
    for count in (60, 120, 240, 480):
        body, points, lengths = a_problem(count=count)
        kept.append(body.linearise(points, lengths).curvature.damped(0.0).size)
        steps.append(minimise(body, points, lengths).steps)
    assert kept == [kept[0] * count // 60 for count in (60, 120, 240, 480)]
    assert max(steps) <= 15
