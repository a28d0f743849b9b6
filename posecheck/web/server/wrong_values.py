"""A value of a request that cannot be, in words: what stands in the forms of pages, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posecheck.language import filled, joined, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_TOLD = 5
"""Wrong values that are named at once (chosen by us)."""
FIELDS = {
    "body": phrase("What was sent"),
    "name": phrase("The name"),
    "code": phrase("The code"),
    "birth_year": phrase("The birth year"),
    "notes": phrase("The notes"),
    "title": phrase("The title"),
    "date": phrase("The date"),
    "next_date": phrase("The next date"),
    "note": phrase("The note"),
    "reason": phrase("The reason"),
    "tests": phrase("The choice of tests"),
    "takes_per_block": phrase("The number of takes"),
    "stiffness": phrase("The stiffness"),
    "discomfort": phrase("The discomfort"),
    "seconds": phrase("The time in seconds"),
    "repetitions": phrase("The number of repetitions"),
    "hold_s": phrase("The time of a hold"),
    "start_s": phrase("The start"),
    "end_s": phrase("The end"),
    "hold_start_s": phrase("The beginning of the hold"),
    "hold_end_s": phrase("The end of the hold"),
    "file_name": phrase("The file's name"),
    "size_bytes": phrase("The file's size"),
}
"""What pages call them; any other is named as programs that use the API know it."""
_WRONG = {
    "missing": phrase("is missing"),
    "extra_forbidden": phrase("is not known here"),
    "string_too_short": phrase("must not be empty"),
    "string_too_long": phrase("may have {max_length} letters at most"),
    "string_type": phrase("must be a text"),
    "string_pattern_mismatch": phrase("is not written as it has to be"),
    "greater_than_equal": phrase("must be {ge} or more"),
    "greater_than": phrase("must be more than {gt}"),
    "less_than_equal": phrase("must be {le} or less"),
    "less_than": phrase("must be less than {lt}"),
    "literal_error": phrase("must be {expected}"),
    "too_long": phrase("may have {max_length} parts at most"),
    "too_short": phrase("must have {min_length} parts or more"),
    "list_type": phrase("must be a list"),
    "finite_number": phrase("must be a number"),
    "json_invalid": phrase("is not valid JSON"),
    "value_error": phrase("cannot be: {error}"),
}
"""By the kinds of pydantic, with what it says of them."""
_OF_KIND = {
    "int": phrase("must be a whole number"),
    "float": phrase("must be a number"),
    "bool": phrase("must be true or false"),
}
_DATE_WORDS = phrase("must be a date such as 2026-11-22")
_OTHER_WORDS = phrase("cannot be what was given")


def words_of(problems: Sequence[Mapping[str, Any]]) -> str:
    """Each wrong value in a sentence of its own, such as that the name must not be empty."""
    told = dict.fromkeys(phrase("{field} {wrong}.", field=_field(item["loc"]), wrong=_wrong(item)) for item in problems)
    return joined(list(told)[:MOST_TOLD])


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
        return filled(words, **{name: _plain(value) for name, value in problem.get("ctx", {}).items()})
    except KeyError:
        return _OTHER_WORDS


def _plain(limit: Any) -> Any:
    if isinstance(limit, Exception) and limit.args:
        return limit.args[0]
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit
