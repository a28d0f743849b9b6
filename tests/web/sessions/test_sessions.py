"""People and sessions through the API: what a session starts with, how it is changed, what is refused."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest
from made_session import add_take
from webapp import Served, serve

from posecheck.storage.tables import Take, TakeState, Upload, UploadState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, module_database_url: str) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("data"), database_url=module_database_url) as running:
        yield running


def test_a_person_is_added_renamed_and_found(served: Served) -> None:
    person = served.person("  Anna  ")
    assert served.client.get(f"/api/people/{person}").json()["name"] == "Anna"
    served.client.patch(f"/api/people/{person}", json={"name": "A 17"}).raise_for_status()
    assert {"id": person, "name": "A 17"}.items() <= next(
        row for row in served.client.get("/api/people").json() if row["id"] == person
    ).items()


@pytest.mark.parametrize("form", [{}, {"name": "   "}, {"name": "x" * 201}, {"name": "Anna", "age": 40}])
def test_a_person_without_a_name_or_with_more_is_refused(served: Served, form: dict[str, object]) -> None:
    answer = served.client.post("/api/people", json=form)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "wrong_input"


def test_a_text_with_a_zero_byte_is_refused_wherever_it_stands(served: Served) -> None:
    assert served.client.post("/api/people", json={"name": "a\0b"}).status_code == 422
    felt = [{"movement": "toe-touch", "note": "a\0b"}]
    assert served.client.patch(f"/api/sessions/{served.session()}", json={"felt": felt}).status_code == 422
    assert served.client.get("/api/people/%00").status_code == 404


def test_a_session_starts_with_all_five_tests_and_both_sides(served: Served) -> None:
    tests = served.client.get(f"/api/sessions/{served.session()}").json()["tests"]
    assert len(tests) == 9
    assert {"movement": "toe-touch", "side": None} in tests
    for movement in ("knee-to-chest", "runners-lunge", "side-lunge", "crossover"):
        assert {"movement": movement, "side": "left"} in tests
        assert {"movement": movement, "side": "right"} in tests


def test_a_new_session_takes_the_settings_of_the_installation(served: Served) -> None:
    before = served.client.get("/api/settings").json()
    assert before == {"keep_video": True, "keep_pictures": False, "blur_faces": False}
    served.client.put("/api/settings", json={"keep_video": False, "blur_faces": True}).raise_for_status()
    try:
        usual = served.client.get(f"/api/sessions/{served.session()}").json()
        own = served.client.get(f"/api/sessions/{served.session(keep_video=True)}").json()
    finally:
        served.client.put("/api/settings", json=before).raise_for_status()
    assert (usual["keep_video"], usual["blur_faces"]) == (False, True)
    assert (own["keep_video"], own["blur_faces"]) == (True, True)


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ([], "at least one"),
        ([{"movement": "handstand"}], "no test 'handstand'"),
        ([{"movement": "toe-touch", "side": "left"}], "leave the side out"),
        ([{"movement": "side-lunge"}], "left or right"),
        ([{"movement": "toe-touch"}, {"movement": "toe-touch"}], "twice"),
    ],
)
def test_tests_that_cannot_be_are_refused_in_words(served: Served, tests: list[object], words: str) -> None:
    answer = served.client.patch(f"/api/sessions/{served.session()}", json={"tests": tests})
    assert answer.status_code == 422
    assert words in answer.json()["error"]["message"]


@pytest.mark.parametrize("date", ["2026-02-30", "yesterday", "2026-1-1"])
def test_a_date_that_is_none_is_refused(served: Served, date: str) -> None:
    assert served.client.patch(f"/api/sessions/{served.session()}", json={"date": date}).status_code == 422


def test_only_what_is_given_changes_and_the_version_rises(served: Served) -> None:
    session = served.session(title="first visit")
    after = served.client.patch(f"/api/sessions/{session}", json={"step": "felt", "version": 1}).json()
    assert (after["title"], after["step"], after["version"]) == ("first visit", "felt", 2)


def test_the_second_of_two_tabs_is_told_and_overwrites_nothing(served: Served) -> None:
    session = served.session()
    first = {"felt": [{"movement": "toe-touch", "stiffness": 4}], "version": 1}
    second = {"felt": [], "version": 1}
    assert served.client.patch(f"/api/sessions/{session}", json=first).status_code == 200
    refused = served.client.patch(f"/api/sessions/{session}", json=second)
    assert refused.status_code == 409
    assert "Another tab changed" in refused.json()["error"]["message"]
    assert served.client.get(f"/api/sessions/{session}").json()["felt"][0]["stiffness"] == 4


def test_of_many_changes_at_once_one_is_made_and_the_others_are_told(served: Served) -> None:
    session = served.session()

    def change(number: int) -> int:
        form = {"title": str(number), "version": 1}
        return httpx.patch(f"{served.url}/api/sessions/{session}", json=form, timeout=60).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(change, range(8)))
    assert statuses == [200, *[409] * 7]


def test_the_baseline_step_needs_a_baseline(served: Served) -> None:
    session = served.session()
    assert served.client.patch(f"/api/sessions/{session}", json={"step": "baseline"}).status_code == 422
    change = {"with_baseline": True, "step": "baseline"}
    assert served.client.patch(f"/api/sessions/{session}", json=change).json()["step"] == "baseline"


def test_a_block_of_which_something_is_measured_is_not_called_skipped(served: Served) -> None:
    session = served.session()
    served.client.patch(f"/api/sessions/{session}", json={"step": "retest"}).raise_for_status()
    assert _pre_test_of(served, session) == "skipped"
    add_take(served.site, session, "pre")
    assert _pre_test_of(served, session) == "not yet"


def _pre_test_of(served: Served, session: str) -> str:
    """What the row of steps says of the pre-test."""
    page = served.client.get(f"/sessions/{session}/retest").text
    return re.sub(r"<[^>]*>|\s+", " ", page).split("Pre-test")[1].split("Felt")[0].strip(" ,0123456789")


def test_felt_scores_outside_0_to_10_are_refused_and_the_last_of_two_counts(served: Served) -> None:
    session = served.session()
    wrong = {"felt": [{"movement": "toe-touch", "stiffness": 11}]}
    assert served.client.patch(f"/api/sessions/{session}", json=wrong).status_code == 422
    twice = {"felt": [{"movement": "toe-touch", "stiffness": 3}, {"movement": "toe-touch", "stiffness": 5}]}
    felt = served.client.patch(f"/api/sessions/{session}", json=twice).json()["felt"]
    assert [item["stiffness"] for item in felt] == [5]


def test_the_primary_outcome_is_named_and_taken_back(served: Served) -> None:
    session = served.session()
    wrong = {"primary": {"movement": "runners-lunge", "side": "left", "outcome": "height"}}
    assert "hip_extension" in served.client.patch(f"/api/sessions/{session}", json=wrong).json()["error"]["message"]
    primary = {"movement": "runners-lunge", "side": "left", "outcome": "hip_extension"}
    assert served.client.patch(f"/api/sessions/{session}", json={"primary": primary}).json()["primary"] == primary
    assert served.client.patch(f"/api/sessions/{session}", json={"title": "x"}).json()["primary"] == primary
    assert served.client.patch(f"/api/sessions/{session}", json={"primary": None}).json()["primary"] is None


def test_the_primary_outcome_cannot_be_picked_after_the_retest(served: Served) -> None:
    session = served.session()
    place_take(served, session, phase="retest")
    primary = {"movement": "toe-touch", "side": None, "outcome": "hip_flexion"}
    refused = served.client.patch(f"/api/sessions/{session}", json={"primary": primary})
    assert refused.status_code == 409
    assert "before the re-test" in refused.json()["error"]["message"]


def test_a_stretch_is_stored_only_after_the_safety_words(served: Served) -> None:
    session = served.session()
    form = {"stretch": "side-lunge", "grip": "lateral-pull", "side": "left", "seconds": 60}
    refused = served.client.post(f"/api/sessions/{session}/stretches", json=form)
    assert refused.status_code == 409
    assert "safety words" in refused.json()["error"]["message"]
    served.client.post(f"/api/sessions/{session}/safety", json={"confirmed": True}).raise_for_status()
    served.client.patch(f"/api/sessions/{session}", json={"stretch_skipped": True}).raise_for_status()
    stored = served.client.post(f"/api/sessions/{session}/stretches", json=form)
    assert stored.status_code == 201
    now = served.client.get(f"/api/sessions/{session}").json()
    assert (now["stretches"], now["stretch_skipped"]) == ([stored.json()], False)
    assert served.client.delete(f"/api/stretches/{stored.json()['id']}").status_code == 204
    assert served.client.get(f"/api/sessions/{session}").json()["stretches"] == []


@pytest.mark.parametrize("form", [{"stretch": "splits"}, {"stretch": "crossover", "grip": "headlock"}])
def test_an_unknown_stretch_or_grip_is_refused(served: Served, form: dict[str, str]) -> None:
    session = served.session()
    served.client.post(f"/api/sessions/{session}/safety", json={"confirmed": True}).raise_for_status()
    answer = served.client.post(f"/api/sessions/{session}/stretches", json=form)
    assert answer.status_code == 422
    assert "Choose one of" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "path", ["people/0", "sessions/0", "sessions/0/events", "people/0/sessions", "stretches/0", "nothing"]
)
def test_what_is_not_there_is_not_found_in_words(served: Served, path: str) -> None:
    method = "DELETE" if path.startswith("stretches") else "GET"
    answer = served.client.request(method, f"/api/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_deleting_a_session_deletes_its_files_and_nothing_else(served: Served) -> None:
    session, other = served.session(), served.session()
    files = [*place_take(served, session), *place_take(served, other)]
    assert served.client.delete(f"/api/sessions/{session}").status_code == 204
    assert [file.exists() for file in files] == [False, False, True, True]
    assert served.client.get(f"/api/sessions/{session}").status_code == 404
    assert served.client.get(f"/api/sessions/{other}").status_code == 200


def test_deleting_a_person_deletes_all_sessions_and_their_files(served: Served) -> None:
    session = served.session()
    person = served.client.get(f"/api/sessions/{session}").json()["person_id"]
    files = place_take(served, session)
    assert served.client.delete(f"/api/people/{person}").status_code == 204
    assert not any(file.exists() for file in files)
    assert served.client.get(f"/api/sessions/{session}").status_code == 404


def place_take(served: Served, session: str, phase: str = "pre") -> list[Path]:
    """A measured take; returns a file of the upload and one of the take."""
    with served.site.database.begin() as transaction:
        upload = Upload(
            session_id=session, phase=phase, file_name="a.mp4", size_bytes=1, state=UploadState.READ, has_video=True
        )
        take = Take(session_id=session, upload=upload, movement="toe-touch", phase=phase, state=TakeState.MEASURED)
        transaction.add_all((upload, take))
        transaction.flush()
        files = [served.site.files.video(upload.id), served.site.files.take(take.id) / "trial.json"]
    for file in files:
        file.parent.mkdir()
        file.write_bytes(b"x")
    return files
