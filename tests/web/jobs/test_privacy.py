"""One face and one name, followed through the whole data folder, every export, report and log after each setting."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from followed_face import files_with_face, files_with_text, filmed_face
from made_trial import made_series
from webapp import Served, place_reading, serve, work_off

from posecheck.storage.pictures import Pictures, stored_pictures
from posecheck.storage.tables import Job, JobKind, JobState, Upload
from posecheck.web.api.schemas import UploadForm
from posecheck.web.jobs.runner import JobRunner
from posecheck.web.jobs.worker_process import TaskOutcome
from posecheck.web.uploads import uploads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.model]

NAME = "Zerlinde Quack"
LUNGE = "runners-lunge"
DATABASE = {"posecheck.sqlite3", "posecheck.sqlite3-wal", "posecheck.sqlite3-shm"}


class Followed:
    """A person with one session, one measured recording of it and one that was never confirmed."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.served, self.site, self.folder = served, served.site, folder
        self.person = served.person(NAME)
        made = served.client.post(f"/api/people/{self.person}/sessions", json={}).raise_for_status()
        self.session = str(made.json()["id"])
        self.confirmed, self.unconfirmed = (self._film(name) for name in ("a.mp4", "b.mp4"))
        answer = served.client.post(f"/api/uploads/{self.confirmed}/confirm", json={"movement": LUNGE, "side": "left"})
        self.take = str(answer.raise_for_status().json()["id"])
        work_off(self.site)
        served.client.post(f"/api/takes/{self.take}/annotated").raise_for_status()
        work_off(self.site)

    def _film(self, name: str) -> str:
        form = UploadForm(file_name=name, size_bytes=9, phase="pre")
        upload = uploads.begin_upload(self.site, self.session, form)[0].id
        place_reading(self.site, upload, LUNGE)
        video = self.site.files.video(upload)
        filmed_face(video.with_name("made.mp4"), made_series(LUNGE)).rename(video)
        shutil.copy(video, self.site.files.copy(upload))  # as for a file that not every browser plays
        self._see(upload)
        return upload

    def _see(self, upload: str) -> None:
        from posecheck.output.draw.footage import Footage
        from posecheck.output.draw.poster import write_poster

        write_poster(Footage(self.site.files.video(upload)), self.site.files.poster(upload))
        with self.site.database.begin() as transaction:
            transaction.get_one(Upload, upload).has_copy = True

    def choose(self, **kept: bool) -> None:
        self.served.client.patch(f"/api/sessions/{self.session}", json=kept).raise_for_status()

    def export(self) -> Path:
        """Everything that can be taken out, in a folder of its own."""
        folder = self.folder / "exported"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in ("report.html", "report.pdf", "changes.csv", "sides.csv", "takes.csv", "angles.zip", "session.zip"):
            self._fetch(f"/api/sessions/{self.session}/files/{name}", folder / name)
        self._fetch("/api/export", folder / "archive.zip")
        return folder

    def _fetch(self, address: str, target: Path) -> None:
        target.write_bytes(self.served.client.get(address).raise_for_status().content)

    def seen(self) -> set[str]:
        """Files in which the face is seen: of the data folder by their last name, of the exports as `exports/name`."""
        data = {name.rsplit("/", 1)[-1] for name in files_with_face(self.site.files.root)}
        return data | {f"exports/{name}" for name in files_with_face(self.export())}

    def shown(self) -> set[int]:
        """How the pages answer for what shows the person."""
        routes = [
            *(f"/api/uploads/{upload}/poster.jpg" for upload in (self.confirmed, self.unconfirmed)),
            f"/api/takes/{self.take}/video",
            f"/api/takes/{self.take}/picture.jpg",
            f"/api/takes/{self.take}/annotated.mp4",
        ]
        return {self.served.client.get(route).status_code for route in routes}


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Followed]:
    monkeypatch.setattr(JobRunner, "start", JobRunner.recover)  # jobs are done when the test says so
    with serve(tmp_path / "data") as served:
        yield Followed(served, tmp_path)


def test_without_a_setting_the_face_is_where_a_page_says_that_it_is(followed: Followed) -> None:
    """So that the others cannot pass for want of a face."""
    everywhere = {"video", "copy.mp4", "poster.jpg", "end_range.jpg", "annotated.mp4"}
    assert followed.seen() == everywhere | {f"exports/{name}" for name in _SHOWING}
    assert followed.shown() == {200}


_SHOWING = ("report.html", "report.pdf", "session.zip", "archive.zip")


def test_blurring_chosen_afterwards_leaves_no_face_in_any_picture_export_or_report(followed: Followed) -> None:
    followed.choose(blur_faces=True)
    assert followed.seen() == {"video", "copy.mp4"}, "until they are blurred: neither shown nor exported"
    work_off(followed.site)
    assert followed.seen() == set()
    assert followed.shown() == {200, 404}
    assert followed.site.files.copy(followed.confirmed).is_file()
    assert (followed.site.files.take(followed.take) / "end_range.jpg").is_file(), "it was drawn anew"


def test_body_points_only_leaves_no_picture_of_a_person_of_confirmed_and_unconfirmed_videos(followed: Followed) -> None:
    followed.choose(keep_video=False)
    assert followed.seen() == set(), "at once"
    work_off(followed.site)
    assert followed.seen() == set()
    kept = {path.name for path in followed.site.files.upload(followed.unconfirmed).iterdir()}
    assert kept == {"landmarks.parquet", "recording.json", "poster.jpg"}
    assert (followed.site.files.take(followed.take) / "end_range.jpg").is_file(), "a drawn figure"


def test_body_points_with_pictures_keeps_them_blurred_and_no_video(followed: Followed) -> None:
    followed.choose(keep_video=False, keep_pictures=True)
    work_off(followed.site)
    assert followed.seen() == set()
    left = [path.name for path in followed.site.files.root.rglob("*.mp4") if followed.unconfirmed not in str(path)]
    assert left == []
    with followed.site.database.read() as transaction:
        assert stored_pictures(transaction.get_one(Upload, followed.confirmed)) is Pictures.BLURRED


def test_pictures_of_a_video_that_is_gone_are_drawn_where_they_were_to_be_blurred(followed: Followed) -> None:
    for upload_id in (followed.confirmed, followed.unconfirmed):
        followed.site.files.video(upload_id).unlink()
        followed.site.files.copy(upload_id).unlink()
        with followed.site.database.begin() as transaction:
            upload = transaction.get_one(Upload, upload_id)
            upload.has_video = upload.has_copy = False
    followed.choose(blur_faces=True)
    work_off(followed.site)
    assert followed.seen() == set()
    assert followed.site.files.poster(followed.confirmed).is_file()


def test_what_is_being_worked_on_is_begun_again_under_the_new_setting(followed: Followed) -> None:
    with followed.site.database.begin() as transaction:
        before = followed.site.jobs.enqueue(transaction, followed.session, JobKind.MEASURE, followed.take)
    ((job_id, task),) = followed.site.jobs.begin_waiting(1)
    assert job_id == before.id
    followed.choose(blur_faces=True)
    outcome = TaskOutcome(task.run(lambda _done, _total: None))  # it draws the face, too late
    followed.site.jobs.keep_outcome(job_id, outcome)
    shutil.rmtree(followed.site.files.work / job_id)  # as when the runner ends a worker
    work_off(followed.site)
    assert followed.seen() == set()
    with followed.site.database.read() as transaction:
        assert transaction.get_one(Job, job_id).state == JobState.CANCELLED


def test_the_result_page_says_what_is_not_blurred_yet_and_then_that_it_is(followed: Followed) -> None:
    def page() -> str:
        return followed.served.client.get(f"/sessions/{followed.session}/result").raise_for_status().text

    followed.choose(blur_faces=True)
    assert "Not yet so: a.mp4, b.mp4." in page()
    work_off(followed.site)
    assert "Not yet so" not in page()
    assert "Faces are blurred" in page()


def test_pictures_from_before_the_setting_are_named_and_made_anew_when_asked(followed: Followed) -> None:
    with followed.site.database.begin() as transaction:  # as an earlier version left it
        transaction.get_one(Upload, followed.confirmed).session.blur_faces = True
    page = followed.served.client.get(f"/sessions/{followed.session}/choose").text
    assert "Pictures of these videos still show what was filmed" in page
    followed.served.client.post(f"/api/sessions/{followed.session}/pictures").raise_for_status()
    work_off(followed.site)
    assert followed.seen() == set()


def test_the_name_is_in_the_database_and_in_reports_and_nowhere_else(
    followed: Followed, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert files_with_text(followed.site.files.root, NAME) <= DATABASE
    exports = files_with_text(followed.export(), NAME)
    assert exports == {"report.html", "report.pdf", "session.zip", "archive.zip"}, "no table holds it"
    said = capfd.readouterr()
    assert NAME not in caplog.text + said.out + said.err


def test_of_a_deleted_person_nothing_is_left_not_even_in_the_database_file(followed: Followed) -> None:
    followed.served.client.delete(f"/api/people/{followed.person}").raise_for_status()
    assert files_with_face(followed.site.files.root) == set()
    assert files_with_text(followed.site.files.root, NAME) == set()
    assert list((followed.site.files.root / "takes").iterdir()) == []
