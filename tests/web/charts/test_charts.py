"""The charts in a real browser: light to send, clean for the security policy, told while they load, larger, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

import pytest
from browser import page_of
from made_session import add_block, add_person, add_session, add_take
from pypdf import PdfReader
from webapp import Served

from posecheck.output.report.words import HANDOVER_WORDS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

SCRIPT = "/static/uplot/uPlot.iife.min.js"
MOST_BYTES = 30_000
"""Of the library as it is sent (Plotly's script took 4.8 MB; chosen by us: half a second at 50 kB/s)."""


@pytest.fixture(scope="module")
def places(served: Served) -> dict[str, str]:
    """Addresses of the pages with charts, and what to wait for on each."""
    person = add_person(served.site)
    earlier, session = add_session(served.site, person, "2026-10-01"), add_session(served.site, person, "2026-11-01")
    add_take(served.site, earlier, "pre")
    add_take(served.site, earlier, "retest", gain_deg=15.0)
    add_block(served.site, session, "pre")
    add_block(served.site, session, "retest", 15.0)
    return {
        f"/sessions/{session}/result#tests": ".curve.drawn",
    }


@pytest.fixture(scope="module")
def result(places: dict[str, str]) -> str:
    return next(address for address in places if address.endswith("/result#tests"))


def ink(page: Page, selector: str) -> float:
    """How much of a chart's picture is not empty, from 0 to 1."""
    return float(
        page.locator(selector).first.evaluate(
            """async (picture) => {
                 const [canvas, from] = [document.createElement("canvas"), picture];
                 if (from.decode) await from.decode();
                 canvas.width = from.naturalWidth ?? from.width;
                 canvas.height = from.naturalHeight ?? from.height;
                 const pen = canvas.getContext("2d");
                 pen.drawImage(from, 0, 0);
                 const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
                 let some = 0;
                 for (let k = 3; k < data.length; k += 4) some += data[k] > 0;
                 return some / (data.length / 4);
               }"""
        )
    )


def test_the_library_is_small_compressed_and_asked_for_only_once(served: Served) -> None:
    answer = served.client.get(SCRIPT, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.num_bytes_downloaded < MOST_BYTES
    again = served.client.get(SCRIPT, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_no_page_with_a_chart_says_anything_in_the_console(
    browser: Browser, served: Served, places: dict[str, str]
) -> None:
    for address, drawn in places.items():
        with page_of(browser, served.url) as page:
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(f"{message.type}: {message.text}"))
            page.goto(address)
            page.locator(drawn.removesuffix(".drawn")).first.scroll_into_view_if_needed()
            page.wait_for_selector(drawn)
            assert ink(page, f"{drawn} canvas") > 0.005
            assert said == []


def test_a_chart_says_that_it_loads_and_that_it_could_not(browser: Browser, served: Served, result: str) -> None:
    held: list[Route] = []
    with page_of(browser, served.url) as page:
        page.route(f"**{SCRIPT}", lambda route: held.append(route))
        page.goto(result)
        chart = page.locator(".curve").first
        chart.scroll_into_view_if_needed()
        chart.get_by_text("The chart is being loaded …").wait_for()
        while not held:
            page.wait_for_timeout(20)
        held[0].abort()
        chart.get_by_text("The chart could not be loaded; its numbers are in the tables.").wait_for()


def test_the_pointer_is_told_the_number_below_it(browser: Browser, served: Served, result: str) -> None:
    with page_of(browser, served.url) as page:
        page.goto(result)
        page.locator(".curve").first.scroll_into_view_if_needed()
        page.wait_for_selector(".curve.drawn")
        plot = page.locator(".curve.drawn .u-over").first
        box = plot.bounding_box()
        assert box is not None
        for share in (0.3, 0.4, 0.5, 0.6):
            for height in (0.1, 0.2, 0.3, 0.5, 0.7):
                page.mouse.move(box["x"] + share * box["width"], box["y"] + height * box["height"])
                if page.locator(".chart-tip:visible").count():
                    assert "repetition" in page.inner_text(".chart-tip:visible")
                    return
        pytest.fail("no place of the chart said its number")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_never_seen_are_printed(browser: Browser, served: Served, result: str, scheme: str) -> None:
    with page_of(browser, served.url, color_scheme=scheme, viewport={"width": 1024, "height": 300}) as page:
        page.goto(result.removesuffix("#tests"))
        page.wait_for_selector(".curve > .chart-plot", state="attached")
        page.wait_for_load_state("networkidle")
        page.pdf()
        pictures = page.locator(".chart-printed")
        assert pictures.count() == page.locator(".curve").count() >= 2
        for place in range(pictures.count()):
            assert ink(page, f".chart-printed >> nth={place}") > 0.005


def test_printing_the_result_begins_with_the_page_to_hand_over(
    browser: Browser, served: Served, result: str, tmp_path: Path
) -> None:
    served.client.put("/api/settings/letterhead", json={"name": "Park Practice"}).raise_for_status()
    with page_of(browser, served.url, color_scheme="dark") as page:
        page.goto(result.removesuffix("#tests"))
        page.wait_for_selector(".curve > .chart-plot", state="attached")
        page.wait_for_load_state("networkidle")
        page.pdf(path=tmp_path / "print.pdf", prefer_css_page_size=True)
        assert page.locator(".handout").is_hidden()
    pages = PdfReader(tmp_path / "print.pdf").pages
    text = [" ".join(normalize("NFKC", page.extract_text()).split()) for page in pages]  # the font joins two f
    first, rest = text[0], " ".join(text[1:])
    for words in (
        "Ada",
        "Park Practice",
        "Toe touch",
        "Runner's lunge, left",
        "+15°",
        "What to do next",
        HANDOVER_WORDS,
    ):
        assert words in first
    assert len(pages[0].images) == 2
    for words in ("Hip extension, rear leg", "Each repetition", "What the numbers cannot say"):
        assert words in rest
    assert "Back: " not in first + rest
