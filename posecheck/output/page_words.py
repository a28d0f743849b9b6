"""The words of page templates: what a template calls to say something in the reader's language."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from jinja2.filters import do_xmlattr
from jinja2.utils import pass_eval_context
from markupsafe import Markup, escape

from posecheck import language
from posecheck.language.spoken import MARKED, MARKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jinja2 import Environment
    from jinja2.nodes import EvalContext


def give_words(environment: Environment) -> None:
    """Let templates call `phrase`, `counted` and the others; phrases that come with the values are translated by themselves.

    A template's own phrases are plain text of the reader's language at once, so that filters work on them.
    """
    environment.finalize = language.translated
    environment.filters["xmlattr"] = _attributes
    environment.globals.update(
        {
            "phrase": _phrase,
            "phrase_html": _phrase_html,
            "phrase_in": _phrase_in,
            "counted": _counted,
            "listed": _listed,
            "joined": _joined,
            "first_lower": _first_lower,
            "first_upper": _first_upper,
            "translated": language.translated,
            "number": language.number,
            "day": language.day,
            "language": language.language,
        }
    )


def _phrase(message: str, /, **values: Any) -> str:
    return language.translated(language.phrase(message, **values))


def _phrase_in(context: str, message: str, /, **values: Any) -> str:
    return language.translated(language.phrase_in(context, message, **values))


def _counted(one: str, many: str, /, count: int, **values: Any) -> str:
    return language.translated(language.counted(one, many, count, **values))


def _listed(parts: list[str]) -> str:
    return language.translated(language.listed(parts))


def _joined(parts: Iterable[str], separator: str = " ") -> str:
    return language.translated(language.joined(parts, separator))


def _first_lower(text: str) -> str:
    return language.translated(language.first_lower(text))


def _first_upper(text: str) -> str:
    return language.translated(language.first_upper(text))


def _phrase_html(message: str, /, **values: Any) -> Markup:
    """A message with tags in it; values are escaped unless they are markup themselves."""
    safe = {
        name: value if isinstance(value, int | float | dt.date) else str(escape(language.translated(value)))
        for name, value in values.items()
    }
    said = language.translated(language.phrase(message, **safe))  # the message is posecheck's own
    return Markup(_each_marked(said) if language.language() == MARKED else said)


def _each_marked(html: str) -> str:
    """The marked language marks each text between tags, as they are looked at one by one."""
    begin, end = MARKS
    if not (html.startswith(begin) and html.endswith(end)):
        return html
    return re.sub(r"(?<![^>])[^<>]*\w[^<>]*(?![^<])", rf"{begin}\g<0>{end}", html[len(begin) : -len(end)])


@pass_eval_context
def _attributes(eval_context: EvalContext, values: Mapping[str, Any]) -> str:
    """HTML attributes, as Jinja2's own filter ``xmlattr`` makes them; phrases among them are translated."""
    known = {name: language.translated(value) for name, value in values.items()}
    return do_xmlattr(eval_context, known)
