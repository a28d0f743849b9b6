"""What a page's scripts import is named in its head, so that all scripts come at once."""

from __future__ import annotations

import re

import pytest
from made_session import add_block, add_person, add_session
from webapp import Served

STEPS = ("choose", "pre", "retest", "result")


def imported_by(served: Served, names: set[str]) -> set[str]:
    """As a browser finds them: one wave after the other."""
    found: set[str] = set()
    wave = names
    while wave:
        texts = [served.client.get(f"/static/{name}").raise_for_status().text for name in wave]
        wave = {name for text in texts for name in re.findall(r'from "/static/([\w.]+)"', text)} - found - names
        found |= wave
    return found


@pytest.mark.parametrize("page", ["/", "/settings", *STEPS])
def test_every_script_is_named_in_the_page_itself(served: Served, page: str) -> None:
    person = add_person(served.site)
    session = add_session(served.site, person)
    add_block(served.site, session, "pre")
    path = page if page.startswith("/") else f"/sessions/{session}/{page}"
    text = served.client.get(path).raise_for_status().text
    scripts = set(re.findall(r'<script type="module" src="/static/([\w.]+)"', text))
    preloaded = re.findall(r'<link rel="modulepreload" href="/static/([\w.]+)">', text.split("</head>")[0])
    assert scripts
    assert set(preloaded) == imported_by(served, scripts)
    assert len(preloaded) == len(set(preloaded))
