"""Jobs of a database that several servers use: each is begun once, and what a dead server ran goes on at another one."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from webapp import made_session, quiet_site

from posecheck.storage.tables import Job, JobKind, JobState, Take, TakeState, Upload, UploadState
from posecheck.web.jobs.worker_process import TaskOutcome
from posecheck.web.server.taking_over import take_over

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postgresql import Server

    from posecheck.web.server.site import Site

JOBS = 120


@pytest.fixture
def url(postgresql: Server) -> str:
    return postgresql.new_database()


@contextmanager
def server(folder: Path, url: str) -> Iterator[Site]:
    """One of several servers; its jobs are begun and ended by hand."""
    with quiet_site(folder, database_url=url, store=f"file://{folder.parent}/store") as site:
        yield site


@pytest.fixture
def sites(tmp_path: Path, url: str) -> Iterator[tuple[Site, Site]]:
    with server(tmp_path / "a", url) as here, server(tmp_path / "b", url) as there:
        yield here, there


def waiting_takes(site: Site, count: int) -> list[str]:
    """Ids of so many jobs that measure a recording each."""
    session_id, job_ids = made_session(site), []
    with site.database.begin() as transaction:
        for _ in range(count):
            upload = Upload(session_id=session_id, phase="pre", file_name="a.mp4", size_bytes=1, state=UploadState.READ)
            transaction.add(upload)
            transaction.flush()
            take = Take(session_id=session_id, upload_id=upload.id, movement="toe-touch", phase="pre")
            transaction.add(take)
            transaction.flush()
            job_ids.append(site.jobs.enqueue(transaction, session_id, JobKind.MEASURE, take.id).id)
    return job_ids


def job_of(site: Site, job_id: str) -> Job:
    with site.database.read() as transaction:
        return transaction.get_one(Job, job_id)


def die(site: Site, postgresql: Server) -> int:
    """As a server that is killed: its locks go, and nothing else is done."""
    number = site.database.servers.number
    assert number is not None
    holding = site.database.servers._holding
    assert holding is not None
    holding.close()
    return number


def test_of_many_jobs_each_is_begun_by_one_of_two_servers(sites: tuple[Site, Site]) -> None:
    here, there = sites
    job_ids = waiting_takes(here, JOBS)
    begun: dict[int, list[str]] = {0: [], 1: []}
    together = threading.Barrier(2)

    def work(place: int) -> None:
        together.wait(30)
        while jobs := sites[place].jobs.begin_waiting(3):
            begun[place] += [job_id for job_id, _ in jobs]

    threads = [threading.Thread(target=work, args=(place,)) for place in begun]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(begun[0] + begun[1]) == sorted(job_ids)
    assert begun[0]
    assert begun[1]
    with here.database.read() as transaction:
        runs = {job.id: job.server for job in transaction.scalars(sa.select(Job))}
    assert runs == {
        **dict.fromkeys(begun[0], here.database.servers.number),
        **dict.fromkeys(begun[1], there.database.servers.number),
    }


def test_the_jobs_of_a_dead_server_go_on_at_the_other_and_those_of_a_living_one_stay(
    sites: tuple[Site, Site], tmp_path: Path, url: str, postgresql: Server
) -> None:
    here, there = sites
    with server(tmp_path / "c", url) as third:
        waiting_takes(here, 3)
        ((at_here, _),), ((at_there, _),), ((at_third, _),) = (
            site.jobs.begin_waiting(1) for site in (here, there, third)
        )
        take_over(here)
        assert {job_of(here, job_id).state for job_id in (at_here, at_there, at_third)} == {JobState.RUNNING}
        die(there, postgresql)
        take_over(here)
        take_over(third)
    states = {job_id: job_of(here, job_id).state for job_id in (at_here, at_there, at_third)}
    assert states == {at_here: JobState.RUNNING, at_there: JobState.QUEUED, at_third: JobState.RUNNING}
    assert job_of(here, at_there).attempts == 1
    assert [job_id for job_id, _ in here.jobs.begin_waiting(5)] == [at_there]


def test_what_a_server_that_was_taken_for_dead_still_brings_is_not_kept(
    sites: tuple[Site, Site], postgresql: Server
) -> None:
    here, there = sites
    (job_id,) = waiting_takes(here, 1)
    there.jobs.begin_waiting(1)
    die(there, postgresql)
    take_over(here)
    assert not there.database.servers.keep()  # it lives, and has another number now
    there.jobs.keep_outcome(job_id, TaskOutcome(refusal="Late."))
    assert job_of(here, job_id).state == JobState.QUEUED
    here.jobs.begin_waiting(1)
    there.jobs.keep_outcome(job_id, TaskOutcome(refusal="Late."))
    assert job_of(here, job_id).state == JobState.RUNNING
    here.jobs.keep_outcome(job_id, TaskOutcome(refusal="No leg is seen."))
    with here.database.read() as transaction:
        take = transaction.scalars(sa.select(Take)).one()
    assert (take.state, take.reason) == (TakeState.REFUSED, "No leg is seen.")


def test_a_server_that_starts_leaves_alone_what_others_run(sites: tuple[Site, Site], postgresql: Server) -> None:
    here, there = sites
    waiting_takes(here, 2)
    ((at_here, _),), ((at_there, _),) = (site.jobs.begin_waiting(1) for site in sites)
    there.jobs.recover()
    assert job_of(here, at_here).state == job_of(here, at_there).state == JobState.RUNNING


def test_a_job_that_one_server_runs_is_cancelled_and_tried_again_at_the_other(sites: tuple[Site, Site]) -> None:
    here, there = sites
    (job_id,) = waiting_takes(here, 1)
    here.jobs.begin_waiting(1)
    there.jobs.cancel(job_id)
    here.jobs.keep_outcome(job_id, TaskOutcome(refusal="Late."))
    assert job_of(here, job_id).state == JobState.CANCELLED
    there.jobs.retry(job_id)
    assert [found for found, _ in there.jobs.begin_waiting(1)] == [job_id]
    here.jobs.keep_outcome(job_id, TaskOutcome(refusal="Late."))
    assert job_of(here, job_id).state == JobState.RUNNING


def test_when_the_database_goes_away_and_comes_back_each_goes_on_with_its_own(
    sites: tuple[Site, Site], postgresql: Server
) -> None:
    here, there = sites
    waiting_takes(here, 2)
    ((at_here, _),), ((at_there, _),) = (site.jobs.begin_waiting(1) for site in sites)
    postgresql.drop_connections()
    assert here.database.servers.keep()
    assert there.database.servers.keep()
    for site, job_id in ((here, at_here), (there, at_there)):
        take_over(site)
        site.jobs.keep_outcome(job_id, TaskOutcome(refusal="No leg is seen."))
        assert job_of(here, job_id).state == JobState.DONE
