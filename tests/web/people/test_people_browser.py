"""The pages of people in a real browser: visits in order, names that are long, and names that are there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from made_session import add_block, add_person, add_session
from playwright.sync_api import expect
from webapp import Served

if TYPE_CHECKING:
    from playwright.sync_api import Page


def card_of(page: Page, name: str) -> str:
    """The words of a person's card on the start page."""
    page.goto("/")
    return page.locator(".person-card", has_text=name).first.inner_text()


def test_the_last_visit_is_the_one_with_the_latest_date_and_goes_on(page: Page, served: Served) -> None:
    person = add_person(served.site, "Visits out of order")
    last = add_session(served.site, person, "2026-11-22")
    add_session(served.site, person, "2026-03-01")  # an old visit, entered later
    assert "Last: Session of 2026-11-22" in card_of(page, "Visits out of order")
    page.get_by_role("link", name="of Visits out of order").click()
    page.wait_for_url(f"**/sessions/{last}/*")
    page.goto(f"/people/{person}")
    titles = page.locator("article h3").all_inner_texts()
    assert titles == ["Session of 2026-11-22", "Session of 2026-03-01"]
    page.get_by_role("link", name="Go on").first.click()
    page.wait_for_url(f"**/sessions/{last}/*")


def test_a_session_goes_on_after_what_was_measured_not_where_the_button_was_pressed_last(
    page: Page, served: Served
) -> None:
    person = add_person(served.site, "Measured")
    session = add_session(served.site, person)
    assert "Go on: choose the tests" in card_of(page, "Measured")
    add_block(served.site, session, "pre")
    assert "Go on: what felt tight" in card_of(page, "Measured")
    add_block(served.site, session, "retest")
    assert "Go on: the result" in card_of(page, "Measured")


def test_a_name_that_is_there_already_is_warned_about(page: Page, served: Served) -> None:
    first = served.person("Anna Müller")
    page.goto("/")
    page.get_by_label("Name or code").fill(" anna  muller ")
    page.get_by_role("button", name="Add and begin a session").click()
    dialog = page.get_by_role("dialog", name="This name is there already")
    expect(dialog.get_by_role("link", name="Anna Müller")).to_have_attribute("href", f"/people/{first}")
    page.get_by_role("button", name="Go back").click()
    expect(dialog).to_be_hidden()
    assert "anna  muller" not in names_of(served)
    page.get_by_role("button", name="Add and begin a session").click()
    page.get_by_role("button", name="Add another person of this name").click()
    page.wait_for_url("**/choose")
    assert {"Anna Müller", "anna  muller"} <= set(names_of(served))


def test_a_code_tells_people_of_one_name_apart(page: Page, served: Served) -> None:
    served.client.post("/api/people", json={"name": "Anna", "code": "A1", "birth_year": 1958}).raise_for_status()
    page.goto("/")
    page.get_by_label("Name or code").fill("Anna")
    page.get_by_text("Tell two people of one name apart").click()
    page.get_by_label("Code", exact=True).fill("A2")
    page.get_by_role("button", name="Add and begin a session").click()
    dialog = page.get_by_role("dialog", name="This name is there already")
    expect(dialog.get_by_role("listitem")).to_contain_text("Anna, A1, born 1958")
    expect(dialog.get_by_text("give a code")).to_be_hidden()


def test_a_new_name_that_is_another_s_is_warned_about(page: Page, served: Served) -> None:
    served.person("Taken")
    person = served.person("Free")
    page.goto(f"/people/{person}")
    page.get_by_label("Name or code").fill("Taken")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Go back").click()
    assert served.client.get(f"/api/people/{person}").json()["name"] == "Free"
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Use this name all the same").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Taken")


def test_one_s_own_name_can_be_written_anew(page: Page, served: Served) -> None:
    person = served.person("berta")
    page.goto(f"/people/{person}")
    page.get_by_label("Name or code").fill("Berta")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Berta")


def names_of(served: Served) -> list[str]:
    return [row["name"] for row in served.client.get("/api/people").json()]
