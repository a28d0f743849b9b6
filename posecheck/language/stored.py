"""Phrases in stored JSON: the text in English, for every reader, and beside it what it was made of.

A tree of JSON values that holds phrases gets a key ``messages``: each English text with its message and values. Whoever does
not know the key reads the English.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import string
from typing import TYPE_CHECKING, Any

from posecheck.language.phrase import CHANGES, Phrase, named_places
from posecheck.language.spoken import translated

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

MESSAGES = "messages"
LONGEST, LONGEST_MESSAGE = 20_000, 4000
"""Letters of a text and of a message that are read back; the longest that posecheck makes have a tenth (chosen by us)."""
DEEPEST, MOST_CHANGES = 20, 20
"""Phrases within one another that are read back, and changes of one; posecheck's own go a few deep (chosen by us)."""
PLAIN_SPEC = re.compile(r"[+ ]?,?(\.\d)?[dfgx]?")
"""How a stored message may have a value written: ``.1f``, ``+d``, nothing."""


def with_messages(tree: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values with what their phrases were made of; without any phrase, the same values."""
    found = {str(text): _made_of(text) for text in _phrases(tree)}
    return {**tree, MESSAGES: found} if found else dict(tree)


def restored(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The same values with their phrases again.

    What does not fit, in a file that somebody has changed by hand, stays the English text that it is.
    """
    values = {key: value for key, value in tree.items() if key != MESSAGES}
    stored = tree.get(MESSAGES)
    made_of = stored if isinstance(stored, dict) else {}
    known = {text: found for text, made in made_of.items() if (found := _phrase(text, made))}
    try:
        return {key: _with_phrases(value, known) for key, value in values.items()} if known else values
    except RecursionError:  # lists within lists, by the hundred, which nobody's result has
        return values


def as_messages(tree: Any, keys: Container[str]) -> Any:
    """The same JSON values with the plain texts under some keys taken as messages, which the catalogues may know.

    So are read what an older posecheck stored, the English alone; what has numbers in it stays English.
    """
    if isinstance(tree, dict):
        return {key: _each_message(item) if key in keys else as_messages(item, keys) for key, item in tree.items()}
    return [as_messages(item, keys) for item in tree] if isinstance(tree, list) else tree


def translated_values(tree: Any) -> Any:
    """The same JSON values, each phrase in the reader's language."""
    if isinstance(tree, str):
        return translated(tree)
    if isinstance(tree, dict):
        return {key: translated_values(item) for key, item in tree.items()}
    return [translated_values(item) for item in tree] if isinstance(tree, list | tuple) else tree


def _each_message(value: Any) -> Any:
    if isinstance(value, list):
        return [_each_message(item) for item in value]
    return Phrase(value, {}) if isinstance(value, str) and value else value


def _phrases(value: Any) -> Iterator[Phrase]:
    if isinstance(value, Phrase):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _phrases(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _phrases(item)


def _with_phrases(value: Any, known: Mapping[str, Phrase]) -> Any:
    if isinstance(value, str):
        return known.get(value, value)
    if isinstance(value, dict):
        return {key: _with_phrases(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_phrases(item, known) for item in value]
    return value


def _made_of(text: Phrase) -> dict[str, Any]:
    """A phrase as JSON values, without what is empty."""
    values = {name: _stored_value(value) for name, value in text.values.items()}
    parts = {
        "message": text.message,
        "values": values,
        "plural": text.plural,
        "context": text.context,
        "changes": list(text.changes),
    }
    return {key: part for key, part in parts.items() if part}


def _stored_value(value: Any) -> Any:
    if isinstance(value, Phrase):
        return _made_of(value)
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}  # JSON has none
    return {"date": value.isoformat()} if isinstance(value, dt.date) else value


def _phrase(text: str, made_of: Any) -> Phrase | None:
    """The phrase that was stored; none where it does not make this text."""
    if len(text) > LONGEST:
        return None
    try:
        found = _read(made_of)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
        return None
    return found if found == text else None


def _read(made_of: Mapping[str, Any], depth: int = 0) -> Phrase:
    """A stored phrase may come with somebody's archive: it is of the right types, and small in every language."""
    if depth > DEEPEST:
        raise ValueError("too deep")
    message, plural, context = (_text(made_of.get(key, "")) for key in ("message", "plural", "context"))
    values = {name: _read_value(value, depth + 1) for name, value in made_of.get("values", {}).items()}
    changes = tuple(made_of.get("changes", ()))
    if len(changes) > MOST_CHANGES or not CHANGES.issuperset(changes):
        raise ValueError("unknown changes")
    if values:
        _check_places(message)
        _check_places(plural)
    if _letters(message, plural, values) > LONGEST:  # before it is put into another one, and again into another
        raise ValueError("too long")
    return Phrase(message, values, plural, context, changes)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()  # halves of letters, which no page can be sent with, are a ValueError
    return value


def _check_places(message: str) -> None:
    """Its places name values, and fill no memory with blanks."""
    if len(message) > LONGEST_MESSAGE:
        raise ValueError("too long")
    for _, name, spec, conversion in string.Formatter().parse(message):
        if name is not None and not (name.isidentifier() and PLAIN_SPEC.fullmatch(spec or "") and not conversion):
            raise ValueError("no plain place")


def _letters(message: str, plural: str, values: Mapping[str, Any]) -> int:
    """So many letters it takes at most, whichever of its forms a language says, and before anything is cut off.

    One more for each value, so that phrases without a letter cannot be put into one another for ever either.
    """
    sizes = {name: 1 + _letters_of(value) for name, value in values.items()}
    return max(
        len(form) + sum(map(sizes.__getitem__, named_places(form))) if sizes else len(form)
        for form in (message, plural)
    )


def _letters_of(value: Any) -> int:
    if isinstance(value, Phrase):
        return _letters(value.message, value.plural, value.values)
    return len(value) if isinstance(value, str) else len(f"{value:f}") if isinstance(value, int | float) else 10


def _read_value(value: Any, depth: int) -> Any:
    if not isinstance(value, dict):
        return value if isinstance(value, int | float) else _text(str(value))
    if "number" in value:
        return float(value["number"])
    return dt.date.fromisoformat(value["date"]) if "date" in value else _read(value, depth)
