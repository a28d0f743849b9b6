"""The one thing that matters most: five questions in plain words, offered where the tests are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect
from webapp import Served

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def session_id(served: Served) -> str:
    return served.session()


@pytest.fixture
def page(served: Served, browser: Browser, session_id: str) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(f"{served.url}/sessions/{session_id}/choose")
        yield page


def offered(page: Page) -> list[str]:
    options = page.locator("#primary option:not([hidden])").all_text_contents()
    return [words for words in options if words != "Nothing in particular"]


def test_a_new_session_asks_five_questions_in_plain_words(page: Page, served: Served, session_id: str) -> None:
    assert offered(page) == [
        "How far do I bend forward? (Toe touch)",
        "How close does my knee come to my chest? (Single knee to chest)",
        "How far does my leg go back behind me? (Runner's lunge)",
        "How far does my straight leg reach out to the side? (Side lunge)",
        "How far do I lean to the side? (Crossover (iliotibial band) stretch)",
    ]
    sides = page.locator("#primary-sides")
    expect(sides).to_be_hidden()
    page.locator("#primary").select_option(label="How far does my leg go back behind me? (Runner's lunge)")
    sides.get_by_label("Right").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#live")).to_have_text("Saved.")
    stored = served.client.get(f"/api/sessions/{session_id}").json()["primary"]
    assert stored == {"movement": "runners-lunge", "side": "right", "outcome": "hip_extension"}
    page.reload()
    expect(sides.get_by_label("Right")).to_be_checked()


def test_a_test_that_is_left_out_cannot_be_what_matters(page: Page) -> None:
    page.locator("#primary").select_option(label="How far do I bend forward? (Toe touch)")
    expect(page.locator("#primary-sides")).to_be_hidden()
    page.locator('[name="test"][value^="toe-touch"]').uncheck()
    assert page.locator("#primary").input_value() == ""
    assert len(offered(page)) == 4


def test_a_side_that_is_left_out_cannot_be_chosen(page: Page) -> None:
    page.locator('[name="test"][value="side-lunge.left"]').uncheck()
    page.locator("#primary").select_option(value="side-lunge/hip_abduction")
    expect(page.locator("#primary-sides").get_by_label("Left")).to_be_disabled()
    expect(page.locator("#primary-sides").get_by_label("Right")).to_be_checked()


def test_what_was_named_otherwise_stays_named(page: Page, served: Served, session_id: str) -> None:
    named = {"movement": "runners-lunge", "side": "left", "outcome": "trunk_flexion"}
    served.client.patch(f"/api/sessions/{session_id}", json={"primary": named}).raise_for_status()
    page.reload()
    assert (
        page.locator("#primary option:checked").text_content() == "Runner's lunge: trunk flexion (against the vertical)"
    )
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#live")).to_have_text("Saved.")
    assert served.client.get(f"/api/sessions/{session_id}").json()["primary"] == named


def test_before_the_retest_it_can_still_be_named(page: Page, served: Served, session_id: str) -> None:
    page.goto(f"{served.url}/sessions/{session_id}/retest")
    assert len(offered(page)) == 5
    page.locator("#primary").select_option(value="toe-touch/hip_flexion")
    expect(page.locator("#live")).to_have_text("Saved.")
    stored = served.client.get(f"/api/sessions/{session_id}").json()["primary"]
    assert stored == {"movement": "toe-touch", "side": None, "outcome": "hip_flexion"}


def test_the_belly_pull_is_announced_where_the_tests_are_chosen(page: Page) -> None:
    told = page.get_by_role("region", name="What comes in between")
    expect(told).to_contain_text("grips and pulls the belly")
    told.get_by_text("Read first for whom the belly pull is not").click()
    expect(told).to_contain_text("pregnancy")
