"""A value of a request that cannot be, in words: what stands in the forms of pages, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_TOLD = 5
"""Wrong values that are named at once (chosen by us)."""
FIELDS = {
    "body": "What was sent",
    "name": "The name",
    "code": "The code",
    "birth_year": "The birth year",
    "notes": "The notes",
    "title": "The title",
    "date": "The date",
    "next_date": "The next date",
    "note": "The note",
    "reason": "The reason",
    "tests": "The choice of tests",
    "takes_per_block": "The number of takes",
    "stiffness": "The stiffness",
    "discomfort": "The discomfort",
    "seconds": "The time in seconds",
    "repetitions": "The number of repetitions",
    "hold_s": "The time of a hold",
    "start_s": "The start",
    "end_s": "The end",
    "hold_start_s": "The beginning of the hold",
    "hold_end_s": "The end of the hold",
    "file_name": "The file's name",
    "size_bytes": "The file's size",
}
"""What pages call them; any other is named as programs that use the API know it."""
_WRONG = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_too_short": "must not be empty",
    "string_too_long": "may have {max_length} letters at most",
    "string_type": "must be a text",
    "string_pattern_mismatch": "is not written as it has to be",
    "greater_than_equal": "must be {ge} or more",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be {le} or less",
    "less_than": "must be less than {lt}",
    "literal_error": "must be {expected}",
    "too_long": "may have {max_length} parts at most",
    "too_short": "must have {min_length} parts or more",
    "list_type": "must be a list",
    "finite_number": "must be a number",
    "json_invalid": "is not valid JSON",
    "value_error": "cannot be: {error}",
}
"""By the kinds of pydantic, with what it says of them."""
_OF_KIND = {"int": "must be a whole number", "float": "must be a number", "bool": "must be true or false"}
_DATE_WORDS = "must be a date such as 2026-11-22"
_OTHER_WORDS = "cannot be what was given"


def words_of(problems: Sequence[Mapping[str, Any]]) -> str:
    """Each wrong value in a sentence of its own, such as that the name must not be empty."""
    told = dict.fromkeys(f"{_field(item['loc'])} {_wrong(item)}." for item in problems)
    return " ".join(list(told)[:MOST_TOLD])


def _field(location: Sequence[str | int]) -> str:
    """The value's name: the last of its place that is no number."""
    names = [str(part) for part in location if not isinstance(part, int)]
    return FIELDS.get(names[-1], f"“{'.'.join(str(part) for part in location[1:]) or names[-1]}”")


def _wrong(problem: Mapping[str, Any]) -> str:
    kind = str(problem["type"])
    if kind == "string_pattern_mismatch" and "date" in str(problem["loc"][-1]):
        return _DATE_WORDS
    words = _WRONG.get(kind) or _OF_KIND.get(kind.partition("_")[0], _OTHER_WORDS)
    try:
        return words.format(**{name: _plain(value) for name, value in problem.get("ctx", {}).items()})
    except KeyError:
        return _OTHER_WORDS


def _plain(limit: Any) -> Any:
    return f"{limit:g}" if isinstance(limit, float) else limit
