"""One click turns a picture that lies on its side, on the page of a block and on that of a take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser import serious_violations
from playwright.sync_api import expect
from turned_uploads import turned_upload
from webapp import Served, work_off

from posecheck.storage.tables import Upload
from posecheck.web.api.schemas import ConfirmForm
from posecheck.web.takes import measuring

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.usefixtures("jobs_wait")


def reading(served: Served, upload: str) -> dict[str, Any]:
    return dict(served.client.get(f"/api/uploads/{upload}").json()["reading"])


def test_one_click_turns_the_preview_and_reads_again(page: Page, served: Served) -> None:
    session = served.session()
    upload = turned_upload(served.site, session, "toe-touch", 90)
    page.goto(f"/sessions/{session}/pre")
    card = page.locator(".arrival")
    expect(card).to_contain_text("This picture lies on its side.")
    expect(card).not_to_contain_text("Looks like")
    assert serious_violations(page) == []
    card.get_by_role("button", name="Turn it").click()
    expect(page.locator(".arrival.reading .poster.turned-270")).to_be_visible()
    assert reading(served, upload) == {"person_at": None, "mirror": False, "rotate_deg": 270}


def test_a_picture_may_be_called_right_as_it_is(page: Page, served: Served) -> None:
    session = served.session()
    upload = turned_upload(served.site, session, "side-lunge", 180)
    page.goto(f"/sessions/{session}/pre")
    expect(page.locator(".arrival")).to_contain_text("This picture is upside down.")
    page.get_by_role("button", name="It is right as it is").click()
    expect(page.locator(".arrival.reading")).to_be_visible()
    assert reading(served, upload)["rotate_deg"] == 0


@pytest.mark.parametrize("on_take_page", [False, True])
def test_a_take_that_was_refused_for_its_turn_is_turned_with_one_click(
    page: Page, served: Served, on_take_page: bool
) -> None:
    session = served.session()
    upload = turned_upload(served.site, session, "knee-to-chest", 180)
    form = ConfirmForm(movement="knee-to-chest", side="left")
    take = measuring.confirm_upload(served.site, upload, form)
    work_off(served.site)
    page.goto(f"/takes/{take.id}" if on_take_page else f"/sessions/{session}/pre")
    expect(
        page.get_by_text("The picture is upside down: “Single knee to chest” is done lying on the back").first
    ).to_be_visible()
    assert serious_violations(page) == []
    page.get_by_role("button", name="Turn it").click()
    page.wait_for_url(f"**/sessions/{session}/pre")
    expect(page.locator(".test-card.measuring")).to_contain_text("Finding body points")
    assert reading(served, upload)["rotate_deg"] == 180


def test_a_measured_take_is_turned_in_the_dialog(page: Page, served: Served) -> None:
    session = served.session()
    upload = turned_upload(served.site, session, "toe-touch", 90)
    with served.site.database.begin() as transaction:
        transaction.get_one(Upload, upload).reading = {"rotate_deg": 180, "mirror": True, "person_at": [0.25, 0.5]}
    take = measuring.confirm_upload(served.site, upload, ConfirmForm(movement="toe-touch"))
    work_off(served.site)
    page.goto(f"/takes/{take.id}")
    page.get_by_role("button", name="Turn the picture, or another person").click()
    page.get_by_label("Turn the picture").select_option("A quarter clockwise")
    expect(page.locator("#people-picture.turned-90")).to_be_visible()
    assert serious_violations(page) == []
    page.get_by_role("button", name="Read again").click()
    page.wait_for_url(f"**/sessions/{session}/pre")
    # The picture is shown mirrored, so the quarter is one the other way round in the picture as it was filmed.
    assert reading(served, upload) == {"person_at": [0.5, 0.25], "mirror": True, "rotate_deg": 90}
