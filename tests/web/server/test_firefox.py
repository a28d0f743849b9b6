"""The whole way of a user in a real Firefox: from two videos to the result, and filming with its own made-up camera.

What all browsers share is tested in Chromium; here is what differs between engines: playing and stepping a video, what is
drawn over it, sliders, downloads, the camera, recording it in pieces, and the live line.
"""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from film_run import start
from firefox import firefox
from playwright.sync_api import expect
from webapp import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

SAMPLES = Path(__file__).parents[3] / "sample_videos"
ANALYSIS_S = 240
"""A video of ten seconds is read and measured in a quarter of a minute on two idle cores."""
BUSY_MS = 60_000
"""While other tests take both cores, a recording is measured again in a quarter of a minute."""
TESTS = [{"movement": "toe-touch", "side": None}]

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(4 * ANALYSIS_S)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with firefox() as running:
        yield running


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("firefox")) as running:
        yield running


@contextmanager
def page_in(browser: Browser, url: str) -> Iterator[Page]:
    """A page whose errors, and whose breaches of the security policy, fail the test."""
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda said: failures.append(said.text) if said.type == "error" else None)
    try:
        yield page
    finally:
        context.close()
    assert not failures, "\n".join(failures)


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    with page_in(browser, served.url) as opened:
        yield opened


def send_and_confirm(page: Page, name: str) -> None:
    """Choose a video, confirm what it is taken for, and wait until it is measured."""
    page.set_input_files("#videos", SAMPLES / name)
    expect(page.get_by_label(f"Test and side in {name}")).to_have_value("toe-touch", timeout=1000 * ANALYSIS_S)
    page.get_by_role("button", name=f"Confirm {name}").click()
    expect(page.locator("#tests-count")).to_have_text("1 of 1 measured", timeout=1000 * ANALYSIS_S)


def test_the_whole_way_from_two_videos_to_the_result_and_its_files(page: Page, served: Served) -> None:
    page.goto("/")
    page.get_by_label("Name or code").fill("Fox")
    page.get_by_role("button", name="Add and begin a session").click()
    page.wait_for_url("**/choose")
    session = page.url.split("/")[-2]
    for box in page.locator('[name="test"]:not([value="toe-touch"])').all():
        box.uncheck()
    page.get_by_role("button", name="Go on: the pre-test").click()
    page.wait_for_url("**/pre")
    send_and_confirm(page, "toe_touch_pre.mp4")
    page.get_by_role("button", name="Go on: what felt tight").click()
    page.wait_for_url("**/felt")
    page.get_by_label("Stiffness", exact=True).fill("6")
    expect(page.locator("#kept")).to_have_text("Saved.", timeout=BUSY_MS)
    page.get_by_role("button", name="Go on: the stretch").click()
    page.wait_for_url("**/stretch")
    page.get_by_role("button", name="skip the stretch").click()
    page.wait_for_url("**/retest")
    send_and_confirm(page, "toe_touch_retest.mp4")
    page.get_by_role("button", name="Go on: the result").click()
    page.wait_for_url("**/result")
    expect(page.locator("main")).to_contain_text("Toe touch", timeout=BUSY_MS)
    with page.expect_download() as download:
        page.evaluate(f"void Object.assign(document.createElement('a'), {{ href: '{changes_of(session)}' }}).click()")
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    assert {row["movement"] for row in rows} == {"toe-touch"}
    stored = served.client.get(f"/api/sessions/{session}").json()
    assert [item["stiffness"] for item in stored["felt"]] == [6]
    check_trial_page(page, session)


def changes_of(session: str) -> str:
    return f"/api/sessions/{session}/files/changes.csv"


def check_trial_page(page: Page, session: str) -> None:
    """The video steps and plays with the skeleton over it, and a correction is measured at once."""
    page.goto(f"/sessions/{session}/pre")
    page.get_by_role("link", name="Look at it").first.click()
    page.wait_for_selector("#chart.drawn")
    page.locator("#player").focus()
    page.keyboard.press("ArrowRight")
    first_s = clock_s(page)
    page.keyboard.press("ArrowRight")
    assert clock_s(page) > first_s
    shown_s = page.evaluate("document.getElementById('video').currentTime")
    assert shown_s == pytest.approx(clock_s(page), abs=0.06)
    assert page.evaluate(
        "(() => { const c = document.getElementById('overlay');"
        " return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0) })()"
    )
    before_s = clock_s(page)
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Pause").click()
    assert clock_s(page) > before_s
    page.get_by_label("Repetition 1 counts").uncheck()
    expect(page.locator("#corrected")).to_contain_text("Repetition 1 excluded by hand", timeout=BUSY_MS)


def clock_s(page: Page) -> float:
    return float(page.inner_text("#clock").removesuffix(" s"))


def test_filming_leads_through_with_firefox_s_camera_and_can_be_paused_and_ended(page: Page, served: Served) -> None:
    session = served.session(tests=TESTS)
    page.goto(f"/sessions/{session}/film")
    page.locator("#camera-on").click()
    expect(page.locator("#preview.on")).to_be_visible(timeout=BUSY_MS)
    assert page.evaluate("document.querySelector('#preview video').videoWidth") > 0
    start(page)
    expect(page.locator("#run-words")).to_have_text("Step into the picture.", timeout=90_000)
    page.keyboard.press(" ")
    expect(page.locator("#run-held-title")).to_have_text("Paused")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#run-held")).to_be_hidden()
    page.keyboard.press(" ")
    page.locator("#run-held").get_by_role("button", name="End here").click()
    page.wait_for_url(f"**/sessions/{session}/*")


RECORD = """async (session) => {
  const { TrialRecorder } = await import("/static/film_recorder.js");
  const { Camera } = await import("/static/film_camera.js");
  const camera = new Camera(document.createElement("video"), () => {});
  await camera.start({ width: 640, height: 480 });
  const told = [];
  const say = (word) => (...more) => told.push([word, ...more]);
  const trial = { movement: "toe-touch", side: "", phase: "pre" };
  const recorder = new TrialRecorder(session, trial, {
    full: say("full"), failed: say("failed"), behind: say("behind"), broken: say("broken"),
  });
  recorder.start(camera.stream);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  recorder.stop(null);
  await recorder.settled;
  camera.stop();
  return told;
}"""


def test_what_firefox_records_in_pieces_is_a_video_that_is_read(page: Page, served: Served) -> None:
    session = served.session(tests=TESTS)
    page.goto(f"/sessions/{session}/film")
    told: list[Any] = page.evaluate(RECORD, session)
    assert [item for item in told if item[0] != "behind"] == []
    page.goto(f"/sessions/{session}/pre")
    card = page.locator("#test-toe-touch")
    expect(card).to_contain_text("Not usable", timeout=1000 * ANALYSIS_S)
    expect(card).to_contain_text("person")  # there is nobody in a made-up picture: it was read to its end
    (upload,) = served.client.get(f"/api/sessions/{session}").json()["uploads"]
    assert upload["received_bytes"] > 10_000
