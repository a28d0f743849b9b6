"""The history in a real browser: trends on the person's page, and sessions that are chosen and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser import page_of, serious_violations
from made_session import add_person, add_session, add_take
from webapp import Served

from posecheck.trial.keys import MeasureKey
from posecheck.web.people.history import OutcomeInSession, SessionOutcomes, trends

if TYPE_CHECKING:
    from playwright.sync_api import Browser

KEY = MeasureKey("toe-touch", None, "hip_flexion")
DATES = ("2026-09-01", "2026-10-01", "2026-11-01")
GAINS_DEG = (0.0, 40.0, 3.0)
"""The middle session reaches much farther than both others."""


@pytest.fixture(scope="module")
def person(served: Served) -> str:
    made = add_person(served.site)
    for date, gain_deg in reversed(tuple(zip(DATES, GAINS_DEG, strict=True))):  # not in the order of their dates
        session = add_session(served.site, made, date)
        add_take(served.site, session, "pre", gain_deg=gain_deg)
        add_take(served.site, session, "retest", gain_deg=gain_deg + 15.0)
    return made


def test_the_person_page_shows_the_trends_and_leads_to_the_choice(
    browser: Browser, served: Served, person: str
) -> None:
    with page_of(browser, served.url) as page:
        page.goto(f"/people/{person}")
        page.wait_for_selector(".trend")
        assert "Before the stretch 3° more on 2026-11-01 than on 2026-09-01" in page.inner_text(".trend-words")
        page.get_by_role("link", name="Choose sessions to compare").click()
        page.wait_for_url(f"**/people/{person}/history")
        assert page.locator(".visits label").all_inner_texts() == [f"{date} · 1 measure" for date in DATES]


def test_sessions_that_are_chosen_are_compared_and_no_others(browser: Browser, served: Served, person: str) -> None:
    with page_of(browser, served.url) as page:
        page.goto(f"/people/{person}/history")
        page.get_by_role("checkbox", name="2026-11-01").uncheck()
        page.get_by_role("button", name="Compare these").click()
        page.get_by_role("link", name="All sessions").wait_for()
        words = page.inner_text(".trend-words")
        assert "Before the stretch 40° more on 2026-10-01 than on 2026-09-01: more than measurement error" in words
        page.get_by_text("As a table").click()
        rows = page.locator(".trends tbody tr").all_inner_texts()
        assert [row.split("\t")[0] for row in rows] == ["2026-09-01", "2026-10-01"]
        assert rows[1].split("\t")[-1].startswith("+40°, more than the error of ")
        assert page.locator(".t-before").count() == 1 + 2  # one of the key
        page.get_by_role("link", name="All sessions").click()
        page.get_by_role("checkbox", name="2026-11-01").wait_for()
        assert page.get_by_role("checkbox", name="2026-11-01").is_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(390, 844), (844, 390), (683, 384), (1440, 900)])
def test_the_page_fits_every_screen_and_is_open_to_all(
    browser: Browser, served: Served, person: str, scheme: str, size: tuple[int, int]
) -> None:
    with page_of(
        browser, served.url, color_scheme=scheme, viewport=dict(zip(("width", "height"), size, strict=True))
    ) as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"/people/{person}/history")
        page.get_by_text("As a table").click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert serious_violations(page) == []
        assert said == []


def test_one_session_says_that_two_are_needed(browser: Browser, served: Served) -> None:
    alone = add_person(served.site)
    add_take(served.site, add_session(served.site, alone), "pre")
    assert served.client.get(f"/people/{alone}/trends").status_code == 204
    assert "there is one so far" in served.client.get(f"/people/{alone}/history").text
    with page_of(browser, served.url) as page:
        page.goto(f"/people/{alone}")
        page.wait_for_load_state("networkidle")
        assert page.locator("#history").is_hidden()


def test_ids_of_others_are_passed_over(served: Served, person: str) -> None:
    every = served.client.get(f"/api/people/{person}/history").json()
    assert served.client.get(f"/api/people/{person}/history?session=nobody").json() == every
    assert served.client.get(f"/people/{person}/history?session=nobody").status_code == 200
    assert served.client.get("/people/nobody/history").status_code == 404


def test_another_version_of_a_test_is_compared_with_none() -> None:
    sessions = [
        SessionOutcomes(date, date, {KEY: OutcomeInSession("Toe touch", version, ((80.0,), (81.0,)), None, None, None)})
        for date, version in zip(DATES, (1, 2, 2), strict=True)
    ]
    (trend,) = trends(sessions)
    assert [visit.since_first is None for visit in trend.visits] == [True, True, False]
