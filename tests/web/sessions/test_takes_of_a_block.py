"""Two takes a block in a real browser: sent, left out with a reason and taken in again, up to the result and its files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from browser import page_of, serious_violations
from clips import SAMPLES, write_pictures
from made_session import add_block, add_person, add_session, add_take
from playwright.sync_api import expect
from webapp import Served

from posecheck.storage.tables import Take
from posecheck.video.reader import VideoOptions, iter_video

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

ANALYSIS_S = 600
"""Four clips of one repetition take half a minute on two idle cores."""
PARTS_S = {1: (0.8, 5.8), 2: (6.0, 11.0)}
"""Seconds of the toe touch in which the first and the second repetition lie: each becomes a take of its own."""
CARD = "#test-toe-touch"


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    with page_of(browser, served.url, accept_downloads=True) as opened:
        yield opened


def read_rows(served: Served, session: str, name: str) -> list[dict[str, str]]:
    text = served.client.get(f"/api/sessions/{session}/files/{name}").raise_for_status().text
    return list(csv.DictReader(io.StringIO(text)))


# --- cards of takes that are measured


@pytest.fixture
def filmed(served: Served) -> str:
    """A session with two takes of each test in the pre-test and one in the re-test."""
    session = add_session(served.site, add_person(served.site), takes_per_block=2)
    for gain_deg in (0.0, 1.0):
        add_block(served.site, session, "pre", gain_deg)
    add_block(served.site, session, "retest", 15.0)
    return session


def test_each_take_has_its_number_and_the_card_says_what_one_more_would_bring(page: Page, filmed: str) -> None:
    page.goto(f"/sessions/{filmed}/pre")
    card = page.locator(CARD)
    assert card.locator("h4").all_inner_texts() == ["Take 1", "Take 2"]
    assert card.locator(".badge").inner_text() == "2 takes measured"
    assert card.locator(".take-words").inner_text().startswith("With two takes before and after, changes of ")
    page.goto(f"/sessions/{filmed}/retest")
    card = page.locator(CARD)
    assert card.locator(".badge").inner_text() == "1 of 2 takes measured"
    said = card.locator(".take-words").inner_text()
    assert said.startswith("With two takes before the stretch and one take after it, changes of ")
    assert "with one more take now, " in said


def test_a_take_is_left_out_with_a_reason_that_is_kept_and_counts_again_by_one_click(
    page: Page, served: Served, filmed: str
) -> None:
    page.goto(f"/sessions/{filmed}/pre")
    page.locator(f"{CARD} section").nth(1).get_by_role("button", name="Leave out").click()
    page.get_by_label("Why").fill("The phone fell over.")
    page.locator("#leave-out-now").click()
    expect(page.locator(f"{CARD} summary", has_text="left out")).to_have_text("1 take left out")
    page.goto(f"/sessions/{filmed}/result")
    page.locator("#takes > summary").click()
    assert "Left out: The phone fell over." in page.locator(".takes").inner_text()
    left_out = [row for row in read_rows(served, filmed, "takes.csv") if row["counts"] == "false"]
    assert [(row["phase"], row["take"], row["left_out"]) for row in left_out] == [("pre", "2", "The phone fell over.")]
    changes = [row for row in read_rows(served, filmed, "changes.csv") if row["movement"] == "toe-touch"]
    assert {row["pre_takes"] for row in changes} == {"1"}
    page.goto(f"/sessions/{filmed}/pre")
    page.locator(f"{CARD} summary", has_text="left out").click()
    page.get_by_role("button", name="Count it again").click()
    expect(page.locator(f"{CARD} h4")).to_have_text(["Take 1", "Take 2"])


def test_a_video_that_was_cut_anew_is_named_beside_the_first(page: Page, served: Served) -> None:
    session = add_session(served.site, add_person(served.site))
    first = add_take(served.site, session, "pre")
    again = add_take(served.site, session, "pre")
    file = served.site.files.take(again) / "trial.json"
    told, other = (json.loads((served.site.files.take(item) / "trial.json").read_text()) for item in (again, first))
    file.write_text(json.dumps({**told, "repetitions": other["repetitions"]}))
    page.goto(f"/sessions/{session}/pre")
    expect(page.locator(f"{CARD} .notice")).to_contain_text("take 1 and pre-test, take 2 seem to be parts of one video")


def test_takes_that_lie_too_far_apart_are_named_with_the_likely_cause(page: Page, served: Served, filmed: str) -> None:
    add_take(served.site, filmed, "pre", gain_deg=40.0)
    page.goto(f"/sessions/{filmed}/pre")
    said = page.locator(f"{CARD} .notice").inner_text()
    assert "the 3 takes of the pre-test lie 40 degrees apart, more than is expected" in said
    assert "If one of them is wrong, leave it out." in said


def test_takes_of_another_day_are_named(page: Page, served: Served, filmed: str) -> None:
    with served.site.database.begin() as transaction:
        take = next(item for item in transaction.query(Take) if item.session_id == filmed and item.phase == "pre")
        take.upload.created_at -= dt.timedelta(days=1)
    page.goto(f"/sessions/{filmed}/pre")
    assert "These takes came in more than half a day apart." in page.locator(f"{CARD} .notice").inner_text()


def test_a_block_whose_takes_are_all_left_out_is_told_and_not_compared(page: Page, served: Served, filmed: str) -> None:
    with served.site.database.begin() as transaction:
        for take in transaction.query(Take):
            if (take.session_id, take.movement, take.phase) == (filmed, "toe-touch", "retest"):
                take.current, take.left_out = False, "Too dark."
    page.goto(f"/sessions/{filmed}/retest")
    assert page.locator(f"{CARD} .badge").inner_text() == "All takes left out"
    changes = read_rows(served, filmed, "changes.csv")
    assert {row["movement"] for row in changes} == {"runners-lunge"}
    page.goto(f"/sessions/{filmed}/result")
    assert "Toe touch, re-test: all takes are left out" in page.inner_text("main")


def test_the_page_of_a_block_with_several_takes_has_no_serious_fault_for_a_screen_reader(
    page: Page, filmed: str
) -> None:
    page.goto(f"/sessions/{filmed}/pre")
    assert serious_violations(page) == []


# --- the whole way, with the pose model


def part_of(name: str, path: Path, start_s: float, end_s: float) -> Path:
    """A part of a sample video as a small video of its own."""
    options = VideoOptions(start_s=start_s, end_s=end_s, stride=2, max_side_px=480)
    frames = list(iter_video(SAMPLES / f"{name}.mp4", options))
    return write_pictures(path, [frame.time_s - start_s for frame in frames], [frame.image_rgb for frame in frames])


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.timeout(2 * ANALYSIS_S)
def test_two_takes_a_block_go_from_the_videos_to_the_result_and_its_files(
    page: Page, served: Served, tmp_path: Path
) -> None:
    clips = {
        (phase, take): part_of(f"toe_touch_{phase}", tmp_path / f"{phase} {take}.mp4", *part)
        for phase in ("pre", "retest")
        for take, part in PARTS_S.items()
    }
    session = add_session(served.site, add_person(served.site, "Bo"))
    for phase in ("pre", "retest"):
        page.goto(f"/sessions/{session}/{phase}")
        for take in PARTS_S:
            with page.expect_file_chooser() as chooser:
                page.locator(CARD).get_by_role("button", name="Send").click()
            chooser.value.set_files(clips[phase, take])
            expect(page.locator(f"{CARD} .outcomes")).to_have_count(take, timeout=1000 * ANALYSIS_S)
    page.goto(f"/sessions/{session}/result")
    page.locator("#takes > summary").click()
    listed = [row.split("\t")[:3] for row in page.locator(".takes tbody tr").all_inner_texts()]
    blocks = [(block, str(take)) for block in ("Pre-test", "Re-test") for take in PARTS_S]
    assert listed == [["Toe touch", *block] for block in blocks]
    (change,) = (row for row in read_rows(served, session, "changes.csv") if row["outcome"] == "hip_flexion")
    assert (change["pre_takes"], change["retest_takes"]) == ("2", "2")
    takes = [row for row in read_rows(served, session, "takes.csv") if row["outcome"] == "hip_flexion"]
    for phase, mean in (("pre", change["pre_mean_deg"]), ("retest", change["retest_mean_deg"])):
        each = [float(row["mean"]) for row in takes if row["phase"] == phase]
        assert float(mean) == pytest.approx(sum(each) / len(PARTS_S), abs=0.01)
    packed = served.client.get(f"/api/sessions/{session}/files/session.zip").raise_for_status().content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        folders = {name.split("/")[1] for name in archive.namelist() if name.startswith("trials/")}
        told = json.loads(archive.read("session.json"))["trials"]
    assert folders == {"pre-toe-touch", "pre-toe-touch-take-2", "retest-toe-touch", "retest-toe-touch-take-2"}
    assert [(item["phase"], item["take"]) for item in told] == [
        (phase, take) for phase in ("pre", "retest") for take in (1, 2)
    ]
