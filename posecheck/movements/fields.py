"""Reads the keys of one TOML table with types and choices; unknown and wrong keys are named with a suggestion."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeGuard

from posecheck.errors import MovementError, PosecheckError
from posecheck.language import Phrase, filled, joined, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def with_suggestion(unknown: str, word: str, known: Iterable[str]) -> Phrase:
    """``unknown ...; did you mean 'x'?``, or with the list of what is known, or with nothing where nothing is."""
    choices = [choice for choice in known if choice]
    if not choices:
        return joined([unknown, "."], "")
    close = get_close_matches(word, choices, n=1, cutoff=0.5)
    if close:
        return phrase("{what}; did you mean '{word}'?", what=unknown, word=close[0])
    return phrase("{what}; known: {words}.", what=unknown, words=", ".join(choices))


class Fields:
    """The keys of one table, taken one by one; `finish` refuses what was not asked for."""

    def __init__(
        self, table: dict[str, object], where: str, path: str = "", error: type[PosecheckError] = MovementError
    ) -> None:
        self._table, self._where, self._path, self._error = table, where, path, error
        self._taken: set[str] = set()

    def fail(self, key: str, words: str) -> PosecheckError:
        """The error that names file and key, to be raised by the caller."""
        return self._error(joined([self._where, f"{self._path}{key}", words], ": "))

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        self._taken.add(key)
        return key in self._table

    def value(self, key: str) -> object:
        """The value as it is, None where the key is missing."""
        self._taken.add(key)
        return self._table.get(key)

    def _take(self, key: str, default: object) -> object:
        self._taken.add(key)
        value = self._table.get(key, default)
        if value is None:
            raise self.fail(key, phrase("is missing."))
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text, not blank unless the default is."""
        value = self._take(key, default)
        if value == "" and default is None:
            raise self.fail(key, phrase("is empty: fill it in."))
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fail(key, phrase("expected words in quotes, got {value}.", value=repr(value)))
        return value.strip()

    def said(self, key: str, default: str | None = None) -> str:
        """A text that people read: in their language where the catalogues have it, as those of posecheck's own tests."""
        text = self.text(key, default)
        return Phrase(text, {}) if text else ""

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """One of the given words."""
        value = self._take(key, default)
        if value == "" and "" not in choices:
            raise self.fail(key, phrase("is empty: fill in one of {words}.", words=", ".join(choices)))
        if value not in choices:
            raise self.fail(key, _unknown_word(str(value), choices))
        return str(value)

    def number(
        self, key: str, *, low: float = float("-inf"), high: float = float("inf"), default: float | None = None
    ) -> float:
        """A number within bounds."""
        value = self._take(key, default)
        if not _is_within(value, low, high):
            words = phrase(
                "expected a number from {low:g} to {high:g}, got {value}.", low=low, high=high, value=repr(value)
            )
            raise self.fail(key, words)
        return float(value)

    def numbers(self, key: str, count: int, *, low: float, high: float) -> tuple[float, ...]:
        """A list of so many numbers within bounds."""
        value = self._take(key, None)
        if not isinstance(value, list) or len(value) != count or not all(_is_within(item, low, high) for item in value):
            words = phrase(
                "expected {count} numbers from {low:g} to {high:g} in brackets, got {value}.",
                count=count,
                low=low,
                high=high,
                value=repr(value),
            )
            raise self.fail(key, words)
        return tuple(float(item) for item in value)

    def flag(self, key: str, default: bool) -> bool:
        """A true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.fail(key, phrase("expected true or false, got {value}.", value=repr(value)))
        return value

    def words(
        self, key: str, choices: Sequence[str] | None = None, default: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """A list of texts, each one of the choices if given."""
        value = self._take(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise self.fail(key, phrase("expected a list of words, got {value}.", value=repr(value)))
        for item in value:
            if choices is not None and item not in choices:
                raise self.fail(key, _unknown_word(item, choices))
        return tuple(value)

    def table(self, key: str) -> Fields:
        """A sub-table."""
        value = self._take(key, None)
        if not isinstance(value, dict):
            raise self.fail(key, phrase("expected a table [{key}].", key=key))
        return Fields(value, self._where, f"{self._path}{key}.", self._error)

    def tables(self, key: str, at_least: int = 0) -> list[Fields]:
        """A list of sub-tables."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value) or len(value) < at_least:
            words = phrase("expected at least one [[{key}]].") if at_least else phrase("expected [[{key}]].")
            raise self.fail(key, filled(words, key=key))
        return [
            Fields(item, self._where, f"{self._path}{key}[{number}].", self._error)
            for number, item in enumerate(value, start=1)
        ]

    def finish(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self._table:
            if key not in self._taken:
                raise self.fail(key, with_suggestion(phrase("unknown key"), key, sorted(self._taken)))


def _unknown_word(word: str, choices: Sequence[str]) -> Phrase:
    return with_suggestion(phrase("unknown '{word}'", word=word), word, choices)


def _is_within(value: object, low: float, high: float) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
