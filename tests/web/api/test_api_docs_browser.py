"""The page of the API in the real browser: it stands alone, and can be read by everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser import page_of, serious_violations
from webapp import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("data"), token="a-token-of-the-tests") as running:
        yield running


def test_with_the_token_in_the_address_the_browser_comes_in_and_stays_in(browser: Browser, served: Served) -> None:
    with page_of(browser, served.url) as page:
        page.goto("/api-docs")
        assert page.locator("h1").inner_text() != "API"
        page.goto(f"/api-docs?token={served.site.settings.token}")
        assert page.url == f"{served.url}/api-docs"
        assert page.evaluate("document.cookie") == ""
        page.goto("/api-docs")
        assert page.locator("h1").inner_text() == "API"
        assert page.evaluate("fetch('/api/people').then((answer) => answer.status)") == 200


@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_stands_alone_and_is_open_to_everybody(browser: Browser, served: Served, width: int) -> None:
    with page_of(browser, served.url, viewport={"width": width, "height": 900}) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"/api-docs?token={served.site.settings.token}")
        assert serious_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert asked
        assert all(url.startswith(served.url) for url in asked)
