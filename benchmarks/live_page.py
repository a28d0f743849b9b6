"""A real Chromium films with the page of the web app: what it draws, how late, and what that costs."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from playwright.sync_api import sync_playwright

from benchmarks.live_row import Measured
from benchmarks.live_server import cpu_time_s, new_session, served

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx
    from playwright.sync_api import Browser, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
FLAGS = (
    "--no-sandbox",  # root, in a container
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
REPETITIONS = 20
"""So many that the recording does not end while it is measured."""
READY_WITHIN_MS = 120_000
NOTE_DRAWINGS = """(() => {
  const drawn = (globalThis.drawnAnswers = []);
  globalThis.WebSocket = class extends WebSocket {
    set onmessage(handler) {
      super.onmessage = (event) => {
        handler(event);
        const { kind, time_s: takenS } = JSON.parse(event.data);
        if (kind === "answer") requestAnimationFrame(() => drawn.push([performance.now() / 1000, takenS]));
      };
    }
  };
})()"""
"""Notes for each answer that the page has drawn when the page's next frame was made, and when its picture was taken."""


def film_in_a_page(jpegs: Sequence[bytes], movement: str, warm_up_s: float, seconds: float) -> Measured:
    """Let a page film these pictures, 30 a second, over and over, while it records and sends.

    Parameters
    ----------
    jpegs : sequence of bytes
        What the camera sees.
    movement : str
        The test that is filmed.
    warm_up_s, seconds : float
        From the begin of the recording: not measured, measured.

    Returns
    -------
    Measured
        Latency is from the time at which the camera took a picture, as the browser tells it, to the page's frame that
        shows its answer.
    """
    with served() as (server, client), _browser(jpegs) as (browser, process):
        session = new_session(client, tests=[{"movement": movement, "side": None}])
        page = _begin(browser, client, session)
        page.wait_for_timeout(1000 * warm_up_s)
        from_s, server_s, browser_s = _now_s(page), cpu_time_s(server), cpu_time_s(process)
        page.wait_for_timeout(1000 * seconds)
        to_s, server_s, browser_s = _now_s(page), cpu_time_s(server) - server_s, cpu_time_s(process) - browser_s
        _check_recording(page, client, session)
        drawn = [(at_s, at_s - taken_s) for at_s, taken_s in page.evaluate("drawnAnswers") if from_s <= at_s < to_s]
    return Measured(len(drawn), to_s - from_s, tuple(late_s for _, late_s in drawn), server_s, browser_s)


@contextmanager
def _browser(jpegs: Sequence[bytes]) -> Iterator[tuple[Browser, psutil.Process]]:
    """A browser whose camera plays these pictures, and its first process."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SystemExit(f"No browser is installed; one of these is wanted: {', '.join(PROGRAMS)}.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        camera = Path(folder) / "camera.mjpeg"
        camera.write_bytes(b"".join(jpegs))
        before = set(psutil.Process().children(recursive=True))
        flags = [*FLAGS, f"--use-file-for-fake-video-capture={camera}"]
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        try:
            started = set(psutil.Process().children(recursive=True)) - before
            yield browser, next(process for process in started if process.parent() not in started)
        finally:
            browser.close()


def _begin(browser: Browser, client: httpx.Client, session: str) -> Page:
    """A page that records."""
    page = browser.new_context(base_url=str(client.base_url), permissions=["camera"]).new_page()
    page.add_init_script(NOTE_DRAWINGS)
    page.goto(f"/sessions/{session}/film")
    page.locator("#repetitions").fill(str(REPETITIONS))
    page.locator("#between-nothing").check()
    page.get_by_role("button", name="Start").click()
    page.wait_for_selector('#run[data-state="record"]', timeout=READY_WITHIN_MS)
    return page


def _now_s(page: Page) -> float:
    return float(page.evaluate("performance.now() / 1000"))


def _check_recording(page: Page, client: httpx.Client, session: str) -> None:
    """Say so if it was not the recording page that was measured."""
    uploads = client.get(f"/api/sessions/{session}").raise_for_status().json()["uploads"]
    state = page.locator("#run").get_attribute("data-state")
    if state != "record" or [upload["state"] for upload in uploads] != ["receiving"]:
        raise SystemExit("The page did not record all the time, so what was measured is not live filming.")
