"""What posecheck itself fails on is no fault of the video: nothing is refused or deleted, and it can be tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from webapp import made_session, place_reading, quiet_site, serve, work_off

import posecheck
from posecheck.storage.job_queue import jobs_of_session
from posecheck.storage.tables import Job, JobKind, JobState, Take, TakeState, Upload, UploadState
from posecheck.web.api.schemas import ConfirmForm
from posecheck.web.jobs.runner import MAX_CRASHES
from posecheck.web.jobs.worker_process import TaskOutcome
from posecheck.web.takes import measuring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.web.server.site import Site

LUNGE = "runners-lunge"
CRASH = TaskOutcome(failure="the process that worked on it crashed.", crashed=True)
MISTAKE = TaskOutcome(failure="posecheck failed unexpectedly (a mistake).")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with quiet_site(tmp_path / "data") as opened:
        opened.jobs.recover()
        yield opened


def unmeasured(site: Site, session: str, movement: str = LUNGE, side: str | None = "left") -> str:
    """Id of a take that waits to be measured."""
    with site.database.begin() as transaction:
        upload = Upload(session_id=session, phase="pre", file_name="a.mov", size_bytes=1)
        transaction.add(upload)
        transaction.flush()
        upload_id = upload.id
    place_reading(site, upload_id, LUNGE)
    return measuring.confirm_upload(site, upload_id, ConfirmForm(movement=movement, side=side)).id


def waiting_video(site: Site, session: str) -> str:
    with site.database.begin() as transaction:
        upload = Upload(session_id=session, phase="pre", file_name="a.mov", size_bytes=1, state=UploadState.READING)
        upload.has_video = True
        transaction.add(upload)
        transaction.flush()
        site.jobs.enqueue(transaction, session, JobKind.READ, upload.id)
        site.files.upload(upload.id).mkdir(parents=True)
        site.files.video(upload.id).write_bytes(b"the only copy")
        return upload.id


def end_next(site: Site, outcome: TaskOutcome) -> str:
    ((job_id, _),) = site.jobs.begin_waiting(1)
    site.jobs.keep_outcome(job_id, outcome)
    return job_id


def job_of(site: Site, job_id: str) -> Job:
    with site.database.read() as transaction:
        return transaction.get_one(Job, job_id)


def state_of(site: Site, what: type[Upload | Take], row_id: str) -> str:
    with site.database.read() as transaction:
        return transaction.get_one(what, row_id).state


def test_a_video_that_ends_its_worker_three_times_is_put_aside_and_kept(site: Site) -> None:
    session = made_session(site, keep_video=False)
    upload_id = waiting_video(site, session)
    for _ in range(MAX_CRASHES):
        job_id = end_next(site, CRASH)
    assert site.jobs.begin_waiting(1) == [], "it is not begun again by itself"
    assert (job_of(site, job_id).state, state_of(site, Upload, upload_id)) == (JobState.FAILED, UploadState.FAILED)
    with site.database.read() as transaction:
        reason = transaction.get_one(Upload, upload_id).reason
    assert "It was tried 3 times, and is put aside. Nothing is lost" in reason
    assert site.files.video(upload_id).read_bytes() == b"the only copy"


def test_a_take_that_posecheck_fails_on_is_not_refused_and_is_measured_when_it_is_tried_again(site: Site) -> None:
    session = made_session(site, keep_video=False)
    take_id = unmeasured(site, session)
    job_id = end_next(site, MISTAKE)
    assert state_of(site, Take, take_id) == TakeState.FAILED
    with site.database.read() as transaction:
        take = transaction.get_one(Take, take_id)
        assert "tried again after an update" in take.reason
        assert site.files.video(take.upload_id).is_file(), "with 'keep body points only' too"
    site.jobs.retry(job_id)
    work_off(site)
    assert state_of(site, Take, take_id) == TakeState.MEASURED


def test_what_cannot_be_measured_for_its_own_sake_is_refused_as_before(site: Site) -> None:
    take_id = unmeasured(site, made_session(site))
    job_id = end_next(site, TaskOutcome(refusal="no repetition was found."))
    assert (state_of(site, Take, take_id), job_of(site, job_id).state) == (TakeState.REFUSED, JobState.DONE)


@pytest.mark.parametrize("crashes", [True, False], ids=["crash", "mistake"])
def test_an_update_tries_again_what_failed_and_the_same_version_does_not(
    site: Site, monkeypatch: pytest.MonkeyPatch, crashes: bool
) -> None:
    session = made_session(site)
    upload_id, other_id = waiting_video(site, session), waiting_video(site, session)
    for _ in range(MAX_CRASHES if crashes else 1):
        end_next(site, CRASH if crashes else MISTAKE)
        if crashes:
            with site.database.begin() as transaction:  # the other one waits until the first has been put aside
                transaction.get_one(Job, jobs_of_session(transaction, session)[1].id).attempts = 9
    end_next(site, TaskOutcome(refusal="this is no video."))
    site.jobs.recover()
    assert (state_of(site, Upload, upload_id), state_of(site, Upload, other_id)) == ("failed", "refused")
    monkeypatch.setattr(posecheck, "__version__", "99.0", raising=False)
    site.jobs.recover()
    assert (state_of(site, Upload, upload_id), state_of(site, Upload, other_id)) == ("reading", "refused")
    assert [len(site.jobs.begin_waiting(2)), len(site.jobs.begin_waiting(2))] == [1, 0]


def test_the_page_offers_to_try_again(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as served:
        session = served.session()
        with served.site.database.begin() as transaction:
            upload = Upload(session_id=session, phase="pre", file_name="a.mov", size_bytes=1, state=UploadState.FAILED)
            upload.reason, upload.has_video = "Posecheck failed unexpectedly.", True
            transaction.add(upload)
            transaction.flush()
            job = Job(session_id=session, kind=JobKind.READ, target_id=upload.id, state=JobState.FAILED)
            transaction.add(job)
            transaction.flush()
            upload_id, job_id = upload.id, job.id
        page = served.client.get(f"/sessions/{session}/pre").raise_for_status().text
        assert "Posecheck failed unexpectedly." in page
        assert f'data-does="retry" data-job="{job_id}"' in page
        assert "This video cannot be used" not in page
        refused = served.client.post(f"/api/uploads/{upload_id}/confirm", json={"movement": LUNGE, "side": "left"})
        assert refused.status_code == 409
        assert "failed unexpectedly" in refused.json()["error"]["message"]
