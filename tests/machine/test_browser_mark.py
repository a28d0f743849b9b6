from __future__ import annotations

import pytest
from browser_mark import drives_browser


def chromium() -> None:
    """Has the name of what starts a browser, and starts none."""


@pytest.fixture
def starts() -> None:
    chromium()
    return


@pytest.fixture
def page(starts: None) -> None:
    pass


def test_a_test_that_starts_a_browser_itself_is_marked(request: pytest.FixtureRequest) -> None:
    chromium()
    assert request.node.get_closest_marker("browser")


@pytest.mark.usefixtures("page")
def test_a_test_whose_fixtures_start_a_browser_is_marked(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("browser")


def test_another_test_is_not(request: pytest.FixtureRequest) -> None:
    assert not request.node.get_closest_marker("browser")
    assert not drives_browser(request.node)
