"""The trial page in a real browser: video, skeleton and chart in step, corrections measured again at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from browser import page_of, serious_violations
from playwright.sync_api import expect
from webapp import Served, place_reading

from posecheck.web.api.schemas import UploadForm
from posecheck.web.uploads.uploads import begin_upload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

MEASURED_WITHIN_S = 90.0


def measured_take(served: Served, movement: str = "runners-lunge", side: str | None = "left") -> str:
    """Id of a take of the made-up figure."""
    session = served.session()
    form = UploadForm(file_name="made.mp4", size_bytes=10, phase="pre")
    upload, _ = begin_upload(served.site, session, form)
    place_reading(served.site, upload.id, movement, side)
    confirmed = served.client.post(f"/api/uploads/{upload.id}/confirm", json={"movement": movement, "side": side})
    take = confirmed.raise_for_status().json()["id"]
    deadline = time.monotonic() + MEASURED_WITHIN_S
    while detail(served, take)["take"]["state"] == "measuring":
        assert time.monotonic() < deadline, "the recording was not measured"
        time.sleep(0.2)
    return str(take)


def detail(served: Served, take: str) -> dict[str, Any]:
    return dict(served.client.get(f"/api/takes/{take}").raise_for_status().json())


@pytest.fixture(scope="module")
def take(served: Served) -> str:
    return measured_take(served)


@pytest.fixture
def page(browser: Browser, served: Served, take: str) -> Iterator[Page]:
    corrections = {"excluded": [], "times": {}, "added": [], "side": None, "start_s": None, "end_s": None}
    version = detail(served, take)["take"]["version"]
    served.client.put(f"/api/takes/{take}/corrections", json={**corrections, "version": version}).raise_for_status()
    with page_of(browser, served.url) as opened:
        opened.goto(f"/takes/{take}")
        opened.wait_for_selector("#chart.drawn")
        yield opened


def clock_s(page: Page) -> float:
    return float(page.inner_text("#clock").removesuffix(" s"))


def test_arrow_keys_go_from_picture_to_picture(page: Page) -> None:
    page.locator("#player").focus()
    page.keyboard.press("ArrowRight")
    first = clock_s(page)
    page.keyboard.press("ArrowRight")
    second = clock_s(page)
    page.keyboard.press("ArrowLeft")
    assert first < second
    assert clock_s(page) == first


def test_a_click_in_the_chart_goes_there_in_the_video(page: Page) -> None:
    chart = page.locator("#chart .u-over").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    duration = float(page.get_attribute("#seek", "max") or 0)
    assert clock_s(page) == pytest.approx(duration / 2, abs=0.15 * duration)
    video_s = page.evaluate("document.getElementById('video').currentTime")
    assert video_s == pytest.approx(clock_s(page), abs=0.06)


def test_a_part_of_a_recording_can_be_drawn_larger(page: Page) -> None:
    plot = page.locator("#chart .u-over")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    x, width, middle = box["x"], box["width"], box["y"] + box["height"] / 2
    end_s = float(page.get_attribute("#seek", "max") or 0)
    page.mouse.move(x + 0.25 * width, middle)
    page.mouse.down()
    page.mouse.move(x + 0.75 * width, middle, steps=4)
    page.mouse.up()
    page.mouse.click(x + 0.02 * width, middle)
    assert clock_s(page) == pytest.approx(0.26 * end_s, abs=0.05 * end_s)
    page.mouse.dblclick(x + 0.5 * width, middle)
    page.mouse.click(x + 0.02 * width, middle)
    assert clock_s(page) == pytest.approx(0.02 * end_s, abs=0.05 * end_s)


def test_the_page_says_nothing_in_the_console(browser: Browser, served: Served, take: str) -> None:
    with page_of(browser, served.url) as opened:
        said: list[str] = []
        opened.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        opened.goto(f"/takes/{take}")
        opened.wait_for_selector("#chart.drawn")
        assert said == []


def test_the_skeleton_is_drawn_over_the_video(page: Page) -> None:
    painted = """() => { const c = document.getElementById('overlay');
        return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0) }"""
    assert page.evaluate(painted)
    page.locator("#skeleton").uncheck()
    assert not page.evaluate(painted)


SIZES = ((390, 844, 3), (844, 390, 3), (683, 384, 2), (1440, 900, 1))
"""Width, height and device pixels of a phone either way up, a laptop at 200 % zoom, and a desktop."""
OVER_THE_BODY = """async (take) => {
  const points = await (await fetch(`/api/takes/${take}/landmarks`)).json();
  const video = document.getElementById('video'), canvas = document.getElementById('overlay');
  const now = Number(document.getElementById('clock').textContent.replace(' s', ''));
  const away = (k) => Math.abs(points.time_s[k] - now);
  const shown = points.time_s.reduce((best, _, k) => away(k) < away(best) ? k : best, 0);
  const box = video.getBoundingClientRect();
  const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight);
  const left = box.left + (box.width - video.videoWidth * scale) / 2;
  const top = box.top + (box.height - video.videoHeight * scale) / 2;
  const reach = (xs, ys) => [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const row = points.xy_px[shown], here = (axis) => row.filter((value, k) => value !== null && k % 2 === axis);
  const body = reach(here(0).map((x) => left + x * scale), here(1).map((y) => top + y * scale));
  const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const drawn = [Infinity, Infinity, -Infinity, -Infinity];
  for (let k = 3; k < data.length; k += 4) if (data[k] > 0) {
    const x = ((k - 3) / 4) % width, y = Math.floor((k - 3) / 4 / width);
    drawn[0] = Math.min(drawn[0], x); drawn[1] = Math.min(drawn[1], y);
    drawn[2] = Math.max(drawn[2], x); drawn[3] = Math.max(drawn[3], y);
  }
  const at = canvas.getBoundingClientRect(), ratio = canvas.width / at.width;
  const seen = drawn.map((value, k) => (k % 2 ? at.top : at.left) + value / ratio);
  return { body, seen, barred: box.width - video.videoWidth * scale > 2 };
}"""
LINE_PX = 6
"""Half of the thickest line with its edge."""


@pytest.mark.parametrize(("width", "height", "ratio"), SIZES)
def test_the_skeleton_lies_on_the_body_whatever_the_shape_of_the_screen(
    browser: Browser, served: Served, take: str, width: int, height: int, ratio: int
) -> None:
    with page_of(browser, served.url, viewport={"width": width, "height": height}, device_scale_factor=ratio) as opened:
        opened.goto(f"/takes/{take}")
        opened.wait_for_selector("#chart.drawn")
        opened.wait_for_function("document.getElementById('video').videoWidth > 0")
        found = opened.evaluate(OVER_THE_BODY, take)
    assert found["seen"] == pytest.approx(found["body"], abs=LINE_PX)
    assert found["barred"] == (width > height and height < 500), "the test should see bars beside the picture"


def test_an_excluded_repetition_changes_the_result_at_once_and_can_be_taken_back(
    page: Page, served: Served, take: str
) -> None:
    before = detail(served, take)["trial"]["outcomes"][0]
    page.locator("tr[data-repetition='1'] .counts").uncheck()
    page.wait_for_selector("#corrected")
    after = detail(served, take)["trial"]["outcomes"][0]
    assert len(after["values"]) == len(before["values"]) - 1
    assert "Repetition 1 excluded by hand" in page.inner_text("#corrected")
    page.click("#undo")
    page.wait_for_selector("#corrected", state="detached")
    assert detail(served, take)["trial"]["outcomes"][0]["values"] == before["values"]


def test_a_repetition_can_be_given_other_times(page: Page, served: Served, take: str) -> None:
    page.locator("tr[data-repetition='2'] .retime").click()
    begins = float(page.input_value("#time-hold_start_s"))
    page.fill("#time-hold_start_s", f"{begins + 0.5:.2f}")
    page.locator("#times button[type=submit]").click()
    page.wait_for_selector("#corrected")
    repetition = detail(served, take)["trial"]["repetitions"][1]
    assert repetition["hold_start_s"] == pytest.approx(begins + 0.5, abs=0.01)
    assert repetition["corrected"] == "times set by hand"


def test_times_that_cannot_be_stay_in_the_form_to_be_set_right(page: Page, served: Served, take: str) -> None:
    page.locator("tr[data-repetition='2'] .retime").click()
    page.fill("#time-hold_start_s", "0.01")
    page.locator("#times button[type=submit]").click()
    page.wait_for_selector("#live .error")
    page.wait_for_selector("#numbers:not([aria-busy])")
    expect(page.locator("#times")).to_be_visible()
    expect(page.locator("#times-title")).to_have_text("Times of repetition 2")
    expect(page.locator("#time-hold_start_s")).to_have_value("0.01")
    assert float(page.input_value("#time-end_s")) > 0
    page.locator("#times-cancel").click()
    assert detail(served, take)["trial"]["corrections"] == []


def test_times_that_are_being_entered_outlast_news_of_the_recording(page: Page, served: Served, take: str) -> None:
    page.locator("tr[data-repetition='1'] .retime").click()
    page.fill("#time-hold_start_s", "1.23")
    version = detail(served, take)["take"]["version"]
    correction = {
        "excluded": [2],
        "times": {},
        "added": [],
        "side": None,
        "start_s": None,
        "end_s": None,
        "version": version,
    }
    served.client.put(f"/api/takes/{take}/corrections", json=correction).raise_for_status()
    expect(page.locator("tr[data-repetition='2'].excluded")).to_be_visible()
    expect(page.locator("#time-hold_start_s")).to_have_value("1.23")


def test_times_that_were_entered_are_not_left_without_asking(page: Page, take: str) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("tr[data-repetition='1'] .retime").click()
    page.fill("#time-hold_start_s", "1.23")
    page.get_by_role("link", name="People").first.click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.url.endswith(take)
    page.locator("#times-cancel").click()
    page.get_by_role("link", name="People").first.click()
    page.wait_for_url("**/")
    assert asked == ["beforeunload"]


def test_a_part_without_a_repetition_is_refused_in_words_and_changes_nothing(
    page: Page, served: Served, take: str
) -> None:
    page.locator("#part > summary").click()
    page.fill("#part-end", "0.3")
    page.locator("#part-form button[type=submit]").click()
    page.wait_for_selector("#live .error")
    assert page.inner_text("#live .error").strip()
    assert detail(served, take)["take"]["state"] == "measured"


def test_another_tab_s_correction_is_not_overwritten(page: Page, served: Served, take: str) -> None:
    version = detail(served, take)["take"]["version"]
    page.evaluate("document.getElementById('state').dataset.version = '0'")
    page.locator("tr[data-repetition='1'] .counts").uncheck()
    page.wait_for_selector("#live .error")
    assert detail(served, take)["take"]["version"] == version


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_serious_barrier(browser: Browser, served: Served, take: str, scheme: str) -> None:
    with page_of(browser, served.url, color_scheme=scheme) as opened:
        opened.goto(f"/takes/{take}")
        opened.wait_for_selector("#chart.drawn")
        assert serious_violations(opened) == []


def test_without_the_video_the_body_points_are_still_played(browser: Browser, served: Served, tmp_path: Path) -> None:
    take = measured_take(served, "toe-touch", None)
    upload = detail(served, take)["upload"]["id"]
    served.site.files.video(upload).unlink()
    with page_of(browser, served.url) as opened:
        opened.goto(f"/takes/{take}")
        opened.wait_for_selector("#chart.drawn")
        assert "was not kept" in opened.inner_text("#player")
        opened.click("#forward")
        assert clock_s(opened) > 0


def handle_x(page: Page, name: str) -> float:
    box = page.get_by_role("slider", name=name, exact=True).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2


def drag_handle(page: Page, name: str, by_px: float) -> None:
    box = page.get_by_role("slider", name=name, exact=True).bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(handle_x(page, name), y)
    page.mouse.down()
    page.mouse.move(handle_x(page, name) + by_px, y, steps=4)
    page.mouse.up()


def test_a_repetitions_times_are_dragged_in_the_chart(page: Page, served: Served, take: str) -> None:
    before = detail(served, take)["trial"]["repetitions"][1]
    page.get_by_role("button", name="Change the times of repetition 2").click()
    page.locator("#chart").scroll_into_view_if_needed()
    drag_handle(page, "Hold begins", 12)
    moved = float(page.locator("#time-hold_start_s").input_value())
    assert moved > before["hold_start_s"] + 0.02
    assert clock_s(page) == pytest.approx(moved, abs=0.06)
    drag_handle(page, "Hold begins", 2000)  # it cannot pass the hold's end
    assert float(page.locator("#time-hold_start_s").input_value()) < before["hold_end_s"]
    page.get_by_role("slider", name="Hold begins", exact=True).focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    wanted = float(page.locator("#time-hold_start_s").input_value())
    page.get_by_role("button", name="Use these times").click()
    expect(page.locator("#corrected")).to_contain_text("Repetition 2: times set by hand")
    expect(page.get_by_role("slider", name="Hold begins", exact=True)).to_be_hidden()
    assert detail(served, take)["trial"]["repetitions"][1]["hold_start_s"] == pytest.approx(wanted)


def test_handles_follow_the_fields_and_the_part_that_is_shown(page: Page) -> None:
    page.get_by_role("button", name="Change the times of repetition 2").click()
    first = handle_x(page, "Leaves the start position")
    field = page.locator("#time-start_s")
    field.fill(str(float(field.input_value()) - 0.5))
    field.blur()
    assert handle_x(page, "Leaves the start position") < first
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("slider", name="Leaves the start position", exact=True)).to_be_hidden()


def test_a_missed_repetition_is_added_and_each_correction_is_taken_back_by_itself(
    page: Page, served: Served, take: str
) -> None:
    found = detail(served, take)["trial"]["repetitions"]
    page.get_by_role("checkbox", name="Repetition 2 counts").uncheck()
    expect(page.locator("#corrected li")).to_have_count(1)
    free_s = found[-1]["end_s"] + 0.1
    page.get_by_role("button", name="Add a repetition that was missed").click()
    expect(page.locator("#times-title")).to_have_text("A repetition that was missed")
    for name, time_s in (("start_s", 0), ("hold_start_s", 0.2), ("hold_end_s", 0.5), ("end_s", 0.7)):
        page.locator(f"#time-{name}").fill(f"{found[-1]['start_s'] + time_s:.2f}")
    page.get_by_role("button", name="Use these times").click()
    expect(page.locator("#live")).to_contain_text("lies over repetition")
    for name, time_s in (("start_s", 0), ("hold_start_s", 0.1), ("hold_end_s", 0.3), ("end_s", 0.4)):
        page.locator(f"#time-{name}").fill(f"{free_s + time_s:.2f}")
    page.get_by_role("button", name="Use these times").click()
    expect(page.locator("#corrected li")).to_have_count(2)
    added = detail(served, take)["trial"]["repetitions"][-1]
    assert (added["number"], added["corrected"]) == (len(found) + 1, "added by hand")
    page.get_by_role("button", name="Take back: Repetition 2 excluded by hand").click()
    expect(page.locator("#corrected li")).to_have_count(1)
    assert [item["used"] for item in detail(served, take)["trial"]["repetitions"]][1] is True
    page.get_by_role("button", name="Take back: A repetition from").click()
    expect(page.locator("#corrected")).to_have_count(0)
    assert len(detail(served, take)["trial"]["repetitions"]) == len(found)
