"""The main job by hand: videos from before and after a stretch to the result, with few clicks, counted."""

from __future__ import annotations

import pytest
from browser import page_of
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import delete
from webapp import Served, place_reading, work_off

from posecheck.storage.tables import Job
from posecheck.web.api.schemas import UploadOut
from posecheck.web.uploads.uploads import tell_upload

pytestmark = pytest.mark.usefixtures("jobs_wait")

MOST_CLICKS = 8
TESTS = (("runners-lunge", "left"), ("toe-touch", None), ("side-lunge", "left"))


class Clicks:
    """Clicks things and counts."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, button: Locator) -> None:
        button.click()
        self.count += 1


def send_and_read(page: Page, served: Served, session: str, phase: str) -> None:
    """Drop the videos of a block, and read them as the tests."""
    names = [f"{movement}-{phase}.mp4" for movement, _ in TESTS]
    page.set_input_files(
        "#videos", [{"name": name, "mimeType": "video/mp4", "buffer": bytes(2000 + n)} for n, name in enumerate(names)]
    )
    expect(page.locator(".arrival.reading")).to_have_count(len(TESTS))
    uploads = served.client.get(f"/api/sessions/{session}").json()["uploads"]
    waiting = {row["file_name"]: row["id"] for row in uploads if row["phase"] == phase}
    for (movement, side), name in zip(TESTS, names, strict=True):
        with served.site.database.begin() as transaction:
            transaction.execute(delete(Job).where(Job.target_id == waiting[name]))
        place_reading(served.site, waiting[name], movement, side)
        row = next(
            row for row in served.client.get(f"/api/sessions/{session}").json()["uploads"] if row["id"] == waiting[name]
        )
        tell_upload(served.site, UploadOut.model_validate(row))
    expect(page.locator("form[data-ready]")).to_have_count(len(TESTS))


def test_from_files_to_the_result_takes_eight_clicks_after_the_name(browser: Browser, served: Served) -> None:
    clicks = Clicks()
    with page_of(browser, served.url) as page:
        page.goto("/")
        page.get_by_label("Name or code").fill("Runner 7")
        page.keyboard.press("Enter")
        page.wait_for_url("**/choose")
        session = page.url.split("/")[-2]
        for phase, steps in (("pre", ("the pre-test",)), ("retest", ("what felt", "the stretch", "the re-test"))):
            for step in steps:
                clicks.on(page.get_by_role("button", name=f"Go on: {step}"))
                page.wait_for_load_state()
            page.wait_for_url(f"**/{phase}")
            send_and_read(page, served, session, phase)
            clicks.on(page.get_by_role("button", name=f"Confirm all {len(TESTS)}"))
            expect(page.locator("form[data-ready]")).to_have_count(0)
            work_off(served.site)
        clicks.on(page.get_by_role("button", name="Go on: the result"))
        page.wait_for_url("**/result")
        expect(page.locator("h1").first).to_be_visible()
    assert clicks.count <= MOST_CLICKS
    takes = served.client.get(f"/api/sessions/{session}").json()["takes"]
    assert [take["state"] for take in takes] == ["measured"] * 2 * len(TESTS)
