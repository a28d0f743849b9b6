"""Words of templates: whatever a value holds, a page shows it as text."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment

from posecheck.language import language_set, phrase
from posecheck.output.page_words import give_words

HOSTILE = ["<img src=x onerror=alert(1)>", "{0}", "{name.__class__}", "⟦x⟧", '"><script>', "%s", "&amp;"]


def rendered(template: str, code: str, **values: object) -> str:
    environment = Environment(autoescape=True)
    give_words(environment)
    with language_set(code):
        return environment.from_string(template).render(**values)


@pytest.mark.parametrize("code", ["en", "de", "zxx"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_as_it_is_and_never_taken_for_a_tag_or_a_place(name: str, code: str) -> None:
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
    for template in (
        "{{ phrase('Delete {name}', name=name) }}",
        "{{ phrase_html('<b>{name}</b>', name=name) }}",
        "{{ phrase_html('<b>{name}</b>', name=said) }}",
        "{{ phrase_html('<b>{name}</b>', name=file) }}",
        "{{ said }}",
        "{{ joined([name, said]) }}",
        "<a{{ {'title': said} | xmlattr }}>",
    ):
        made = rendered(template, code, name=name, said=phrase("{name}", name=name), file=Path(name))
        assert escaped in made
        assert "<img" not in made
        assert "<script" not in made
