"""What is not the video's fault never refuses a video and never deletes one: it is tried again when it may be gone."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from clips import TOE_PRE, sample_clip
from webapp import made_session, place_reading, quiet_site, work_off
from worker_tasks import OnFullDisk

from posecheck.storage.job_queue import jobs_of_session
from posecheck.storage.tables import Job, JobState, Upload, UploadState
from posecheck.web.api.schemas import ConfirmForm, UploadForm
from posecheck.web.jobs.held_back import FIRST_WAIT_S, LONGEST_WAIT_S, HeldBack
from posecheck.web.jobs.read_job import ReadWork
from posecheck.web.takes import measuring
from posecheck.web.uploads import uploads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posecheck.web.server.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with quiet_site(tmp_path / "data") as opened:
        yield opened


def send(site: Site, data: bytes, **form: Any) -> tuple[str, str]:
    """Ids of a new session and of a video in it."""
    session = made_session(site, **form)
    upload = uploads.begin_upload(site, session, UploadForm(file_name="a.mov", size_bytes=len(data), phase="pre"))[0]
    return session, uploads.receive_piece(site, upload.id, 0, data).id


def upload_of(site: Site, upload_id: str) -> Upload:
    with site.database.read() as transaction:
        return transaction.get_one(Upload, upload_id)


def last_job(site: Site, session: str) -> Job:
    with site.database.read() as transaction:
        return jobs_of_session(transaction, session)[-1]


def lunge(site: Site) -> tuple[str, str]:
    """Ids of a new session and of a measured take in it."""
    session = made_session(site)
    upload = uploads.begin_upload(site, session, UploadForm(file_name="a.mov", size_bytes=10, phase="pre"))[0]
    place_reading(site, upload.id, "runners-lunge")
    take = measuring.confirm_upload(site, upload.id, ConfirmForm(movement="runners-lunge", side="left"))
    work_off(site)
    return session, take.id


@pytest.mark.model
def test_a_wrong_model_refuses_no_video_and_the_right_one_reads_it(tmp_path: Path) -> None:
    clip = sample_clip(tmp_path / "clip.mp4", TOE_PRE, end_s=1.0, every=3).read_bytes()
    with quiet_site(tmp_path / "data", model_path=tmp_path / "none.task") as site:
        session, upload_id = send(site, clip, keep_video=False)
        work_off(site)
        upload, job = upload_of(site, upload_id), last_job(site, session)
        assert (upload.state, upload.has_video, job.state) == (UploadState.READING, True, JobState.QUEUED)
        assert "none.task" in job.reason
        assert "tried again by itself" in job.reason
        assert site.files.video(upload_id).read_bytes() == clip
    with quiet_site(tmp_path / "data") as site:
        work_off(site)
        assert upload_of(site, upload_id).state == UploadState.READ


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of files")
def test_a_full_disk_refuses_no_video_and_deletes_none(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, upload_id = send(site, b"the only copy", keep_video=False)
    monkeypatch.setattr(ReadWork, "task", lambda _self, _context, _job: OnFullDisk(tmp_path / "points"))
    site.jobs.start()
    end_s = time.monotonic() + 120
    while not last_job(site, session).reason:
        assert time.monotonic() < end_s
        time.sleep(0.05)
    assert last_job(site, session).state == JobState.QUEUED
    assert last_job(site, session).reason.startswith("The data folder: the disk is full.")
    assert upload_of(site, upload_id).state == UploadState.READING
    assert site.files.video(upload_id).read_bytes() == b"the only copy"


@pytest.mark.model
def test_what_cannot_be_a_video_is_refused_and_kept_until_it_is_deleted_by_hand(site: Site) -> None:
    session, upload_id = send(site, b"\0no video" * 1000, keep_video=False)
    work_off(site)
    upload = upload_of(site, upload_id)
    assert (upload.state, last_job(site, session).state) == (UploadState.REFUSED, JobState.DONE)
    assert upload.reason.endswith("Nothing was measured, so the video is kept; delete it if it is of no use.")
    assert site.files.video(upload_id).is_file()


def test_a_job_that_a_fault_keeps_waiting_is_tried_at_once_when_asked_for_by_hand(site: Site) -> None:
    session, take_id = lunge(site)
    site.files.upload(measuring.take_detail(site, take_id).upload.id).joinpath("landmarks.parquet").unlink()
    measuring.request_annotated(site, take_id)
    work_off(site)
    job = last_job(site, session)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert "landmarks.parquet" in job.reason
    assert str(site.files.root) not in job.reason
    assert site.jobs.begin_waiting(1) == []
    assert site.jobs.retry(job.id).state == JobState.QUEUED
    assert [job_id for job_id, _ in site.jobs.begin_waiting(1)] == [job.id]
    assert last_job(site, session).reason == ""


def test_a_drawing_that_failed_is_not_done(site: Site) -> None:
    session, take_id = lunge(site)
    site.files.video(measuring.take_detail(site, take_id).upload.id).write_bytes(b"damaged" * 1000)
    measuring.request_annotated(site, take_id)
    work_off(site)
    job = last_job(site, session)
    assert job.state == JobState.FAILED
    assert "not a video that can be read" in job.reason
    assert measuring.take_detail(site, take_id).take.state == "measured"


def test_the_wait_between_two_tries_doubles_up_to_a_quarter_of_an_hour() -> None:
    now_s = [0.0]
    held = HeldBack(lambda: now_s[0])
    waits = []
    for _ in range(7):
        held.hold("job")
        began_s = now_s[0]
        while held.now():
            now_s[0] += FIRST_WAIT_S / 2
        waits.append(now_s[0] - began_s)
    assert waits == [60.0, 120.0, 240.0, 480.0, 900.0, 900.0, LONGEST_WAIT_S]
    held.hold("job")
    assert held.release("job")
    assert not held.release("job")
    assert held.now() == ()
