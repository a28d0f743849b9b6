"""Tells the browser at once which further scripts those of a page import, which it would else learn one after the other.

A page is ready (DOMContentLoaded) when its scripts and all that they import have come: without this, in two or three waves.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCRIPT = re.compile(r'<script type="module" src="/static/([\w.]+\.js)"')
_IMPORT = re.compile(
    r'^(?:import|export) [^;]*?from "/static/([\w.]+\.js)"|^import "/static/([\w.]+\.js)"', re.MULTILINE
)


def with_preloads(page: str, packages: Iterable[str]) -> str:
    """The page, with a link in its head for each script that its scripts import.

    Parameters
    ----------
    page : str
        HTML.
    packages : iterable of str
        Those that hold the folders ``static``.
    """
    named = dict.fromkeys(_SCRIPT.findall(page))
    imported = dict.fromkeys(name for script in named for name in _all_imports(script, tuple(packages)))
    links = "".join(f'<link rel="modulepreload" href="/static/{name}">\n' for name in imported if name not in named)
    return page.replace("</head>", f"{links}</head>", 1)


@lru_cache(maxsize=200)
def _all_imports(name: str, packages: tuple[str, ...]) -> tuple[str, ...]:
    """What a script imports, and what that imports."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        for imported in _imports(waiting.pop(), packages):
            if imported not in found:
                found[imported] = None
                waiting.append(imported)
    return tuple(found)


def _imports(name: str, packages: tuple[str, ...]) -> list[str]:
    places = (files(package) / "static" / name for package in packages)
    place = next((place for place in places if place.is_file()), None)
    text = place.read_text(encoding="utf-8") if place else ""
    return [first or second for first, second in _IMPORT.findall(text)]
