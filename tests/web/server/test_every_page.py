"""Every page at every size, light and dark, with long names and many sessions: measured, and looked through by axe.

Nothing leaves the screen: no button, name, table or chart, unless it scrolls in a frame of its own that does not. What stops
pain is in sight at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from browser import page_of, serious_violations
from playwright.sync_api import expect
from practice import PAGES, fill_practice
from webapp import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page

SIZES = ((390, 844), (844, 390), (683, 384), (1440, 900))
"""A phone either way up, a laptop at 200 % zoom, and a desktop; in CSS pixels."""
LOOKED_THROUGH = ((390, 844), (1440, 900))
"""The sizes at which axe looks: it takes a second a page."""
LEAVING = """() => {
  const wide = document.documentElement.clientWidth, pageWide = document.documentElement.scrollWidth, found = [];
  if (pageWide > wide + 1) found.push(`the page is ${pageWide} px wide`);
  const things = "h1, h2, h3, h4, a, button, summary, input, select, textarea, label, legend, table, canvas, video, img, "
    + "svg, .badge, .notice, .card, p, li, dd, dt";
  for (const thing of document.querySelectorAll(things)) {
    if (!thing.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (thing.closest(".visually-hidden, .hidden, .skip-link, svg svg, [hidden]")) continue;
    const { left, right, width, height } = thing.getBoundingClientRect();
    if (width < 2 || height < 2 || (left >= -1 && right <= wide + 1) || scrolls(thing)) continue;
    const says = (thing.textContent ?? "").trim().slice(0, 40);
    const named = `${thing.tagName.toLowerCase()}#${thing.id}.${thing.className} ${says}`;
    found.push(`${named}: from ${Math.round(left)} to ${Math.round(right)} px`);
  }
  return [...new Set(found)].slice(0, 6);

  function scrolls(thing) {
    for (let frame = thing.parentElement; frame && frame !== document.body; frame = frame.parentElement) {
      const at = frame.getBoundingClientRect();
      const scrollable = ["auto", "scroll"].includes(getComputedStyle(frame).overflowX);
      if (scrollable && at.left >= -1 && at.right <= wide + 1) return true;
    }
    return false;
  }
}"""


@dataclass(frozen=True)
class Practice:
    """What is in the data folder: ids by the words in the addresses of `PAGES`."""

    served: Served
    ids: dict[str, str]


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """People with long names, one of them with many visits, and a recording that can be played."""
    with serve(tmp_path_factory.mktemp("practice")) as served:
        served.site.jobs.stop()
        yield Practice(served, fill_practice(served))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_leaves_the_screen_and_axe_and_the_console_have_nothing_to_say(
    browser: Browser, practice: Practice, name: str, scheme: str
) -> None:
    found: list[str] = []
    with page_of(browser, practice.served.url, color_scheme=scheme, permissions=["camera"]) as page:
        page.on("console", lambda said: found.append(f"console: {said.text}") if _is_fault(said, name) else None)
        page.goto(PAGES[name].format(**practice.ids))
        page.wait_for_load_state("load")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            _look_to_the_end(page)
            found += [f"{width}x{height}: {words}" for words in page.evaluate(LEAVING)]
            if (width, height) in LOOKED_THROUGH:
                found += [f"{width}x{height}: {words}" for words in serious_violations(page)]
    assert found == []


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_stops_pain_is_in_sight_wherever_somebody_stretches(
    browser: Browser, practice: Practice, scheme: str, width: int, height: int
) -> None:
    with page_of(
        browser, practice.served.url, color_scheme=scheme, viewport={"width": width, "height": height}
    ) as page:
        for path in ("stretch", "film"):
            page.goto(PAGES[path].format(**practice.ids))
            page.evaluate("document.getElementById('stage').showModal()")
            expect(page.locator("#hurts")).to_be_in_viewport(ratio=1)


def _look_to_the_end(page: Page) -> None:
    """Scroll through the page, so that what is drawn when it is seen is drawn."""
    page.evaluate(
        """async () => {
          for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
            scrollTo(0, y);
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          scrollTo(0, 0);
        }"""
    )


def _is_fault(said: ConsoleMessage, name: str) -> bool:
    """Whether the console tells of a fault; that there is nothing at an address is what one page is about."""
    return said.type == "error" and not (name == "nothing there" and "404" in said.text)
