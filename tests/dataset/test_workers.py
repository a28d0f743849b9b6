"""Processes that measure: one that dies takes nothing with it, and all stop at once when they are told."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest
from cluster import dask_cluster
from dataset_tasks import cores_there, dies, dies_once, doubled, sleeps

import posecheck
from posecheck.dataset.dask_workers import DaskWorkers
from posecheck.dataset.workers import LocalWorkers, WorkerDiedError
from posecheck.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cluster import Cluster


@pytest.fixture
def local() -> Iterator[LocalWorkers]:
    workers = LocalWorkers(2)
    yield workers
    workers.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    paths = os.pathsep.join(path for path in sys.path if path)
    with dask_cluster(tmp_path_factory.mktemp("cluster"), {**os.environ, "PYTHONPATH": paths}, workers=1) as running:
        yield running


def test_work_is_done_elsewhere(local: LocalWorkers) -> None:
    assert [future.result(60) for future in [local.submit(doubled, number) for number in range(5)]] == [0, 2, 4, 6, 8]


def test_what_ends_every_process_is_given_up_and_the_others_are_done(local: LocalWorkers, tmp_path: Path) -> None:
    poison = local.submit(dies, 1)
    others = [local.submit(doubled, number) for number in range(6)]
    unlucky = local.submit(dies_once, str(tmp_path / "tried"))

    with pytest.raises(WorkerDiedError, match="it ended the process that read it, 3 times"):
        poison.result(60)
    assert [future.result(60) for future in others] == [0, 2, 4, 6, 8, 10]
    assert unlucky.result(60) == "done"


def measuring(before: set[int]) -> list[int]:
    """Processes of workers that were not there before, and have not ended."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            if child.pid not in before and "resource_tracker" not in " ".join(child.cmdline()):
                found.append(child.pid)
    return found


def test_closing_ends_all_processes_at_once() -> None:
    workers = LocalWorkers(2)
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    workers.submit(doubled, 1).result(60)
    running = [workers.submit(sleeps, 600.0) for _ in range(2)]
    time.sleep(0.5)

    workers.close()

    deadline = time.monotonic() + 30
    while (alive := measuring(before)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert alive == []
    assert all(future.done() for future in running)


def test_a_command_that_is_killed_leaves_no_process_behind() -> None:
    code = (
        "from dataset_tasks import own_id, sleeps\nfrom posecheck.dataset.workers import LocalWorkers\n"
        "if __name__ == '__main__':\n"
        "    workers = LocalWorkers(1)\n"
        "    print(workers.submit(own_id, 0).result(60), flush=True)\n"
        "    workers.submit(sleeps, 600.0).result()\n"
    )
    paths = os.pathsep.join(path for path in sys.path if path)
    command = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}
    )
    assert command.stdout is not None
    worker = psutil.Process(int(command.stdout.readline()))

    command.kill()
    command.wait()
    command.stdout.close()

    _, alive = psutil.wait_procs([worker], timeout=30)
    assert alive == []


@pytest.mark.slow
def test_a_cluster_does_the_same_and_gives_up_what_kills_its_workers(cluster: Cluster) -> None:
    workers = DaskWorkers(cluster.address)
    try:
        assert workers.count == 1
        assert workers.submit(doubled, 4).result(60) == 8
        assert workers.submit(cores_there, 0).result(60) == 1, "it has one thread"
        with pytest.raises(WorkerDiedError):
            workers.submit(dies, 1).result(120)
        assert workers.submit(doubled, 5).result(60) == 10
        with pytest.raises(ClusterError, match=r"cannot do its work \(ValueError"):
            workers.submit(int, "no number").result(60)
    finally:
        workers.close()


@pytest.mark.slow
def test_workers_of_another_version_are_refused_in_words(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posecheck, "__version__", "99.0")
    with pytest.raises(
        ClusterError, match=r"has posecheck .*, and this is 99\.0: results of two versions are not mixed"
    ):
        DaskWorkers(cluster.address)


@pytest.mark.slow
def test_a_scheduler_without_workers_and_one_that_goes_are_said_in_words(tmp_path: Path) -> None:
    with dask_cluster(tmp_path, os.environ, workers=1) as running:
        running.stop("worker0")
        time.sleep(1)
        with pytest.raises(ClusterError, match="the scheduler has no workers"):
            DaskWorkers(running.address)
        running.start_worker("worker1")
        workers = _reached(running)
        waiting = workers.submit(sleeps, 600.0)
        running.stop("scheduler")
        with pytest.raises(ClusterError, match="What was finished is kept"):
            waiting.result(120)
        workers.close()


def _reached(running: Cluster) -> DaskWorkers:
    deadline = time.monotonic() + 60
    while True:
        try:
            return DaskWorkers(running.address)
        except ClusterError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
