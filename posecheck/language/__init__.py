"""What posecheck says, in the language of who reads it.

English stands in the code, as `phrase`; ``catalogues/<language>/<area>.po`` hold the rest. A phrase is English text that
knows its message and its values, so it is made without knowing the reader, stored, and put into words with `translated`.
"""

from __future__ import annotations

from posecheck.language.phrase import (
    Phrase,
    counted,
    dated,
    filled,
    first_lower,
    first_upper,
    joined,
    listed,
    mapped,
    phrase,
    phrase_in,
    without_brackets,
    without_lead,
    without_stop,
)
from posecheck.language.spoken import (
    LANGUAGES,
    chosen_language,
    day,
    language,
    language_set,
    number,
    set_language,
    translated,
)
from posecheck.language.stored import MESSAGES, as_messages, restored, translated_values, with_messages

__all__ = [
    "LANGUAGES",
    "MESSAGES",
    "Phrase",
    "as_messages",
    "chosen_language",
    "counted",
    "dated",
    "day",
    "filled",
    "first_lower",
    "first_upper",
    "joined",
    "language",
    "language_set",
    "listed",
    "mapped",
    "number",
    "phrase",
    "phrase_in",
    "restored",
    "set_language",
    "translated",
    "translated_values",
    "with_messages",
    "without_brackets",
    "without_lead",
    "without_stop",
]
