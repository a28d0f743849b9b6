"""Numbers in the terminal's tables."""

from __future__ import annotations

import math

import pytest

from posecheck.cli.console import number, secondary_words


@pytest.mark.parametrize(("value", "pattern", "words"), [(-0.04, "{:+z.1f}", "+0.0"), (-0.26, "{:+z.1f}", "-0.3")])
def test_what_rounds_to_nothing_has_no_minus(value: float, pattern: str, words: str) -> None:
    assert number(value, pattern) == words


def test_what_is_missing_is_a_dash() -> None:
    assert number(math.nan) == "-"
    assert number(-0.01) == "0.0"


@pytest.mark.parametrize(("count", "words"), [(1, "1 secondary outcome is in"), (2, "2 secondary outcomes are in")])
def test_one_secondary_outcome_is_told_in_the_singular(count: int, words: str) -> None:
    assert words in secondary_words(count)
