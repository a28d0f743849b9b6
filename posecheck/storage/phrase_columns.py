"""Columns that hold phrases, so that what was said once is read in any language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from posecheck.language import Phrase, restored, with_messages

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Dialect

BEGIN = '{"text": '
"""How a stored phrase begins; whatever else is in the column is plain text."""


class PhraseText(TypeDecorator[str]):
    """A text; a phrase is stored as JSON with its message and values."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is stored."""
        return plain_value(value)  # type: ignore[no-any-return]

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """As it was given."""
        if value is None or not value.startswith(BEGIN):
            return value
        try:
            found = restored(json.loads(value))["text"]
            found.encode()  # halves of letters, which no page can be sent with, are a ValueError
        except (AttributeError, KeyError, RecursionError, ValueError):
            return value
        return found  # type: ignore[no-any-return]


class KnownText(TypeDecorator[str]):
    """What somebody wrote, or one of posecheck's own texts: those are stored in English, and are phrases when read.

    Parameters
    ----------
    length : int
        Letters that it has at most.
    own : tuple of Phrase
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int, own: tuple[Phrase, ...]) -> None:
        super().__init__(length)
        self.own = own

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is stored."""
        return str(value) if isinstance(value, Phrase) else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """As it was given."""
        return next((text for text in self.own if text == value), value)


class PhrasesJson(TypeDecorator[dict[str, Any]]):
    """A JSON object in which texts may be phrases."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        """As it is stored."""
        return with_messages(value) if isinstance(value, dict) else value

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        """As it was given."""
        return restored(value) if isinstance(value, dict) else value


def plain_value(value: Any) -> Any:
    """A column's value as plain text or JSON, from which these columns make the phrases again."""
    if isinstance(value, Phrase):
        return json.dumps(with_messages({"text": value}), ensure_ascii=False)
    return with_messages(value) if isinstance(value, dict) else value


def stored_value(column: ColumnElement[Any], value: Any) -> Any:
    """A column's value as it is stored: plain text or JSON."""
    return str(value) if isinstance(column.type, KnownText) else plain_value(value)


def stored_as(column: ColumnElement[Any]) -> TypeEngine[Any]:
    """The plain type of a column: what is stored in it, whatever is made of that."""
    return column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
