from __future__ import annotations

import shutil

import needs
import pytest


def test_what_is_missing_is_skipped_in_words_and_fails_where_it_was_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setenv("POSECHECK_REQUIRE", "browser")
    with pytest.raises(pytest.skip.Exception, match="Xvfb is not installed"):
        needs.needs_display()
    monkeypatch.setenv("POSECHECK_REQUIRE", "browser, display")
    with pytest.raises(pytest.fail.Exception, match="names 'display', but Xvfb is not installed"):
        needs.needs_display()
    with pytest.raises(pytest.fail.Exception, match="no Chromium is installed"):
        needs.needs_browser()
