"""The running server and the real browser that most tests of the web app share; a module that needs another has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser import FAKE_CAMERA, chromium, page_of
from webapp import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from webapp import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with nothing in it yet."""
    with serve(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="module")
def jobs_wait(served: Served) -> None:
    """No pose model runs: what is queued waits for the tests' own `read_as` and `work_off`."""
    served.site.jobs.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium with a camera that shows a test picture."""
    with chromium(*FAKE_CAMERA) as running:
        yield running


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A new window on the server."""
    with page_of(browser, served.url) as opened:
        yield opened
