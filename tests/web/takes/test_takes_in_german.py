"""What is computed at the desk, in a process of its own, is said in the language of whoever waits for it."""

from __future__ import annotations

import pytest
from made_session import add_person, add_session
from webapp import Served, place_reading, work_off

from posecheck.files import OwnEntry
from posecheck.storage.tables import Take
from posecheck.web.api.schemas import UploadForm
from posecheck.web.uploads.uploads import begin_upload

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("jobs_wait")]
GERMAN = {"Accept-Language": "de"}


@pytest.fixture(scope="module")
def take(served: Served) -> str:
    session = add_session(served.site, add_person(served.site))
    upload, _ = begin_upload(served.site, session, UploadForm(file_name="a.mp4", size_bytes=10, phase="pre"))
    place_reading(served.site, upload.id, "runners-lunge")
    form = {"movement": "runners-lunge", "side": "left"}
    made = served.client.post(f"/api/uploads/{upload.id}/confirm", json=form).raise_for_status().json()["id"]
    work_off(served.site)
    return str(made)


def test_curves_and_angles_have_german_titles(served: Served, take: str) -> None:
    curves = served.client.get(f"/api/takes/{take}/curves", headers=GERMAN).raise_for_status().json()["curves"]
    motion = served.client.get(f"/api/takes/{take}/motion", headers=GERMAN).raise_for_status().json()["angles"]
    assert curves[0]["title"] == "Hüftstreckung, hinteres Bein"
    assert all(title.endswith((", links", ", rechts")) for title in (curve["title"] for curve in curves[-8:]))
    assert motion[0]["title"] == curves[0]["title"]


def test_a_correction_that_leaves_nothing_to_measure_is_refused_in_german(served: Served, take: str) -> None:
    form = {"start_s": 0.0, "end_s": 0.3}
    answer = served.client.put(f"/api/takes/{take}/corrections", json=form, headers=GERMAN)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].startswith("Nur 0,2 s lang: Ein Test braucht mindestens 2 s")


def test_what_a_correction_finds_is_stored_for_every_language(served: Served, take: str) -> None:
    form = {"excluded": [1]}
    served.client.put(f"/api/takes/{take}/corrections", json=form, headers=GERMAN).raise_for_status()
    with served.site.database.read() as transaction:
        assert transaction.get_one(Take, take).state == "measured"
    page = served.client.get(f"/takes/{take}", headers=GERMAN).text
    assert "von Hand ausgeschlossen" in page
    assert "excluded by hand" not in page
    assert "excluded by hand" in served.client.get(f"/takes/{take}", headers={"Accept-Language": "en"}).text


def test_the_files_of_a_recording_are_the_same_whoever_corrects_it(served: Served, take: str) -> None:
    charts = []
    for headers in (GERMAN, {"Accept-Language": "en"}):
        served.client.put(f"/api/takes/{take}/corrections", json={"excluded": [1]}, headers=headers).raise_for_status()
        charts.append((served.site.files.take(take) / OwnEntry.CHART).read_bytes())
    assert charts[0] == charts[1]
