"""Jobs of the web app on a real Dask cluster: the same numbers, and no worker or scheduler that dies loses one."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from clips import TOE_PRE
from cluster import dask_cluster
from serve_command import refused
from webapp import Served, made_session, serve
from worker_tasks import Crashing, Slow, Telling

import posecheck
from posecheck.errors import ClusterError
from posecheck.settings import load_settings
from posecheck.storage.job_queue import jobs_of_session
from posecheck.storage.tables import Job, JobState
from posecheck.web.api.schemas import UploadForm
from posecheck.web.jobs.on_cluster import Order, do, mark_file
from posecheck.web.jobs.read_job import ReadWork
from posecheck.web.jobs.work import Finished
from posecheck.web.uploads import uploads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cluster import Cluster

    from posecheck.web.server.site import Site

WAIT_S = 180.0
VIDEO = load_settings().samples_dir / f"{TOE_PRE}.mp4"

pytestmark = pytest.mark.slow


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Two workers with two threads each: one thread is free for what somebody waits for."""
    paths = os.pathsep.join(path for path in sys.path if path)
    (tmp_path / "cluster").mkdir()
    with dask_cluster(tmp_path / "cluster", {**os.environ, "PYTHONPATH": paths}, workers=2, threads=2) as running:
        yield running


@pytest.fixture
def served(tmp_path: Path, cluster: Cluster) -> Iterator[Served]:
    with serve(tmp_path / "data", workers=None, cluster=cluster.address) as running:
        yield running


def until(what: Callable[[], Any]) -> Any:
    """What it gives, once that is something."""
    deadline = time.monotonic() + WAIT_S
    while not (found := what()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
    return found


def last_job(site: Site, session: str) -> Job:
    with site.database.read() as transaction:
        return jobs_of_session(transaction, session)[-1]


def send(site: Site, data: bytes = b"any") -> str:
    """Id of a new session, to which a video was sent."""
    session = made_session(site)
    upload = uploads.begin_upload(site, session, UploadForm(file_name="a.mov", size_bytes=len(data), phase="pre"))[0]
    uploads.receive_piece(site, upload.id, 0, data)
    site.jobs.wake()
    return session


def send_to(served: Served, session: str, data: bytes) -> str:
    """Id of a video that is sent as the page sends it."""
    form = {"file_name": "toe.mp4", "size_bytes": len(data), "phase": "pre"}
    upload = served.client.post(f"/api/sessions/{session}/uploads", json=form).raise_for_status().json()["id"]
    served.client.patch(f"/api/uploads/{upload}?offset=0", content=data).raise_for_status()
    return str(upload)


def measured(served: Served, video: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    """What is measured from a video that is uploaded and confirmed as the page does it."""
    client, session = served.client, served.session()
    upload = send_to(served, session, video.read_bytes())
    until(lambda: client.get(f"/api/uploads/{upload}").json()["state"] == "read")
    client.post(f"/api/uploads/{upload}/confirm", json={"movement": "toe-touch"}).raise_for_status()
    take = until(
        lambda: next(
            (take for take in client.get(f"/api/sessions/{session}").json()["takes"] if take["state"] == "measured"),
            None,
        )
    )
    return take["summary"], pd.read_csv(served.site.files.take(take["id"]) / "angles.csv")


@pytest.mark.model
def test_from_upload_to_number_the_cluster_gives_what_this_machine_gives(tmp_path: Path, cluster: Cluster) -> None:
    with serve(tmp_path / "here", workers=2) as here:
        wanted, angles_wanted = measured(here, VIDEO)
    with serve(tmp_path / "there", workers=None, cluster=cluster.address) as there:
        found, angles = measured(there, VIDEO)
    assert found == wanted
    # Dask lets each process of a worker compute with one thread alone, which may move the last digit of the table.
    pd.testing.assert_frame_equal(angles, angles_wanted, atol=0.0011, rtol=0)
    assert wanted["outcomes"][0]["mean_deg"] is not None


@pytest.mark.model
def test_a_killed_worker_leaves_its_video_to_the_other_and_progress_is_told(served: Served, cluster: Cluster) -> None:
    session = send(served.site, VIDEO.read_bytes())
    until(lambda: last_job(served.site, session).done > 0)
    cluster.kill_process_of(cluster.busy_worker())
    until(lambda: last_job(served.site, session).state == JobState.DONE)
    assert last_job(served.site, session).attempts == 1


def test_what_kills_every_worker_is_put_aside_in_words(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadWork, "task", lambda _self, _context, _job: Crashing())
    session = send(served.site)
    until(lambda: last_job(served.site, session).state == JobState.FAILED)
    reason = last_job(served.site, session).reason
    assert "ended the process that read it" in reason
    assert "It was tried 3 times, and is put aside." in reason


def test_a_job_that_is_stopped_by_hand_frees_its_worker(
    served: Served, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReadWork, "task", lambda _self, _context, _job: Slow(tmp_path / "never"))
    session = send(served.site)
    until(lambda: last_job(served.site, session).done > 0)
    assert cluster.busy_worker()
    served.site.jobs.cancel(last_job(served.site, session).id)
    until(lambda: not cluster.busy_worker())
    assert last_job(served.site, session).state == JobState.CANCELLED


def test_a_scheduler_that_is_gone_is_said_and_work_goes_on_when_it_is_back(
    served: Served, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = tmp_path / "may end"
    monkeypatch.setattr(ReadWork, "task", lambda _self, _context, _job: Slow(may_end))
    running = send(served.site)
    until(lambda: last_job(served.site, running).done > 0)
    cluster.stop("scheduler")
    until(lambda: last_job(served.site, running).reason)
    waiting = send(served.site)
    until(lambda: last_job(served.site, waiting).reason)
    for session in (running, waiting):
        job = last_job(served.site, session)
        assert (job.state, job.attempts) == (JobState.QUEUED, 0)
        assert cluster.address in job.reason
        assert "tried again by itself" in job.reason
    may_end.touch()
    cluster.start_scheduler()
    for name in ("worker0", "worker1"):  # they end when their scheduler does not come back soon
        cluster.stop(name)
        cluster.start_worker(name)
    monkeypatch.setattr(ReadWork, "finish", lambda _self, _context, _job, _outcome: Finished())
    for session in (running, waiting):
        until(lambda session=session: last_job(served.site, session).state == JobState.DONE)


def test_a_worker_that_does_not_see_the_data_folder_says_so(tmp_path: Path, served: Served) -> None:
    root = served.site.files.root
    order = Order(task=Telling(), root=tmp_path / "elsewhere", store="", mark="a mark")
    with pytest.raises(ClusterError, match=r"does not see the data folder .*elsewhere"):
        do(order, lambda _: None)
    mark_file(root).write_text("another server's", encoding="utf-8")
    with pytest.raises(ClusterError, match="does not see the data folder"):
        do(replace(order, root=root), lambda _: None)


def test_a_worker_of_another_version_that_comes_later_does_nothing(served: Served) -> None:
    order = Order(task=Telling(), root=served.site.files.root, store="", mark="", version="99.0")
    with pytest.raises(ClusterError, match=r"has posecheck .*, and this is 99\.0"):
        do(order, lambda _: None)


@pytest.mark.model
def test_workers_elsewhere_read_from_the_store_and_write_to_it(tmp_path: Path, cluster: Cluster) -> None:
    store = f"file://{tmp_path}/store"
    with serve(tmp_path / "here", workers=2) as here:
        wanted, _ = measured(here, VIDEO)
    with serve(tmp_path / "there", workers=None, cluster=cluster.address, store=store) as there:
        found, _ = measured(there, VIDEO)
        session = there.session()
        send_to(there, session, b"\0no video" * 1000)
        refused = until(lambda: there.client.get(f"/api/sessions/{session}").json()["uploads"][0]["reason"])
    assert found == wanted
    assert refused.startswith("Is not a video that can be read")
    assert str(tmp_path) not in refused
    assert list((tmp_path / "store" / "work").glob("*/*")) == []


def test_workers_of_another_version_are_refused_at_the_start(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posecheck, "__version__", "99.0")
    code, words = refused("--data", str(tmp_path / "data"), "--cluster", cluster.address)
    assert code == 9
    assert "results of two versions are not mixed" in words


def test_a_scheduler_that_does_not_answer_is_said_at_the_start(tmp_path: Path) -> None:
    code, words = refused("--data", str(tmp_path / "data"), "--cluster", "tcp://127.0.0.1:9")
    assert code == 9
    assert "tcp://127.0.0.1:9: no scheduler answers there." in words
