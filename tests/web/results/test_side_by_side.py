"""Two recordings play side by side, in step by the phase of the repetition, whatever the rhythm of each."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import synthetic
from browser import page_of, serious_violations
from made_session import add_person, add_session
from made_trial import SIZE_PX, made_video
from webapp import Served, place_reading

from posecheck.output.folders.recording_folder import write_recording
from posecheck.web.api.schemas import UploadForm
from posecheck.web.uploads.uploads import begin_upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

MEASURED_WITHIN_S = 120.0
SLOWER = synthetic.Rhythm(count=2, start_s=1.3, move_s=1.3, hold_s=2.6, pause_s=0.7)
RATE_HZ = 10.0
ONE_PICTURE_S = 1.0 / RATE_HZ
SIZES = [(390, 844), (844, 390), (683, 384), (1440, 900)]
MAP = """async ([first, second]) => {
  const { PhaseMap } = await import("/static/phase_map.js");
  const map = new PhaseMap(first, second);
  const moments = [...Array(101).keys()].map((k) => map.length_s * k / 100);
  return {
    length_s: map.length_s,
    knots: map.knots,
    times: moments.map((u) => [map.timeAt(0, u), map.timeAt(1, u)]),
    back: moments.map((u) => map.momentOf(1, map.timeAt(1, u)) - u),
    rates: map.knots.slice(0, -1).map((knot) => [map.rateAt(0, knot.u), map.rateAt(1, knot.u)]),
    phase: map.repetitions.map((item) => map.phaseAt((item.hold + item.held) / 2)),
  };
}"""


def add_filmed(
    served: Served, session: str, phase: str, movement: str, side: str | None, *, slower: bool = False
) -> str:
    """Id of a measured take of the made-up figure, with its body points and its video."""
    upload, _ = begin_upload(served.site, session, UploadForm(file_name=f"{phase}.mp4", size_bytes=10, phase=phase))
    place_reading(served.site, upload.id, movement, side)
    if slower:
        time_s = SLOWER.times(RATE_HZ)
        series = synthetic.toe_touch(time_s, SLOWER, bend_deg=100.0, size_px=SIZE_PX, px_per_m=110.0)
        folder = served.site.files.upload(upload.id)
        made_video(folder / "made.mp4", series.time_s).replace(served.site.files.video(upload.id))
        write_recording(synthetic.recording_of(series, name="slower.mp4"), folder)
    form = {"movement": movement, "side": side}
    take = served.client.post(f"/api/uploads/{upload.id}/confirm", json=form).raise_for_status().json()["id"]
    deadline = time.monotonic() + MEASURED_WITHIN_S
    while detail(served, take)["take"]["state"] == "measuring":
        assert time.monotonic() < deadline, "the recording was not measured"
        time.sleep(0.2)
    return str(take)


def detail(served: Served, take: str) -> dict[str, Any]:
    return dict(served.client.get(f"/api/takes/{take}").raise_for_status().json())


@pytest.fixture(scope="module")
def session(served: Served) -> str:
    return add_session(served.site, add_person(served.site))


@pytest.fixture(scope="module")
def takes(served: Served, session: str) -> tuple[str, str]:
    """A toe touch, and a slower and deeper one after it."""
    first = add_filmed(served, session, "pre", "toe-touch", None)
    return first, add_filmed(served, session, "retest", "toe-touch", None, slower=True)


@pytest.fixture
def page(browser: Browser, served: Served, session: str, takes: tuple[str, str]) -> Iterator[Page]:
    with page_of(browser, served.url) as opened:
        open_pair(opened, session)
        yield opened


def open_pair(page: Page, session: str, query: str = "") -> None:
    page.goto(f"/sessions/{session}/side-by-side{query}")
    page.wait_for_selector("#duo[data-ready]")
    page.locator("#stage").focus()


def videos_s(page: Page) -> list[float]:
    page.wait_for_selector("body:not(:has(video:not([src])))")
    return [
        float(value) for value in page.evaluate("[...document.querySelectorAll('video')].map((v) => v.currentTime)")
    ]


def readings(page: Page) -> list[str]:
    return page.locator(".reading").all_inner_texts()


def holds(served: Served, take: str) -> list[dict[str, Any]]:
    return [item for item in detail(served, take)["trial"]["repetitions"] if item["used"]]


# The clock that both recordings share.


def repetition(start_s: float, *lengths_s: float, used: bool = True) -> dict[str, Any]:
    moments = [start_s]
    for length_s in lengths_s:
        moments.append(moments[-1] + length_s)
    names = ("start_s", "hold_start_s", "hold_end_s", "end_s")
    return {"number": 1, "used": used, **dict(zip(names, moments, strict=True))}


def recording(length_s: float, *repetitions: dict[str, Any]) -> dict[str, Any]:
    return {"time_s": [0.0, length_s], "repetitions": list(repetitions)}


def test_start_hold_and_end_of_each_repetition_fall_together(page: Page) -> None:
    first = recording(10, repetition(2, 1, 2, 1), repetition(6.5, 1, 1, 1))
    second = recording(20, repetition(3, 2, 4, 2), repetition(13, 0.5, 3, 0.5))
    found = page.evaluate(MAP, [first, second])
    at = [[knot["at"][which] for knot in found["knots"]] for which in (0, 1)]
    assert at[0] == pytest.approx([0, 2, 3, 5, 6, 6.5, 7.5, 8.5, 9.5, 10])
    assert at[1] == pytest.approx([1, 3, 5, 9, 11, 13, 13.5, 16.5, 17, 17.5])
    assert all(a < b for column in zip(*found["times"], strict=True) for a, b in pairwise(column))
    assert found["back"] == pytest.approx([0.0] * 101, abs=1e-6)
    assert [round(sum(rates) / 2, 6) for rates in found["rates"]] == [1.0] * 9, "neither is hurried more than the other"
    assert [item["words"] for item in found["phase"]] == ["hold", "hold"]


def test_a_repetition_that_does_not_count_is_passed_over(page: Page) -> None:
    first = recording(12, repetition(1, 1, 1, 1, used=False), repetition(6, 1, 2, 1))
    second = recording(12, repetition(2, 1, 2, 1), repetition(8, 1, 1, 1))
    found = page.evaluate(MAP, [first, second])
    assert len(found["phase"]) == 1
    assert [6, 2] in [knot["at"] for knot in found["knots"]]


def test_without_repetitions_both_run_from_their_beginning(page: Page) -> None:
    found = page.evaluate(MAP, [recording(5), recording(9, repetition(1, 1, 1, 1))])
    assert found["times"][50] == pytest.approx([2.5, 2.5])


# The page.


def test_a_phase_shows_both_recordings_there(page: Page, served: Served, takes: tuple[str, str]) -> None:
    page.keyboard.press("2")
    for shown_s, take in zip(videos_s(page), takes, strict=True):
        item = holds(served, take)[0]
        middle_s = (item["hold_start_s"] + item["hold_end_s"]) / 2
        assert shown_s == pytest.approx(middle_s, abs=ONE_PICTURE_S)
    assert page.inner_text("#phase") == "Repetition 1 of 2: hold"


def test_both_angles_are_read_out_with_their_difference(page: Page, served: Served, takes: tuple[str, str]) -> None:
    page.keyboard.press("2")
    ends = [holds(served, take)[0]["end_range"]["hip_flexion"] for take in takes]
    shown = [int(text.strip("≈°").replace("−", "-")) for text in readings(page)]
    assert shown == pytest.approx(ends, abs=3.0)  # at one moment of a hold, whose median is the end range
    assert int(page.inner_text("#difference").strip("+°")) == pytest.approx(shown[1] - shown[0], abs=1)


def test_the_angle_is_drawn_at_the_joint(page: Page) -> None:
    page.keyboard.press("2")
    page.uncheck("#skeleton")
    yellow = """[...document.querySelectorAll('.duo-box canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let found = 0;
      for (let k = 0; k < data.length; k += 4) {
        found += data[k] > 230 && data[k + 1] > 215 && data[k + 2] < 90 && data[k + 3] > 200;
      }
      return found;
    })"""
    first, second = page.evaluate(yellow)
    assert min(first, second) > 40, (first, second)


def test_arrow_keys_step_both_by_one_picture_of_the_first(page: Page) -> None:
    page.keyboard.press("2")
    before = videos_s(page)
    page.keyboard.press("ArrowRight")
    after = videos_s(page)
    assert after[0] - before[0] == pytest.approx(ONE_PICTURE_S, abs=0.01)
    assert after[1] >= before[1]
    page.keyboard.press("ArrowLeft")
    assert videos_s(page) == pytest.approx(before, abs=0.01)


def test_they_play_in_step_and_stop_in_step(page: Page, takes: tuple[str, str]) -> None:
    page.keyboard.press("Home")
    page.select_option("#speed", "1")
    page.locator("#stage").focus()
    page.keyboard.press(" ")
    page.locator("#phase", has_text="Repetition 1 of 2: hold").wait_for()
    page.keyboard.press(" ")
    assert page.inner_text("#play") == "Play"
    first, second = videos_s(page)
    wanted = page.evaluate(
        """async ([first, ids]) => {
          const { PhaseMap } = await import("/static/phase_map.js");
          const get = (id, what) => fetch(`/api/takes/${id}/${what}`).then((answer) => answer.json());
          const part = async (id) => ({
            time_s: (await get(id, "landmarks")).time_s,
            repetitions: (await get(id, "motion")).repetitions,
          });
          const map = new PhaseMap(...(await Promise.all(ids.map(part))));
          return map.timeAt(1, map.momentOf(0, first));
        }""",
        [first, list(takes)],
    )
    assert second == pytest.approx(wanted, abs=2 * ONE_PICTURE_S)


def test_a_click_in_the_chart_and_a_link_lead_to_the_same_moment(page: Page, browser: Browser, served: Served) -> None:
    plot = page.locator("#chart .u-over")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2)
    there = videos_s(page)
    page.wait_for_url(lambda url: "#t=" in url and abs(float(url.split("#t=")[1]) - there[0]) < ONE_PICTURE_S)
    with page_of(browser, served.url) as other:
        other.goto(page.url)
        other.wait_for_selector("#duo[data-ready]")
        assert videos_s(other) == pytest.approx(there, abs=2 * ONE_PICTURE_S)
        other.click("#link-1")
        other.wait_for_url("**/takes/**")
        clock = other.locator("#clock")
        other.wait_for_selector("#chart.drawn")
        assert float(clock.inner_text().removesuffix(" s")) == pytest.approx(there[1], abs=2 * ONE_PICTURE_S)


def test_one_repetition_can_be_looked_at_alone(page: Page, served: Served, takes: tuple[str, str]) -> None:
    page.select_option("#repetition", index=2)
    assert page.inner_text("#phase").startswith("Repetition 2 of 2")
    assert videos_s(page)[0] == pytest.approx(holds(served, takes[0])[1]["start_s"], abs=ONE_PICTURE_S)


@pytest.fixture(scope="module")
def sides(served: Served) -> str:
    """A session with a runner's lunge of either leg."""
    made = add_session(served.site, add_person(served.site))
    for side in ("left", "right"):
        add_filmed(served, made, "pre", "runners-lunge", side)
    return made


def test_left_and_right_can_be_compared_and_one_mirrored(browser: Browser, served: Served, sides: str) -> None:
    with page_of(browser, served.url) as page:
        open_pair(page, sides)
        assert page.locator("figcaption").all_inner_texts()[0].startswith("Left")
        page.check("#mirror")
        assert page.locator("video").nth(1).evaluate("video => video.style.transform") == "scaleX(-1)"
        assert page.locator("video").nth(0).evaluate("video => video.style.transform") == ""


def test_without_a_video_the_body_plays_alone(browser: Browser, served: Served) -> None:
    made = add_session(served.site, add_person(served.site), keep_video=False)
    for phase in ("pre", "retest"):
        add_filmed(served, made, phase, "toe-touch", None)
    with page_of(browser, served.url) as page:
        open_pair(page, made)
        assert page.locator("video").count() == 0
        assert "without its video" in page.locator("figcaption").first.inner_text()
        page.keyboard.press(" ")
        page.locator("#phase", has_text="hold").wait_for()
        page.keyboard.press(" ")
        assert "°" in readings(page)[0]


def test_other_recordings_than_a_pair_are_refused_in_words(
    served: Served, session: str, takes: tuple[str, str]
) -> None:
    answer = served.client.get(f"/sessions/{session}/side-by-side?first={takes[1]}&second={takes[0]}")
    assert answer.status_code == 404
    assert "Go back to the result" in answer.text
    empty = add_session(served.site, add_person(served.site))
    assert "no two recordings" in served.client.get(f"/sessions/{empty}/side-by-side").text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nobody_is_shut_out_and_nothing_sticks_out(
    browser: Browser, served: Served, session: str, takes: tuple[str, str], width: int, height: int, scheme: str
) -> None:
    with page_of(browser, served.url, viewport={"width": width, "height": height}, color_scheme=scheme) as page:
        open_pair(page, session)
        assert serious_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = [box for frame in page.locator(".duo-box").all() if (box := frame.bounding_box())]
        assert all(box["height"] < height and box["x"] >= 0 for box in boxes), "a whole picture is in sight at once"


def test_the_page_of_a_recording_reads_its_angle_out(browser: Browser, served: Served, takes: tuple[str, str]) -> None:
    item = holds(served, takes[0])[0]
    with page_of(browser, served.url) as page:
        page.goto(f"/takes/{takes[0]}#t={(item['hold_start_s'] + item['hold_end_s']) / 2:.2f}")
        page.wait_for_selector("#chart.drawn")
        shown = int(page.inner_text("#reading").strip("≈°"))
        assert shown == pytest.approx(item["end_range"]["hip_flexion"], abs=3.0)
