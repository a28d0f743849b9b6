"""What is kept, chosen in a real browser: the page asks before anything that was filmed is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browser import page_of, serious_violations
from playwright.sync_api import Browser, Page, expect
from webapp import Served, place_reading, serve

from posecheck.storage.job_queue import jobs_of_session
from posecheck.web.jobs.runner import JobRunner

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(JobRunner, "start", JobRunner.recover)  # jobs wait: no model is needed here
        with serve(tmp_path_factory.mktemp("data")) as running:
            yield running


@pytest.fixture
def session(served: Served) -> str:
    """A session with one video that has been read."""
    made = served.session()
    form = {"file_name": "a.mov", "size_bytes": 10, "phase": "pre"}
    upload = served.client.post(f"/api/sessions/{made}/uploads", json=form).raise_for_status().json()["id"]
    place_reading(served.site, upload, "runners-lunge")
    return made


@pytest.fixture
def page(browser: Browser, served: Served, session: str) -> Iterator[Page]:
    with page_of(browser, served.url) as opened:
        opened.goto(f"/sessions/{session}/choose")
        yield opened


def stored(served: Served, session: str) -> dict[str, Any]:
    return dict(served.client.get(f"/api/sessions/{session}").json())


def waiting(served: Served, session: str) -> list[str]:
    with served.site.database.read() as transaction:
        return [job.kind for job in jobs_of_session(transaction, session)]


def test_blurring_is_asked_about_and_nothing_happens_without_a_yes(page: Page, served: Served, session: str) -> None:
    page.get_by_label("Blur faces").check()
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.locator("#give-up")
    expect(dialog).to_contain_text("the videos as they were filmed are deleted")
    expect(dialog).not_to_contain_text("drawn anew from the body points", use_inner_text=True)
    assert serious_violations(page) == []
    page.get_by_role("button", name="Keep everything").click()
    assert (stored(served, session)["blur_faces"], waiting(served, session)) == (False, [])

    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Delete and save").click()
    expect(page.locator("#live")).to_contain_text("Saved.")
    assert (stored(served, session)["blur_faces"], waiting(served, session)) == (True, ["pictures"])
    page.reload()
    expect(page.get_by_text("still show what was filmed")).to_contain_text("a.mov")


def test_going_on_asks_as_well_and_stays_where_the_answer_is_no(page: Page, served: Served, session: str) -> None:
    page.get_by_label("Keep body points only").check()
    page.get_by_role("button", name="Go on").first.click()
    expect(page.locator("#give-up")).to_contain_text("deleted once they are measured")
    page.keyboard.press("Escape")
    expect(page.locator("#give-up")).to_be_hidden()
    assert page.url.endswith("/choose")
    assert stored(served, session)["keep_video"] is True


def test_pictures_can_be_kept_by_those_who_keep_body_points_only(page: Page) -> None:
    pictures = page.get_by_label("Keep pictures too, with faces blurred")
    expect(pictures).to_be_disabled()
    page.get_by_label("Keep body points only").check()
    expect(pictures).to_be_enabled()


def test_without_a_video_nothing_is_asked(browser: Browser, served: Served) -> None:
    made = served.session()
    with page_of(browser, served.url) as page:
        page.goto(f"/sessions/{made}/choose")
        page.get_by_label("Blur faces").check()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("#live")).to_contain_text("Saved.")
    assert stored(served, made)["blur_faces"] is True
