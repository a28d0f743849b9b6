"""English text that knows the message and the values it was made of."""

from __future__ import annotations

import datetime as dt
import numbers
import re
import string
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

LOWER, UPPER, NO_STOP, NO_BRACKETS, NO_LEAD = "lower", "upper", "no stop", "no brackets", "no lead"
CHANGES = frozenset({LOWER, UPPER, NO_STOP, NO_BRACKETS, NO_LEAD})
"""What can be done with a phrase within another one (`Phrase.changes`)."""


class Phrase(str):
    """Text in English; `posecheck.language.translated` says it in another language.

    Attributes
    ----------
    message : str
        English with named places in braces, as the catalogues have it: ``"The camera is tilted by {angle:.0f} degrees."``
    values : mapping of str to value
        What stands in its places. Without any, the message is taken literally, braces and all.
    plural : str
        The message for any number but one, empty where it does not depend on a number; ``count`` is among the values.
    context : str
        What tells this message from another one of the same English words, empty for most.
    changes : tuple of str
        What was done with the text after that: `LOWER`, `UPPER`, `NO_STOP`, `NO_BRACKETS`, `NO_LEAD`.

    Notes
    -----
    What Python's own functions make of it (``+``, ``strip``, f-strings) is plain English text: join phrases with `joined`,
    change them with `first_lower`, `first_upper`, `without_stop` and `mapped`.
    """

    message: str
    values: Mapping[str, Any]
    plural: str
    context: str
    changes: tuple[str, ...]

    def __new__(
        cls,
        message: str,
        values: Mapping[str, Any],
        plural: str = "",
        context: str = "",
        changes: tuple[str, ...] = (),
    ) -> Self:
        """Made by the functions of this module."""
        known = {name: _value(value) for name, value in values.items()}
        chosen = plural if plural and known["count"] != 1 else message
        made = super().__new__(cls, changed(chosen.format(**known) if known else chosen, changes))
        made.message, made.values, made.plural, made.context, made.changes = message, known, plural, context, changes
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        """For copies, and for what goes to another process."""
        return self.message, self.values, self.plural, self.context, self.changes


def phrase(message: str, /, **values: Any) -> Phrase:
    """A message with its values: ``phrase("The camera is tilted by {angle:.0f} degrees.", angle=3.2)``.

    The message must be a literal, so that the catalogues find it.
    """
    return Phrase(message, values)


def counted(one: str, many: str, /, count: int, **values: Any) -> Phrase:
    """One of two messages, by a number: ``counted("{count} person", "{count} people", count=3)``."""
    return Phrase(one, {"count": count, **values}, plural=many)


def phrase_in(context: str, message: str, /, **values: Any) -> Phrase:
    """A message whose English words alone do not say how to translate it: ``phrase_in("a verb", "Open")``."""
    return Phrase(message, values, context=context)


def joined(parts: Iterable[str], separator: str = " ") -> Phrase:
    """Parts one after the other, each in the reader's language; whole sentences, not pieces of one."""
    known = [part for part in parts if part]
    separator = phrase("; ") if separator == "; " else separator  # French has a space before it
    places = {f"part{number}": part for number, part in enumerate(known)}
    between = "{between}" if isinstance(separator, Phrase) else separator
    extra = {"between": separator} if isinstance(separator, Phrase) and known else {}
    return Phrase(between.join(f"{{{name}}}" for name in places), {**places, **extra})


def listed(parts: Sequence[str]) -> Phrase:
    """``a, b and c``."""
    if len(parts) < 2:
        return joined(parts)
    return phrase("{first} and {last}", first=joined(parts[:-1], ", "), last=parts[-1])


def first_lower(text: str) -> Phrase:
    """Text that goes on within a sentence; German nouns keep their capital."""
    return _change(text, LOWER)


def first_upper(text: str) -> Phrase:
    """Text that begins a sentence."""
    return _change(text, UPPER)


def without_stop(text: str) -> Phrase:
    """A sentence that goes on after its end."""
    return _change(text, NO_STOP)


def without_brackets(text: str) -> Phrase:
    """A title without what explains it in brackets, and what comes after."""
    return _change(text, NO_BRACKETS)


def without_lead(text: str, lead: str) -> str:
    """A text that begins with ``lead: `` without that: ``/a/b.mp4: is empty.`` where the file is named beside it."""
    if not text.startswith(f"{lead}: "):
        return text
    first = re.match(r"\{(\w+)", text.message) if isinstance(text, Phrase) else None
    if not isinstance(text, Phrase) or first is None:
        return text.removeprefix(f"{lead}: ")
    value, changes = text.values.get(first[1]), text.changes
    if value == lead:
        value, changes = "", (NO_LEAD, *changes)
    elif isinstance(value, str):
        value = without_lead(value, lead)
    return Phrase(text.message, {**text.values, first[1]: value}, text.plural, text.context, changes)


def filled(text: str, **values: Any) -> Phrase:
    """A phrase whose places are still open (``phrase("Choose the {side} side.")``, in a table, say), with its values."""
    known = text if isinstance(text, Phrase) else Phrase(text, {})
    return Phrase(known.message, {**known.values, **values}, known.plural, known.context, known.changes)


def dated(text: str) -> dt.date | str:
    """A date that is stored as text, for a place of a phrase: each reader sees it as their language writes dates.

    What is no date stays the text that it is.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return text


def mapped(text: str, change: Callable[[str], str]) -> str:
    """The text with every value that is plain text changed: a folder's path left out, say."""
    if not isinstance(text, Phrase):
        return change(text)
    values = {name: mapped(value, change) if isinstance(value, str) else value for name, value in text.values.items()}
    return Phrase(text.message, values, text.plural, text.context, text.changes)


def changed(text: str, changes: Sequence[str], *, keep_capitals: bool = False) -> str:
    """Text after `Phrase.changes`."""
    for change in changes:
        if change == NO_STOP:
            text = text.rstrip(".")
        elif change == NO_BRACKETS:
            text = text.split(" (", maxsplit=1)[0]
        elif change == NO_LEAD:
            text = text.lstrip(" :\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")
        elif change == UPPER:
            text = text[:1].upper() + text[1:]
        elif not keep_capitals:
            text = text[:1].lower() + text[1:]
    return text


def places(message: str) -> set[str]:
    """The names in braces of a message.

    Raises
    ------
    ValueError
        Its braces do not pair.
    """
    return set(named_places(message))


def named_places(message: str) -> Iterator[str]:
    """The same, one after the other, each as often as it stands there."""
    return (name for _, name, _, _ in string.Formatter().parse(message) if name is not None)


def _change(text: str, change: str) -> Phrase:
    known = text if isinstance(text, Phrase) else joined([text])
    return Phrase(known.message, known.values, known.plural, known.context, (*known.changes, change))


def _value(value: Any) -> Any:
    """A value as it can be stored: phrases, numbers and dates as such, anything else as its text."""
    if isinstance(value, Phrase | bool | dt.date):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    return str(value)
