"""The result of a session: the same numbers and files as the command line's, made anew when something changed."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made_session import (
    add_block,
    add_person,
    add_refused,
    add_session,
    add_stretch,
    add_take,
    gained,
    write_take,
)
from made_trial import made_result
from webapp import Served

from posecheck.comparison.verdict import Verdict
from posecheck.errors import StorageError
from posecheck.files import check_replaceable, new_folder
from posecheck.storage.tables import Session, Take
from posecheck.web.people.history import history_json
from posecheck.web.results.files import content_disposition, download_name
from posecheck.web.results.results import build_report, session_input, state_words
from posecheck.workflow import compare_folders

if TYPE_CHECKING:
    from pathlib import Path

    from posecheck.output.report.data import ReportData


@pytest.fixture(scope="module")
def takes(served: Served) -> tuple[str, list[str], list[str]]:
    """A session of two tests that gained 15 degrees, and the takes of its blocks."""
    session = add_session(served.site, add_person(served.site), title="Visit")
    return session, add_block(served.site, session, "pre"), add_block(served.site, session, "retest", 15.0)


@pytest.fixture(scope="module")
def session(takes: tuple[str, list[str], list[str]]) -> str:
    return takes[0]


def report_of(served: Served, session: str) -> ReportData:
    return build_report(session_input(served.site, session))


def file_of(served: Served, session: str, name: str) -> bytes:
    return served.client.get(f"/api/sessions/{session}/files/{name}").raise_for_status().content


def test_tables_equal_those_of_the_command_line(
    served: Served, takes: tuple[str, list[str], list[str]], tmp_path: Path
) -> None:
    session, pre, retest = takes
    folders = [[served.site.files.take(take) for take in block] for block in (pre, retest)]
    compare_folders(*folders, tmp_path / "compared")
    for name in ("changes.csv", "sides.csv"):
        assert file_of(served, session, name) == (tmp_path / "compared" / name).read_bytes()


def test_the_result_says_what_changed(served: Served, session: str) -> None:
    result = served.client.get(f"/api/sessions/{session}/result").raise_for_status().json()
    assert result["headline"].startswith("3 of 3 main measures and 4 secondary measures probably changed")
    assert {item["change"] for item in result["larger"]} == {"+15°"}
    assert result["comparison"]["title"] == "Visit"
    assert result["words"] == ""
    assert result["measured"] == 4


def test_recordings_carry_the_names_that_the_user_gave(served: Served, session: str) -> None:
    data = report_of(served, session)
    assert [item.name for item in data.pre] == ["toe-touch-pre.mp4", "runners-lunge-pre.mp4"]
    assert data.person == "Ada"


def test_an_equal_session_is_not_compared_again(served: Served, session: str) -> None:
    assert report_of(served, session) is report_of(served, session)


def test_a_rewritten_take_changes_the_result(served: Served) -> None:
    session = add_session(served.site, add_person(served.site))
    add_take(served.site, session, "pre")
    take = add_take(served.site, session, "retest", gain_deg=15.0)
    before = report_of(served, session)
    folder = served.site.files.take(take)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    write_take(folder, "toe-touch", gained(made_result("toe-touch").trial, 20.0))
    after = report_of(served, session)
    assert (before.changes[0].difference.difference_deg, after.changes[0].difference.difference_deg) == pytest.approx(
        (15.0, 20.0)
    )


def test_a_take_that_was_left_out_does_not_count_and_is_named_with_its_reason(served: Served) -> None:
    session = add_session(served.site, add_person(served.site))
    earlier = add_take(served.site, session, "pre")
    with served.site.database.begin() as transaction:
        take = transaction.get_one(Take, earlier)
        take.current, take.left_out = False, "too dark"
    add_take(served.site, session, "pre", gain_deg=3.0)
    data = report_of(served, session)
    assert len(data.pre) == 1
    assert not data.refused
    assert [(item.phase, item.take, item.reason) for item in data.left_out] == [("pre", 1, "too dark")]


def test_a_recording_that_came_in_twice_counts_once_and_is_named(served: Served) -> None:
    session = add_session(served.site, add_person(served.site))
    first, second = (add_take(served.site, session, "pre") for _ in range(2))
    for take in (first, second):
        folder = served.site.files.take(take)
        shutil.rmtree(folder)
        write_take(folder, "toe-touch", made_result("toe-touch").trial, video="the same")
    add_take(served.site, session, "retest", gain_deg=15.0)
    data = report_of(served, session)
    assert [len(change.pre.takes) for change in data.changes if change.outcome == "hip_flexion"] == [1]
    assert [(item.take, item.reason) for item in data.left_out] == [(2, "the same recording as take 1")]


def test_felt_scores_and_stretches_are_told(served: Served) -> None:
    session = add_session(served.site, add_person(served.site))
    add_take(served.site, session, "pre", "runners-lunge", "left")
    add_stretch(served.site, session, side="both", seconds=90, stopped_for_pain=True)
    felt = {
        "movement": "runners-lunge",
        "side": "left",
        "phase": "pre",
        "stiffness": 6,
        "discomfort": 0,
        "note": "tight",
    }
    with served.site.database.begin() as transaction:
        transaction.get_one(Session, session).felt = [felt, {**felt, "phase": "retest", "stiffness": 2}]
    data = report_of(served, session)
    assert (data.pre[0].trial.felt.stiffness, data.pre[0].trial.felt.discomfort) == (6, 0)
    report = file_of(served, session, "report.html").decode()
    assert "both sides, 1 min 30 s – stopped because it hurt" in report
    told = json.loads(zipfile.ZipFile(io.BytesIO(file_of(served, session, "session.zip"))).read("session.json"))
    assert told["trials"][0]["discomfort"] == 0
    assert told["stretches"][0]["seconds"] == 90


def test_the_named_measure_is_the_main_one(served: Served) -> None:
    named = {"movement": "runners-lunge", "side": "left", "outcome": "hip_extension"}
    session = add_session(served.site, add_person(served.site), primary=named)
    add_block(served.site, session, "pre")
    add_block(served.site, session, "retest", 15.0)
    main = [change for change in report_of(served, session).changes if change.role == "primary"]
    assert [(change.movement, change.outcome) for change in main] == [("runners-lunge", "hip_extension")]


def test_a_named_measure_that_was_not_filmed_costs_no_other_one(served: Served) -> None:
    named = {"movement": "crossover", "side": None, "outcome": "trunk_lateral_flexion"}
    session = add_session(served.site, add_person(served.site), primary=named)
    add_block(served.site, session, "pre")
    add_block(served.site, session, "retest", 15.0)
    add_refused(served.site, session, "no person was found")
    data = report_of(served, session)
    assert data.changes
    assert [item.file for item in data.refused] == ["IMG_1.mov", "main measure"]


def test_what_cannot_be_compared_is_said_and_costs_nothing_else(served: Served) -> None:
    session = add_session(served.site, add_person(served.site))
    add_take(served.site, session, "pre")
    write_take_of_another_version(served.site.files.take(add_take(served.site, session, "retest")))
    data = report_of(served, session)
    assert len(data.pre) == 1
    assert not data.changes
    assert [item.file for item in data.refused] == ["comparison"]


def write_take_of_another_version(folder: Path) -> None:
    trial = json.loads((folder / "trial.json").read_text())
    (folder / "trial.json").write_text(json.dumps({**trial, "movement_version": 99}))


def test_a_take_whose_files_are_gone_is_refused_by_its_name(served: Served) -> None:
    session = add_session(served.site, add_person(served.site))
    add_take(served.site, session, "pre")
    lost = add_take(served.site, session, "retest")
    (served.site.files.take(lost) / "trial.json").unlink()
    data = report_of(served, session)
    assert [item.file for item in data.refused] == ["toe-touch-retest.mp4"]
    assert str(served.site.files.root) + "/takes/" + lost + "/" not in data.refused[0].reason
    assert len(data.pre) == 1


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        ((), "Nothing has been measured yet"),
        (("pre",), "as soon as the re-test has been filmed"),
        (("retest",), "no pre-test to compare it with"),
    ],
)
def test_what_is_missing_is_said_in_words(served: Served, phases: tuple[str, ...], words: str) -> None:
    session = add_session(served.site, add_person(served.site))
    for phase in phases:
        add_take(served.site, session, phase)
    inputs = session_input(served.site, session)
    assert words in state_words(inputs, build_report(inputs))
    assert served.client.get(f"/sessions/{session}/result").status_code == 200


def test_without_a_recording_there_is_no_file_but_words(served: Served) -> None:
    session = add_session(served.site, add_person(served.site))
    answer = served.client.get(f"/api/sessions/{session}/files/report.pdf")
    assert answer.status_code == 409
    assert "Film the pre-test first" in answer.json()["error"]["message"]


def test_the_zip_of_a_session_holds_everything(served: Served, session: str) -> None:
    archive = zipfile.ZipFile(io.BytesIO(file_of(served, session, "session.zip")))
    names = set(archive.namelist())
    assert {"changes.csv", "sides.csv", "comparison.json", "report.html", "report.pdf", "session.json"} <= names
    assert "trials/retest-runners-lunge-left/trial.json" in names
    assert archive.read("changes.csv") == file_of(served, session, "changes.csv")
    assert archive.read("report.pdf").startswith(b"%PDF")


def test_an_unzipped_session_is_compared_and_replaced_like_any_result(
    served: Served, session: str, tmp_path: Path
) -> None:
    unzipped = tmp_path / "session"
    zipfile.ZipFile(io.BytesIO(file_of(served, session, "session.zip"))).extractall(unzipped)
    trials = unzipped / "trials"
    compare_folders([trials / "pre-toe-touch"], [trials / "retest-toe-touch"], tmp_path / "out")
    assert "toe-touch" in (tmp_path / "out" / "changes.csv").read_text(encoding="utf-8")
    with pytest.raises(StorageError, match="exists already"):
        check_replaceable(unzipped, overwrite=False)
    with new_folder(unzipped, overwrite=True) as folder:
        (folder / "trial.json").write_text("{}", encoding="utf-8")
    assert [item.name for item in unzipped.iterdir()] == ["trial.json"]


def test_the_zip_of_angles_holds_two_tables_a_recording(served: Served, session: str) -> None:
    names = zipfile.ZipFile(io.BytesIO(file_of(served, session, "angles.zip"))).namelist()
    assert len(names) == 8
    assert "pre-toe-touch/angles.csv" in names
    assert "pre-toe-touch/repetitions.csv" in names


def test_curves_begin_with_the_repetition_and_reach_its_end_range(served: Served, session: str) -> None:
    tests = served.client.get(f"/api/sessions/{session}/result/curves").raise_for_status().json()["tests"]
    assert [test["key"] for test in tests] == ["toe-touch", "runners-lunge-left"]
    take = tests[0]["outcomes"][0]["takes"][0]
    repetition = take["repetitions"][0]
    assert repetition["time_s"][0] == pytest.approx(0.0, abs=0.11)  # a picture lasts 0.1 s
    assert max(value for value in repetition["measured"] if value is not None) >= repetition["end_range"] - 0.01
    assert take["phase"] == "Pre-test"


def test_downloads_are_named_after_date_and_person(served: Served, session: str) -> None:
    answer = served.client.get(f"/api/sessions/{session}/files/changes.csv")
    assert 'filename="2026-11-22-ada-changes.csv"' in answer.headers["content-disposition"]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_any_name_gives_a_header_that_is_ascii_and_one_line(served: Served, session: str) -> None:
    inputs = replace(session_input(served.site, session), person='Żółw "X"\r\n../Bob')
    header = content_disposition(download_name(inputs, "changes.csv"))
    assert header.isascii()
    assert not set(header) & set("\r\n/")
    assert header.count('"') == 2


def test_the_history_sets_sessions_against_the_error_of_a_camera_set_up_anew(served: Served) -> None:
    person = add_person(served.site)
    for date, gain in (("2026-10-01", 0.0), ("2026-11-01", 40.0)):
        session = add_session(served.site, person, date)
        add_take(served.site, session, "pre", gain_deg=gain)
        add_take(served.site, session, "retest", gain_deg=gain + 15.0)
    history = served.client.get(f"/api/people/{person}/history").raise_for_status().json()
    assert history == history_json(served.site, person)
    (outcome,) = history["outcomes"]
    assert [visit["date"] for visit in outcome["sessions"]] == ["2026-10-01", "2026-11-01"]
    first, second = outcome["sessions"]
    assert second["before_deg"] - first["before_deg"] == pytest.approx(40.0, abs=0.001)
    assert first["verdict"] == str(Verdict.LARGER)
    assert outcome["mdc95_deg"] > first["change_mdc95_deg"]
    assert "40° more on 2026-11-01 than on 2026-10-01: more than measurement error" in outcome["words"]


def test_a_single_session_has_no_trend_yet(served: Served, session: str) -> None:
    person = served.client.get(f"/api/sessions/{session}").json()["person_id"]
    outcomes = served.client.get(f"/api/people/{person}/history").json()["outcomes"]
    assert {outcome["words"] for outcome in outcomes} == {"One session so far: the next one shows a trend."}
    assert {outcome["mdc95_deg"] for outcome in outcomes} == {None}


def test_repeats_of_earlier_visits_make_the_error_the_persons_own(served: Served) -> None:
    """The first visit has a baseline that agrees with its pre-test; a later one does not change an earlier one."""
    person = add_person(served.site, "Repeats")
    first, second = (add_session(served.site, person, date) for date in ("2026-11-01", "2026-11-08"))
    for session in (first, second):
        add_block(served.site, session, "pre")
        add_block(served.site, session, "retest", 15.0)
    alone = report_of(served, second)
    assert alone.error_model.repeats.count == 0
    add_block(served.site, first, "baseline")
    later = report_of(served, second)
    assert later.error_model.repeats.count == 2
    assert later.own_repeats.count == 0
    assert later.changes[0].difference.mdc95_deg < alone.changes[0].difference.mdc95_deg
    assert "your own 2 repeats" in served.client.get(f"/api/sessions/{second}/files/report.html").text
    add_block(served.site, second, "baseline")
    assert report_of(served, first).error_model.repeats.count == 2
