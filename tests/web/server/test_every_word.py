"""Whatever a page says stands in the catalogues, so that it can be said in another language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser import page_of
from practice import PAGES, fill_practice
from unmarked import UNMARKED, marked_cookie
from webapp import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from webapp import Served


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, str]]]:
    with serve(tmp_path_factory.mktemp("practice")) as served:
        served.site.jobs.stop()
        yield served, fill_practice(served)


@pytest.mark.parametrize("name", [name for name in PAGES if name != "API"])
def test_every_word_of_a_page_is_in_the_catalogues(
    browser: Browser, practice: tuple[Served, dict[str, str]], name: str
) -> None:
    served, ids = practice
    with page_of(browser, served.url, permissions=["camera"]) as page:
        page.context.add_cookies([marked_cookie(served.url)])
        page.goto(PAGES[name].format(**ids))
        page.wait_for_load_state("load")
        page.wait_for_timeout(500)  # what scripts write after that
        found = page.evaluate(UNMARKED)
    assert not found, "\n".join(found)
