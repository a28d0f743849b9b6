"""The result page in a real browser: charts, the slider between two pictures, downloads, light and dark, no barrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser import chromium, page_of, serious_violations
from made_session import add_block, add_person, add_session, add_take
from webapp import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("result-page")) as running:
        yield running


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
    """Go down to the curves, which are drawn when they come into sight."""
    page.locator("#test-toe-touch").scroll_into_view_if_needed()
    page.wait_for_selector("#test-toe-touch .curve.drawn")


def test_the_sentence_comes_first_and_privacy_is_told(page: Page) -> None:
    assert page.inner_text("h1") == "3 of 3 main measures probably changed by more than measurement error"
    assert (
        page.locator(".gain").first.inner_text().startswith("Toe touch: hip flexion")
        or page.locator(".gain .figure-number").first.inner_text() == "+15.0°"
    )
    assert "Faces are blurred" in page.inner_text("main")


def test_curves_are_drawn_for_the_test_that_is_shown(page: Page) -> None:
    see_charts(page)
    assert page.locator("#test-toe-touch .chart-key li").all_inner_texts() == ["Pre-test", "Re-test"]
    page.click("#test-runners-lunge-left-tab")
    page.wait_for_selector("#test-runners-lunge-left .curve.drawn")
    assert page.locator("#test-toe-touch").is_hidden()


def test_the_slider_shows_more_of_the_first_picture_by_keyboard(page: Page) -> None:
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
    assert row.is_hidden()
    page.get_by_label("Show the secondary measures too").check()
    assert row.is_visible()


def test_the_table_of_changes_can_be_taken_along(page: Page, served: Served, session: str) -> None:
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
@pytest.mark.parametrize("width", [390, 1440])
def test_nobody_is_shut_out_and_nothing_sticks_out(
    browser: Browser, served: Served, session: str, width: int, scheme: str
) -> None:
    with page_of(browser, served.url, viewport={"width": width, "height": 844}, color_scheme=scheme) as page:
        page.goto(f"/sessions/{session}/result")
        see_charts(page)
        assert serious_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_column_of_the_takes_is_in_sight_on_a_phone(browser: Browser, served: Served) -> None:
    made = add_session(served.site, add_person(served.site))
    for block in ("pre", "pre", "retest"):
        add_take(served.site, made, block)
    with page_of(browser, served.url, viewport={"width": 390, "height": 844}) as page:
        page.goto(f"/sessions/{made}/result")
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
        page.wait_for_selector(".trend.drawn")
        assert "Before the stretch 0° more on 2026-11-01" in page.inner_text(".trend-words")
        page.click("text=As a table")
        assert page.locator("#trends tbody tr").first.inner_text().split("\t")[-1].startswith("+15°, larger than")
        assert serious_violations(page) == []


def test_the_bodies_are_drawn_in_the_colours_of_light_and_dark(page: Page) -> None:
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
    assert ", give or take 5°; re-test " in page.inner_text("#test-toe-touch")
    assert "95 times in 100" in page.inner_text("main")
