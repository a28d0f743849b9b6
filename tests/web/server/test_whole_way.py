"""The whole way of a user in a real browser: from an empty data folder and 18 videos to the result and its files.

The real server, the real pose model, the real Chromium. The numbers are those of the command on the same files.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pandas as pd
import pytest
from browser import page_of, serious_violations
from clips import call, command, environment
from playwright.sync_api import expect

from posecheck.output.folders.recording_folder import read_recording_folder
from posecheck.output.folders.trial_folder import write_trial_folder
from posecheck.output.options import OutputOptions
from posecheck.session import Phase, read_session
from posecheck.trial.assess import assess
from posecheck.video.reader import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

SAMPLES = Path(__file__).parents[3] / "sample_videos"
ANALYSIS_S = 1200
"""Eighteen videos take about three minutes on two idle cores."""
TOLERANCE_DEG = 0.05
"""The same code on the same files; the tables are written to hundredths."""
READ_ANEW = "toe-touch"
"""The command finds the body points of this test itself; to do so in all videos again would take a minute more."""

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(3 * ANALYSIS_S)]


@dataclass
class Walk:
    """What the walk through the app has left: the open page, where the session is, and every request that was made."""

    page: Page
    session: str
    changes: pd.DataFrame
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder, empty at first."""
    return tmp_path_factory.mktemp("served") / "data"


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    """`posecheck serve` on that folder."""
    with subprocess.Popen(
        command("serve", "--no-open", "--port", 0, "--data", data),
        stdout=subprocess.PIPE,
        text=True,
        env=environment({"PYTHONUNBUFFERED": "1"}),
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None, "the server said no address"
            yield found[0]
        finally:
            process.kill()


@pytest.fixture(scope="module")
def walk(browser: Browser, address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """A person, a session, 18 videos, and the page of the result."""
    with page_of(browser, address, accept_downloads=True) as page:
        requests: list[str] = []
        page.context.on("request", lambda request: requests.append(request.url))
        page.goto("/")
        page.get_by_label("Name or code").fill("Runner 27")
        page.get_by_role("button", name="Add and begin a session").click()
        page.wait_for_url("**/choose")
        go_on(page, "pre")
        send_and_confirm(page, Phase.PRE)
        go_on(page, "felt")
        go_on(page, "stretch")
        page.get_by_role("button", name="skip the stretch").click()
        page.wait_for_url("**/retest")
        send_and_confirm(page, Phase.RETEST)
        go_on(page, "result")
        folder = tmp_path_factory.mktemp("downloads")
        yield Walk(page, page.url.split("/")[-2], changes_of(page, folder / "changes.csv"), requests)


@pytest.fixture(scope="module")
def by_command(walk: Walk, data: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The changes that the command finds in the same files; after the walk, whose body points most of them lend."""
    trials = tmp_path_factory.mktemp("by-command")
    readings = {recording.video_sha256: recording for recording in map(read_recording_folder, readings_in(data))}
    words: list[str | Path] = []
    for plan in read_session(SAMPLES).trials:
        folder = trials / plan.folder_name
        if plan.movement.name == READ_ANEW:
            side = ("-s", plan.side) if plan.side else ()
            assert call("analyze", plan.file, "-m", READ_ANEW, *side, "-o", folder, "--no-video", "--quiet").code == 0
        else:
            folder.mkdir()
            result = assess(readings[sha256_of(plan.file)], plan.movement, plan.side)
            write_trial_folder(folder, result, OutputOptions(annotated=False), None)
        words += [f"--{plan.phase}", folder]
    done = call("compare", *words, "-o", trials / "result")
    assert done.code == 0, done.err
    return read_changes(trials / "result" / "changes.csv")


def readings_in(data: Path) -> list[Path]:
    """Folders of the readings of all videos that the server was sent."""
    found = [path.parent for path in (data / "uploads").glob("*/landmarks.parquet")]
    assert len(found) == len(read_session(SAMPLES).trials)
    return found


def go_on(page: Page, step: str) -> None:
    """To the next step, by its button."""
    page.locator(f'[data-goes-to="{step}"]').click()
    page.wait_for_url(f"**/{step}")


def send_and_confirm(page: Page, phase: Phase) -> None:
    """Choose all videos of a block at once, see each proposed as what it is, confirm, and wait until all is measured."""
    plans = {plan.file.name: plan for plan in read_session(SAMPLES).trials if plan.phase == phase}
    page.set_input_files("#videos", [plan.file for plan in plans.values()])
    expect(page.locator(".arrival.read")).to_have_count(len(plans), timeout=1000 * ANALYSIS_S)
    for name, plan in plans.items():
        wanted = ".".join(filter(None, (plan.movement.name, str(plan.side) if plan.movement.sides else "")))
        expect(page.get_by_label(f"Test and side in {name}")).to_have_value(wanted)
    page.get_by_role("button", name=f"Confirm all {len(plans)}").click()
    words = f"{len(plans)} of {len(plans)} measured"
    expect(page.locator("#tests-count")).to_have_text(words, timeout=1000 * ANALYSIS_S)


def changes_of(page: Page, path: Path) -> pd.DataFrame:
    """The table of changes, downloaded from the result page, where it is folded away."""
    page.locator("#files > summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Changes", exact=True).click()
    download.value.save_as(path)
    return read_changes(path)


def read_changes(path: Path) -> pd.DataFrame:
    """The table of changes by test, side whose angle it is, and outcome."""
    return pd.read_csv(path).fillna({"side": ""}).set_index(["movement", "side", "outcome"]).sort_index()


def test_the_changes_are_those_of_the_command_on_the_same_files(walk: Walk, by_command: pd.DataFrame) -> None:
    assert list(walk.changes.index) == list(by_command.index)
    assert len(walk.changes) > 18
    numbers = by_command.select_dtypes("number").columns
    pd.testing.assert_frame_equal(walk.changes[numbers], by_command[numbers], atol=TOLERANCE_DEG, rtol=0)
    assert list(walk.changes["verdict"]) == list(by_command["verdict"])


def test_the_row_of_steps_says_what_was_done_and_what_was_skipped(walk: Walk) -> None:
    walk.page.goto(f"/sessions/{walk.session}/result")
    steps = walk.page.get_by_label("Steps of this session").get_by_role("listitem")
    states = [words.rpartition(", ")[2] for words in steps.all_inner_texts()]
    assert states == ["done", "done", "skipped", "skipped", "done", "current step", "not yet"]


def test_an_excluded_repetition_changes_the_result_and_every_export_says_so(walk: Walk, tmp_path: Path) -> None:
    page = walk.page
    page.goto(f"/sessions/{walk.session}/retest")
    page.locator('[id="test-runners-lunge.right"]').get_by_role("link", name="Look at it").click()
    page.wait_for_selector("#chart.drawn")
    page.get_by_label("Repetition 1 counts").uncheck()
    expect(page.locator("#corrected")).to_contain_text("Repetition 1 excluded by hand")
    page.goto(f"/sessions/{walk.session}/result")
    corrected = changes_of(page, tmp_path / "changes.csv")
    here = corrected["corrections"].fillna("").str.contains("1 repetition excluded by hand")
    assert {movement for movement, _, _ in corrected.index[here]} == {"runners-lunge"}
    moved_deg = corrected["change_deg"].sub(walk.changes["change_deg"]).abs()
    assert moved_deg[here].max() > 0
    assert moved_deg[~here].max() == 0
    expect(page.locator("main")).to_contain_text("excluded by hand")
    report = page.request.get(f"/api/sessions/{walk.session}/files/report.html").text()
    assert "1 repetition excluded by hand" in report


def test_no_page_on_the_way_has_a_serious_violation(walk: Walk) -> None:
    page = walk.page
    page.goto(f"/sessions/{walk.session}/retest")
    take = page.get_by_role("link", name="Look at it").first.get_attribute("href")
    person = page.locator(".crumbs a").nth(1).get_attribute("href")
    steps = ("choose", "pre", "felt", "stretch", "retest", "result", "re-education")
    paths = [
        "/",
        "/settings",
        "/help",
        "/api-docs",
        person,
        take,
        *(f"/sessions/{walk.session}/{step}" for step in steps),
    ]
    found = []
    for path in paths:
        page.goto(str(path))
        page.wait_for_load_state("load")
        found += [f"{path}: {words}" for words in serious_violations(page)]
    assert found == []


def test_no_request_went_to_another_host(walk: Walk, address: str) -> None:
    own = urlsplit(address).netloc
    others = {url for url in walk.requests if urlsplit(url).netloc != own and not url.startswith(("data:", "blob:"))}
    assert others == set()
    assert len(walk.requests) > 100
