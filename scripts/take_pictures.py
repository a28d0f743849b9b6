"""Takes the documentation's pictures of the web app, from a session of the sample videos.

    posecheck serve --data /tmp/pictures --port 8765 --no-open &
    python -m scripts.take_pictures http://127.0.0.1:8765

The session is made on the first run, which takes a few minutes; later runs only take the pictures again. It needs the
packages of the ``dev`` extra, and Chromium.
"""

from __future__ import annotations

import io
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import httpx
from PIL import Image
from playwright.sync_api import sync_playwright

from posecheck.session import read_session
from posecheck.settings import load_settings
from scripts.pages import DOCS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

PERSON, TITLE = "Sample runner", "Sample session"
STRETCHES: tuple[dict[str, Any], ...] = (
    {"stretch": "runners-lunge", "grip": "diagonal-pull", "side": "left", "seconds": 90},
    {"stretch": "side-lunge", "grip": "lateral-pull", "side": "both", "seconds": 120},
)
PICTURES = {
    "result.png": ("/sessions/{session}/result", 1240, 1000),
    "pretest.png": ("/sessions/{session}/pre", 1240, 1180),
    "side-by-side.png": ("/sessions/{session}/side-by-side#t=3.3", 1240, 1080),
}
"""File name to page, and width and height in pixels."""
REPORT, REPORT_SIZE_PX = "report.png", (1000, 900)
BODY, BODY_TEST = "body.png", "Side lunge, right"
"""The picture of the drawn bodies, and of which test's."""
FELT = ({"movement": "runners-lunge", "side": "left", "stiffness": 6, "note": "pulls in the groin"},)


def main(address: str) -> None:
    """Make the session if it is not there yet, then take every picture."""
    with httpx.Client(base_url=address, timeout=60) as client:
        session = find_session(client) or make_session(client)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, (path, width, height) in PICTURES.items():
            take(browser, name, address + path.format(session=session), (width, height))
        with (
            TemporaryDirectory() as folder
        ):  # a browser shows the report only as a file: the app offers it as a download
            report = Path(folder) / "report.html"
            report.write_bytes(get_report(address, session))
            take(browser, REPORT, report.as_uri(), REPORT_SIZE_PX)
            take_bodies(browser, report.as_uri())
        browser.close()


def take(browser: Browser, name: str, address: str, size_px: tuple[int, int]) -> None:
    """Take one picture; 256 colours are enough for a page, and make a file of a third of the size."""
    page = browser.new_page(viewport={"width": size_px[0], "height": size_px[1]}, color_scheme="light")
    page.goto(address)
    if page.locator("#duo").count():
        page.wait_for_selector("#duo[data-ready]")
    page.wait_for_timeout(2000)  # charts draw themselves
    store(name, page.screenshot())
    page.close()


def take_bodies(browser: Browser, report: str) -> None:
    """Take the picture of the drawn bodies of one test from the report, at twice its size."""
    page = browser.new_page(viewport={"width": 1000, "height": 900}, color_scheme="light", device_scale_factor=2)
    page.goto(report)
    test = page.locator(".test", has=page.get_by_role("heading", name=BODY_TEST, exact=True))
    store(BODY, test.locator(".body-picture").screenshot())
    page.close()


def store(name: str, screenshot: bytes) -> None:
    """Put a screenshot into the documentation's pictures."""
    with Image.open(io.BytesIO(screenshot)) as picture:
        picture.convert("RGB").quantize(256).save(DOCS / "images" / name, optimize=True)


def get_report(address: str, session: str) -> bytes:
    """The report of the session, as the app gives it."""
    return httpx.get(f"{address}/api/sessions/{session}/files/report.html", timeout=120).raise_for_status().content


def find_session(client: httpx.Client) -> str | None:
    """The session of an earlier run."""
    for person in client.get("/api/people").json():
        if person["name"] == PERSON:
            return next((item["id"] for item in client.get(f"/api/people/{person['id']}/sessions").json()), None)
    return None


def make_session(client: httpx.Client) -> str:
    """A whole session of the sample videos; waits until everything is measured."""
    person = post(client, "/api/people", name=PERSON)["id"]
    session = str(post(client, f"/api/people/{person}/sessions", title=TITLE)["id"])
    uploads = list(upload_samples(client, session))
    for upload, form in uploads:
        wait_until_read(client, f"/api/uploads/{upload}")
        post(client, f"/api/uploads/{upload}/confirm", **form)
    post(client, f"/api/sessions/{session}/safety", confirmed=True)
    post(
        client,
        f"/api/sessions/{session}/stretches",
        stretch="runners-lunge",
        grip="diagonal-pull",
        side="left",
        seconds=90,
    )
    post(
        client,
        f"/api/sessions/{session}/stretches",
        stretch="side-lunge",
        grip="lateral-pull",
        side="both",
        seconds=120,
    )
    while any(take["state"] == "measuring" for take in client.get(f"/api/sessions/{session}").json()["takes"]):
        time.sleep(1)
    client.patch(f"/api/sessions/{session}", json={"step": "result", "felt": FELT}).raise_for_status()
    return session


def upload_samples(client: httpx.Client, session: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Send every sample video; its id, and the form that confirms it."""
    samples = load_settings().samples_dir
    for trial in read_session(samples).trials:
        content = trial.file.read_bytes()
        form = {"file_name": trial.file.name, "size_bytes": len(content), "phase": str(trial.phase)}
        upload = str(post(client, f"/api/sessions/{session}/uploads", **form)["id"])
        client.patch(f"/api/uploads/{upload}?offset=0", content=content).raise_for_status()
        yield upload, {"movement": trial.movement.name, "side": trial.side}


def post(client: httpx.Client, path: str, **form: Any) -> Any:
    """What the app answers to a form."""
    answer = client.post(path, json=form)
    if answer.is_error:
        raise SystemExit(f"{path}: {answer.text}")
    return answer.json()


def wait_until_read(client: httpx.Client, path: str) -> None:
    """Ask again until the body points of an upload are there."""
    while (upload := client.get(path).raise_for_status().json())["state"] != "read":
        if upload["state"] == "refused":
            raise SystemExit(f"{path}: {upload['reason']}")
        time.sleep(1)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
