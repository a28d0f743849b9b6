"""A session is told in the language of who reads it, whoever made the words and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from webapp import Served, serve

from posecheck.language import phrase
from posecheck.web.api.schemas import UploadForm
from posecheck.web.jobs.worker_process import TaskOutcome
from posecheck.web.uploads.uploads import begin_upload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GERMAN = {"Accept-Language": "de-CH,de;q=0.9"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "data") as opened:
        opened.site.jobs.stop()
        yield opened


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("choose", "Tests wählen"),
        ("pre", "Noch kein Video"),
        ("felt", "Wo hat es gespannt?"),
        ("stretch", "Zuerst deine Sicherheit"),
    ],
)
def test_a_step_is_shown_in_german(served: Served, step: str, words: str) -> None:
    page = served.client.get(f"/sessions/{served.session()}/{step}", headers=GERMAN)

    assert words in page.text
    assert 'lang="de"' in page.text


def test_why_a_video_could_not_be_read_is_said_in_german_although_a_worker_found_it_out(served: Served) -> None:
    site, session = served.site, served.session()
    upload, _ = begin_upload(site, session, UploadForm(file_name="Anna 1.mov", size_bytes=3, phase="pre"))
    served.client.patch(f"/api/uploads/{upload.id}?offset=0", content=b"abc").raise_for_status()
    [(job_id, _)] = site.jobs.begin_waiting(1)
    why = phrase("{file} is empty (0 bytes); copy it from the camera again.", file=site.files.video(upload.id))
    site.jobs.keep_outcome(job_id, TaskOutcome(refusal=why))

    english = served.client.get(f"/api/uploads/{upload.id}").json()
    german = served.client.get(f"/api/uploads/{upload.id}", headers=GERMAN).json()

    assert english["reason"] == "Anna 1.mov is empty (0 bytes); copy it from the camera again."
    assert german["reason"] == "Anna 1.mov ist leer (0 Bytes); kopiere die Datei noch einmal von der Kamera."
    assert german["reason"] in served.client.get(f"/sessions/{session}/pre", headers=GERMAN).text


def test_a_wrong_value_is_refused_in_german(served: Served) -> None:
    answer = served.client.patch(f"/api/sessions/{served.session()}", json={"tests": []}, headers=GERMAN)

    assert answer.json()["error"]["message"] == "Wähle mindestens einen Test."
