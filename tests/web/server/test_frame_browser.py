"""What every page has around it, in a real browser: light or dark, the installed icon, the way on in reach of a thumb."""

from __future__ import annotations

import json
import re
import struct
from typing import TYPE_CHECKING, Any

import pytest
from browser import page_of
from playwright.sync_api import expect
from webapp import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.usefixtures("jobs_wait")

DARK_PAPER, LIGHT_PAPER = "rgb(14, 19, 25)", "rgb(243, 246, 249)"
"""``--page`` of dark.css and tokens.css."""


def paper(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def scheme(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).colorScheme"))


@pytest.mark.parametrize(("device", "colour"), [("light", LIGHT_PAPER), ("dark", DARK_PAPER)])
def test_a_page_is_as_light_or_dark_as_the_device(browser: Browser, served: Served, device: Any, colour: str) -> None:
    with page_of(browser, served.url, color_scheme=device) as page:
        page.goto("/")
        assert paper(page) == colour


@pytest.mark.parametrize(
    ("device", "choice", "colour"), [("light", "Dark", DARK_PAPER), ("dark", "Light", LIGHT_PAPER)]
)
def test_what_is_chosen_holds_at_once_on_every_page_and_after_a_restart(
    browser: Browser, served: Served, device: Any, choice: str, colour: str
) -> None:
    with page_of(browser, served.url, color_scheme=device) as page:
        page.goto("/settings")
        page.get_by_label(choice, exact=True).check()
        assert (paper(page), scheme(page)) == (colour, choice.lower())
        for path in ("/", "/help", "/nowhere", "/settings"):
            page.goto(path)
            assert (paper(page), scheme(page)) == (colour, choice.lower()), path
        expect(page.get_by_label(choice, exact=True)).to_be_checked()
        page.emulate_media(media="print")
        assert paper(page) != DARK_PAPER
        page.emulate_media(media="screen")
        page.get_by_label("As this device is set").check()
        page.goto("/")
        assert paper(page) == (DARK_PAPER if device == "dark" else LIGHT_PAPER)


def test_no_page_flashes_since_the_server_says_which_it_is(served: Served) -> None:
    page = served.client.get("/", headers={"Cookie": "posecheck_theme=dark"}).text
    assert '<html lang="en" data-theme="dark">' in page
    assert re.search(r'href="/static/dark.css" id="dark" media="screen"', page)
    page = served.client.get("/", headers={"Cookie": "posecheck_theme=pink"}).text
    assert "data-theme" not in page


def test_the_app_can_be_installed_with_icons_of_its_own(browser: Browser, served: Served) -> None:
    with page_of(browser, served.url) as page:
        page.goto("/")
        line = page.context.new_cdp_session(page)
        told = line.send("Page.getAppManifest")
        assert told["errors"] == []
        assert json.loads(told["data"])["name"] == "posecheck"
        assert line.send("Page.getInstallabilityErrors")["installabilityErrors"] == []


def test_each_icon_has_the_size_that_the_manifest_says(served: Served) -> None:
    manifest = json.loads(served.client.get("/static/app.webmanifest").text)
    drawn = [icon for icon in manifest["icons"] if icon["type"] == "image/png"]
    assert {icon.get("purpose", "any") for icon in drawn} == {"any", "maskable"}
    for icon in drawn:
        width, height = struct.unpack(">II", served.client.get(icon["src"]).content[16:24])
        assert f"{width}x{height}" == icon["sizes"]


@pytest.mark.parametrize("step", ["choose", "pre", "felt", "stretch"])
def test_the_way_on_is_in_sight_on_a_phone_wherever_one_has_scrolled(
    browser: Browser, served: Served, step: str
) -> None:
    session = served.session()
    with page_of(browser, served.url, viewport={"width": 390, "height": 844}, has_touch=True) as page:
        page.goto(f"/sessions/{session}/{step}")
        onward = page.locator("[data-goes-to]")
        for share in (0, 0.5, 1):
            page.evaluate("share => window.scrollTo(0, share * document.documentElement.scrollHeight)", share)
            if share < 1:
                expect(onward).to_be_in_viewport(ratio=1)
        page.evaluate("window.scrollTo(0, 0)")
        onward.click()
        page.wait_for_url(re.compile(rf"/sessions/{session}/(?!{step})"))
