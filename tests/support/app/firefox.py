"""The real Firefox of a distribution for tests, driven by Playwright over WebDriver BiDi."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import firefox_line
from needs import needs_firefox
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

FAKE_CAMERA = {"media.navigator.streams.fake": True, "media.navigator.permission.disabled": True}
"""Firefox's own moving picture stands in for a camera, and nobody is asked."""


@contextmanager
def firefox(preferences: dict[str, str | float | bool] | None = None) -> Iterator[Browser]:
    """A running Firefox, with a camera that is made up.

    Called by a test or a fixture itself, not by a helper of them: so that `browser_mark.drives_browser` sees it.
    """
    program = needs_firefox()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        line = Path(folder) / "firefox"
        line.write_text(f'#!/bin/sh\nexec {shlex.join((sys.executable, str(firefox_line.__file__)))} "$@"\n')
        line.chmod(0o700)
        running = playwright.firefox.launch(
            channel="moz-firefox",  # by WebDriver BiDi, which every Firefox speaks
            executable_path=line,
            env={**os.environ, firefox_line.FIREFOX: str(program)},
            firefox_user_prefs={**FAKE_CAMERA, **(preferences or {})},
        )
        try:
            yield running
        finally:
            running.close()
