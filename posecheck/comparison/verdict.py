"""What may be said of a difference, and the words that changes and sides share."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from posecheck.comparison.comparability import Comparable
from posecheck.comparison.rounding import rounded, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posecheck.comparison.difference import Difference

SMALL_DEG = 5.0
"""Of a difference that surely is smaller than this, just that is said, unless another limit was named before: what acute
stretching gains at least, by most studies (chosen by us)."""


class Verdict(StrEnum):
    """What may be said of a difference. Never "no change"."""

    LARGER = "larger than measurement error"
    SMALL = "less than the limit either way"
    NOT_DISTINGUISHABLE = "not distinguishable from measurement error"
    NOT_COMPARABLE = "not comparable"


def verdict_of(difference: Difference, comparable: Comparable, clean: bool, limit_deg: float = SMALL_DEG) -> Verdict:
    """Larger than its error, or surely within the limit, with nothing (``clean``) that stands against saying so."""
    if comparable is Comparable.NO:
        return Verdict.NOT_COMPARABLE
    if clean and abs(difference.difference_deg) > difference.mdc95_deg:
        return Verdict.LARGER
    if clean and -limit_deg < difference.ci95_low_deg and difference.ci95_high_deg < limit_deg:
        return Verdict.SMALL
    return Verdict.NOT_DISTINGUISHABLE


CHANCES = (
    (0.99, "almost certain"),
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.33, "about as likely as not"),
    (0.10, "unlikely"),
    (0.01, "very unlikely"),
)
"""Words for a chance from so much on: those of the IPCC (Mastrandrea et al. 2010, guidance note on uncertainties)."""


def chance_words(chance: float) -> str:
    """A probability from 0 to 1 in words: ``very likely (97 in 100)``."""
    words = next((words for least, words in CHANCES if chance >= least), "almost impossible")
    counted = round(100 * chance)
    if counted in (0, 100):
        return f"{words} ({'more than 99' if counted else 'less than 1'} in 100)"
    return f"{words} ({counted} in 100)"


def with_corrections(sentence: str, corrections: Sequence[str]) -> str:
    """A sentence that also names what was set right by hand."""
    return f"{sentence} Corrected: {'; '.join(corrections)}." if corrections else sentence


def lower_first(title: str) -> str:
    """An outcome's title within a sentence."""
    return title[:1].lower() + title[1:]


def difference_words(difference: Difference) -> str:
    """``7° more``, ``3° less``, and ``0° more or less`` where whole degrees show none."""
    value = difference.difference_deg
    direction = "more or less" if round(value) == 0 else "more" if value > 0 else "less"
    return f"{told(abs(value))} {direction}"


def range_words(difference: Difference) -> str:
    """The confidence interval, counted in the direction of the difference: "5° less (likely 1 to 9)"."""
    ends = (difference.ci95_low_deg, difference.ci95_high_deg)
    low, high = ends if round(difference.difference_deg) >= 0 else (-ends[1], -ends[0])
    return f"{rounded(low)} to {rounded(high)}"
