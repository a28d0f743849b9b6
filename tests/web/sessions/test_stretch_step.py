"""The stretch step in a real browser: safety first, a timer that loses no time, pain that stops it, and what is stored."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from browser import serious_violations
from made_session import add_block, add_person, add_session, add_stretch
from playwright.sync_api import Browser, Page, expect
from webapp import Served

from posecheck.files import OwnEntry

if TYPE_CHECKING:
    from collections.abc import Iterator


MORNING = dt.datetime(2026, 3, 12, 8, tzinfo=dt.UTC)


@pytest.fixture
def session_id(served: Served) -> str:
    return served.session()


@pytest.fixture
def page(served: Served, browser: Browser, session_id: str) -> Iterator[Page]:
    """The stretch step of a new session; time stands still until a test moves it."""
    with browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True) as context:
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.clock.install(time=MORNING)
        page.goto(f"{served.url}/sessions/{session_id}/stretch")
        page.clock.pause_at(MORNING + dt.timedelta(hours=1))
        yield page


def stored(served: Served, session_id: str) -> dict[str, Any]:
    return dict(served.client.get(f"/api/sessions/{session_id}").json())


def start(page: Page, *, left_s: int, right_s: int, ready_s: int = 0) -> None:
    page.get_by_label("I have read this. None of it").check()
    page.locator("#left-seconds").fill(str(left_s))
    page.locator("#right-seconds").fill(str(right_s))
    page.locator("#ready").fill(str(ready_s))
    page.get_by_role("button", name="Start the timer").click()
    expect(page.locator("#stage")).to_be_visible()


def test_nothing_can_be_started_before_the_safety_words_are_confirmed(
    page: Page, served: Served, session_id: str
) -> None:
    expect(page.locator("#safety").get_by_text("ask a licensed professional first")).to_be_visible()
    expect(page.locator("#setup")).to_be_hidden()
    page.get_by_label("I have read this. None of it").check()
    expect(page.locator("#setup")).to_be_visible()
    assert stored(served, session_id)["safety_confirmed"] is True


def test_in_doubt_the_stretch_is_skipped_and_the_retest_comes(page: Page, served: Served, session_id: str) -> None:
    page.get_by_role("button", name="In doubt: skip the stretch").click()
    page.wait_for_url("**/retest")
    session = stored(served, session_id)
    assert (session["stretch_skipped"], session["stretches"]) == (True, [])


def test_no_time_is_suggested_and_without_one_nothing_starts(page: Page) -> None:
    page.get_by_label("I have read this. None of it").check()
    for side in ("left", "right"):
        expect(page.locator(f"#{side}-minutes")).to_have_value("")
        expect(page.locator(f"#{side}-seconds")).to_have_value("")
    page.get_by_role("button", name="Start the timer").click()
    expect(page.locator("#setup-error")).to_have_text("Choose a time: minutes, seconds or both.")
    expect(page.locator("#stage")).to_be_hidden()


def test_both_sides_are_timed_in_turn_and_stored(page: Page, served: Served, session_id: str) -> None:
    start(page, left_s=40, right_s=20, ready_s=5)
    expect(page.locator("#stage-phase")).to_have_text("Get into position")
    page.clock.run_for(6_000)
    expect(page.locator("#stage-side")).to_have_text("Left")
    expect(page.locator("#stage-phase")).to_have_text("Hold the grip and move")
    page.clock.run_for(46_000)
    expect(page.locator("#stage-side")).to_have_text("Right")
    page.clock.run_for(20_000)
    expect(page.locator("#done li")).to_have_count(2)
    expect(page.locator("#live")).to_have_text("Saved.")
    rows = stored(served, session_id)["stretches"]
    assert {row["side"]: row["seconds"] for row in rows} == {"left": 40, "right": 20}
    assert not any(row["stopped_for_pain"] for row in rows)


def test_a_tab_that_slept_through_the_change_of_sides_loses_no_time(page: Page) -> None:
    start(page, left_s=30, right_s=50)
    page.clock.fast_forward(60_000)
    expect(page.locator("#stage-side")).to_have_text("Right")
    expect(page.locator("#stage-clock")).to_have_text("0:20")


def test_a_pause_counts_for_nothing(page: Page, served: Served, session_id: str) -> None:
    start(page, left_s=30, right_s=0)
    page.clock.run_for(10_000)
    page.keyboard.press("Escape")
    page.clock.run_for(300_000)
    expect(page.locator("#stage-phase")).to_have_text("Paused")
    page.get_by_role("button", name="Go on", exact=True).click()
    page.clock.run_for(5_000)
    page.get_by_role("button", name="Finish").click()
    expect(page.locator("#done li")).to_have_count(1)
    assert stored(served, session_id)["stretches"][0]["seconds"] == 15


def test_pain_stops_at_once_shows_the_safety_words_and_is_stored(page: Page, served: Served, session_id: str) -> None:
    start(page, left_s=30, right_s=30)
    page.clock.run_for(35_000)
    page.get_by_role("button", name="It hurts: stop").click()
    expect(page.locator("#stage")).to_be_hidden()
    expect(page.locator("#pain")).to_contain_text("stop and see a physician")
    expect(page.locator("#done li")).to_have_count(2)
    rows = {row["side"]: row for row in stored(served, session_id)["stretches"]}
    assert (rows["left"]["seconds"], rows["left"]["stopped_for_pain"]) == (30, False)
    assert rows["right"]["stopped_for_pain"] is True


@pytest.mark.parametrize(
    ("width", "height"),
    [(390, 844), (844, 390), (320, 568), (568, 320), (683, 384), (1366, 768), (1440, 900)],
    ids=[
        "phone",
        "phone on its side",
        "small phone",
        "small phone on its side",
        "laptop at 200 %",
        "laptop",
        "desktop",
    ],
)
def test_the_button_that_stops_for_pain_is_in_sight_at_any_size(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    start(page, left_s=30, right_s=0)
    stop = page.get_by_role("button", name="It hurts: stop")
    expect(stop).to_be_in_viewport(ratio=1)
    for name in ("Pause", "Next", "Finish"):
        expect(page.locator("#stage").get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    page.locator("#stage").evaluate("stage => stage.scrollTo(0, stage.scrollHeight)")
    expect(stop).to_be_in_viewport(ratio=1)
    expect(page.locator("#stage-clock")).to_be_in_viewport(ratio=0.9)
    stop.click()
    expect(page.locator("#pain")).to_be_visible()


def test_space_pauses_whatever_has_the_focus_and_never_records_pain(
    page: Page, served: Served, session_id: str
) -> None:
    start(page, left_s=30, right_s=0)
    page.keyboard.press("Space")  # as the timer begins, wherever the focus is
    expect(page.locator("#stage-phase")).to_have_text("Paused")
    for button in ("#hurts", "#finish", "#next-part", "#pause"):
        page.locator(button).focus()
        page.keyboard.press("Space")
        expect(page.locator("#stage-phase")).to_have_text("Hold the grip and move")
        page.keyboard.press("Space")
        expect(page.locator("#stage-phase")).to_have_text("Paused")
    assert stored(served, session_id)["stretches"] == []


def test_h_stops_because_it_hurts_also_during_a_pause(page: Page, served: Served, session_id: str) -> None:
    start(page, left_s=30, right_s=0)
    page.clock.run_for(5_000)
    page.keyboard.press("Space")
    page.keyboard.press("h")
    expect(page.locator("#pain")).to_be_visible()
    expect(page.locator("#live")).to_have_text("Saved.")
    assert [row["stopped_for_pain"] for row in stored(served, session_id)["stretches"]] == [True]


def test_after_a_pain_stop_nothing_starts_until_the_safety_words_are_confirmed_anew(
    page: Page, served: Served, session_id: str
) -> None:
    start(page, left_s=10, right_s=30)
    page.get_by_label("Times on each side").evaluate("field => { field.value = 2; }")
    page.clock.run_for(15_000)
    page.get_by_role("button", name="It hurts: stop").click()
    page.get_by_role("button", name="I have read this", exact=True).click()
    expect(page.locator("#done li")).to_have_count(2)
    consent = page.get_by_label("I have read this. None of it")
    expect(consent).not_to_be_checked()
    expect(page.locator("#setup")).to_be_hidden()
    assert stored(served, session_id)["safety_confirmed"] is False
    refused = served.client.post(f"/api/sessions/{session_id}/stretches", json={"stretch": "runners-lunge"})
    assert refused.status_code == 409
    page.reload()
    expect(consent).not_to_be_checked()
    consent.check()
    expect(page.locator("#setup")).to_be_visible()


def test_both_sides_of_a_round_are_stored_where_the_first_side_hurts_in_a_later_round(
    page: Page, served: Served, session_id: str
) -> None:
    page.get_by_label("I have read this. None of it").check()
    page.get_by_label("Times on each side").fill("2")
    start(page, left_s=10, right_s=10)
    page.clock.run_for(25_000)
    page.get_by_role("button", name="It hurts: stop").click()
    expect(page.locator("#live")).to_have_text("Saved.")
    rows = {row["side"]: row["stopped_for_pain"] for row in stored(served, session_id)["stretches"]}
    assert rows == {"left": True, "right": False}


def test_an_ordinary_stretch_is_timed_without_consent_to_a_belly_pull_and_stored_as_one(
    page: Page, served: Served, session_id: str
) -> None:
    page.get_by_role("radio", name="An ordinary stretch").check()
    expect(page.locator("#safety")).to_be_hidden()
    expect(page.locator("#grips")).to_be_hidden()
    page.locator("#left-seconds").fill("10")
    page.locator("#ready").fill("0")
    page.get_by_role("button", name="Start the timer").click()
    expect(page.locator("#stage-phase")).to_have_text("Hold the stretch and move in it")
    expect(page.locator("#stage .stage-pictures > div:not([hidden])")).to_have_attribute("data-grip", "none")
    page.clock.run_for(11_000)
    expect(page.locator("#live")).to_have_text("Saved.")
    assert [row["grip"] for row in stored(served, session_id)["stretches"]] == ["none"]
    assert stored(served, session_id)["safety_confirmed"] is False
    expect(page.locator("#done li .what")).to_contain_text("the belly left alone")
    page.reload()
    expect(page.get_by_role("radio", name="An ordinary stretch")).to_be_checked()


def test_after_an_ordinary_stretch_that_hurt_the_safety_words_are_asked_for(
    page: Page, served: Served, session_id: str
) -> None:
    page.get_by_role("radio", name="An ordinary stretch").check()
    page.locator("#left-seconds").fill("10")
    page.get_by_role("button", name="Start the timer").click()
    page.get_by_role("button", name="It hurts: stop").click()
    page.get_by_role("button", name="I have read this", exact=True).click()
    expect(page.locator("#safety")).to_be_visible()
    expect(page.locator("#setup")).to_be_hidden()
    form = {"stretch": "side-lunge", "grip": "none"}
    assert served.client.post(f"/api/sessions/{session_id}/stretches", json=form).status_code == 409


def test_a_day_with_nothing_in_between_is_told_in_the_report(page: Page, served: Served) -> None:
    session = add_session(served.site, add_person(served.site))
    add_block(served.site, session, "pre")
    add_block(served.site, session, "retest", 2.0)
    page.goto(f"{served.url}/sessions/{session}/stretch")
    page.get_by_role("radio", name="Nothing").check()
    expect(page.locator("#setup")).to_be_hidden()
    page.get_by_role("button", name="Go on without a stretch").click()
    page.wait_for_url("**/retest")
    report = served.client.get(f"/api/sessions/{session}/files/report.html").text
    assert "Nothing: no stretch" in report
    told = served.client.get(f"/api/sessions/{session}/files/session.zip").content
    with zipfile.ZipFile(io.BytesIO(told)) as archive:
        assert json.loads(archive.read(OwnEntry.SESSION))["no_stretch"] is True


def test_result_and_advice_suggest_no_stretch_after_a_pain_stop(served: Served) -> None:
    session = add_session(served.site, add_person(served.site))
    add_block(served.site, session, "pre")
    add_block(served.site, session, "retest", 15.0)
    address = f"{served.url}/sessions/{session}"
    before = served.client.get(f"{address}/result").text
    assert "Any of the three stretches" in before
    add_stretch(served.site, session, stopped_for_pain=True)
    for step in ("result", "re-education", "stretch"):
        text = served.client.get(f"{address}/{step}").raise_for_status().text
        assert "Any of the three stretches" not in text
        assert "Use it: " not in text
    assert "No stretch and no exercise for now" in served.client.get(f"{address}/result").text
    assert "No stretch and no exercise for now" in served.client.get(f"/api/sessions/{session}/files/report.html").text


def test_what_could_not_be_stored_stays_on_the_page_and_is_stored_at_a_click(
    page: Page, served: Served, session_id: str
) -> None:
    page.route("**/stretches", lambda route: route.abort())
    start(page, left_s=10, right_s=0)
    page.clock.run_for(11_000)
    expect(page.locator("#unsaved")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("posecheck does not answer")
    page.unroute("**/stretches")
    page.get_by_role("button", name="Save it now").click()
    expect(page.locator("#unsaved")).to_be_hidden()
    assert [row["seconds"] for row in stored(served, session_id)["stretches"]] == [10]


def test_going_on_after_a_stretch_is_no_conflict_with_ones_own_change(
    page: Page, served: Served, session_id: str
) -> None:
    start(page, left_s=5, right_s=0)
    page.clock.run_for(6_000)
    expect(page.locator("#live")).to_have_text("Saved.")
    page.get_by_role("button", name="Go on: the re-test").click()
    page.wait_for_url("**/retest")
    assert stored(served, session_id)["step"] == "retest"


def test_page_and_running_timer_have_no_serious_fault_for_a_screen_reader(page: Page) -> None:
    page.clock.resume()  # the checker waits by the page's own timers
    assert serious_violations(page) == []
    start(page, left_s=30, right_s=30)
    assert serious_violations(page) == []
