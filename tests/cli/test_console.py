"""Numbers in the terminal's tables."""

from __future__ import annotations

import math

import pytest
from rich.table import Table

from posecheck.cli.console import NARROW_OUTCOME, SayingConsole, number, outcome_words, said, secondary_words
from posecheck.language import LANGUAGES, language_set, phrase, translated
from posecheck.movements import builtin_movements


@pytest.mark.parametrize(("value", "pattern", "words"), [(-0.04, "{:+z.1f}", "+0.0"), (-0.26, "{:+z.1f}", "-0.3")])
def test_what_rounds_to_nothing_has_no_minus(value: float, pattern: str, words: str) -> None:
    assert number(value, pattern) == words


def test_what_is_missing_is_a_dash() -> None:
    assert number(math.nan) == "-"
    assert number(-0.01) == "0.0"


@pytest.mark.parametrize(("count", "words"), [(1, "1 secondary outcome is in"), (2, "2 secondary outcomes are in")])
def test_one_secondary_outcome_is_told_in_the_singular(count: int, words: str) -> None:
    assert words in secondary_words(count)


def test_a_phrase_is_said_in_the_readers_language_wherever_it_stands() -> None:
    console = SayingConsole(width=80)
    table = Table(phrase("left"), title=phrase("Left and right"))
    table.add_row(phrase("hip flexion"))
    with language_set("de"), console.capture() as captured:
        console.print(table)
        console.print(phrase("{path} is not a file.", path="[a].mp4"), markup=False)
    words = captured.get()
    assert all(part in words for part in ("Links und rechts", "links", "Beugung der Hüfte", "[a].mp4 ist keine Datei."))


def test_what_a_phrase_says_is_no_markup() -> None:
    assert said(phrase("{path} is not a file.", path="[bold].mp4")) == "\\[bold].mp4 is not a file."


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_word_of_an_outcome_is_cut_in_a_narrow_table(code: str) -> None:
    names = {outcome.name for test in builtin_movements().values() for outcome in test.outcomes}
    with language_set(code):
        words = [word for name in names for word in translated(outcome_words(name)).split()]
    assert [word for word in words if len(word) > NARROW_OUTCOME] == []
