"""The result page in a real browser: the answer in ten seconds, everything else folded, no barrier."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from browser import page_of, serious_violations
from made_session import add_block, add_person, add_session, add_take
from webapp import Served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

WORDS = "3 of 3 main measures and 4 secondary measures probably changed by more than measurement error"


@pytest.fixture(scope="module")
def session(served: Served) -> str:
    made = add_session(served.site, add_person(served.site), blur_faces=True)
    add_block(served.site, made, "pre")
    add_block(served.site, made, "retest", 15.0)
    return made


@pytest.fixture
def page(browser: Browser, served: Served, session: str) -> Iterator[Page]:
    with page_of(browser, served.url) as opened:
        opened.goto(f"/sessions/{session}/result")
        yield opened


def see_charts(page: Page) -> None:
    """Open the curves, which are loaded and drawn when they come into sight."""
    open_fold(page, "tests")
    page.locator("#test-toe-touch").scroll_into_view_if_needed()
    page.wait_for_selector("#test-toe-touch .curve.drawn")


def open_fold(page: Page, name: str) -> None:
    if not page.locator(f"#{name}").evaluate("fold => fold.open"):
        page.locator(f"#{name} > summary").click()


def test_the_sentence_comes_first_and_privacy_is_told(page: Page) -> None:
    assert page.inner_text("h1") == WORDS
    assert "Faces are blurred" in page.inner_text("#privacy")


def test_each_test_that_changed_shows_both_end_ranges_with_angle_and_change(page: Page) -> None:
    cards = page.locator(".counts")
    assert cards.locator("h2").all_inner_texts() == ["Toe touch", "Runner's lunge, left"]
    first = cards.first
    pictures = first.locator("img").all()
    assert [picture.evaluate("picture => picture.complete && picture.naturalWidth > 0") for picture in pictures] == [
        True,
        True,
    ]
    boxes = [box for picture in pictures if (box := picture.bounding_box())]
    assert boxes[0]["y"] == boxes[1]["y"], "they stand side by side"
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    before, after = (int(text.strip("°")) for text in first.locator(".end-words strong").all_inner_texts())
    assert after - before == 15
    assert first.locator(".figure-number").inner_text() == "+15°"
    assert first.locator(".besides strong").all_inner_texts() == ["+15°"]
    assert first.locator(".s-band").count() == first.locator(".s-ci").count() == 1
    assert "smallest detectable" in first.inner_text()


def test_a_card_leads_to_both_recordings_side_by_side(page: Page, served: Served, session: str) -> None:
    takes = served.client.get(f"/api/sessions/{session}").json()["takes"]
    toe = {take["phase"]: take["id"] for take in takes if take["movement"] == "toe-touch"}
    address = page.locator(".ends-pair").first.get_attribute("href")
    assert address == f"/sessions/{session}/side-by-side?first={toe['pre']}&second={toe['retest']}"


def test_nothing_is_told_more_than_once_before_it_is_opened(page: Page) -> None:
    lines = page.inner_text("main").splitlines()
    sentences = [text for text in lines if len(text.split()) > 5 and "smallest detectable" not in text]
    assert sorted({text for text in sentences if sentences.count(text) > 1}) == []


@pytest.fixture(scope="module")
def full_session(served: Served) -> str:
    """All five tests with both sides, all changed: as much as a usual visit can hold."""
    made = add_session(served.site, add_person(served.site))
    for phase, gain_deg in (("pre", 0.0), ("retest", 15.0)):
        add_take(served.site, made, phase, gain_deg=gain_deg)
        for movement in ("knee-to-chest", "runners-lunge", "side-lunge", "crossover"):
            for side in ("left", "right"):
                add_take(served.site, made, phase, movement, side, gain_deg)
    return made


def test_a_phone_has_at_most_three_screens_before_the_folds(
    browser: Browser, served: Served, full_session: str
) -> None:
    with page_of(browser, served.url, viewport={"width": 390, "height": 844}, device_scale_factor=3) as page:
        page.goto(f"/sessions/{full_session}/result")
        page.wait_for_load_state("networkidle")
        assert page.locator("[data-folds]").evaluate("folds => folds.getBoundingClientRect().top + scrollY") <= 3 * 844
        assert page.locator("[data-folds] > details[open]").count() == 0


def test_the_first_view_is_small(browser: Browser, served: Served, full_session: str) -> None:
    sizes: dict[str, int] = {}
    with page_of(browser, served.url, viewport={"width": 390, "height": 844}, device_scale_factor=3) as page:
        page.on("requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}))
        page.goto(f"/sessions/{full_session}/result")
        page.wait_for_load_state("load")
        assert sum(sizes.values()) < 300_000, sizes
        assert not any("uplot" in url or url.endswith("/result/tests") for url in sizes)


def test_a_named_measure_stands_first_whether_it_changed_or_not(browser: Browser, served: Served) -> None:
    named = {"movement": "runners-lunge", "side": "left", "outcome": "hip_extension"}
    made = add_session(served.site, add_person(served.site), primary=named)
    for phase, gain_deg in (("pre", 0.0), ("retest", 15.0)):
        add_take(served.site, made, phase, gain_deg=gain_deg)
        add_take(served.site, made, phase, "runners-lunge", "left")
    with page_of(browser, served.url) as page:
        page.goto(f"/sessions/{made}/result")
        first = page.locator(".counts").first
        assert first.locator("h2").inner_text() == "Runner's lunge, left: hip extension, rear leg"
        assert "The measure you named. Cannot be told from error" in first.inner_text()
        assert "Secondary measure. Probably larger than error" in page.locator(".counts").nth(1).inner_text()


def test_a_named_measure_that_cannot_be_compared_says_why(browser: Browser, served: Served) -> None:
    named = {"movement": "toe-touch", "side": None, "outcome": "hip_flexion"}
    made = add_session(served.site, add_person(served.site), primary=named)
    add_take(served.site, made, "pre")
    folder = served.site.files.take(add_take(served.site, made, "retest", gain_deg=15.0))
    told = json.loads((folder / "trial.json").read_text(encoding="utf-8"))
    told["set_up"]["yaw_deg"] += 40.0
    (folder / "trial.json").write_text(json.dumps(told), encoding="utf-8")
    with page_of(browser, served.url) as page:
        page.goto(f"/sessions/{made}/result")
        card = page.locator(".counts").first.inner_text()
        assert "The measure you named. Not comparable" in card
        assert "The camera moved (turned 40 degrees): film again from the same place." in card


def test_what_is_folded_comes_by_itself_for_paper(page: Page) -> None:
    page.wait_for_selector("#tests:not(:has([data-load])) .tabs", state="attached")
    assert not page.locator("#tests").evaluate("fold => fold.open")


def test_a_visit_without_a_re_test_gives_no_verdict(browser: Browser, served: Served) -> None:
    begun = add_session(served.site, add_person(served.site))
    add_block(served.site, begun, "pre")
    with page_of(browser, served.url) as page:
        page.goto(f"/sessions/{begun}/re-education")
        assert "nothing can be said about what became freer" in page.inner_text("main")
        assert "by more than" not in page.inner_text("main")
        page.goto(f"/sessions/{begun}/result")
        assert page.locator(".counts").count() == 0
        assert page.locator("#results").evaluate("fold => fold.open")


def test_curves_are_drawn_for_the_test_that_is_shown(page: Page) -> None:
    see_charts(page)
    assert page.locator("#test-toe-touch .chart-key li").all_inner_texts() == ["Pre-test", "Re-test"]
    page.click("#test-runners-lunge-left-tab")
    page.wait_for_selector("#test-runners-lunge-left .curve.drawn")
    assert page.locator("#test-toe-touch").is_hidden()


def test_the_slider_shows_more_of_the_first_picture_by_keyboard(page: Page) -> None:
    see_charts(page)
    slider = page.get_by_label("Slide from re-test to pre-test: Toe touch")
    slider.focus()
    page.keyboard.press("End")
    frame = page.locator("#test-toe-touch .compare-frame")
    assert frame.evaluate("frame => frame.style.getPropertyValue('--at')") == "100%"
    page.keyboard.press("Home")
    clip = frame.locator(".compare-over").evaluate("picture => getComputedStyle(picture).clipPath")
    assert clip in (
        "inset(0px calc(100% + 0%) 0px 0px)",
        "inset(0px 100% 0px 0px)",
        "inset(0px calc(100% - 0%) 0px 0px)",
    )


def test_secondary_measures_are_shown_on_request(page: Page) -> None:
    row = page.locator(".changes tr.secondary").first
    open_fold(page, "changes")
    assert row.is_hidden()
    page.get_by_label("Show the secondary measures too").check()
    assert row.is_visible()


def test_the_table_of_changes_can_be_taken_along(page: Page, served: Served, session: str) -> None:
    open_fold(page, "files")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Changes", exact=True).click()
    assert waiting.value.suggested_filename == "2026-11-22-ada-changes.csv"
    expected = served.client.get(f"/api/sessions/{session}/files/changes.csv").content
    assert waiting.value.path().read_bytes() == expected


def test_charts_take_the_colours_of_light_and_dark(page: Page) -> None:
    see_charts(page)
    drawn = "() => document.querySelector('#test-toe-touch .curve canvas').toDataURL()"
    light = page.evaluate(drawn)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({drawn})() !== light", arg=light)


def test_a_correction_elsewhere_is_told(page: Page, served: Served, session: str) -> None:
    version = served.client.get(f"/api/sessions/{session}").json()["version"]
    served.client.patch(f"/api/sessions/{session}", json={"version": version, "title": "New"}).raise_for_status()
    page.wait_for_selector("#newer:not([hidden])")
    page.click("#show-newer")
    page.wait_for_selector(".crumbs >> text=New")
    assert page.locator("#newer").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390), (683, 384), (1440, 900)])
def test_nobody_is_shut_out_and_nothing_sticks_out(
    browser: Browser, served: Served, session: str, width: int, height: int, scheme: str
) -> None:
    with page_of(browser, served.url, viewport={"width": width, "height": height}, color_scheme=scheme) as page:
        page.goto(f"/sessions/{session}/result")
        for fold in page.locator("[data-folds] > details").all():
            open_fold(page, str(fold.get_attribute("id")))
        see_charts(page)
        assert serious_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_column_of_the_takes_is_in_sight_on_a_phone(browser: Browser, served: Served) -> None:
    made = add_session(served.site, add_person(served.site))
    for block in ("pre", "pre", "retest"):
        add_take(served.site, made, block)
    with page_of(browser, served.url, viewport={"width": 390, "height": 844}) as page:
        page.goto(f"/sessions/{made}/result")
        open_fold(page, "takes")
        table = page.locator(".table-frame:has(.takes)")
        assert table.evaluate("frame => frame.scrollWidth <= frame.clientWidth")


def test_pages_of_a_session_under_way_are_open_to_all(browser: Browser, served: Served) -> None:
    empty = add_session(served.site, add_person(served.site))
    begun = add_session(served.site, add_person(served.site))
    add_take(served.site, begun, "pre")
    with page_of(browser, served.url) as page:
        for address in (empty, begun):
            page.goto(f"/sessions/{address}/result")
            assert serious_violations(page) == []


def test_the_person_page_shows_the_trend_over_sessions(browser: Browser, served: Served) -> None:
    person = add_person(served.site)
    for date in ("2026-10-01", "2026-11-01"):
        made = add_session(served.site, person, date)
        add_take(served.site, made, "pre")
        add_take(served.site, made, "retest", gain_deg=15.0)
    with page_of(browser, served.url) as page:
        page.goto(f"/people/{person}")
        page.wait_for_selector(".trend")
        assert "Before the stretch 0° more on 2026-11-01" in page.inner_text(".trend-words")
        page.click("text=As a table")
        assert page.locator("#trends tbody tr").first.inner_text().split("\t")[3].startswith("+15°, larger than")
        assert serious_violations(page) == []


def test_the_bodies_are_drawn_in_the_colours_of_light_and_dark(page: Page) -> None:
    see_charts(page)
    body = page.get_by_role("img", name="The body at end range").first
    assert body.is_visible()
    area = body.locator(".b-tested.b-re").first
    fills = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        fills.add(area.evaluate("shape => getComputedStyle(shape).fill"))
    assert len(fills) == 2
    assert fills.isdisjoint({"rgb(0, 0, 0)", "none"})


def test_the_page_of_a_recording_draws_its_body(served: Served, session: str) -> None:
    take = served.client.get(f"/api/sessions/{session}").json()["takes"][0]["id"]
    page = served.client.get(f"/takes/{take}").raise_for_status().text
    assert 'class="body-picture"' in page
    assert "The body at end range" in page
    assert "<span>give or take 5°</span>" in page


def test_the_error_of_an_end_range_stands_below_its_chart(page: Page) -> None:
    see_charts(page)
    assert ", give or take 5°; re-test " in page.inner_text("#test-toe-touch")
    assert "95 times in 100" in page.inner_text("main")
