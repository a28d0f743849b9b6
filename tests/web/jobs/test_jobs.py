from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import psutil
import pytest
from clips import TOE_PRE, TOE_RETEST, cut_off, sample_clip, side_by_side, sound_only
from webapp import made_session, quiet_site, work_off
from worker_tasks import Broken, Crashing, Greedy, Slow

from posecheck.output.draw.face_blur import HEAD
from posecheck.pose.estimator import MediaPipeEstimator
from posecheck.pose.model_files import choose_model
from posecheck.pose.people import find_closely
from posecheck.settings import load_settings
from posecheck.storage.job_queue import delete_jobs_of, unfinished_jobs_of
from posecheck.storage.tables import Job, JobKind, JobState, Take, Upload, UploadState
from posecheck.video.reader import iter_video, probe_video
from posecheck.web.api.schemas import ConfirmForm, ReadingForm, UploadForm
from posecheck.web.jobs.kinds import WORK
from posecheck.web.jobs.read_job import ReadWork
from posecheck.web.jobs.runner import MAX_CRASHES, MAX_STARTS
from posecheck.web.jobs.upload_video import give_up_unneeded
from posecheck.web.jobs.work import FAILED_WORDS
from posecheck.web.jobs.worker_process import TaskOutcome
from posecheck.web.server.errors import ConflictError, NotFoundError
from posecheck.web.takes import measuring
from posecheck.web.uploads import uploads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from posecheck.web.server.site import Site

LONG_S = 120.0


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    with quiet_site(tmp_path / "data", database_url=database_url) as opened:
        yield opened


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the worker is given for each upload, instead of reading it."""
    given: dict[str, Any] = {}
    monkeypatch.setattr(ReadWork, "task", lambda _self, _context, job: given[job.target_id])
    return given


@pytest.fixture
def told(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What watchers were told."""
    heard: list[tuple[str, Any]] = []
    monkeypatch.setattr(site.events, "tell", lambda _session, kind, data: heard.append((kind, data)))
    return heard


def queue(site: Site, session: str, name: str = "a.mov") -> str:
    """Queue the reading of an upload; returns the job's id."""
    with site.database.begin() as transaction:
        upload = Upload(session_id=session, phase="pre", file_name=name, size_bytes=1, state=UploadState.READING)
        upload.has_video = True
        transaction.add(upload)
        transaction.flush()
        return site.jobs.enqueue(transaction, session, JobKind.READ, upload.id).id


def job(site: Site, job_id: str) -> Job:
    with site.database.read() as transaction:
        found = transaction.get(Job, job_id)
    assert found is not None
    return found


def upload_of(site: Site, job_id: str) -> Upload:
    with site.database.read() as transaction:
        found = transaction.get(Upload, job(site, job_id).target_id)
    assert found is not None
    return found


def wait_for(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + LONG_S
    while not condition():
        assert time.monotonic() < end_s, "it did not happen"
        time.sleep(0.02)


def ended(site: Site, *job_ids: str) -> Callable[[], bool]:
    return lambda: all(job(site, job_id).state not in (JobState.QUEUED, JobState.RUNNING) for job_id in job_ids)


def workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if is_worker(child)]


def is_worker(child: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(child.cmdline())
    except psutil.NoSuchProcess:  # it has just ended
        return False


def test_a_running_job_says_how_far_it_is_and_can_be_stopped(
    site: Site, tasks: dict[str, Any], told: list[tuple[str, Any]], tmp_path: Path
) -> None:
    job_id = queue(site, made_session(site))
    tasks[job(site, job_id).target_id] = Slow(tmp_path / "never")
    site.jobs.start()
    wait_for(lambda: job(site, job_id).done > 0)
    assert job(site, job_id).total == 1000
    wait_for(lambda: any(kind == "job" and data.done > 0 for kind, data in told))  # told once it is stored
    assert site.jobs.cancel(job_id).state == "cancelled"
    wait_for(lambda: not workers())
    upload = upload_of(site, job_id)
    assert (upload.state, upload.reason) == ("refused", "This was stopped by hand. Start it again to go on.")
    assert any(kind == "upload" and data.state == "refused" for kind, data in told)
    assert site.jobs.cancel(job_id).state == "cancelled"  # stopping it again changes nothing


def test_a_stopped_job_can_be_started_again(site: Site) -> None:
    job_id = queue(site, made_session(site))
    site.jobs.cancel(job_id)
    assert site.jobs.retry(job_id).state == "queued"
    assert (upload_of(site, job_id).state, upload_of(site, job_id).reason) == ("reading", "")
    with pytest.raises(ConflictError, match="it is queued"):
        site.jobs.retry(job_id)
    with pytest.raises(NotFoundError):
        site.jobs.retry("0" * 24)


def test_what_waited_for_a_reading_that_was_stopped_waits_again_when_it_is_tried_again(site: Site) -> None:
    job_id = queue(site, made_session(site))
    take = measuring.confirm_upload(site, job(site, job_id).target_id, ConfirmForm(movement="toe-touch"))
    site.jobs.cancel(job_id)
    assert measuring.take_detail(site, take.id).take.state == "refused"
    site.jobs.retry(job_id)
    assert measuring.take_detail(site, take.id).take.state == "measuring"


def test_a_job_is_not_started_again_where_another_one_does_or_did_the_same(site: Site) -> None:
    job_id = queue(site, made_session(site))
    site.jobs.cancel(job_id)
    uploads.read_again(site, job(site, job_id).target_id, ReadingForm())
    with pytest.raises(ConflictError, match="already waiting or running"):
        site.jobs.retry(job_id)
    with site.database.begin() as transaction:
        for other in unfinished_jobs_of(transaction, [job(site, job_id).target_id]):
            other.state = JobState.DONE
        transaction.get_one(Upload, job(site, job_id).target_id).state = UploadState.READ
    with pytest.raises(ConflictError, match="in the meantime"):
        site.jobs.retry(job_id)


def test_a_result_that_was_moved_away_when_the_server_was_killed_is_put_back(site: Site) -> None:
    for name in ("old-kept", "old-replaced"):
        (site.files.work / name).mkdir()
    site.files.take("replaced").mkdir()
    site.jobs.recover()
    assert site.files.take("kept").is_dir()
    assert list(site.files.work.iterdir()) == []


def test_a_reading_that_needs_no_copy_deletes_the_one_of_an_earlier_reading(site: Site) -> None:
    job_id = queue(site, made_session(site))
    upload_id = job(site, job_id).target_id
    site.jobs.begin_waiting(1)
    (site.files.work / job_id).mkdir()
    site.files.upload(upload_id).mkdir()
    site.files.copy(upload_id).touch()
    info = {"people": 1, "warnings": [], "boxes": [], "blurred": False}
    made = {"info": info, "proposal": {}, "sha256": "", "has_copy": False}
    site.jobs.keep_outcome(job_id, TaskOutcome(made))
    assert upload_of(site, job_id).state == "read"
    assert not site.files.copy(upload_id).exists()


def test_a_copy_made_before_faces_were_to_be_blurred_does_not_replace_the_video(site: Site) -> None:
    session = made_session(site, blur_faces=True)
    upload_id = job(site, queue(site, session)).target_id
    with site.database.begin() as transaction:
        upload = transaction.get_one(Upload, upload_id)
        upload.state, upload.has_copy, upload.info = UploadState.READ, True, {"people": 1}
        upload.takes.append(Take(session_id=session, movement="toe-touch", phase="pre"))
        for waiting in unfinished_jobs_of(transaction, [upload_id]):
            waiting.state = JobState.DONE
        assert give_up_unneeded(transaction, site.files, upload) == ()
        upload.info = {"people": 1, "blurred": True}
        assert give_up_unneeded(transaction, site.files, upload) == (site.files.video(upload_id),)
        assert not upload.has_video


def test_a_job_whose_video_is_gone_is_not_started_again(site: Site) -> None:
    job_id = queue(site, made_session(site))
    site.jobs.cancel(job_id)
    with site.database.begin() as transaction:
        found = transaction.get(Upload, job(site, job_id).target_id)
        assert found is not None
        found.has_video = False
    with pytest.raises(ConflictError, match="Send it again"):
        site.jobs.retry(job_id)


def test_one_bad_job_fails_in_words_and_the_others_go_on(site: Site, tasks: dict[str, Any], tmp_path: Path) -> None:
    session = made_session(site)
    names = ("crashes.mov", "crashes once.mov", "greedy.mov", "broken.mov")
    crashing, once, greedy, broken = ids = [queue(site, session, name) for name in names]
    for job_id, task in zip(ids, (Crashing(), Crashing(tmp_path / "once"), Greedy(), Broken()), strict=True):
        tasks[job(site, job_id).target_id] = task
    site.jobs.start()
    wait_for(ended(site, *ids))
    assert (job(site, crashing).state, job(site, crashing).attempts) == ("failed", MAX_CRASHES)
    assert (upload_of(site, crashing).state, upload_of(site, crashing).has_video) == ("failed", True)
    assert upload_of(site, crashing).reason == (
        "The process that worked on it crashed (a damaged video, or memory ran out). It was tried 3 times, and is put aside."
        f" {FAILED_WORDS}"
    )
    assert (job(site, once).state, job(site, once).attempts, upload_of(site, once).reason) == (
        "done",
        2,
        "Is no video.",
    )
    if sys.platform == "linux":
        assert upload_of(site, greedy).reason.startswith("It needs more memory than one video may take. It was tried 3")
    assert job(site, broken).state == "failed"
    assert upload_of(site, broken).reason.startswith(
        "Posecheck failed unexpectedly, please report it (RuntimeError: a mistake, worker_tasks.py line "
    )
    assert (upload_of(site, broken).state, upload_of(site, broken).has_video) == ("failed", True)


def test_a_worker_that_is_ended_from_outside_is_started_again_but_not_for_ever(
    site: Site, tasks: dict[str, Any], tmp_path: Path
) -> None:
    job_id = queue(site, made_session(site))
    tasks[job(site, job_id).target_id] = Slow(tmp_path / "go on")
    site.jobs.start()
    for attempt in range(1, MAX_CRASHES + 1):
        wait_for(lambda attempt=attempt: job(site, job_id).attempts == attempt and bool(workers()))
        workers()[0].kill()
    wait_for(ended(site, job_id))
    assert "probably because memory ran out" in job(site, job_id).reason


def test_a_server_that_stops_gives_its_jobs_to_the_next_one(site: Site, tasks: dict[str, Any], tmp_path: Path) -> None:
    job_id = queue(site, made_session(site))
    tasks[job(site, job_id).target_id] = Slow(tmp_path / "never")
    site.jobs.start()
    wait_for(lambda: bool(workers()))
    site.jobs.stop()
    assert not workers()
    assert (job(site, job_id).state, job(site, job_id).attempts) == ("queued", 0)


@pytest.mark.parametrize(("attempts", "state"), [(1, "queued"), (MAX_STARTS, "failed")])
def test_what_ran_when_a_server_was_killed_runs_again_but_not_for_ever(
    tmp_path: Path, tasks: dict[str, Any], attempts: int, state: str
) -> None:
    with quiet_site(tmp_path / "data") as killed:
        job_id = queue(killed, made_session(killed))
        with killed.database.begin() as transaction:
            row = transaction.get(Job, job_id)
            assert row is not None
            row.state, row.attempts = JobState.RUNNING, attempts
        left = killed.files.work / "left by a worker"
        left.mkdir()
    with quiet_site(tmp_path / "data") as site:
        site.jobs.recover()
        assert job(site, job_id).state == state
        assert not left.exists()
        assert upload_of(site, job_id).state == ("failed" if state == "failed" else "reading")


def test_what_comes_too_late_changes_nothing(site: Site, tasks: dict[str, Any], tmp_path: Path) -> None:
    session = made_session(site)
    job_id = queue(site, session)
    target = job(site, job_id).target_id
    tasks[target] = Slow(tmp_path / "never")
    site.jobs.start()
    wait_for(lambda: bool(workers()))
    with site.database.begin() as transaction:
        delete_jobs_of(transaction, [target])
    wait_for(lambda: not workers())
    wait_for(lambda: not list(site.files.work.iterdir()))


def send(site: Site, session: str, file: Path) -> str:
    data = file.read_bytes()
    form = UploadForm(file_name=file.name, size_bytes=len(data), phase="pre")
    return uploads.receive_piece(site, uploads.begin_upload(site, session, form)[0].id, 0, data).id


@pytest.mark.model
@pytest.mark.parametrize("database_url", [""], ids=["sqlite"])  # reading is the same whatever the database
def test_files_that_are_no_video_are_refused_in_words_and_the_good_one_is_read(site: Site, tmp_path: Path) -> None:
    session = made_session(site)
    (tmp_path / "notes.txt").write_text("knee to chest, left\n" * 20)
    (tmp_path / "scrambled.mp4").write_bytes(b"\0scrambled" * 200)
    files = [
        tmp_path / "notes.txt",
        tmp_path / "scrambled.mp4",
        sound_only(tmp_path / "voice.m4a"),
        cut_off(sample_clip(tmp_path / "cut.mp4", TOE_PRE, end_s=1.0), 0.5),
        sample_clip(tmp_path / "good.mp4", TOE_PRE, end_s=2.0),
    ]
    ids = {file.name: send(site, session, file) for file in files}
    site.jobs.start()

    def state(name: str) -> Upload:
        with site.database.read() as transaction:
            found = transaction.get(Upload, ids[name])
        assert found is not None
        return found

    wait_for(lambda: all(state(name).state != "reading" for name in ids))
    assert state("notes.txt").reason == (
        "Is not a video that can be read; use MP4, MOV, MKV, WEBM or AVI (photos and text are not videos)."
    )
    assert state("scrambled.mp4").reason == state("notes.txt").reason
    assert state("voice.m4a").reason.startswith("Has sound but no picture")
    assert state("cut.mp4").reason.startswith("Is cut off: an MP4/MOV whose index")
    good = state("good.mp4")
    assert good.state == "read", good.reason
    assert (good.info["people"], good.info["width_px"]) == (1, 640)
    assert good.proposal["movement"] in ("toe-touch", "")
    names = {path.name for path in site.files.upload(good.id).iterdir()}
    assert names == {"video", "landmarks.parquet", "recording.json", "poster.jpg"}


@pytest.mark.model
@pytest.mark.parametrize("database_url", [""], ids=["sqlite"])  # reading is the same whatever the database
def test_of_two_people_the_boxes_are_known_and_faces_are_blurred_before_the_original_goes(
    site: Site, tmp_path: Path
) -> None:
    session = made_session(site, blur_faces=True)
    clip = side_by_side(tmp_path / "two.mp4", TOE_PRE, TOE_RETEST, end_s=1.5, every=3, crop=slice(160, 480))
    upload_id = send(site, session, clip)
    work_off(site)
    with site.database.read() as transaction:
        upload = transaction.get(Upload, upload_id)
    assert upload is not None
    assert (upload.state, upload.info["people"]) == ("read", 2), upload.reason
    boxes = upload.info["boxes"]
    assert len(boxes) == 2
    assert boxes[0]["centre"][0] < 0.5 < boxes[1]["centre"][0]
    assert (upload.has_video, upload.has_copy) == (True, True)  # another person may still be chosen

    measuring.confirm_upload(site, upload_id, ConfirmForm(movement="toe-touch"))
    work_off(site)
    with site.database.read() as transaction:
        after = transaction.get(Upload, upload_id)
    assert after is not None
    assert (after.has_video, after.has_copy) == (False, True)
    assert not site.files.video(upload_id).exists()
    assert probe_video(site.files.copy(upload_id)).codec == "h264"
    for x, y in heads_in(clip):
        seen, kept = (detail_at(path, x, y) for path in (clip, site.files.copy(upload_id)))
        assert kept < 0.4 * seen, f"the head at {x:.2f}, {y:.2f} is blurred"


def heads_in(clip: Path) -> list[tuple[float, float]]:
    """Where the heads are in the first picture, as fractions of it: of everybody, not of the followed person alone."""
    first = next(iter_video(clip)).image_rgb
    with MediaPipeEstimator(choose_model(load_settings())) as estimator:
        people = find_closely(first, estimator.find_people)
    assert len(people) == 2
    heads = [pose.xy_px[list(HEAD)].mean(axis=0) / [first.shape[1], first.shape[0]] for pose in people]
    return [(float(x), float(y)) for x, y in heads]


def detail_at(clip: Path, x: float, y: float) -> float:
    """How much fine detail there is in a small square of the first picture, in grey levels."""
    picture = cv2.cvtColor(next(iter_video(clip)).image_rgb, cv2.COLOR_RGB2GRAY)
    height, width = picture.shape
    row, column = round(y * height), round(x * width)
    return float(cv2.Laplacian(picture, cv2.CV_64F)[row - 8 : row + 9, column - 8 : column + 9].std())


@pytest.mark.model
@pytest.mark.parametrize("database_url", [""], ids=["sqlite"])  # reading is the same whatever the database
def test_a_mirror_image_and_an_unusual_format_get_a_copy_that_browsers_play(site: Site, tmp_path: Path) -> None:
    session = made_session(site)
    clip = sample_clip(tmp_path / "old.avi", TOE_PRE, end_s=1.0, every=3, codec="mpeg4")
    upload_id = send(site, session, clip)
    uploads_read = []
    for reading in (None, ReadingForm(mirror=True)):
        if reading is not None:
            uploads.read_again(site, upload_id, reading)
        work_off(site)
        with site.database.read() as transaction:
            upload = transaction.get(Upload, upload_id)
        assert upload is not None
        assert (upload.state, upload.has_video, upload.has_copy) == ("read", True, True), upload.reason
        uploads_read.append(site.files.copy(upload_id).read_bytes())
    assert uploads_read[0] != uploads_read[1]


def test_every_kind_of_job_says_what_is_to_be_done() -> None:
    assert set(WORK) == set(JobKind)
