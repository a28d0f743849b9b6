"""Which tests drive a real browser: they are marked by what they call, so that nobody has to remember it."""

from __future__ import annotations

from inspect import unwrap
from typing import Any

import pytest

STARTERS = {"chromium", "firefox"}
"""The names of what starts one, in tests/support/app/browser.py and firefox.py."""


def drives_browser(item: pytest.Item) -> bool:
    """Whether a test starts a browser, by itself or by one of its fixtures: whether one of `STARTERS` is called there."""
    if not isinstance(item, pytest.Function):
        return False
    fixtures = [definition.func for found in item._fixtureinfo.name2fixturedefs.values() for definition in found]
    return any(STARTERS & set(_names(function)) for function in (item.obj, *fixtures))


def _names(function: Any) -> tuple[str, ...]:
    code = getattr(unwrap(function), "__code__", None)
    return code.co_names if code else ()
