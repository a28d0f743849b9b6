"""What may be said of a difference, and the words that changes and sides share."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from posecheck.comparison.comparability import Comparable
from posecheck.comparison.rounding import rounded, told
from posecheck.language import Phrase, joined, phrase

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

    @property
    def words(self) -> Phrase:
        """The same, for people."""
        return VERDICT_WORDS[self]


VERDICT_WORDS = {
    Verdict.LARGER: phrase("larger than measurement error"),
    Verdict.SMALL: phrase("less than the limit either way"),
    Verdict.NOT_DISTINGUISHABLE: phrase("not distinguishable from measurement error"),
    Verdict.NOT_COMPARABLE: phrase("not comparable"),
}


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
    (0.99, phrase("almost certain")),
    (0.90, phrase("very likely")),
    (0.66, phrase("likely")),
    (0.33, phrase("about as likely as not")),
    (0.10, phrase("unlikely")),
    (0.01, phrase("very unlikely")),
)
"""Words for a chance from so much on: those of the IPCC (Mastrandrea et al. 2010, guidance note on uncertainties)."""


def chance_words(chance: float) -> str:
    """A probability from 0 to 1 in words: ``very likely (97 in 100)``."""
    words = next((words for least, words in CHANCES if chance >= least), phrase("almost impossible"))
    count = round(100 * chance)
    if count == 100:
        return phrase("{chance} (more than 99 in 100)", chance=words)
    if count == 0:
        return phrase("{chance} (less than 1 in 100)", chance=words)
    return phrase("{chance} ({times} in 100)", chance=words, times=count)


def with_corrections(sentence: str, corrections: Sequence[str]) -> str:
    """A sentence that also names what was set right by hand."""
    if not corrections:
        return sentence
    return joined([sentence, phrase("Corrected: {what}.", what=joined(corrections, "; "))])


def difference_words(difference: Difference) -> str:
    """``7° more``, ``3° less``, and ``0° more or less`` where whole degrees show none."""
    value = difference.difference_deg
    if round(value) == 0:
        return phrase("{amount} more or less", amount=told(0.0))
    return phrase("{amount} more", amount=told(value)) if value > 0 else phrase("{amount} less", amount=told(-value))


def range_words(difference: Difference) -> str:
    """The confidence interval, counted in the direction of the difference: "5° less (likely 1 to 9)"."""
    ends = (difference.ci95_low_deg, difference.ci95_high_deg)
    low, high = ends if round(difference.difference_deg) >= 0 else (-ends[1], -ends[0])
    return phrase("{low} to {high}", low=rounded(low), high=rounded(high))
