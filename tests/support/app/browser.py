"""The real Chromium for tests, driven by Playwright: pages that fail a test by themselves when their script fails."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from needs import needs_browser
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page

FLAGS = (
    "--no-sandbox",  # root, in a container
    "--no-zygote",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""Chromium's own moving picture stands in for a camera, and nobody is asked."""
SERIOUS = ("serious", "critical")


@contextmanager
def chromium(*flags: str, whole: bool = False) -> Iterator[Browser]:
    """A running browser; further flags are Chromium's own, ``whole`` as in `needs.needs_browser`.

    Called by a test or a fixture itself, not by a helper of them: so that `browser_mark.drives_browser` sees it.
    """
    program = needs_browser(whole=whole)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *flags])
        try:
            yield running
        finally:
            running.close()


@contextmanager
def page_of(browser: Browser, url: str, **context: Any) -> Iterator[Page]:
    """A page in a context of its own, whose addresses begin at ``url``; an error in its scripts fails the test."""
    opened = browser.new_context(base_url=url, **{"viewport": {"width": 1440, "height": 900}, **context})
    page = opened.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda said: failures.append(said.text) if _breaks_policy(said) else None)
    try:
        yield page
    finally:
        opened.close()
    assert not failures, "\n".join(failures)


def _breaks_policy(said: ConsoleMessage) -> bool:
    """Whether the security policy refused something."""
    return "Content Security Policy" in said.text


def serious_violations(page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page, as words; empty is good."""
    found = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {item['help']} ({node['html'][:160]})"
        for item in found
        if item["impact"] in SERIOUS
        for node in item["nodes"]
    ]
