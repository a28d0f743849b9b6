"""The people in a real browser: found, sorted, archived, written about, deleted and taken back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from browser import page_of, serious_violations
from playwright.sync_api import expect
from webapp import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

SIZES = [(390, 844), (844, 390), (683, 384), (1440, 900)]
LONG = "Maximiliane-" + "Ahrensberg" * 12


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path) as running:
        running.site.jobs.stop()
        yield running


def add(served: Served, name: str, **known: Any) -> str:
    """Id of a new person with a session."""
    row = served.client.post("/api/people", json={"name": name}).raise_for_status().json()["id"]
    if known:
        served.client.patch(f"/api/people/{row}", json=known).raise_for_status()
    served.client.post(f"/api/people/{row}/sessions", json={}).raise_for_status()
    return str(row)


def names(page: Page) -> list[str]:
    return page.locator(".person-card:visible h2").all_inner_texts()


def test_somebody_is_found_by_name_code_or_birth_year_accents_or_not(page: Page, served: Served) -> None:
    for name, known in (("Jürgen Maß", {}), ("Anna Berg", {"code": "K-12", "birth_year": 1984}), ("Anna Berg", {})):
        add(served, name, **known)
    add(served, "Zoë Alt", archived=True)
    page.goto("/")
    assert names(page) == ["Anna Berg", "Anna Berg", "Jürgen Maß"]
    for wanted, found in (
        ("jurgen", ["Jürgen Maß"]),
        ("juergen mass", ["Jürgen Maß"]),
        ("k-12", ["Anna Berg"]),
        ("1984 ber", ["Anna Berg"]),
        ("zoe", ["Zoë Alt"]),  # archived, and found all the same
        ("nn", []),
    ):
        page.get_by_label("Search").fill(wanted)
        assert names(page) == found, wanted
    expect(page.get_by_text("Nobody is found by that.")).to_be_visible()
    page.get_by_label("Search").fill("")
    page.get_by_label("1 archived too").check()
    assert len(names(page)) == 4


def test_the_order_is_kept_in_this_browser(page: Page, served: Served) -> None:
    first, second = add(served, "Berta"), add(served, "Anna")
    for name in ("Cleo", "Dora"):
        add(served, name)
    upload = {"file_name": "a.mp4", "size_bytes": 100, "phase": "pre"}
    session = served.client.get(f"/api/people/{first}/sessions").json()[0]["id"]
    row = served.client.post(f"/api/sessions/{session}/uploads", json=upload).json()["id"]
    served.site.files.partial(row).write_bytes(b"x" * 2_500_000)
    served.client.post(f"/api/people/{second}/sessions", json={}).raise_for_status()
    page.goto("/")
    assert names(page)[0] == "Anna", "who had the newest session"
    page.get_by_label("Sort by").select_option("Name")
    assert names(page) == ["Anna", "Berta", "Cleo", "Dora"]
    page.reload()
    assert names(page) == ["Anna", "Berta", "Cleo", "Dora"]
    page.get_by_label("Sort by").select_option("Room on the disk")
    expect(page.locator(".person-card").first).to_contain_text("2.5 MB on the disk")
    assert names(page)[0] == "Berta"


def test_a_long_list_begins_with_thirty(page: Page, served: Served) -> None:
    for number in range(33):
        served.client.post("/api/people", json={"name": f"Person {number:02}"}).raise_for_status()
    page.goto("/")
    assert len(names(page)) == 30
    page.get_by_role("button", name="Show all 33").click()
    assert len(names(page)) == 33


def test_a_deleted_person_is_taken_back_by_one_click(page: Page, served: Served) -> None:
    person = add(served, "Anna")
    page.goto(f"/people/{person}")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_url(f"{served.url}/")
    expect(page.get_by_text("Anna is in the bin for 30 days.")).to_be_visible()
    assert names(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".person-card h2")).to_have_text("Anna")
    expect(page.get_by_text("is in the bin")).to_be_hidden()


def test_a_deleted_session_is_taken_back_from_the_bin(page: Page, served: Served) -> None:
    person = add(served, "Anna")
    page.goto(f"/people/{person}")
    page.get_by_role("button", name=re.compile("^Delete Session of")).click()
    expect(page.get_by_text("No session yet.")).to_be_visible()
    page.get_by_role("link", name="Show the bin").click()
    expect(page.get_by_text("One session. Goes for good on")).to_be_visible()
    assert serious_violations(page) == []
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Nothing is in the bin.")).to_be_visible()
    page.goto(f"/people/{person}")
    expect(page.get_by_role("heading", name=re.compile("Session of"))).to_be_visible()


def test_for_good_is_asked_first_and_then_it_is_gone(page: Page, served: Served) -> None:
    person = add(served, "Anna")
    page.goto(f"/people/{person}")
    page.get_by_role("button", name="Delete for good at once").click()
    page.get_by_role("button", name="Keep").click()
    assert len(served.client.get("/api/people").json()) == 1
    page.get_by_role("button", name="Delete for good at once").click()
    page.get_by_role("button", name="Delete for good", exact=True).click()
    page.wait_for_url(f"{served.url}/")
    assert served.client.get("/api/people").json() == served.client.get("/api/bin").json() == []


def test_everything_is_deleted_only_by_typing_so(page: Page, served: Served) -> None:
    add(served, "Anna")
    page.goto("/settings")
    expect(page.get_by_text(re.compile(r"It takes [\d.]+ MB; [\d.]+ GB are free"))).to_be_visible()
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_role("button", name="Delete for good", exact=True).click()
    expect(page.get_by_label("To go on, type delete")).to_be_focused()
    assert len(served.client.get("/api/people").json()) == 1
    page.keyboard.type("Delete")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.url}/")
    expect(page.get_by_role("heading", name="See what a stretch changes")).to_be_visible()
    assert served.client.get("/api/people").json() == []


def test_what_is_known_of_a_person_is_written_down_on_their_page(page: Page, served: Served) -> None:
    person = add(served, "Anna")
    page.goto(f"/people/{person}")
    page.get_by_label("Code", exact=True).fill("K-12")
    page.get_by_label("Birth year").fill("1984")
    page.get_by_label("Notes").fill("Runs on Sundays.\nLeft knee.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("header .notes")).to_have_text("Runs on Sundays. Left knee.")
    expect(page.locator("header .apart")).to_have_text("K-12, born 1984")
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_role("button", name="Take out of the archive")).to_be_visible()
    assert served.client.get(f"/api/people/{person}").json()["archived"] is True


def test_notes_on_a_session_are_written_in_its_first_step(page: Page, served: Served) -> None:
    person = add(served, "Anna")
    session = served.client.get(f"/api/people/{person}/sessions").json()[0]["id"]
    page.goto(f"/sessions/{session}/choose")
    page.get_by_label("Notes").fill("Slept badly.")
    page.locator("[data-goes-to]").click()
    page.wait_for_url(re.compile("/pre"))
    page.goto(f"/people/{person}")
    expect(page.locator(".card .notes")).to_have_text("Slept badly.")


def test_the_next_date_is_chosen_in_the_last_step_and_stands_on_the_card(page: Page, served: Served) -> None:
    person = add(served, "Anna")
    session = served.client.get(f"/api/people/{person}/sessions").json()[0]["id"]
    page.goto(f"/sessions/{session}/re-education")
    page.get_by_label("Next date").fill("2100-01-31")
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto("/")
    expect(page.locator(".person-card")).to_contain_text("Next: 2100-01-31")


def test_two_of_one_name_are_added_apart(page: Page, served: Served) -> None:
    page.goto("/")
    page.get_by_label("Name or code").fill("Anna Berg")
    page.get_by_text("Tell two people of one name apart").click()
    page.get_by_label("Birth year").fill("1984")
    page.get_by_role("button", name="Add and begin a session").click()
    page.wait_for_url(re.compile("/choose"))
    page.goto("/")
    expect(page.locator(".person-card .apart")).to_have_text("born 1984")


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_people_and_the_bin_fit_every_screen(
    browser: Browser, served: Served, width: int, height: int, scheme: Any
) -> None:
    person = add(served, LONG, code="K" * 60, birth_year=1984, notes="x" * 300)
    binned = add(served, LONG)
    served.client.post(f"/api/people/{binned}/bin").raise_for_status()
    with page_of(browser, served.url, viewport={"width": width, "height": height}, color_scheme=scheme) as page:
        for path in ("/", f"/people/{person}", "/bin", "/settings"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert serious_violations(page) == [], path
