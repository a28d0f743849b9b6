"""How far all videos are together, and what is refused before it is sent, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from webapp import Served

from posecheck.storage.job_queue import jobs_of_session
from posecheck.storage.tables import Job
from posecheck.web.api.schemas import JobOut

pytestmark = pytest.mark.usefixtures("jobs_wait")


def tell_progress(served: Served, session: str, done: int) -> None:
    """Every reading of the session is so far, of 100, as the runner would say."""
    with served.site.database.begin() as transaction:
        jobs = jobs_of_session(transaction, session)
        for job in jobs:
            row = transaction.get_one(Job, job.id)
            row.done, row.total = done, 100
        told = [JobOut.of(transaction.get_one(Job, job.id)) for job in jobs]
    for job in told:
        served.site.events.tell(session, "job", job.model_dump(mode="json"))


def test_a_bar_for_all_videos_says_how_far_they_are_and_what_is_left(page: Page, served: Served) -> None:
    session = served.session()
    page.clock.install()
    page.goto(f"/sessions/{session}/pre")
    whole = page.locator("#whole")
    expect(whole).to_be_hidden()
    page.set_input_files(
        "#videos", [{"name": f"{n}.mp4", "mimeType": "video/mp4", "buffer": bytes(1000 + n)} for n in range(3)]
    )
    page.clock.run_for(500)
    expect(page.locator(".arrival.reading")).to_have_count(3)
    expect(whole).to_contain_text("0 of 3 videos are read")
    page.clock.run_for(60_000)
    tell_progress(served, session, 50)
    page.clock.run_for(500)
    expect(whole).to_contain_text("0 of 3 videos are read, about 50 seconds left")
    assert page.locator("#progress-whole").evaluate("bar => bar.value") == pytest.approx(0.55)


def test_one_video_alone_has_no_second_bar(page: Page, served: Served) -> None:
    page.goto(f"/sessions/{served.session()}/pre")
    page.set_input_files("#videos", {"name": "a.mp4", "mimeType": "video/mp4", "buffer": bytes(1000)})
    expect(page.locator(".arrival.reading")).to_have_count(1)
    expect(page.locator("#whole")).to_be_hidden()


def test_a_picture_that_is_called_a_video_is_refused_at_once_and_leaves_nothing_behind(
    page: Page, served: Served
) -> None:
    session = served.session()
    page.goto(f"/sessions/{session}/pre")
    pieces: list[str] = []
    page.on("request", lambda request: pieces.append(request.url) if "offset=" in request.url else None)
    picture = b"\x89PNG\r\n\x1a\n" + bytes(9_000_000)
    page.set_input_files("#videos", {"name": "lunge.mp4", "mimeType": "video/mp4", "buffer": picture})
    expect(page.locator("#not-taken")).to_contain_text("lunge.mp4 is a picture, not a video.")
    assert len(pieces) == 1
    assert served.client.get(f"/api/sessions/{session}").json()["uploads"] == []
    expect(page.locator(".arrival")).to_have_count(0)
