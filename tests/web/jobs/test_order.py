"""What somebody waits for at the screen is not kept waiting by readings, nor by a job that crashes."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from webapp import made_session, place_reading, quiet_site, work_off
from worker_tasks import Slow

from posecheck.storage.tables import Job, JobKind, JobState, Take, TakeState, Upload, UploadState
from posecheck.web.api.schemas import ConfirmForm
from posecheck.web.jobs.kinds import NICENESS, ORDER, WORK
from posecheck.web.jobs.read_job import ReadWork
from posecheck.web.takes import measuring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from posecheck.web.server.site import Site

LONG_S = 120.0
LUNGE = "runners-lunge"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with quiet_site(tmp_path / "data") as opened:
        yield opened


def upload_in(site: Site, session: str, state: UploadState) -> str:
    with site.database.begin() as transaction:
        upload = Upload(session_id=session, phase="pre", file_name="a.mov", size_bytes=1, state=state, has_video=True)
        transaction.add(upload)
        transaction.flush()
        return upload.id


def queue(site: Site, session: str, kind: JobKind, target_id: str) -> str:
    with site.database.begin() as transaction:
        return site.jobs.enqueue(transaction, session, kind, target_id).id


def state_of(site: Site, job_id: str) -> str:
    with site.database.read() as transaction:
        return transaction.get_one(Job, job_id).state


def wait_for(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + LONG_S
    while not condition():
        assert time.monotonic() < end_s, "it did not happen"
        time.sleep(0.05)


def measured_take(site: Site, session: str) -> str:
    upload_id = upload_in(site, session, UploadState.READ)
    place_reading(site, upload_id, LUNGE)
    return measuring.confirm_upload(site, upload_id, ConfirmForm(movement=LUNGE, side="left")).id


def test_a_take_is_measured_while_readings_keep_every_worker_busy(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReadWork, "task", lambda _self, _context, _job: Slow(tmp_path / "never"))
    session = made_session(site)
    readings = [queue(site, session, JobKind.READ, upload_in(site, session, UploadState.READING)) for _ in range(3)]
    site.jobs.start()
    wait_for(lambda: any(state_of(site, job_id) == JobState.RUNNING for job_id in readings))
    take_id = measured_take(site, session)

    def is_measured() -> bool:
        with site.database.read() as transaction:
            return transaction.get_one(Take, take_id).state == TakeState.MEASURED

    wait_for(is_measured)
    states = sorted(state_of(site, job_id) for job_id in readings)
    assert states == [JobState.QUEUED, JobState.QUEUED, JobState.RUNNING], "the settings allow one reading at once"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no niceness")
def test_a_reading_gives_way_to_everything_else_on_the_machine(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReadWork, "task", lambda _self, _context, _job: Slow(tmp_path / "never"))
    session = made_session(site)
    job_id = queue(site, session, JobKind.READ, upload_in(site, session, UploadState.READING))
    site.jobs.start()

    def progressed() -> bool:
        with site.database.read() as transaction:
            return transaction.get_one(Job, job_id).done > 0

    wait_for(progressed)
    nice = [child.nice() for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]
    assert nice == [19]


def test_what_was_asked_for_by_hand_comes_before_what_goes_on_by_itself(site: Site) -> None:
    session = made_session(site)
    take_id = measured_take(site, session)
    work_off(site)
    waiting = upload_in(site, session, UploadState.READING)
    reading = queue(site, session, JobKind.READ, waiting)
    annotating = queue(site, session, JobKind.ANNOTATE, take_id)
    measured = queue(site, session, JobKind.MEASURE, take_id)
    begun = [job_id for _ in range(3) for job_id, _ in site.jobs.begin_waiting(1)]
    assert begun == [measured, annotating, reading]


def test_a_job_that_crashed_waits_behind_those_that_did_not(site: Site) -> None:
    session = made_session(site)
    first, second = (
        queue(site, session, JobKind.READ, upload_in(site, session, UploadState.READING)) for _ in range(2)
    )
    with site.database.begin() as transaction:
        transaction.get_one(Job, first).attempts = 1
    begun = [job_id for _ in range(2) for job_id, _ in site.jobs.begin_waiting(1)]
    assert begun == [second, first]


def test_every_kind_of_job_has_its_place_in_the_order() -> None:
    assert set(ORDER) == set(NICENESS) == set(WORK)
