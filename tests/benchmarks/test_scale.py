"""The simulated pool: as fast as its workers, until the scheduler cannot hand out any faster."""

from __future__ import annotations

import pytest

from benchmarks.scale import simulate


def test_one_worker_takes_the_sum_of_all_times() -> None:
    assert simulate([2.0], 1, 0.0, videos=100) == pytest.approx(200.0)


def test_ten_workers_are_ten_times_as_fast_where_handing_out_costs_nothing() -> None:
    assert simulate([2.0], 10, 0.0, videos=100) == pytest.approx(20.0)


def test_a_pool_is_no_faster_than_its_scheduler() -> None:
    assert simulate([2.0], 1000, 0.1, videos=1000) == pytest.approx(100.0, rel=0.03)


def test_the_end_waits_for_the_slowest() -> None:
    assert simulate([1.0, 9.0], 100, 0.0, videos=100) == 9.0
