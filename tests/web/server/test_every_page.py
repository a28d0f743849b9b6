"""Every page at every size, light and dark, with long names and many sessions: measured, and looked through by axe.

Nothing leaves the screen: no button, name, table or chart, unless it scrolls in a frame of its own that does not. What stops
pain is in sight at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from browser import chromium, page_of, serious_violations
from film_run import FAKE_CAMERA
from made_session import add_block, add_person, add_refused, add_session, add_stretch
from playwright.sync_api import expect
from webapp import Served, place_reading, serve, work_off

from posecheck.web.api.schemas import UploadForm
from posecheck.web.uploads.uploads import begin_upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page

SIZES = ((390, 844), (844, 390), (683, 384), (1440, 900))
"""A phone either way up, a laptop at 200 % zoom, and a desktop; in CSS pixels."""
LOOKED_THROUGH = ((390, 844), (1440, 900))
"""The sizes at which axe looks: it takes a second a page."""
LONG = "ÄnnchenVonTharauBartholomäus" * 7
"""A name without a place to break it, almost as long as one may be."""
WORDS = "Maria de los Ángeles Fernández Gutiérrez y Hernández de la Vega " * 3
VISITS = 14
PAGES = {
    "home": "/",
    "person": "/people/{person}",
    "settings": "/settings",
    "help": "/help",
    "API": "/api-docs",
    "choose": "/sessions/{session}/choose",
    "pre-test": "/sessions/{session}/pre",
    "baseline": "/sessions/{session}/baseline",
    "felt": "/sessions/{session}/felt",
    "stretch": "/sessions/{session}/stretch",
    "re-test": "/sessions/{session}/retest",
    "result": "/sessions/{session}/result",
    "re-educate": "/sessions/{session}/re-education",
    "take": "/takes/{take}",
    "film": "/sessions/{session}/film",
    "phone": "/sessions/{session}/phone",
    "watch": "/sessions/{session}/watch",
    "nothing there": "/people/nobody",
    "empty session": "/sessions/{empty}/result",
    "new person": "/people/{new}",
}
LEAVING = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > wide + 1) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  const things = "h1, h2, h3, h4, a, button, summary, input, select, textarea, label, legend, table, canvas, video, img, svg, .badge, .notice, .card, p, li, dd, dt";
  for (const thing of document.querySelectorAll(things)) {
    if (!thing.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (thing.closest(".visually-hidden, .hidden, .skip-link, svg svg, [hidden]")) continue;
    const { left, right, width, height } = thing.getBoundingClientRect();
    if (width < 2 || height < 2 || (left >= -1 && right <= wide + 1) || scrolls(thing, wide)) continue;
    found.push(`${thing.tagName.toLowerCase()}#${thing.id}.${thing.className} from ${Math.round(left)} to ${Math.round(right)} px: ${(thing.textContent ?? "").trim().slice(0, 40)}`);
  }
  return [...new Set(found)].slice(0, 6);

  function scrolls(thing, wide) {
    for (let frame = thing.parentElement; frame && frame !== document.body; frame = frame.parentElement) {
      const style = getComputedStyle(frame), at = frame.getBoundingClientRect();
      if (["auto", "scroll"].includes(style.overflowX) && at.left >= -1 && at.right <= wide + 1) return true;
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
def browser() -> Iterator[Browser]:
    with chromium(*FAKE_CAMERA) as opened:
        yield opened


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """People with long names, one of them with many visits, and a recording that can be played."""
    with serve(tmp_path_factory.mktemp("practice")) as served:
        served.site.jobs.stop()
        yield Practice(served, _filled(served))


def _filled(served: Served) -> dict[str, str]:
    person = add_person(served.site, LONG)
    for visit in range(VISITS):
        session = add_session(
            served.site, person, f"2026-{1 + visit // 2:02}-{10 + visit}", title=WORDS[:200] * (visit % 2)
        )
        add_block(served.site, session, "pre", visit)
        add_block(served.site, session, "retest", 12.0 + visit)
    add_refused(served.site, session, f"{LONG}.mov cannot be read: {WORDS}")
    add_stretch(served.site, session, grip="side", side="left", seconds=75.0, note=LONG)
    upload, _ = begin_upload(served.site, session, UploadForm(file_name=f"{LONG}.mp4", size_bytes=10, phase="pre"))
    place_reading(served.site, upload.id, "side-lunge", "left")
    waiting, _ = begin_upload(served.site, session, UploadForm(file_name=f"{LONG}-2.mp4", size_bytes=10, phase="pre"))
    place_reading(served.site, waiting.id, "side-lunge", "right")
    confirmed = served.client.post(f"/api/uploads/{upload.id}/confirm", json={"movement": "side-lunge", "side": "left"})
    work_off(served.site)
    for number in range(6):
        add_person(served.site, f"{WORDS[:180]} {number}")
    empty = add_session(served.site, add_person(served.site, "B"))
    return {
        "person": person,
        "session": session,
        "take": confirmed.json()["id"],
        "empty": empty,
        "new": add_person(served.site, WORDS[:200].strip()),
    }


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
