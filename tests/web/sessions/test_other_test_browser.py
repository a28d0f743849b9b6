"""A video that is confirmed as another test than it shows, in a real browser: asked about, said, and set right later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser import serious_violations
from made_session import add_person, add_session, add_take
from playwright.sync_api import expect
from webapp import Served, place_reading, work_off

from posecheck.storage.tables import Take
from posecheck.web.api.schemas import UploadForm
from posecheck.web.uploads.uploads import begin_upload

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.usefixtures("jobs_wait")

LUNGE, BEND = '[id="test-runners-lunge.left"]', "#test-toe-touch"


@pytest.fixture
def session(served: Served) -> str:
    """With one video, of which posecheck is sure that it shows a toe touch."""
    session = served.session()
    upload, _ = begin_upload(served.site, session, UploadForm(file_name="bend.mp4", size_bytes=10, phase="pre"))
    place_reading(served.site, upload.id, "toe-touch", None)
    return session


def takes_of(served: Served, session: str) -> list[tuple[str, str, bool]]:
    with served.site.database.read() as transaction:
        found = [take for take in transaction.query(Take) if take.session_id == session]
        return [(take.movement, take.side, take.current) for take in found]


def test_another_choice_than_the_proposal_is_warned_about_and_asked(page: Page, served: Served, session: str) -> None:
    page.goto(f"/sessions/{session}/pre")
    page.get_by_label("Test and side in bend.mp4").select_option("knee-to-chest.left")
    expect(page.locator("[data-differs]")).to_contain_text("posecheck saw something else in this video: Toe touch.")
    page.get_by_role("button", name="Confirm bend.mp4").click()
    dialog = page.get_by_role("dialog", name="Is this the right test?")
    expect(dialog).to_contain_text("Toe touch")
    expect(dialog).to_contain_text("Single knee to chest, left knee up")
    assert serious_violations(page) == []
    dialog.get_by_role("button", name="Choose again").click()
    assert takes_of(served, session) == []
    page.get_by_label("Test and side in bend.mp4").select_option("toe-touch")
    expect(page.locator("[data-differs]")).to_be_hidden()
    page.get_by_role("button", name="Confirm bend.mp4").click()
    expect(page.locator(BEND)).to_contain_text("Being measured")
    assert takes_of(served, session) == [("toe-touch", "", True)]


def test_a_wrong_test_is_said_on_its_card_and_changed_without_a_new_upload(
    page: Page, served: Served, session: str
) -> None:
    page.goto(f"/sessions/{session}/pre")
    page.get_by_label("Test and side in bend.mp4").select_option("runners-lunge.left")
    page.get_by_role("button", name="Confirm bend.mp4").click()
    page.get_by_role("button", name="Confirm my choice").click()
    expect(page.locator(LUNGE)).to_contain_text("Being measured")
    work_off(served.site)
    page.reload()
    expect(page.locator(LUNGE)).to_contain_text("This looks like another test: Toe touch.")
    expect(page.locator(f"{LUNGE} .badge")).not_to_have_text("Measured")
    page.locator(LUNGE).get_by_role("button", name="Another test or side").click()
    page.get_by_label("Test and side", exact=True).select_option("toe-touch")
    page.get_by_role("button", name="Measure it as this").click()
    expect(page.locator(BEND)).to_contain_text("Being measured")
    work_off(served.site)
    page.reload()
    expect(page.locator(f"{BEND} .badge")).to_have_text("Measured")
    assert ("toe-touch", "", True) in takes_of(served, session)
    assert ("runners-lunge", "left", True) not in takes_of(served, session)


def test_test_and_side_are_changed_on_the_page_of_a_recording_too(page: Page, served: Served, session: str) -> None:
    (upload,) = served.client.get(f"/api/sessions/{session}").json()["uploads"]
    confirmed = {"movement": "runners-lunge", "side": "left"}
    take = served.client.post(f"/api/uploads/{upload['id']}/confirm", json=confirmed).json()["id"]
    work_off(served.site)
    page.goto(f"/takes/{take}")
    expect(page.locator("#numbers")).to_contain_text("This looks like another test: Toe touch.")
    page.get_by_role("button", name="Another test or side").click()
    page.get_by_label("Test and side", exact=True).select_option("toe-touch")
    page.get_by_role("button", name="Measure it as this").click()
    page.wait_for_url(lambda url: not url.endswith(take))
    expect(page.get_by_role("heading", level=1)).to_have_text("Toe touch")
    work_off(served.site)
    page.reload()
    expect(page.locator("#numbers")).not_to_contain_text("This looks like another test")


def test_a_recording_that_a_check_rejected_is_not_usable_on_its_card(page: Page, served: Served) -> None:
    session = add_session(served.site, add_person(served.site, "Rejected"))
    take = add_take(served.site, session, "pre")
    words = "The camera moved during the movement."
    with served.site.database.begin() as transaction:
        row = transaction.get_one(Take, take)
        row.summary = {**row.summary, "passed": False, "rejected": [words]}
    page.goto(f"/sessions/{session}/pre")
    expect(page.locator(f"{BEND} .badge")).to_have_text("Measured, not usable")
    expect(page.locator(f"{BEND} .notice.error")).to_contain_text(words)
