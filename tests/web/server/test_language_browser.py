"""The choice of a language, at the foot of every page and in the settings, in the real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser import page_of, serious_violations
from playwright.sync_api import expect
from webapp import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

pytestmark = pytest.mark.usefixtures("jobs_wait")

OWN_NAMES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français"}
TOUCH_PX = 44
PHONE = {"width": 390, "height": 844}


def language_of(page: Page) -> str:
    return str(page.evaluate("document.documentElement.lang"))


def test_who_is_lost_in_a_foreign_language_finds_their_own_by_keyboard(browser: Browser, served: Served) -> None:
    with page_of(browser, served.url, locale="fr-CA") as page:
        page.goto("/help")
        assert language_of(page) == "fr"
        for code, name in OWN_NAMES.items():
            expect(page.locator(f'footer button[lang="{code}"]')).to_have_text(name)
        expect(page.locator('footer button[aria-current="true"]')).to_have_text("Français")
        page.keyboard.press("End")
        focused = ""
        for _ in range(60):
            page.keyboard.press("Tab")
            focused = str(page.evaluate("document.activeElement.textContent.trim()"))
            if focused == "Deutsch":
                break
        assert focused == "Deutsch"
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert language_of(page) == "de"
        expect(page).to_have_title("Hilfe - posecheck")
        page.goto("/settings")
        expect(page.get_by_role("radio", name="Deutsch")).to_be_checked()
        assert serious_violations(page) == []


@pytest.mark.parametrize("code", list(OWN_NAMES))
def test_the_names_are_all_in_sight_on_a_phone_and_large_enough_for_a_thumb(
    browser: Browser, served: Served, code: str
) -> None:
    with page_of(browser, served.url, viewport=PHONE, locale=code, has_touch=True) as page:
        page.goto("/")
        for own in OWN_NAMES:
            button = page.locator(f'footer button[lang="{own}"]')
            button.scroll_into_view_if_needed()
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= TOUCH_PX
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_was_typed_is_asked_about_before_the_page_comes_in_another_language(
    browser: Browser, served: Served
) -> None:
    person = served.client.post("/api/people", json={"name": "Ada"}).json()["id"]
    with page_of(browser, served.url) as page:
        asked: list[str] = []
        goes = {"page": False}

        def answer(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept() if goes["page"] else dialog.dismiss()

        page.on("dialog", answer)
        page.goto(f"/people/{person}")
        notes = page.locator("#notes")
        notes.fill("tight on the left")
        page.locator('footer button[lang="de"]').click()
        expect(notes).to_have_value("tight on the left")
        assert asked == ["beforeunload"]
        assert language_of(page) == "en"
        goes["page"] = True
        with page.expect_navigation():
            page.locator('footer button[lang="de"]').click()
        assert language_of(page) == "de"


def test_the_settings_go_back_to_what_the_browser_itself_wants(browser: Browser, served: Served) -> None:
    with page_of(browser, served.url, locale="es-MX") as page:
        page.goto("/settings")
        assert language_of(page) == "es"
        expect(page.locator('#language input[value=""]')).to_be_checked()
        with page.expect_navigation():
            page.get_by_role("radio", name="English").click()
        assert language_of(page) == "en"
        with page.expect_navigation():
            page.get_by_role("radio", name="As this browser is set").click()
        assert language_of(page) == "es"
        expect(page.locator('#language input[value=""]')).to_be_checked()


def test_what_was_typed_into_a_form_that_does_not_ask_comes_along(browser: Browser, served: Served) -> None:
    with page_of(browser, served.url) as page:
        page.goto("/")
        page.locator("#name").fill("Grace")
        page.locator("summary").first.click()
        page.locator("#birth_year").fill("1980")
        with page.expect_navigation():
            page.locator('footer button[lang="de"]').click()
        assert language_of(page) == "de"
        expect(page.locator("#name")).to_have_value("Grace")
        expect(page.locator("#birth_year")).to_have_value("1980")
        expect(page.locator("#birth_year")).to_be_visible()
        page.reload()
        expect(page.locator("#name")).to_have_value("")
