"""Browser and server killed while a camera is recorded: at most two seconds are missing, and the rest is measured."""

from __future__ import annotations

import json
import os
import signal
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import av
import psutil
import pytest
from browser import chromium
from joined_clips import write_camera
from served_process import kill, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.alone,
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL"),
]
LOST_AT_MOST_S = 2.0
STILL_S = 8.0
"""The clip stands still this long before it moves: for the announcement."""
UNDER_WAY = ("moving", "holding")
WITHIN_S = 240.0
NOTE_TIMES = """(() => {
  const start = MediaRecorder.prototype.start;
  MediaRecorder.prototype.start = function (...rest) {
    globalThis.beganMs = Date.now();
    this.addEventListener("stop", () => (globalThis.endedMs = Date.now()));
    return start.apply(this, rest);
  };
})()"""
"""Keeps when the page told its recorder to begin, and when that had ended, by the clock that this process reads, too."""


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Words for a browser whose camera plays a toe touch, over and over."""
    film = write_camera(tmp_path_factory.mktemp("camera") / "camera.mjpeg", [("toe_touch_pre", STILL_S)])
    fake = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    return (*fake, f"--use-file-for-fake-video-capture={film}")


def test_a_killed_browser_loses_two_seconds_at_most_and_the_server_ends_the_recording(
    tmp_path: Path, camera: tuple[str, ...]
) -> None:
    with chromium(*camera) as browser, served(tmp_path / "data") as (_, client):
        session = new_session(client)
        _, began_s = film(browser, client, session)
        kill_browser()
        killed_s = time.time()
        upload = ended_upload(client, session)
        check_cut_short(tmp_path / "data", upload, killed_s - began_s)


def test_browser_and_server_killed_together_lose_two_seconds_at_most_and_the_next_start_ends_the_recording(
    tmp_path: Path, camera: tuple[str, ...]
) -> None:
    with chromium(*camera) as browser:
        with served(tmp_path / "data") as (server, client):
            session = new_session(client)
            _, began_s = film(browser, client, session)
            kill(server)
            kill_browser()
            killed_s = time.time()
        with served(tmp_path / "data") as (_, client):
            upload = ended_upload(client, session)
            check_cut_short(tmp_path / "data", upload, killed_s - began_s)


def test_a_killed_server_that_comes_back_gets_all_that_the_page_filmed_without_it(
    tmp_path: Path, camera: tuple[str, ...]
) -> None:
    with chromium(*camera) as browser:
        with served(tmp_path / "data") as (server, client):
            session, port = new_session(client), client.base_url.port
            page, began_s = film(browser, client, session, repetitions=2)
            kill(server)
            killed_s = time.time()
        assert page.evaluate("globalThis.endedMs") is None
        with served(tmp_path / "data", port=port) as (_, client):
            page.wait_for_selector('#run:not([data-state="record"], [data-state="tail"])', timeout=WITHIN_S * 1000)
            waited(lambda: uploads(client, session)[0], lambda found: found["state"] != "receiving")
            ended_s = page.evaluate("endedMs") / 1000
            page.close()  # the re-test is not filmed
            upload = ended_upload(client, session)
            assert ended_s > killed_s
            assert not upload["info"]["warnings"]
            check_video(tmp_path / "data", upload, ended_s - began_s)


def new_session(client: httpx.Client) -> str:
    """A session of one test, without the stretch."""
    person = client.post("/api/people", json={"name": "Anna"}).raise_for_status().json()["id"]
    form = {"tests": [{"movement": "toe-touch", "side": None}]}
    return str(client.post(f"/api/people/{person}/sessions", json=form).raise_for_status().json()["id"])


def film(browser: Browser, client: httpx.Client, session: str, repetitions: int = 3) -> tuple[Page, float]:
    """Start the page and come back while it records, in the second repetition; with when the recording began.

    The first one is whole then, and behind it at least the rest before the second.
    """
    page = browser.new_context(base_url=str(client.base_url), permissions=["camera"]).new_page()
    page.add_init_script(NOTE_TIMES)
    page.goto(f"/sessions/{session}/film")
    page.locator("#size").select_option("640x480")
    page.locator("#repetitions").fill(str(repetitions))
    page.locator("#between-nothing").check()
    page.get_by_role("button", name="Start").click()
    next(seen for seen in live(client, session) if seen["state"] in UNDER_WAY and seen["repetition"] >= 1)
    assert [(upload["filmed"], upload["state"]) for upload in uploads(client, session)] == [(True, "receiving")]
    return page, page.evaluate("beganMs") / 1000


def live(client: httpx.Client, session: str) -> Iterator[dict[str, Any]]:
    """What the server says of the camera, as it happens."""
    with client.stream("GET", f"/api/sessions/{session}/events") as answer:
        lines = (line for line in answer.iter_lines() if line)
        for kind, data in pairwise(lines):
            if kind == "event: live":
                yield dict(json.loads(data.removeprefix("data: ")))


def kill_browser() -> None:
    """Kill the browser that this process has started, with all that belongs to it."""
    started = psutil.Process().children(recursive=True)
    (browser,) = [child for child in started if "--headless" in child.cmdline() and os.getpgid(child.pid) == child.pid]
    os.killpg(browser.pid, signal.SIGKILL)
    browser.wait(WITHIN_S)


def uploads(client: httpx.Client, session: str) -> list[dict[str, Any]]:
    return list(client.get(f"/api/sessions/{session}").raise_for_status().json()["uploads"])


def ended_upload(client: httpx.Client, session: str) -> dict[str, Any]:
    """The recording, once the server has ended and measured it; nobody asks for that here."""
    begun = uploads(client, session)[0]
    upload = waited(lambda: uploads(client, session)[0], lambda found: found["state"] in ("read", "refused"))
    assert (upload["id"], upload["state"]) == (begun["id"], "read"), upload["reason"]
    take_of = f"/api/takes/{upload['take_id']}"
    take = waited(lambda: client.get(take_of).json()["take"], lambda found: found["state"] != "measuring")
    assert (take["state"], take["current"]) == ("measured", True), take["reason"]
    assert take["summary"]["repetitions"] >= 1
    return upload


def waited(look: Callable[[], dict[str, Any]], done: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    end_s = time.monotonic() + WITHIN_S
    while not done(found := look()):
        assert time.monotonic() < end_s, found
        time.sleep(0.2)
    return found


def check_cut_short(data: Path, upload: dict[str, Any], filmed_s: float) -> None:
    assert [words.split(":")[0] for words in upload["info"]["warnings"]] == ["The recording was cut short"]
    check_video(data, upload, filmed_s)


def check_video(data: Path, upload: dict[str, Any], filmed_s: float) -> None:
    """Of what was filmed at most two seconds are missing: at the end, and between any two pictures.

    ``filmed_s`` counts from the page's word to its recorder to begin, to the moment after the kill or the recorder's word
    that it has ended. That is a little more than was filmed, so the loss is not made smaller than it is.
    """
    times_s = picture_times_s(data / "uploads" / upload["id"] / "video")
    assert 0 <= filmed_s - times_s[-1] <= LOST_AT_MOST_S, (filmed_s, times_s[-1])
    assert max(after - before for before, after in pairwise(times_s)) <= LOST_AT_MOST_S


def picture_times_s(video: Path) -> list[float]:
    """Times of the stored pictures, from the first one on."""
    with av.open(str(video)) as container:
        times_s = [float(packet.pts * packet.time_base) for packet in container.demux(video=0) if packet.size]
    return [time_s - times_s[0] for time_s in times_s]
