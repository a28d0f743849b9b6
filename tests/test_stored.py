"""What an earlier version wrote opens in this one: a session's folder, the web app's data, an export (tests/stored)."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from in_space import in_picture
from webapp import Served, serve

from posecheck.comparison.error_model import ERROR_MODEL_VERSION
from posecheck.files import check_replaceable
from posecheck.movements import load_movement
from posecheck.output.folders.recording_folder import read_recording_folder
from posecheck.output.folders.trial_folder import load_trial_folder
from posecheck.trial.assess import assess
from posecheck.workflow import compare_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

STORED = Path(__file__).resolve().parent / "stored"
TRIALS = STORED / "session-folder" / "trials"
PRE, RETEST = TRIALS / "pre-toe-touch", TRIALS / "retest-toe-touch"
PERSON, SESSION = "Sample A", "da7100be812eebe5518782c1"
PRE_TAKE, RETEST_TAKE = "a2bb45392ff47e60edf25621", "75bdc84bc80674963de908e1"

PASSED_THEN = (
    "camera angle, camera level, person&#39;s size, person in the middle, camera stands still, whole body in the picture, "
    "body points seen, light, one person"
)

# --- a session's folder


ERROR_COLUMNS = ("ci95_low_deg", "ci95_high_deg", "mdc95_deg", "verdict", "reasons")
"""What follows from the error model, which may change; its version stands in the file."""


@pytest.mark.parametrize("name", ["changes.csv", "sides.csv"])
def test_a_stored_session_compared_again_gives_the_same_numbers_with_todays_errors(tmp_path: Path, name: str) -> None:
    compare_folders([PRE], [RETEST], tmp_path / "again")
    before, again = rows(STORED / "session-folder" / name), rows(tmp_path / "again" / name)
    same = [column for column in (before[0] if before else ()) if column not in ERROR_COLUMNS]
    assert [[row[column] for column in same] for row in again] == [[row[column] for column in same] for row in before]
    assert {row["error_model"] for row in again} <= {str(ERROR_MODEL_VERSION)}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("folder", [PRE, RETEST], ids=lambda folder: folder.name)
def test_a_stored_trial_is_read_with_person_felt_scores_and_curves(folder: Path) -> None:
    stored = load_trial_folder(folder)
    assert stored.trial.person == PERSON
    assert stored.trial.felt.stiffness == (6 if folder == PRE else 4)
    assert stored.trial.passed
    assert stored.end_range_picture is not None
    assert float(stored.values["left_hip_flexion_deg"].max()) > stored.trial.outcome("hip_flexion").mean


@pytest.mark.parametrize("folder", [PRE, RETEST], ids=lambda folder: folder.name)
def test_a_stored_trial_measured_again_from_its_landmarks_is_the_same(folder: Path) -> None:
    before = load_trial_folder(folder).trial
    again = assess(read_recording_folder(folder), in_picture(load_movement("toe-touch"))).trial
    # The file keeps four decimals; the same formulas on the same points give no more difference than that.
    for outcome in before.outcomes:
        assert again.outcome(outcome.name).mean == pytest.approx(outcome.mean, abs=1e-4)
    assert [item.hold_start_s for item in again.repetitions] == pytest.approx(
        [item.hold_start_s for item in before.repetitions], abs=1e-4
    )
    # Gates may have come since and gone since; those asked then and now answer the same.
    now = {gate.name: gate.status for gate in again.gates}
    both = [gate for gate in before.gates if gate.name in now]
    assert both
    assert [now[gate.name] for gate in both] == [gate.status for gate in both]


@pytest.mark.parametrize("folder", [PRE, RETEST], ids=lambda folder: folder.name)
def test_every_gate_of_a_stored_trial_is_read_as_it_was_written(folder: Path) -> None:
    written = json.loads((folder / "trial.json").read_text(encoding="utf-8"))["gates"]
    read = [(gate.name, gate.title, gate.status, gate.words) for gate in load_trial_folder(folder).trial.gates]
    assert len(written) == 10
    assert read == [(item["name"], item["title"], item["status"], item["words"]) for item in written]


def test_a_stored_session_may_be_replaced_as_posechecks_own(tmp_path: Path) -> None:
    shutil.copytree(STORED / "session-folder", tmp_path / "visit-1-result")
    check_replaceable(tmp_path / "visit-1-result", overwrite=True)


# --- the web app


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on the stored data folder."""
    folder = tmp_path_factory.mktemp("stored")
    with zipfile.ZipFile(STORED / "data-folder.zip") as archive:
        archive.extractall(folder)
    with serve(folder / "data-folder") as served:
        yield served


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A new server that took in the stored export."""
    with serve(tmp_path_factory.mktemp("new") / "data") as served:
        added = take_in(served)["added"]
        assert {name: added[name] for name in ("person", "session", "upload", "take", "stretch_done")} == {
            "person": 1,
            "session": 1,
            "upload": 2,
            "take": 2,
            "stretch_done": 1,
        }
        yield served


def take_in(served: Served) -> dict[str, Any]:
    content = (STORED / "export.zip").read_bytes()
    answer: dict[str, Any] = served.client.post("/api/import", content=content).raise_for_status().json()
    return answer


@pytest.fixture(params=["opened", "imported"])
def served(request: pytest.FixtureRequest) -> Served:
    """The same session, once from the stored data folder and once from the stored export."""
    found: Served = request.getfixturevalue(request.param)
    return found


def get(served: Served, path: str) -> Any:
    return served.client.get(path).raise_for_status().json()


def test_person_and_session_are_there(served: Served) -> None:
    session = get(served, f"/api/sessions/{SESSION}")
    assert (session["person_name"], session["title"], session["date"]) == (PERSON, "First visit", "2026-11-20")
    assert session["safety_confirmed"]
    assert [(item["stiffness"], item["note"]) for item in session["felt"]] == [(6, "tight")]
    assert [(item["stretch"], item["grip"], item["seconds"]) for item in session["stretches"]] == [
        ("runners-lunge", "diagonal-pull", 60)
    ]


def test_the_result_is_the_one_that_was_given_then(served: Served) -> None:
    result = get(served, f"/api/sessions/{SESSION}/result")
    assert [item["change"] for item in result["larger"]] == ["+12°"]
    assert result["headline"] == "1 of 2 main measures probably changed by more than measurement error"
    change = next(item for item in result["comparison"]["changes"] if item["outcome"] == "hip_extension")
    assert change["pre"]["repetitions"] == 1  # one of two was left out by hand
    assert change["difference"]["difference_deg"] == pytest.approx(12.0, abs=0.05)
    assert change["corrections"] == ["1 repetition excluded by hand (pre-test)"]


@pytest.mark.parametrize(
    "page",
    [f"/sessions/{SESSION}/result", f"/takes/{PRE_TAKE}", f"/sessions/{SESSION}/film", "/"],
    ids=lambda page: page,
)
def test_every_page_opens(served: Served, page: str) -> None:
    answer = served.client.get(page, follow_redirects=True)
    assert answer.status_code == 200
    assert "Sample A" in answer.text


def test_every_gate_of_a_stored_take_is_shown(served: Served) -> None:
    shown = served.client.get(f"/takes/{PRE_TAKE}").raise_for_status().text
    assert f"9 of 10 checks: {PASSED_THEN}<" in shown
    assert "10 pictures a second. Film with 24 or more pictures a second." in shown  # the frame rate warns


def test_video_picture_and_curves_of_a_take_open(served: Served) -> None:
    assert served.client.get(f"/api/takes/{RETEST_TAKE}/video").status_code == 200
    assert served.client.get(f"/api/takes/{RETEST_TAKE}/picture.jpg").content.startswith(b"\xff\xd8")
    assert get(served, f"/api/takes/{RETEST_TAKE}/curves")


def test_a_stored_correction_can_be_taken_back(imported: Served) -> None:
    take = get(imported, f"/api/takes/{PRE_TAKE}")["take"]
    assert take["corrections"]["excluded"] == [1]
    back = imported.client.put(f"/api/takes/{PRE_TAKE}/corrections", json={"version": take["version"]})
    assert back.raise_for_status().json()["take"]["summary"]["repetitions"] == 2
    again = imported.client.put(f"/api/takes/{PRE_TAKE}/corrections", json={"excluded": [1]})
    assert again.raise_for_status().json()["take"]["summary"]["repetitions"] == 1


@pytest.mark.parametrize("archive", sorted(STORED.glob("data-folder-*.zip")), ids=lambda archive: archive.stem)
def test_a_data_folder_of_each_later_version_shows_its_people_and_results(tmp_path: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path)
    with serve(tmp_path / "data-folder") as served:
        (person,) = get(served, "/api/people")
        assert "Sample" in served.client.get("/").raise_for_status().text
        (session,) = get(served, f"/api/people/{person['id']}/sessions")
        assert [take["state"] for take in session["takes"]] == ["measured", "measured"]
        change = get(served, f"/api/sessions/{session['id']}/result")["comparison"]["changes"][0]
        assert change["corrections"] == ["1 repetition excluded by hand (pre-test)"]
        assert not served.site.notices


def test_an_export_that_is_there_already_adds_nothing(opened: Served) -> None:
    answer = take_in(opened)
    assert (answer["added"]["session"], answer["skipped"]["session"]) == (0, 1)
