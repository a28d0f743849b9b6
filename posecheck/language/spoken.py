"""Puts phrases into words, in the language that is set for this request, command or process."""

from __future__ import annotations

import datetime as dt
import logging
import string
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from posecheck.language.phrase import Phrase, changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français"}
"""Each by its own name, so that whoever is lost in a foreign one finds it."""
MARKED = "zxx"
"""No language (ISO 639): English with a mark around each phrase. What a page shows without one is in no catalogue."""
MARKS = ("⟦", "⟧")
SCRIPTS = "_scripts.po"
"""How the names of catalogues end that the browser's scripts need."""
COMMA_LANGUAGES = ("de", "es", "fr")
"""Where a decimal comma is written."""

_log = logging.getLogger(__name__)
_language: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """The language that phrases are put into here and now: a key of `LANGUAGES`."""
    return _language.get()


@contextmanager
def language_set(code: str) -> Iterator[None]:
    """Put phrases into another language for a while."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


def set_language(code: str) -> None:
    """Put phrases into a language from now on: for a whole request, or a process."""
    _language.set(code)


def chosen_language(accepted: str) -> str:
    """The first of a browser's languages that posecheck speaks, English otherwise.

    Parameters
    ----------
    accepted : str
        As in the header Accept-Language: ``de-CH,de;q=0.9,en;q=0.8``.
    """
    ranked = []
    for place, entry in enumerate(accepted.split(",")):
        tag, _, parameter = entry.partition(";")
        name, _, weight = parameter.partition("=")
        try:
            rank = float(weight) if name.strip().lower() == "q" else 1.0
        except ValueError:
            continue
        if rank > 0:
            ranked.append((-rank, place, tag.strip().lower().partition("-")[0]))
    return next((code for _, _, code in sorted(ranked) if code in LANGUAGES), "en")


def translated(text: str) -> str:
    """A phrase in the reader's language as plain text; other text as it is.

    In English where its values do not fit into the translation.
    """
    if not isinstance(text, Phrase):
        return text
    code = language()
    if code == "en":
        return str.__str__(text)
    entry = _found(text, code)
    one, many = entry if isinstance(entry, tuple) else (entry, entry)
    try:
        return _filled(text, one, many, code)
    except (LookupError, ValueError):
        return str.__str__(text)


def number(value: float, spec: str = "g") -> str:
    """A number as the reader writes it: ``2.5`` or ``2,5``."""
    return _number(value, spec, language())


def day(date: dt.date | str) -> str:
    """A date as the reader writes it: ``2026-11-29``, ``29.11.2026``, ``29 nov. 2026``; other text as it is.

    English has no one way that Britons and Americans would read alike, so there the international one is written.
    """
    code = language()
    try:
        known = date if isinstance(date, dt.date) else dt.date.fromisoformat(date)
    except ValueError:
        return str(date)
    if code not in COMMA_LANGUAGES:
        return known.strftime("%Y-%m-%d")
    from babel.dates import format_date

    return format_date(known, "medium", locale=code)


def catalogue(code: str) -> Mapping[tuple[str, str], str | tuple[str, str]]:
    """All translations of a language, by context and English message: the text, or one and many of it."""
    return _catalogue(code, ".po")


def script_messages(code: str) -> Mapping[str, str | tuple[str, str]]:
    """What the web app's scripts say, in a language, by English message."""
    return {english: text for (_, english), text in _catalogue(code, SCRIPTS).items()}


@cache
def _catalogue(code: str, ending: str) -> dict[tuple[str, str], str | tuple[str, str]]:
    from babel.messages.pofile import read_po  # loaded late: English needs nothing of it

    found: dict[tuple[str, str], str | tuple[str, str]] = {}
    folder = files("posecheck.language") / "catalogues" / code
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name) if folder.is_dir() else []
    for file in (entry for entry in entries if entry.name.endswith(ending)):
        try:
            with file.open("rb") as stream:
                messages = list(read_po(stream, locale=code))
        except (OSError, LookupError, ValueError):  # its area is said in English
            _log.warning("%s: this catalogue cannot be read. Install posecheck again.", file)
            continue
        for message in messages:
            ids, texts = _several(message.id), _several(message.string)
            if all(ids) and all(texts) and not message.fuzzy:
                translation = (texts[0], texts[-1]) if len(ids) > 1 else texts[0]
                found.setdefault((message.context or "", ids[0]), translation)
    return found


def _several(texts: str | Sequence[str] | None) -> Sequence[str]:
    return (texts,) if isinstance(texts, str) else texts or ("",)


def _found(text: Phrase, code: str) -> str | tuple[str, str]:
    """The message in a language, in English where it has no other."""
    english = (text.message, text.plural) if text.plural else text.message
    if code == MARKED:
        return (_marked(text.message), _marked(text.plural)) if text.plural else _marked(text.message)
    return catalogue(code).get((text.context, text.message), english)


def _marked(message: str) -> str:
    has_words = any(letter.isalpha() for text, *_ in string.Formatter().parse(message) for letter in text)
    return f"{MARKS[0]}{message}{MARKS[1]}" if has_words else message


def _filled(text: Phrase, one: str, many: str, code: str) -> str:
    alone = not text.plural or text.values["count"] == 1 or (code == "fr" and text.values["count"] == 0)
    message = one if alone else many
    said = _Places(code).vformat(message, (), text.values) if text.values else message
    changes = () if code == MARKED else text.changes  # a mark must not be cut off
    return changed(said, changes, keep_capitals=code == "de")


def _number(value: float, spec: str, code: str) -> str:
    written = format(value, spec)
    return written.replace(".", ",") if code in COMMA_LANGUAGES else written


class _Places(string.Formatter):
    """Fills a message's places: phrases are translated, numbers and dates written as the language does."""

    def __init__(self, code: str) -> None:
        self.code = code

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, str):
            return format(translated(value), format_spec)
        if isinstance(value, dt.date):
            return day(value)
        return _number(value, format_spec, self.code)
