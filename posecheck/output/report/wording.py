"""How sentences of the report are put together: of what they speak, lists, ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.language import Phrase, first_upper, joined, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

SEMICOLON = phrase("; ")
"""Between the parts of a list that have commas in them; French has a space before it."""


def about(what: str, words: str) -> Phrase:
    """``Hip flexion: 87°``."""
    return phrase("{what}: {words}", what=what, words=words)


def either(parts: Sequence[str]) -> str:
    """``a, b or c``."""
    if len(parts) < 2:
        return joined(parts)
    return phrase("{first} or {last}", first=joined(parts[:-1], ", "), last=parts[-1])


def sentence(words: str) -> Phrase:
    """Words with a capital at the beginning and a full stop at the end, unless they have an end."""
    text = first_upper(words)
    return text if words.endswith((".", "!", "?")) else stopped(text)


def stopped(words: str) -> Phrase:
    """Words with a full stop."""
    return joined([words, "."], "")
