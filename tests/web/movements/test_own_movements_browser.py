"""Tests of one's own in Settings, in a real browser: added by file and by pasting, refused beside the form, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser import page_of, serious_violations
from own_movement import NAME, TITLE, own_movement
from playwright.sync_api import expect
from webapp import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path / "data") as running:
        yield running


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    with page_of(browser, served.url) as opened:
        opened.goto("/settings")
        yield opened


def choose_file(page: Page, text: str, name: str = "my-step.toml") -> None:
    page.set_input_files("#movement-file", {"name": name, "mimeType": "application/toml", "buffer": text.encode()})


def test_a_file_is_added_offered_replaced_and_removed(page: Page, served: Served) -> None:
    choose_file(page, own_movement())
    expect(page.get_by_label("Its text")).to_have_value(own_movement())
    page.get_by_role("button", name="Check and add").click()
    row = page.locator("#own-list li")
    expect(row).to_contain_text(f"{TITLE} {NAME}, version 1")
    expect(page.locator("#live")).to_contain_text(f"Added: {TITLE}, version 1.")
    expect(page.get_by_label("Its text")).to_have_value("")
    page.get_by_label("Its text").fill(own_movement(2))
    page.get_by_role("button", name="Check and add").click()
    expect(row).to_contain_text("version 2")
    page.goto(f"/sessions/{served.session()}/choose")
    box = page.get_by_role("checkbox", name="Left foot at the back")
    expect(box).not_to_be_checked()
    expect(page.locator(".test-card", has_text=TITLE).locator("svg.drawing")).to_be_visible()
    page.goto("/settings")
    page.get_by_role("button", name=f"Remove {TITLE}").click()
    expect(page.locator("#own-shown")).to_contain_text("None so far.")


def test_a_wrong_file_is_refused_beside_the_form_and_stays_to_be_mended(page: Page) -> None:
    wrong = own_movement().replace('posture = "standing"', 'posture = "standng"')
    choose_file(page, wrong)
    page.get_by_role("button", name="Check and add").click()
    alert = page.get_by_role("alert").filter(has_text="my-step.toml")
    expect(alert).to_have_text("my-step.toml: posture: unknown 'standng'; did you mean 'standing'?")
    expect(page.get_by_label("Its text")).to_have_value(wrong)
    page.get_by_label("Its text").fill(own_movement())
    page.get_by_role("button", name="Check and add").click()
    expect(page.locator("#own-list li")).to_contain_text(TITLE)
    expect(page.get_by_role("alert").filter(has_text="unknown")).to_have_count(0)


def test_nothing_and_too_much_are_refused_before_they_are_sent(page: Page) -> None:
    page.get_by_role("button", name="Check and add").click()
    expect(page.locator("#movement-error")).to_have_text("Choose a movement file, or paste its text.")
    choose_file(page, "#" * 100_001, "large.toml")
    expect(page.locator("#movement-error")).to_have_text("large.toml: larger than a movement file may be (100 kB).")


def test_one_that_a_session_uses_has_no_button_to_remove_it(page: Page, served: Served) -> None:
    served.client.post("/api/movements", json={"text": own_movement()}).raise_for_status()
    served.session(tests=[{"movement": NAME, "side": "left"}])
    page.goto("/settings")
    expect(page.locator("#own-list li")).to_contain_text("in 1 session")
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 390), ("light", 1440), ("dark", 1440)])
def test_settings_and_the_pages_that_offer_it_are_accessible_and_fit(
    browser: Browser, served: Served, scheme: str, width: int
) -> None:
    served.client.post("/api/movements", json={"text": own_movement()}).raise_for_status()
    undrawn = own_movement(drawn=False).replace(NAME, "my-" + "x" * 37).replace(TITLE, "T" * 80)
    served.client.post("/api/movements", json={"text": undrawn}).raise_for_status()
    served.site.files.movement("torn", 1).write_text("name = ", encoding="utf-8")
    session = served.session(tests=[{"movement": NAME, "side": "left"}])
    how: dict[str, Any] = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    with page_of(browser, served.url, **how) as page:
        for path in ("/settings", f"/sessions/{session}/choose", f"/sessions/{session}/pre", "/help"):
            page.goto(path)
            if path == "/settings":
                page.get_by_role("button", name="Check and add").click()
                expect(page.locator("#movement-error")).not_to_be_empty()
            assert serious_violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
